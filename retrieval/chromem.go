package retrieval

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"

	"github.com/philippgille/chromem-go"

	"crisisbot/retrieval/dates"
)

// Chromem is a VectorIndex on chromem-go, in memory only: the archive keeps the
// vectors. Passages lie in one collection a month of publication, so that a date
// window looks at its months alone (chromem scans a collection from end to end).
type Chromem struct {
	mu     sync.RWMutex
	db     *chromem.DB
	months map[string]*chromem.Collection // "2021-12"; "" for articles without a date
	month  map[string]string              // by key
	dim    int
}

// NewChromem returns an empty index for vectors of dim numbers.
func NewChromem(dim int) *Chromem {
	return &Chromem{db: chromem.NewDB(), months: map[string]*chromem.Collection{}, month: map[string]string{}, dim: dim}
}

// Add indexes docs; a key that is present already is replaced. A vector of another
// dimension or length than 1, zero or not finite is an error and nothing of the call
// is added.
func (x *Chromem) Add(ctx context.Context, docs ...VectorDoc) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // all or nothing
	for _, d := range docs {
		if err := checkVector(d.Vector, x.dim); err != nil {
			return fmt.Errorf("vector of %s: %w", d.Key, err)
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.remove(ctx, keysOf(docs)); err != nil {
		return err
	}
	last := make(map[string]int, len(docs))
	for i, d := range docs {
		last[d.Key] = i
	}
	for i, d := range docs {
		if last[d.Key] != i {
			continue
		}
		m := monthOf(d.Place.Published)
		c, err := x.collection(m)
		if err != nil {
			return err
		}
		err = c.AddDocument(ctx, chromem.Document{
			ID: d.Key, Embedding: d.Vector,
			Metadata: map[string]string{metaArticle: d.Place.Article, metaPublisher: d.Place.Publisher, metaPublished: d.Place.Published},
		})
		if err != nil {
			return fmt.Errorf("chromem: %w", err)
		}
		x.month[d.Key] = m
	}
	return nil
}

const (
	metaArticle   = "article"
	metaPublisher = "publisher"
	metaPublished = "published"
)

func keysOf(docs []VectorDoc) []string {
	keys := make([]string, len(docs))
	for i, d := range docs {
		keys[i] = d.Key
	}
	return keys
}

// errNoEmbedding answers chromem should it ever try to embed a text by itself.
var errNoEmbedding = errors.New("chromem: asked to embed a text")

func (x *Chromem) collection(month string) (*chromem.Collection, error) {
	if c, ok := x.months[month]; ok {
		return c, nil
	}
	c, err := x.db.CreateCollection("passages "+month, nil, func(context.Context, string) ([]float32, error) {
		return nil, errNoEmbedding
	})
	if err != nil {
		return nil, fmt.Errorf("chromem: %w", err)
	}
	x.months[month] = c
	return c, nil
}

// Remove forgets these keys; unknown ones are ignored.
func (x *Chromem) Remove(ctx context.Context, keys ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.remove(ctx, keys)
}

func (x *Chromem) remove(ctx context.Context, keys []string) error {
	byMonth := map[string][]string{}
	for _, k := range keys {
		if m, ok := x.month[k]; ok {
			byMonth[m] = append(byMonth[m], k)
			delete(x.month, k)
		}
	}
	for m, ks := range byMonth {
		if err := x.months[m].Delete(ctx, nil, nil, ks...); err != nil {
			return fmt.Errorf("chromem: %w", err)
		}
	}
	return nil
}

// Len returns the number of vectors.
func (x *Chromem) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.month)
}

// Search returns the n nearest vectors that pass the filter.
func (x *Chromem) Search(ctx context.Context, vector []float32, f Filter, n int) ([]Scored, error) {
	if err := checkVector(vector, x.dim); err != nil {
		return nil, fmt.Errorf("vector of the question: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if n <= 0 {
		return nil, ctx.Err()
	}
	top := make([]Scored, 0, n+1)
	for _, m := range slices.Sorted(maps.Keys(x.months)) {
		if !monthOverlaps(m, f.Published) {
			continue
		}
		found, err := searchMonth(ctx, x.months[m], vector, f, n)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			top = insert(top, s, n)
		}
	}
	return top, nil
}

// searchMonth asks for more and more of the nearest until n of them pass the part
// of the filter that chromem can't express, days inside a month, and none that it
// left out can be as near as the last of these: chromem takes any of several.
func searchMonth(ctx context.Context, c *chromem.Collection, vector []float32, f Filter, n int) ([]Scored, error) {
	where := map[string]string{}
	if f.Article != "" {
		where[metaArticle] = f.Article
	}
	if f.Publisher != "" {
		where[metaPublisher] = f.Publisher
	}
	for ask := n + 1; ; ask *= 4 {
		ask = min(ask, c.Count())
		if ask <= 0 {
			return nil, ctx.Err()
		}
		results, err := c.QueryEmbedding(ctx, vector, ask, where, nil)
		if err := contextErr(ctx, err); err != nil {
			return nil, err
		}
		found := make([]Scored, 0, len(results))
		farthest := 1.0
		for _, r := range results {
			s := Scored{r.ID, float64(r.Similarity)}
			farthest = min(farthest, s.Score)
			if f.admits(r.Metadata[metaPublished]) {
				found = append(found, s)
			}
		}
		slices.SortFunc(found, compareScored)
		if len(results) < ask || ask == c.Count() || len(found) >= n && farthest < found[n-1].Score {
			return found, nil
		}
	}
}

// contextErr prefers the context's error: a cancelled chromem query returns no
// results and no error.
func contextErr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("chromem: %w", err)
	}
	return nil
}

// Cosines returns the cosine of vector to the vector of each key, NaN where there
// is none.
func (x *Chromem) Cosines(ctx context.Context, vector []float32, keys []string) ([]float64, error) {
	if err := checkVector(vector, x.dim); err != nil {
		return nil, fmt.Errorf("vector of the question: %w", err)
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	out := make([]float64, len(keys))
	for i, k := range keys {
		out[i] = math.NaN()
		m, ok := x.month[k]
		if !ok {
			continue
		}
		d, err := x.months[m].GetByID(ctx, k)
		if err != nil {
			return nil, fmt.Errorf("chromem: %w", err)
		}
		out[i] = dot(vector, d.Embedding)
	}
	return out, ctx.Err()
}

func dot(a, b []float32) float64 {
	var s float32
	for i, v := range a {
		s += v * b[i]
	}
	return float64(s)
}

// checkVector refuses what would break every later query: chromem takes anything.
func checkVector(v []float32, dim int) error {
	if len(v) != dim {
		return fmt.Errorf("it has %d dimensions, the index %d; vectors of two models can't be mixed", len(v), dim)
	}
	var sum float64
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return errors.New("it is zero or not finite")
	}
	if math.Abs(sum-1) > 1e-2 { // what rounding leaves of a unit vector, and more
		return fmt.Errorf("its length is %.3g, not 1", math.Sqrt(sum))
	}
	return nil
}

func monthOf(day string) string {
	if len(day) < len("2006-01") {
		return ""
	}
	return day[:len("2006-01")]
}

// monthOverlaps reports whether a month can hold days of any of the windows.
func monthOverlaps(month string, windows []dates.Range) bool {
	return len(windows) == 0 || month != "" && slices.ContainsFunc(windows, func(w dates.Range) bool {
		return (w.Since == "" || monthOf(w.Since) <= month) && (w.Until == "" || month <= monthOf(w.Until))
	})
}
