package qa

import (
	"slices"
	"strings"
	"unicode"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// A unit is what a summary takes or leaves as a whole: a sentence, or several of
// which one can't stand without the other.
type unit struct {
	sentences []*sentence // in reading order, of one passage or of neighbouring ones
	names     []pronoun   // whom a "he" or "she" of a sentence stands for, by sentence
	terms     map[string]bool
	place     int     // of its first sentence among the sentences of the article, from 0
	about     float64 // how near to the topic, in [0, 1]; 1 without a topic
	titled    float64 // how near to the headline of its article, in [0, 1]; 0 without an encoder
	opens     bool    // it opens the running text of its article
	garbled   bool    // its article is known to be
	disorder  int     // words of its first sentence with a misplaced capital
	bytes     int
	figures   bool   // it counts something
	says      bool   // it names who says something
	speaker   string // the last word of who; "" if nobody is named
}

// A pronoun is a term of a sentence and the name that it stands for; without a name
// there is none.
type pronoun struct {
	at   int
	name string
}

func (u *unit) first() *sentence { return u.sentences[0] }

// maxUnit is how many sentences a unit has at most: a quotation that goes on for
// longer is left out.
const maxUnit = 3

// unitsOf returns the units of an article in reading order: of its first passages
// where lead is above 0, else of all. Titles and headings tell what the text tells
// again.
func (q *inquiry) unitsOf(id string, lead int) []*unit {
	var all []*sentence
	for n, p := range q.lib.Passages(id) {
		if lead > 0 && n >= lead {
			break
		}
		if p.Kind == article.Title || p.Kind == article.Heading {
			continue
		}
		for i, span := range p.Sentences {
			s := &sentence{Passage: p, n: i, span: span, terms: analysis.Terms(span.In(p.Article.Text)), held: map[string]bool{}}
			all = append(all, s.trimmed())
		}
	}
	var out []*unit
	for i := 0; i < len(all); {
		n := quotedRun(all[i:])
		if u := q.newUnit(all, i, n); u != nil {
			out = append(out, u)
		}
		i += n
	}
	return out
}

// quotedRun returns how many sentences from the first on hang together by a
// quotation that is opened in one and closed in another.
func quotedRun(s []*sentence) int {
	open := 0
	for n := range s {
		if n > 0 && s[n].Block != s[0].Block {
			return n
		}
		text := s[n].text()
		open += strings.Count(text, "“") - strings.Count(text, "”")
		if strings.Count(text, `"`)%2 == 1 {
			open = 1 - min(1, max(0, open))
		}
		if open <= 0 {
			return n + 1
		}
	}
	return len(s)
}

// newUnit makes a unit of the n sentences from i on, nil where they can't be shown:
// too long a quotation, a fragment, or a pronoun that nothing resolves.
func (q *inquiry) newUnit(all []*sentence, i, n int) *unit {
	if n > maxUnit {
		return nil
	}
	u := &unit{sentences: all[i : i+n], place: i, about: 1, terms: map[string]bool{}}
	for _, s := range u.sentences {
		for _, t := range s.terms {
			if !t.Stop {
				u.terms[t.Text] = true
			}
		}
	}
	u.measure(q)
	s := u.first()
	if !whole(s) || s.Kind != article.Caption && !slices.ContainsFunc(u.sentences, (*sentence).tells) {
		return nil
	}
	if len(u.terms) < minTerms && !u.refers() {
		return nil
	}
	for _, s := range u.sentences {
		p, ok := q.speaking(s)
		if !ok {
			return nil
		}
		u.names = append(u.names, p)
	}
	switch at := opener(s.terms); {
	case at < 0 && !repliesTo(s) && !u.refers(), at >= 0 && u.names[0].name != "" && u.names[0].at == at:
	default:
		b := before(all, i)
		if b < 0 || n == maxUnit || opener(all[b].terms) >= 0 || !whole(all[b]) || !all[b].tells() || s.Article.Quality != "" {
			return nil
		}
		p, ok := q.speaking(all[b])
		if !ok {
			return nil
		}
		u.sentences = append([]*sentence{all[b]}, u.sentences...)
		u.names = append([]pronoun{p}, u.names...)
		u.place = b
		for _, t := range all[b].terms {
			if !t.Stop {
				u.terms[t.Text] = true
			}
		}
		if u.unquoted() {
			return nil
		}
		u.measure(q)
	}
	return u
}

// speaking returns the "he" or "she" that opens a sentence or speaks in it, and the
// name for it; false where there is one that nothing resolves.
func (q *inquiry) speaking(s *sentence) (pronoun, bool) {
	at := opener(s.terms)
	if at < 0 || !singlePersons[s.terms[at].Text] {
		at = -1
		for _, u := range q.utterances(s) {
			for i := max(0, u.verb-3); i < u.verb && at < 0; i++ {
				if singlePersons[s.terms[i].Text] && !earlierName(q, s, i) {
					at = i
				}
			}
		}
	}
	if at < 0 {
		return pronoun{}, true
	}
	name := q.speakerBefore(s)
	return pronoun{at, name}, name != ""
}

// earlierName reports whether a name stands before term i, for which it may stand.
func earlierName(q *inquiry, s *sentence, i int) bool {
	names := q.namesOf(s.text(), s.terms, dates.Find(s.text(), dates.Anchor{Day: s.Article.Published}))
	return len(names) > 0 && names[0].last < i && !quoted(s.text(), s.terms, names[0].last, i)
}

var singlePersons = wordSet("he she")

// repliesTo reports whether a sentence speaks of what was said right before it: "We
// see this as a threat".
func repliesTo(s *sentence) bool {
	for i, t := range s.terms[:min(replyTerms, len(s.terms))] {
		if t.Text == "this" && i+1 < len(s.terms) && s.terms[i+1].Stop {
			return true
		}
	}
	return false
}

const replyTerms = 4

// before returns the index of the sentence of running text, or of a list, before i; -1
// if there is none.
func before(all []*sentence, i int) int {
	for b := i - 1; b >= 0; b-- {
		if all[b].Kind == all[i].Kind {
			return b
		}
	}
	return -1
}

// measure fills what the choice of units looks at.
func (u *unit) measure(q *inquiry) {
	u.bytes, u.garbled, u.disorder = 0, u.first().Article.Quality != "", u.first().disorder()
	for _, s := range u.sentences {
		u.bytes += s.span.End - s.span.Start + 1
		times := dates.Find(s.text(), dates.Anchor{Day: s.Article.Published})
		u.figures = u.figures || slices.ContainsFunc(q.figuresOf(s.text(), s.terms, times), func(f figure) bool { return !f.units["ordinal"] })
		if said := q.utterances(s); u.speaker == "" && len(said) > 0 && said[0].known() {
			u.speaker = lastWord(said[0].who())
		}
		for i, t := range s.terms {
			u.says = u.says || sayingVerbs[t.Text] && !nominal(s.text(), s.terms, i)
		}
	}
}

// unquoted reports whether a quotation in the unit is not closed.
func (u *unit) unquoted() bool {
	open := 0
	for _, s := range u.sentences {
		open += strings.Count(s.text(), `"`)
	}
	return open%2 == 1
}

// minTerms is how many content words a sentence has at least to tell something.
const minTerms = 4

// whole reports whether a sentence reads as one: it ends as sentences do, or is an
// item of a list or a caption with a verb's worth of words.
func whole(s *sentence) bool {
	text := strings.TrimRight(s.text(), "\"”’')*_ ")
	if text == "" {
		return false
	}
	last := text[len(text)-1]
	return !glued(text) && (last == '.' || last == '!' || s.Kind == article.Bullet || s.Kind == article.Caption && len(s.terms) > captionTerms)
}

// glued reports whether a word runs into the next, as where a machine lost a space:
// "ZhelenskyTherefore".
func glued(text string) bool {
	lower, upper := 0, false
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			if lower++; upper && lower >= 3 {
				return true
			}
		case unicode.IsUpper(r) && lower >= 4:
			upper, lower = true, 0
		default:
			lower, upper = 0, false
		}
	}
	return false
}

// captionTerms is how many words a caption has at least to tell something.
const captionTerms = 10

// opener returns the index of the pronoun that a sentence opens with, -1 if it opens
// with none.
func opener(terms []analysis.Term) int {
	for i, t := range terms {
		if openers[t.Text] {
			return i
		}
		if i > 0 || !leadIns[t.Text] {
			return -1
		}
	}
	return -1
}

// shortName is the surname of somebody whom the statements name in full, else the
// name as it is.
func (d *draft) shortName(name string) string {
	terms := analysis.Terms(name)
	if !isPerson(name) || len(terms) < 2 {
		return name
	}
	last := name[terms[len(terms)-1].Start:]
	for _, st := range d.statements {
		if strings.Contains(st.Text, " "+last) {
			return last
		}
	}
	return name
}

// addUnit writes a unit as one statement, with the name for the pronoun it opens
// with, the days that its words mean, and the date of the event that it tells.
func (d *draft) addUnit(q *inquiry, u *unit) {
	st := Statement{Stance: Report}
	var parts []string
	for i, s := range u.sentences {
		text := s.text()
		if p := u.names[i]; p.name != "" {
			text = text[:s.terms[p.at].Start] + d.shortName(p.name) + text[s.terms[p.at].End:]
		}
		text = article.Plain(spelledDays(text, s.Article.Published))
		if i == 0 {
			text = plainOpening(text)
		}
		if last := text[len(text)-1]; s.Kind == article.Bullet && last != '.' && last != '!' && last != '?' {
			text += "."
		}
		parts = append(parts, text)
		st.Citations = append(st.Citations, d.cite(s, s.span))
	}
	st.Text = strings.Join(parts, " ")
	s := u.sentences[len(u.sentences)-1]
	if said := q.utterances(s); len(said) > 0 && said[0].known() {
		st.Speaker, st.Stance = shown(said[0].named()), Claim
		if said[0].denial {
			st.Stance = Denial
		}
	}
	if m, ok := dates.Event(s.text(), s.Article.Published); ok && m.Precision != dates.Span && !m.Vague {
		st.Date = dateLabel(m)
	}
	d.statements = append(d.statements, st)
}
