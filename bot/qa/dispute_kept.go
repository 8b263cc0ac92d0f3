package qa

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// A reading is what one article says that others may say differently.
type reading struct {
	article *article.Article
	hash    [sha256.Size]byte // of what it was read from
	said    []*saidSentence
	counts  []quantity
	dated   []datedDeed
}

// A disputeKeeper has the readings of all articles and who answers whom. It reads an
// article once, when it first hears of it.
type disputeKeeper struct {
	mu       sync.Mutex
	loaded   bool
	revision uint64
	readings map[string]*reading
	votes    map[string]map[string]int // of which country somebody is, by surname
	answers  map[*saidSentence][]*saidSentence
	hostile  claimIndex
	unsaved  bool
	latest   atomic.Pointer[knownDisputes]
}

// Reconcile finds what new articles tell differently from those known, forgets what
// removed ones told, and has the archive keep it. The cost is that of the articles that
// are new.
func (a *Answerer) Reconcile(ctx context.Context) error {
	k := a.disputes
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.update(ctx, a); err != nil {
		return err
	}
	if !k.unsaved {
		return nil
	}
	body, err := k.encode()
	if err != nil {
		return fmt.Errorf("write down disagreements: %w", err)
	}
	if err := a.lib.PutDerived(keptName, body); err != nil {
		return fmt.Errorf("keep disagreements: %w", err)
	}
	k.unsaved = false
	return nil
}

// claims returns what all articles say, in order, up to date, and who answers whom.
// Sentences that alter a quotation take no part in an exchange.
func (k *disputeKeeper) claims(ctx context.Context, a *Answerer) (*claimReading, []exchange, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.update(ctx, a); err != nil {
		return nil, nil, err
	}
	c := k.reading(a)
	var all []exchange
	altered := func(s *saidSentence) bool {
		_, yes := alters(a.lib, s.Article, s.span)
		return yes
	}
	for _, y := range c.said {
		for _, x := range k.answers[y] {
			if !altered(x) && !altered(y) {
				all = append(all, exchange{x, y})
			}
		}
	}
	return c, all, nil
}

// reading joins the readings of the articles that are still as they were read, in
// order.
func (k *disputeKeeper) reading(a *Answerer) *claimReading {
	c := &claimReading{q: &inquiry{lib: a.lib}}
	for _, o := range a.lib.Articles() {
		if r := k.readings[o.ID]; r != nil && r.article == o {
			c.said = append(c.said, r.said...)
			c.counts = append(c.counts, r.counts...)
			c.dated = append(c.dated, r.dated...)
		}
	}
	return c
}

// update reads the articles that are new or changed and forgets those that are gone.
func (k *disputeKeeper) update(ctx context.Context, a *Answerer) error {
	revision := a.lib.Revision()
	if k.loaded && k.revision == revision {
		return nil
	}
	articles := a.lib.Articles()
	if !k.loaded {
		k.load(a, articles)
	}
	known := map[string]bool{}
	var fresh []*article.Article
	for _, o := range articles {
		if r := k.readings[o.ID]; r == nil || r.article != o {
			fresh = append(fresh, o)
		} else {
			known[o.ID] = true
		}
	}
	gone := map[*saidSentence]bool{}
	for id, r := range k.readings {
		if !known[id] {
			k.drop(id, r, gone)
		}
	}
	if err := k.read(ctx, a, fresh, gone); err != nil {
		return err
	}
	k.loaded, k.revision = true, revision
	k.latest.Store(nil)
	return nil
}

// drop forgets an article.
func (k *disputeKeeper) drop(id string, r *reading, gone map[*saidSentence]bool) {
	delete(k.readings, id)
	for _, s := range r.said {
		gone[s] = true
		delete(k.answers, s)
		k.hostile.drop(s)
	}
	k.unsaved = true
}

// read reads fresh articles and finds who answers whom anew, as far as they or the
// sentences gone take part.
func (k *disputeKeeper) read(ctx context.Context, a *Answerer, fresh []*article.Article, gone map[*saidSentence]bool) error {
	if len(fresh) == 0 && len(gone) == 0 {
		return nil
	}
	k.unsaved = true
	q := newInquiry(a.lib, "", retrieval.Query{})
	for _, o := range fresh {
		q.voteFor(k.votes, a.lib.Passages(o.ID))
	}
	c := &claimReading{q: q, people: elected(k.votes)}
	added, claims := map[*saidSentence]bool{}, claimIndex{}
	for _, o := range fresh {
		c.said, c.counts, c.dated = nil, nil, nil
		c.readArticle(o)
		k.readings[o.ID] = &reading{o, readFrom(o), c.said, c.counts, c.dated}
		for _, s := range c.said {
			added[s] = true
			k.hostile.add(s)
			claims.add(s)
		}
	}
	if err := k.vectors(ctx, a, added); err != nil {
		return err
	}
	touched := func(y *saidSentence) bool {
		for range daysNear(claims, y.side, y.day) {
			return true
		}
		return slices.ContainsFunc(k.answers[y], func(x *saidSentence) bool { return gone[x] })
	}
	for _, r := range k.readings {
		for _, y := range r.said {
			if !y.answers() || !added[y] && !touched(y) {
				continue
			}
			if x := k.hostile.answered(y, r.said); x != nil {
				slices.SortFunc(x, inReadingOrder)
				k.answers[y] = x
			} else {
				delete(k.answers, y)
			}
		}
	}
	return nil
}

// vectors encodes the sentences that are compared.
func (k *disputeKeeper) vectors(ctx context.Context, a *Answerer, added map[*saidSentence]bool) error {
	var texts []string
	var compared []*saidSentence
	for s := range added {
		if s.denial || s.harsh && len(s.against) > 0 {
			compared = append(compared, s)
		}
	}
	slices.SortFunc(compared, inReadingOrder)
	for _, s := range compared {
		texts = append(texts, s.text())
	}
	vectors, err := a.lib.Vectors(ctx, texts)
	if err != nil {
		return fmt.Errorf("compare claims: %w", err)
	}
	for i, v := range vectors {
		compared[i].vector = coded(v)
	}
	return nil
}

// coded is a vector of unit length in int8.
func coded(v []float32) []int8 {
	out := make([]int8, len(v))
	for i, x := range v {
		out[i] = int8(math.Round(float64(x) * math.MaxInt8))
	}
	return out
}

// cosine is that of two coded vectors, to some .01.
func cosine(a, b []int8) float64 {
	var dot, x, y int64
	for i, v := range a {
		w := b[i]
		dot += int64(v) * int64(w)
		x += int64(v) * int64(v)
		y += int64(w) * int64(w)
	}
	if x == 0 || y == 0 {
		return 0
	}
	return float64(dot) / math.Sqrt(float64(x)*float64(y))
}

func inReadingOrder(a, b *saidSentence) int {
	return cmp.Or(cmp.Compare(cmp.Or(a.Article.Published, "9999"), cmp.Or(b.Article.Published, "9999")), cmp.Compare(a.Article.ID, b.Article.ID), cmp.Compare(a.index, b.index))
}

// readFrom stands for everything that a reading comes from.
func readFrom(o *article.Article) [sha256.Size]byte {
	h := sha256.New()
	for _, s := range []string{o.ID, o.Title, o.Published, o.Origin, o.Text} {
		fmt.Fprintf(h, "%d %s", len(s), s)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
