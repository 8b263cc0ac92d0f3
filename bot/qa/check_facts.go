package qa

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// numbers: every number of the statement is one of the evidence.
func (e *checkEvidence) numbers() (Fault, string) {
	for _, u := range e.any().units {
		if u.class == numberUnit && !e.has(func(v checkUnit) bool { return v.class == numberUnit && v.text == u.text }) {
			return FaultNumber, fmt.Sprintf("the number %q is not in the cited passages", u.shown)
		}
	}
	return "", ""
}

// checkOwnWords is how many words of an article may be quoted as its own.
const checkOwnWords = 4

// quotations: what stands in quotation marks does so, word for word, in a cited
// passage. The outlet's own words may be quoted too where nobody is said to have
// said them, if they are enough to be a quotation.
func (e *checkEvidence) quotations() (Fault, string) {
	l := e.any()
	for _, q := range l.quoted {
		words := strings.Trim(l.text[q.Start:q.End], " .,;:!?")
		if words == "" {
			continue
		}
		said := slices.ContainsFunc(e.sources, func(s *checkSource) bool { _, ok := s.locateSaid(words); return ok })
		if said && len(newCheckLine(words, "").units) > 0 {
			continue
		}
		if !slices.ContainsFunc(e.sources, func(s *checkSource) bool { _, ok := s.locate(words); return ok }) {
			return FaultQuotation, fmt.Sprintf("the words %q are not, letter by letter, in the cited passages", words)
		}
		if len(l.cues) > 0 || len(strings.Fields(words)) < checkOwnWords {
			return FaultQuotation, fmt.Sprintf("the words %q are the article's own, not a quotation", words)
		}
	}
	return "", ""
}

// said reports whether a stretch of the article stands in quotation marks.
func (s *checkSource) said(span article.Span) bool {
	for _, q := range s.quoted {
		if q.Start+s.passage.Start <= span.Start && span.End <= q.End+s.passage.Start {
			return true
		}
	}
	return false
}

// names: every proper name of the statement is one of the evidence, and two
// that stand together do so there.
func (e *checkEvidence) names() (Fault, string) {
	l := e.any()
	for i, u := range l.units {
		if u.class != nameUnit && u.class != perhapsName {
			continue
		}
		if !e.has(func(v checkUnit) bool { return v.text == u.text }) && !e.acronym(u) && !e.stands(l, i) {
			if u.class == perhapsName && !l.nameLike(i) {
				continue
			}
			return FaultName, fmt.Sprintf("the name %q is not in the cited passages", u.shown)
		}
		if i > 0 && l.text[l.units[i-1].end:u.start] == " " && e.strangers(l.units[i-1], u) {
			return FaultName, fmt.Sprintf("the cited passages name nobody %q", l.units[i-1].shown+" "+u.shown)
		}
	}
	return "", ""
}

// checkWhere are the words after which a city is the place and not the
// government that sits there.
var checkWhere = regexp.MustCompile(`(?i)\b(?:in|at|near|to|from|around|outside|towards?|into|over|across|inside|of|visited|left|reached)(?: the)? $`)

// stands reports whether name i of the statement stands for another that the
// evidence has: the country for its government's seat or the reverse, or a first
// name that the same article prints elsewhere before the surname.
func (e *checkEvidence) stands(l *checkLine, i int) bool {
	u := l.units[i]
	if checkSeats[u.text] != "" && !checkWhere.MatchString(l.text[:u.start]) {
		return e.has(func(v checkUnit) bool { return v.canonical() == u.canonical() })
	}
	if i+1 == len(l.units) || l.text[u.end:l.units[i+1].start] != " " || !l.units[i+1].person() {
		return false
	}
	full := l.text[u.start:l.units[i+1].end]
	return slices.ContainsFunc(e.sources, func(s *checkSource) bool { return strings.Contains(s.passage.Article.Text, full) }) &&
		e.has(func(v checkUnit) bool { return v.text == l.units[i+1].text })
}

// acronym reports whether u abbreviates a name of the evidence: "OSCE".
func (e *checkEvidence) acronym(u checkUnit) bool {
	if !checkAcronym(u.shown) {
		return false
	}
	want := strings.ToUpper(strings.ReplaceAll(u.shown, ".", ""))
	for _, m := range e.lines {
		units := m.line.units
		for i := range units {
			for n := 0; n < len(want) && i+n < len(units) && strings.HasPrefix(strings.ToUpper(units[i+n].shown), want[n:n+1]); n++ {
				if units[i+n].class == plainUnit {
					break
				}
				if n == len(want)-1 {
					return true
				}
			}
		}
	}
	return false
}

// strangers reports whether a and b, next to each other in the statement, are
// parts of different names in the evidence: a always goes before another name
// and b always after another, as in "Joe Putin" of "Joe Biden" and "Vladimir Putin".
func (e *checkEvidence) strangers(a, b checkUnit) bool {
	if a.class != nameUnit && a.class != perhapsName || checkRoles[a.text] || checkSeats[a.text] != "" {
		return false
	}
	otherAfter, otherBefore := false, false
	for _, m := range e.lines {
		units := m.line.units
		for i, u := range units {
			next := i+1 < len(units) && m.line.joined(i) && units[i+1].class == nameUnit
			switch {
			case u.text == a.text:
				if !next {
					return false
				}
				for j := i + 1; j < len(units) && j <= i+3 && m.line.joined(j-1) && units[j].class == nameUnit; j++ {
					if units[j].text == b.text {
						return false
					}
				}
				otherAfter = true
			case next && units[i+1].text == b.text:
				otherBefore = otherBefore || u.class == nameUnit || u.class == perhapsName
			}
		}
	}
	return otherAfter && otherBefore
}

// dates: every date of the statement is one that a cited passage gives, or the
// day of its article where the passage gives none for the same matter.
func (e *checkEvidence) dates() (Fault, string) {
	for i, m := range e.any().mentions {
		if !slices.ContainsFunc(e.sources, func(s *checkSource) bool { return e.dated(s, i) }) {
			return FaultDate, fmt.Sprintf("the date %q is not in the cited passages", m.Text)
		}
	}
	return "", ""
}

// dated reports whether source s bears the statement's date i.
func (e *checkEvidence) dated(s *checkSource, i int) bool {
	mentions := e.line(s).mentions
	if i >= len(mentions) {
		return false
	}
	m := mentions[i]
	text := strings.ToLower(m.Text)
	for _, l := range s.lines {
		for _, o := range l.mentions {
			if strings.ToLower(o.Text) == text || m.bears(o) {
				return true
			}
		}
	}
	for _, u := range s.meta {
		if u.class == dateUnit && (u.text == text || m.bears(u.date)) {
			return true
		}
	}
	published := s.passage.Article.Published
	if m.Basis == dates.ByWeekday || m.Basis == dates.ByAnchor || !m.consistent() || !checkWithin(dates.Range{Since: published, Until: published}, m.Range) {
		return false
	}
	// The day of the article stands for the day of the event only where the
	// sentence about it names no other day.
	for _, best := range e.lines {
		if best.source == s {
			return !slices.ContainsFunc(best.line.mentions, func(o checkDate) bool { return o.Precision == dates.Day && !o.Modifier })
		}
	}
	return true
}
