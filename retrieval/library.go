package retrieval

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
	"crisisbot/retrieval/origin"
	"crisisbot/retrieval/shipped"
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
// meaning. It is safe for concurrent use: searches go on while articles are added.
type Library struct {
	embedder Embedder                          // nil: search by words alone
	archive  Archive                           // nil: nothing is kept
	starters map[archive.Hash]*article.Article // by their text as a reader cleans it
	passages WordIndex
	articles WordIndex
	vectors  VectorIndex // nil without an embedder
	tokens   tokenCache
	shipped  *shipped.Vectors // nil: there are none for the embedder

	writing  sync.Mutex       // held while articles or vectors are changed
	detector *origin.Detector // nil until the first change; see origins
	unsaved  int              // passages whose words the archive doesn't have; see Save

	encoding sync.Mutex // held while vectors are computed
	others   []string   // models of other vectors in the archive

	mu       sync.RWMutex
	byID     map[string]*entry
	byKey    map[string]*Passage
	known    map[archive.Hash][]float32 // vectors by the text of their passage
	missing  map[string]*Passage        // by key, those without a vector in the index
	revision uint64
	unstored bool

	seen atomic.Pointer[overview]
}

// An entry is an article with its passages in reading order.
type entry struct {
	article  *article.Article
	passages []*Passage
	altered  atomic.Pointer[alteration] // of a copy; nil until first asked for
}

// Revision returns a number that grows whenever a search may find something else
// than before, for those who keep answers.
func (l *Library) Revision() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.revision
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

// An overview is what is asked about all articles with every question.
type overview struct {
	revision   uint64
	covered    dates.Range
	publishers []string
}

// overview returns what holds now; it is found out once a revision.
func (l *Library) overview() *overview {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if o := l.seen.Load(); o != nil && o.revision == l.revision {
		return o
	}
	o := &overview{revision: l.revision}
	names := map[string]bool{}
	for _, e := range l.byID {
		if name := e.article.Publisher; name != "" {
			names[name] = true
		}
		d := e.article.Published
		if d == "" {
			continue
		}
		if o.covered.Since == "" || d < o.covered.Since {
			o.covered.Since = d
		}
		o.covered.Until = max(o.covered.Until, d)
	}
	o.publishers = slices.Sorted(maps.Keys(names))
	l.seen.Store(o)
	return o
}

// Publishers returns the names of the publishers, sorted.
func (l *Library) Publishers() []string { return slices.Clone(l.overview().publishers) }

// Covered returns the first and the last day of publication; both are "" if no
// article has a date.
func (l *Library) Covered() dates.Range { return l.overview().covered }

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
