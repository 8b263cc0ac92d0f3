package main

import (
	"context"
	"encoding/json"
	"strings"

	"crisisbot/bot/qa"
)

// scope narrows what is searched.
type scope struct {
	Since   string `placeholder:"DATE" help:"Only articles from this day, month or year on."`
	Until   string `placeholder:"DATE" help:"Only articles up to this day, month or year."`
	Source  string `placeholder:"PUBLISHER" help:"Only articles of this publisher."`
	Article string `placeholder:"ID" help:"Only this article, by its id or file name."`
}

// orElse returns the scope with the empty fields taken from other.
func (s scope) orElse(other scope) scope {
	for _, f := range []struct{ to, from *string }{
		{&s.Since, &other.Since}, {&s.Until, &other.Until}, {&s.Source, &other.Source}, {&s.Article, &other.Article},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
	return s
}

func (r request) scope() scope { return scope{r.Since, r.Until, r.Source, r.Article} }

// question puts a text to the scope.
func (s scope) question(text string, history []qa.Turn) qa.Question {
	return qa.Question{
		ID: newID(), Text: text, History: history,
		Since: s.Since, Until: s.Until, Source: s.Source, Article: s.Article,
	}
}

// A form says how a question comes in and its answer goes out.
type form struct {
	JSON  bool `name:"json" help:"Print JSON, one object a line."`
	Batch bool `help:"Read from stdin and write to stdout, one JSON object a line each; flags hold for lines that don't say otherwise."`
}

// text joins the words of a command line; what names them, such as "question", and
// example is one.
func (f form) text(what, example string, words []string) (string, error) {
	switch {
	case f.Batch && len(words) > 0:
		return "", usagef("--batch reads stdin: leave out %q", strings.Join(words, " "))
	case !f.Batch && len(words) == 0:
		return "", usagef("a %s is missing, such as crisisbot %s", what, example)
	}
	return strings.Join(words, " "), nil
}

type askCommand struct {
	Question []string `arg:"" optional:"" help:"What you want to know."`
	scope
	form
}

func (askCommand) Help() string {
	return `Examples:

    crisisbot ask "What did the Kremlin say about Biden's offer of a summit?"
    crisisbot ask --since 2021-12-01 --source "Moscow Times" "How many troops are at the border?"
    echo '{"id":"1","question":"Who met in Geneva?","conversation":"c1"}' | crisisbot ask --batch`
}

func (c *askCommand) Run(ctx context.Context, p *program) error {
	text, err := c.text("question", `ask "Who met in Geneva?"`, c.Question)
	if err != nil {
		return err
	}
	lib, answerer, err := p.openAnswerer(ctx)
	if err != nil {
		return err
	}
	if c.Batch {
		var talks conversations
		return p.batch(ctx, func(ctx context.Context, r request) (any, error) {
			a, err := answerer.Answer(ctx, r.scope().orElse(c.scope).question(r.Question, talks.history(r.Conversation)))
			if err != nil {
				return nil, err
			}
			p.keepAnswer(qa.AnswerKind, a)
			talks.add(r.Conversation, qa.Turn{Question: r.Question, Answer: a})
			return answerLine{r.ID, a, a.ID}, nil
		})
	}
	q := c.scope.question(text, nil)
	var done func()
	q.Asker, done = p.asker()
	a, err := answerer.Answer(ctx, q)
	done()
	if err != nil {
		return err
	}
	p.logAnswer(a)
	p.keepAnswer(qa.AnswerKind, a)
	if c.JSON {
		return writeJSON(p.out, a)
	}
	return p.page().print(answerView{a, lib}.write)
}

// logAnswer says how an answer came about.
func (p *program) logAnswer(a qa.Answer) {
	p.logf("answered in %d ms, %s", a.TookMS, a.Mode)
	p.logTrace(a.Trace)
}

// logTrace says what part a language model had in an answer.
func (p *program) logTrace(t *qa.Trace) {
	if t == nil {
		return
	}
	name := t.Model
	if name == "" {
		name = p.config.Chat.Model
	}
	p.logf("%s: %d tokens in, %d out, cost %.6f, %s, %s dropped", name, t.Usage.In, t.Usage.Out, t.Cost,
		count(t.Tries, "request"), count(len(t.Drops), "statement"))
	for _, d := range t.Drops {
		p.logf("dropped (%s: %s): %s", d.Fault, clean(d.Why), clean(d.Draft.Text))
	}
	if t.Failure != "" {
		p.logf("not used: %s", clean(t.Failure))
	}
}

// An answerLine is an answer with the id of its request, as that came, and its own.
type answerLine struct {
	ID json.RawMessage `json:"id"`
	qa.Answer
	Record string `json:"record"`
}
