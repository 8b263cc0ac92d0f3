package qa

import (
	"slices"

	"crisisbot/retrieval/article"
)

// Bars of the checks. TestCheckerFigures and TestCheckerOnClaims print what they
// catch and what they lose. At 0.6 instead of 0.5 of the words, three of 21 true
// claims in words of their own were lost; no more false ones were caught.
const (
	checkCovered     = 0.50 // share of a statement's words that its passages hold
	checkCoveredNear = 0.40 // the same, for the two best sentences of them
	checkStrange     = 4    // words in a row that the passages don't have; quotations of other texts, such as our rules, are longer
	checkShort       = 4    // words of a statement too short to hold a word of its own
	checkToldShare   = 0.60 // share of the words in common that must be told by a cue to be somebody's words
	checkAligned     = 0.60 // share of a statement's units found in order, to compare word by word
	checkGap         = 6    // units without a partner between two that have one, to compare those
)

// A checkEvidence is what the cited passages hold about one statement.
type checkEvidence struct {
	sources []*checkSource
	stated  map[string]*checkLine // the statement, its dates counted from the day of each source
	lines   []checkMatch          // every sentence of evidence, the best first
	naming  []checkMatch          // those of them that name who is meant by a pronoun
}

// A checkMatch is a sentence of a source beside the statement.
type checkMatch struct {
	source *checkSource
	span   article.Span // of the article
	line   *checkLine
	common int    // units of the statement that it has
	hits   []bool // which of its units those are
}

func newCheckEvidence(text string, sources []*checkSource) *checkEvidence {
	e := &checkEvidence{sources: sources, stated: map[string]*checkLine{}}
	for _, s := range sources {
		l := e.stated[s.passage.Article.Published]
		if l == nil {
			l = newCheckLine(text, s.passage.Article.Published)
			e.stated[s.passage.Article.Published] = l
		}
		for i, line := range s.lines {
			n, hits := l.overlap(line)
			e.lines = append(e.lines, checkMatch{s, s.spans[i], line, n, hits})
		}
	}
	slices.SortStableFunc(e.lines, func(a, b checkMatch) int { return b.common - a.common })
	return e
}

func (e *checkEvidence) line(s *checkSource) *checkLine { return e.stated[s.passage.Article.Published] }

// any returns the statement as read with the first source's date.
func (e *checkEvidence) any() *checkLine { return e.line(e.sources[0]) }

// has reports whether some unit of the evidence, or of the articles' headlines
// and outlets, fits.
func (e *checkEvidence) has(fits func(checkUnit) bool) bool {
	for _, m := range e.lines {
		if slices.ContainsFunc(m.line.units, fits) {
			return true
		}
	}
	return slices.ContainsFunc(e.sources, func(s *checkSource) bool { return slices.ContainsFunc(s.meta, fits) })
}
