package qa

import (
	"cmp"
	"slices"
	"time"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// An event is what a unit tells of one date.
type event struct {
	dates.Mention
	*unit
	dated *sentence // the sentence of the unit that gives the date
	words string    // the words of it that the date belongs to; "" is all
	also  []*unit   // further reports of it
}

// events reads the dated events of units, oldest first. A sentence with two dates
// tells two.
func (q *digest) events(units []*unit) []*event {
	var out []*event
	var last dates.Mention // of the same article, for "the same day"
	var in *article.Article
	for _, u := range units {
		if a := u.first().Article; a != in {
			in, last = a, dates.Mention{}
		}
		for _, s := range u.sentences {
			seen := map[string]bool{}
			for _, m := range eventDates(s, last) {
				words, told := dated(s, m)
				if e := (&event{Mention: m, unit: u.until(s), dated: s, words: words}); told && !seen[e.label()] {
					seen[e.label()] = true
					out = append(out, e)
				}
				if m.Precision == dates.Day {
					last = m
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *event) int {
		return cmp.Or(cmp.Compare(a.Range.Since, b.Range.Since), -cmp.Compare(a.Range.Until, b.Range.Until))
	})
	return out
}

// until returns a unit without what follows a sentence that opens it.
func (u *unit) until(s *sentence) *unit {
	if len(u.sentences) < 2 || u.first() != s || quotedRun(u.sentences) > 1 {
		return u
	}
	first := *u
	first.sentences, first.names = u.sentences[:1], u.names[:1]
	return &first
}

// eventDates returns the times that a sentence gives for what it tells: days, months
// and years, no stretches and nothing vague. "The same day" is the one told last.
func eventDates(s *sentence, last dates.Mention) []dates.Mention {
	var out []dates.Mention
	for _, m := range dates.Find(s.text(), dates.Anchor{Day: s.Article.Published}) {
		if m.Range.Since == "" || m.Range.Until == "" {
			continue
		}
		switch m.Precision {
		case dates.Day, dates.Week, dates.Month, dates.Year:
			if (!m.Vague || m.Precision == dates.Month) && (m.Precision == dates.Year || daysIn(m.Range) <= longestMonth) {
				out = append(out, m)
			}
		}
	}
	if last.Range.Since != "" {
		for i, t := range s.terms {
			if i+1 < len(s.terms) && (t.Text == "same" || t.Text == "that") && s.terms[i+1].Text == "day" {
				m := last
				m.Start, m.End = t.Start, s.terms[i+1].End
				out = append([]dates.Mention{m}, out...)
			}
		}
	}
	return out
}

// longestMonth is how many days an event less exact than a month may span: a season is
// no date.
const longestMonth = 31

// daysIn counts the days of a range, both ends included.
func daysIn(r dates.Range) int {
	since, err := time.Parse(time.DateOnly, r.Since)
	until, err2 := time.Parse(time.DateOnly, r.Until)
	if err != nil || err2 != nil {
		return 0
	}
	return int(until.Sub(since).Hours()/24) + 1
}

// Reports of one date tell one event if this share of the words around the date is
// the same in both, and sameEventTerms of them: on the own set it joins the reports
// of an event and keeps those of a day apart.
const (
	sameEventShare = 0.5
	sameEventTerms = 3
	eventReach     = 8 // terms to each side of the date
)

// around returns the content terms near the date of the event, a capital standing for
// its country.
func (e *event) around() map[string]bool {
	set := map[string]bool{}
	terms := e.dated.terms
	for i, t := range terms {
		if t.Start < e.Start || t.Start >= e.End {
			continue
		}
		for _, o := range terms[max(0, i-eventReach):min(len(terms), i+eventReach+1)] {
			if !o.Stop && (o.Start < e.Start || o.Start >= e.End) {
				set[nation(o.Text)] = true
			}
		}
	}
	return set
}

// same reports whether two events of one date are one.
func (e *event) same(o *event) bool {
	if e.unit == o.unit || e.dated == o.dated {
		return true
	}
	clauses := e.words != "" && o.words != ""
	return shareTerms(e.around(), o.around(), sameEventTerms, clauses) || shareTerms(e.told(), o.told(), sameEventTerms+1, false)
}

// told returns the content terms of the sentence that dates the event, without those of
// the date.
func (e *event) told() map[string]bool {
	set := map[string]bool{}
	for _, t := range e.dated.terms {
		if !t.Stop && (t.Start < e.Start || t.Start >= e.End) {
			set[nation(t.Text)] = true
		}
	}
	return set
}

// shareTerms reports whether two sets share at least n terms, and half of the smaller;
// akin counts synonyms too.
func shareTerms(a, b map[string]bool, n int, akin bool) bool {
	both := 0
	for t := range a {
		if b[t] || akin && holds(b, t) {
			both++
		}
	}
	return both >= n && float64(both) >= sameEventShare*float64(min(len(a), len(b)))
}

// merge joins the reports of one event. The clean and original report tells it, the
// one that says most before the others.
func merge(all []*event) []*event {
	var out []*event
	of := map[string][]int{} // by date
	for _, e := range all {
		day := e.label()
		n := slices.IndexFunc(of[day], func(i int) bool { return out[i].same(e) })
		if n < 0 {
			of[day] = append(of[day], len(out))
			out = append(out, e)
			continue
		}
		i := of[day][n]
		o := out[i]
		if o.unit == e.unit {
			continue
		}
		if better(e, o) {
			e.also = append(append(e.also, o.unit), o.also...)
			out[i] = e
		} else {
			o.also = append(o.also, e.unit)
		}
	}
	return out
}

// better reports whether e tells an event better than o.
func better(e, o *event) bool {
	rank := func(x *event) int {
		n := 0
		if x.first().Article.Quality != "" {
			n += 4
		}
		if originOf(x.first()) != x.first().Article.ID {
			n += 2
		}
		if x.first().Kind != article.Paragraph {
			n++
		}
		return n
	}
	return cmp.Or(cmp.Compare(rank(e), rank(o)), cmp.Compare(len(o.terms), len(e.terms))) < 0
}

// foremost keeps the n events told by most origins and nearest to the topic, in
// order.
func foremost(events []*event, n int) []*event {
	if len(events) <= n {
		return events
	}
	weight := func(e *event) float64 {
		from := map[string]bool{originOf(e.first()): true}
		for _, u := range e.also {
			from[originOf(u.first())] = true
		}
		return float64(len(from)) * e.prior()
	}
	kept := slices.Clone(events)
	slices.SortStableFunc(kept, func(a, b *event) int { return cmp.Compare(weight(b), weight(a)) })
	in := map[*event]bool{}
	for _, e := range kept[:n] {
		in[e] = true
	}
	return slices.DeleteFunc(slices.Clone(events), func(e *event) bool { return !in[e] })
}

// label is the date in its own precision, in ISO form.
func (e *event) label() string { return dateLabel(e.Mention) }

// when writes the date in words, in its own precision, and says when it was counted
// from a day of publication that is itself inferred.
func (e *event) when() string {
	day, err := time.Parse(time.DateOnly, e.Range.Since)
	if err != nil {
		return e.label()
	}
	text := ""
	switch {
	case e.Range.Since == e.Range.Until:
		text = day.Format("2 January 2006")
	case e.Precision == dates.Month:
		text = day.Format("January 2006")
	case e.Precision == dates.Year:
		text = day.Format("2006")
	default:
		text = Day(e.Range.Since) + " to " + Day(e.Range.Until)
	}
	if e.Basis != dates.Stated && e.dated.Article.DateInferred {
		text += " (date inferred)"
	}
	return text
}
