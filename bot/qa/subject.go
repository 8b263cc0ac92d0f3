package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// persons and bodies are the common nouns by which news names who speaks: "a senior
// official", "the ministry".
var (
	persons = formSet(`official minister president premier chancellor spokesman spokeswoman spokesperson envoy ambassador diplomat
lawmaker leader general commander chief secretary adviser aide ally counterpart expert analyst negotiator senator witness resident governor mayor source`)
	bodies = formSet(`ministry government administration authority agency media outlet newspaper police military army separatist rebel parliament
council court statement report document embassy union alliance company organization group department office commission team press nation country power`)
)

var (
	auxiliaries  = wordSet("has have had also not never was were is are been be being did does do will would could can may might must to then still just only already now once again both")
	determiners  = wordSet("the a an this that these those its his her their our my your any no some such")
	prepositions = wordSet("in of at from near for with on by to over after before during amid despite since as while when under about against between")
	attaching    = wordSet("in of at from near for with") // to the noun before them
	passives     = wordSet("was were is are be been being")
	irregular    = wordSet("said told spoke spoken says tells speaks")
	nounEndings  = []string{"tion", "tions", "ment", "ments", "al", "als", "ance", "er", "ers", "ism"}
)

// A clause is a sentence read for who speaks in it: its terms, and which of them
// stand in quotation marks.
type clause struct {
	text   string
	terms  []analysis.Term
	quoted []bool
}

func newClause(text string, terms []analysis.Term) *clause {
	c := &clause{text, terms, make([]bool, len(terms))}
	spans := quotations(text)
	for i, t := range terms {
		c.quoted[i] = slices.ContainsFunc(spans, func(s article.Span) bool { return s.Start <= t.Start && t.End <= s.End })
	}
	return c
}

// quotations returns what stands in quotation marks, marks included. A quotation
// that the text begins or breaks off in goes to that end.
func quotations(text string) []article.Span {
	var out []article.Span
	open := -1
	prev := ' '
	for i, r := range text {
		rest := text[i+len(string(r)):]
		closes := rest == "" || !analysis.IsWord(rest)
		switch {
		case r == '“', r == '‘' && isSpaceOrOpen(prev), r == '"' && open < 0 && (isSpaceOrOpen(prev) || !closes):
			if open < 0 {
				open = i
			}
		case r == '”', r == '"', r == '’' && closes && open >= 0 && strings.HasPrefix(text[open:], "‘"):
			out = append(out, article.Span{Start: max(open, 0), End: i + len(string(r))})
			open = -1
		}
		prev = r
	}
	if open >= 0 {
		out = append(out, article.Span{Start: open, End: len(text)})
	}
	return out
}

func isSpaceOrOpen(r rune) bool {
	return r == ' ' || r == '\u00a0' || r == '\n' || r == '\t' || r == '(' || r == '[' || r == '“' || r == '—' || r == '–'
}

func (c *clause) gap(i int) string { return c.text[c.terms[i].End:c.terms[i+1].Start] }

func (c *clause) folded(i int) string {
	return analysis.Fold(c.text[c.terms[i].Start:c.terms[i].End])
}

// saying returns the term that is the sentence's verb of saying, a plain one
// before others, -1 if there is none. What is said inside a quotation doesn't count.
func (c *clause) saying() int {
	first := -1
	for i, t := range c.terms {
		if t.Capital || c.quoted[i] || !sayingVerbs[t.Text] || !c.verb(i) {
			continue
		}
		if plainVerbs[t.Text] {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// verb reports whether term i, whose stem is that of a verb of saying, is one in
// the active voice: "warned", not "the warning", "a statement" or "was told". To be
// quoted is to speak.
func (c *clause) verb(i int) bool {
	word := c.folded(i)
	if slices.ContainsFunc(nounEndings, func(e string) bool { return strings.HasSuffix(word, e) && word != "deal" && word != "answer" }) {
		return false
	}
	if i == 0 {
		return false
	}
	before := c.terms[i-1]
	owned := strings.HasPrefix(c.gap(i-1), "'") || strings.HasPrefix(c.gap(i-1), "’")
	past := strings.HasSuffix(word, "ed") || irregular[word]
	switch {
	case determiners[before.Text] || owned && !strings.ContainsAny(c.gap(i-1), ",\""):
		return false
	case past && (passives[before.Text] || i > 1 && before.Stop && passives[c.terms[i-2].Text]):
		return c.terms[i].Text == "quot"
	case past, strings.HasSuffix(word, "ing"):
		return true
	}
	return before.Capital || auxiliaries[before.Text] || personPronouns[before.Text] || before.Text == "and" || before.Text == "but" ||
		persons[before.Text] || bodies[before.Text] || strings.HasSuffix(c.folded(i-1), "ly")
}

// A nounPhrase is a run of terms, both ends included, that names somebody.
type nounPhrase struct{ first, last int }

// noPhrase is none.
var noPhrase = nounPhrase{0, -1}

func (p nounPhrase) some() bool { return p.last >= p.first }

// holds reports whether one of the terms of the phrase fits.
func (p nounPhrase) holds(terms []analysis.Term, fits func(term string) bool) bool {
	return slices.ContainsFunc(terms[p.first:p.last+1], func(t analysis.Term) bool { return fits(t.Text) })
}

// show returns a phrase for showing, "" for none.
func (c *clause) show(p nounPhrase) string {
	if !p.some() {
		return ""
	}
	return c.printed(p.first, p.last)
}

// subject returns who does what the verb at term v tells, or that it is a pronoun.
func (c *clause) subject(v int) (who nounPhrase, pronoun bool) {
	if v == 0 {
		return noPhrase, false
	}
	if c.terms[v].Text == "say" && c.terms[v-1].Text == "as" && v > 1 { // "quoted him as saying"
		switch w := c.terms[v-2]; {
		case personObjects[w.Text]:
			return noPhrase, true
		case w.Capital:
			return c.phrase(v - 2), false
		}
		v -= 2
	}
	if strings.HasSuffix(c.folded(v), "ing") {
		return c.mainSubject(v)
	}
	if strings.ContainsAny(c.gap(v-1), "\"”’") && c.quoted[v-1] && v+1 < len(c.terms) { // "…," said Kuleba
		if personPronouns[c.terms[v+1].Text] {
			return noPhrase, true
		}
		return c.source(v + 1), false
	}
	if who := c.closing(v); who.some() {
		return who, false
	}
	i := c.adjuncts(v - 1)
	if i >= 0 && i+1 < len(c.terms) && strings.ContainsAny(c.gap(i), ",)") && !c.quoted[i] { // "Kuleba, who also met Blinken, said"
		for j := i - 1; j >= 0; j-- {
			if strings.ContainsAny(c.gap(j), ",(") {
				i = j
				break
			}
		}
	}
	switch {
	case i < 0 || c.quoted[i]:
		return noPhrase, false
	case personPronouns[c.terms[i].Text]:
		return noPhrase, true
	}
	if who = c.phrase(i); who.some() {
		return who, false
	}
	return c.mainSubject(v)
}

// closing returns who speaks in an afterthought: "…, says the State Department."
func (c *clause) closing(v int) nounPhrase {
	if v+1 >= len(c.terms) || !strings.HasPrefix(c.gap(v-1), ",") || !sayingVerbs[c.terms[v].Text] {
		return noPhrase
	}
	who := c.source(v + 1)
	if !who.some() || !c.terms[who.last].Capital {
		return noPhrase
	}
	if end := who.last + 1; end < len(c.terms) && !strings.ContainsAny(c.gap(who.last), ",.;") && !prepositions[c.terms[end].Text] && !timeWords[c.terms[end].Text] {
		return noPhrase
	}
	return who
}

// adjuncts skips, from term i backwards, what may stand between a subject and its
// verb: "on Thursday", "has strongly", "was forced to".
func (c *clause) adjuncts(i int) int {
	for ; i >= 0 && !c.quoted[i]; i-- {
		t, next := c.terms[i], ""
		if i+1 < len(c.terms) {
			next = c.terms[i+1].Text
		}
		afterTime := timeWords[next] || i+1 < len(c.terms) && c.terms[i+1].Number
		switch {
		case auxiliaries[t.Text], timeWords[t.Text], !c.noun(i) && strings.HasSuffix(c.folded(i), "ly"):
		case t.Number && i > 0 && timeWords[c.terms[i-1].Text]:
		case afterTime && (t.Stop || t.Text == "last" || t.Text == "next" || t.Text == "late" || t.Text == "earli") && !personPronouns[t.Text]:
		case next == "to" && strings.HasSuffix(c.folded(i), "ed"):
		default:
			return i
		}
	}
	return i
}

// joins reports whether terms i and i+1 may belong to one name or noun phrase.
func (c *clause) joins(i int) bool {
	switch strings.Trim(c.gap(i), " \u00a0") {
	case "", "-", "'s", "’s", "'", "’":
		return true
	case ".":
		return strings.Contains(c.text[c.terms[i].Start:c.terms[i].End], ".") || c.terms[i].End-c.terms[i].Start <= 3
	}
	return false
}

func (c *clause) noun(i int) bool {
	t := c.terms[i]
	if t.Capital {
		return !t.Stop && !timeWords[t.Text] && !leadIns[t.Text]
	}
	return (persons[t.Text] || bodies[t.Text]) && !strings.HasSuffix(c.folded(i), "ed")
}

// modifier reports whether term i may stand before a noun of a phrase: "senior",
// "news" of "news agency".
func (c *clause) modifier(i int) bool {
	t := c.terms[i]
	word := c.folded(i)
	return !t.Stop && !t.Number && !timeWords[t.Text] && !leadIns[t.Text] && !t.Capital && !sayingVerbs[t.Text] && !irregular[word] &&
		!strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ing") && !strings.HasSuffix(word, "ly")
}

// phrase returns the name or noun phrase that ends at term i, none if nobody is
// named there: "Dmitry Peskov" of "Kremlin spokesman Dmitry Peskov", all of "a
// senior U.S. official" but its article.
func (c *clause) phrase(end int) nounPhrase {
	if !c.noun(end) {
		return noPhrase
	}
	first := end
	for j := end - 1; j >= 0 && c.joins(j) && !c.quoted[j] && end-j <= subjectReach; j-- {
		t := c.terms[j]
		linked := j > 0 && c.joins(j-1) && (t.Text == "of" && c.noun(j-1) || t.Text == "and" && c.terms[j-1].Capital && c.noun(j-1) || determiners[t.Text] && c.terms[j-1].Text == "and")
		if !c.noun(j) && !linked && !(c.modifier(j) && (c.noun(j+1) || c.modifier(j+1)) && !c.terms[end].Capital) {
			break
		}
		first = j
	}
	for first < end && (c.terms[first].Stop || !c.noun(first) && c.terms[end].Capital) {
		first++
	}
	if first > 0 && first < end && c.terms[first-1].Text == "in" && c.joins(first) && len(analysis.Metonyms(c.terms[first].Text)) > 0 && c.terms[end].Capital {
		first++ // "in Europe Blinken said"
	} else if first > 1 && attaching[c.terms[first-1].Text] && c.joins(first-1) && c.joins(first-2) { // "Lawmakers in Congress"
		if t := c.terms[first-2]; persons[t.Text] || bodies[t.Text] {
			return nounPhrase{first - 2, end}
		}
		return noPhrase
	}
	return nounPhrase{first, end}
}

// source returns the name or noun phrase that begins at term i or behind its
// article: "US media", "Zhen Zaki" of "his US envoy, Zhen Zaki,".
func (c *clause) source(i int) nounPhrase {
	for i < len(c.terms) && determiners[c.terms[i].Text] {
		i++
	}
	last := -1
	for j := i; j < len(c.terms) && j-i <= subjectReach && (j == i || c.joins(j-1)); j++ {
		t := c.terms[j]
		linked := t.Text == "of" && last == j-1 && j+1 < len(c.terms) && (c.noun(j+1) || determiners[c.terms[j+1].Text]) || determiners[t.Text] && j > i && c.terms[j-1].Text == "of"
		if c.noun(j) {
			last = j
		} else if !linked && !c.modifier(j) || last >= 0 && c.terms[last].Capital && !linked && !c.before(j) {
			break
		}
	}
	if last < 0 {
		return noPhrase
	}
	if persons[c.terms[last].Text] && !c.terms[last].Capital && last+1 < len(c.terms) && strings.TrimSpace(c.gap(last)) == "," && c.noun(last+1) {
		end := last + 1
		for end+1 < len(c.terms) && c.joins(end) && c.terms[end+1].Capital && c.noun(end+1) {
			end++
		}
		if end+1 == len(c.terms) || strings.HasPrefix(c.gap(end), ",") {
			return nounPhrase{last + 1, end}
		}
	}
	return c.trimmed(i, last)
}

// before reports whether a noun follows modifier j at once.
func (c *clause) before(j int) bool {
	return j+1 < len(c.terms) && c.joins(j) && (c.noun(j+1) || j+2 < len(c.terms) && c.modifier(j+1) && c.joins(j+1) && c.noun(j+2))
}

// mainSubject returns the subject of the main clause before term v, which a
// participle goes back to: "Kozak … , saying".
func (c *clause) mainSubject(v int) (who nounPhrase, pronoun bool) {
	from := 0
	if first := c.terms[0]; prepositions[first.Text] || strings.HasSuffix(c.folded(0), "ing") {
		for from < v && !strings.HasPrefix(c.gap(from), ",") {
			from++
		}
		if from++; from >= v {
			for from = 1; from < v && (c.terms[from].Number || timeWords[c.terms[from].Text]); { // "In 2014 Russia was"
				from++
			}
		}
	}
	for i := from; i < v; i++ {
		switch t := c.terms[i]; {
		case c.quoted[i]:
			return noPhrase, false
		case personPronouns[t.Text]:
			return noPhrase, true
		case t.Stop && !prepositions[t.Text], leadIns[t.Text]:
			continue
		case !c.noun(i) && !c.modifier(i):
			return noPhrase, false
		}
		return c.source(i), false
	}
	return noPhrase, false
}

// trimmed is the phrase without the description that stands before a name: "Dmitry
// Kozak" of "Kremlin official Dmitry Kozak".
func (c *clause) trimmed(first, last int) nounPhrase {
	if !c.terms[last].Capital {
		return nounPhrase{first, last}
	}
	for i := last - 1; i >= first && !c.terms[i+1].Stop; i-- {
		if t := c.terms[i]; !t.Capital && !t.Stop {
			return nounPhrase{i + 1, last}
		}
	}
	return nounPhrase{first, last}
}

// printed returns the bytes from term first to term last for showing, with the
// article where no name tells who it is: "the statement".
func (c *clause) printed(first, last int) string {
	named := slices.ContainsFunc(c.terms[first:last+1], func(t analysis.Term) bool { return t.Capital })
	if !named && first > 0 && determiners[c.terms[first-1].Text] {
		first--
	}
	end := c.terms[last].End
	if strings.Contains(c.text[c.terms[last].Start:end], ".") && strings.HasPrefix(c.text[end:], ".") {
		end++
	}
	return article.Plain(c.text[c.terms[first].Start:end])
}

// subjectReach is how many words a name with its titles may have.
const subjectReach = 12
