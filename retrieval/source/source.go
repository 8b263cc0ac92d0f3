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
	"time"

	"crisisbot/retrieval/article"
)

// Options limit a Reader. The zero value means the defaults.
type Options struct {
	// MaxBytes bounds one article: a file, a page, a feed or a JSONL line,
	// after decompression. Default 8 MiB.
	MaxBytes int64
	// IDs names the articles. Default: an IDs that has seen nothing.
	IDs *IDs
	// Now is the clock that tells dates in the future. Default time.Now.
	Now func() time.Time
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = 8 << 20
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
	opt Options
}

// New returns a Reader.
func New(opt Options) *Reader {
	return &Reader{opt: opt.withDefaults()}
}

// Read yields the articles found at a place, in its own order (folders by
// name). An error that is a *Problem is about one item; its article is zero,
// and reading goes on. The context's error is yielded once, last.
func (r *Reader) Read(ctx context.Context, place string) iter.Seq2[article.Article, error] {
	return func(yield func(article.Article, error) bool) {
		out := &output{yield: yield}
		r.readPath(ctx, place, out)
		if err := ctx.Err(); err != nil && !out.stopped {
			yield(article.Article{}, err)
		}
	}
}

// output hands items to the caller and remembers that it wants no more.
type output struct {
	yield   func(article.Article, error) bool
	stopped bool
}

func (o *output) problem(p *Problem) {
	if !o.stopped {
		o.stopped = !o.yield(article.Article{}, p)
	}
}

func (o *output) article(a article.Article) {
	if !o.stopped {
		o.stopped = !o.yield(a, nil)
	}
}
