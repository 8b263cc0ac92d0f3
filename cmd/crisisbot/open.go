package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/embed"
	"crisisbot/seeds"
)

// openAnswerer returns the articles as openSearchable does, and who answers from
// them.
func (p *program) openAnswerer(ctx context.Context) (*retrieval.Library, *qa.Answerer, error) {
	lib, err := p.openSearchable(ctx)
	if err != nil {
		return nil, nil, err
	}
	a, err := p.answerer(ctx, lib)
	return lib, a, err
}

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
	by := "words alone"
	if encoder != nil {
		by = "words and by meaning (" + encoder.Model() + ")"
	}
	p.logf("%d articles ready after %d ms, searched by %s", len(lib.Articles()), time.Since(start).Milliseconds(), by)
	return lib, nil
}

// openLibrary returns the articles with all their vectors, to be read and not
// changed. The encoder may be nil. The archive is open for writing only as long as
// it lacks something, so that nobody waits for the end of a conversation.
func (p *program) openLibrary(ctx context.Context, encoder retrieval.Embedder) (*retrieval.Library, error) {
	lib, err := p.readLibrary(ctx, encoder, archive.Options{ReadOnly: true})
	if err != nil || !lib.Unstored() {
		return lib, err
	}
	full, err := p.readLibrary(ctx, encoder, archive.Options{})
	switch {
	case err == nil:
		return full, nil
	case ctx.Err() != nil:
		return nil, err
	}
	p.logf("nothing is stored: %v", err)
	return lib, p.encode(ctx, lib)
}

// readLibrary opens the archive, completes it if it can be written, and closes it.
func (p *program) readLibrary(ctx context.Context, encoder retrieval.Embedder, o archive.Options) (lib *retrieval.Library, err error) {
	a, err := p.openArchive(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if lib, err = p.libraryOf(ctx, a, encoder); err == nil && a.Writable() {
		err = p.encode(ctx, lib)
	}
	return lib, err
}

// openArchive opens the archive and tells the user what was damaged in it.
func (p *program) openArchive(ctx context.Context, o archive.Options) (*archive.Archive, error) {
	o.Now = p.now
	a, err := archive.Open(ctx, p.config.Data, o)
	if err != nil {
		return nil, err
	}
	for _, found := range a.Report().Found {
		p.warn("archive: %s", found)
	}
	return a, nil
}

// openToChange opens the archive for writing, and says what to do while serve has it.
func (p *program) openToChange(ctx context.Context) (*archive.Archive, error) {
	a, err := p.openArchive(ctx, archive.Options{})
	if errors.Is(err, archive.ErrLocked) {
		err = fmt.Errorf("%w; while serve runs, managers change the articles on Discord by /crisis-admin", err)
	}
	return a, err
}

// libraryOf returns the articles of an archive and the starter articles.
func (p *program) libraryOf(ctx context.Context, a *archive.Archive, encoder retrieval.Embedder) (*retrieval.Library, error) {
	starters, err := starterArticles()
	if err != nil {
		return nil, err
	}
	told := len(a.Report().Found)
	lib, err := retrieval.Open(ctx, a, retrieval.Options{Embedder: encoder, Starters: starters})
	if err != nil {
		return nil, err
	}
	for _, found := range a.Report().Found[told:] {
		p.warn("archive: %s", found)
	}
	return lib, nil
}

// saveWords writes down what makes the next start fast. Without it that is slower,
// and no worse.
func (p *program) saveWords(lib *retrieval.Library) {
	if err := lib.Save(); err != nil {
		p.warn("%v", err)
	}
}

// askEncodes is how many passages a question waits for: some five seconds of work.
const askEncodes = 256

// encode computes the vectors that are missing, if they are few.
func (p *program) encode(ctx context.Context, lib *retrieval.Library) error {
	e := lib.Encoding()
	missing := e.Total - e.Done
	if missing == 0 {
		return nil
	}
	if missing > askEncodes {
		p.warn("%d of %s cannot be searched by meaning yet: run %q to encode them%s",
			missing, count(e.Total, "passage"), "crisisbot ingest", otherModels(e))
		return nil
	}
	return lib.Encode(ctx, func(done, total int) { p.logf("encoded %d of %d passages", done, total) })
}

// otherModels says that the encoder was another one before.
func otherModels(e retrieval.Encoding) string {
	if e.Done > 0 || len(e.Others) == 0 {
		return ""
	}
	return fmt.Sprintf(" (the encoder is %s now; the vectors of %s are kept, but of no use to it)", e.Model, strings.Join(e.Others, " and "))
}

// answerer returns what answers from a library, with the language model that is
// configured.
func (p *program) answerer(ctx context.Context, lib *retrieval.Library) (*qa.Answerer, error) {
	a, _, err := p.answererWithin(ctx, lib)
	return a, err
}

// answererWithin also returns the account of what the model spends, nil without
// one.
func (p *program) answererWithin(ctx context.Context, lib *retrieval.Library) (*qa.Answerer, *qa.Budget, error) {
	o := qa.Options{Now: p.now, ModelTime: p.config.Chat.Within}
	model, err := p.openModel()
	if model == nil || err != nil {
		return qa.New(lib, o), nil, err
	}
	spent := spendFile{filepath.Join(p.config.Data, "spend.json"), p.warn}
	budget, err := qa.NewBudget(ctx, p.config.Caps, spent, p.now)
	switch {
	case err != nil && ctx.Err() == nil && p.config.Caps == (qa.Caps{}):
		p.logf("what the language model spends is not counted: %v", err)
		budget = nil
	case err != nil:
		return nil, nil, fmt.Errorf("what the language model spends can't be counted: %w (--offline answers without it)", err)
	}
	o.Writer = qa.NewWriter(model, budget, rand.Reader)
	return qa.New(lib, o), budget, nil
}

// openModel returns the language model; nil if none is configured or allowed.
func (p *program) openModel() (*qa.Endpoint, error) {
	c := p.config.Chat
	if c.Model == "" {
		return nil, nil
	}
	if p.config.Offline {
		p.logf("offline: %s is not asked, answers are sentences of the articles", c.Model)
		return nil, nil
	}
	e, err := qa.NewEndpoint(qa.EndpointOptions{
		BaseURL: c.BaseURL, Key: c.Key, Model: c.Model, TokenField: c.TokenField, Temperature: float32(c.Temperature),
		Context: c.Context, PriceIn: c.PriceIn, PriceOut: c.PriceOut,
		Timeout: c.Within * 9 / 10, FirstWait: c.Within / 2, IdleWait: c.Within * 3 / 10,
	})
	if err != nil {
		return nil, fmt.Errorf("language model: %w", err)
	}
	return e, nil
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
