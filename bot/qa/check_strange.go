package qa

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// strange: a word that is not an everyday one must stand in a sentence that is quoted
// for the statement: in the one that bears it best, or in one that shares a word with
// both and has a word beside it in the statement too; or name who is meant there by "he"; or be of the question. So what an
// instruction hidden in an article tells a model to say gets into no statement about
// something else, and is seen in its quotation where it is the statement. A writer
// needs no rare word that the quotations don't have.
func (e *checkEvidence) strange(asked map[string]bool, quoted *checkSource, at article.Span) (Fault, string) {
	l := e.any()
	var bearing []checkMatch
	if len(e.lines) > 0 {
		for _, m := range e.bearing() {
			if m.line == e.lines[0].line || l.touch(m.line, e.lines[0].line) {
				bearing = append(bearing, m)
			}
		}
	}
	for _, m := range e.lines {
		if m.source == quoted && m.span.Overlaps(at) && l.touch(m.line, e.lines[0].line) {
			bearing = append(bearing, m)
		}
	}
	for i, u := range l.units {
		if u.class == dateUnit || u.class == numberUnit || asked[u.text] || retrieval.Everyday(u.text) || retrieval.Everyday(analysis.Fold(u.shown)) {
			continue
		}
		fits := func(v checkUnit) bool { return v.text == u.text }
		beside := slices.Concat(l.units[max(0, i-1):i], l.units[i+1:min(i+2, len(l.units))])
		says := func(m checkMatch) bool {
			near := func(b checkUnit) bool { return slices.ContainsFunc(m.line.units, b.same) }
			return slices.ContainsFunc(m.line.units, fits) && (m.line == e.lines[0].line || len(beside) == 0 || slices.ContainsFunc(beside, near))
		}
		switch {
		case slices.ContainsFunc(bearing, says):
		case e.outlet([]checkUnit{u}):
		case u.class != plainUnit && e.meant(l, u):
		case e.acronym(u):
		default:
			return FaultContent, fmt.Sprintf("the word %q is not in the cited passages, or not in the sentence that says this", u.shown)
		}
	}
	return "", ""
}

// touch reports whether a word of l stands in both lines.
func (l *checkLine) touch(a, b *checkLine) bool {
	return slices.ContainsFunc(l.units, func(u checkUnit) bool {
		return slices.ContainsFunc(a.units, u.same) && slices.ContainsFunc(b.units, u.same)
	})
}

// meant notes, to be cited too, the sentence that names u where one after it that says
// most of the statement has a pronoun for the name, which the statement has not. It
// reports false where there is none.
func (e *checkEvidence) meant(l *checkLine, u checkUnit) bool {
	for _, m := range e.lines {
		if 2*m.common < len(l.units) || len(m.line.pronoun) <= len(l.pronoun) {
			continue
		}
		for _, o := range e.lines {
			if o.source == m.source && o.span.Start < m.span.Start && slices.ContainsFunc(o.line.units, func(v checkUnit) bool { return v.text == u.text }) {
				e.naming = append(e.naming, o)
				return true
			}
		}
	}
	return false
}

// strangeLetters returns a word of a statement in another script that is written in
// Latin letters and is no word of its English or of the evidence, "" if there is none.
func (e *checkEvidence) strangeLetters(text string) string {
	if !otherScript(text) {
		return ""
	}
	english := e.any()
	for _, w := range strings.FieldsFunc(text, checkNoWord) {
		if !strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) {
			continue
		}
		term := analysis.Word(w)
		fits := func(v checkUnit) bool { return v.text == term }
		if !slices.ContainsFunc(english.units, fits) && !e.has(fits) {
			return w
		}
	}
	return ""
}
