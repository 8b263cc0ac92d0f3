package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"time"
)

const (
	maxFeedAddress = 500 // characters
	// feedWithin bounds the first look at a feed.
	feedWithin = 30 * time.Second
)

// addFeed is /crisis-admin feeds add.
func (b *Bot) addFeed(c *call) error {
	address := strings.TrimSpace(c.options["url"])
	return b.curate(c, feedWithin, func(ctx context.Context) (doc, error) {
		title, items, err := b.o.Feeder.AddFeed(ctx, address)
		if err != nil {
			return nil, err
		}
		d := says(c.t.say("feed.added", "n", items))
		return append(d, line{kind: bullet, spans: []span{{text: shorten(oneLine(title), 150) + " ", style: bold}, {link: address}}}), nil
	})
}

// removeFeed is /crisis-admin feeds remove.
func (b *Bot) removeFeed(c *call) error {
	return b.curate(c, feedWithin, func(ctx context.Context) (doc, error) {
		f, ok := b.feed(strings.TrimSpace(c.options["feed"]))
		switch {
		case !ok:
			return says(c.t.say("feed.unknown")), nil
		case f.Fixed:
			return says(c.t.say("feed.fixed")), nil
		}
		if err := b.o.Feeder.RemoveFeed(ctx, f.URL); err != nil {
			return nil, err
		}
		return doc{{spans: []span{{text: c.t.say("feed.removed") + " "}, {link: f.URL}}}}, nil
	})
}

// feed finds a feed by its address or its key.
func (b *Bot) feed(named string) (Feed, bool) {
	for _, f := range b.o.Feeder.Feeds() {
		if f.URL == named || feedKey(f.URL) == named {
			return f, true
		}
	}
	return Feed{}, false
}

// feedKey stands for a feed where its address is too long for Discord.
func feedKey(address string) string {
	if width(address) <= 100 {
		return address
	}
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:16])
}

// listFeeds is /crisis-admin feeds list.
func (b *Bot) listFeeds(c *call) error {
	feeds := b.o.Feeder.Feeds()
	if len(feeds) == 0 {
		return b.tell(c, "feed.none")
	}
	d := doc{{spans: []span{{text: c.t.say("feed.title", "n", len(feeds)), style: bold}}}}
	for _, f := range feeds {
		d = append(d, line{kind: bullet, spans: append([]span{{link: f.URL}}, inert(" — "+c.t.feedState(f), plain, f.URL)...)})
	}
	return b.tellDoc(c, d)
}

// feedState says how the last visit to a feed went, and when the next one is.
func (t *texts) feedState(f Feed) string {
	said := t.say("feed.waiting")
	switch {
	case f.Problem != "":
		said = t.say("feed.failed", "at", t.moment(f.Visited), "why", strings.TrimRight(shorten(oneLine(t.retellError(f.Problem)), 160), "."))
	case !f.Visited.IsZero():
		said = t.say("feed.read", "at", t.moment(f.Visited), "n", f.Articles)
		if f.Refused > 0 {
			said += ", " + t.say("feed.refused", "n", f.Refused)
		}
	}
	if !f.Next.IsZero() {
		said += "; " + t.say("feed.next", "at", t.moment(f.Next))
	}
	if f.Fixed {
		said += "; " + t.say("feed.fixed.short")
	}
	return said
}

// feedChoices are the feeds that can be removed, for the autocompletion.
func (b *Bot) feedChoices(typed string) []option {
	var out []option
	for _, f := range b.o.Feeder.Feeds() {
		if f.Fixed || !strings.Contains(strings.ToLower(f.URL), strings.ToLower(strings.TrimSpace(typed))) {
			continue
		}
		name := f.URL
		if u, err := url.Parse(f.URL); err == nil { // a label holds no address
			name = strings.TrimRight(u.Host+" · "+strings.TrimPrefix(u.RequestURI(), "/"), " ·")
		}
		out = append(out, option{label: name, value: feedKey(f.URL)})
	}
	return out
}

// curate runs what changes the articles and may take a while, and tells the manager
// alone what came of it. The errors of work are shown.
func (b *Bot) curate(c *call, within time.Duration, work func(context.Context) (doc, error)) error {
	if err := b.gate.deferReply(c.ack, &c.address, true); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(b.work, within)
	defer cancel()
	d, err := work(ctx)
	b.shelf.changed()
	switch {
	case err == nil:
	case errors.Is(context.Cause(ctx), errRestarting):
		d = says(c.t.say("restarting"))
	case ctx.Err() != nil:
		d = says(c.t.say("timeout"))
	default:
		d = doc{{spans: inert(sentence(shorten(oneLine(c.t.retellError(err.Error())), 500)), plain, c.options["url"], c.options["feed"])}}
	}
	sending, cancelSending := context.WithTimeout(b.send, 10*time.Second)
	defer cancelSending()
	_, err = b.gate.edit(sending, &c.address, message{body: d, private: true})
	return err
}
