package retrieval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"crisisbot/retrieval/embed"
)

const (
	candidates   = 64 // passages that each index contributes to the fusion
	defaultLimit = 10

	// shareArticle is how much of the lexical part comes from the article as a
	// whole. On squad11-A, hit@1 is .842 at .15, .852 at .5 and .844 at 1.
	shareArticle = 0.5
	// shareSemantic is how much of the score is meaning, where there is an encoder.
	shareSemantic = 0.4
	eventBonus    = 0.1 // for a report of the days asked about
	latestBonus   = 0.2 // for the newest report, falling to none for the oldest
)

// Search returns the passages that fit the query best, best first, ties in the
// order of their keys. Words and meaning are both absolute measures in [0, 1] and
// are added by weight, so a side that finds nothing near can't lift anything.
func (l *Library) Search(ctx context.Context, q Query) ([]Hit, error) {
	hits, err := l.byWords(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("search words: %w", err)
	}
	if l.vectors != nil && l.vectors.Len() > 0 && strings.TrimSpace(q.Text) != "" {
		if err := l.byMeaning(ctx, q, hits); err != nil {
			return nil, fmt.Errorf("search meaning: %w", err)
		}
	}
	covered := l.Covered()
	out := make([]Hit, 0, len(hits))
	for _, h := range hits {
		h.Score *= 1 + q.preference(h.Passage, covered.Since, covered.Until)
		out = append(out, *h)
	}
	slices.SortFunc(out, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Article.ID, b.Article.ID), cmp.Compare(a.Ordinal, b.Ordinal))
	})
	limit := cmp.Or(q.Limit, defaultLimit)
	return out[:min(limit, len(out))], nil
}

// byWords returns the best passages by key, with their lexical part: BM25 of the
// passage and of its article.
func (l *Library) byWords(ctx context.Context, q Query) (map[string]*Hit, error) {
	found, err := l.passages.Search(ctx, q.Terms, q.Filter, candidates)
	if err != nil {
		return nil, err
	}
	whole, err := l.articles.Search(ctx, q.Terms, q.Filter, candidates)
	if err != nil {
		return nil, err
	}
	around := make(map[string]float64, len(whole))
	for _, s := range whole {
		around[s.Key] = s.Score
	}
	hits := make(map[string]*Hit, 2*candidates)
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, s := range found {
		if p, ok := l.byKey[s.Key]; ok {
			lexical := (1-shareArticle)*s.Score + shareArticle*around[p.Article.ID]
			hits[s.Key] = &Hit{Passage: p, Lexical: lexical, Score: lexical}
		}
	}
	return hits, nil
}

// byMeaning adds the passages nearest in meaning to hits and gives every hit its
// semantic part.
func (l *Library) byMeaning(ctx context.Context, q Query, hits map[string]*Hit) error {
	v, err := l.embedQuery(ctx, q.Text)
	if errors.Is(err, embed.ErrEmpty) {
		return nil
	}
	if err != nil {
		return err
	}
	found, err := l.vectors.Search(ctx, v, q.Filter, candidates)
	if err != nil {
		return err
	}
	l.mu.RLock()
	for _, s := range found {
		if p, ok := l.byKey[s.Key]; ok && hits[s.Key] == nil {
			hits[s.Key] = &Hit{Passage: p}
		}
	}
	l.mu.RUnlock()
	keys := make([]string, 0, len(hits))
	for k := range hits {
		keys = append(keys, k)
	}
	cosines, err := l.vectors.Cosines(ctx, v, keys)
	if err != nil {
		return err
	}
	for i, k := range keys {
		h := hits[k]
		if math.IsNaN(cosines[i]) {
			continue // not encoded yet: its words alone speak for it
		}
		h.Semantic = min(1, max(0, cosines[i]))
		h.Score = (1-shareSemantic)*h.Lexical + shareSemantic*h.Semantic
	}
	return nil
}

// preference is how much the times that the question names speak for a passage,
// as a share of its score.
func (q *Query) preference(p *Passage, first, last string) float64 {
	day := p.Article.Published
	bonus := 0.0
	for _, e := range q.Events {
		if day != "" && e.Range.Contains(day) {
			bonus = eventBonus
		}
	}
	if q.Latest && day != "" && first < last {
		bonus += latestBonus * float64(daysBetween(first, day)) / float64(daysBetween(first, last))
	}
	return bonus
}
