package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// speaks reports whether the statement itself names who.
func (as *assertion) speaks(who string) bool {
	terms := analysis.Terms(who)
	return len(terms) > 0 && termSet(nil, as.terms)[terms[len(terms)-1].Text]
}

// compareSpeakers holds who says it against who says it in a sentence, and how: what
// one side denies, another may say.
func (as *assertion) compareSpeakers(c *comparison, names []name, have, around map[string]bool) {
	theirs := as.utterances(c.sentence)
	best, most := -1, 0.0
	for i, u := range theirs {
		w := 0.0
		for _, t := range c.terms[u.from:max(u.from, u.to)] {
			w += as.weight[t.Text]
		}
		if w > most {
			best, most = i, w
		}
	}
	if best >= 0 {
		c.by = theirs[best]
	}
	if len(as.said) == 0 || as.said[0].speaker.text == "" {
		return
	}
	ours := as.said[0]
	if v := as.terms[ours.verb].Text; deciding[v] && !holds(have, v) {
		c.missing = append(c.missing, v) // to agree is more than to speak
	}
	terms := ours.speaker.in(as.terms)
	if best < 0 || !theirs[best].known() {
		switch {
		case have[ours.speaker.head]:
		case ours.hasOffice && as.holds(as.subject(c, names).head, ours.office) == one:
		case strings.ContainsAny(c.text(), "\"“”‘") && as.subject(c, names).text != "":
			c.conflicts = append(c.conflicts, conflict{kind: "speaker", ours: ours.speaker.text, their: as.subject(c, names).text, terms: terms})
		case !around[ours.speaker.head]:
			c.missing = append(c.missing, ours.speaker.text)
		}
		return
	}
	u := theirs[best]
	how, theirHow := actOf(as.terms[ours.verb].Text), actOf(c.terms[u.verb].Text)
	match := as.sameSpeaker(ours, u, c)
	defer func() { c.elsewhere = match == another }()
	if match != one {
		if o, ok := as.saidByAnother(theirs, c); ok {
			u = o
		} else if termSet(nil, analysis.Terms(attribute(c.sentence).speaker))[ours.speaker.head] || how == actTell && as.other(u, c) {
			match = one
		}
	}
	switch {
	case match == perhaps:
		c.vague = true
	case match == one && how == actAffirm && theirHow == actDeny:
		c.conflicts = append(c.conflicts, conflict{kind: "negation", ours: as.terms[ours.verb].Text, terms: map[string]bool{as.terms[ours.verb].Text: true}})
	case match == one && how == actAffirm && theirHow == actAccuse,
		match == another && (how == actDeny && theirHow != actDeny || how == actAffirm || how == actAccuse && theirHow == actDeny):
		// What is denied or confirmed is what another says.
		c.missing = append(c.missing, ours.speaker.text)
	case match == another:
		c.conflicts = append(c.conflicts, conflict{kind: "speaker", unsure: how == actDeny || how == actTell && theirHow != actTell, ours: ours.speaker.text, their: shown(u.named()), terms: terms})
	}
}

// saidByAnother returns the utterance by which another does in the sentence what the
// first of several speakers of the statement does: "an official said Blinken proposed
// talks" beside "Lavrov proposed talks, an official said".
func (as *assertion) saidByAnother(theirs []utterance, c *comparison) (utterance, bool) {
	if len(as.said) < 2 {
		return utterance{}, false
	}
	ours := as.said[0]
	i := slices.IndexFunc(theirs, func(o utterance) bool {
		return o.known() && sameDeed(as.terms[ours.verb].Text, c.terms[o.verb].Text) && as.sameSpeaker(ours, o, c) == another
	})
	if i < 0 {
		return utterance{}, false
	}
	return theirs[i], true
}

// other reports whether one of the other speakers of the statement is who speaks.
func (as *assertion) other(u utterance, c *comparison) bool {
	return slices.ContainsFunc(as.said[1:], func(o utterance) bool { return o.known() && as.sameSpeaker(o, u, c) == one })
}

// An act is what somebody does by saying something.
type act uint8

const (
	actTell act = iota
	actAffirm
	actDeny
	actAccuse
)

var (
	affirmingVerbs = formSet("confirm admit acknowledge concede")
	accusingVerbs  = formSet("accuse blame allege charge")
)

func actOf(verb string) act {
	switch {
	case affirmingVerbs[verb]:
		return actAffirm
	case denyingVerbs[verb]:
		return actDeny
	case accusingVerbs[verb]:
		return actAccuse
	}
	return actTell
}

// A match tells whether two speakers are one.
type match uint8

const (
	another match = iota
	perhaps
	one
)

// titleReach is how many words before a name may tell whose person it is: "Kremlin
// spokesman Dmitry Peskov".
const titleReach = 4

// sameSpeaker tells whether our speaker is the one of an utterance: the same name, the
// country or body whose person speaks, or the office that a person holds.
func (as *assertion) sameSpeaker(ours, theirs utterance, c *comparison) match {
	head := ours.speaker.head
	who := termSet(nil, analysis.Terms(theirs.who()))
	if theirs.speaker.text != "" {
		end := min(len(c.terms), theirs.speaker.last+titleReach+1)
		if next := theirs.speaker.last + 1; next < end && !strings.HasPrefix(c.text()[c.terms[theirs.speaker.last].End:c.terms[next].Start], ",") {
			end = next // only what is set beside a name tells of it
		}
		who = termSet(who, c.terms[max(0, theirs.speaker.first-titleReach):end])
	}
	person := func(n name) bool { return n.text != "" && len(analysis.Metonyms(n.head)) == 0 }
	switch {
	case person(ours.speaker) && theirs.hasOffice && !person(theirs.speaker):
		return as.holds(head, theirs.office)
	case ours.hasOffice && !person(ours.speaker) && theirs.hasOffice && !person(theirs.speaker):
		if ours.office.fits(theirs.office) {
			return one
		}
		return another
	case ours.hasOffice && !person(ours.speaker) && person(theirs.speaker):
		return as.holds(theirs.speaker.head, ours.office)
	case who[head]:
		return one
	}
	side := nation(head)
	if len(analysis.Metonyms(head)) == 0 {
		if of := as.people[head]; of != "" && theirs.speaker.text != "" && nation(theirs.speaker.head) == of {
			return perhaps // "the top U.S. diplomat" may be Blinken, or not
		}
		return another
	}
	for t := range who {
		switch {
		case seats[head] != "" && seats[t] != "" && seats[head] != seats[t]:
			return another // two bodies of one country
		case as.people[t] == side || len(analysis.Metonyms(t)) > 0 && nation(t) == side || strings.HasSuffix(seats[t], " of "+side):
			return one
		}
	}
	return another
}

// holds tells whether somebody holds an office, as far as the sentences found say what
// he is.
func (as *assertion) holds(head string, o office) match {
	if len(as.held[head]) == 0 {
		return perhaps
	}
	if slices.ContainsFunc(as.held[head], o.fits) {
		return one
	}
	return another
}

// seats are bodies of one country, each by itself. Of "State Department" the first
// word tells.
var seats = map[string]string{}

func init() {
	for country, words := range map[string]string{"america": "congress state pentagon whitehouse", "russia": "duma", "ukraine": "rada", "germany": "bundestag"} {
		for w := range formSet(words) {
			seats[w] = w + " of " + nation(analysis.Word(country))
		}
	}
}

// subject returns the name that opens the main clause of a sentence, if the
// statement does not name it.
func (as *assertion) subject(c *comparison, names []name) name {
	own := termSet(nil, as.terms)
	for _, n := range names {
		if len(analysis.Metonyms(n.head)) == 0 && !own[n.head] && n.last > n.first {
			return n
		}
	}
	return name{}
}

func (as *assertion) compareNames(c *comparison, names []name, have, around map[string]bool) {
	own := map[string]bool{}
	for _, t := range as.terms {
		own[t.Text] = true
	}
	var speaker string
	if len(as.said) > 0 {
		speaker = as.said[0].speaker.head
	}
	toCome := as.self.foretells() && !c.foretells() // where it was says nothing of where it will be
	for _, n := range as.names {
		if have[n.head] || n.head == speaker || c.disputes(n.head) {
			continue
		}
		kind := "name"
		if n.first > 0 && (placeWords[as.terms[n.first-1].Text] || as.terms[n.first-1].Text == "to") {
			kind = "place"
		}
		if m := as.inRole(n, c, names, own); m.text != "" && !as.doer(n) && !(kind == "place" && toCome) {
			c.conflicts = append(c.conflicts, conflict{kind: kind, ours: n.text, their: m.text, terms: n.in(as.terms)})
			continue
		}
		if m := as.elsewhere(n, c, names, own); m.text != "" && !toCome {
			c.conflicts = append(c.conflicts, conflict{kind: "place", unsure: true, ours: n.text, their: m.text, terms: n.in(as.terms)})
			continue
		}
		if !around[n.head] {
			c.missing = append(c.missing, n.text)
		} else {
			c.borrowed++
			c.rival = c.rival || (n.first > 0 && !as.attributive(n) || owns(as.text, as.terms, n)) && slices.ContainsFunc(names, func(m name) bool {
				return !own[m.head] && len(analysis.Metonyms(n.head)) > 0 && len(analysis.Metonyms(m.head)) > 0 && nation(m.head) != nation(n.head) &&
					!slices.ContainsFunc(as.names, func(o name) bool { return nation(o.head) == nation(m.head) })
			})
		}
	}
}

// doer reports whether a name is that of who does something; whether another does it in
// a sentence is told by compareDeeds.
func (as *assertion) doer(n name) bool {
	return slices.ContainsFunc(as.deeds, func(d deed) bool { return d.word == as.verb && d.by.first <= n.last && n.first <= d.by.last })
}

// attributive reports whether a name stands before what it tells of: "US troops".
func (as *assertion) attributive(n name) bool {
	next := n.last + 1
	return next < len(as.terms) && !as.terms[next].Stop && adjoining(as.text, as.terms, n.last)
}

// elsewhere returns the place where a sentence says that something is, if the
// statement says that it is at n; both stand where only places do.
func (as *assertion) elsewhere(n name, c *comparison, names []name, own map[string]bool) name {
	if !atPlace(as.terms, n) || wide[n.head] || as.after() != "" { // what is to come may be anywhere
		return name{}
	}
	for _, m := range names {
		if !own[m.head] && m.head != n.head && !wide[m.head] && atPlace(c.terms, m) {
			return m
		}
	}
	return name{}
}

// settlements are words that a place may follow with "of", or stand before: "the city
// of Mariupol", "the Donbas region".
var settlements = formSet("city town village region area port province district peninsula capital suburb oblast")

// wide names cover too much to be one place among others.
var wide = formSet("europe asia africa america east west north south eastern western northern southern world baltic balkans")

// atPlace reports whether a name stands as a place does: behind a preposition of
// place, or beside a word such as "city".
func atPlace(terms []analysis.Term, n name) bool {
	if n.last+1 < len(terms) && settlements[terms[n.last+1].Text] {
		return true
	}
	for i := n.first - 1; i >= max(0, n.first-3); i-- {
		t := terms[i].Text
		if t == "to" && i > 0 && terms[i-1].Text == "accord" {
			return false
		}
		if settlements[t] || placeWords[t] {
			return true
		}
		if t != "of" && t != "the" && t != "to" && !terms[i].Capital {
			return false
		}
		if t == "to" && (i == 0 || terms[i-1].Text != "close" && terms[i-1].Text != "next") {
			return false
		}
	}
	return false
}

// inRole returns the name that stands in a sentence where n stands in the statement:
// behind the same preposition and the same word, or beside the same word.
func (as *assertion) inRole(n name, c *comparison, names []name, own map[string]bool) name {
	prep, head, next := surroundings(as.terms, n, as.times)
	for _, m := range names {
		if own[m.head] || m.head == n.head || initials(m.text) != initials(n.text) {
			continue
		}
		p, h, x := surroundings(c.terms, m, nil)
		if exactPlace[prep] && p == prep {
			return m
		}
		if prep == "" && slices.ContainsFunc(as.terms, func(t analysis.Term) bool { return nation(t.Text) == nation(m.head) }) {
			continue
		}
		if prep != "" && p == prep && h != "" && (h == head || own[h]) || prep == "" && p == "" && (head != "" && h == head || next != "" && x == next && n.first > 0) {
			return m
		}
	}
	return name{}
}

// exactPlace are prepositions that a sentence seldom has twice for different matters.
var exactPlace = wordSet("near outside")

// surroundings returns the preposition before a name, the content word before that,
// and the content word behind it; "" where there is none.
func surroundings(terms []analysis.Term, n name, times []dates.Mention) (prep, head, next string) {
	i := n.first - 1
	for i >= 0 && terms[i].Stop {
		if placeWords[terms[i].Text] || terms[i].Text == "to" || terms[i].Text == "of" || terms[i].Text == "with" {
			prep = terms[i].Text
		}
		i--
	}
	if i >= 0 {
		head = terms[i].Text
	}
	for j := n.last + 1; j < min(len(terms), n.last+3); j++ {
		if !terms[j].Stop {
			next = terms[j].Text
			break
		}
	}
	return prep, head, next
}

// initials reports whether a name is written in capitals: "OSCE", which is nobody.
func initials(name string) bool { return len(name) > 2 && name == strings.ToUpper(name) }
