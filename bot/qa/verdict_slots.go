package qa

import (
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// A name is a run of capitalised words.
type name struct {
	first, last int    // indexes of its terms
	head        string // the term that tells it apart: the surname, the place
	text        string // as printed
}

// namesOf reads the names of a text that are no part of a date.
func (q *inquiry) namesOf(text string, terms []analysis.Term, times []dates.Mention) []name {
	var out []name
	var c *clause
	for i := 0; i < len(terms); i++ {
		if !q.named(terms, i) || inMention(times, terms[i]) {
			continue
		}
		last := i
		for last+1 < len(terms) && !inMention(times, terms[last+1]) {
			if q.named(terms, last+1) && adjoining(text, terms, last) {
				last++
			} else if last+2 < len(terms) && terms[last+1].Text == "of" && headed[terms[last].Text] && terms[last+2].Capital && adjoining(text, terms, last+1) {
				last += 2 // Secretary of State
			} else {
				break
			}
		}
		if c == nil {
			c = newClause(text, terms)
		}
		out = append(out, name{i, last, terms[last].Text, c.printed(i, last)})
		i = last
	}
	return out
}

// headed names are followed by "of" inside a name.
var headed = formSet("secretary minister ministry department president chief house ministers")

// named is nameTerm, and takes a word that no article holds for a name where it
// opens the text.
func (q *inquiry) named(terms []analysis.Term, i int) bool {
	t := terms[i]
	return !timeWords[t.Text] && (q.nameTerm(terms, i) || i == 0 && t.Capital && !t.Stop && !t.Number && !q.lib.Known(t.Text) && !ordinary(t.Text) && (len(terms) < 2 || terms[1].Text != "of"))
}

// adjoining reports whether only a space or hyphen parts terms i and i+1.
func adjoining(text string, terms []analysis.Term, i int) bool {
	gap := text[terms[i].End:terms[i+1].Start]
	return gap == " " || gap == "-" || gap == ". " || gap == "\u00a0"
}

// in returns the terms of the name, as a set.
func (n name) in(terms []analysis.Term) map[string]bool {
	set := map[string]bool{}
	for _, t := range terms[n.first : n.last+1] {
		set[t.Text] = true
	}
	return set
}

// An utterance is a verb of saying with its speaker and what is said.
type utterance struct {
	verb     int
	speaker  name   // zero if none is named
	resolved string // the speaker that a pronoun stands for
	phrase   string // the speaker with all that names him, as printed; "" if unknown
	from, to int    // terms of what is said
	denial   bool
	// office is what the speaker is called, where hasOffice.
	office    office
	hasOffice bool
}

func (u utterance) known() bool { return u.speaker.text != "" || u.resolved != "" }

func (u utterance) who() string {
	if u.speaker.text != "" {
		return u.speaker.text
	}
	return u.resolved
}

// named returns whose words they are, with all that names the speaker.
func (u utterance) named() string {
	if u.speaker.text != "" && u.phrase != "" {
		return u.phrase
	}
	return u.who()
}

// utterances reads who says what in a sentence, in order.
func (q *inquiry) utterances(s *sentence) []utterance {
	text, terms := s.text(), s.terms
	names := q.namesOf(text, terms, dates.Find(text, dates.Anchor{Day: s.Article.Published}))
	cl := newClause(text, terms)
	var out []utterance
	start := 0
	for v, t := range terms {
		if !sayingVerbs[t.Text] || t.Capital && v > 0 || passive(terms, v) || nominal(text, terms, v) {
			continue
		}
		u := utterance{verb: v, denial: denyingVerbs[t.Text]}
		subject := v
		joined := v > 0 && (terms[v-1].Text == "and" || terms[v-1].Text == "but") && len(out) > 0
		if n, ok := subjectOf(cl, names, v); ok && !joined {
			u.speaker, subject = n, n.first
		}
		if who, _ := cl.subject(v); who.some() && !joined {
			u.phrase = cl.show(who)
			for i := who.last; i >= who.first && !u.hasOffice; i-- {
				if _, ok := officeHeads[terms[i].Text]; ok {
					u.office, u.hasOffice = officeIn(text, terms, who.first, who.last, i), true
				}
			}
		}
		pronoun := -1
		for i := v - 1; i >= max(0, v-3); i-- {
			if personPronouns[terms[i].Text] && (u.speaker.text == "" || i > u.speaker.last) {
				pronoun = i
			}
		}
		if v > 0 && persons[terms[v-1].Text] && !terms[v-1].Capital && u.speaker.text != "" && u.speaker.last < v-1 && len(analysis.Metonyms(u.speaker.head)) == 0 && !owns(text, terms, u.speaker) && adjoining(text, terms, u.speaker.last) {
			pronoun = u.speaker.first // "the top Putin ally claimed" is no Putin
		}
		switch {
		case pronoun >= 0:
			u.speaker, subject = name{}, pronoun
			if len(out) > 0 {
				u.speaker, u.resolved = out[len(out)-1].speaker, out[len(out)-1].resolved
			} else {
				u.resolved = q.speakerBefore(s)
			}
		case u.speaker.text == "":
			if n := firstName(names, v+1, v+4); n.text != "" && closesQuote(text, terms, v) { // "...," said A B
				u.speaker = owned(text, terms, names, n)
			} else if len(out) > 0 {
				u.speaker, u.resolved = out[len(out)-1].speaker, out[len(out)-1].resolved
			} else if n := firstName(names, 0, v); n.text != "" {
				u.speaker = n // a participle takes the subject of its sentence
			}
		}
		u.from, u.to = v+1, len(terms)
		if afterthought(text, terms, subject, v) {
			u.from, u.to = start, subject
		} else if closesQuote(text, terms, subject) || closesQuote(text, terms, v) || len(terms)-v <= 5 && subject > 3 {
			u.from, u.to = start, subject
		} else if len(out) > 0 && out[len(out)-1].to > subject {
			out[len(out)-1].to = max(out[len(out)-1].from, subject)
		}
		start = v + 1
		out = append(out, u)
	}
	return out
}

// afterthought reports whether the speaker and the verb at v follow what is said, set
// off by a comma: "it was agreed, Lavrov said on Wednesday, as".
func afterthought(text string, terms []analysis.Term, subject, v int) bool {
	if subject < 3 || subject >= v || !strings.HasPrefix(strings.TrimLeft(text[terms[subject-1].End:terms[subject].Start], " "), ",") || v+1 >= len(terms) {
		return false
	}
	next := terms[v+1]
	return prepositions[next.Text] || timeWords[next.Text] || strings.ContainsAny(text[terms[v].End:next.Start], ",.")
}

// speakerBefore returns the speaker whom a pronoun at the start of a sentence stands
// for: the one who spoke last, or else the first person named last.
func (q *inquiry) speakerBefore(s *sentence) string {
	if name, _ := q.resolve(s); name != "" {
		return name
	}
	for _, b := range q.before(s, speakerReach) {
		for _, n := range q.namesOf(b.text(), b.terms, nil) {
			if n.last > n.first && isPerson(n.text) && !hangs(b.text(), b.terms, n) {
				return n.text
			}
		}
	}
	return ""
}

// subjectOf returns the name that is the subject of the verb at v.
func subjectOf(c *clause, names []name, v int) (name, bool) {
	who, _ := c.subject(v)
	if !who.some() {
		return name{}, false
	}
	for k := len(names) - 1; k >= 0; k-- {
		if n := names[k]; n.first <= who.last && who.first <= n.last && !owns(c.text, c.terms, n) && (n.first == who.first || !hangs(c.text, c.terms, n)) {
			return n, true
		}
	}
	return name{}, false
}

var relatives = wordSet("who which whose")

// owns reports whether a name is possessive: "Russia's".
func owns(text string, terms []analysis.Term, n name) bool {
	rest := text[terms[n.last].End:]
	return strings.HasPrefix(rest, "'s") || strings.HasPrefix(rest, "’s")
}

// hangs reports whether a preposition governs a name, but for "according to".
func hangs(text string, terms []analysis.Term, n name) bool {
	for i := n.first - 1; i >= max(0, n.first-3); i-- {
		if strings.Contains(text[terms[i].End:terms[i+1].Start], ",") {
			return false
		}
		switch terms[i].Text {
		case "with", "to", "of", "at", "against", "by", "from", "in", "on", "over", "for", "about", "between", "under", "into":
			return i == 0 || terms[i-1].Text != "accord"
		}
		if !terms[i].Stop && !(terms[i].Capital) {
			return false
		}
	}
	return false
}

func firstName(names []name, from, to int) name {
	for _, n := range names {
		if n.first >= from && n.first < to {
			return n
		}
	}
	return name{}
}

// owned returns the name that a possessive one leads to: of "Russia's Deputy Foreign
// Minister", the minister.
func owned(text string, terms []analysis.Term, names []name, n name) name {
	for owns(text, terms, n) {
		next := firstName(names, n.last+1, n.last+2)
		if next.text == "" {
			break
		}
		n = next
	}
	return n
}

// quoted reports whether a quotation mark stands between terms i and j.
func quoted(text string, terms []analysis.Term, i, j int) bool {
	return strings.ContainsAny(text[terms[i].End:terms[j].Start], "\"”“")
}

// closesQuote reports whether a quotation ends right before term i.
func closesQuote(text string, terms []analysis.Term, i int) bool {
	if i <= 0 || i >= len(terms) {
		return false
	}
	gap := text[terms[i-1].End:terms[i].Start]
	return strings.ContainsAny(gap, "\"”“") && strings.ContainsAny(gap, ",.!?") || strings.Contains(gap, ",’") || strings.Contains(gap, ",'")
}

var beForms = wordSet("been being be is are was were am")

// passive reports whether the verb at v is passive: nobody is named as speaking.
func passive(terms []analysis.Term, v int) bool {
	for i := v - 1; i >= max(0, v-3); i-- {
		if beForms[terms[i].Text] {
			return terms[v].End-terms[v].Start > 2 && !strings.HasSuffix(terms[v].Text, "ing")
		}
		if !terms[i].Stop {
			break
		}
	}
	return false
}

// nominal reports whether the word at v is a noun: "the claims", "Biden's proposal",
// "a statement".
func nominal(text string, terms []analysis.Term, v int) bool {
	if v == 0 {
		return false
	}
	if gap := text[terms[v-1].End:terms[v].Start]; terms[v-1].Capital && (gap == "'s " || gap == "’s ") && !strings.HasSuffix(text[terms[v].Start:terms[v].End], "ed") {
		return true
	}
	if v > 1 && analysis.Fold(text[terms[v].Start:terms[v].End]) == "call" && (terms[v-2].Text == "a" || terms[v-2].Text == "the") && !terms[v-1].Capital && !persons[terms[v-1].Text] {
		return true // "a phone call"
	}
	if word := analysis.Fold(text[terms[v].Start:terms[v].End]); strings.HasSuffix(word, "ings") {
		return true // "the US warnings"
	}
	switch terms[v-1].Text {
	case "the", "a", "an", "these", "those", "this", "that", "his", "her", "their", "its", "of", "any", "such":
		return terms[v-1].Text != "that" && terms[v-1].Text != "this"
	}
	return false
}

// negators turn what follows them in their clause; stemmed or folded.
var negators = wordSet(`not no never nor neither without nobody nothing none isnt arent wasnt werent dont doesnt didnt havent hasnt hadnt cant
couldnt wont wouldnt shouldnt cannot hardly`)

// refusals are verbs that turn what follows them.
var refusals = formSet("deny denied reject dismiss refute refuse fail rule decline avoid avert prevent abandon prohibit prohibition forbid ban")

// How many content words a word of negation turns, and a verb of refusal, whose
// object may be a whole clause.
const (
	negationReach = 5
	refusalReach  = 8
)

// aside are prepositions behind which a denial says nothing of what follows.
var aside = wordSet("for between during about")

// doubts turn what follows them with "to": "hard to expect".
var doubts = formSet("hard difficult impossible unlikely")

// enders are verbs that turn what they end.
var enders = formSet("stop cease halt end abandon")

// denials returns the content terms of a text that are negated, in lower case as
// printed: names are left out, since "not B" says nothing about B. What is negated
// twice ("did not stop") is not.
func denials(terms []analysis.Term, text string) map[string]bool {
	out := map[string]bool{}
	for i, t := range terms {
		reach, undone := 0, false
		switch {
		case (t.Text == "no" || t.Text == "not") && i+1 < len(terms) && (terms[i+1].Text == "onli" || terms[i+1].Text == "longer" || terms[i+1].Text == "only"):
		case boundsNext(text, terms, i):
		case t.Text == "yet" && i+1 < len(terms) && terms[i+1].Text == "to", negators[t.Text], doubts[t.Text] && i+1 < len(terms) && terms[i+1].Text == "to":
			reach = negationReach
		case t.Capital:
		case enders[t.Text] || refusals[t.Text] && (t.Text != "rule" || i+1 < len(terms) && terms[i+1].Text == "out"):
			reach, undone = refusalReach, out[t.Text]
		}
		if reach == refusalReach && (passive(terms, i) || enders[t.Text] && clauseEnds(text, terms, i)) {
			turnBefore(out, terms, text, i)
			continue
		}
		for n, j := 0, i+1; j < len(terms) && n < reach; j++ {
			if strings.ContainsAny(text[terms[j-1].End:terms[j].Start], ",;:.") || terms[j].Text == "but" || terms[j].Text == "whether" {
				break
			}
			if n >= 2 && aside[terms[j].Text] {
				break // "no date was agreed for contact"
			}
			if terms[j].Stop {
				continue
			}
			n++
			if !terms[j].Capital && !terms[j].Number {
				out[terms[j].Text] = !out[terms[j].Text] && !undone
			}
		}
	}
	return out
}

// clauseEnds reports whether nothing of the clause follows term i.
func clauseEnds(text string, terms []analysis.Term, i int) bool {
	return i+1 >= len(terms) || strings.ContainsAny(text[terms[i].End:terms[i+1].Start], ",;:.")
}

// turnBefore denies what stands before term i in its clause: what "was rejected", or
// "stops".
func turnBefore(out map[string]bool, terms []analysis.Term, text string, i int) {
	for n, j := 0, i-1; j >= 0 && n < refusalReach; j-- {
		if strings.ContainsAny(text[terms[j].End:terms[j+1].Start], ",;:.") || terms[j].Text == "that" || terms[j].Text == "but" {
			break
		}
		if terms[j].Stop {
			continue
		}
		n++
		if !terms[j].Capital && !terms[j].Number {
			out[terms[j].Text] = !out[terms[j].Text]
		}
	}
}

// boundsNext reports whether term i begins a bound of a number: "no fewer than".
func boundsNext(text string, terms []analysis.Term, i int) bool {
	return i+2 < len(terms) && terms[i+2].Text == "than" && comparatives[analysis.Fold(text[terms[i+1].Start:terms[i+1].End])]
}

var comparatives = wordSet("more less fewer greater later earlier")

// nameTerm reports whether term i is a word of a name: it has a capital and is no
// ordinary word that opens the text.
func (q *inquiry) nameTerm(terms []analysis.Term, i int) bool {
	t := terms[i]
	return t.Capital && !t.Stop && (i > 0 || q.lib.IsName(t.Text))
}
