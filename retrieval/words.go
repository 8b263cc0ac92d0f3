package retrieval

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// wordsName is where the archive has the words of the articles: both word indexes,
// and which articles they are of. They are derived from the texts, to be read faster
// than these: without them, or where they are not true any more, the texts are read.
const wordsName = "words"

// wordsForm changes with the stored form.
const wordsForm = 1

// Words are written down once so many passages are not in what was written before:
// those and a sixteenth of all. Fewer are read from their texts in a moment.
const (
	saveFrom  = 2000
	saveShare = 16
)

// Save writes down the words of the articles, so that the next Open has them without
// reading all texts again. It does so only where that saves more than a moment, and
// nothing is lost without it. An archive that is not writable stays as it is.
func (l *Library) Save() error {
	if l.archive == nil || !l.archive.Writable() {
		return nil
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	passages, ok := l.passages.(*BM25)
	wholes, ok2 := l.articles.(*BM25)
	if !ok || !ok2 || l.unsaved < saveFrom || saveShare*l.unsaved < len(l.byKey) {
		return nil
	}
	b := wordsHead()
	b = binary.AppendUvarint(b, uint64(len(l.byID)))
	for id, e := range l.byID {
		b = appendString(b, id)
		key := e.wordsKey(archive.HashText(e.article.Text))
		b = append(b, key[:]...)
	}
	if err := l.archive.PutDerived(wordsName, wholes.appendTo(passages.appendTo(b))); err != nil {
		return fmt.Errorf("write down the words of the articles: %w", err)
	}
	l.unsaved = 0
	return nil
}

// wordsHead is what the stored words begin with: their form and the analysis that
// they come from.
func wordsHead() []byte {
	f := analysis.Fingerprint()
	return append([]byte{wordsForm}, f[:]...)
}

// storedWords are what Save wrote.
type storedWords struct {
	articles         map[string]archive.Hash // wordsKey by id
	passages, wholes *BM25
}

// wordsKey stands for everything that the words of an article come from.
func (e *entry) wordsKey(content archive.Hash) archive.Hash {
	b := append(make([]byte, 0, 512), content[:]...)
	b = appendString(b, e.article.Title)
	for _, p := range e.passages {
		b = binary.AppendUvarint(b, uint64(p.Start))
		b = binary.AppendUvarint(b, uint64(p.End))
		b = append(b, byte(p.Kind))
	}
	return sha256.Sum256(b)
}

// storedWords reads what Save wrote; nil if there is nothing of use.
func (l *Library) storedWords() *storedWords {
	b := l.archive.Derived(wordsName)
	head := wordsHead()
	if len(b) < len(head) || !slices.Equal(b[:len(head)], head) {
		return nil
	}
	w, err := parseWords(b[len(head):])
	if err != nil {
		return nil
	}
	return w
}

func parseWords(b []byte) (*storedWords, error) {
	r := storedReader{rest: b}
	n := r.count()
	w := &storedWords{articles: make(map[string]archive.Hash, n)}
	for range n {
		id := r.text()
		if r.bad || len(r.rest) < len(archive.Hash{}) {
			return nil, errStoredForm
		}
		w.articles[id] = archive.Hash(r.rest)
		r.rest = r.rest[len(archive.Hash{}):]
	}
	var err error
	if w.passages, r.rest, err = readBM25(r.rest); err != nil {
		return nil, err
	}
	w.wholes, _, err = readBM25(r.rest)
	return w, err
}

// useWords takes the stored words of those entries that they are true of, and returns
// the other entries.
func (l *Library) useWords(w *storedWords, entries []*entry, keys []archive.Hash) (others []*entry) {
	if w == nil {
		return entries
	}
	known := make(map[string]*entry, len(entries))
	for i, e := range entries {
		if w.articles[e.article.ID] == keys[i] {
			known[e.article.ID] = e
		} else {
			others = append(others, e)
		}
	}
	l.unsaved = w.passages.settle(func(key string) (string, Place, bool) {
		at := strings.LastIndexByte(key, '#')
		e := known[key[:max(at, 0)]]
		i, err := strconv.Atoi(key[at+1:])
		if e == nil || err != nil || i < 0 || i >= len(e.passages) {
			return "", Place{}, false
		}
		return e.passages[i].key, placeOf(e.article), true
	})
	w.wholes.settle(func(key string) (string, Place, bool) {
		e := known[key]
		if e == nil {
			return "", Place{}, false
		}
		return e.article.ID, placeOf(e.article), true
	})
	l.passages, l.articles = w.passages, w.wholes
	return others
}

// wordsBatch is how many articles are joined to the indexes together at most.
const wordsBatch = 256

// readWords reads the words of entries on all processors and puts them into the
// indexes, in place of what has the same keys there.
func (l *Library) readWords(ctx context.Context, entries []*entry) error {
	size := max(1, min(wordsBatch, (len(entries)+processors()-1)/processors()))
	return errors.Join(inParallel(slices.Collect(slices.Chunk(entries, size)), func(some []*entry) error {
		var parts, wholes []WordDoc
		for _, e := range some {
			place := placeOf(e.article)
			terms := analysis.Terms(e.article.Title)
			for _, p := range e.passages {
				start := len(terms)
				terms = analysis.Append(terms, p.Text())
				parts = append(parts, WordDoc{p.key, terms[start:], place, p.Kind == article.Title || p.Kind == article.Heading})
			}
			wholes = append(wholes, WordDoc{Key: e.article.ID, Terms: terms, Place: place, Headline: true})
		}
		if err := l.passages.Add(ctx, parts...); err != nil {
			return fmt.Errorf("index passages: %w", err)
		}
		if err := l.articles.Add(ctx, wholes...); err != nil {
			return fmt.Errorf("index articles: %w", err)
		}
		return nil
	})...)
}

// IsName reports whether the articles print a term as a name: with a capital, nine
// times in ten.
func (l *Library) IsName(term string) bool {
	inside, capital := l.passages.Cased(term)
	return inside > 0 && 10*capital >= 9*inside
}
