package qa

import (
	"context"
	"fmt"
	"slices"

	"crisisbot/retrieval"
)

// find returns the sentences of the passages that fit the inquiry best, ranked.
func (a *Answerer) find(ctx context.Context, q *inquiry) ([]*sentence, error) {
	query := q.query
	query.Limit = candidatePassages
	hits, err := a.lib.Search(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if q.last != nil {
		if hits, err = a.withLast(ctx, q, hits); err != nil {
			return nil, err
		}
	}
	all, err := a.weighed(ctx, q, hits)
	if err != nil {
		return nil, err
	}
	q.rank(all)
	return q.unaltered(q.asQuoted(all)), nil
}

// weighed measures the sentences of passages that were found, in their order, with an
// encoder token by token unless the inquiry is in another language.
func (a *Answerer) weighed(ctx context.Context, q *inquiry, hits []retrieval.Hit) ([]*sentence, error) {
	var align [][]retrieval.Alignment
	if !q.foreign {
		var err error
		if align, err = a.lib.Align(ctx, q.text, hits); err != nil {
			return nil, fmt.Errorf("compare sentences: %w", err)
		}
	}
	q.aligned = align != nil
	var all []*sentence
	for rank, h := range hits {
		var al []retrieval.Alignment
		if q.aligned {
			al = align[rank]
		}
		all = append(all, q.weigh(h, rank, al)...)
	}
	return all, nil
}

// withLast adds to hits what a search in the article cited last finds, and the passage
// cited.
func (a *Answerer) withLast(ctx context.Context, q *inquiry, hits []retrieval.Hit) ([]retrieval.Hit, error) {
	query := q.query
	query.Filter.Article, query.Limit = q.last.ArticleID, candidatePassages
	more, err := a.lib.Search(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("search the article before: %w", err)
	}
	for _, p := range a.lib.Passages(q.last.ArticleID) {
		if p.Span.Start <= q.last.Start && q.last.End <= p.Span.End {
			more = append(more, retrieval.Hit{Passage: p})
		}
	}
	for _, m := range more {
		if !slices.ContainsFunc(hits, func(h retrieval.Hit) bool { return h.Passage == m.Passage }) {
			hits = append(hits, m)
		}
	}
	return hits, nil
}
