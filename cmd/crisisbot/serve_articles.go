package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"
	"time"

	"crisisbot/bot"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
)

// encodeAgain bounds the wait after the encoder failed.
const encodeAgain = 10 * time.Minute

// encode computes vectors until the context ends: those that are missing at the
// start, then those of new articles. Before that it sees to the words of the articles,
// after it to what they tell differently.
func (s *served) encode(ctx context.Context) {
	wait := time.Minute
	for {
		s.p.saveWords(s.lib)
		err := s.encodeMissing(ctx)
		var retry <-chan time.Time
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("articles can't be encoded for the search by meaning, trying again", "error", err, "wait", wait)
			retry = time.After(wait)
			wait = min(2*wait, encodeAgain)
		default:
			wait = time.Minute
			if err := s.answerer.Reconcile(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("what the articles tell differently can't be found", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-retry:
		case <-s.wake:
		}
	}
}

func (s *served) encodeMissing(ctx context.Context) error {
	e := s.lib.Encoding()
	missing := e.Total - e.Done
	if missing == 0 {
		return nil
	}
	s.log.Info("encoding for the search by meaning", "passages", missing, "model", e.Model)
	start, told := time.Now(), time.Now()
	first := true
	err := s.lib.Encode(ctx, func(done, total int) {
		if done < total && (first || time.Since(told) >= 30*time.Second) {
			left := time.Since(start) / time.Duration(done) * time.Duration(total-done)
			s.log.Info("encoding", "done", done, "of", total, "left", left.Round(time.Second))
			first, told = false, time.Now()
		}
	})
	if err == nil {
		s.log.Info("encoded", "passages", missing, "took", time.Since(start))
	}
	return err
}

// changed has the vectors of new articles computed.
func (s *served) changed() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Remove implements bot.Remover: also what was answered from the articles is gone.
func (s *served) Remove(ctx context.Context, ids ...string) error {
	defer s.answerer.ForgetArticles()
	if _, err := s.p.records().forgetArticles(ids...); err != nil { // the bot forgets its own
		return fmt.Errorf("forget the answers of the terminal that quote the article: %w", err)
	}
	return s.lib.Remove(ctx, ids...)
}

// take keeps an article of a feed.
func (s *served) take(ctx context.Context, a article.Article) error {
	outcomes, err := s.lib.Add(ctx, a)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		switch o.Status {
		case retrieval.Unchanged:
		case retrieval.Refused:
			s.log.Warn("article refused", "url", a.URL, "why", o.Why)
		default:
			s.log.Info("article", "status", o.Status, "id", o.ID)
			s.changed()
		}
	}
	return nil
}

// Ingest adds what a manager gave: the article or articles at an address of the
// web, or in a file. It never reads a file of this machine.
func (s *served) Ingest(ctx context.Context, u bot.Upload) ([]bot.Ingested, error) {
	defer s.changed()
	items := s.reader.ReadFrom(ctx, path.Base(u.Name), bytes.NewReader(u.Body))
	if u.URL != "" {
		if !webAddress(u.URL) || !strings.HasPrefix(u.URL, "http://") && !strings.HasPrefix(u.URL, "https://") {
			return nil, errors.New("this is no address of a page or feed: write it in full, such as https://example.org/news")
		}
		items = s.reader.Read(ctx, u.URL)
	}
	results, err := s.add(ctx, items)
	if err == nil && len(results) == 0 {
		return nil, errors.New("there is no article in it: text, Markdown, HTML, JSONL, RSS and Atom can be read")
	}
	return results, err
}

func (s *served) add(ctx context.Context, items iter.Seq2[article.Article, error]) ([]bot.Ingested, error) {
	var results []bot.Ingested
	var batch []article.Article
	keep := func() error {
		outcomes, err := s.lib.Add(ctx, batch...)
		if err != nil {
			s.log.Error("articles can't be kept", "error", err)
			return fmt.Errorf("the articles can't be kept: %w", err)
		}
		for i, o := range outcomes {
			results = append(results, bot.Ingested{ArticleID: o.ID, Title: batch[i].Title, Status: string(o.Status), Why: o.Why})
		}
		batch = nil
		return nil
	}
	for a, err := range items {
		var problem *source.Problem
		switch {
		case errors.As(err, &problem):
			if problem.Severity != source.Noted {
				results = append(results, bot.Ingested{Title: problem.Place, Status: string(retrieval.Refused), Why: problem.Err.Error()})
			}
			continue
		case err != nil:
			return results, err
		}
		if batch = append(batch, a); len(batch) == ingestBatch {
			if err := keep(); err != nil {
				return results, err
			}
		}
	}
	if len(batch) > 0 {
		if err := keep(); err != nil {
			return results, err
		}
	}
	return results, ctx.Err()
}
