package qa

import (
	"slices"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// viewNouns follow the name of whose words are asked for: "the Kremlin's reaction",
// "Blinken's view".
var viewNouns = formSet("view opinion reaction response answer comment words stance position remark statement warning take reply verdict assessment opinion thought")

// viewVerbs ask for somebody's words beside the verbs of saying.
var viewVerbs = formSet("think want react expect hope plan intend see feel mean demand mention justify")

// askedSpeaker returns the terms that name whose words a question asks for: "Lavrov"
// of "What did Lavrov say about NATO?", "according to Lavrov", "Lavrov on NATO";
// none if it asks for nobody's.
func askedSpeaker(terms []analysis.Term, text string, isName func(string) bool) []string {
	folded := folded(terms, text)
	name := func(i int) bool {
		t := terms[i]
		return !t.Stop && !t.Number && !timeWords[t.Text] && !sayingVerbs[t.Text] && !openings[folded[i]] && (t.Capital && i > 0 || isName(t.Text))
	}
	from := func(i int) []string { // the name that begins at i, behind its article
		var out []string
		for i < len(terms) && determiners[terms[i].Text] {
			i++
		}
		for ; i < len(terms) && (name(i) || persons[terms[i].Text] || bodies[terms[i].Text]) && len(out) < 4; i++ {
			if name(i) {
				out = append(out, terms[i].Text)
			}
		}
		return out
	}
	until := func(i int) []string { // the name that ends at i
		var out []string
		for ; i >= 0 && name(i) && len(out) < 4; i-- {
			out = append(out, terms[i].Text)
		}
		return out
	}
	for i := range terms {
		if folded[i] == "according" && i+2 < len(terms) && folded[i+1] == "to" {
			if out := from(i + 2); len(out) > 0 {
				return out
			}
		}
	}
	if n := len(terms); n > 2 { // "Ryabkov on the date of the talks"
		for i := 1; i < min(n-1, 4) && name(i-1); i++ {
			if folded[i] == "on" || folded[i] == "about" {
				return until(i - 1)
			}
		}
	}
	if i := findRun(folded, []string{"who"}); i >= 0 && i < 3 {
		return nil
	}
	for i, t := range terms {
		said := (sayingVerbs[t.Text] || viewVerbs[t.Text]) && !t.Capital
		if i == 0 || !said && !viewNouns[t.Text] {
			continue
		}
		if out := until(i - 1); len(out) > 0 {
			return out
		}
	}
	return nil
}

// voiced returns 1 if the words of a sentence are those of the speaker asked for, 0
// if not or if none is asked for.
func (q *inquiry) voiced(s *sentence) float64 {
	if len(q.speaker) == 0 {
		return 0
	}
	name, _, _ := q.speakerOf(s)
	spoken := termSet(nil, analysis.Terms(name))
	if slices.ContainsFunc(q.speaker, func(t string) bool { return spoken[t] }) {
		return 1
	}
	return 0
}

// dated tells how the times that a sentence names stand to the days that the
// question names: 1 if one is among them, -1 if it names others only, 0 if either
// names none.
func (q *inquiry) dated(s *sentence) float64 {
	fits := 0.0
	for _, e := range q.query.Events {
		if e.Range.IsZero() || e.Precision > dates.Month || e.Modifier {
			continue
		}
		for _, m := range dates.Find(s.text(), dates.Anchor{Day: s.Article.Published}) {
			switch {
			case m.Range.IsZero() || m.Precision > dates.Month || m.Modifier:
			case e.Matches(m.Range):
				return 1
			default:
				fits = -1
			}
		}
	}
	return fits
}

// speakerOf returns who says what a sentence tells, "" if the outlet does, and the
// sentences besides it that tell so: the one that attributes the quotation in which
// it stands, and the one that names a "he".
func (q *inquiry) speakerOf(s *sentence) (name string, at attribution, told []*sentence) {
	at = attribute(s)
	from := s
	if at == (attribution{}) {
		if o := q.quoting(s); o != nil {
			at, from = attribute(o), o
			told = append(told, o)
		}
	}
	if at.pronoun {
		var named *sentence
		if at.speaker, named = q.resolve(from); named != nil {
			told = append(told, named)
		}
	}
	return at.speaker, at, told
}
