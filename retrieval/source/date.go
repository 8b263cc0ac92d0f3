package source

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// layouts are the forms in which feeds, pages and files state a date. Numeric
// forms with a slash or a dot are read by parseNumeric.
var layouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 Z0700 MST", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"20060102", "20060102T150405Z0700", "20060102T150405",
	"2006/01/02", "2006/01/02 15:04:05", "2006.01.02",
	time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 Z0700", "Mon, 2 Jan 2006 15:04:05 MST", "Mon, 2 Jan 2006 15:04 Z0700",
	"Mon, 2 Jan 2006", "2 Jan 2006 15:04:05 Z0700", "2 Jan 2006 15:04:05 MST", "2 Jan 2006", "2 January 2006", "2 January 2006 15:04",
	time.ANSIC, time.UnixDate, time.RFC850,
	"January 2, 2006", "January 2 2006", "Jan 2, 2006", "Jan 2 2006", "Monday, January 2, 2006", "Monday, 2 January 2006", "Monday 2 January 2006",
	"Mon, Jan 2, 2006", "January 2, 2006 15:04", "January 2, 2006 3:04 PM", "January 2, 2006 3:04 PM MST", "January 2, 2006, 3:04 PM",
	"Jan 2, 2006 3:04 PM", "Jan 2, 2006, 3:04 PM", "January 2, 2006 at 3:04 PM", "January 2, 2006 at 3:04 pm",
}

var (
	isoDay    = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)(?:$|[T ])`)
	numeric   = regexp.MustCompile(`^(\d{1,2})([./-])(\d{1,2})[./-](\d{4})(?:,?[T ].*)?$`)
	ordinal   = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)\b`)
	septDot   = regexp.MustCompile(`\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.|\bSept\b`)
	dayInName = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)([-_./]?)(0[1-9]|1[0-2])([-_./]?)(0[1-9]|[12]\d|3[01])(?:\D|$)`)
	dayInPath = regexp.MustCompile(`(?i)/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[/-](0?[1-9]|[12]\d|3[01])(?:[/-]|$)`)
)

// parseDay reads a stated date. The day is the one that is written, in the
// writer's own time zone: "2021-12-02T01:00:00+03:00" is 2 December.
func parseDay(s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	s = ordinal.ReplaceAllString(s, "$1")
	s = septDot.ReplaceAllStringFunc(s, func(m string) string { return m[:3] })
	if len(s) > 100 {
		return "", fmt.Errorf("date of %d characters", len(s))
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.DateOnly), nil
		}
	}
	if m := isoDay.FindStringSubmatch(s); m != nil {
		t, err := time.Parse(time.DateOnly, s[:10])
		if err != nil {
			return "", fmt.Errorf("there is no day %s", s[:10])
		}
		return t.Format(time.DateOnly), nil
	}
	if m := numeric.FindStringSubmatch(s); m != nil {
		return parseNumeric(m[1], m[2], m[3], m[4])
	}
	return "", fmt.Errorf("date %q is in no known form; write it as 2006-01-02", s)
}

// parseNumeric reads a day with the year last. With dots the day comes first,
// as in all of Europe; with slashes or hyphens only where one order is possible.
func parseNumeric(first, sep, second, year string) (string, error) {
	dayFirst, errDay := time.Parse("2-1-2006", first+"-"+second+"-"+year)
	monthFirst, errMonth := time.Parse("1-2-2006", first+"-"+second+"-"+year)
	switch {
	case errDay == nil && (sep == "." || errMonth != nil || dayFirst.Equal(monthFirst)):
		return dayFirst.Format(time.DateOnly), nil
	case errMonth == nil && errDay != nil && sep != ".":
		return monthFirst.Format(time.DateOnly), nil
	case errDay == nil:
		return "", fmt.Errorf("date %q may be %s or %s; write it as 2006-01-02", first+sep+second+sep+year,
			dayFirst.Format("2 January"), monthFirst.Format("2 January"))
	}
	return "", fmt.Errorf("there is no day %s", first+sep+second+sep+year)
}

// clockStart is older than this program. By a clock that says less, as after a loss of
// power, all news would come from the future.
const clockStart = "2020-01-01"

// checkDay says why a day cannot be one of publication: it lies before printed
// news or, allowing for time zones, in the future.
func checkDay(day string, now time.Time) error {
	if day < "1600-01-01" {
		return fmt.Errorf("date %s lies before the first newspapers", day)
	}
	if latest := now.UTC().Add(48 * time.Hour).Format(time.DateOnly); day > latest && latest > clockStart {
		return fmt.Errorf("date %s lies in the future", day)
	}
	return nil
}

// dayFromName finds a day in a file name such as "2021-12-02_talks.txt".
func dayFromName(name string) string {
	for _, m := range dayInName.FindAllStringSubmatch(name, 2) {
		if m[2] != m[4] {
			continue
		}
		if t, err := time.Parse(time.DateOnly, m[1]+"-"+m[3]+"-"+m[5]); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// dayFromPath finds a day in the path of an address such as
// "/2021/12/02/talks" or "/2021/dec/02/talks".
func dayFromPath(path string) string {
	m := dayInPath.FindStringSubmatch(path)
	if m == nil {
		return ""
	}
	for _, layout := range []string{"2006-1-2", "2006-Jan-2"} {
		if t, err := time.Parse(layout, m[1]+"-"+m[2]+"-"+m[3]); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}
