package qa

import (
	"regexp"
	"slices"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

var checkISODate = regexp.MustCompile(`^\d{4}(?:-\d{2}){0,2}$`)

// eventDate returns the date proposed for the event if the evidence has it, ""
// otherwise.
func (e *checkEvidence) eventDate(day string) string {
	if !checkISODate.MatchString(day) {
		return ""
	}
	r, err := dates.ParseRange(day)
	if err != nil {
		return ""
	}
	event := checkDate{dates.Mention{Text: day, Range: r}}
	for _, s := range e.sources {
		for _, l := range append([]*checkLine{e.line(s)}, s.lines...) {
			for _, m := range l.mentions {
				if event.bears(m) {
					return day
				}
			}
		}
	}
	return ""
}

// bearing returns the sentence of each source that fits the statement best, the best
// first; a source that has little of what the best one has bears nothing.
func (e *checkEvidence) bearing() []checkMatch {
	var out []checkMatch
	for n, m := range e.lines {
		if n > 0 && m.common*2 < e.lines[0].common {
			break
		}
		if !slices.ContainsFunc(out, func(o checkMatch) bool { return o.source == m.source }) {
			out = append(out, m)
		}
	}
	return out
}

// citations returns a verbatim citation of each source that bears the
// statement: the quote where there is one, else the sentence that fits best; and of
// those that name who is meant.
func (e *checkEvidence) citations(quoted *checkSource, at article.Span) []Citation {
	var out []Citation
	if quoted != nil {
		out = append(out, cite(quoted.passage, at.Start, at.End))
	}
	for _, m := range e.bearing() {
		if m.source != quoted {
			out = append(out, cite(m.source.passage, m.span.Start, m.span.End))
		}
	}
	for _, m := range e.naming {
		if c := cite(m.source.passage, m.span.Start, m.span.End); !slices.ContainsFunc(out, func(o Citation) bool { return o.ArticleID == c.ArticleID && o.Start <= c.Start && c.End <= o.End }) {
			out = append(out, c)
		}
	}
	return out
}
