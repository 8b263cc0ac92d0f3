package retrieval

import (
	"context"
	"fmt"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/origin"
)

// origins returns what groups copies. It is made when the first article changes:
// those who only search need not wait for it. l.writing is held.
func (l *Library) origins() *origin.Detector {
	if l.detector == nil {
		l.detector = origin.New(origin.Options{})
		l.detector.Restore(func(yield func(article.Article) bool) {
			for _, a := range l.Articles() {
				if !yield(*a) {
					return
				}
			}
		})
	}
	return l.detector
}

func (l *Library) hasCopies(id string) bool {
	for _, a := range l.Articles() {
		if a.Origin == id && a.ID != id {
			return true
		}
	}
	return false
}

// An AlteredQuote is a quotation in a copy whose words are not those of its original.
type AlteredQuote = origin.AlteredQuote

// An alteration is what a copy makes of the quotations of one revision of its original.
type alteration struct {
	original *article.Article
	quotes   []AlteredQuote
}

// Altered returns the quotations of a copy whose words are not those of the report that
// it copies, in the order of its text; an original has none. They are found when first
// asked for, in about a millisecond, and kept as long as both articles are as they are.
func (l *Library) Altered(id string) []AlteredQuote {
	l.mu.RLock()
	var of *entry
	e := l.byID[id]
	if e != nil && e.article.Origin != id {
		of = l.byID[e.article.Origin]
	}
	l.mu.RUnlock()
	if of == nil {
		return nil
	}
	if known := e.altered.Load(); known != nil && known.original == of.article {
		return known.quotes
	}
	found := origin.AlteredQuotes(*of.article, *e.article)
	e.altered.Store(&alteration{of.article, found})
	return found
}

// withAlterations says of a new copy how many quotations it alters.
func (l *Library) withAlterations(o Outcome) Outcome {
	if o.Status != Copied {
		return o
	}
	switch n := len(l.Altered(o.ID)); n {
	case 0:
	case 1:
		o.Why += "; one quotation is altered"
	default:
		o.Why += fmt.Sprintf("; %d quotations are altered", n)
	}
	return o
}

// regroup gives articles that are kept another origin.
func (l *Library) regroup(origins map[string]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, to := range origins {
		old := l.byID[id]
		if old == nil || old.article.Origin == to {
			continue
		}
		a := *old.article
		a.Origin = to
		passages := make([]article.Passage, len(old.passages))
		for i, p := range old.passages {
			passages[i] = p.Passage
		}
		e := newEntry(&a, passages)
		l.byID[id] = e
		for _, p := range e.passages {
			l.byKey[p.key] = p
			if l.missing[p.key] != nil {
				l.missing[p.key] = p
			}
		}
		l.revision++
	}
}

// A grouping finds the origins of articles that are being added.
type grouping struct {
	library *Library
	origins map[string]string           // by id, those placed and those that moved
	stored  map[string]string           // by id, with which origin the archive gets new articles
	found   map[string]origin.Placement // by id
}

func newGrouping(l *Library) *grouping {
	return &grouping{l, map[string]string{}, map[string]string{}, map[string]origin.Placement{}}
}

// place finds the origin of an article and returns the one to store it with at
// first. Where the article moves its group, that is the origin of the group as the
// archive has it, so that a crash before store leaves no copy that passes for
// another witness.
func (g *grouping) place(a article.Article) string {
	p := g.library.origins().Add(a)
	g.found[a.ID] = p
	g.origins[a.ID] = p.Origin
	for id, to := range p.Moved {
		g.origins[id] = to
	}
	first := p.Origin
	if len(p.Moved) > 0 && p.Match != "" {
		first = g.archived(p.Match)
	}
	if _, known := g.library.Article(a.ID); !known {
		g.stored[a.ID] = first
	}
	return first
}

// archived returns the origin that the archive has for an article, or gets first.
func (g *grouping) archived(id string) string {
	if to, ok := g.stored[id]; ok {
		return to
	}
	if a, ok := g.library.Article(id); ok && a.Origin != "" {
		return a.Origin
	}
	return id
}

// outcome says what the archive did with an article.
func (g *grouping) outcome(s archive.Outcome, a article.Article) Outcome {
	o := Outcome{ID: s.ID, Status: Status(s.Status), Why: s.Why}
	p, placed := g.found[s.ID]
	switch {
	case s.Status == archive.Refused:
		if placed {
			g.forget(s.ID)
		}
	case s.Status == archive.Updated && !placed: // the same text, but another day or address
		g.place(a)
	case s.Status == archive.Added && p.Origin != s.ID:
		o.Status = Copied
		o.Why = fmt.Sprintf("%.0f %% of the shorter text stands in %s", 100*p.Share, p.Match)
	}
	return o
}

// forget takes back that an article was placed.
func (g *grouping) forget(id string) {
	delete(g.found, id)
	for id, to := range g.library.origins().Remove(id) {
		g.origins[id] = to
	}
	delete(g.origins, id)
}

// store writes down the origins that the archive does not have yet.
func (g *grouping) store(ctx context.Context) error {
	changed := map[string]string{}
	for id, to := range g.origins {
		if g.archived(id) != to {
			changed[id] = to
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return g.library.archive.SetOrigins(ctx, changed)
}
