package article

import (
	"strings"
	"time"
	"unicode/utf8"
)

// cutLeadingDate takes "date 2021-12-07" off the first line.
func (r *reader) cutLeadingDate(l line) line {
	const label, form = "date ", "2006-01-02"
	const n = len(label) + len(form)
	s := l.In(r.text)
	if len(s) < n || !strings.EqualFold(s[:len(label)], label) {
		return l
	}
	day, err := time.Parse(form, s[len(label):n])
	if err != nil || n < len(s) && skipSpace(s, n) == n {
		return l
	}
	r.Published, r.dated = day.Format(form), true
	r.add(line{Span: Span{l.Start, l.Start + n}, gap: true, last: true}, Byline)
	l.Start, l.gap = skipSpace(r.text, l.Start+n), true
	return l
}

// takeMetadata takes lines with a label, such as "Source: The Example", and the
// address that such a line promised.
func (r *reader) takeMetadata(l line) bool {
	s := l.In(r.text)
	promised := r.url
	r.url = false
	if key, value, ok := metaLine(s); ok {
		r.meta(l, key, value)
		return true
	}
	if rest, ok := cutSource(s); ok {
		r.source(rest)
		r.add(l, Boilerplate)
		return true
	}
	if promised && isLink(s) {
		r.setURL(s)
	}
	return false
}

// takeByline takes a line that names the authors.
func (r *reader) takeByline(l line) bool {
	authors, agency, day, ok := byline(l.In(r.text))
	if !ok {
		return false
	}
	if r.prose < headProse {
		if r.Authors == nil {
			r.Authors = authors
		}
		if r.Published == "" {
			r.Published = day
		}
	}
	if r.Agency == "" {
		r.Agency = agency
	}
	r.add(l, Byline)
	return true
}

// takeDate takes a line that is a date: that of publication above the text, a
// heading further down.
func (r *reader) takeDate(l line) bool {
	day, ok := dateLine(l.In(r.text))
	switch {
	case !ok:
		return false
	case r.prose >= headProse:
		r.add(l, Heading)
		return true
	case r.Published == "":
		r.Published = day
	}
	r.add(l, Byline)
	return true
}

// metaLine reads "(meta data) KEY: value", as some collections of pages have it.
func metaLine(s string) (key, value string, ok bool) {
	rest, ok := strings.CutPrefix(s, "(meta data) ")
	if !ok {
		return "", "", false
	}
	key, value, ok = strings.Cut(rest, ":")
	return key, strings.TrimSpace(value), ok
}

func (r *reader) meta(l line, key, value string) {
	switch address := strings.Contains(value, "://"); key {
	case "TITLE":
		if value != "" && !r.titled {
			l.Start = l.End - len(value)
			r.add(l, Title)
			return
		}
	case "AUTHOR":
		if !address && value != "" && r.Authors == nil {
			r.Authors = []string{value}
		}
	case "PUBLISHER":
		if !address && r.Publisher == "" {
			r.Publisher = value
		}
	case "PUBLISHED DATETIME":
		if day, n := dateAt([]string{strings.ToLower(value)}); n > 0 && r.Published == "" {
			r.Published = day
		}
	case "URL":
		r.setURL(value)
	}
	r.add(l, Boilerplate)
}

// cutSource cuts "Original url:", "Source:" and their like off a line that
// holds only that: an address, a name, a link, or nothing yet.
func cutSource(s string) (string, bool) {
	label, rest, ok := strings.Cut(s, ":")
	if !ok || len(s) > 400 || len(label) > 20 || !sourceLabels[strings.ToLower(label)] {
		return "", false
	}
	rest = strings.TrimSpace(rest)
	name := len(rest) <= 60 && !terminated(rest) && allCapitalised(Plain(rest))
	return rest, rest == "" || isLink(rest) || name || isBoilerplate(rest)
}

func (r *reader) source(rest string) {
	words := Plain(rest)
	switch {
	case rest == "":
		r.url = true
	case isLink(rest):
		r.setURL(rest)
	case isBoilerplate(words):
	case agencies[words]:
		if r.Agency == "" {
			r.Agency = words
		}
	case r.Publisher == "":
		r.Publisher = words
	}
}

func (r *reader) setURL(s string) {
	s = strings.Trim(s, "<>()[] ")
	if r.URL == "" && (strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")) && utf8.ValidString(s) {
		r.URL = s
	}
}

// inferDate takes the day from an address such as https://example.com/2021/12/02/x.
func (r *reader) inferDate() {
	parts := strings.Split(r.URL, "/")
	for i := 3; i+2 < len(parts); i++ {
		if day, err := time.Parse("2006/1/2", strings.Join(parts[i:i+3], "/")); err == nil {
			r.Published, r.DateInferred = day.Format(time.DateOnly), true
			r.DateReason = "The day stands in the article's address."
			return
		}
	}
}

var sourceLabels = lineSet(`original url
	original link
	original article
	source url
	source
	url
	link
	permalink
	via
	article url`)
