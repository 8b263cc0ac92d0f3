package dates

import (
	"fmt"
	"strings"
)

var monthNames = [...]string{
	"January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December",
}

// monthOf names a month, February with its year since its length hangs on it.
func monthOf(y, m int) string {
	if m == 2 {
		return fmt.Sprintf("February %d", y)
	}
	return monthNames[m-1]
}

const howToWrite = "write a day as 2021-12-07 or 7 December 2021, a month as 2021-12, a year as 2021"

// ParseDay returns an ISO day as it stands, or an error that says what is wrong
// with it.
func ParseDay(s string) (string, error) {
	y, m, d, ok := isoDate(s)
	switch {
	case !ok:
		return "", fmt.Errorf("%q is no day: write it as 2021-12-07", s)
	case y < 1:
		return "", fmt.Errorf("%s: there is no year 0", s)
	case m < 1 || m > 12:
		return "", fmt.Errorf("%s: there is no month %s", s, s[5:7])
	case d < 1 || d > monthDays(y, m):
		return "", fmt.Errorf("%s: %s has %d days", s, monthOf(y, m)+yearOf(y, m), monthDays(y, m))
	}
	return s, nil
}

func yearOf(y, m int) string {
	if m == 2 {
		return ""
	}
	return fmt.Sprintf(" %d", y)
}

// ParseRange reads a period that needs no anchor: a day, a month or a year as
// digits ("2021-12-07", "2021-12", "2021"), two of them ("2021-12-01..2021-12-07"),
// or in words ("7 December 2021", "Dec 7, 2021", "early December 2021", "since
// April 2021"). The error says what is missing or impossible.
func ParseRange(s string) (Range, error) {
	s = strings.TrimSpace(s)
	if since, until, ok := strings.Cut(s, ".."); ok {
		return parseEnds(s, since, until)
	}
	if _, _, _, ok := isoDate(s); ok {
		d, err := ParseDay(s)
		return Range{d, d}, err
	}
	if len(s) == 7 && s[4] == '-' && isDigits(s[:4]) && isDigits(s[5:]) {
		if m := atoi(s[5:]); m < 1 || m > 12 {
			return Range{}, fmt.Errorf("%s: there is no month %s", s, s[5:])
		}
		if atoi(s[:4]) < 1 {
			return Range{}, fmt.Errorf("%s: there is no year 0", s)
		}
		y, m := atoi(s[:4]), atoi(s[5:])
		return period{lo: civil(y, m, 1), hi: civil(y, m+1, 0)}.closed(), nil
	}
	if len(s) == 4 && isDigits(s) && s != "0000" {
		return period{lo: civil(atoi(s), 1, 1), hi: civil(atoi(s), 12, 31)}.closed(), nil
	}
	var buf [32]token
	var p parser
	p.read(s, Anchor{}, buf[:0])
	start := p.skip(p.skip(p.skip(0, in), on), the)
	f, ok := p.mention(start)
	switch {
	case p.wrong != nil:
		return Range{}, p.wrong
	case !ok || f.j != len(p.toks):
		return Range{}, fmt.Errorf("%q is no date: %s", s, howToWrite)
	case f.vague && f.prec == Day:
		return Range{}, fmt.Errorf("%q can be read two ways: write it as 2021-12-07", s)
	case f.unknown && f.basis == Yearless:
		return Range{}, fmt.Errorf("%q has no year: add one, as in 7 December 2021", s)
	case f.unknown:
		return Range{}, fmt.Errorf("%q depends on the day it is said: %s", s, howToWrite)
	}
	return f.iso(), nil
}

// closed is iso for a period that may touch the first or last day there is.
func (x period) closed() Range { return Range{x.lo.String(), x.hi.String()} }

func parseEnds(s, since, until string) (Range, error) {
	var r Range
	if since = strings.TrimSpace(since); since != "" {
		from, err := ParseRange(since)
		if err != nil {
			return Range{}, err
		}
		r.Since = from.Since
	}
	if until = strings.TrimSpace(until); until != "" {
		to, err := ParseRange(until)
		if err != nil {
			return Range{}, err
		}
		r.Until = to.Until
	}
	if r.Empty() {
		return Range{}, fmt.Errorf("%s ends before it begins", s)
	}
	return r, nil
}
