package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/embed"
)

type doctorCommand struct {
	JSON bool `name:"json" help:"Print one JSON array."`
}

func (doctorCommand) Help() string {
	return `Example:

    crisisbot doctor

The exit status is 1 if something is broken.`
}

// A check is one thing that was looked at. Advice is what to do, "" if nothing.
type check struct {
	What   string `json:"check"`
	OK     bool   `json:"ok"`
	Found  string `json:"found"`
	Advice string `json:"advice"`
}

func broken(what string, err error, advice string) check {
	return check{what, false, err.Error(), advice}
}

func (c *doctorCommand) Run(ctx context.Context, p *program) error {
	checks := []check{
		p.checkConfig(),
		p.checkData(),
		p.checkArticles(ctx),
		checkEncoder(ctx),
	}
	if p.config.Embedding.remote() {
		checks = append(checks, p.checkEmbedding(ctx))
	}
	if p.config.Chat.Model != "" {
		checks = append(checks, p.checkModel(ctx))
	}
	checks = append(checks, p.checkDiscord(ctx)...)
	if err := c.print(p, checks); err != nil {
		return err
	}
	bad := 0
	for _, k := range checks {
		if !k.OK {
			bad++
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d checks found something broken", bad, len(checks))
	}
	return ctx.Err()
}

func (c *doctorCommand) print(p *program, checks []check) error {
	if c.JSON {
		return writeJSON(p.out, checks)
	}
	return p.page().print(func(pg *page) {
		for _, k := range checks {
			state := "ok    "
			if !k.OK {
				state = pg.bold("BROKEN")
			}
			pg.line(state + "  " + k.What)
			pg.para("        ", clean(k.Found))
			if k.Advice != "" {
				pg.para("        ", "What to do: "+k.Advice)
			}
		}
	})
}

func (p *program) checkConfig() check {
	const what = "configuration"
	if p.invalid != nil {
		return check{what, false, strings.TrimPrefix(p.invalid.Error(), what+": "), "correct these variables in the environment or in .env; .env.example explains each"}
	}
	from := "no .env file here"
	if _, err := os.Stat(dotenv); err == nil {
		from = ".env is read"
	}
	return check{what, true, from + "; every variable has a usable value", ""}
}

// checkData tries the folder of the archive as a writer would.
func (p *program) checkData() check {
	const what = "data folder"
	dir, err := filepath.Abs(p.config.Data)
	if err != nil {
		return broken(what, err, "name another folder by --data or CRISISBOT_DATA")
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return check{what, true, dir + " is not there yet: it is made on first use", ""}
	case err != nil:
		return broken(what, err, "give this user the right to enter the folder, or name another by --data or CRISISBOT_DATA")
	case !info.IsDir():
		return check{what, false, dir + " is a file, no folder", "name a folder by --data or CRISISBOT_DATA"}
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return broken(what, err, "give this user the right to write there, free some space, or name another folder by --data or CRISISBOT_DATA")
	}
	_ = f.Close()
	if err := os.Remove(f.Name()); err != nil {
		return broken(what, err, "remove that file by hand")
	}
	return check{what, true, dir + " can be read and written", ""}
}

func (p *program) checkArticles(ctx context.Context) check {
	const what = "articles"
	lib, err := p.openLibrary(ctx, nil)
	switch {
	case errors.Is(err, archive.ErrNewer):
		return broken(what, err, "run the newer crisisbot; or restore a backup from before it by crisisbot --data FOLDER restore FILE, and name that folder in CRISISBOT_DATA")
	case err != nil:
		return broken(what, err, "make the data folder usable, see above; it is mended as far as possible when it is opened")
	}
	run, err := p.unendedRun(ctx)
	if err != nil {
		return broken(what, err, "run verify")
	}
	all, days, undated := lib.Articles(), lib.Covered(), 0
	for _, a := range all {
		if a.Published == "" {
			undated++
		}
	}
	found := fmt.Sprintf("%s, from %s to %s", count(len(all), "article"), dayName(days.Since, false), dayName(days.Until, false))
	if undated > 0 {
		found += fmt.Sprintf("; %d without a date, which no period finds", undated)
	}
	if run != nil {
		found += "; an " + runName(*run) + " has not ended"
		return check{what, true, found, "if it isn't running any more, run the same ingest again: it goes on from there"}
	}
	return check{what, true, found, ""}
}

// sample is a sentence as long as most.
const sample = "The foreign ministers met on Thursday and said that their talks would continue."

func checkEncoder(ctx context.Context) check {
	const what = "encoder in the binary"
	start := time.Now()
	e, err := embed.NewLocal(embed.LocalOptions{})
	if err != nil {
		return broken(what, err, "the binary is damaged: get it anew")
	}
	return tryEncoder(ctx, what, e, start, "the binary is damaged: get it anew")
}

func (p *program) checkEmbedding(ctx context.Context) check {
	const what = "embedding endpoint"
	if p.config.Offline {
		return check{what, true, "not asked: --offline", ""}
	}
	const advice = "check EMBEDDING_BASE_URL, EMBEDDING_MODEL, EMBEDDING_API_KEY and EMBEDDING_DIMENSIONS, or leave EMBEDDING_MODEL empty to use the encoder in the binary"
	start := time.Now()
	e, err := p.openEncoder(ctx)
	if err != nil {
		return broken(what, err, advice)
	}
	return tryEncoder(ctx, what, e, start, advice)
}

// checkModel asks the language model a short question.
func (p *program) checkModel(ctx context.Context) check {
	const what = "language model"
	const advice = "check CHAT_MODEL, OPENAI_API_KEY and OPENAI_BASE_URL, or leave CHAT_MODEL empty to answer by sentences of the articles"
	model, err := p.openModel()
	if err != nil {
		return broken(what, err, advice)
	}
	if model == nil {
		return check{what, true, "not asked: --offline", ""}
	}
	found, err := model.Probe(ctx)
	if err != nil {
		return broken(what, err, advice)
	}
	return check{what, true, probeWords(found), ""}
}

// probeWords tells what an endpoint turned out to be.
func probeWords(e qa.Probe) string {
	s := fmt.Sprintf("%s, first words after %d ms, whole after %d ms", e.Model, e.First.Milliseconds(), e.Took.Milliseconds())
	if e.Model == "" {
		s = "a model that doesn't tell its name" + s
	}
	s += "; it takes " + e.Form + " and " + e.TokenField
	if !e.Structured {
		s += "; it keeps to no schema, so more of what it writes may be dropped"
	}
	if !e.Usage {
		s += "; it doesn't tell the tokens used, so they are estimated"
	}
	switch {
	case e.Told:
		s += fmt.Sprintf("; its list of models tells a context of %d tokens (set CHAT_CONTEXT to that)", e.Context)
	case e.Context == 0:
		s += "; its context is unknown (CHAT_CONTEXT)"
	default:
		s += fmt.Sprintf("; its context has %d tokens", e.Context)
	}
	return s
}

func tryEncoder(ctx context.Context, what string, e retrieval.Embedder, start time.Time, advice string) check {
	ready := time.Since(start)
	start = time.Now()
	v, err := e.EmbedQuery(ctx, sample)
	if err != nil {
		return broken(what, err, advice)
	}
	return check{what, true, fmt.Sprintf("%s, %d dimensions, ready after %d ms, a sentence in %d ms",
		e.Model(), len(v), ready.Milliseconds(), time.Since(start).Milliseconds()), ""}
}
