package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

type chatCommand struct{ scope }

func (chatCommand) Help() string {
	return `Examples:

    crisisbot chat
    printf 'Who met in Geneva?\nopen 1\n' | crisisbot chat

In a chat, "help" lists what else there is besides questions.`
}

func (c *chatCommand) Run(ctx context.Context, p *program) error {
	lib, err := p.openSearchable(ctx)
	if err != nil {
		return err
	}
	if _, err := qa.Bounds(lib, c.question("", nil)); err != nil { // better now than at every question
		return err
	}
	answerer, err := p.answerer(ctx, lib)
	if err != nil {
		return err
	}
	t := &talk{program: p, page: p.page(), lib: lib, scope: c.scope, answerer: answerer}
	prompt := newPrompter(ctx, p.in, p.out)
	defer prompt.close()
	if prompt.terminal {
		err = t.page.print(t.greet)
	}
	for err == nil {
		var l string
		if l, err = prompt.next(); err == nil {
			err = t.say(ctx, l)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// A talk is a conversation in the terminal and what it was last about.
type talk struct {
	*program
	page     *page
	lib      *retrieval.Library
	answerer *qa.Answerer
	scope    scope
	history  []qa.Turn
}

const chatHelp = `A line is a question; it may refer to the one before ("and who answered him?").
Besides there are:
  open 2    citation 2 in its article, marked, with what stands around it
  sources   all citations of the last answer in full
  new       begin a new conversation
  help      this list
  quit      leave, as ctrl-D does`

func (t *talk) greet(pg *page) {
	days := t.lib.Covered()
	pg.para("", fmt.Sprintf(`%s, from %s to %s. Ask a question; "help" lists what else there is.`,
		count(len(t.lib.Articles()), "article"), dayName(days.Since, false), dayName(days.Until, false)))
}

var openCommand = regexp.MustCompile(`^open\s+\[?(\d+)\]?$`)

// say answers one line. The error is io.EOF at the end of the conversation, or of
// something that broke; what is wrong with a line is only told.
func (t *talk) say(ctx context.Context, l string) error {
	l = strings.TrimSpace(l)
	command := strings.ToLower(l)
	open := openCommand.FindStringSubmatch(command)
	switch {
	case l == "":
		return nil
	case command == "quit" || command == "exit":
		return io.EOF
	case command == "help" || command == "?":
		return t.page.print(func(pg *page) { pg.line(chatHelp) })
	case command == "new":
		t.history = nil
		return t.page.print(func(pg *page) { pg.line("A new conversation.") })
	case command == "sources":
		return t.page.print(t.sources)
	case open != nil:
		return t.page.print(func(pg *page) { t.open(pg, open[1]) })
	}
	q := t.scope.question(l, t.history)
	var done func()
	q.Asker, done = t.asker()
	a, err := t.answerer.Answer(ctx, q)
	done()
	if input := (*qa.InputError)(nil); errors.As(err, &input) {
		return t.page.print(func(pg *page) { pg.para("", clean(input.Error())) })
	}
	if err != nil {
		return err
	}
	t.logAnswer(a)
	t.keepAnswer(qa.AnswerKind, a)
	t.history = append(t.history, qa.Turn{Question: l, Answer: a})
	t.history = t.history[max(0, len(t.history)-keptTurns):]
	return t.page.print(answerView{a, t.lib}.writeBrief)
}

// last returns the last answer and the citations that can be opened by number.
func (t *talk) last() (qa.Answer, []qa.Citation) {
	if len(t.history) == 0 {
		return qa.Answer{}, nil
	}
	a := t.history[len(t.history)-1].Answer
	return a, answerView{a, t.lib}.shown()
}

func (t *talk) sources(pg *page) {
	a, cited := t.last()
	if len(cited) == 0 {
		pg.line("Nothing is cited yet: ask a question first.")
		return
	}
	answerView{a, t.lib}.sources(pg, cited)
}

// open shows a citation in its article.
func (t *talk) open(pg *page, number string) {
	_, cited := t.last()
	n, err := strconv.Atoi(number)
	switch {
	case len(cited) == 0:
		pg.line("Nothing is cited yet: ask a question first.")
		return
	case err != nil || n < 1 || n > len(cited):
		pg.line(fmt.Sprintf("There is no citation %s: the last answer has %s.", number, count(len(cited), "citation")))
		return
	}
	c := cited[n-1]
	a, ok := t.lib.Article(c.ArticleID)
	if !ok || c.End > len(a.Text) || a.Text[c.Start:c.End] != c.Quote {
		pg.line("That article was changed or removed meanwhile.")
		return
	}
	openView{a, article.Span{Start: c.Start, End: c.End}}.write(pg)
}

// An openView shows a quotation marked in its article, between the blocks around
// it.
type openView struct {
	*article.Article
	quote article.Span
}

func (v openView) write(pg *page) {
	describeArticle(pg, v.Article)
	var blocks []article.Block
	first, last := -1, -1 // that the quotation touches
	for _, b := range article.Read(v.Text).Blocks {
		if !b.Kind.Evidence() {
			continue
		}
		if b.Overlaps(v.quote) {
			last = len(blocks)
			if first < 0 {
				first = last
			}
		}
		blocks = append(blocks, b)
	}
	if first < 0 {
		return
	}
	from, to := max(0, first-1), min(len(blocks), last+2)
	if from > 0 {
		pg.line("\n  ...")
	}
	for _, b := range blocks[from:to] {
		pg.line("")
		if b.Kind != article.Paragraph {
			pg.line("  " + pg.dim(b.Kind.String()))
		}
		pg.para("  ", v.marked(pg, b.Span))
	}
	if to < len(blocks) {
		pg.line("\n  ...")
	}
}

// marked returns the text of a block with the part of the quotation in it set off.
func (v openView) marked(pg *page, b article.Span) string {
	start, end := max(b.Start, v.quote.Start), min(b.End, v.quote.End)
	if start >= end {
		return scrub(b.In(v.Text))
	}
	return scrub(v.Text[b.Start:start]) + pg.mark(scrub(v.Text[start:end])) + scrub(v.Text[end:b.End])
}
