package main

import (
	"context"
	"fmt"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/embed"
	"crisisbot/seeds"
)

// openSearchable returns the articles, ready to be searched by words and, if there
// is an encoder, by meaning.
func (p *program) openSearchable(ctx context.Context) (*retrieval.Library, error) {
	start := time.Now()
	encoder, err := p.openEncoder(ctx)
	if err != nil {
		return nil, err
	}
	lib, err := p.openLibrary(ctx, encoder)
	if err != nil {
		return nil, err
	}
	if err := lib.Encode(ctx, func(done, total int) { p.logf("encoded %d of %d passages", done, total) }); err != nil {
		return nil, err
	}
	by := "words alone"
	if encoder != nil {
		by = "words and by meaning (" + encoder.Model() + ")"
	}
	p.logf("%d articles ready after %d ms, searched by %s", len(lib.Articles()), time.Since(start).Milliseconds(), by)
	return lib, nil
}

// openLibrary returns the articles. The encoder may be nil.
func (p *program) openLibrary(ctx context.Context, encoder retrieval.Embedder) (*retrieval.Library, error) {
	lib := retrieval.New(encoder)
	starters, err := starterArticles()
	if err != nil {
		return nil, err
	}
	_, err = lib.Add(ctx, starters...)
	return lib, err
}

// openEncoder returns what is configured to turn texts into vectors; nil if
// nothing is.
func (p *program) openEncoder(ctx context.Context) (retrieval.Embedder, error) {
	e := p.config.Embedding
	switch {
	case e.Model == noEncoder:
		return nil, nil
	case e.remote() && p.config.Offline:
		p.logf("offline: %s is not asked, the encoder in the binary takes its place", e.Model)
	case e.remote():
		r, err := embed.NewRemote(ctx, embed.RemoteOptions{BaseURL: e.BaseURL, Key: e.Key, Model: e.Model, Dim: e.Dimensions})
		if err != nil {
			return nil, fmt.Errorf("%w (the EMBEDDING_ variables name this endpoint; --offline does without it)", err)
		}
		return r, nil
	}
	return embed.NewLocal(embed.LocalOptions{})
}

func starterArticles() ([]article.Article, error) {
	all, err := seeds.All()
	if err != nil {
		return nil, fmt.Errorf("starter articles: %w", err)
	}
	out := make([]article.Article, len(all))
	for i, s := range all {
		out[i] = article.Article{
			ID: s.ID, File: s.File, Title: s.Title, Publisher: s.Publisher, Authors: s.Authors,
			Published: s.Published, DateInferred: s.DateInferred, DateReason: s.DateReason,
			URL: s.URL, Quality: s.Quality, Origin: s.Origin, Text: s.Text,
		}
	}
	return out, nil
}
