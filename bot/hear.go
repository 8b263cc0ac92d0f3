package bot

import (
	"context"
	"strings"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval/analysis"
)

// asked reports whether a message is for the bot: a direct message, a mention, a
// reply to one of its own, or a word in a thread that it opened which is not for
// somebody else.
func (b *Bot) asked(m *rawMessage) bool {
	self := deref(b.self.Load())
	if self == "" {
		return false
	}
	replied := m.Referenced.by(self)
	th, known := b.guilds.thread(m.ChannelID)
	switch {
	case m.GuildID == "", replied:
		return true
	case m.mentions(self):
		return true
	case m.Referenced == nil && m.repliesTo() != "" && b.ledger.knows(m.ChannelID, m.repliesTo()):
		return true // Discord left out what was replied to
	case known && th.ours:
		return m.Content != "" && len(m.Mentions) == 0 && m.repliesTo() == ""
	}
	return false
}

// hear answers a message that was for the bot.
func (b *Bot) hear(m *rawMessage) {
	ctx, cancel := context.WithTimeout(b.work, b.o.AnswerWithin)
	defer cancel()
	g, err := b.settings.of(ctx, m.GuildID)
	if err != nil {
		b.fault("settings", err)
		return
	}
	th, _ := b.guilds.thread(m.ChannelID)
	set := g.channel(m.ChannelID, th.parent)
	if m.GuildID != "" && (!g.allows(m.ChannelID, th.parent) || set.Mentions == "off" && !th.ours) {
		return // it wasn't asked where it may answer
	}
	t := b.lang.pick(set.Language, languageOf(m.Content), b.guilds.locale(m.GuildID))
	say := func(message message) []string {
		ctx, cancel := context.WithTimeout(b.send, 30*time.Second)
		defer cancel()
		message.replyTo = m.ID
		ids, err := b.gate.post(ctx, m.ChannelID, m.ID, message)
		if err != nil {
			b.o.Log.Warn("can't answer a message", "error", err)
		}
		return ids
	}
	words, claim := spoken(m.Content), b.claimIn(m)
	if claim == "" && words == "" {
		if m.GuildID == "" || m.mentions(deref(b.self.Load())) {
			say(message{body: says(t.say("empty.question"))})
		}
		return
	}
	refusal, release := b.admit(t, m.Author.ID, m.ChannelID)
	if release == nil {
		if b.seen.first("refused/" + m.Author.ID + "/" + b.o.Now().Truncate(30*time.Second).String()) {
			say(message{body: says(refusal)}) // at most once in half a minute: it is seen by all
		}
		return
	}
	defer release()
	q := b.place(question{
		ask: qa.Question{Text: words}, guild: m.GuildID, channel: m.ChannelID, user: m.Author.ID, t: t,
		conversation: b.continued(ctx, m),
	})
	if claim != "" {
		q.form, q.ask.Text = forVerdict, claim
	}
	if d := b.review(q); d != nil {
		say(message{body: d})
		return
	}
	typing := b.keepTyping(ctx, m.ChannelID)
	answer, r := b.settle(ctx, q, func(doc) {})
	typing()
	sending, cancelSending := context.WithTimeout(b.send, 10*time.Second)
	defer cancelSending()
	b.keep(sending, r)
	b.shown(sending, r, say(answer))
}

// claimIn returns what another said, where the bot was called to it in a reply that
// says nothing of its own: "@bot", "@bot is this true?"
func (b *Bot) claimIn(m *rawMessage) string {
	if !b.can.check || m.Referenced == nil || m.Referenced.by(deref(b.self.Load())) {
		return ""
	}
	for _, t := range analysis.Terms(spoken(m.Content)) {
		if !t.Stop && !doubting[t.Text] {
			return ""
		}
	}
	return spoken(m.Referenced.text())
}

// doubting are the words, in the form in which words are compared, that ask whether
// something is so.
var doubting = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields("true real right correct fact facts fake check verify claim really legit це чи правда справді фейк перевір перевірте факт вірно") {
		set[analysis.Word(w)] = true
	}
	return set
}()

// continued returns the conversation of the answer that a message replies to, "" if
// there is none. What was private, or said elsewhere, is not continued.
func (b *Bot) continued(ctx context.Context, m *rawMessage) string {
	id := m.repliesTo()
	if id == "" {
		return ""
	}
	for try := range 2 {
		r, ok, err := b.ledger.byMessage(ctx, m.ChannelID, id)
		if err != nil {
			b.fault("conversation", err)
			return ""
		}
		if ok {
			if r.Guild != m.GuildID {
				return ""
			}
			if r.Private {
				return "answer/" + r.ID // a shared one: nothing said in private before
			}
			return r.Conversation
		}
		if try == 0 && sleep(ctx, 150*time.Millisecond) != nil { // the answer may just be being kept
			return ""
		}
	}
	return ""
}

// keepTyping shows that the bot is typing until the returned function is called.
func (b *Bot) keepTyping(ctx context.Context, channel string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer b.recovered("typing")
		wait := 300 * time.Millisecond // most answers are there before
		for sleep(ctx, wait) == nil {
			if err := b.gate.typing(ctx, channel); err != nil && ctx.Err() == nil {
				b.o.Log.Debug("can't show typing", "error", err)
				return
			}
			wait = 8 * time.Second
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// languageOf returns "uk" for a text with letters that only Ukrainian has, else "".
func languageOf(text string) string {
	if strings.ContainsAny(text, "іїєґІЇЄҐ") {
		return "uk"
	}
	return ""
}
