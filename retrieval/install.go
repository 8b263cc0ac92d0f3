package retrieval

import (
	"context"
	"fmt"
	"slices"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// A reading is an article made ready for the indexes.
type reading struct {
	entry
	parts  []WordDoc // by passage
	whole  WordDoc
	hashes []archive.Hash // by passage
}

func newReading(a article.Article, passages []article.Passage) *reading {
	r := &reading{entry: newEntry(&a, passages), hashes: make([]archive.Hash, len(passages))}
	place := placeOf(&a)
	r.whole = WordDoc{Key: a.ID, Place: place, Terms: analysis.Terms(a.Title)}
	for i, p := range r.passages {
		start := len(r.whole.Terms)
		r.whole.Terms = analysis.Append(r.whole.Terms, p.Text())
		r.parts = append(r.parts, WordDoc{Key: p.Key(), Terms: r.whole.Terms[start:], Place: place})
		r.hashes[i] = archive.HashText(p.Text())
	}
	return r
}

func newEntry(a *article.Article, passages []article.Passage) entry {
	e := entry{article: a, passages: make([]*Passage, len(passages))}
	all := make([]Passage, len(passages))
	for i, p := range passages {
		all[i] = Passage{Passage: p, Article: a, Ordinal: i}
		all[i].key = all[i].Key()
		e.passages[i] = &all[i]
	}
	return e
}

// install puts articles into the indexes, in place of earlier versions; the last
// of several with one id counts.
func (l *Library) install(ctx context.Context, readings []*reading) error {
	readings = lastOfEach(readings)
	var parts, wholes []WordDoc
	for _, r := range readings {
		parts, wholes = append(parts, r.parts...), append(wholes, r.whole)
	}
	if err := l.passages.Add(ctx, parts...); err != nil {
		return fmt.Errorf("index passages: %w", err)
	}
	if err := l.articles.Add(ctx, wholes...); err != nil {
		return fmt.Errorf("index articles: %w", err)
	}
	var surplus []string // keys that no passage has any more
	var vectors []VectorDoc
	var stale []string // keys whose vector belongs to another text
	l.mu.Lock()
	for _, r := range readings {
		if old := l.byID[r.article.ID]; old != nil {
			surplus = append(surplus, l.forget(old, len(r.passages))...)
		}
		e := r.entry
		l.byID[r.article.ID] = &e
		for i, p := range r.passages {
			l.byKey[p.key] = p
			l.names.add(p.Kind, r.parts[i].Terms, 1)
			if l.vectors == nil {
				continue
			}
			if v, ok := l.known[r.hashes[i]]; ok {
				vectors = append(vectors, VectorDoc{p.key, v, r.whole.Place})
				delete(l.missing, p.key)
			} else {
				l.missing[p.key] = p
				stale = append(stale, p.key)
			}
		}
	}
	l.revision++
	l.mu.Unlock()
	if err := l.passages.Remove(ctx, surplus...); err != nil {
		return err
	}
	if l.vectors == nil {
		return nil
	}
	if err := l.vectors.Remove(ctx, append(stale, surplus...)...); err != nil {
		return err
	}
	return l.vectors.Add(ctx, vectors...)
}

// forget takes an entry out of what is kept under l.mu. It returns the keys of
// its passages from the given ordinal on.
func (l *Library) forget(e *entry, from int) (keys []string) {
	delete(l.byID, e.article.ID)
	for i, p := range e.passages {
		delete(l.byKey, p.key)
		delete(l.missing, p.key)
		l.names.add(p.Kind, analysis.Terms(p.Text()), -1)
		if i >= from {
			keys = append(keys, p.key)
		}
	}
	return keys
}

func lastOfEach(readings []*reading) []*reading {
	last := make(map[string]*reading, len(readings))
	for _, r := range readings {
		last[r.article.ID] = r
	}
	return slices.DeleteFunc(slices.Clone(readings), func(r *reading) bool { return last[r.article.ID] != r })
}
