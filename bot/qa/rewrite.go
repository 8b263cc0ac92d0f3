package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// A turnText is a question of a conversation read for what it leaves out.
type turnText struct {
	text   string
	terms  []analysis.Term
	folded []string
	isName func(string) bool
}

func readTurn(text string, isName func(string) bool) *turnText {
	text = strings.TrimRight(strings.TrimSpace(text), "?!. ")
	terms := analysis.Terms(text)
	return &turnText{text, terms, folded(terms, text), isName}
}

// completed returns the question that a turn stands for, told from the turns before
// it: "and Kuleba?" after "What did Lavrov say?" is "What did Kuleba say". alone
// reports whether it needs nothing of them any more. A turn that can't be completed
// comes back as it is.
func (a *Answerer) completed(text string, history []Turn) (whole string, alone bool) {
	before, answered := "", Answer{}
	for _, turn := range history {
		before, _ = complete(essence(turn.Question), before, answered, a.lib.IsName)
		answered = turn.Answer
	}
	return complete(text, before, answered, a.lib.IsName)
}

func complete(text, before string, answered Answer, isName func(string) bool) (whole string, alone bool) {
	if before == "" || !followsUp(text) {
		return text, false
	}
	t, b := readTurn(text, isName), readTurn(before, isName)
	from := t.leadIn()
	switch {
	case from == len(t.terms) || asksWhose(t.terms):
		return text, false
	case t.bare(from):
		if followsUp(before) {
			return text, false
		}
		ask := t.text[t.terms[from].Start:t.terms[t.interrogative(from)-1].End]
		switch strings.ToLower(ask) {
		case "what", "which":
			if t.folded[len(t.folded)-1] != "for" {
				return text, false
			}
			ask = "why"
		}
		return ask + " " + b.matter(), true
	case !t.asks(from):
		if out := t.substituted(from, b); out != "" {
			return out, !followsUp(before)
		}
		return text, false
	}
	return t.withNames(b, answered), false
}

// leadIn returns the term behind the words that join a turn to the one before it:
// "and", "but what about".
func (t *turnText) leadIn() int {
	i := 0
	for ; i < len(t.terms); i++ {
		if i+1 < len(t.terms) && (t.folded[i] == "what" || t.folded[i] == "how") && t.folded[i+1] == "about" {
			i++
			continue
		}
		if !joiners[t.folded[i]] {
			break
		}
	}
	return i
}

var joiners = wordSet("and but so also or then ok okay yes no well hm hmm thanks")

// interrogative returns the term behind the words of question that begin at term
// i: "how many", "when", "who".
func (t *turnText) interrogative(i int) int {
	if i >= len(t.terms) || !wordsOfQuestion[t.folded[i]] {
		return i
	}
	if t.folded[i] == "how" && i+1 < len(t.terms) && slices.Contains([]string{"many", "much", "long", "often", "far", "big", "old", "soon"}, t.folded[i+1]) {
		return i + 2
	}
	return i + 1
}

// asks reports whether what begins at term i is a question of its own.
func (t *turnText) asks(i int) bool {
	return slices.ContainsFunc(t.folded[i:], func(w string) bool { return wordsOfQuestion[w] || openings[w] })
}

// bare reports whether nothing but words that point back stands behind the words
// of question.
func (t *turnText) bare(i int) bool {
	j := t.interrogative(i)
	if j == i {
		return false
	}
	for ; j < len(t.terms); j++ {
		if !t.terms[j].Stop && !vagueWords[t.terms[j].Text] {
			return false
		}
	}
	return true
}

// asksWhose reports a "who said that?": whose the words are that were cited last.
func asksWhose(terms []analysis.Term) bool {
	who, said := false, false
	for _, t := range terms {
		switch {
		case t.Text == "who" || t.Text == "whose":
			who = true
		case sayingVerbs[t.Text]:
			said = true
		case !t.Stop && !vagueWords[t.Text] && t.Text != "word", personObjects[t.Text]:
			return false
		}
	}
	return who && said
}

// matter returns a question without the words that ask: "Russia annex Crimea" of
// "When did Russia annex Crimea?"
func (t *turnText) matter() string {
	i := t.leadIn()
	i = t.interrogative(i)
	for i < len(t.terms) && openings[t.folded[i]] {
		i++
	}
	if i >= len(t.terms) {
		return t.text
	}
	return t.text[t.terms[i].Start:]
}

// substituted returns the question before with the words from term i of this turn
// in the place of theirs: a time for its time, a name for a name of its kind, what
// stands behind a preposition for what stands behind the same there. It returns "" where
// nothing has such a place.
func (t *turnText) substituted(i int, before *turnText) string {
	rest := t.text[t.terms[i].Start:]
	if times := dates.Find(rest, dates.Anchor{Day: "2000-01-01"}); len(times) > 0 {
		old := dates.Find(before.text, dates.Anchor{Day: "2000-01-01"})
		text := before.text
		for n := len(old) - 1; n >= 0; n-- {
			text = cutPreposition(text[:old[n].Start]) + text[old[n].End:]
		}
		return text + " " + rest
	}
	if p := t.folded[i]; (prepositions[p] || p == "about") && i+1 < len(t.terms) {
		for j := len(before.folded) - 1; j > 0; j-- {
			if before.folded[j] == p {
				return before.text[:before.terms[j].Start] + rest
			}
		}
		return before.text + " " + rest
	}
	runs := t.names(i)
	if len(runs) != 1 {
		return ""
	}
	for _, old := range before.names(0) {
		if old.person == runs[0].person && !strings.EqualFold(old.text, runs[0].text) {
			return before.text[:old.start] + runs[0].text + before.text[old.end:]
		}
	}
	return before.text + " " + rest
}

// cutPreposition takes a preposition off the end of a text.
func cutPreposition(text string) string {
	text = strings.TrimRight(text, " ")
	if i := strings.LastIndexByte(text, ' '); i > 0 && prepositions[strings.ToLower(text[i+1:])] {
		return text[:i]
	}
	return text
}

// A nameRun is a name of one or more words.
type nameRun struct {
	text       string
	start, end int
	person     bool // no country, capital, place or body
}

// names returns the names from term i on.
func (t *turnText) names(i int) []nameRun {
	var out []nameRun
	for ; i < len(t.terms); i++ {
		j := i
		for j < len(t.terms) && t.name(j) && (j == i || t.terms[j].Start-t.terms[j-1].End == 1) {
			j++
		}
		if j == i {
			continue
		}
		n := nameRun{start: t.terms[i].Start, end: t.terms[j-1].End, person: true}
		n.text = t.text[n.start:n.end]
		last := t.terms[j-1]
		if len(analysis.Metonyms(last.Text)) > 0 || bodies[last.Text] || acronym(t.text[last.Start:last.End]) || i > 0 && placeWords[t.folded[i-1]] && t.folded[i-1] != "to" {
			n.person = false
		}
		out = append(out, n)
		i = j
	}
	return out
}

func (t *turnText) name(i int) bool {
	o := t.terms[i]
	return !o.Stop && !o.Number && !timeWords[o.Text] && !openings[t.folded[i]] && (o.Capital && (i > 0 || len(t.terms) == 1) || t.isName(o.Text))
}

// acronym reports whether a word is printed in capitals alone.
func acronym(word string) bool { return len(word) > 1 && word == strings.ToUpper(word) }

var (
	personWords = wordSet("he she him")
	ownerWords  = wordSet("his hers")
)

// withNames puts the person spoken of before in the place of a "he" or "his".
func (t *turnText) withNames(before *turnText, answered Answer) string {
	for i, w := range t.folded {
		if !personWords[w] && !ownerWords[w] || slices.ContainsFunc(t.names(0), func(n nameRun) bool { return n.person && n.start < t.terms[i].Start }) {
			continue
		}
		who := before.person(answered)
		if who == "" {
			break
		}
		who = who[strings.LastIndexByte(who, ' ')+1:]
		if ownerWords[w] {
			who += "'s"
		}
		return t.text[:t.terms[i].Start] + who + t.text[t.terms[i].End:]
	}
	return t.text
}

// person returns whom a "he" means after a question and its answer: the one whose
// words it asked for or the person it named first, else who spoke in the answer.
func (t *turnText) person(answered Answer) string {
	for _, n := range t.names(0) {
		if n.person {
			return n.text
		}
	}
	for _, st := range answered.Statements {
		if isPerson(st.Speaker) {
			return st.Speaker
		}
	}
	for _, st := range answered.Statements {
		for _, n := range readTurn(st.Text, t.isName).names(0) {
			if n.person && strings.Contains(n.text, " ") {
				return n.text
			}
		}
	}
	return ""
}
