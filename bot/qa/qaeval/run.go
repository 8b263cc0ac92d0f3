package qaeval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
)

// A Result is what became of a question.
type Result struct {
	Question
	Answer    qa.Answer
	Retrieved []Passage // what a search for the question alone finds, best first
	Quotes    int       // quotations in the answer, the nearest ones included
	Exact     int       // of these, how many stand in their article at their offsets
	Took      time.Duration
}

// A Passage is a stretch of an article that a search found.
type Passage struct {
	ID, File, Text string
	Score          float64
}

// retrievedPassages is how many passages a search is asked for: enough for ten
// documents, where one has several.
const retrievedPassages = 50

// Run asks the questions in order, turns of a conversation as such, and calls
// progress (which may be nil) after each. A question that can't be asked, such as
// one with an impossible date, counts as refused.
func Run(ctx context.Context, lib *retrieval.Library, a *qa.Answerer, questions []Question, progress func(done, total int)) ([]Result, error) {
	results := make([]Result, 0, len(questions))
	var history []qa.Turn
	for i, q := range questions {
		if i > 0 && (q.Conversation == "" || q.Conversation != questions[i-1].Conversation) {
			history = nil
		}
		start := time.Now()
		answer, err := a.Answer(ctx, qa.Question{ID: q.ID, Text: q.Text, History: history})
		took := time.Since(start)
		switch {
		case errors.As(err, new(*qa.InputError)):
			answer = qa.Answer{Question: q.Text, Abstained: true}
		case err != nil:
			return nil, fmt.Errorf("question %s: %w", q.ID, err)
		}
		history = append(history, qa.Turn{Question: q.Text, Answer: answer})
		r := Result{Question: q, Answer: answer, Took: took}
		r.countQuotes(lib)
		if err := r.search(ctx, lib); err != nil {
			return nil, fmt.Errorf("question %s: %w", q.ID, err)
		}
		results = append(results, r)
		if progress != nil {
			progress(i+1, len(questions))
		}
	}
	return results, nil
}

func (r *Result) search(ctx context.Context, lib *retrieval.Library) error {
	query, err := lib.Query(r.Text, retrieval.Filter{}, "")
	if err != nil { // an impossible date: nothing is searched
		return nil
	}
	query.Limit = retrievedPassages
	hits, err := lib.Search(ctx, query)
	if err != nil {
		return err
	}
	for _, h := range hits {
		r.Retrieved = append(r.Retrieved, Passage{h.Article.ID, h.Article.File, h.Text(), h.Score})
	}
	return nil
}

func (r *Result) countQuotes(lib *retrieval.Library) {
	for _, c := range slices.Concat(r.Answer.Citations, r.Answer.Nearest) {
		r.Quotes++
		if a, ok := lib.Article(c.ArticleID); ok && c.Quote != "" && 0 <= c.Start && c.Start < c.End && c.End <= len(a.Text) && a.Text[c.Start:c.End] == c.Quote {
			r.Exact++
		}
	}
}
