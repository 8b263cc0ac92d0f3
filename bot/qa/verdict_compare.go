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
	clause    *clause
	have      map[string]bool // its terms
	classes   map[string]bool // of what it counts
	fit       float64         // chance that the sentence says the same, slots aside
	rest      float64         // the same without the terms that conflict
	conflicts []conflict
	missing   []string        // what the statement has and the sentence lacks
	unreal    bool            // told only as a possibility, where the statement is of fact
	by        utterance       // who says it in the sentence; zero if nobody
	same      map[string]bool // terms of numbers and times that the sentence gives in its own way
	leans     []*sentence     // sentences that give what it lacks
	deeds     []deed
	confirmed bool // the same party does it
	limited   bool // the statement limits or extends what it doesn't
	undone    bool // others do there what the statement's main verb tells
	borrowed  int  // names of the statement that only its context holds
	rival     bool // where one of them is a country, it names another that the statement doesn't
	given     bool // it gives every figure of the statement as printed, and there is one
	elsewhere bool // somebody else says it
	vague     bool // who speaks is named by the country only
	// The shares of the statement that the sentence does not hold, and of those what no
	// article holds.
	absent, strange float64
	strangeRest     float64 // of strange, without the terms that conflict
}

// A conflict is a place of the statement that the sentence fills otherwise.
type conflict struct {
	kind string // number, speaker, date, place, negation, direction, name
	// unsure: it is about a time after the articles end, or a place of which the
	// sentence may tell two.
	unsure bool
	ours   string // as the statement prints it
	their  string // as the article prints it; "" for a negation
	terms  map[string]bool
}

func (c conflict) why() string {
	switch c.kind {
	case "negation":
		return "The articles say the opposite."
	case "direction":
		return fmt.Sprintf("The articles tell it the other way round: %s.", c.their)
	case "name", "doer":
		return fmt.Sprintf("The articles name another here: %s, not %s.", c.their, c.ours)
	}
	return fmt.Sprintf("The articles give another %s for this: %s, not %s.", c.kind, c.their, c.ours)
}

// compare reads a sentence against the statement, place by place.
func (as *assertion) compare(s *sentence) *comparison {
	c := &comparison{sentence: s, clause: newClause(s.text(), s.terms), have: termSet(nil, s.terms), classes: map[string]bool{}, same: map[string]bool{}}
	for _, t := range s.terms {
		if k := classOf(t.Text); k != "" {
			c.classes[k] = true
		}
	}
	have := c.have
	around := as.context(s)
	times := dates.Find(s.text(), dates.Anchor{Day: s.Article.Published})
	names := as.namesOf(s.text(), s.terms, times)
	as.compareFigures(c, times)
	as.compareTimes(c, times)
	as.compareSpeakers(c, names, have, around)
	as.compareDeeds(c)
	c.undone = as.doneByOthers(c)
	as.compareOffices(c, have)
	as.compareObjects(c, names, have)
	as.compareNames(c, names, have, around)
	as.comparePolarity(c, have)
	if v := as.verb; v != "" && as.aligned && !holds(have, v) && c.x[fWeakest] < as.verbLeast() && !c.disputes(v) {
		c.missing = append(c.missing, v)
	}
	as.compareReality(c)
	as.compareOrder(c)
	as.compareShares(c)
	as.compareWhose(c)
	as.compareTitles(c)
	c.fit, c.rest = as.match(c, have, around)
	return c
}

// verbLeast is how near some word of the sentence must come to the statement's word
// that is matched least where it lacks its verb. Chosen on the own claims.
const (
	verbLeast = 0.25
	deedLeast = 0.55 // where the verb is one of deciding
)

// deciding verbs tell what is done once and for all, so that no other word stands for
// them by being near.
var deciding = formSet("sign agree join leave resign ratify sell buy invade arrest dismiss sack seize conquer surrender recognise recognize")

func (as *assertion) verbLeast() float64 {
	if deciding[as.verb] {
		return deedLeast
	}
	return verbLeast
}

// Shares of a term's weight that count where it is not in the sentence itself.
const (
	contextShare = 0.7
	synonymShare = 0.8
)

// holds reports whether terms hold one or a synonym of it.
func holds(have map[string]bool, term string) bool {
	if have[term] {
		return true
	}
	for s := range analysis.Synonyms(term) {
		if have[s] {
			return true
		}
	}
	return false
}

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
	for t, w := range as.weight {
		m := 0.0
		switch {
		case have[t] || c.same[t]:
			m = 1
		case holds(have, t):
			m = synonymShare
		case around[t], c.classes[classOf(t)]:
			m = contextShare
		}
		if m == 0 || m == contextShare {
			c.absent += w
			if !as.lib.Known(t) {
				c.strange += w
				if !clash[t] {
					c.strangeRest += w
				}
			}
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
	supportBar     = 0.63
	wordSupportBar = 0.62
	clashBar       = 0.56
	clashCover     = 0.2 // share of the statement in the sentence itself
	// The same of a sentence that conflicts in two ways or unsurely: it may well tell of
	// something else.
	unlikeBar   = 0.7
	unlikeCover = 0.5
	clashLead   = 0.03
	// What the statement's word that is matched least adds to the fit, and what words
	// take away that no article holds.
	weakShare    = 0.4
	strangeShare = 0.2
	// lacking is the share of a statement that a sentence itself may lack, and foreseen
	// that of one about a time after the articles. Of the own claims two that were
	// supported wrongly lack more, and one that was supported rightly.
	lacking  = 0.6
	foreseen = 0.35
	unheard  = 0.38 // share of it that no article holds
)

// supports reports whether the sentence says what the statement does.
func (c *comparison) supports(as *assertion) bool {
	if len(c.conflicts) > 0 || len(c.missing) > 0 || c.unreal || c.vague || c.rival || c.undone || c.limited {
		return false
	}
	if c.strange > unheard || as.verb != "" && !c.tells(as) {
		return false
	}
	if !as.aligned {
		return c.fit >= wordSupportBar
	}
	if c.absent > lacking || as.after() != "" && c.absent > foreseen {
		return false
	}
	return c.fit+weakShare*c.x[fWeakest]-strangeShare*c.strange >= supportBar
}

// clashes reports whether the sentence tells the same otherwise.
func (c *comparison) clashes() bool {
	if len(c.conflicts) == 0 || len(c.missing) > 0 || c.rest < clashBar || c.x[fCover] < clashCover || c.strangeRest > unheard {
		return false
	}
	unlike := slices.ContainsFunc(c.conflicts, func(k conflict) bool { return k.unsure || k.kind != c.conflicts[0].kind })
	unlike = unlike || c.borrowed > 0 && (c.only("date") || c.only("place"))
	return !unlike || c.rest >= unlikeBar && c.x[fCover] >= unlikeCover
}

// outweighs reports whether a sentence that supports counts more than one that conflicts:
// it is about as near, and nearer where it only bears out the bound of a figure, or it
// gives the figure that another report gives otherwise.
func (c *comparison) outweighs(clash *comparison, figures bool) bool {
	switch {
	case !figures:
		return c.strength() >= clash.strength()-clashLead
	case c.given:
		return c.strength() >= clash.strength()-clashLead || clash.only("number")
	}
	return c.strength() >= clash.strength()+boundLead
}

// tells reports whether a sentence holds something of a statement beside its names.
func (c *comparison) tells(as *assertion) bool {
	for p := range as.predicates {
		if kin(p, c.have) != "" || c.classes[classOf(p)] || c.same[p] {
			return true
		}
	}
	return len(as.predicates) == 0
}

// boundLead is by how much a figure within a bound must be nearer than one that isn't.
const boundLead = 0.1

// only reports whether all its conflicts are of one kind.
func (c *comparison) only(kind string) bool {
	return !slices.ContainsFunc(c.conflicts, func(k conflict) bool { return k.kind != kind })
}

// disputes reports whether a term is in conflict.
func (c *comparison) disputes(term string) bool {
	return slices.ContainsFunc(c.conflicts, func(k conflict) bool { return k.terms[term] })
}

// strength compares sentences that support or conflict: what they hold themselves
// counts as much as what they hold in their context.
func (c *comparison) strength() float64 {
	if len(c.conflicts) > 0 {
		return (c.rest + c.x[fCover]) / 2
	}
	return (c.fit + c.x[fCover]) / 2
}

// retoldLess is what a sentence of a copy is put behind one of its original that says
// the same.
const retoldLess = 0.3

// rank orders sentences that support, or that conflict.
func (c *comparison) rank() float64 {
	if originOf(c.sentence) != c.Article.ID {
		return c.strength() - retoldLess
	}
	return c.strength()
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
		if slices.ContainsFunc(times, func(o dates.Mention) bool { return sameTime(m, o) || m.Basis == dates.ByWeekday && m.Matches(o.Range) }) {
			maps.Copy(c.same, terms)
			continue
		}
		other := slices.IndexFunc(times, func(o dates.Mention) bool { return !o.Range.IsZero() && !o.Vague && o.Precision != dates.Span })
		switch day := c.Article.Published; {
		case other >= 0 && as.known.Until != "" && m.Range.Since > as.known.Until && times[other].Range.Since <= as.known.Until:
			// What is past says little of what is to come.
			c.conflicts = append(c.conflicts, conflict{kind: "date", unsure: true, ours: text, their: spellDate(times[other]), terms: terms})
		case other >= 0 && m.Range.Overlaps(times[other].Range):
			c.missing = append(c.missing, text) // told less exactly
		case other >= 0:
			o := times[other]
			c.conflicts = append(c.conflicts, conflict{kind: "date", ours: text, their: spellDate(o), terms: terms})
		case day != "" && m.Range.Since != "" && m.Range.Until != "" && m.Range.Contains(day):
			maps.Copy(c.same, terms)
		default:
			c.missing = append(c.missing, text)
		}
	}
}

// sameTime reports whether what is told of theirs is told of ours: it lies within, or
// meets it and is as exact. Of a time without an end, the day it is counted from.
func sameTime(ours, theirs dates.Mention) bool {
	if r := ours.Range; r.Since == "" || r.Until == "" {
		return theirs.Range == r || theirs.Precision <= dates.Year && theirs.Range.Contains(r.Since+r.Until)
	}
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
