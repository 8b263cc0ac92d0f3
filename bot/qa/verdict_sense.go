package qa

import (
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
	"maps"
	"slices"
	"strings"
)

func (as *assertion) comparePolarity(c *comparison, have map[string]bool) {
	theirs := denials(c.terms, c.text())
	if t := as.opposed(theirs, have); t != "" {
		c.conflicts = append(c.conflicts, conflict{kind: "negation", ours: t, terms: map[string]bool{}})
	}
	for _, t := range as.terms {
		if t.Stop || t.Capital || have[t.Text] {
			continue
		}
		for _, o := range slices.Sorted(maps.Keys(analysis.Opposites(t.Text))) {
			if have[o] && as.weight[o] == 0 && as.denied[t.Text] == theirs[o] {
				c.conflicts = append(c.conflicts, conflict{kind: "negation", ours: t.Text, their: o, terms: map[string]bool{t.Text: true}})
				return
			}
		}
	}
}

// opposed returns a term that one of the two texts denies and the other holds, "" if
// there is none.
func (as *assertion) opposed(theirs, have map[string]bool) string {
	for _, t := range as.terms {
		if t.Stop || t.Capital || t.Number {
			continue
		}
		o := kin(t.Text, have)
		if o != "" && as.denied[t.Text] != theirs[o] {
			return t.Text
		}
	}
	return ""
}

// kin returns the first of the terms, by the alphabet, that is a term or has its
// beginning, "" if none: "expand" and "expansion" have two stems.
func kin(term string, have map[string]bool) string {
	if have[term] {
		return term
	}
	if len(term) < kinLetters {
		return ""
	}
	found := ""
	for o := range have {
		if strings.HasPrefix(o, term[:kinLetters]) && (found == "" || o < found) {
			found = o
		}
	}
	return found
}

// kinLetters is how many letters a verb and its noun share.
const kinLetters = 5

// compareRoles finds who does what to whom the other way round: the same verb between
// the same two names, in the other order.
func (as *assertion) compareRoles(c *comparison, names []name) {
	for v, t := range as.terms {
		if t.Stop || t.Capital || t.Number || passive(as.terms, v) {
			continue
		}
		a, b := lastBefore(as.names, v), firstName(as.names, v+1, v+roleReach)
		if a.text == "" || b.text == "" || a.head == b.head || v-a.last > roleReach || as.terms[b.first-1].Text == "and" {
			continue
		}
		for w, o := range c.terms {
			if o.Text != t.Text || passive(c.terms, w) {
				continue
			}
			x, y := lastBefore(names, w), firstName(names, w+1, w+roleReach)
			if x.head == b.head && y.head == a.head && w-x.last <= roleReach && !mutual[t.Text] {
				c.conflicts = append(c.conflicts, conflict{kind: "direction", ours: a.text, their: x.text + " " + c.text()[o.Start:o.End] + " " + y.text})
				return
			}
		}
	}
}

// roleReach is how many terms a subject or object may stand from its verb.
const roleReach = 5

// mutual verbs mean the same either way round.
var mutual = formSet("meet met speak spoke talk discuss agree fight clash negotiate")

func lastBefore(names []name, v int) name {
	for i := len(names) - 1; i >= 0; i-- {
		if names[i].last < v {
			return names[i]
		}
	}
	return name{}
}

// irreal words tell what may be, is hoped or is alleged.
var irreal = formSet("could might may must would should will wont whether if hope possible possibly possibility expect allege allegation plan ready intend threaten want propose suggest risk likely promise vow aim seek ask urge call demand")

// compareReality marks a sentence that tells as possible what the statement tells as
// a fact of the past.
func (as *assertion) compareReality(c *comparison) {
	if len(as.said) > 0 {
		return
	}
	for i, t := range as.terms {
		if irreal[t.Text] && !t.Capital || t.Text == "to" && i > 0 && beForms[as.terms[i-1].Text] {
			return
		}
	}
	theirs := denials(c.terms, c.text())
	for i, t := range c.terms {
		if !irreal[t.Text] || theirs[t.Text] || t.Capital || t.Text == "may" && inMention(dates.Find(c.text(), dates.Anchor{Day: c.Article.Published}), t) {
			continue
		}
		for _, o := range c.terms[i+1 : min(len(c.terms), i+1+irrealReach)] {
			if as.predicates[o.Text] {
				c.unreal = true
				return
			}
		}
	}
}

// irrealReach is how many terms after such a word are told as possible.
const irrealReach = 6
