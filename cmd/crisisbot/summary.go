package main

import (
	"cmp"
	"context"
	"strings"

	"crisisbot/bot/qa"
)

type summaryCommand struct {
	Topic  []string `arg:"" optional:"" help:"What to summarise; without one, an article or a period."`
	Length string   `enum:"short,medium,long" default:"medium" help:"How much to tell: short, medium or long."`
	scope
	form
}

func (summaryCommand) Help() string {
	return `Examples:

    crisisbot summary "security guarantees"
    crisisbot summary --article "the Moscow Times story" --length short
    crisisbot summary --since 2021-12-01 --until 2021-12-31
    echo '{"id":"1","topic":"Donbas"}' | crisisbot summary --batch`
}

func (c *summaryCommand) Run(ctx context.Context, p *program) error {
	topic := strings.Join(c.Topic, " ")
	if !c.Batch && topic == "" && c.scope == (scope{}) {
		return usagef("a topic, an article or a period is missing, such as crisisbot summary --since 2021-12-01")
	}
	return p.tell(ctx, qa.SummaryKind, c.form, c.scope, topic, func(ctx context.Context, a *qa.Answerer, r request) (qa.Answer, error) {
		return a.Summary(ctx, qa.SummaryRequest{
			ID: newID(), Topic: r.Topic, Article: r.Article, Since: r.Since, Until: r.Until, Source: r.Source,
			Length: qa.Length(cmp.Or(r.Length, c.Length)), Asker: r.asker,
		})
	})
}

type timelineCommand struct {
	Topic []string `arg:"" optional:"" help:"What to tell of; without one, everything."`
	scope
	form
}

func (timelineCommand) Help() string {
	return `The days are those of the events, and so are --since and --until.

Examples:

    crisisbot timeline
    crisisbot timeline --since 2021-12-01 "talks between Putin and Biden"`
}

func (c *timelineCommand) Run(ctx context.Context, p *program) error {
	return p.tell(ctx, qa.TimelineKind, c.form, c.scope, strings.Join(c.Topic, " "), func(ctx context.Context, a *qa.Answerer, r request) (qa.Answer, error) {
		return a.Timeline(ctx, qa.TimelineRequest{ID: newID(), Topic: r.Topic, Article: r.Article, Since: r.Since, Until: r.Until, Source: r.Source, Asker: r.asker})
	})
}

// tell answers a request about a topic, or every line of a batch, whose bounds
// default to those of the command line.
func (p *program) tell(ctx context.Context, kind qa.Kind, f form, s scope, topic string, answer func(context.Context, *qa.Answerer, request) (qa.Answer, error)) error {
	if f.Batch && topic != "" {
		return usagef("--batch reads stdin: leave out %q", topic)
	}
	lib, answerer, err := p.openAnswerer(ctx)
	if err != nil {
		return err
	}
	if f.Batch {
		return p.batch(ctx, func(ctx context.Context, r request) (any, error) {
			within := r.scope().orElse(s)
			r.Since, r.Until, r.Source, r.Article = within.Since, within.Until, within.Source, within.Article
			a, err := answer(ctx, answerer, r)
			if err != nil {
				return nil, err
			}
			p.keepAnswer(kind, a)
			return answerLine{r.ID, a, a.ID}, nil
		})
	}
	by, done := p.asker()
	a, err := answer(ctx, answerer, request{Topic: topic, Since: s.Since, Until: s.Until, Source: s.Source, Article: s.Article, asker: by})
	done()
	if err != nil {
		return err
	}
	p.logAnswer(a)
	p.keepAnswer(kind, a)
	if f.JSON {
		return writeJSON(p.out, a)
	}
	return p.page().print(answerView{a, lib}.write)
}
