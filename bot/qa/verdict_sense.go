package qa

import (
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
	"maps"
	"slices"
	"strings"
)

func (as *assertion) comparePolarity(c *comparison, have map[string]bool) {
	if c.elsewhere {
		return // what one says is not the opposite of what another does
	}
	theirs := denials(c.terms, c.text())
	if t := as.opposed(c, theirs, have); t != "" {
		c.conflicts = append(c.conflicts, conflict{kind: "negation", ours: t, terms: map[string]bool{}})
	}
	if len(c.conflicts) == 0 {
		as.requireDenial(c, theirs, have)
	}
	small := map[string]bool{}
	for _, t := range c.terms {
		small[t.Text] = small[t.Text] || !t.Capital
	}
	for _, t := range as.terms {
		if t.Stop || t.Capital || have[t.Text] {
			continue
		}
		for _, o := range opposites(t.Text) {
			if small[o] && as.weight[o] == 0 && as.denied[t.Text] == theirs[o] {
				c.conflicts = append(c.conflicts, conflict{kind: "negation", ours: t.Text, their: o, terms: map[string]bool{t.Text: true}})
				return
			}
		}
	}
}

// compass holds what lies opposite; a question that asks about both sides is no false
// premise, so it is no table of opposites for all.
var compass = [][2]map[string]bool{
	{formSet("east eastern eastward eastwards"), formSet("west western westward westwards")},
	{formSet("north northern northward"), formSet("south southern southward")},
}

// opposites returns the opposites of a term, by the alphabet.
func opposites(term string) []string {
	out := slices.Sorted(maps.Keys(analysis.Opposites(term)))
	for _, c := range compass {
		if c[0][term] {
			out = append(out, slices.Sorted(maps.Keys(c[1]))...)
		} else if c[1][term] {
			out = append(out, slices.Sorted(maps.Keys(c[0]))...)
		}
	}
	return out
}

// requireDenial notes that a sentence can't bear out what a statement denies if it
// neither denies anything nor tells the opposite.
func (as *assertion) requireDenial(c *comparison, theirs, have map[string]bool) {
	denies := ""
	for _, t := range as.terms {
		switch {
		case !as.denied[t.Text] || t.Stop:
		case slices.ContainsFunc(slices.Collect(maps.Keys(analysis.Opposites(t.Text))), func(o string) bool { return have[o] }):
			return
		case denies == "":
			denies = t.Text
		}
	}
	if i := len(as.terms) - 1; denies == "" && i >= 0 && negators[analysis.Fold(as.text[as.terms[i].Start:as.terms[i].End])] {
		denies = as.terms[i].Text // "but Russia is not"
	}
	if denies != "" && !slices.Contains(slices.Collect(maps.Values(theirs)), true) {
		c.missing = append(c.missing, denies)
	}
}

// opposed returns a term that one of the two texts denies and the other holds, "" if
// there is none.
func (as *assertion) opposed(c *comparison, theirs, have map[string]bool) string {
	for t := range as.denied {
		if as.denied[t] && theirs[kin(t, theirs)] {
			return "" // both deny it
		}
	}
	for _, t := range as.terms {
		if t.Stop || t.Capital || t.Number {
			continue
		}
		o := kin(t.Text, have)
		if o != t.Text && as.weight[o] > 0 {
			continue // it stands for itself
		}
		if o != "" && as.denied[t.Text] != theirs[o] && !pointing[t.Text] && !as.doneByOther(t.Text, c) {
			return t.Text
		}
	}
	return ""
}

// kin returns the first of the terms, by the alphabet, that is a term, has its
// beginning ("expand" and "expansion" have two stems) or may say the same, "" if none.
func kin(term string, have map[string]bool) string {
	if have[term] {
		return term
	}
	found := ""
	for o := range have {
		akin := len(term) >= kinLetters && strings.HasPrefix(o, term[:kinLetters]) || analysis.Synonyms(term)[o]
		if akin && (found == "" || o < found) {
			found = o
		}
	}
	return found
}

// kinLetters is how many letters a verb and its noun share.
const kinLetters = 5

// mutual verbs mean the same either way round.
var mutual = formSet("meet met speak spoke talk discuss agree fight clash negotiate")

// irreal words tell what may be, is hoped or is alleged.
var irreal = formSet("could might may must would should will wont whether if hope possible possibly possibility expect bid try attempt effort push pressure allege allegation plan ready intend threaten want propose suggest risk likely promise vow aim seek ask urge call demand")

// compareReality marks a sentence that tells as possible what the statement tells as
// a fact of the past.
func (as *assertion) compareReality(c *comparison) {
	for i, t := range as.terms {
		if irreal[t.Text] && !t.Capital || t.Text == "to" && i > 0 && beForms[as.terms[i-1].Text] {
			return
		}
	}
	theirs := denials(c.terms, c.text())
	done := as.done()
	for i, t := range c.terms {
		if !irreal[t.Text] || len(as.said) > 0 && t.Text != "whether" && !(done && coming[t.Text]) || theirs[t.Text] || t.Capital || t.Text == "may" && inMention(dates.Find(c.text(), dates.Anchor{Day: c.Article.Published}), t) {
			continue
		}
		for _, o := range c.terms[i+1 : min(len(c.terms), i+1+irrealReach)] {
			if !sayingVerbs[o.Text] && holds(as.predicates, o.Text) {
				c.unreal = true
				return
			}
		}
	}
}

// irrealReach is how many terms after such a word are told as possible.
const irrealReach = 6

// foretells reports whether a sentence tells of what is to come.
func (s *sentence) foretells() bool {
	return slices.ContainsFunc(s.terms, func(t analysis.Term) bool { return coming[t.Text] && !t.Capital })
}

var coming = wordSet("will would shall wont upcoming tomorrow")

// done reports whether the statement tells of what has been done: "has taken place".
func (as *assertion) done() bool {
	for _, t := range as.terms {
		if t.Text == "has" || t.Text == "have" || t.Text == "had" || analysis.Fold(as.text[t.Start:t.End]) == "already" {
			return true
		}
	}
	return false
}
