package article

import (
	"strings"
	"time"
	"unicode"
)

// dateLine reads a line that states when a text was published, such as
// "December 02, 2021", "Posted 2 Dec. 2021 by Ann Lee" or "2013/10/22 20:01:01".
// It returns the day as "2006-01-02" ("" where the line leaves it open, as
// 02/12/2021 does), and whether the line is such a line at all.
func dateLine(s string) (day string, ok bool) {
	if len(s) > 120 || strings.IndexFunc(s, unicode.IsDigit) < 0 {
		return "", false
	}
	tokens := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return isSpace(r) || strings.ContainsRune(",|()[]*_–—·•", r)
	})
	stated, full := false, false
	for i := 0; i < len(tokens); i++ {
		t := strings.TrimRight(tokens[i], ".:")
		switch {
		case dateLabels[t]:
			stated = true
		case full && stated && (t == "by" || t == "in"):
			return day, true
		case t == "-" || dateWords[t] || isClock(t):
		case allDigits(t) && i+1 < len(tokens) && halfDays[strings.TrimRight(tokens[i+1], ".")]:
		default:
			d, n := dateAt(tokens[i:])
			if n == 0 {
				return "", false
			}
			if !full {
				day, full = d, true
			}
			i += n - 1
		}
	}
	return day, full
}

// dateAt reads the date that tokens open with: the day ("" if it may be read in
// two ways) and the number of tokens, 0 where there is no date.
func dateAt(tokens []string) (day string, n int) {
	t := tokens[0]
	if len(t) >= 10 && t[4] == '-' && (len(t) == 10 || t[10] == 't') {
		if d, err := time.Parse("2006-01-02", t[:10]); err == nil {
			return d.Format(time.DateOnly), 1
		}
	}
	if t[0] >= '0' && t[0] <= '9' && strings.ContainsAny(t, "/.") {
		if day, ok := numericDate(t); ok {
			return day, 1
		}
	}
	if len(tokens) < 3 {
		return "", 0
	}
	a, b, year := strings.TrimRight(t, "."), strings.TrimRight(tokens[1], "."), strings.TrimRight(tokens[2], ".:")
	if _, named := months[a]; !named {
		a, b = b, a
	}
	month, named := months[a]
	b = strings.TrimRight(b, "sthndr") // 1st, 2nd, 3rd, 4th
	if !named || len(year) != 4 || len(b) > 2 {
		return "", 0
	}
	d, err := time.Parse("2006 January 2", year+" "+month+" "+strings.TrimPrefix(b, "0"))
	if err != nil {
		return "", 0
	}
	return d.Format(time.DateOnly), 3
}

// numericDate reads a date in figures: year first, day first with full stops, or
// with slashes in either order, which leaves the day open where both are possible.
func numericDate(t string) (day string, ok bool) {
	for _, layout := range [...]string{"2006/1/2", "2.1.2006"} {
		if d, err := time.Parse(layout, t); err == nil {
			return d.Format(time.DateOnly), true
		}
	}
	american, err1 := time.Parse("1/2/2006", t)
	european, err2 := time.Parse("2/1/2006", t)
	switch {
	case err1 == nil && err2 == nil && !american.Equal(european):
		return "", true
	case err1 == nil:
		return american.Format(time.DateOnly), true
	case err2 == nil:
		return european.Format(time.DateOnly), true
	}
	return "", false
}

// isClock reports whether t is a time of day, such as "20:01:01", "4:13am" or "10.04".
func isClock(t string) bool {
	t = strings.TrimRight(t, "apmzhut.cg")
	n := strings.IndexAny(t, ":.")
	return n > 0 && n <= 2 && len(t) >= n+3 && strings.Trim(t, "0123456789:+.-") == ""
}

var (
	months     = map[string]string{}
	dateLabels = set(`published publish publication posted updated date dated modified created issued`)
	halfDays   = set(`am pm a.m p.m`)
	dateWords  = set(`on at last first originally am pm a.m p.m gmt utc est edt et ct pt pst pdt cst cet cest eet msk bst ist jst kst local time
		monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun`)
)

func init() {
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		months[name] = m.String()
		months[name[:3]] = m.String()
	}
	months["sept"] = "September"
}
