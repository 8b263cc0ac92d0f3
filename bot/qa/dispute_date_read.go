package qa

import (
	"cmp"
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// A datedDeed is an event that a sentence dates, with who and what takes part in it.
type datedDeed struct {
	*sentence
	when  dates.Mention
	span  article.Span // of the date, in the article
	kind  string       // of event: "meeting"
	phase string       // "start" or "end" of it; "" is all
	plan  bool         // was to come when the report was printed
	names []taking
	words map[string]bool // the other content terms of the clause
}

// A taking part is a person, country or place of an event.
type taking struct {
	Key   string // surname or country
	Given []string
	Text  string // as printed
	Place bool   // where it happened, by the word before the name
}

// An eventKind is what news dates. Once means that it befalls the same parties once.
type eventKind struct {
	words   map[string]bool
	once    bool
	person  bool // befalls a person
	object  bool // tells one by what it is done to
	mutual  bool // takes two
	lasting bool // may go on for days
}

// eventKinds are the events that reports are held to; what is not among them is too
// often many events.
var eventKinds = map[string]eventKind{
	"meeting":      {words: formSet("meet met meeting talks summit negotiations"), mutual: true},
	"call":         {words: formSet("call videoconference"), mutual: true},
	"seizure":      {words: formSet("annex annexation annexed seize seizure capture"), once: true},
	"invasion":     {words: formSet("invade invasion"), once: true},
	"death":        {words: formSet("die died death"), once: true, person: true},
	"murder":       {words: formSet("assassinate assassination murder"), once: true, person: true},
	"birth":        {words: formSet("born birth"), once: true, person: true},
	"marriage":     {words: formSet("marry married wedding"), once: true, person: true},
	"founding":     {words: formSet("founded establish established"), object: true, once: true},
	"referendum":   {words: formSet("referendum"), once: true},
	"inauguration": {words: formSet("inaugurate inauguration sworn"), once: true, person: true},
	"signing":      {words: formSet("sign signing signed"), object: true},
	"adoption":     {words: formSet("adopt adoption ratify ratification approve approval"), object: true},
	"vote":         {words: formSet("vote voting"), object: true},
	"resignation":  {words: formSet("resign resignation")},
	"appointment":  {words: formSet("appoint appointment"), object: true},
	"arrest":       {words: formSet("arrest detain detention"), object: true},
	"expulsion":    {words: formSet("expel expulsion")},
	"crash":        {words: formSet("crash crashed downed")},
	"ceasefire":    {words: formSet("ceasefire truce")},
	"visit":        {words: formSet("visit trip"), lasting: true},
}

func kindOfEvent(term string) string {
	for kind, k := range eventKinds {
		if k.words[term] {
			return kind
		}
	}
	return ""
}

var (
	starting = formSet("begin began start started commence launch launched open opened")
	ending   = formSet("end ended finish conclude concluded close closed")
	// repeating words tell of one event among several of its kind.
	repeating = formSet(`again another second third fourth fifth sixth first new next previous former weekly daily monthly annual regular regularly
every each repeated repeatedly round rounds series anniversary latest last earlier later`)
	// moving words tell of an event that was put off, called off or went otherwise.
	moving = formSet("postpone postponed reschedule delay delayed originally initially instead rather cancel cancelled canceled moved pushed deadline preparation prepare anniversary")
	// unreal words leave open whether a thing happened.
	unreal = formSet("not never no without deny denied reject refuse refused failed propose proposed suggest suggested invite invited offer offered unless nor neither cannot")
	// planning words make a plan of what they stand with.
	planning = formSet("will would plan planned schedule scheduled due set expect expected agree agreed")
	// bearing words carry a date or an event and tell nothing by themselves.
	bearing = formSet("hold held make made pay paid take took place happen happened occur occurred come came become became due set plan planned schedule scheduled expect expected agree agreed video phone telephone")
	// nameless subjects leave open who takes part.
	nameless = wordSet("he she they it we i his her their its")
	// clausal words part a clause from what it hangs on.
	clausal = wordSet("who which that where as after before when while since until because if though although but than whose following")
	// topical words stand before what an event is about.
	topical = wordSet("about over on amid for against despite")
)

// datedDeeds reads the events that a sentence dates, given its names.
func datedDeeds(s *sentence, names []name) []datedDeed {
	times := eventDates(s, dates.Mention{})
	if len(times) == 0 || strings.HasSuffix(s.text(), "?") {
		return nil
	}
	c := newClause(s.text(), s.terms)
	for _, t := range s.terms {
		if moving[t.Text] && !inMention(times, t) {
			return nil
		}
	}
	var out []datedDeed
	for _, m := range times {
		if m.Vague || s.Article.DateInferred && m.Basis != dates.Stated {
			continue
		}
		if d, ok := c.datedDeed(s, m, times, names); ok {
			out = append(out, d)
		}
	}
	return out
}

// datedDeed reads what a date of a sentence belongs to; false where that is not plain.
func (c *clause) datedDeed(s *sentence, m dates.Mention, times []dates.Mention, names []name) (datedDeed, bool) {
	first := slices.IndexFunc(c.terms, func(t analysis.Term) bool { return t.End > m.Start })
	if first < 0 {
		return datedDeed{}, false
	}
	last := first
	for last+1 < len(c.terms) && c.terms[last+1].Start < m.End {
		last++
	}
	event := c.eventBefore(first, times)
	if event < 0 {
		event = c.eventBehind(first, last, m, times)
	}
	if event < 0 {
		return datedDeed{}, false
	}
	from, to := c.around(min(event, first), max(event, last), times)
	d := datedDeed{
		sentence: s, when: m, kind: kindOfEvent(c.terms[event].Text), words: map[string]bool{},
		span: article.Span{Start: s.span.Start + m.Start, End: s.span.Start + m.End},
	}
	for i := max(0, from-2); i <= to; i++ { // "denied that it met"
		if t := c.terms[i]; unreal[t.Text] || possible[t.Text] && !t.Capital || strings.HasSuffix(c.folded(i), "n't") || strings.HasSuffix(c.folded(i), "n’t") {
			return datedDeed{}, false
		}
	}
	for i := from; i <= to; i++ {
		t := c.terms[i]
		switch {
		case inMention(times, t):
		case repeating[t.Text] || t.Number || i < event && nameless[t.Text]:
			return datedDeed{}, false
		case starting[t.Text]:
			d.phase = "start"
		case ending[t.Text]:
			d.phase = "end"
		case planning[t.Text]:
			d.plan = true
		}
		if !t.Stop && !t.Capital && !inMention(times, t) && !bearing[t.Text] && !starting[t.Text] && !ending[t.Text] && !eventKinds[d.kind].words[t.Text] && !persons[t.Text] && !strings.HasSuffix(c.folded(i), "ly") {
			d.words[t.Text] = true
		}
	}
	if p := s.Article.Published; p != "" {
		if d.plan && m.Basis == dates.Yearless && m.Range.Until < p {
			d.when.Range = yearOn(m.Range) // "would be held in January", in December
			if daysApart(p, d.when.Range.Since) > aheadDays {
				return datedDeed{}, false
			}
		}
		if planned := d.when.Range.Since > p; d.plan != planned && (!planned && d.when.Range.Until < p) {
			return datedDeed{}, false // was to be, and nobody says that it was
		} else if planned {
			d.plan = true
		}
	}
	for _, n := range c.withCountries(names) {
		if n.first < from && (from == 0 || n.last != from-2 || !relatives[c.terms[from-1].Text]) || n.last > to || c.aside(n) || inMention(times, c.terms[n.first]) {
			continue
		}
		who := c.taking(n)
		if !slices.ContainsFunc(d.names, func(o taking) bool { return o.Key == who.Key }) {
			d.names = append(d.names, who)
		}
	}
	return d, len(d.names) > 0
}

// withCountries adds to the names of a clause the countries and blocs that few articles
// tell from other words that open a sentence.
func (c *clause) withCountries(names []name) []name {
	out := slices.Clone(names)
	for i, t := range c.terms {
		titled := i+1 < len(c.terms) && c.terms[i+1].Capital && adjoining(c.text, c.terms, i) // "Russian Foreign Minister"
		if !titled && (country(t) != "" || t.Capital && blocs[t.Text]) && !slices.ContainsFunc(names, func(n name) bool { return n.first <= i && i <= n.last }) {
			out = append(out, name{i, i, t.Text, c.printed(i, i)})
		}
	}
	slices.SortFunc(out, func(a, b name) int { return cmp.Compare(a.first, b.first) })
	return out
}

// taking reads who a name means, without titles.
func (c *clause) taking(n name) taking {
	first := n.first
	before := c.terms[max(0, first-1)].Text
	if first == 1 && c.terms[0].Capital && !c.terms[0].Stop && !timeWords[before] && c.gap(0) == " " {
		first = 0 // whether a word that opens a sentence is a name, few articles tell
	}
	place := n.first > 0 && attaching[before] && before != "with" && before != "of" || visited(c.terms, n.first)
	for i := first; i < n.last; i++ {
		if t := c.terms[i]; persons[t.Text] || bodies[t.Text] {
			first = i + 1
			if c.terms[first].Text == "of" { // Secretary of State
				first = min(first+2, n.last)
			}
		}
	}
	who := taking{Key: nation(n.head), Text: c.printed(first, n.last), Place: place}
	for _, t := range c.terms[first:n.last] {
		if !t.Stop && len(analysis.Metonyms(t.Text)) == 0 {
			who.Given = append(who.Given, t.Text)
		}
	}
	return who
}

// visited reports whether the name at term i is the goal of a visit.
func visited(terms []analysis.Term, i int) bool {
	return i > 0 && (kindOfEvent(terms[i-1].Text) == "visit" || i > 1 && terms[i-1].Text == "to" && kindOfEvent(terms[i-2].Text) == "visit")
}

// aside reports whether a name tells what an event is about, or of what country
// somebody is who was just named, rather than who takes part.
func (c *clause) aside(n name) bool {
	i := n.first - 1
	for i > 0 && determiners[c.terms[i].Text] {
		if strings.HasPrefix(c.gap(i-1), ",") && country(c.terms[n.first]) != "" { // "Lavrov, the Russian minister"
			return true
		}
		i--
	}
	return i >= 0 && topical[c.terms[i].Text]
}

// event reports whether term i tells an event: "a call", not "called for".
func (c *clause) event(i int) bool {
	kind := kindOfEvent(c.terms[i].Text)
	switch {
	case kind == "" || i > 0 && (c.terms[i].Capital || c.gap(i-1) == "-") || strings.HasSuffix(strings.TrimSuffix(c.folded(i), "s"), "or"): // negotiators
		return false
	case kind == "call":
		return i > 0 && (determiners[c.terms[i-1].Text] || bearing[c.terms[i-1].Text])
	case c.folded(i) == "death": // "death penalty"
		return i+1 == len(c.terms) || c.terms[i+1].Stop || c.terms[i+1].Number || c.terms[i+1].Capital || c.gap(i) != " "
	}
	return true
}

// parts reports whether term i begins another clause than the term behind it.
func (c *clause) parts(i int, times []dates.Mention) bool {
	t := c.terms[i]
	return inMention(times, t) || clausal[t.Text] && !t.Capital || sayingVerbs[t.Text] && !c.event(i) && !planning[t.Text] && c.verb(i)
}

// eventBefore returns the event that a date behind it belongs to, -1 if there is none.
func (c *clause) eventBefore(date int, times []dates.Mention) int {
	for i := date - 1; i >= 0; i-- {
		if c.event(i) {
			if i > 1 && determiners[c.terms[i-1].Text] && c.event(i-2) {
				return i - 2 // "signed a truce"
			}
			return i
		}
		word := c.folded(i)
		deed := !c.terms[i].Capital && !c.terms[i].Stop && !bearing[c.terms[i].Text] && !starting[c.terms[i].Text] && !ending[c.terms[i].Text] && (strings.HasSuffix(word, "ed") || strings.HasSuffix(word, "ing"))
		if c.parts(i, times) || deed || strings.ContainsAny(c.gap(i), ";:—–") || c.another(i) {
			return -1
		}
	}
	return -1
}

// another reports whether an "and" at term i begins another deed.
func (c *clause) another(i int) bool {
	if t := c.terms[i].Text; t != "and" && t != "or" || i+1 >= len(c.terms) {
		return false
	}
	next := c.terms[i+1]
	return !next.Capital && !determiners[next.Text] && !persons[next.Text] && !bodies[next.Text]
}

// eventBehind returns the event that a date belongs to which opens its clause or names
// the event: "On Thursday, Lavrov met", "the 2 December meeting". It is -1 if there is none.
func (c *clause) eventBehind(first, last int, m dates.Mention, times []dates.Mention) int {
	opens := first == 0 || first == 1 && c.terms[0].Stop
	for i := last + 1; i < len(c.terms); i++ {
		switch {
		case c.event(i):
			return i
		case !opens && (!m.Modifier || i > last+2), c.parts(i, times), strings.ContainsAny(c.gap(i-1), ";:—–"), c.another(i):
			return -1
		case i > last+1 && strings.HasSuffix(c.folded(i), "ed") && !c.terms[i].Capital && !bearing[c.terms[i].Text]:
			return -1
		}
	}
	return -1
}

// around returns the first and the last term of the clause that holds terms from to to.
func (c *clause) around(from, to int, times []dates.Mention) (int, int) {
	for from > 0 && !c.parts(from-1, times) && !strings.ContainsAny(c.gap(from-1), ";:—–\"“”") && !c.event(from-1) && !c.another(from-1) {
		from--
	}
	for to+1 < len(c.terms) && !c.parts(to+1, times) && !strings.ContainsAny(c.gap(to), ",;:—–\"“”") && !topical[c.terms[to+1].Text] && c.terms[to+1].Text != "and" && c.terms[to+1].Text != "to" {
		to++
	}
	return from, to
}
