package retrieval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/embed"
	"crisisbot/retrieval/shipped"
)

// An Encoding says how far the vectors of a library are.
type Encoding struct {
	Model       string   // of the library's embedder; "" if it has none
	Done, Total int      // passages with a vector, and all
	Others      []string // other models whose vectors the archive has: of no use to this one
}

// Encoding returns how far the vectors are.
func (l *Library) Encoding() Encoding {
	if l.vectors == nil {
		return Encoding{}
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	return Encoding{Model: l.embedder.Model(), Done: len(l.byKey) - len(l.missing), Total: len(l.byKey), Others: l.others}
}

// model names the vectors of the embedder in the archive. The dimension is part of
// the name, so that one model asked for shorter vectors counts as another.
func (l *Library) model() archive.Model {
	dim := l.embedder.Dim()
	return archive.Model{ID: l.embedder.Model() + "/" + strconv.Itoa(dim), Dimension: dim}
}

// takeShipped takes the vectors that come with the program.
func (l *Library) takeShipped() {
	v, err := shipped.For(l.embedder.Model(), l.embedder.Dim())
	if err != nil || v == nil {
		return // they are computed then
	}
	l.shipped = v
	for h, vector := range v.Passages {
		l.known[archive.Hash(h)] = vector
	}
}

// openVectors takes what the archive knows about the embedder's model.
func (l *Library) openVectors(ctx context.Context) error {
	if l.vectors == nil {
		return nil
	}
	models, err := l.archive.Models(ctx)
	if err != nil {
		return err
	}
	own := l.model()
	for _, m := range models {
		if m.ID != own.ID {
			l.others = append(l.others, m.ID)
		}
	}
	vectors, err := l.archive.Vectors(ctx, own)
	if err != nil {
		return err
	}
	maps.Copy(vectors, l.known)
	l.known = vectors
	return nil
}

// dropVectors deletes the vectors of texts that no revised article has any more.
func (l *Library) dropVectors(ctx context.Context) error {
	if len(l.known) <= len(l.byKey) {
		return nil // all but a few in use
	}
	unused := maps.Clone(l.known)
	for _, p := range l.byKey {
		delete(unused, archive.HashText(p.Text()))
	}
	if l.shipped != nil {
		for h := range l.shipped.Passages {
			delete(unused, archive.Hash(h))
		}
	}
	if len(unused) == 0 {
		return nil
	}
	for h := range unused {
		delete(l.known, h)
	}
	if !l.archive.Writable() {
		return nil
	}
	return l.archive.RemoveVectors(ctx, l.model(), slices.Collect(maps.Keys(unused)))
}

// encodeBatch is how many passages are encoded and stored together: about a second
// of work on one core.
const encodeBatch = 64

// Encode computes the vectors that are missing, in batches, oldest article first,
// and calls progress (which may be nil) after each with the number of passages
// encoded and wanted. Each batch is stored as soon as it is there. Encode returns
// when none is missing, and goes on where it was when called again after an error.
// Calls queue.
func (l *Library) Encode(ctx context.Context, progress func(done, total int)) error {
	if l.vectors == nil {
		return nil
	}
	l.encoding.Lock()
	defer l.encoding.Unlock()
	missing := l.withoutVector()
	total := len(missing)
	for done := 0; done < total; {
		batch := missing[done:min(done+encodeBatch, total)]
		vectors, err := l.encode(ctx, batch)
		if err != nil {
			return fmt.Errorf("encode passages: %w", err)
		}
		if err := l.keepVectors(ctx, batch, vectors); err != nil {
			return fmt.Errorf("keep vectors: %w", err)
		}
		done += len(batch)
		if progress != nil {
			progress(done, total)
		}
	}
	return nil
}

func (l *Library) withoutVector() []*Passage {
	l.mu.RLock()
	missing := slices.Collect(maps.Values(l.missing))
	l.mu.RUnlock()
	slices.SortFunc(missing, func(a, b *Passage) int {
		return cmp.Or(cmp.Compare(orLast(a.Article.Published), orLast(b.Article.Published)),
			cmp.Compare(a.Article.ID, b.Article.ID), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	return missing
}

// encode returns the vectors of passages by text; those without a word have none.
func (l *Library) encode(ctx context.Context, batch []*Passage) (map[archive.Hash][]float32, error) {
	vectors := make(map[archive.Hash][]float32, len(batch))
	var texts []string
	var hashes []archive.Hash
	l.mu.RLock()
	for _, p := range batch {
		h := archive.HashText(p.Text())
		if _, ok := vectors[h]; ok {
			continue
		}
		if vectors[h] = l.known[h]; vectors[h] == nil {
			texts, hashes = append(texts, p.Text()), append(hashes, h)
		}
	}
	l.mu.RUnlock()
	found, err := eachNotEmpty(texts, func(texts []string) ([][]float32, error) { return l.embedder.EmbedPassages(ctx, texts) })
	if err != nil {
		return nil, err
	}
	for i, h := range hashes {
		vectors[h] = found[i]
	}
	return vectors, nil
}

// keepVectors stores and indexes the vectors of those passages that are still
// there.
func (l *Library) keepVectors(ctx context.Context, batch []*Passage, vectors map[archive.Hash][]float32) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	var keep []archive.Vector
	var docs []VectorDoc
	var done []string
	for _, p := range batch {
		now := l.byKey[p.key]
		if now == nil || now.Text() != p.Text() {
			continue
		}
		done = append(done, p.key)
		h := archive.HashText(p.Text())
		v := vectors[h]
		if v == nil {
			continue
		}
		if err := checkVector(v, l.embedder.Dim()); err != nil {
			return fmt.Errorf("vector of %s: %w", p.key, err)
		}
		docs = append(docs, VectorDoc{p.key, v, placeOf(now.Article)})
		if l.known[h] == nil {
			keep = append(keep, archive.Vector{Hash: h, Article: p.Article.ID, Values: v})
		}
	}
	stored := l.archive != nil && l.archive.Writable()
	if stored && len(keep) > 0 {
		if err := l.archive.PutVectors(ctx, l.model(), keep); err != nil {
			return err
		}
	}
	if err := l.vectors.Add(context.WithoutCancel(ctx), docs...); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range done {
		delete(l.missing, k)
	}
	for _, v := range keep {
		l.known[v.Hash] = v.Values
	}
	l.unstored = l.unstored || !stored && len(keep) > 0
	l.revision++
	return nil
}

// eachNotEmpty calls encode with texts. If one of them has nothing to encode, such
// as a row of ornaments, the others are encoded one by one and its result is zero.
func eachNotEmpty[T any](texts []string, encode func([]string) ([]T, error)) ([]T, error) {
	all, err := encode(texts)
	if !errors.Is(err, embed.ErrEmpty) {
		return all, err
	}
	all = make([]T, len(texts))
	for i := range texts {
		one, err := encode(texts[i : i+1])
		if err == nil {
			all[i] = one[0]
		} else if !errors.Is(err, embed.ErrEmpty) {
			return nil, err
		}
	}
	return all, nil
}
