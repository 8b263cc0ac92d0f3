package bot

import (
	"context"
	"slices"
	"strings"
	"time"
)

// channelOption is the channel that a command names, or the one it was given in.
func channelOption(c *call) string {
	if ch := c.options["channel"]; snowflake.MatchString(ch) {
		return ch
	}
	if c.parent != "" {
		return c.parent
	}
	return c.channel
}

// allowChannel is /crisis-admin channels allow and deny.
func (b *Bot) allowChannel(c *call, allow bool) error {
	ch := channelOption(c)
	_, err := b.settings.change(c.ack, c.guild, func(g *guildSettings) {
		same := func(have string) bool { return have == ch }
		off, chosen := slices.Contains(g.Off, ch), slices.Contains(g.Channels, ch)
		g.Off, g.Channels = slices.DeleteFunc(g.Off, same), slices.DeleteFunc(g.Channels, same)
		switch {
		case !allow && (len(g.Channels) == 0 || !chosen):
			g.Off = append(g.Off, ch)
		case allow && (!off || len(g.Channels) > 0): // one that was switched off is just on again
			g.Channels = append(g.Channels, ch)
		}
	})
	if err != nil {
		return err
	}
	key := "admin.removed.channel"
	if allow {
		key = "admin.allowed"
	}
	return b.tellDoc(c, doc{{spans: []span{{text: c.t.say(key) + " "}, {channel: ch}}}})
}

// listChannels is /crisis-admin channels list.
func (b *Bot) listChannels(c *call, g guildSettings) error {
	named := func(key string, channels []string) line {
		l := line{spans: []span{{text: c.t.say(key)}}}
		for _, ch := range channels {
			l.spans = append(l.spans, span{text: " "}, span{channel: ch})
		}
		return l
	}
	switch {
	case len(g.Channels) > 0:
		return b.tellDoc(c, doc{named("admin.channels.some", g.Channels)})
	case len(g.Off) > 0:
		return b.tellDoc(c, doc{named("admin.channels.but", g.Off)})
	}
	return b.tell(c, "admin.channels.all")
}

// changeSettings is /crisis-admin settings. What isn't given stays as it is.
func (b *Bot) changeSettings(c *call) error {
	ch := channelOption(c)
	var now channelSettings
	_, err := b.settings.change(c.ack, c.guild, func(g *guildSettings) {
		now = g.Each[ch]
		if v := c.options["language"]; v == "auto" {
			now.Language = ""
		} else if b.lang[v] != nil {
			now.Language = v
		}
		switch c.options["answers"] {
		case "private":
			now.Answers = "private"
		case "public":
			now.Answers = ""
		}
		switch c.options["mentions"] {
		case "off":
			now.Mentions = "off"
		case "on":
			now.Mentions = ""
		}
		if g.Each == nil {
			g.Each = map[string]channelSettings{}
		}
		g.Each[ch] = now
		if now == (channelSettings{}) {
			delete(g.Each, ch)
		}
	})
	if err != nil {
		return err
	}
	or := func(value, otherwise string) string {
		if value == "" {
			value = otherwise
		}
		return c.t.say("choice." + value)
	}
	return b.tell(c, "admin.settings", "language", or(now.Language, "auto"), "visibility", or(now.Answers, "public"), "mentions", or(now.Mentions, "on"))
}

// maxUpload is the largest file read, in bytes.
const maxUpload = 8 << 20

// ingestWithin bounds one ingest by hand.
const ingestWithin = 5 * time.Minute

// ingest is /crisis-admin ingest.
func (b *Bot) ingest(c *call) error {
	u := Upload{URL: strings.TrimSpace(c.options["url"])}
	switch {
	case u.URL == "" && c.file == nil:
		return b.tell(c, "admin.ingest.missing")
	case u.URL != "" && c.file != nil:
		return b.tell(c, "admin.ingest.both")
	case c.file != nil && c.file.Size > maxUpload:
		return b.tell(c, "admin.ingest.large", "size", maxUpload>>20)
	}
	return b.curate(c, ingestWithin, func(ctx context.Context) (doc, error) { return b.ingested(ctx, c, u) })
}

// ingested adds what was uploaded and says what became of it.
func (b *Bot) ingested(ctx context.Context, c *call, u Upload) (doc, error) {
	if c.file != nil {
		body, err := b.fetch(ctx, c.file.URL)
		if err != nil {
			b.o.Log.Warn("can't fetch an attachment", "error", err)
			return says(c.t.say("admin.ingest.fetch")), nil
		}
		u.Name, u.Body = c.file.Filename, body
	}
	results, err := b.o.Ingester.Ingest(ctx, u)
	if err != nil {
		return nil, err
	}
	d := says(c.t.say("admin.ingest.done", "n", len(results)))
	const shown = 15
	for _, r := range results[:min(len(results), shown)] {
		l := line{kind: bullet, spans: []span{{text: c.t.say("admin.status." + r.Status), style: bold}, {text: " — " + shorten(oneLine(r.Title), 100)}}}
		if r.Why != "" {
			l.spans = append(l.spans, inert(": "+shorten(oneLine(c.t.retellError(r.Why)), 200), italic, u.URL)...)
		}
		d = append(d, l)
	}
	if more := len(results) - shown; more > 0 {
		d = append(d, note(c.t.say("admin.ingest.more", "n", more)))
	}
	return d, nil
}

// confirmRemoval is /crisis-admin remove: it asks first.
func (b *Bot) confirmRemoval(c *call) error {
	named := b.chosenArticle(c)
	a, ok := b.o.Library.Article(named)
	if found := b.shelf.get().find(named); !ok && len(found) > 0 { // typed, not chosen
		if len(found) > 1 {
			return b.tell(c, "article.several", "n", len(found))
		}
		a, ok = found[0], true
	}
	if !ok || len(a.ID) > maxRemovable {
		return b.tell(c, "article.gone")
	}
	return b.gate.reply(c.ack, &c.address, message{
		private: true,
		body: doc{
			text(c.t.say("admin.remove.ask")),
			{kind: quoted, spans: []span{{text: shorten(oneLine(a.Title), 200), style: bold}, {text: " — " + strings.Join(nonEmpty(a.Publisher, a.Published), ", ")}}},
		},
		rows: [][]component{{{
			label: c.t.say("button.remove"), style: danger,
			action: press{actRemove, c.user, b.o.Now().Add(10 * time.Minute), b.pending.put(a.ID)},
		}}},
	})
}

// remove takes out the article that was confirmed. The right is checked again: it
// may have been lost since.
func (b *Bot) remove(c *call, ticket string) error {
	if b.o.Remover == nil || !allowed(mayCurate, b.rank(c.interaction), c.guild, b.home()) {
		b.counters.denied.Add(1)
		return b.tell(c, "denied.library")
	}
	id, ok := b.pending.take(ticket)
	if !ok {
		return b.tell(c, "used")
	}
	title := id
	if a, ok := b.o.Library.Article(id); ok {
		title = a.Title
	}
	if err := b.gate.deferUpdate(c.ack, &c.address); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(b.work, time.Minute)
	defer cancel()
	if err := b.o.Remover.Remove(ctx, id); err != nil {
		return err
	}
	b.shelf.changed()
	if n, err := b.ledger.forgetArticle(ctx, id); err != nil {
		b.o.Log.Error("can't forget the answers that quote a removed article", "forgotten", n, "error", err)
	}
	_, err := b.gate.edit(ctx, &c.address, message{body: says(c.t.say("admin.removed", "title", shorten(oneLine(title), 200))), private: true})
	return err
}
