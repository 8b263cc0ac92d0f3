package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"crisisbot/bot/qa"
)

// newID returns an id of 26 letters and digits, safe in a custom id.
func newID() string { return strings.ToLower(rand.Text()) }

// A question is one accepted question, from wherever it came.
type question struct {
	ask          qa.Question
	guild        string
	channel      string
	user         string
	private      bool
	conversation string // "" begins one
	place        place
	t            *texts
}

// A place decides which buttons make sense.
type place uint8

const (
	inChannel place = iota
	inThread        // one that the bot opened
	inDM
)

// admit checks the limits and takes a place for a question. It returns the words to
// turn the asker away with, or a function that gives the place back.
func (b *Bot) admit(t *texts, user, channel string) (refusal string, release func()) {
	if which, wait := b.limits.admit(user, channel, b.o.Now()); which != "" {
		b.counters.limited.Add(1)
		return t.say("limit."+which, "wait", t.duration(wait)), nil
	}
	select {
	case b.places <- struct{}{}:
		return "", func() { <-b.places }
	default:
		b.counters.limited.Add(1)
		return t.say("busy", "wait", t.duration(b.o.AnswerWithin)), nil
	}
}

// askCommand is /ask.
func (b *Bot) askCommand(c *call, g guildSettings) error {
	private := c.settings.Answers == "private"
	if v, given := c.options["private"]; given {
		private = v == "true"
	}
	return b.askFrom(c, g, qa.Question{
		Text: c.options["question"], Since: c.options["since"], Until: c.options["until"],
		Source: c.options["source"], Article: c.options["article"],
	}, private)
}

// askFrom answers a question asked by an interaction. Refusals come before the
// deferral, which fixes who sees the answer.
func (b *Bot) askFrom(c *call, g guildSettings, ask qa.Question, private bool) error {
	if c.guild != "" && !g.allows(c.channel, c.parent) {
		return b.tellDoc(c, b.elsewhere(c.t, g))
	}
	if strings.TrimSpace(ask.Text) == "" {
		return b.tell(c, "empty.question")
	}
	refusal, release := b.admit(c.t, c.user, c.channel)
	if release == nil {
		return b.tellDoc(c, says(refusal))
	}
	defer release()
	q := b.place(question{ask: ask, guild: c.guild, channel: c.channel, user: c.user, private: private, t: c.t})
	deadline, cancel := context.WithTimeout(b.work, b.o.AnswerWithin)
	defer cancel()
	if err := b.gate.deferReply(c.ack, &c.address, private && q.place != inDM); err != nil {
		return err
	}
	m, r := b.settle(deadline, q, func() {
		ctx, cancel := context.WithTimeout(b.send, 3*time.Second)
		defer cancel()
		if _, err := b.gate.edit(ctx, &c.address, message{body: says(c.t.say("working")), private: private}); err != nil {
			b.o.Log.Debug("no working sign", "error", err)
		}
	})
	m.private = private
	ctx, cancelSend := context.WithTimeout(b.send, 30*time.Second)
	defer cancelSend()
	b.keep(ctx, r)
	ids, err := b.gate.edit(ctx, &c.address, m)
	b.shown(ctx, r, ids)
	return err
}

// elsewhere says that the bot is off in this channel, and where it is on.
func (b *Bot) elsewhere(t *texts, g guildSettings) doc {
	l := line{spans: []span{{text: t.say("not.here.try")}}}
	for _, ch := range g.Channels[:min(len(g.Channels), 10)] {
		l.spans = append(l.spans, span{text: " "}, span{channel: ch})
	}
	return doc{l}
}

// place finds the conversation that a question belongs to.
func (b *Bot) place(q question) question {
	switch th, known := b.guilds.thread(q.channel); {
	case q.guild == "":
		q.place = inDM
		if q.conversation == "" {
			q.conversation = "dm/" + q.channel
		}
	case known && th.ours:
		q.place = inThread
		if !q.private {
			q.conversation = "thread/" + q.channel
		}
	}
	q.ask.ID = newID()
	if q.private && q.place != inDM || q.conversation == "" {
		q.conversation = "answer/" + q.ask.ID
	}
	return q
}

// workingAfter is when an answer counts as slow and the asker is told of progress.
const workingAfter = 1500 * time.Millisecond

// settle answers a question within the context's time, and returns the message for
// the asker: an answer, and the record of it, or why there is none. working is
// called once if it takes long.
func (b *Bot) settle(ctx context.Context, q question, working func()) (message, *record) {
	b.counters.questions.Add(1)
	type outcome struct {
		answer qa.Answer
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if v := recover(); v != nil {
				out.err = b.errPanic(v)
			}
			done <- out
		}()
		out.answer, out.err = b.answer(ctx, q)
	}()
	slow := time.NewTimer(workingAfter)
	defer slow.Stop()
	for {
		select {
		case out := <-done:
			if out.err != nil {
				return b.excuse(ctx, q, out.err), nil
			}
			return b.present(q, out.answer)
		case <-slow.C:
			working()
		case <-ctx.Done():
			return b.excuse(ctx, q, ctx.Err()), nil
		}
	}
}

// answer waits for its turn and asks.
func (b *Bot) answer(ctx context.Context, q question) (qa.Answer, error) {
	select {
	case b.running <- struct{}{}:
		defer func() { <-b.running }()
	case <-ctx.Done():
		return qa.Answer{}, ctx.Err()
	}
	history, err := b.ledger.history(ctx, q.conversation)
	if err != nil {
		return qa.Answer{}, fmt.Errorf("history: %w", err)
	}
	q.ask.History = history
	return b.o.Answerer.Answer(ctx, q.ask)
}

// excuse says why there is no answer.
func (b *Bot) excuse(ctx context.Context, q question, err error) message {
	var input *qa.InputError
	switch {
	case errors.As(err, &input):
		return message{body: says(sentence(input.Error()))}
	case errors.Is(context.Cause(ctx), errRestarting):
		return message{body: says(q.t.say("restarting"))}
	case ctx.Err() != nil:
		b.counters.timeouts.Add(1)
		return message{body: says(q.t.say("timeout"))}
	}
	return message{body: says(q.t.say("failed", "id", b.fault("answer", err)))}
}

// sentence makes an error text a sentence.
func sentence(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) == 0 {
		return ""
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:]) + "."
}

// present makes the message of an answer, with its buttons, and its record.
func (b *Bot) present(q question, a qa.Answer) (message, *record) {
	if a.ID != q.ask.ID {
		a.ID = q.ask.ID
	}
	if a.Question == "" {
		a.Question = q.ask.Text
	}
	b.counters.count(a)
	m := answerMessage(q.t, a, b.shelf.get().covered)
	r := &record{
		ID: a.ID, Conversation: q.conversation, Guild: q.guild, Channel: q.channel, User: q.user,
		Private: q.private, Answer: a,
	}
	m.rows = b.answerButtons(q.t, r, q.place)
	return m, r
}

// answerButtons are the buttons below an answer.
func (b *Bot) answerButtons(t *texts, r *record, at place) [][]component {
	until := b.o.Now().Add(b.o.Keep)
	button := func(key string, act action, owner string) component {
		return component{label: t.say("button." + key), action: press{act, owner, until, r.ID}}
	}
	var row []component
	if len(r.Answer.Citations)+len(r.Answer.Nearest) > 0 {
		show := button("passages", actShow, "")
		show.action.arg += ".0"
		row = append(row, show)
	}
	switch {
	case at != inChannel && !r.Private:
	case r.Private && at != inDM:
		row = append(row, button("share", actShare, r.User))
	case !r.Private:
		row = append(row, button("thread", actThread, r.User))
	}
	return [][]component{append(row, button("useful", actUseful, r.User), button("useless", actUseless, r.User))}
}

// keep remembers an answer before it is shown, so that its buttons work at once.
func (b *Bot) keep(ctx context.Context, r *record) {
	if r == nil {
		return
	}
	if err := b.ledger.add(ctx, *r); err != nil {
		b.o.Log.Error("can't keep an answer", "error", err)
	}
}

// shown remembers the messages that show a public answer, so that they can be
// replied to.
func (b *Bot) shown(ctx context.Context, r *record, messages []string) {
	if r == nil || r.Private {
		return
	}
	if err := b.ledger.show(ctx, r.ID, r.Channel, "", nonEmpty(messages...)...); err != nil {
		b.o.Log.Error("can't keep where an answer is shown", "error", err)
	}
}
