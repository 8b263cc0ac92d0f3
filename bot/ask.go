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

// A question is one accepted question, claim or topic, from wherever it came.
type question struct {
	ask          qa.Question
	form         form
	length       string // of a summary
	guild        string
	channel      string
	user         string
	private      bool
	conversation string // "" begins one
	place        place
	t            *texts
}

// A form says what is asked for, and so what ask.Text is: a question, a claim, or a
// topic, which may be empty.
type form uint8

const (
	forAnswer form = iota
	forVerdict
	forSummary
	forTimeline
)

// kind names what is asked for in a record.
func (f form) kind() qa.Kind {
	return [...]qa.Kind{qa.AnswerKind, qa.ClaimKind, qa.SummaryKind, qa.TimelineKind}[f]
}

// A place decides which buttons make sense.
type place uint8

const (
	inChannel place = iota
	inThread        // no other can be opened there
	inDM
)

// admit checks the limits and takes a place for a question. It returns the words to
// turn the asker away with, or a function that gives the place back.
func (b *Bot) admit(t *texts, user, channel string) (refusal string, release func()) {
	if b.stopping.Load() {
		return t.say("restarting"), nil
	}
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
	return b.askFrom(c, g, question{private: wantsPrivate(c), ask: qa.Question{
		Text: c.options["question"], Since: c.options["since"], Until: c.options["until"],
		Source: c.options["source"], Article: b.chosenArticle(c),
	}})
}

// wantsPrivate reports whether the user, or else the channel, wants a private answer.
func wantsPrivate(c *call) bool {
	if v, given := c.options["private"]; given {
		return v == "true"
	}
	return c.settings.Answers == "private"
}

// askFrom answers a question asked by an interaction. Refusals come before the
// deferral, which fixes who sees the answer.
func (b *Bot) askFrom(c *call, g guildSettings, q question) error {
	if c.guild != "" && !g.allows(c.channel, c.parent) {
		return b.tellDoc(c, b.elsewhere(c.t, g))
	}
	if q.form <= forVerdict && strings.TrimSpace(q.ask.Text) == "" {
		return b.tell(c, "empty.question")
	}
	refusal, release := b.admit(c.t, c.user, c.channel)
	if release == nil {
		return b.tellDoc(c, says(refusal))
	}
	defer release()
	q.guild, q.channel, q.user, q.t = c.guild, c.channel, c.user, c.t
	if d := b.review(q); d != nil {
		return b.tellDoc(c, d)
	}
	q = b.place(q)
	deadline, cancel := context.WithTimeout(b.work, b.o.AnswerWithin)
	defer cancel()
	if err := b.gate.deferReply(c.ack, &c.address, q.private && q.place != inDM); err != nil {
		return err
	}
	m, r := b.settle(deadline, q, func(d doc) {
		ctx, cancel := context.WithTimeout(b.send, 3*time.Second)
		defer cancel()
		if _, err := b.gate.edit(ctx, &c.address, message{body: d, private: q.private}); err != nil {
			b.o.Log.Debug("no working sign", "error", err)
		}
	})
	m.private = q.private
	ctx, cancelSend := context.WithTimeout(b.send, 30*time.Second)
	defer cancelSend()
	b.keep(ctx, r)
	ids, err := b.gate.edit(ctx, &c.address, m)
	b.shown(ctx, r, ids)
	return err
}

// A Reviewer tells in advance what it would refuse, as *qa.Answerer does. With an
// Answerer that is one the asker alone is told of it.
type Reviewer interface {
	Review(kind qa.Kind, q qa.Question) error
}

// reviewWithin leaves the rest of the time for a first reply to the deferral.
const reviewWithin = time.Second

// review returns what is to be said to a question that asks nothing or can't be asked
// this way; nil if it is to be answered.
func (b *Bot) review(q question) doc {
	if q.form == forAnswer && qa.SmallTalk(q.ask.Text) {
		b.tally.add(Outcome{string(q.form.kind()), "unclear", ""}, 0)
		return says(q.t.say("help.intro", "n", len(b.shelf.get().articles)) + " " + q.t.say("help.short"))
	}
	r, ok := b.o.Answerer.(Reviewer)
	if !ok {
		return nil
	}
	done := make(chan error, 1)
	go func() {
		defer b.recovered("review")
		done <- r.Review(q.form.kind(), q.ask)
	}()
	late := time.NewTimer(reviewWithin)
	defer late.Stop()
	var input *qa.InputError
	select {
	case err := <-done:
		if !errors.As(err, &input) {
			return nil // what broke shows when it is answered
		}
	case <-late.C:
		return nil
	}
	b.tally.add(Outcome{string(q.form.kind()), "unclear", ""}, 0)
	return refused(q, input)
}

// refused says what is wrong with a question and what to do.
func refused(q question, e *qa.InputError) doc {
	return doc{{spans: inert(sentence(q.t.retell(e.Error())), plain, q.ask.Text, q.ask.Article, q.ask.Source, q.ask.Since, q.ask.Until)}}
}

// elsewhere says that the bot is off in this channel, and where it is on.
func (b *Bot) elsewhere(t *texts, g guildSettings) doc {
	if len(g.Channels) == 0 {
		return says(t.say("not.here"))
	}
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
	case known:
		q.place = inThread
		if th.ours && !q.private {
			q.conversation = "thread/" + q.channel
		}
	}
	q.ask.ID = newID()
	if q.private && q.place != inDM || q.conversation == "" {
		q.conversation = "answer/" + q.ask.ID
	}
	return q
}

const (
	// An answer that takes longer is slow, and the asker is told of progress.
	workingAfter = 1500 * time.Millisecond
	// Discord wants at most one edit a second.
	workingEvery = 1200 * time.Millisecond
)

// An outcome is what became of a question.
type outcome struct {
	answer  qa.Answer
	verdict *qa.Verdict // of a claim; the answer then says the same
	err     error
}

// settle answers a question within the context's time, and returns the message for
// the asker: an answer, and the record of it, or why there is none. working is
// called now and then if it takes long, with what can be said by then.
func (b *Bot) settle(ctx context.Context, q question, working func(doc)) (message, *record) {
	b.counters.questions.Add(1)
	begin := time.Now()
	tell := func(result, mode string) {
		b.tally.add(Outcome{string(q.form.kind()), result, mode}, time.Since(begin))
	}
	var p progress
	done := make(chan outcome, 1)
	go func() {
		var out outcome
		defer func() {
			if v := recover(); v != nil {
				out.err = b.errPanic(v)
			}
			done <- out
		}()
		out = b.answer(ctx, q, &p)
	}()
	slow := time.NewTimer(workingAfter)
	defer slow.Stop()
	for {
		select {
		case out := <-done:
			if out.err != nil {
				m, result := b.excuse(ctx, q, out.err)
				tell(result, "")
				return m, nil
			}
			m, r := b.present(q, out)
			tell(resultOf(r.Answer), modeOf(r.Answer))
			return m, r
		case <-slow.C:
			if d := p.news(q.t); d != nil {
				working(d)
			}
			slow.Reset(workingEvery)
		case <-ctx.Done():
			m, result := b.excuse(ctx, q, ctx.Err())
			tell(result, "")
			return m, nil
		}
	}
}

// answer waits for its turn and asks.
func (b *Bot) answer(ctx context.Context, q question, p *progress) outcome {
	select {
	case b.running <- struct{}{}:
		defer func() { <-b.running }()
	case <-ctx.Done():
		return outcome{err: ctx.Err()}
	}
	q.ask.Asker = qa.Asker{User: b.opaque(q.user), Scope: b.scope(q), Progress: p.tell}
	switch q.form {
	case forSummary, forTimeline:
		a, err := b.digest(ctx, q)
		return outcome{answer: a, err: err}
	case forVerdict:
		v, err := b.checker.Check(ctx, qa.CheckRequest{
			ID: q.ask.ID, Text: q.ask.Text, Since: q.ask.Since, Until: q.ask.Until, Source: q.ask.Source, Article: q.ask.Article, Asker: q.ask.Asker,
		})
		return outcome{answerOf(v), &v, err}
	}
	history, err := b.ledger.history(ctx, q.conversation)
	if err != nil {
		return outcome{err: fmt.Errorf("history: %w", err)}
	}
	q.ask.History = history
	a, err := b.o.Answerer.Answer(ctx, q.ask)
	return outcome{answer: a, err: err}
}

// scope names who may be given the same answer as this question's asker: those who
// read the public channels of a server; "" for a direct message or a private answer.
func (b *Bot) scope(q question) string {
	if q.guild == "" || q.private {
		return ""
	}
	return b.guildScope(q.guild)
}

func (b *Bot) guildScope(guild string) string { return b.gate.ids.mac(guild, "scope") }

// opaque names a user to those who need not know who it is.
func (b *Bot) opaque(user string) string { return b.gate.ids.mac(user, "spending") }

// excuse says why there is no answer, and in one word what became of the question.
func (b *Bot) excuse(ctx context.Context, q question, err error) (m message, result string) {
	var input *qa.InputError
	switch {
	case errors.As(err, &input):
		return message{body: refused(q, input)}, "unclear"
	case errors.Is(context.Cause(ctx), errRestarting):
		return message{body: says(q.t.say("restarting"))}, "restart"
	case ctx.Err() != nil:
		b.counters.timeouts.Add(1)
		return message{body: says(q.t.say("timeout"))}, "timeout"
	}
	return message{body: says(q.t.say("failed", "id", b.fault("answer", err)))}, "fault"
}

// sentence makes an error text a sentence.
func sentence(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) == 0 {
		return ""
	}
	end := "."
	if strings.ContainsRune(".?!", r[len(r)-1]) {
		end = ""
	}
	if at := addressed.FindStringIndex(s); at != nil && at[0] == 0 {
		return string(r) + end // an address keeps its letters
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:]) + end
}

// present makes the message of an answer, with its buttons, and its record.
func (b *Bot) present(q question, out outcome) (message, *record) {
	a := out.answer
	if a.ID != q.ask.ID {
		a.ID = q.ask.ID
	}
	if a.Question == "" {
		a.Question = q.ask.Text
	}
	b.counters.count(a)
	r := &record{
		ID: a.ID, Conversation: q.conversation, Guild: q.guild, Channel: q.channel, User: q.user,
		Private: q.private, Answer: a, Verdict: out.verdict, Trace: a.Trace, Kind: q.form.kind(), Timeline: q.form == forTimeline,
	}
	m := b.show(q.t, r)
	m.rows = b.answerButtons(q.t, r, q.place)
	return m, r
}

// show renders what was answered.
func (b *Bot) show(t *texts, r *record) message {
	switch {
	case r.Verdict != nil:
		return verdictMessage(t, r.Verdict, r.Answer, b.shelf.get().catalogue)
	case r.Timeline:
		return timelineMessage(t, r.Answer, b.shelf.get().catalogue)
	}
	return answerMessage(t, r.Answer, b.shelf.get().catalogue)
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
	if err := b.ledger.show(ctx, r.ID, r.Channel, nonEmpty(messages...)...); err != nil {
		b.o.Log.Error("can't keep where an answer is shown", "error", err)
	}
}
