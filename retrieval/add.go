package retrieval

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
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
	readings := l.read(articles)
	outcomes, err := l.keep(ctx, readings)
	if err != nil {
		l.detector = nil // it may remember articles that were not stored
		return nil, fmt.Errorf("add articles: %w", err)
	}
	return outcomes, nil
}

// read makes articles ready, on all processors.
func (l *Library) read(articles []article.Article) []*reading {
	readings := make([]*reading, len(articles))
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, a := range articles {
		a = l.catalogued(a)
		limit <- struct{}{}
		wg.Go(func() {
			readings[i] = newReading(a, article.Passages(article.Read(a.Text)))
			<-limit
		})
	}
	wg.Wait()
	return readings
}

// catalogued returns the starter article in place of the same text read from
// elsewhere.
func (l *Library) catalogued(a article.Article) article.Article {
	if s, ok := l.starters[a.ID]; ok && a.Text == source.Clean(s.Text) {
		return *s
	}
	return a
}

func (l *Library) keep(ctx context.Context, readings []*reading) ([]Outcome, error) {
	if l.archive == nil {
		return l.keepInMemory(ctx, readings)
	}
	g := newGrouping(l)
	records := make([]archive.Record, len(readings))
	for i, r := range readings {
		records[i] = r.record()
		if was, ok := l.Article(r.article.ID); !ok || was.Text != r.article.Text {
			records[i].Origin = g.place(*r.article)
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
		outcomes[i] = g.outcome(s, *readings[i].article)
	}
	if err := g.store(ctx); err != nil {
		return nil, err
	}
	var changed []*reading
	for i, r := range readings {
		switch {
		case outcomes[i].Status == Refused:
			continue
		case stored[i].Status == archive.Added:
			r.article.Origin = g.origins[r.article.ID]
		default: // as it is with the corrections of the operator
			kept, err := l.archive.Article(ctx, r.article.ID, 0)
			if err != nil {
				return nil, err
			}
			if e := l.byID[r.article.ID]; e != nil && e.holds(kept) {
				continue
			}
			r = newReading(kept.Article, kept.Passages)
		}
		changed = append(changed, r)
	}
	if err := l.install(ctx, changed); err != nil {
		return nil, err
	}
	l.regroup(g.origins)
	return outcomes, nil
}

func (r *reading) record() archive.Record {
	record := archive.Record{Article: *r.article, Passages: make([]article.Passage, len(r.passages))}
	for i, p := range r.passages {
		record.Passages[i] = p.Passage
	}
	return record
}

func (l *Library) keepInMemory(ctx context.Context, readings []*reading) ([]Outcome, error) {
	outcomes := make([]Outcome, len(readings))
	var changed []*reading
	before := map[string]*entry{}
	for i, r := range readings {
		id := r.article.ID
		was := before[id]
		if was == nil {
			was = l.byID[id]
		}
		outcomes[i] = Outcome{ID: id, Status: Added}
		if was != nil {
			outcomes[i].Status = Updated
			if record := r.record(); was.article.Origin == record.Origin && was.holds(record) {
				outcomes[i].Status = Unchanged
			}
		}
		if outcomes[i].Status != Unchanged {
			changed = append(changed, r)
		}
		before[id] = &r.entry
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
	if err := l.install(ctx, []*reading{newReading(kept.Article, kept.Passages)}); err != nil {
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
		return &UnknownError{"article", id, nearest(id, slices.Sorted(maps.Keys(l.byID)))}
	}
	return nil
}
