package qa

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// A comparison holds one sentence against the statement.
type comparison struct {
	*sentence
	fit       float64 // chance that the sentence says the same, slots aside
	rest      float64 // the same without the terms that conflict
	conflicts []conflict
	missing   []string        // what the statement has and the sentence lacks
	unreal    bool            // told only as a possibility, where the statement is of fact
	by        utterance       // who says it in the sentence; zero if nobody
	same      map[string]bool // terms of numbers and times that the sentence gives in its own way
	leans     []*sentence     // sentences that give what it lacks
}

// A conflict is a place of the statement that the sentence fills otherwise.
type conflict struct {
	kind  string // number, speaker, date, place, negation, direction, name
	ours  string // as the statement prints it
	their string // as the article prints it; "" for a negation
	terms map[string]bool
}

func (c conflict) why() string {
	switch c.kind {
	case "negation":
		return "The articles say the opposite."
	case "direction":
		return fmt.Sprintf("The articles tell it the other way round: %s.", c.their)
	case "name":
		return fmt.Sprintf("The articles name another here: %s, not %s.", c.their, c.ours)
	}
	return fmt.Sprintf("The articles give another %s for this: %s, not %s.", c.kind, c.their, c.ours)
}

// compare reads a sentence against the statement, place by place.
func (as *assertion) compare(s *sentence) *comparison {
	c := &comparison{sentence: s, same: map[string]bool{}}
	have := termSet(nil, s.terms)
	around := as.context(s)
	times := dates.Find(s.text(), dates.Anchor{Day: s.Article.Published})
	names := as.namesOf(s.text(), s.terms, times)
	as.compareFigures(c, times)
	as.compareTimes(c, times)
	as.compareSpeakers(c, names, have, around)
	as.compareNames(c, names, have, around)
	as.comparePolarity(c, have)
	as.compareRoles(c, names)
	if v := as.verb; v != "" && as.aligned && !have[v] && c.x[fWeakest] < verbLeast && !slices.ContainsFunc(c.conflicts, func(k conflict) bool { return k.terms[v] }) {
		c.missing = append(c.missing, v)
	}
	as.compareReality(c)
	c.fit, c.rest = as.match(c, have, around)
	return c
}

// verbLeast is how near some word of the sentence must come to the statement's word
// that is matched least where it lacks its verb. Chosen on the own claims.
const verbLeast = 0.25

// Shares of a term's weight that count where it is not in the sentence itself.
const contextShare = 0.7

// match returns how well the sentence fits the statement, with all its terms and
// without those in conflict.
func (as *assertion) match(c *comparison, have, around map[string]bool) (fit, rest float64) {
	var held, total, heldRest, totalRest float64
	clash := map[string]bool{}
	for _, k := range c.conflicts {
		for t := range k.terms {
			clash[t] = true
		}
	}
	classes := map[string]bool{}
	for _, t := range c.terms {
		if k := classOf(t.Text); k != "" {
			classes[k] = true
		}
	}
	for t, w := range as.weight {
		m := 0.0
		switch {
		case have[t] || c.same[t]:
			m = 1
		case around[t], classes[classOf(t)]:
			m = contextShare
		}
		held, total = held+m*w, total+w
		if !clash[t] {
			heldRest, totalRest = heldRest+m*w, totalRest+w
		}
	}
	near := func(held, total float64) float64 {
		if total == 0 {
			return 0
		}
		if !as.aligned {
			return held / total
		}
		return (held/total + max(0, c.x[fMaxSim])) / 2
	}
	return near(held, total), near(heldRest, totalRest)
}

// The bars of a comparison, chosen on the own claims: the fit from which a sentence
// supports, and the one from which it tells the same but for what conflicts. A
// supporting sentence may be weaker by clashLead than a conflicting one.
const (
	supportBar     = 0.60
	wordSupportBar = 0.62
	clashBar       = 0.56
	clashCover     = 0.2 // share of the statement in the sentence itself
	clashLead      = 0.03
	// weakShare is what the statement's word that is matched least adds to the fit,
	// counted from weakUsual.
	weakShare = 0.6
	weakUsual = 0.2
)

// supports reports whether the sentence says what the statement does.
func (c *comparison) supports(as *assertion) bool {
	if len(c.conflicts) > 0 || len(c.missing) > 0 || c.unreal {
		return false
	}
	if !as.aligned {
		return c.fit >= wordSupportBar
	}
	return c.fit+weakShare*(c.x[fWeakest]-weakUsual) >= supportBar
}

// clashes reports whether the sentence tells the same otherwise.
func (c *comparison) clashes() bool {
	return len(c.conflicts) > 0 && len(c.missing) == 0 && c.rest >= clashBar && c.x[fCover] >= clashCover
}

// strength compares sentences that support or conflict: what they hold themselves
// counts as much as what they hold in their context.
func (c *comparison) strength() float64 {
	if len(c.conflicts) > 0 {
		return (c.rest + c.x[fCover]) / 2
	}
	return (c.fit + c.x[fCover]) / 2
}

func (as *assertion) compareFigures(c *comparison, times []dates.Mention) {
	theirs := as.figuresOf(c.text(), c.terms, times)
	for _, f := range as.figures {
		var other *figure
		ok := false
		for i, o := range theirs {
			if o.value == f.value && (f.owner == "" || o.owner == "" || f.owner == o.owner) {
				ok = true
				break
			}
			if f.counts(o) && other == nil {
				other = &theirs[i]
			}
		}
		switch {
		case ok:
			c.same[f.value] = true
		case other != nil:
			c.conflicts = append(c.conflicts, conflict{"number", f.text, other.text, map[string]bool{f.value: true}})
		default:
			c.missing = append(c.missing, f.text)
		}
	}
}

func (as *assertion) compareTimes(c *comparison, times []dates.Mention) {
	for _, m := range as.times {
		if m.Range.IsZero() {
			continue
		}
		terms := map[string]bool{}
		for _, t := range as.terms {
			if inMention([]dates.Mention{m}, t) {
				terms[t.Text] = true
			}
		}
		text := m.Text
		if slices.ContainsFunc(times, func(o dates.Mention) bool { return sameTime(m, o) }) {
			maps.Copy(c.same, terms)
			continue
		}
		other := slices.IndexFunc(times, func(o dates.Mention) bool { return !o.Range.IsZero() && !o.Vague && o.Precision != dates.Span })
		switch day := c.Article.Published; {
		case other >= 0 && as.known.Until != "" && m.Range.Since > as.known.Until && times[other].Range.Since <= as.known.Until:
			c.missing = append(c.missing, text) // what is past says nothing of what is to come
		case other >= 0 && m.Range.Overlaps(times[other].Range):
			c.missing = append(c.missing, text) // told less exactly
		case other >= 0:
			o := times[other]
			c.conflicts = append(c.conflicts, conflict{"date", text, spellDate(o), terms})
		case day != "" && m.Range.Contains(day):
			maps.Copy(c.same, terms)
		default:
			c.missing = append(c.missing, text)
		}
	}
}

// sameTime reports whether what is told of theirs is told of ours: it lies within, or
// meets it and is as exact.
func sameTime(ours, theirs dates.Mention) bool {
	return ours.Range.Overlaps(theirs.Range) &&
		(theirs.Precision <= ours.Precision || theirs.Vague && theirs.Precision <= dates.Month && ours.Precision >= dates.Month || ours.Vague && theirs.Precision <= dates.Month)
}

// spellDate shows the words of a mention, with the day that they mean where that is
// not in them.
func spellDate(m dates.Mention) string {
	if m.Basis == dates.Stated || m.Range.Since == "" {
		return m.Text
	}
	return fmt.Sprintf("%s (%s)", m.Text, dateLabel(m))
}

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
			c.conflicts = append(c.conflicts, conflict{"speaker", ours.text, as.subject(c, names).text, terms})
		case !around[ours.head]:
			c.missing = append(c.missing, ours.text)
		}
		return
	}
	u := theirs[best]
	if as.isSpeaker(ours, u, c) {
		return
	}
	c.conflicts = append(c.conflicts, conflict{"speaker", ours.text, shown(u.who()), terms})
}

// titleReach is how many words before a name may tell whose person it is: "Kremlin
// spokesman Dmitry Peskov".
const titleReach = 4

// isSpeaker reports whether our speaker is the one of an utterance: the same name,
// or the country or body whose person speaks.
func (as *assertion) isSpeaker(ours name, u utterance, c *comparison) bool {
	who := termSet(nil, analysis.Terms(u.who()))
	if u.speaker.text != "" {
		for _, t := range c.terms[max(0, u.speaker.first-titleReach):min(len(c.terms), u.speaker.last+titleReach+1)] {
			who[t.Text] = true
			for _, m := range analysis.Metonyms(t.Text) {
				who[m] = true
			}
		}
	}
	return who[ours.head]
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
	own := termSet(nil, as.terms)
	var speaker string
	if len(as.said) > 0 {
		speaker = as.said[0].speaker.head
	}
	for _, n := range as.names {
		if have[n.head] || n.head == speaker {
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
			c.conflicts = append(c.conflicts, conflict{kind, n.text, m.text, terms})
			continue
		}
		if !around[n.head] {
			c.missing = append(c.missing, n.text)
		}
	}
}

// inRole returns the name that stands in a sentence where n stands in the statement:
// behind the same preposition and the same word, or beside the same word.
func (as *assertion) inRole(n name, c *comparison, names []name, own map[string]bool) name {
	prep, head, next := surroundings(as.terms, n, as.times)
	for _, m := range names {
		if own[m.head] || m.head == n.head || slices.ContainsFunc(analysis.Metonyms(m.head), func(o string) bool { return own[o] }) {
			continue
		}
		p, h, x := surroundings(c.terms, m, nil)
		if prep != "" && p == prep && h != "" && (h == head || own[h]) || prep == "" && p == "" && (head != "" && h == head || next != "" && x == next && n.first > 0) {
			return m
		}
	}
	return name{}
}

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
		if t.Stop || t.Capital || t.Number || !have[t.Text] {
			continue
		}
		if as.denied[t.Text] != theirs[t.Text] {
			return t.Text
		}
	}
	return ""
}

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
				c.conflicts = append(c.conflicts, conflict{"direction", a.text, x.text + " " + c.text()[o.Start:o.End] + " " + y.text, map[string]bool{}})
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

// unknownNames are the names of the statement that no article holds.
func (as *assertion) unknownNames() []string {
	var out []string
	for _, n := range as.names {
		if !as.lib.Known(n.head) {
			out = append(out, n.text)
		}
	}
	return out
}

// after returns the last day that the articles cover if the statement is about a
// later one.
func (as *assertion) after() string {
	for _, m := range as.times {
		if as.known.Until != "" && m.Range.Since > as.known.Until {
			return as.known.Until
		}
	}
	return ""
}

// dateLabel writes the date of a mention in its own precision, in ISO form.
func dateLabel(m dates.Mention) string {
	since := m.Range.Since
	switch {
	case since == "":
		return strings.TrimPrefix(m.Range.Until, "until ")
	case since == m.Range.Until:
		return since
	case m.Precision == dates.Month:
		return since[:7]
	case m.Precision == dates.Year:
		return since[:4]
	}
	return m.Range.String()
}
