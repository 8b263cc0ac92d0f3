package qa

import (
	"context"
	"fmt"

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
	var align [][]retrieval.Alignment
	if !q.foreign {
		if align, err = a.lib.Align(ctx, q.text, hits); err != nil {
			return nil, fmt.Errorf("compare sentences: %w", err)
		}
	}
	q.aligned = align != nil
	var all []*sentence
	for rank, h := range hits {
		var al []retrieval.Alignment
		if align != nil {
			al = align[rank]
		}
		all = append(all, q.weigh(h, rank, al)...)
	}
	q.rank(all)
	return all, nil
}
