package retrieval

import (
	"context"
	"fmt"
	"reflect"
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

// A batch is a set of readings, no two of one article, with the words of their
// passages counted.
type batch struct {
	readings []*reading
	names    nameCounts
}

func newBatch(readings []*reading) batch {
	b := batch{readings, nameCounts{}}
	for _, r := range readings {
		for i, p := range r.passages {
			b.names.count(p.Kind, r.parts[i].Terms)
		}
	}
	return b
}

// readAll makes records ready on all processors, the last of several with one id.
func readAll(records []archive.Record) batch {
	last := make(map[string]int, len(records))
	for i, r := range records {
		last[r.ID] = i
	}
	var keep []archive.Record
	for i, r := range records {
		if last[r.ID] == i {
			keep = append(keep, r)
		}
	}
	return newBatch(inParallel(keep, newReading))
}

func newReading(record archive.Record) *reading {
	alone := record.Article // a copy, or the record would stay in memory with it
	a := &alone
	r := &reading{entry: newEntry(a, record.Passages), hashes: make([]archive.Hash, len(record.Passages))}
	place := placeOf(a)
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

// cutLike reports whether an entry has the text and the passages of a record.
func (e *entry) cutLike(r archive.Record) bool {
	return e.article.Text == r.Text && slices.EqualFunc(e.passages, r.Passages, func(p *Passage, q article.Passage) bool {
		return p.Span == q.Span && p.Kind == q.Kind && p.Block == q.Block && slices.Equal(p.Sentences, q.Sentences)
	})
}

// holds reports whether an entry says the same as a record, but for its origin,
// which may have changed since.
func (e *entry) holds(r archive.Record) bool {
	a, b := *e.article, r.Article
	a.Origin = b.Origin
	if len(a.Authors) == 0 && len(b.Authors) == 0 {
		a.Authors = b.Authors
	}
	return reflect.DeepEqual(a, b) && e.cutLike(r)
}

// install puts articles into the indexes, in place of earlier versions.
func (l *Library) install(ctx context.Context, b batch) error {
	var parts, wholes []WordDoc
	for _, r := range b.readings {
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
	l.names.add(b.names, 1)
	for _, r := range b.readings {
		if old := l.byID[r.article.ID]; old != nil {
			surplus = append(surplus, l.forget(old, len(r.passages))...)
		}
		e := r.entry
		l.byID[r.article.ID] = &e
		for i, p := range r.passages {
			l.byKey[p.key] = p
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
	names := nameCounts{}
	for i, p := range e.passages {
		delete(l.byKey, p.key)
		delete(l.missing, p.key)
		names.count(p.Kind, analysis.Terms(p.Text()))
		if i >= from {
			keys = append(keys, p.key)
		}
	}
	l.names.add(names, -1)
	return keys
}
