package retrieval

import (
	"context"
	"reflect"
	"slices"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// newest returns the records in their order, the last of several with one id.
func newest(records []archive.Record) []archive.Record {
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
	return keep
}

func entryOf(r archive.Record) *entry {
	alone := r.Article // a copy, or the record would stay in memory with it
	return newEntry(&alone, r.Passages)
}

func newEntry(a *article.Article, passages []article.Passage) *entry {
	e := &entry{article: a, passages: make([]*Passage, len(passages))}
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
func (l *Library) install(ctx context.Context, records []archive.Record) error {
	entries := inParallel(newest(records), entryOf)
	if err := l.readWords(ctx, entries); err != nil {
		return err
	}
	for _, e := range entries {
		l.unsaved += len(e.passages)
	}
	return l.enter(ctx, entries)
}

// enter makes articles known whose words are in the indexes already.
func (l *Library) enter(ctx context.Context, entries []*entry) error {
	var hashes [][]archive.Hash
	if l.vectors != nil {
		hashes = inParallel(entries, (*entry).hashes)
	}
	var surplus []string // keys that no passage has any more
	var vectors []VectorDoc
	var stale []string // keys whose vector belongs to another text
	l.mu.Lock()
	for i, e := range entries {
		if old := l.byID[e.article.ID]; old != nil {
			surplus = append(surplus, l.forget(old, len(e.passages))...)
		}
		l.byID[e.article.ID] = e
		place := placeOf(e.article)
		for k, p := range e.passages {
			l.byKey[p.key] = p
			if l.vectors == nil {
				continue
			}
			if v, ok := l.known[hashes[i][k]]; ok {
				vectors = append(vectors, VectorDoc{p.key, v, place})
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

// hashes returns the hashes of the passages' texts.
func (e *entry) hashes() []archive.Hash {
	out := make([]archive.Hash, len(e.passages))
	for i, p := range e.passages {
		out[i] = archive.HashText(p.Text())
	}
	return out
}

// forget takes an entry out of what is kept under l.mu. It returns the keys of
// its passages from the given ordinal on.
func (l *Library) forget(e *entry, from int) (keys []string) {
	delete(l.byID, e.article.ID)
	for i, p := range e.passages {
		delete(l.byKey, p.key)
		delete(l.missing, p.key)
		if i >= from {
			keys = append(keys, p.key)
		}
	}
	return keys
}
