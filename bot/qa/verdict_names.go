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
	ours := as.said[0].speaker
	terms := map[string]bool{}
	for _, t := range ours.in(as.terms) {
		terms[t.Text] = true
	}
	if best < 0 || !theirs[best].known() {
		switch {
		case have[ours.head]:
		case strings.ContainsAny(c.text(), "\"“”‘") && as.subject(c, names).text != "":
			c.conflicts = append(c.conflicts, conflict{kind: "speaker", ours: ours.text, their: as.subject(c, names).text, terms: terms})
		case !around[ours.head]:
			c.missing = append(c.missing, ours.text)
		}
		return
	}
	u := theirs[best]
	if as.isSpeaker(ours, u, c) || termSet(nil, analysis.Terms(attribute(c.sentence).speaker))[ours.head] {
		return
	}
	if as.ofTheirs(ours, u) {
		c.vague = true
		return
	}
	c.conflicts = append(c.conflicts, conflict{kind: "speaker", ours: ours.text, their: shown(u.who()), terms: terms})
}

// ofTheirs reports whether the one who speaks is only named by a country of which our
// speaker is: "the top U.S. diplomat" may be Blinken, or not.
func (as *assertion) ofTheirs(ours name, u utterance) bool {
	side := as.people[ours.head]
	return side != "" && u.speaker.text != "" && len(analysis.Metonyms(u.speaker.head)) > 0 && nation(u.speaker.head) == side
}

// titleReach is how many words before a name may tell whose person it is: "Kremlin
// spokesman Dmitry Peskov".
const titleReach = 4

// isSpeaker reports whether our speaker is the one of an utterance: the same name,
// or the country or body whose person speaks.
func (as *assertion) isSpeaker(ours name, u utterance, c *comparison) bool {
	who := termSet(nil, analysis.Terms(u.who()))
	if u.speaker.text != "" {
		end := min(len(c.terms), u.speaker.last+titleReach+1)
		if next := u.speaker.last + 1; next < end && !strings.HasPrefix(c.text()[c.terms[u.speaker.last].End:c.terms[next].Start], ",") {
			end = next // only what is set beside a name tells of it
		}
		for _, t := range c.terms[max(0, u.speaker.first-titleReach):end] {
			who[t.Text] = true
			for _, m := range analysis.Metonyms(t.Text) {
				who[m] = true
			}
		}
	}
	if who[ours.head] {
		return true
	}
	side := nation(ours.head)
	if len(analysis.Metonyms(ours.head)) == 0 {
		return false
	}
	people := as.peopleOf(as.lib.Passages(c.Article.ID))
	for t := range who {
		if people[t] == side {
			return true
		}
	}
	return false
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
	for _, n := range as.names {
		if have[n.head] || n.head == speaker || c.disputes(n.head) {
			continue
		}
		if m := as.inRole(n, c, names, own); m.text != "" {
			kind := "name"
			if n.first > 0 && placeWords[as.terms[n.first-1].Text] || n.first > 0 && as.terms[n.first-1].Text == "to" {
				kind = "place"
			}
			terms := map[string]bool{}
			for _, t := range n.in(as.terms) {
				terms[t.Text] = true
			}
			c.conflicts = append(c.conflicts, conflict{kind: kind, ours: n.text, their: m.text, terms: terms})
			continue
		}
		if m := as.elsewhere(n, c, names, own); m.text != "" {
			terms := map[string]bool{}
			for _, t := range n.in(as.terms) {
				terms[t.Text] = true
			}
			c.conflicts = append(c.conflicts, conflict{kind: "place", unsure: true, ours: n.text, their: m.text, terms: terms})
			continue
		}
		if !around[n.head] {
			c.missing = append(c.missing, n.text)
		}
	}
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
		if own[m.head] || m.head == n.head {
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
