package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
)

// An office is what somebody is said to be: "Russia's deputy foreign minister".
type office struct {
	head   string // the kind of office
	field  string // what it is for: foreign, defence
	nation string
	deputy bool
	text   string // as printed
}

// officeHeads groups the words for kinds of office; those of "" tell no kind.
var officeHeads = map[string]string{}

// officeFields groups the words for what an office is for.
var officeFields = map[string]string{}

func init() {
	for kind, words := range map[string]string{
		"minister": "minister secretary", "president": "president", "premier": "premier chancellor", "spokesman": "spokesman spokeswoman spokesperson",
		"ambassador": "ambassador", "king": "king queen", "governor": "governor", "mayor": "mayor", "senator": "senator", "general": "general",
		"": "leader chief head official envoy diplomat adviser aide commander boss",
	} {
		for w := range formSet(words) {
			officeHeads[w] = kind
		}
	}
	for field, words := range map[string]string{
		"foreign": "foreign state diplomat diplomatic", "defence": "defence defense military pentagon", "interior": "interior homeland",
		"finance": "finance treasury", "energy": "energy", "health": "health", "justice": "justice", "prime": "prime", "trade": "trade commerce",
		"security": "security", "intelligence": "intelligence",
	} {
		for w := range formSet(words) {
			officeFields[w] = field
		}
	}
}

// officeReach is how many words of a phrase may tell an office.
const officeReach = 8

// offices reads of whom a text says what they are, by surname.
func (q *inquiry) offices(text string, terms []analysis.Term, names []name) map[string]office {
	var out map[string]office
	for _, n := range names {
		if len(analysis.Metonyms(n.head)) > 0 {
			continue
		}
		if _, isOffice := officeHeads[n.head]; isOffice {
			continue
		}
		o, ok := officeBefore(text, terms, n)
		if !ok && n.first > 1 && copulas[terms[n.first-1].Text] { // Russia's defence minister is Sergei Shoigu
			o, ok = officeBefore(text, terms, name{first: n.first - 1, last: n.first - 1})
		}
		if !ok {
			o, ok = officeAfter(text, terms, n)
		}
		if ok {
			if out == nil {
				out = map[string]office{}
			}
			out[n.head] = o
		}
	}
	return out
}

// officeBefore reads "Russia's Deputy Foreign Minister Sergei Ryabkov".
func officeBefore(text string, terms []analysis.Term, n name) (office, bool) {
	first, head := n.last, -1
	for i := n.last - 1; i >= max(0, n.last-officeReach); i-- {
		t := terms[i]
		_, isOffice := officeHeads[t.Text]
		aside := isOffice && i == n.first-1 && i+1 < len(terms) && text[t.End:terms[i+1].Start] == ", " // Russia's foreign minister, Sergei Lavrov,
		if !aside && strings.ContainsAny(text[t.End:terms[i+1].Start], ",;:.()") && !strings.HasSuffix(text[t.Start:t.End], ".") || t.Stop && t.Text != "of" || t.Number || timeWords[t.Text] {
			break
		}
		if _, ok := officeHeads[t.Text]; ok && head < 0 {
			head = i
		}
		if head < 0 && !t.Capital && t.Text != "of" {
			break
		}
		first = i
	}
	if head < 0 {
		return office{}, false
	}
	return officeIn(text, terms, first, n.last-1, head), true
}

// officeAfter reads "Lukashenko, the president of Belarus," and "Austin is the US
// defense secretary".
func officeAfter(text string, terms []analysis.Term, n name) (office, bool) {
	i := n.last + 1
	if i >= len(terms) {
		return office{}, false
	}
	comma := strings.HasPrefix(strings.TrimSpace(text[terms[n.last].End:terms[i].Start]), ",")
	if comma && terms[i].Text == "who" && i+1 < len(terms) {
		comma = false // "Lukashenko, who is the president,"
		i++
	}
	copula := false
	for i < len(terms) && !comma && (copulas[terms[i].Text] || auxiliaries[terms[i].Text]) && terms[i].Text != "not" && terms[i].Text != "never" {
		copula = copula || copulas[terms[i].Text]
		i++
	}
	if !comma && !copula {
		return office{}, false
	}
	first, head, last := i, -1, i-1
	for ; i < min(len(terms), n.last+officeReach+2); i++ {
		t := terms[i]
		if i > first && strings.ContainsAny(text[terms[i-1].End:t.Start], ",;:(") {
			break
		}
		_, isHead := officeHeads[t.Text]
		_, isField := officeFields[t.Text]
		isNation := len(analysis.Metonyms(t.Text)) > 0
		if head < 0 && t.Stop && !determiners[t.Text] || head >= 0 && t.Stop && t.Text != "of" && t.Text != "for" && t.Text != "the" && t.Text != "in" {
			break
		}
		if isHead && head < 0 {
			head = i
		} else if head >= 0 && !t.Stop && !isField && !isNation && !t.Capital {
			break
		}
		last = i
	}
	if head < 0 {
		return office{}, false
	}
	return officeIn(text, terms, first, last, head), true
}

// officeIn reads the office of the terms from first to last, whose kind is at head.
func officeIn(text string, terms []analysis.Term, first, last, head int) office {
	o := office{head: officeHeads[terms[head].Text]}
	for i := first; i <= last; i++ {
		t := terms[i]
		if f := officeFields[t.Text]; f != "" {
			o.field = f
		}
		if len(analysis.Metonyms(t.Text)) > 0 && o.nation == "" {
			o.nation = nation(t.Text)
		}
		o.deputy = o.deputy || t.Text == "deputi" || t.Text == "vice"
	}
	for first < last && terms[first].Stop {
		first++
	}
	o.text = shown(text[terms[first].Start:terms[last].End])
	return o
}

// fits reports whether one may be what is meant by both.
func (o office) fits(p office) bool {
	switch {
	case o.nation != "" && p.nation != "" && o.nation != p.nation, o.field != "" && p.field != "" && o.field != p.field && o.head == p.head:
		return false
	case o.head == p.head:
		return o.deputy == p.deputy && (o.field == p.field || o.field == "" || p.field == "")
	case o.head == "" || p.head == "":
		return o.field == "" || p.field == "" || o.field == p.field
	}
	return o.field != "" && o.field == p.field && o.deputy == p.deputy && o.head != "spokesman" && p.head != "spokesman"
}

// profile returns what passages say that people are, by surname.
func (q *inquiry) profile(passages []*retrieval.Passage) map[string][]office {
	out := map[string][]office{}
	for _, p := range passages {
		text := p.Text()
		terms := analysis.Terms(text)
		for head, o := range q.offices(text, terms, q.namesOf(text, terms, nil)) {
			if !slices.Contains(out[head], o) {
				out[head] = append(out[head], o)
			}
		}
	}
	return out
}

// compareOffices finds who is said to be what they are not: no article that was found
// gives them that office, and some give another.
func (as *assertion) compareOffices(c *comparison, have map[string]bool) {
	for _, n := range as.names {
		o, ok := as.offices[n.head]
		if !ok || o.head == "general" || !have[n.head] && !termSet(nil, analysis.Terms(c.by.who()))[n.head] {
			continue
		}
		var other *office
		fits := false
		of := as.people[n.head]
		for i, p := range as.held[n.head] {
			if p.fits(o) && (o.nation == "" || of == "" || o.nation == of) {
				fits = true
				break
			}
			if other == nil || other.head == "" || other.nation == "" {
				other = &as.held[n.head][i]
			}
		}
		if !fits && other != nil {
			terms := map[string]bool{}
			for _, t := range analysis.Terms(o.text) {
				terms[t.Text] = terms[t.Text] || t.Text != n.head
			}
			c.conflicts = append(c.conflicts, conflict{kind: "office", ours: o.text, their: other.text, terms: terms})
		}
	}
}
