package qa

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// leftover is a word or two in small letters that a machine left behind the end of a
// sentence: "a number of conflicts. did."
var leftover = regexp.MustCompile(`\p{Ll}{2}[.!?]["”’]?(\s+\p{Ll}[\p{Ll} ]{0,11}\.|\.)$`)

// trimmed is a sentence without what is left over at its end.
func (s *sentence) trimmed() *sentence {
	m := leftover.FindStringSubmatchIndex(s.text())
	if m == nil {
		return s
	}
	out := *s
	out.span.End = s.span.Start + m[2]
	out.terms = analysis.Terms(out.text())
	return &out
}

// tells reports whether a sentence has a verb of its own: one that stands neither in a
// quotation nor in what only says whose words they are.
func (s *sentence) tells() bool {
	c := newClause(s.text(), s.terms)
	source, beside := false, false // within "according to ...", or a clause that hangs on a noun
	for i, t := range c.terms {
		if i > 0 && strings.ContainsAny(c.gap(i-1), ",;") {
			source, beside = false, false
		}
		source = source || t.Text == "accord" && i+1 < len(c.terms) && c.terms[i+1].Text == "to"
		beside = beside || relatives[t.Text]
		if source || beside || c.quoted[i] {
			continue
		}
		word := c.folded(i)
		switch {
		case copulas[t.Text], auxiliaries[t.Text] && t.Text != "to" && t.Stop && modal[t.Text]:
			return true
		case i == 0 || t.Stop || t.Number:
		case irregular[word], strings.HasSuffix(word, "ed") && !t.Capital, sayingVerbs[t.Text] && !t.Capital && c.verb(i):
			return true
		case !t.Capital && len(t.Text) > 2 && !strings.HasPrefix(word, t.Text[:len(t.Text)-1]): // met, left
			return true
		case !t.Capital && ordinary(t.Text) && !strings.HasSuffix(word, "ing") && (c.terms[i-1].Capital && strings.HasSuffix(word, "s") || persons[c.terms[i-1].Text] || strings.HasSuffix(c.folded(i-1), "s")):
			return true
		}
	}
	return false
}

var modal = wordSet("has have had is are was were be been will would can could may might must did does do")

// disorder counts the words that stand with a capital where none belongs: a machine's
// mark on a text ("an increase At the border").
func (s *sentence) disorder() int {
	n := 0
	c := newClause(s.text(), s.terms)
	for i, t := range c.terms {
		if i == 0 || !t.Capital || c.quoted[i] {
			continue
		}
		if gap := strings.TrimRight(c.gap(i-1), " \u00a0"); gap != "" && !strings.HasSuffix(gap, ",") {
			continue
		}
		if t.Stop && t.Text != "i" || calendarless(t) {
			n++
		}
	}
	return n
}

// calendarless reports whether a term is an ordinary word that no name begins with.
func calendarless(t analysis.Term) bool {
	return ordinary(t.Text) && !officeIs(t.Text) && !bodies[t.Text] && !persons[t.Text] && !compassWord(t.Text) && len(analysis.Metonyms(t.Text)) == 0
}

func officeIs(term string) bool {
	_, head := officeHeads[term]
	_, field := officeFields[term]
	return head || field
}

func compassWord(term string) bool {
	return slices.ContainsFunc(compass[:], func(c [2]map[string]bool) bool { return c[0][term] || c[1][term] })
}

// connectors open a sentence that goes on from the one before it; longest first.
var connectors = []string{"On the other hand, ", "In this sense, ", "In this case, ", "As a result, ", "In addition, ", "In fact, ", "Of course, ", "However, ", "Moreover, ", "Meanwhile, ",
	"Therefore, ", "However ", "Besides, ", "Still, ", "Then, ", "Thus, ", "But ", "And ", "Yet ", "So "}

// plainOpening is a text without the connector that it opens with.
func plainOpening(text string) string {
	for _, c := range connectors {
		if rest, ok := strings.CutPrefix(text, c); ok && rest != "" {
			r, n := utf8.DecodeRuneInString(rest)
			return string(unicode.ToUpper(r)) + rest[n:]
		}
	}
	return text
}

// spelledDays is a text of an article with the day behind every word that only means
// one: "on Thursday (2 December)". Words within quotation marks stay alone.
func spelledDays(text string, published string) string {
	if published == "" {
		return text
	}
	quoted := quotations(text)
	found := dates.Find(text, dates.Anchor{Day: published})
	for _, m := range slices.Backward(found) {
		day, err := time.Parse(time.DateOnly, m.Range.Since)
		inside := slices.ContainsFunc(quoted, func(s article.Span) bool { return s.Start <= m.Start && m.End <= s.End })
		if m.Basis == dates.Stated || m.Precision != dates.Day || m.Range.Since != m.Range.Until || err != nil || inside || m.Vague {
			continue
		}
		if strings.ContainsFunc(text[m.Start:m.End], unicode.IsDigit) {
			continue // the day is there, only the year is not
		}
		text = text[:m.End] + " (" + day.Format("2 January") + ")" + text[m.End:]
	}
	return text
}
