package retrieval

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// An Embedder turns texts into vectors of unit length, in the order given.
// Implementations are safe for concurrent use.
type Embedder interface {
	Model() string // id of the model; vectors of two models are never mixed
	Dim() int
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
	EmbedPassages(ctx context.Context, texts []string) ([][]float32, error)
}

// A Library is a collection of articles that can be searched by words and by
// meaning. It is safe for concurrent use.
type Library struct {
	embedder Embedder // nil: search by words alone
	passages WordIndex
	articles WordIndex
	vectors  VectorIndex // nil without an embedder
	tokens   tokenCache

	mu      sync.RWMutex
	byID    map[string]*entry
	byKey   map[string]*Passage
	encoded map[*Passage]bool // its vector is in the index
	capital map[string][2]int // how often a term stands inside a sentence, and with a capital there
}

type entry struct {
	article  *article.Article
	passages []*Passage
}

// New returns an empty library in memory. The embedder may be nil.
func New(e Embedder) *Library {
	l := &Library{
		embedder: e, passages: NewBM25(), articles: NewBM25(),
		byID: map[string]*entry{}, byKey: map[string]*Passage{}, encoded: map[*Passage]bool{}, capital: map[string][2]int{},
	}
	if e != nil {
		l.vectors = NewChromem(e.Dim())
	}
	return l
}

// Add puts articles into the word indexes, in place of earlier versions with the
// same id. Their vectors follow by Encode.
func (l *Library) Add(ctx context.Context, articles ...article.Article) error {
	var whole, parts []WordDoc
	var entries []*entry
	for i := range articles {
		a := &articles[i]
		if err := l.Remove(ctx, a.ID); err != nil {
			return err
		}
		e := &entry{article: a}
		for n, p := range article.Passages(article.Read(a.Text)) {
			e.passages = append(e.passages, &Passage{Passage: p, Article: a, Ordinal: n})
		}
		place := placeOf(a)
		title := analysis.Terms(a.Title)
		all := slices.Clone(title)
		for _, p := range e.passages {
			terms := analysis.Terms(p.Text())
			parts = append(parts, WordDoc{Key: p.Key(), Terms: terms, Place: place})
			if p.Kind != article.Title && p.Kind != article.Heading {
				l.countCapitals(terms)
			}
			all = append(all, terms...)
		}
		whole = append(whole, WordDoc{Key: a.ID, Terms: all, Place: place})
		entries = append(entries, e)
	}
	if err := l.passages.Add(ctx, parts...); err != nil {
		return fmt.Errorf("index passages: %w", err)
	}
	if err := l.articles.Add(ctx, whole...); err != nil {
		return fmt.Errorf("index articles: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		l.byID[e.article.ID] = e
		for _, p := range e.passages {
			l.byKey[p.Key()] = p
		}
	}
	return nil
}

// Remove forgets the articles with these ids; unknown ids are ignored.
func (l *Library) Remove(ctx context.Context, ids ...string) error {
	var keys, gone []string
	l.mu.Lock()
	for _, id := range ids {
		e, ok := l.byID[id]
		if !ok {
			continue
		}
		gone = append(gone, id)
		delete(l.byID, id)
		for _, p := range e.passages {
			keys = append(keys, p.Key())
			delete(l.byKey, p.Key())
			delete(l.encoded, p)
		}
	}
	l.mu.Unlock()
	if len(gone) == 0 {
		return nil
	}
	if err := l.passages.Remove(ctx, keys...); err != nil {
		return err
	}
	if err := l.articles.Remove(ctx, gone...); err != nil {
		return err
	}
	if l.vectors != nil {
		return l.vectors.Remove(ctx, keys...)
	}
	return nil
}

func placeOf(a *article.Article) Place {
	return Place{Article: a.ID, Publisher: NormalPublisher(a.Publisher), Published: a.Published}
}

// NormalPublisher returns the form in which publishers are compared: "The Moscow
// Times", "moscow times" and "Moscow Times, The" are one.
func NormalPublisher(name string) string {
	var words []string
	for _, t := range analysis.Terms(name) {
		if t.Text != "the" {
			words = append(words, analysis.Fold(name[t.Start:t.End]))
		}
	}
	return strings.Join(words, " ")
}

// Article returns the article with this id.
func (l *Library) Article(id string) (*article.Article, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	e, ok := l.byID[id]
	if !ok {
		return nil, false
	}
	return e.article, true
}

// Passages returns the passages of an article in reading order.
func (l *Library) Passages(id string) []*Passage {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if e, ok := l.byID[id]; ok {
		return e.passages
	}
	return nil
}

// Articles returns all articles, oldest first, those without a date last, then by
// id.
func (l *Library) Articles() []*article.Article {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := make([]*article.Article, 0, len(l.byID))
	for _, e := range l.byID {
		out = append(out, e.article)
	}
	slices.SortFunc(out, func(a, b *article.Article) int {
		return cmp.Or(cmp.Compare(orLast(a.Published), orLast(b.Published)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func orLast(day string) string { return cmp.Or(day, "9999") }

// Publishers returns the names of the publishers, sorted.
func (l *Library) Publishers() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	names := map[string]bool{}
	for _, e := range l.byID {
		if e.article.Publisher != "" {
			names[e.article.Publisher] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Encode computes the vectors that are missing, in batches, oldest article first,
// and calls progress (which may be nil) after each with the number of passages
// encoded and wanted. It returns when all are there, and may be called again after
// an error.
func (l *Library) Encode(ctx context.Context, progress func(done, total int)) error {
	if l.vectors == nil {
		return nil
	}
	missing := l.withoutVector()
	total := len(missing)
	for done := 0; done < total; {
		batch := missing[done:min(done+encodeBatch, total)]
		texts := make([]string, len(batch))
		for i, p := range batch {
			texts[i] = p.Text()
		}
		vectors, err := l.embedder.EmbedPassages(ctx, texts)
		if err != nil {
			return fmt.Errorf("encode passages: %w", err)
		}
		docs := make([]VectorDoc, len(batch))
		for i, p := range batch {
			docs[i] = VectorDoc{p.Key(), vectors[i], placeOf(p.Article)}
		}
		if err := l.vectors.Add(ctx, docs...); err != nil {
			return fmt.Errorf("index vectors: %w", err)
		}
		l.mu.Lock()
		for _, p := range batch {
			l.encoded[p] = true
		}
		l.mu.Unlock()
		done += len(batch)
		if progress != nil {
			progress(done, total)
		}
	}
	return nil
}

const encodeBatch = 64 // passages: about a second of work on one core

func (l *Library) withoutVector() []*Passage {
	var missing []*Passage
	for _, a := range l.Articles() {
		for _, p := range l.Passages(a.ID) {
			l.mu.RLock()
			if !l.encoded[p] {
				missing = append(missing, p)
			}
			l.mu.RUnlock()
		}
	}
	return missing
}

// Covered returns the first and the last day of publication; both are "" if no
// article has a date.
func (l *Library) Covered() dates.Range {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var r dates.Range
	for _, e := range l.byID {
		d := e.article.Published
		if d == "" {
			continue
		}
		if r.Since == "" || d < r.Since {
			r.Since = d
		}
		r.Until = max(r.Until, d)
	}
	return r
}

// IDF returns how much a term tells, over all passages.
func (l *Library) IDF(term string) float64 { return l.passages.IDF(term) }

// Known reports whether a term occurs in any passage.
func (l *Library) Known(term string) bool { return l.passages.Known(term) }

// daysBetween counts the days from one ISO day to another.
func daysBetween(from, to string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return 0
	}
	return int(b.Sub(a).Hours() / 24)
}

func (l *Library) countCapitals(terms []analysis.Term) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, t := range terms {
		if t.Stop || t.Number || i == 0 {
			continue
		}
		c := l.capital[t.Text]
		c[0]++
		if t.Capital {
			c[1]++
		}
		l.capital[t.Text] = c
	}
}

// IsName reports whether the articles print a term as a name: with a capital, nine
// times in ten.
func (l *Library) IsName(term string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	c := l.capital[term]
	return c[0] > 0 && 10*c[1] >= 9*c[0]
}
