package retrieval

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
)

// An Archive keeps articles, passages and vectors for good. *archive.Archive says
// what each method does.
type Archive interface {
	Writable() bool
	Load(ctx context.Context) iter.Seq2[archive.Record, error]
	Article(ctx context.Context, id string, revision int) (archive.Record, error)
	Put(ctx context.Context, records []archive.Record) ([]archive.Outcome, error)
	SetOrigins(ctx context.Context, origins map[string]string) error
	Edit(ctx context.Context, id string, e archive.Edit) error
	Remove(ctx context.Context, ids ...string) error
	Removed(ctx context.Context, ids ...string) ([]string, error)
	Models(ctx context.Context) ([]archive.Model, error)
	Vectors(ctx context.Context, m archive.Model) (map[archive.Hash][]float32, error)
	PutVectors(ctx context.Context, m archive.Model, vectors []archive.Vector) error
	RemoveVectors(ctx context.Context, m archive.Model, hashes []archive.Hash) error
	Derived(name string) []byte
	PutDerived(name string, body []byte) error
}

// Options are the tunables of Open. The zero value means their defaults.
type Options struct {
	Embedder Embedder // nil: search by words alone
	// Starters are articles that every archive holds from its first opening on,
	// unless they are removed. What they say about themselves wins over what is
	// read from the same text elsewhere.
	Starters []article.Article
}

// New returns an empty library in memory. The embedder may be nil.
func New(e Embedder) *Library {
	l := &Library{
		embedder: e, passages: NewBM25(), articles: NewBM25(), starters: map[archive.Hash]*article.Article{},
		byID: map[string]*entry{}, byKey: map[string]*Passage{},
		known: map[archive.Hash][]float32{}, missing: map[string]*Passage{},
	}
	if e != nil {
		l.vectors = NewChromem(e.Dim())
		l.takeShipped()
	}
	return l
}

// Open returns the articles of an archive, ready to be searched by words, and by
// meaning as far as their vectors are known; Encode computes the others. What is
// damaged is left out and stands in the archive's report. If the archive is not
// writable, starter articles and vectors that it lacks are kept in memory.
func Open(ctx context.Context, a Archive, o Options) (*Library, error) {
	l := New(o.Embedder)
	l.archive = a
	if err := l.load(ctx); err != nil {
		return nil, fmt.Errorf("open library: %w", err)
	}
	if err := l.start(ctx, o.Starters); err != nil {
		return nil, fmt.Errorf("open library: starter articles: %w", err)
	}
	if err := l.dropVectors(ctx); err != nil {
		return nil, fmt.Errorf("open library: %w", err)
	}
	return l, nil
}

// Unstored reports whether a library whose archive is not writable keeps in memory
// what belongs there: starter articles, or vectors that were or must be computed.
func (l *Library) Unstored() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.unstored || len(l.missing) > 0 && !l.archive.Writable()
}

// load takes what the archive has. Articles, vectors and words are read side by side.
func (l *Library) load(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	vectors, words := make(chan error, 1), make(chan *storedWords, 1)
	go func() { vectors <- l.openVectors(ctx) }()
	go func() { words <- l.storedWords() }()
	entries, err := l.loadWords(ctx, words)
	if err != nil {
		cancel()
	}
	if e := <-vectors; err == nil {
		err = e
	}
	if err == nil {
		err = l.enter(ctx, entries)
	}
	cancel()
	return err
}

// loadWords loads the articles and fills the word indexes.
func (l *Library) loadWords(ctx context.Context, words <-chan *storedWords) (entries []*entry, err error) {
	var keys []archive.Hash
	for r, err := range l.archive.Load(ctx) {
		if err != nil {
			return nil, err
		}
		e := entryOf(r)
		entries, keys = append(entries, e), append(keys, e.wordsKey(r.Content))
	}
	unread := l.useWords(<-words, entries, keys)
	for _, e := range unread {
		l.unsaved += len(e.passages)
	}
	return entries, l.readWords(ctx, unread)
}

// start puts the starter articles into the archive: those that it has never had,
// and those whose text it has with something else said about it.
func (l *Library) start(ctx context.Context, starters []article.Article) error {
	var unknown []string
	for i := range starters {
		l.starters[archive.HashText(source.Clean(starters[i].Text))] = &starters[i]
		if l.byID[starters[i].ID] == nil {
			unknown = append(unknown, starters[i].ID)
		}
	}
	removed, err := l.archive.Removed(ctx, unknown...)
	if err != nil {
		return err
	}
	var put []archive.Record
	for _, s := range starters {
		r := archive.Record{Article: s, Passages: article.Passages(article.Read(s.Text))}
		e := l.byID[s.ID]
		if e == nil && !slices.Contains(removed, s.ID) || e != nil && e.article.Text == s.Text && !e.holds(r) {
			put = append(put, r)
		}
	}
	if len(put) == 0 {
		return nil
	}
	if l.archive.Writable() {
		if _, err := l.archive.Put(ctx, put); err != nil {
			return err
		}
		for i := range put { // with the corrections of the operator
			if put[i], err = l.archive.Article(ctx, put[i].ID, 0); err != nil {
				return err
			}
		}
	} else {
		l.unstored = true
		put = slices.DeleteFunc(put, func(r archive.Record) bool { return l.byID[r.ID] != nil })
	}
	return l.install(ctx, put)
}
