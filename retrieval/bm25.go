package retrieval

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"sync"

	"crisisbot/retrieval/analysis"
)

// BM25's two constants (Robertson and Zaragoza 2009): k1 bends the gain of a
// repeated word, b the loss of a long text. News passages are short and repeat
// little, so both are low; measured on squad11-A, hit@1 and nDCG@10 change by less
// than .003 for k1 in .6..1.2 and b in .3..6.
const (
	bm25K1 = 0.9
	bm25B  = 0.4
)

// BM25 is a WordIndex in memory. It is safe for concurrent use; Add and Remove
// wait for the searches under way.
type BM25 struct {
	mu    sync.RWMutex
	ids   map[string]int32 // term -> its number
	posts [][]posting      // by term number, ascending doc
	cased []casing         // by term number, of all posts
	docs  []wordDoc        // by doc number; a removed one has no key
	long  []float32        // words by doc number
	byKey map[string]int32
	words int       // over all live docs
	pool  sync.Pool // *accumulator
}

// A posting says that a term stands in a document, and how often: at all, where
// only names have a capital, and with one there. Counts stop at their most.
type posting struct {
	doc             int32
	tf              uint16
	inside, capital uint8
}

// casing is how often a term stands where only names have a capital, and how often
// with one.
type casing struct{ inside, capital int32 }

type wordDoc struct {
	key   string
	place Place
}

type accumulator struct {
	score   []float32
	touched []int32
}

// NewBM25 returns an empty index.
func NewBM25() *BM25 {
	return &BM25{ids: map[string]int32{}, byKey: map[string]int32{}}
}

// Add indexes docs. A document whose key is present already replaces it. Words are
// counted before searches have to wait, so several calls share the processors.
func (x *BM25) Add(ctx context.Context, docs ...WordDoc) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := countWords(docs)
	x.mu.Lock()
	defer x.mu.Unlock()
	var old []string
	for _, d := range c.docs {
		if _, ok := x.byKey[d.key]; ok {
			old = append(old, d.key)
		}
	}
	x.remove(old)
	first := int32(len(x.docs))
	for i, d := range c.docs {
		x.byKey[d.key] = first + int32(i)
		x.words += int(c.long[i])
	}
	x.docs, x.long = append(x.docs, c.docs...), append(x.long, c.long...)
	for term, id := range c.ids {
		posts := c.posts[id]
		n := x.number(term)
		for i := range posts {
			posts[i].doc += first
			x.cased[n].add(posts[i], 1)
		}
		x.posts[n] = append(x.posts[n], posts...)
	}
	return nil
}

func (x *BM25) number(term string) int32 {
	id, ok := x.ids[term]
	if !ok {
		id = int32(len(x.posts))
		x.ids[strings.Clone(term)] = id // not to keep the text that it is part of
		x.posts, x.cased = append(x.posts, nil), append(x.cased, casing{})
	}
	return id
}

func (c *casing) add(p posting, sign int32) {
	c.inside += sign * int32(p.inside)
	c.capital += sign * int32(p.capital)
}

// Remove forgets the documents with these keys; unknown keys are ignored. It
// walks the whole index once, however many keys there are.
func (x *BM25) Remove(ctx context.Context, keys ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(keys)
	return nil
}

func (x *BM25) remove(keys []string) {
	gone := map[int32]bool{}
	for _, k := range keys {
		if n, ok := x.byKey[k]; ok {
			gone[n] = true
			x.words -= int(x.long[n])
			x.docs[n] = wordDoc{}
			delete(x.byKey, k)
		}
	}
	if len(gone) == 0 {
		return
	}
	for id, posts := range x.posts {
		x.posts[id] = slices.DeleteFunc(posts, func(p posting) bool {
			if gone[p.doc] {
				x.cased[id].add(p, -1)
			}
			return gone[p.doc]
		})
	}
}

// Len returns the number of documents.
func (x *BM25) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.byKey)
}

// IDF returns the weight of a term: log(1 + (N-n+.5)/(n+.5)) for n of N documents
// that hold it, so that it is never negative, and highest for an unknown term.
func (x *BM25) IDF(term string) float64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.idf(x.df(term))
}

func (x *BM25) df(term string) int {
	if id, ok := x.ids[term]; ok {
		return len(x.posts[id])
	}
	return 0
}

func (x *BM25) idf(df int) float64 {
	return math.Log(1 + (float64(len(x.byKey)-df)+0.5)/(float64(df)+0.5))
}

// Known reports whether any document holds the term.
func (x *BM25) Known(term string) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.df(term) > 0
}

// Cased returns how often a term stands inside the texts of documents, headlines
// and the first word of each left out, and how often with a capital there.
func (x *BM25) Cased(term string) (inside, capital int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	id, ok := x.ids[term]
	if !ok {
		return 0, 0
	}
	return int(x.cased[id].inside), int(x.cased[id].capital)
}

// Nearest returns the known term that a misspelt one most likely stands for: one
// edit away (two from nine letters on, transpositions counting one), the same
// first letter, the most frequent of those. "" if there is none.
func (x *BM25) Nearest(term string) string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	most := 1
	if len(term) < 5 {
		return ""
	}
	if len(term) >= 9 {
		most = 2
	}
	best, bestDist, bestDF := "", most+1, 0
	for t, id := range x.ids {
		df := len(x.posts[id])
		if df == 0 || t[0] != term[0] || t[0] <= '9' || len(t)-len(term) > most || len(term)-len(t) > most {
			continue
		}
		d := analysis.Distance(term, t, most)
		if d > most || d > bestDist || d == bestDist && (df < bestDF || df == bestDF && t > best) {
			continue
		}
		best, bestDist, bestDF = t, d, df
	}
	return best
}

// Search returns the n best documents that pass the filter, best first, ties by
// key. Scores are BM25 over its upper bound for these terms, so they lie in [0, 1)
// and can be compared between questions: a document scores high only if it holds
// most of the question's weight.
func (x *BM25) Search(ctx context.Context, terms []QueryTerm, f Filter, n int) ([]Scored, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if n <= 0 || len(x.byKey) == 0 {
		return nil, nil
	}
	acc, _ := x.pool.Get().(*accumulator)
	if acc == nil {
		acc = &accumulator{}
	}
	defer x.pool.Put(acc)
	if len(acc.score) < len(x.docs) {
		acc.score = make([]float32, len(x.docs)+len(x.docs)/8)
	}
	bound := x.accumulate(acc, terms)

	top := make([]Scored, 0, n+1)
	for _, doc := range acc.touched {
		s := float64(acc.score[doc]) / bound
		acc.score[doc] = 0
		d := &x.docs[doc]
		if len(top) == n && s < top[n-1].Score || !f.Match(d.place) {
			continue
		}
		top = insert(top, Scored{d.key, s}, n)
	}
	acc.touched = acc.touched[:0]
	return top, nil
}

// accumulate adds every term's part to the documents that hold it and returns the
// score of an imagined document that holds all of them without limit.
func (x *BM25) accumulate(acc *accumulator, terms []QueryTerm) (bound float64) {
	mean := float32(x.words) / float32(len(x.byKey))
	for _, t := range terms {
		df := x.df(t.Text)
		w := x.idf(df) * t.Weight
		bound += w
		if df == 0 {
			continue
		}
		perWord := bm25K1 * bm25B / mean
		for _, p := range x.posts[x.ids[t.Text]] {
			if acc.score[p.doc] == 0 {
				acc.touched = append(acc.touched, p.doc)
			}
			tf := float32(p.tf)
			acc.score[p.doc] += float32(w) * tf / (tf + bm25K1*(1-bm25B) + perWord*x.long[p.doc])
		}
	}
	return max(bound, 1e-9)
}

// insert keeps top the n best scores in order.
func insert(top []Scored, s Scored, n int) []Scored {
	i, _ := slices.BinarySearchFunc(top, s, compareScored)
	if i >= n {
		return top
	}
	top = slices.Insert(top, i, s)
	return top[:min(n, len(top))]
}

// compareScored orders by score, best first, then by key, so that results do not
// change from run to run.
func compareScored(a, b Scored) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Key, b.Key))
}
