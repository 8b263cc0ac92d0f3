package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
)

// A deed is a word that tells what is done, and who does it.
type deed struct {
	at    int    // index of its term
	word  string // its term
	by    nounPhrase
	party party
}

// A party is who acts: the surname, and the country where the phrase names one.
type party struct {
	text   string // as printed
	head   string // the last word with a capital; "" if nobody is named
	nation string
	person bool
}

// partyOf reads who a phrase names. people tells of which country somebody is.
func (c *clause) partyOf(p nounPhrase, people map[string]string) party {
	if !p.some() {
		return party{}
	}
	out := party{text: c.show(p)}
	for i := p.last; i >= p.first; i-- {
		t := c.terms[i]
		if !t.Capital || t.Stop {
			continue
		}
		if len(analysis.Metonyms(t.Text)) > 0 || blocs[t.Text] {
			if out.nation == "" {
				out.nation = nation(t.Text)
			}
		} else if _, country, ok := strings.Cut(seats[t.Text], " of "); ok {
			if out.nation == "" {
				out.nation = country
			}
		} else if out.head == "" && !bodies[t.Text] && !persons[t.Text] {
			out.head, out.person = t.Text, true
		}
	}
	if out.head == "" {
		out.head = out.nation
	}
	if out.nation == "" {
		out.nation = people[out.head]
	}
	return out
}

// is reports whether a term is the name of the party.
func (p party) is(term string) bool { return p.head == term }

// differs reports whether two parties can't be one: two people, or two countries.
func (p party) differs(o party) bool {
	switch {
	case p.head == "" || o.head == "" || p.head == o.head:
		return false
	case p.person && o.person:
		return true
	}
	return p.nation != "" && o.nation != "" && p.nation != o.nation
}

// same reports whether two parties are one, or a country and somebody of it.
func (p party) same(o party) bool {
	return p.head != "" && (p.head == o.head || !(p.person && o.person) && p.nation != "" && p.nation == o.nation)
}

// deeds reads who does what in a clause: every word in small letters, but verbs of
// saying, that has a subject, an owner ("Russia's annexation of Crimea") or an author
// ("by Russia").
func (c *clause) deeds(people map[string]string) []deed {
	var out []deed
	for i, t := range c.terms {
		if t.Stop || t.Capital || t.Number || timeWords[t.Text] || mutual[t.Text] || sayingVerbs[t.Text] || persons[t.Text] || bodies[t.Text] || strings.HasSuffix(c.folded(i), "ly") || c.compound(i) || classOf(t.Text) != "" {
			continue
		}
		if by := c.author(i); by.some() && c.quoted[i] == c.quoted[by.last] {
			if p := c.partyOf(by, people); p.head != "" {
				out = append(out, deed{i, t.Text, by, p})
			}
		}
	}
	return out
}

// compound reports whether a word in -ing belongs to a name before it, as in "the SWIFT
// banking system": an article opens the whole.
func (c *clause) compound(v int) bool {
	if !strings.HasSuffix(c.folded(v), "ing") {
		return false
	}
	i := v - 1
	for i >= 0 && c.terms[i].Capital && adjoining(c.text, c.terms, i) {
		i--
	}
	return i >= 0 && i < v-1 && determiners[c.terms[i].Text]
}

// authorReach is how many words an author may stand from the deed.
const authorReach = 4

// author returns who does what term v tells, none if nobody is named.
func (c *clause) author(v int) nounPhrase {
	if v == 0 {
		return c.following(v)
	}
	for i := v - 1; i >= max(0, v-authorReach); i-- { // Russia's 2014 annexation, its annexation
		gap := c.gap(i)
		if (strings.HasPrefix(gap, "'s") || strings.HasPrefix(gap, "’s")) && c.noun(i) {
			return c.phrase(i)
		}
		if possessives[c.terms[i].Text] {
			if v+1 < len(c.terms) && !c.terms[v+1].Stop && c.gap(v) == " " {
				return noPhrase // "its main adversaries"
			}
			who, _ := c.mainSubject(v)
			return who
		}
		if c.terms[i].Stop || strings.ContainsAny(gap, ",;:") {
			break
		}
	}
	word := c.folded(v)
	by := func() nounPhrase {
		for i := v + 1; i < min(len(c.terms)-1, v+2*authorReach); i++ {
			if strings.ContainsAny(c.gap(i-1), ",;:") {
				break
			}
			if c.terms[i].Text == "by" {
				return c.source(i + 1)
			}
		}
		return noPhrase
	}
	switch {
	case passive(c.terms, v):
		return by()
	case determiners[c.terms[v-1].Text]:
		return by() // a noun
	case strings.HasSuffix(word, "ing") && (enders[c.terms[v-1].Text] || c.terms[v-1].Text == "begin" || c.terms[v-1].Text == "start"):
		return noPhrase // whoever is to stop doing it
	case strings.HasSuffix(word, "ing") && (v < 2 || prepositions[c.terms[v-1].Text]):
		if who := c.following(v); who.some() {
			return who
		}
	}
	if !c.finite(v) {
		return noPhrase
	}
	who, pronoun := c.subject(v)
	if pronoun {
		return noPhrase
	}
	return who
}

// possessives stand for whose something is.
var possessives = wordSet("its his her their")

// finite reports whether term v may be a verb with a subject of its own.
func (c *clause) finite(v int) bool {
	word := c.folded(v)
	before := c.terms[v-1]
	stem := c.terms[v].Text
	return strings.HasSuffix(word, "ed") || strings.HasSuffix(word, "ing") || irregular[word] || !strings.HasPrefix(word, stem[:len(stem)-1]) ||
		before.Capital || auxiliaries[before.Text] || relatives[before.Text] || strings.HasSuffix(c.folded(v-1), "ly")
}

// following returns the subject of the clause that a participle opens: "while
// visiting Donetsk, Zelensky walked".
func (c *clause) following(v int) nounPhrase {
	for i := v; i+1 < len(c.terms); i++ {
		if strings.HasPrefix(c.gap(i), ",") {
			return c.source(i + 1)
		}
	}
	return noPhrase
}

// objectReach is how many words around two deeds are compared for what they are done
// to.
const objectReach = 7

// compareDeeds finds what is done by somebody else: the same deed, to the same, by
// another party.
func (as *assertion) compareDeeds(c *comparison) {
	if len(as.deeds) == 0 {
		return
	}
	c.deeds = c.clause.deeds(as.people)
	for _, d := range as.deeds {
		var other *deed
		for i, o := range c.deeds {
			if !sameDeed(d.word, o.word) || !as.sameObject(d, c, o) {
				continue
			}
			if d.party.same(o.party) || o.by.holds(c.terms, d.party.is) {
				c.confirmed = true
				other = nil
				break
			}
			if d.party.differs(o.party) && other == nil {
				other = &c.deeds[i]
			}
		}
		if other == nil {
			continue
		}
		if d.by.holds(as.terms, func(t string) bool { return nation(t) == other.party.nation }) {
			continue // "the US and Russian ministers"
		}
		kind := "doer"
		if slices.ContainsFunc(as.terms, func(t analysis.Term) bool {
			return t.Capital && (t.Text == other.party.head || nation(t.Text) == other.party.head)
		}) {
			kind = "direction"
		}
		terms := map[string]bool{}
		for _, t := range as.terms[d.by.first : d.by.last+1] {
			terms[t.Text] = true
		}
		their := other.party.text
		if kind == "direction" {
			t := c.terms[other.at]
			their += " " + c.text()[t.Start:t.End]
		}
		c.conflicts = append(c.conflicts, conflict{kind: kind, ours: d.party.text, their: their, terms: terms})
		return // what follows from it would be told again
	}
}

// doneByOthers reports whether the sentence names others than the statement as doing
// what its main verb tells.
func (as *assertion) doneByOthers(c *comparison) bool {
	i := slices.IndexFunc(as.deeds, func(d deed) bool { return d.word == as.verb })
	if i < 0 {
		return false
	}
	others, ours := false, as.deeds[i]
	for v, t := range c.terms {
		if v == 0 || t.Stop || t.Capital || !sameDeed(as.verb, t.Text) {
			continue
		}
		who := c.clause.author(v)
		switch by := c.clause.partyOf(who, as.people); {
		case by.head == "":
		case who.holds(c.terms, ours.party.is), ours.by.holds(as.terms, by.is):
			return false // "Blinken and Lavrov"
		case ours.party.differs(by):
			others = true
		default:
			return false
		}
	}
	return others
}

// doneByOther reports whether a deed of the statement is done by another party in the
// sentence, so that the one says nothing about the other.
func (as *assertion) doneByOther(word string, c *comparison) bool {
	for _, d := range as.deeds {
		if d.word != word {
			continue
		}
		for _, o := range c.deeds {
			if sameDeed(word, o.word) && d.party.differs(o.party) {
				return true
			}
		}
	}
	return false
}

// sameDeed reports whether two terms tell the same deed.
func sameDeed(a, b string) bool {
	return a == b || analysis.Synonyms(a)[b] || len(a) >= kinLetters && strings.HasPrefix(b, a[:kinLetters])
}

// sameObject reports whether a word that follows our deed stands near theirs.
func (as *assertion) sameObject(d deed, c *comparison, o deed) bool {
	near := map[string]bool{}
	for i, t := range c.terms {
		if !t.Capital && (i < o.at-objectReach || i > o.at+objectReach) {
			continue // a place may stand far off
		}
		if t.Capital && i+1 < len(c.terms) && c.text()[t.End:c.terms[i+1].Start] == "-" {
			continue // "Russian-backed" troops are no Russia
		}
		near[nation(t.Text)] = true
	}
	for i := d.at + 1; i < min(len(as.terms), d.at+1+objectReach); i++ {
		t := as.terms[i]
		if !t.Stop && !inMention(as.times, t) && (near[nation(t.Text)] || slices.ContainsFunc(c.terms, func(x analysis.Term) bool { return near[x.Text] && analysis.Synonyms(t.Text)[x.Text] })) {
			return true
		}
	}
	return false
}

// compareObjects holds whom somebody does something to, or tells it, against whom he
// does so in the sentence: who warned one has not warned another. Whom somebody met says
// nothing of whom else he did.
func (as *assertion) compareObjects(c *comparison, names []name, have map[string]bool) {
	for v, t := range as.terms {
		if v == 0 || t.Text != as.verb && !(len(as.said) > 0 && v == as.said[0].verb) {
			continue
		}
		ours, ok := objectOf(as.terms, as.names, v)
		if !ok || as.attributive(ours) || t.Text != as.verb && ours.first == as.said[0].speaker.first {
			continue
		}
		var other name
		for i, o := range c.terms {
			if i == 0 || o.Capital || !sameDeed(t.Text, o.Text) {
				continue
			}
			theirs, ok := objectOf(c.terms, names, i)
			switch {
			case !ok:
			case theirs.head == ours.head || nation(theirs.head) == nation(ours.head):
				return
			case len(analysis.Metonyms(theirs.head)) > 0 == (len(analysis.Metonyms(ours.head)) > 0):
				other = theirs
			}
		}
		switch {
		case other.text != "" && !mutual[t.Text]:
			c.conflicts = append(c.conflicts, conflict{kind: "name", ours: ours.text, their: other.text, terms: ours.in(as.terms)})
		case other.text != "" || t.Text == as.verb && !have[ours.head]:
			c.missing = append(c.missing, ours.text)
		}
		return
	}
}

// objectOf returns the name right behind the verb at v, an article or a "with" between
// them at most.
func objectOf(terms []analysis.Term, names []name, v int) (name, bool) {
	for i := v + 1; i < len(terms); i++ {
		if k := slices.IndexFunc(names, func(n name) bool { return n.first == i }); k >= 0 {
			return names[k], true
		}
		if t := terms[i].Text; t != "the" && t != "with" && t != "on" {
			break
		}
	}
	return name{}, false
}
