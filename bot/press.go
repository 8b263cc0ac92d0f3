package bot

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"crisisbot/bot/qa"
)

// open reads a custom id. Where it may not be used, the user is told and ok is
// false.
func (b *Bot) open(c *call) (p press, ok bool, err error) {
	if c.user == "" {
		return p, false, b.tell(c, "denied.user")
	}
	p, err = b.gate.ids.open(c.customID, c.channel, c.user, b.o.Now())
	switch {
	case err == nil:
		return p, true, nil
	case errors.Is(err, errExpired):
		return p, false, b.tell(c, "expired")
	case errors.Is(err, errNotOwner):
		return p, false, b.tell(c, "not.owner")
	}
	b.counters.forged.Add(1)
	return p, false, b.tell(c, "forged")
}

// onPress answers a button or a select menu.
func (b *Bot) onPress(c *call) error {
	p, ok, err := b.open(c)
	if !ok {
		return err
	}
	switch p.action {
	case actSources, actArticle, actRead:
		return b.turnSources(c, p)
	case actForget:
		return b.forgetConfirmed(c)
	case actRemove:
		return b.remove(c, p.arg)
	}
	id, page, _ := strings.Cut(p.arg, ".")
	r, found, err := b.ledger.record(c.ack, id)
	if err != nil {
		return err
	}
	if !found {
		return b.tell(c, "answer.gone")
	}
	switch p.action {
	case actShow:
		return b.showPassages(c, p, r, page)
	case actRecord:
		return b.gate.reply(c.ack, &c.address, message{body: madeDoc(c.t, r), private: true})
	case actThread:
		return b.openThread(c, r)
	case actShare:
		return b.share(c, r)
	case actUseful:
		return b.rate(c, r.ID, useful, "")
	case actUseless:
		return b.askReason(c, p, r)
	}
	return b.tell(c, "forged")
}

// showPassages shows a page of passages to the user alone. The first press makes a
// new message, the next ones change it.
func (b *Bot) showPassages(c *call, p press, r record, page string) error {
	page, turning := strings.CutPrefix(page, "+")
	n, err := strconv.Atoi(page)
	if err != nil {
		return b.tell(c, "forged")
	}
	d, pages := passagesPage(c.t, b.o.Library, r.Answer, n)
	m := message{body: d, private: true, single: true}
	var row []component
	if pages > 1 {
		turn := func(key string, to int) component {
			return component{
				label: c.t.say("button." + key), off: to < 0 || to >= pages,
				action: press{actShow, c.user, p.expires, r.ID + ".+" + strconv.Itoa(to)},
			}
		}
		row = append(row, turn("previous", n-1), turn("next", n+1))
	}
	if c.user == r.User {
		row = append(row, component{label: c.t.say("button.made"), action: press{actRecord, c.user, p.expires, r.ID}})
	}
	if len(row) > 0 {
		m.rows = [][]component{row}
	}
	if turning {
		return b.gate.replace(c.ack, &c.address, m)
	}
	return b.gate.reply(c.ack, &c.address, m)
}

// once reports whether an action of an answer may be done, which it may once; the
// user is told otherwise.
func (b *Bot) once(c *call, r record, what string) (bool, error) {
	ok, err := b.ledger.use(c.ack, r.ID, what)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, b.tell(c, "used")
	}
	return true, nil
}

// openThread continues a conversation in a thread at the answer.
func (b *Bot) openThread(c *call, r record) error {
	if ok, err := b.once(c, r, "thread"); !ok {
		return err
	}
	if err := b.gate.deferReply(c.ack, &c.address, true); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(b.send, 30*time.Second)
	defer cancel()
	id, err := b.gate.thread(ctx, c.channel, c.message, r.Answer.Question)
	if err != nil {
		b.o.Log.Warn("can't open a thread", "error", err)
		if err := b.ledger.undo(ctx, r.ID, "thread"); err != nil {
			return err
		}
		_, err = b.gate.edit(ctx, &c.address, message{body: says(c.t.say(noThread(err))), private: true})
		return err
	}
	b.guilds.addThread(id, thread{c.guild, c.channel, true})
	if err := b.ledger.fork(ctx, r.Conversation, "thread/"+id); err != nil {
		return err
	}
	if _, err := b.gate.post(ctx, id, id, message{body: says(c.t.say(b.threadWords("thread.welcome")))}); err != nil {
		b.o.Log.Warn("can't greet in a thread", "error", err)
	}
	_, err = b.gate.edit(ctx, &c.address, message{private: true, body: doc{{spans: []span{{text: c.t.say("thread.opened") + " "}, {channel: id}}}}})
	return err
}

// noThread names the text that says why a thread could not be opened.
func noThread(err error) string {
	var e *restError
	switch {
	case isCode(err, codeUnknownMessage):
		return "thread.deleted"
	case isCode(err, codeTooManyThreads):
		return "thread.full"
	case errors.As(err, &e) && e.Status == http.StatusForbidden:
		return "thread.failed"
	}
	return "thread.later"
}

// share shows a private answer to the channel.
func (b *Bot) share(c *call, r record) error {
	g, err := b.settings.of(c.ack, c.guild)
	if err != nil {
		return err
	}
	if c.guild != "" && !g.allows(c.channel, c.parent) {
		return b.tellDoc(c, b.elsewhere(c.t, g))
	}
	if ok, err := b.once(c, r, "share"); !ok {
		return err
	}
	if err := b.gate.deferReply(c.ack, &c.address, false); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(b.send, 30*time.Second)
	defer cancel()
	m := b.show(c.t, &r)
	m.body = append(doc{note(c.t.say("shared.by", "user", c.name, "question", shorten(oneLine(r.Answer.Question), 200)))}, m.body...)
	public := r
	public.Private = false
	at := inChannel
	if _, known := b.guilds.thread(c.channel); known {
		at = inThread
	}
	m.rows = b.answerButtons(c.t, &public, at)
	ids, err := b.gate.edit(ctx, &c.address, m)
	if err != nil {
		return err
	}
	return b.ledger.show(ctx, r.ID, c.channel, nonEmpty(ids...)...)
}

// rate keeps the asker's vote. The last one of an answer counts.
func (b *Bot) rate(c *call, id string, v vote, comment string) error {
	was, ok, err := b.ledger.judge(c.ack, id, v, comment)
	switch {
	case err != nil:
		return err
	case !ok:
		return b.tell(c, "answer.gone")
	}
	if !was.Voted.Before(b.started) { // else another process counted it
		b.counters.vote(was.Vote, -1)
	}
	b.counters.vote(v, 1)
	return b.tell(c, "thanks")
}

// askReason asks what was wrong with an answer.
func (b *Bot) askReason(c *call, p press, r record) error {
	return b.gate.modal(c.ack, &c.address, modal{
		title:  c.t.say("reason.title"),
		action: press{actReason, c.user, p.expires, r.ID},
		fields: []field{{id: "reason", label: c.t.say("reason.label"), placeholder: c.t.say("reason.placeholder"), value: r.Comment, long: true, max: 500}},
	})
}

// onModal answers a modal that was sent off.
func (b *Bot) onModal(c *call, g guildSettings) error {
	p, ok, err := b.open(c)
	if !ok {
		return err
	}
	switch p.action {
	case actReason:
		return b.rate(c, p.arg, useless, shorten(clean(c.fields["reason"]), 500))
	case actAskModal:
		return b.askFrom(c, g, question{private: c.settings.Answers == "private", ask: qa.Question{Text: c.fields["question"]}})
	}
	return b.tell(c, "forged")
}

// askAbout offers a question about a message, for the user to change.
func (b *Bot) askAbout(c *call) error {
	words := ""
	if c.target != nil {
		words = oneLine(spoken(c.target.text()))
	}
	if words == "" {
		return b.tell(c, "askabout.empty")
	}
	return b.gate.modal(c.ack, &c.address, modal{
		title:  c.t.say("askabout.title"),
		action: press{actAskModal, c.user, b.o.Now().Add(time.Hour), ""},
		fields: []field{{
			id: "question", label: c.t.say("askabout.label"), long: true, required: true, max: maxQuestion,
			value: c.t.say("askabout.value", "text", shorten(words, 800)),
		}},
	})
}
