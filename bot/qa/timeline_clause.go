package qa

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// subordinators open a clause that tells of another time than the one it hangs on.
var subordinators = wordSet("since after before when while until once")

// possible words tell of what may be, and so of no event.
var possible = wordSet("could might may if whether possibly perhaps")

// dated returns the words of a sentence that a date belongs to, where these are not all
// of it: the clause that hangs on a name ("Moscow, which seized Crimea in 2014, has
// denied") or on a conjunction ("since Moscow annexed Crimea in 2014"). It is false
// where the date is of no event that is told: of a noun ("Russia's 2014 annexation",
// "after the invasion in 2014") or of what may be.
func dated(s *sentence, m dates.Mention) (clauseText string, told bool) {
	c := newClause(s.text(), s.terms)
	at := 0
	for at < len(c.terms) && c.terms[at].End <= m.Start {
		at++
	}
	if at >= len(c.terms) {
		return "", true
	}
	from := at
	for from > 0 && !strings.ContainsAny(c.gap(from-1), ",;") {
		from--
	}
	if at > 0 && (strings.HasPrefix(c.gap(at-1), "'s") || strings.HasPrefix(c.gap(at-1), "’s")) && m.Precision == dates.Year {
		return "", false
	}
	done := false // what "if" hangs on is told as past
	for i := from; i < at; i++ {
		word := c.folded(i)
		done = done || irregular[word] || strings.HasSuffix(word, "ed") && !c.terms[i].Capital
		if t := c.terms[i].Text; done && (t == "if" || t == "whether") {
			continue
		}
		if possible[c.terms[i].Text] && !c.quoted[i] && !inMention([]dates.Mention{m}, c.terms[i]) {
			return "", false
		}
	}
	if from > 0 && relatives[c.terms[from].Text] {
		if who := c.phrase(from - 1); who.some() {
			return sentenceCase(c.show(who) + " " + c.text[c.terms[from+1].Start:clauseEnd(c, at, m)]), true
		}
	}
	for i := at - 1; i >= from; i-- {
		if !subordinators[c.terms[i].Text] || c.quoted[i] {
			continue
		}
		for v := i + 2; v < at; v++ {
			owned := strings.HasPrefix(c.gap(v-1), "'s") || strings.HasPrefix(c.gap(v-1), "’s")
			if !owned && !c.terms[v].Capital && !c.terms[v].Stop && c.finite(v) && !strings.HasSuffix(c.folded(v), "ing") {
				return sentenceCase(c.text[c.terms[i+1].Start:clauseEnd(c, at, m)]), true
			}
		}
		return "", c.terms[i].Text == "while" // after the invasion in 2014
	}
	return "", true
}

// clauseEnd returns where the clause ends in which term at stands: at a comma, or
// before an "and" that begins another deed.
func clauseEnd(c *clause, at int, m dates.Mention) int {
	for i := at; i+1 < len(c.terms); i++ {
		if c.terms[i].End >= m.End && (strings.ContainsAny(c.gap(i), ",;") || c.terms[i+1].Text == "and" || c.terms[i+1].Text == "but") {
			return c.terms[i].End
		}
	}
	return c.terms[len(c.terms)-1].End
}

// sentenceCase is a clause as a sentence of its own.
func sentenceCase(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(r)) + text[n:]
	return article.Plain(text) + "."
}
