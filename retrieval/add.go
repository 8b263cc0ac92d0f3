package retrieval

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// An Outcome is what became of one article given to Add.
type Outcome struct {
	ID     string
	Status Status
	Why    string // one sentence; "" if the status says it all
}

// A Status says what Add did with an article.
type Status string

const (
	Added     Status = "added"     // a new id, and an original
	Updated   Status = "updated"   // a new revision of a known id
	Unchanged Status = "unchanged" // text and metadata were there already
	Copied    Status = "copy"      // a new id, kept as a copy or rewrite of another article
	Refused   Status = "refused"   // not kept
)

// Add keeps articles and makes them searchable by words, in place of earlier
// versions with the same ids; their vectors follow by Encode. What became of each
// is returned in the order given. When it returns without an error, all but the
// refused are safely stored; after an error none may be taken as stored, and adding
// them again is safe.
//
// In a library with an archive, copies and rewrites of known articles are grouped
// with them: Article.Origin tells to whom. It is left as it is in one without.
func (l *Library) Add(ctx context.Context, articles ...article.Article) ([]Outcome, error) {
	l.writing.Lock()
	defer l.writing.Unlock()
	records := inParallel(articles, func(a article.Article) archive.Record {
		a = l.catalogued(a)
		return archive.Record{Article: a, Passages: article.Passages(article.Read(a.Text))}
	})
	keep := l.keepInMemory
	if l.archive != nil {
		keep = l.keep
	}
	outcomes, err := keep(ctx, records)
	if err != nil {
		l.detector = nil // it may remember articles that were not stored
		return nil, fmt.Errorf("add articles: %w", err)
	}
	return outcomes, nil
}

// inParallel returns f of each, in their order, computed by all processors.
func inParallel[T, R any](all []T, f func(T) R) []R {
	out := make([]R, len(all))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(processors(), len(all)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(all); i = int(next.Add(1)) - 1 {
				out[i] = f(all[i])
			}
		})
	}
	wg.Wait()
	return out
}

func processors() int { return runtime.GOMAXPROCS(0) }

// catalogued returns the starter article in place of the same text read from the
// same file, or under the same id.
func (l *Library) catalogued(a article.Article) article.Article {
	s := l.starters[archive.HashText(a.Text)]
	if s != nil && (a.ID == s.ID || a.File == s.File && a.File != "") {
		return *s
	}
	return a
}

func (l *Library) keep(ctx context.Context, records []archive.Record) ([]Outcome, error) {
	g := newGrouping(l)
	for i, r := range records {
		if was, ok := l.Article(r.ID); !ok || was.Text != r.Text {
			records[i].Origin = g.place(r.Article)
		}
	}
	stored, err := l.archive.Put(ctx, records)
	if err != nil {
		return nil, err
	}
	// What is stored is indexed, even if nobody waits for it any more.
	ctx = context.WithoutCancel(ctx)
	outcomes := make([]Outcome, len(stored))
	for i, s := range stored {
		outcomes[i] = g.outcome(s, records[i].Article)
	}
	if err := g.store(ctx); err != nil {
		return nil, err
	}
	var changed []archive.Record
	for i, r := range records {
		e := l.byID[r.ID]
		switch {
		case outcomes[i].Status == Refused, outcomes[i].Status == Unchanged && e != nil && e.cutLike(r):
			continue
		case stored[i].Status == archive.Added:
			r.Origin = g.origins[r.ID]
		default: // as it is with the corrections of the operator
			if r, err = l.archive.Article(ctx, r.ID, 0); err != nil {
				return nil, err
			}
		}
		changed = append(changed, r)
	}
	if err := l.install(ctx, changed); err != nil {
		return nil, err
	}
	l.regroup(g.origins)
	return inParallel(outcomes, l.withAlterations), nil
}

func (l *Library) keepInMemory(ctx context.Context, records []archive.Record) ([]Outcome, error) {
	outcomes := make([]Outcome, len(records))
	var changed []archive.Record
	before := map[string]*entry{}
	for i, r := range records {
		was := before[r.ID]
		if was == nil {
			was = l.byID[r.ID]
		}
		outcomes[i] = Outcome{ID: r.ID, Status: Added}
		switch {
		case was != nil && was.article.Origin == r.Origin && was.holds(r):
			outcomes[i].Status = Unchanged
			continue
		case was != nil:
			outcomes[i].Status = Updated
		}
		changed = append(changed, r)
		before[r.ID] = entryOf(r)
	}
	return outcomes, l.install(ctx, changed)
}

// Edit corrects what is known about an article, for good. The error is an
// *UnknownError if there is no such article.
func (l *Library) Edit(ctx context.Context, id string, e archive.Edit) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.edit(ctx, id, e); err != nil {
		l.detector = nil
		return fmt.Errorf("edit article: %w", err)
	}
	return nil
}

func (l *Library) edit(ctx context.Context, id string, e archive.Edit) error {
	if err := l.changeable(id); err != nil {
		return err
	}
	if err := l.archive.Edit(ctx, id, e); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	kept, err := l.archive.Article(ctx, id, 0)
	if err != nil {
		return err
	}
	g := newGrouping(l)
	g.place(kept.Article) // its day and address speak for or against an original
	if err := g.store(ctx); err != nil {
		return err
	}
	if err := l.install(ctx, []archive.Record{kept}); err != nil {
		return err
	}
	l.regroup(g.origins)
	return nil
}

// Remove deletes articles for good, with everything derived from them. The error
// is an *UnknownError if there is no such article, and then nothing is removed.
func (l *Library) Remove(ctx context.Context, ids ...string) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.remove(ctx, ids); err != nil {
		l.detector = nil
		return fmt.Errorf("remove articles: %w", err)
	}
	return nil
}

func (l *Library) remove(ctx context.Context, ids []string) error {
	for _, id := range ids {
		if err := l.changeable(id); err != nil {
			return err
		}
	}
	if err := l.archive.Remove(ctx, ids...); err != nil {
		return err
	}
	l.unsaved = len(l.byKey) // what was written down is gone
	ctx = context.WithoutCancel(ctx)
	moved := map[string]string{}
	for _, id := range ids {
		if l.detector != nil || l.hasCopies(id) {
			maps.Copy(moved, l.origins().Remove(id))
		}
	}
	for _, id := range ids {
		delete(moved, id)
	}
	if len(moved) > 0 {
		if err := l.archive.SetOrigins(ctx, moved); err != nil {
			return err
		}
	}
	var keys []string
	l.mu.Lock()
	for _, id := range ids {
		e := l.byID[id]
		if e == nil {
			continue // named twice
		}
		for _, p := range e.passages {
			delete(l.known, archive.HashText(p.Text()))
		}
		keys = append(keys, l.forget(e, 0)...)
	}
	l.revision++
	l.mu.Unlock()
	l.regroup(moved)
	errs := []error{l.passages.Remove(ctx, keys...), l.articles.Remove(ctx, ids...)}
	if l.vectors != nil {
		errs = append(errs, l.vectors.Remove(ctx, keys...))
	}
	return errors.Join(errs...)
}

// changeable says why an article can't be changed.
func (l *Library) changeable(id string) error {
	if l.archive == nil {
		return errors.New("this library has no archive")
	}
	if _, ok := l.Article(id); !ok {
		return unknown("article", id, slices.Collect(maps.Keys(l.byID)))
	}
	return nil
}
