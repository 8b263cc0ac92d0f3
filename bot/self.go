package bot

import (
	"context"
	"time"
)

// help is /help.
func (b *Bot) help(c *call) error {
	command := func(name, key string) line {
		return line{kind: bullet, spans: []span{{text: "/" + c.t.say("command."+name), style: bold}, {text: " — " + c.t.say(key)}}}
	}
	days := max(1, int(b.o.Keep/(24*time.Hour)))
	d := doc{text(c.t.say("help.intro", "n", len(b.shelf.get().articles))), command("ask", "help.ask")}
	menu := "help.menu"
	if b.can.check {
		menu = "help.menu.check"
		d = append(d, command("check", "help.check"))
	}
	if b.can.summarise {
		d = append(d, command("summary", "help.summary"))
	}
	if b.can.chronicle {
		d = append(d, command("timeline", "help.timeline"))
	}
	d = append(d, command("sources", "help.sources"), command("mydata", "help.mydata"))
	if as := b.rank(c.interaction); allowed(mayManage, as, c.guild, b.home()) || allowed(mayCurate, as, c.guild, b.home()) {
		d = append(d, command("crisis-admin", "help.admin"))
	}
	return b.tellDoc(c, append(d,
		text(""), text(c.t.say(b.threadWords("help.mention"))), text(c.t.say(menu)),
		note(c.t.say("help.kept", "days", c.t.say("days", "n", days))),
	))
}

// showData is /mydata show.
func (b *Bot) showData(c *call) error {
	mine, err := b.ledger.of(c.ack, c.user)
	if err != nil {
		return err
	}
	if len(mine) == 0 {
		return b.tell(c, "mydata.none")
	}
	d := doc{text(c.t.say("mydata.title", "n", len(mine)))}
	for _, r := range mine {
		d = append(d, line{kind: bullet, spans: []span{
			{text: shorten(oneLine(r.Answer.Question), 300)},
			{text: " — " + c.t.say("mydata.until", "date", c.t.date(r.Expires.UTC().Format(time.DateOnly)))},
		}})
	}
	return b.gate.reply(c.ack, &c.address, message{body: d, private: true, rows: [][]component{{{
		label: c.t.say("button.forget"), style: danger,
		action: press{action: actForget, owner: c.user, expires: b.o.Now().Add(time.Hour)},
	}}}})
}

// threadWords picks the words about threads: without the intent that brings the text
// of messages, a mention is needed there too.
func (b *Bot) threadWords(key string) string {
	if b.o.NoMessageContent {
		return key + ".called"
	}
	return key
}

const danger = 4 // discordgo.DangerButton

// forgetData is /mydata forget.
func (b *Bot) forgetData(c *call) error {
	if err := b.gate.deferReply(c.ack, &c.address, true); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(b.send, 30*time.Second)
	defer cancel()
	d, err := b.forget(ctx, c)
	if err != nil {
		return err
	}
	_, err = b.gate.edit(ctx, &c.address, message{body: d, private: true})
	return err
}

// forgetConfirmed is the button below /mydata show.
func (b *Bot) forgetConfirmed(c *call) error {
	d, err := b.forget(c.ack, c)
	if err != nil {
		return err
	}
	return b.gate.replace(c.ack, &c.address, message{body: d, private: true})
}

func (b *Bot) forget(ctx context.Context, c *call) (doc, error) {
	if f, ok := b.o.Answerer.(Forgetter); ok {
		f.Forget(b.opaque(c.user))
	}
	n, err := b.ledger.forgetUser(ctx, c.user)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return says(c.t.say("mydata.none")), nil
	}
	return says(c.t.say("mydata.forgotten", "n", n)), nil
}
