package retrieval

import (
	"strconv"

	"crisisbot/retrieval/article"
)

// A Passage is a citable stretch of one article, in its place.
type Passage struct {
	article.Passage
	Article *article.Article // shared, never changed
	Ordinal int              // its place among the passages of the article, from 0

	key string // what Key returns, in a library
}

// Key names the passage in every index: the article's id and the ordinal.
func (p *Passage) Key() string {
	if p.key != "" {
		return p.key
	}
	return p.Article.ID + "#" + strconv.Itoa(p.Ordinal)
}

// Text returns the bytes of the article that the passage covers.
func (p *Passage) Text() string { return p.Span.In(p.Article.Text) }

// A Hit is a passage that a search found. Lexical and Semantic are its parts in
// [0, 1], comparable between questions; Score is their weighted sum.
type Hit struct {
	*Passage
	Score, Lexical, Semantic float64
}
