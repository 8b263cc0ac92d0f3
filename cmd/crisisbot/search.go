package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
)

type searchCommand struct {
	Question []string `arg:"" optional:"" help:"What you look for."`
	scope
	Limit int `short:"n" default:"10" help:"Passages wanted (${default})."`
	form
}

func (searchCommand) Help() string {
	return `Examples:

    crisisbot search --limit 3 "troops at the border"
    crisisbot search --json --until 2021-12-07 "sanctions"

A score is the weighted sum of its two parts, words and meaning, each from 0 to 1.`
}

// maxHits bounds --limit: more passages than anyone reads.
const maxHits = 1000

func (c *searchCommand) Run(ctx context.Context, p *program) error {
	text, err := c.text("question", `search "troops at the border"`, c.Question)
	if err != nil {
		return err
	}
	if c.Limit < 1 || c.Limit > maxHits {
		return usagef("--limit must be from 1 to %d", maxHits)
	}
	lib, err := p.openSearchable(ctx)
	if err != nil {
		return err
	}
	if c.Batch {
		return p.batch(ctx, func(ctx context.Context, r request) (any, error) {
			hits, err := c.search(ctx, lib, r.Question, r.scope().orElse(c.scope), p.now())
			return searchLine{r.ID, jsonHits(hits)}, err
		})
	}
	start := time.Now()
	hits, err := c.search(ctx, lib, text, c.scope, p.now())
	if err != nil {
		return err
	}
	p.logf("searched in %.1f ms", time.Since(start).Seconds()*1e3)
	if c.JSON {
		return writeJSON(p.out, searchLine{json.RawMessage(`""`), jsonHits(hits)})
	}
	return p.page().print(hitsView(hits).write)
}

func (c *searchCommand) search(ctx context.Context, lib *retrieval.Library, text string, s scope, now time.Time) ([]retrieval.Hit, error) {
	if err := qa.CheckText("question", text); err != nil {
		return nil, err
	}
	filter, err := qa.Bounds(lib, s.question("", nil))
	if err != nil {
		return nil, err
	}
	q, err := lib.Query(text, filter, now.Format(time.DateOnly))
	if err != nil { // an impossible date
		return nil, usagef("%v", err)
	}
	q.Limit = c.Limit
	return lib.Search(ctx, q)
}

// A searchLine is the JSON form of a search.
type searchLine struct {
	ID   json.RawMessage `json:"id"`
	Hits []jsonHit       `json:"hits"`
}

type jsonHit struct {
	ArticleID string  `json:"article_id"`
	File      string  `json:"file"`
	Title     string  `json:"title"`
	Publisher string  `json:"publisher"`
	Published string  `json:"published"`
	Text      string  `json:"text"`
	Start     int     `json:"start"`
	End       int     `json:"end"`
	Score     float64 `json:"score"`
	Lexical   float64 `json:"lexical"`
	Semantic  float64 `json:"semantic"`
}

func jsonHits(hits []retrieval.Hit) []jsonHit {
	out := make([]jsonHit, len(hits))
	for i, h := range hits {
		a := h.Article
		out[i] = jsonHit{
			a.ID, a.File, a.Title, a.Publisher, a.Published,
			h.Text(), h.Start, h.End, h.Score, h.Lexical, h.Semantic,
		}
	}
	return out
}

// hitsView prints hits for a person.
type hitsView []retrieval.Hit

func (v hitsView) write(pg *page) {
	if len(v) == 0 {
		pg.para("", "No passage fits.")
		return
	}
	pg.line(pg.dim("  #  score  words  meaning  source"))
	for i, h := range v {
		pg.line(fmt.Sprintf("%3d   %.2f   %.2f     %.2f  %s", i+1, h.Score, h.Lexical, h.Semantic, pg.bold(heading(h.Article))))
		pg.para("     ", clean(h.Text()))
		pg.line(pg.dim(fmt.Sprintf("     %s, bytes %d to %d", clean(h.Article.ID), h.Start, h.End)))
	}
}
