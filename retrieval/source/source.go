// Package source reads news articles from the world: plain text, Markdown with
// front matter, HTML, JSONL, folders of these, web pages and RSS or Atom feeds.
//
// What it yields can be stored as it is: valid UTF-8 without invisible
// characters, an id, a title, and a date that is either stated in the article
// or marked as inferred with the reason. One bad item never stops the rest.
package source

import (
	"context"
	"iter"
	"net/netip"
	"strings"
	"time"

	"crisisbot/retrieval/article"
)

// Options limit a Reader. The zero value means the defaults.
type Options struct {
	// MaxBytes bounds one article: a file, a page, a feed or a JSONL line,
	// after decompression. Default 8 MiB; HTML is bounded by 3 MiB and a feed by
	// 4 MiB besides.
	MaxBytes int64
	// Timeout bounds one request, with its redirects and its body. Default 9 s.
	Timeout time.Duration
	// PageDelay is the least time between two pages of a host that are fetched
	// for a feed. Default 1 s.
	PageDelay time.Duration
	// AllowNetworks and AllowHosts (names) may be fetched from on any port though
	// they are not on the public internet.
	AllowNetworks []netip.Prefix
	AllowHosts    []string
	// UserAgent names the program to web servers; it should say where its
	// operator can be reached. Default "crisisbot/1.0 (news reader; keeps to robots.txt)".
	UserAgent string
	// IDs names the articles. Default: an IDs that has seen nothing.
	IDs *IDs
	// Feeds remembers which items of a feed were taken, so that they are not read
	// again: an item is taken once the loop over Read goes on after its article.
	// Default: nothing is remembered.
	Feeds FeedStates
	// Now is the clock that tells dates in the future. Default time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 8 << 20
	}
	if o.Timeout <= 0 {
		o.Timeout = 9 * time.Second
	}
	if o.PageDelay <= 0 {
		o.PageDelay = time.Second
	}
	if o.UserAgent == "" {
		o.UserAgent = robotsName + "/1.0 (news reader; keeps to robots.txt)"
	}
	if o.IDs == nil {
		o.IDs = NewIDs()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// A Reader reads articles. It is safe for concurrent use.
type Reader struct {
	opt    Options
	fetch  *fetcher
	robots *robots
	pacer  pacer
}

// New returns a Reader.
func New(opt Options) *Reader {
	opt = opt.withDefaults()
	f := newFetcher(opt)
	return &Reader{
		opt: opt, fetch: f,
		robots: &robots{fetch: f, hosts: map[string]robotsFile{}},
		pacer:  pacer{delay: opt.PageDelay, next: map[string]time.Time{}},
	}
}

// An Item is an article and where it was read: a file, "file:line" or an address.
type Item struct {
	Article article.Article
	Place   string
}

// Read yields the articles found at a place: a file, a folder, or the http or
// https address of a page or feed. A folder is read in the order of its names.
// An error that is a *Problem is about one item; its article is zero, and
// reading goes on. The context's error is yielded once, last.
func (r *Reader) Read(ctx context.Context, place string) iter.Seq2[article.Article, error] {
	return func(yield func(article.Article, error) bool) {
		for item, err := range r.ReadItems(ctx, place) {
			if !yield(item.Article, err) {
				return
			}
		}
	}
}

// ReadItems is Read for those who want to know where each article was.
func (r *Reader) ReadItems(ctx context.Context, place string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		out := &output{}
		out.yield = func(a article.Article, err error) bool { return yield(Item{a, out.place}, err) }
		if strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://") {
			r.readURL(ctx, place, out)
		} else {
			r.readPath(ctx, place, out)
		}
		if err := ctx.Err(); err != nil && !out.stopped {
			yield(Item{}, err)
		}
	}
}

// readURL reads the page or feed at an address.
func (r *Reader) readURL(ctx context.Context, address string, out *output) {
	response, err := r.fetch.get(ctx, address, validators{}, r.opt.MaxBytes)
	if err != nil {
		if ctx.Err() == nil {
			out.problem(refused(address, "%w", err))
		}
		return
	}
	r.readPage(ctx, page{
		place: address, url: response.url.String(), contentType: response.contentType, content: response.body,
		kind: kindOf("", response.contentType, response.body),
	}, out)
}

// output hands items to the caller and remembers that it wants no more.
type output struct {
	yield   func(article.Article, error) bool
	place   string // of what is being yielded
	stopped bool
}

func (o *output) problem(p *Problem) {
	if !o.stopped {
		o.place = p.Place
		o.stopped = !o.yield(article.Article{}, p)
	}
}

func (o *output) article(a article.Article, place string) {
	if !o.stopped {
		o.place = place
		o.stopped = !o.yield(a, nil)
	}
}
