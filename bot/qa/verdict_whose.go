package qa

import (
	"slices"

	"crisisbot/retrieval/analysis"
)

// compareWhose finds what a statement tells of one country's and the sentence of
// another's: "Ukrainian troops" beside "Russian troops".
func (as *assertion) compareWhose(c *comparison) {
	for _, n := range as.names {
		country := nation(n.head)
		if len(analysis.Metonyms(n.head)) == 0 || !as.attributive(n) {
			continue
		}
		what := as.terms[n.last+1].Text
		if classOf(what) == "" {
			continue
		}
		other := -1
		for i, t := range c.terms {
			if i == 0 || classOf(t.Text) != classOf(what) {
				continue
			}
			of := c.terms[i-1]
			if len(analysis.Metonyms(of.Text)) == 0 || !adjoining(c.text(), c.terms, i-1) || nation(of.Text) == country {
				other = -1
				break // whose they are is not said, or is said so
			}
			other = i - 1
		}
		if other >= 0 {
			t := c.terms[other]
			c.conflicts = append(c.conflicts, conflict{kind: "name", ours: n.text, their: c.text()[t.Start:t.End], terms: map[string]bool{n.head: true}})
		}
	}
}

// compareTitles notes an office of the statement that the sentence doesn't name where it
// names another of its kind: who met the foreign minister has not met the defence
// minister.
func (as *assertion) compareTitles(c *comparison) {
	if len(as.offices) > 0 {
		return // told by compareOffices
	}
	theirs := officesIn(c.text(), c.terms)
	for _, o := range officesIn(as.text, as.terms) {
		fits := slices.ContainsFunc(theirs, o.fits)
		kind := slices.ContainsFunc(theirs, func(t office) bool { return t.head == o.head })
		if !fits && kind {
			c.missing = append(c.missing, o.text)
		}
	}
}

// officesIn reads the offices that a text names with what they are for.
func officesIn(text string, terms []analysis.Term) []office {
	var out []office
	for i, t := range terms {
		if officeHeads[t.Text] == "" || text[t.End-1] == 's' { // one, not several
			continue
		}
		first := i
		for first > 0 && i-first < 4 && adjoining(text, terms, first-1) && !terms[first-1].Stop {
			first--
		}
		if first > 0 && owns(text, terms, name{last: first - 1}) {
			first--
		}
		last := i
		if i+2 < len(terms) && terms[i+1].Text == "of" && officeFields[terms[i+2].Text] != "" {
			last = i + 2 // Secretary of State
		}
		if o := officeIn(text, terms, first, last, i); o.field != "" {
			out = append(out, o)
		}
	}
	return out
}
