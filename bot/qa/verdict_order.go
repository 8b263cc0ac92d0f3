package qa

import (
	"slices"

	"crisisbot/retrieval/analysis"
)

// orders are words that tell what comes first, as printed: 1 what stands before them, -1
// what follows.
var orders = map[string]int{"before": 1, "ahead": 1, "prior": 1, "until": 1, "after": -1, "following": -1, "since": -1, "once": -1}

// orderReach is how many content words after such a word may tell what it orders.
const orderReach = 3

// compareOrder finds what a statement tells as before the same thing after which the
// sentence tells it.
func (as *assertion) compareOrder(c *comparison) {
	for i, t := range as.terms {
		ours := orders[analysis.Fold(as.text[t.Start:t.End])]
		if ours == 0 {
			continue
		}
		for j, o := range c.terms {
			theirs := orders[analysis.Fold(c.text()[o.Start:o.End])]
			if theirs == -ours && sameNext(as.terms, i, c.terms, j) {
				c.conflicts = append(c.conflicts, conflict{kind: "negation", ours: t.Text, their: o.Text, terms: map[string]bool{}})
				return
			}
		}
	}
}

// sameNext reports whether one of the words that follow two terms is the same.
func sameNext(a []analysis.Term, i int, b []analysis.Term, j int) bool {
	next := func(terms []analysis.Term, i int) (out []string) {
		for _, t := range terms[i+1:] {
			if !t.Stop && !t.Number {
				out = append(out, t.Text)
			}
			if len(out) == orderReach {
				break
			}
		}
		return out
	}
	theirs := next(b, j)
	return slices.ContainsFunc(next(a, i), func(x string) bool {
		return slices.ContainsFunc(theirs, func(y string) bool { return sameDeed(x, y) })
	})
}

// shares are words for how much of something is meant; those of a line say the same.
var shares = []map[string]bool{
	wordSet("only sole solely exclusively merely"),
	wordSet("most majority mostly largely"),
	wordSet("half"),
	wordSet("every always"),
}

// compareShares notes what a statement limits or extends and the sentence doesn't.
func (as *assertion) compareShares(c *comparison) {
	for _, words := range shares {
		has := func(text string, terms []analysis.Term) bool {
			for i, t := range terms {
				if words[analysis.Fold(text[t.Start:t.End])] && (i == 0 || terms[i-1].Text != "at") { // "at most" bounds a number
					return true
				}
			}
			return false
		}
		if has(as.text, as.terms) && !has(c.text(), c.terms) {
			c.limited = true
		}
	}
	if compares(as.text, as.terms) && !compares(c.text(), c.terms) {
		c.missing = append(c.missing, "than")
	}
}

// compares reports whether a text sets one thing against another: "more in 2021 than in
// 2020", not "more than 100".
func compares(text string, terms []analysis.Term) bool {
	for i, t := range terms {
		if i > 0 && t.Text == "than" && !comparatives[analysis.Fold(text[terms[i-1].Start:terms[i-1].End])] {
			return true
		}
	}
	return false
}
