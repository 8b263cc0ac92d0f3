package main

import (
	"context"
	"encoding/json"
	"strings"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
)

type checkCommand struct {
	Claim []string `arg:"" optional:"" help:"What somebody says is so."`
	scope
	form
}

func (checkCommand) Help() string {
	return `Examples:

    crisisbot check "Putin and Biden met in Geneva in May."
    echo '{"id":"1","claim":"Blinken spoke in Riga."}' | crisisbot check --batch`
}

func (c *checkCommand) Run(ctx context.Context, p *program) error {
	text, err := c.text("claim", `check "Putin and Biden met in Geneva in May."`, c.Claim)
	if err != nil {
		return err
	}
	lib, answerer, err := p.openAnswerer(ctx)
	if err != nil {
		return err
	}
	check := func(ctx context.Context, text string, s scope, by qa.Asker) (qa.Verdict, error) {
		return answerer.Check(ctx, qa.CheckRequest{ID: newID(), Text: text, Since: s.Since, Until: s.Until, Source: s.Source, Article: s.Article, Asker: by})
	}
	if c.Batch {
		return p.batch(ctx, func(ctx context.Context, r request) (any, error) {
			v, err := check(ctx, r.Claim, r.scope().orElse(c.scope), qa.Asker{})
			if err != nil {
				return nil, err
			}
			p.keepVerdict(v)
			return verdictLine{r.ID, v, v.ID}, nil
		})
	}
	by, done := p.asker()
	v, err := check(ctx, text, c.scope, by)
	done()
	if err != nil {
		return err
	}
	p.logf("checked in %d ms, %s", v.TookMS, v.Mode)
	p.logTrace(v.Trace)
	p.keepVerdict(v)
	if c.JSON {
		return writeJSON(p.out, v)
	}
	return p.page().print(verdictView{v, lib}.write)
}

// A verdictLine is a verdict with the id of its request, as that came, and its own.
type verdictLine struct {
	ID json.RawMessage `json:"id"`
	qa.Verdict
	Record string `json:"record"`
}

// verdictView prints a verdict for a person.
type verdictView struct {
	qa.Verdict
	lib *retrieval.Library
}

func (v verdictView) write(pg *page) {
	pg.para("", pg.bold(rulingWords(v.Verdict.Verdict)+".")+" "+clean(v.Why))
	for _, part := range v.Parts {
		pg.line("")
		pg.para("  ", clean(part.Claim)+" "+pg.numbers(marks(part.Citations)))
		said := rulingWords(part.Verdict)
		if part.Verdict == "" {
			said = "Not checked, " + clean(part.Kind)
		}
		pg.para("    ", pg.bold(said+".")+" "+clean(part.Why))
	}
	if v.Note != "" {
		pg.para("", pg.dim(clean(v.Note)))
	}
	answerView{qa.Answer{Abstained: len(v.Citations) == 0, Citations: v.Citations, Nearest: v.Nearest, AsOf: v.AsOf}, v.lib}.evidence(pg)
}

// rulingWords writes a verdict for a person.
func rulingWords(r qa.Ruling) string {
	words := clean(strings.ReplaceAll(string(r), "_", " "))
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
