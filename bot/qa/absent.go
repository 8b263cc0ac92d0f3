package qa

import (
	"slices"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// The confidence, as a multiple of the bar, from which a question is answered of which
// the passages lack a name that it writes with a capital, and from which one that may
// only be in other words than theirs. Below, 75 unanswerable questions of squad20-A and
// 99 of null-A have such a name, and 21 and 25 that can be answered.
const (
	fairly = 3.2
	unsure = 1.8
)

// namesApart reports whether the sentences speak of something else than what the
// question names: all its names together stand around none of the best. Names of whole
// parts of the world may well go unsaid.
func (q *inquiry) namesApart(ranked []*sentence, certainty float64) bool {
	names, capitals := q.properNames()
	if len(names) == 0 || certainty >= fairly || !capitals && certainty >= unsure {
		return false
	}
	return !slices.ContainsFunc(ranked[:min(maxStatements, len(ranked))], func(s *sentence) bool {
		held := q.told(s)
		return !slices.ContainsFunc(names, func(t string) bool { return !held[t] })
	})
}

// namesAlone reports whether the best sentences and what stands around them hold nothing
// of a question but its names, though it asks for more.
func (q *inquiry) namesAlone(ranked []*sentence) bool {
	more := slices.DeleteFunc(slices.Clone(q.searched), func(t string) bool { return q.names[t] })
	return len(more) > 0 && !slices.ContainsFunc(ranked[:min(maxStatements, len(ranked))], func(s *sentence) bool {
		held := q.told(s)
		return slices.ContainsFunc(more, func(t string) bool { return holds(held, t) })
	})
}

// told returns the terms of what stands around a sentence and of its headline.
func (q *inquiry) told(s *sentence) map[string]bool {
	return termSet(q.around(s.Passage), analysis.Terms(s.Article.Title))
}

// properNames returns the names of the question that are those of somebody, a place or a
// body: what it writes with a capital, if it does so with any.
func (q *inquiry) properNames() (names []string, capitals bool) {
	for i, t := range q.terms {
		capitals = capitals || i > 0 && t.Capital && !t.Stop
	}
	for i, t := range q.terms {
		if q.names[t.Text] && !t.Number && (t.Capital && i > 0 || !capitals) && !wide[t.Text] && !blocs[t.Text] {
			names = append(names, t.Text)
		}
	}
	return names, capitals
}

// vacant reports whether the question asks who holds an office of a country, and no
// sentence names somebody who may.
func (q *inquiry) vacant(ranked []*sentence) bool {
	asked, ok := q.askedOffice()
	if !ok || asked.nation == "" {
		return false
	}
	var passages []*retrieval.Passage
	for _, s := range ranked {
		if !slices.Contains(passages, s.Passage) {
			passages = append(passages, s.Passage)
		}
	}
	people := q.peopleOf(passages)
	for head, held := range q.profile(passages) {
		of := people[head]
		if slices.ContainsFunc(held, func(o office) bool { return o.fits(asked) && (o.nation == asked.nation || of == asked.nation) }) {
			return false
		}
	}
	return true
}

// askedOffice returns the office of a question that asks who holds it and no more: "Who
// is Ukraine's defence minister?"
func (q *inquiry) askedOffice() (office, bool) {
	i := slices.IndexFunc(q.terms, func(t analysis.Term) bool { return t.Text == "who" })
	if i < 0 || i+2 >= len(q.terms) || !beForms[q.terms[i+1].Text] {
		return office{}, false
	}
	head, first, last := -1, i+2, i+1
	for j := first; j < len(q.terms) && !inMention(q.query.Events, q.terms[j]); j++ {
		t := q.terms[j]
		_, isHead := officeHeads[t.Text]
		_, isField := officeFields[t.Text]
		switch {
		case isHead:
			head = j
		case isField, len(analysis.Metonyms(t.Text)) > 0, t.Stop, t.Text == "deputi", t.Text == "vice":
		default:
			return office{}, false
		}
		last = j
	}
	if head < 0 {
		return office{}, false
	}
	return officeIn(q.text, q.terms, first, last, head), true
}

// outcome reports whether the question asks what came of something that is still to come
// where the articles end.
func (q *inquiry) outcome() bool {
	until := q.lib.Covered().Until
	return until != "" && slices.ContainsFunc(q.terms, func(t analysis.Term) bool { return outcomes[t.Text] }) &&
		slices.ContainsFunc(q.query.Events, func(m dates.Mention) bool { return m.Range.Since > until })
}

// outcomes are words for what came of something.
var outcomes = formSet("outcome result happen happened attend attended decide decided conclude concluded achieve achieved yield fail succeed end ended")
