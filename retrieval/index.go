package retrieval

import (
	"context"
	"slices"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// A Place is what a filter looks at: where a passage stands.
type Place struct {
	Article   string // id
	Publisher string // as NormalPublisher returns it
	Published string // day, "2006-01-02"; "" if unknown
}

// A Filter narrows a search. Its zero value lets everything pass; an article
// without a date passes no window.
type Filter struct {
	Published []dates.Range // any of them
	Publisher string        // as NormalPublisher returns it
	Article   string        // id
}

// Match reports whether a passage that stands at p passes.
func (f Filter) Match(p Place) bool {
	return (f.Article == "" || f.Article == p.Article) &&
		(f.Publisher == "" || f.Publisher == p.Publisher) &&
		f.admits(p.Published)
}

func (f Filter) admits(day string) bool {
	return len(f.Published) == 0 || day != "" && slices.ContainsFunc(f.Published, func(r dates.Range) bool { return r.Contains(day) })
}

// A QueryTerm is a term to look for and how much it counts, 1 for a word of the
// question itself.
type QueryTerm struct {
	Text   string
	Weight float64
}

// Scored is a document found and how well it fits.
type Scored struct {
	Key   string
	Score float64
}

// A WordDoc is a text for the word index. Stop words are skipped by the index.
type WordDoc struct {
	Key      string
	Terms    []analysis.Term
	Place    Place
	Headline bool // its capitals say nothing about names
}

// A WordIndex finds documents by their words. Implementations are safe for
// concurrent use, order by score and then key, and return ctx.Err() when cut short.
// Add replaces what has the same key, the last of several; Add and Remove do all or
// nothing. Package indextest holds them to it.
type WordIndex interface {
	Add(ctx context.Context, docs ...WordDoc) error
	Remove(ctx context.Context, keys ...string) error
	// Search returns at most n documents; scores lie in [0, 1].
	Search(ctx context.Context, terms []QueryTerm, f Filter, n int) ([]Scored, error)
	IDF(term string) float64
	Known(term string) bool
	// Cased returns how often a term stands inside the texts that are no headlines,
	// the first word of each left out, and how often with a capital there.
	Cased(term string) (inside, capital int)
	Nearest(term string) string
	Len() int
}

// A VectorDoc is a vector of unit length for the vector index.
type VectorDoc struct {
	Key    string
	Vector []float32
	Place  Place
}

// A VectorIndex finds documents by the direction of their vectors. The same rules
// hold as for WordIndex; scores are cosines in [-1, 1].
type VectorIndex interface {
	Add(ctx context.Context, docs ...VectorDoc) error
	Remove(ctx context.Context, keys ...string) error
	Search(ctx context.Context, vector []float32, f Filter, n int) ([]Scored, error)
	// Cosines returns the cosine of vector to each key's vector, and NaN for a
	// key that is not there.
	Cosines(ctx context.Context, vector []float32, keys []string) ([]float64, error)
	Len() int
}
