package retrieval

import (
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// nameCounts tells by a term how often it stands inside a sentence, and how often
// with a capital there.
type nameCounts map[string][2]int

// count counts the terms of a passage.
func (n nameCounts) count(kind article.Kind, terms []analysis.Term) {
	if kind == article.Title || kind == article.Heading {
		return
	}
	for i, t := range terms {
		if t.Stop || t.Number || i == 0 {
			continue
		}
		c := n[t.Text]
		c[0]++
		if t.Capital {
			c[1]++
		}
		n[t.Text] = c
	}
}

// add adds other counts; a sign of -1 takes them back.
func (n nameCounts) add(other nameCounts, sign int) {
	for text, o := range other {
		c := n[text]
		c[0] += sign * o[0]
		c[1] += sign * o[1]
		if c[0] == 0 {
			delete(n, text)
		} else {
			n[text] = c
		}
	}
}

// IsName reports whether the articles print a term as a name: with a capital, nine
// times in ten.
func (l *Library) IsName(term string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	c := l.names[term]
	return c[0] > 0 && 10*c[1] >= 9*c[0]
}
