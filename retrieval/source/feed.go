package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	"golang.org/x/net/html"
)

const (
	maxItems = 500
	// maxFailures is after how many pages that a host fails to deliver, one after the
	// other, it is left alone.
	maxFailures = 3
	maxSeen     = 4 * maxItems // of a feed that is read now and then; a Poller keeps those of the last version
	maxFeed     = 4 << 20      // bytes
	maxTags     = 100_000      // in a feed, those of its items' text included
	// A feed's own text of an item counts as the article from this many bytes
	// on; a shorter one is taken for a teaser. Teasers have up to 60 words.
	wholeText = 600
)

// parseFeed reads RSS or Atom.
func parseFeed(content []byte) (feed *gofeed.Feed, err error) {
	if len(content) > maxFeed || bytes.Count(content, []byte("<")) > maxTags {
		return nil, fmt.Errorf("%w: a feed of more than %s or %d tags", errTooLarge, size(maxFeed), maxTags)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the feed could not be taken apart: %v", p)
		}
	}()
	parser := gofeed.NewParser()
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	parser.KeepOriginalFeed = true
	feed, err = parser.Parse(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("no feed that can be read: %w", err)
	}
	if original, ok := feed.OriginalFeed().(*atom.Feed); ok {
		for i, entry := range original.Entries { // where it is unknown gofeed takes the day of the update
			if entry.Published == "" {
				feed.Items[i].Published, feed.Items[i].PublishedParsed = "", nil
			}
		}
	}
	if len(feed.Items) > maxItems {
		feed.Items = feed.Items[:maxItems]
	}
	feed.Title = withoutTags(feed.Title)
	for _, item := range feed.Items {
		item.Title = withoutTags(item.Title)
	}
	return feed, nil
}

// Feed fetches the feed at an address and returns its title and the number of its
// items, of which none is read. The error says in one line why it is no feed that can
// be followed.
func (r *Reader) Feed(ctx context.Context, address string) (title string, items int, err error) {
	response, err := r.fetch.get(ctx, address, validators{}, r.opt.MaxBytes)
	if err != nil {
		return "", 0, err
	}
	feed, err := parseFeed(response.body)
	if err != nil {
		return "", 0, err
	}
	return oneLine(feed.Title, 200), len(feed.Items), nil
}

// withoutTags returns the words of a title in which feeds may set HTML.
func withoutTags(title string) string {
	if !strings.ContainsAny(title, "<&") {
		return title
	}
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(title)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) == "br" {
				b.WriteByte(' ')
			}
		}
	}
}

// readFeed reads the items of a feed. Where an item has no text of its own, its
// page is fetched, but not for a feed that was a file.
func (r *Reader) readFeed(ctx context.Context, p page, out *output) {
	feed, err := parseFeed(p.content)
	if err != nil {
		out.problem(refused(p.place, "%w", err))
		return
	}
	if len(feed.Items) == 0 {
		out.problem(skipped(p.place, "the feed has no items"))
	}
	seen, err := r.seen(ctx, p)
	if err != nil {
		out.problem(noted(p.place, "what was known of the feed is lost: %w", err))
	}
	failures := map[string]int{} // of hosts, in a row
	for i, item := range feed.Items {
		if ctx.Err() != nil || out.stopped {
			return
		}
		place, key := itemPlace(p, item, i), itemKey(item)
		if seen.known[key] {
			out.problem(&Problem{place, Known, errors.New("it was read from this feed before"), r.opt.IDs.at(itemURL(p, item))})
			continue
		}
		host := hostOf(place)
		if failures[host] >= maxFailures {
			out.problem(refused(place, "not asked for: %d pages of %s failed in a row; try again later", maxFailures, host))
			continue
		}
		err := r.readItem(ctx, p, feed, item, place, out)
		if ctx.Err() != nil || out.stopped {
			return
		}
		failures[host]++
		if err == nil || !temporary(err) {
			failures[host] = 0
		}
		if err != nil {
			out.problem(refused(place, "%w", err))
		} else if err := seen.add(ctx, key); err != nil {
			out.problem(noted(p.place, "what is known of the feed could not be kept: %w", err))
		}
	}
}

// seenItems are the items of a feed that need not be read again.
type seenItems struct {
	states FeedStates
	feed   string
	state  FeedState
	known  map[string]bool
}

// seen returns what is remembered of a feed; nothing is of a file or of a reader
// without a memory.
func (r *Reader) seen(ctx context.Context, p page) (*seenItems, error) {
	s := &seenItems{feed: p.place, known: map[string]bool{}}
	if r.opt.Feeds == nil || p.url == "" {
		return s, nil
	}
	s.states = r.opt.Feeds
	var err error
	if s.state, err = s.states.FeedState(ctx, s.feed); err != nil {
		return s, err
	}
	for _, key := range s.state.Seen {
		s.known[key] = true
	}
	return s, nil
}

// add remembers an item for good.
func (s *seenItems) add(ctx context.Context, key string) error {
	if s.states == nil || s.known[key] {
		return nil
	}
	s.known[key] = true
	if s.state.Seen = append(s.state.Seen, key); len(s.state.Seen) > maxSeen {
		s.state.Seen = s.state.Seen[len(s.state.Seen)-maxSeen:]
	}
	return s.states.SetFeedState(ctx, s.feed, s.state)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func itemPlace(p page, item *gofeed.Item, i int) string {
	if address := itemURL(p, item); address != "" {
		return address
	}
	return fmt.Sprintf("%s item %d", p.place, i+1)
}

// readItem yields the article of an item. An error says why there is none.
func (r *Reader) readItem(ctx context.Context, p page, feed *gofeed.Feed, item *gofeed.Item, place string, out *output) error {
	d := draft{place: place}
	d.File, d.URL, d.Title = p.name, itemURL(p, item), item.Title
	for _, author := range item.Authors {
		if author != nil && author.Name != "" {
			d.Authors = append(d.Authors, splitByline(author.Name)...)
		}
	}
	d.itemDate(item)

	text, err := htmlFragment(item.Content)
	if err != nil {
		return err
	}
	if text == "" {
		if text, err = htmlFragment(item.Description); err != nil {
			return err
		}
	}
	if len(text) < wholeText && d.URL != "" && p.url != "" {
		return r.readItemPage(ctx, d, feed, out)
	}
	if text == "" {
		return errors.New("the item has no text of its own, and its page is not fetched")
	}
	d.Text, d.Publisher = text, feed.Title
	if d.Title = oneLine(d.Title, 500); d.Title != "" && !startsWith(text, d.Title) {
		d.Text = "# " + d.Title + "\n\n" + text
	}
	r.finish(&d, out)
	return nil
}

// readItemPage fetches the page of an item; what the page says of itself comes
// before what the feed says.
func (r *Reader) readItemPage(ctx context.Context, item draft, feed *gofeed.Feed, out *output) error {
	u, err := url.Parse(item.URL)
	if err != nil {
		return err
	}
	if err := r.fetch.guard.checkURL(u); err != nil {
		return err
	}
	if err := r.robots.allowed(ctx, u); err != nil {
		return err
	}
	if err := r.pacer.wait(ctx, u.Host); err != nil {
		return err
	}
	response, err := r.fetch.get(ctx, item.URL, validators{}, min(r.opt.MaxBytes, maxPage))
	if err != nil {
		return err
	}
	text, note, err := decode(response.body, response.contentType)
	if err != nil {
		return err
	}
	d := draft{place: item.place}
	d.URL = response.url.String()
	if err := readHTML(text, &d); err != nil {
		return err
	}
	if note != "" {
		d.notes = append(d.notes, errors.New(note))
	}
	if d.Title == "" {
		d.Title = item.Title
	}
	if d.Published == "" {
		d.Published, d.DateInferred, d.DateReason = item.Published, item.DateInferred, item.DateReason
	}
	if len(d.Authors) == 0 {
		d.Authors = item.Authors
	}
	if d.Publisher == "" {
		d.Publisher = feed.Title
	}
	r.finish(&d, out)
	return nil
}

// itemDate takes the day of an item as it is written, else as it was parsed.
func (d *draft) itemDate(item *gofeed.Item) {
	if d.date(item.Published); d.Published == "" && item.PublishedParsed != nil {
		d.Published, d.notes = item.PublishedParsed.Format("2006-01-02"), nil
	}
	if d.Published != "" {
		return
	}
	if d.date(item.Updated); d.Published != "" {
		d.DateInferred, d.DateReason = true, "The feed says when the article was updated, not when it was published."
	}
}

// itemURL returns the address of an item's page, "" if it has none.
func itemURL(p page, item *gofeed.Item) string {
	for _, address := range []string{item.Link, item.GUID} {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil || address == "" {
			continue
		}
		if base, err := url.Parse(p.url); err == nil && p.url != "" && address == item.Link {
			u = base.ResolveReference(u)
		}
		if webAddress(u.String()) {
			return u.String()
		}
	}
	return ""
}

// htmlFragment renders the HTML of a feed's item as text.
func htmlFragment(fragment string) (string, error) {
	if strings.TrimSpace(fragment) == "" {
		return "", nil
	}
	slim, _, err := slimHTML(fragment)
	if err != nil {
		return "", err
	}
	doc, err := html.Parse(bytes.NewReader(slim))
	if err != nil {
		return "", fmt.Errorf("read HTML: %w", err)
	}
	return renderText(doc), nil
}
