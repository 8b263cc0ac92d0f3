package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"time"

	"crisisbot/retrieval/article"

	"github.com/mmcdole/gofeed"
)

// A FeedState is what a Poller remembers of a feed between visits.
type FeedState struct {
	ETag, LastModified string
	Next               time.Time // of the next visit
	Failures           int       // in a row
	Seen               []string  // items of the last version that need not be read again
}

// FeedStates keeps the state of feeds, by address. A feed that it doesn't know
// has the zero state. It is called by several goroutines at a time.
type FeedStates interface {
	FeedState(ctx context.Context, feed string) (FeedState, error)
	SetFeedState(ctx context.Context, feed string, state FeedState) error
}

// PollOptions tune a Poller. The zero value means the defaults.
type PollOptions struct {
	// Every is the time between visits to a feed. Default 15 minutes.
	Every time.Duration
	// MaxWait bounds the time between visits to a feed that fails, or whose
	// server asks to wait. Default 24 hours.
	MaxWait time.Duration
	// Parallel is how many feeds are read at a time, never two of a host. Default 4.
	Parallel int
	// Random returns numbers in [0, 1) that spread the visits, to several
	// goroutines at a time. Default math/rand/v2.
	Random func() float64
	// Visited is told how each visit to a feed went; by several goroutines at a
	// time. It may be nil.
	Visited func(Visit)
}

// A Visit is what one visit to a feed came to.
type Visit struct {
	Feed     string
	At       time.Time
	Articles int       // taken
	Refused  int       // items that could not be read or taken
	Err      error     // why the feed itself could not be read, nil if it could
	Next     time.Time // of the next visit
}

// jitter is the share by which a wait is lengthened or shortened at random.
const jitter = 0.2

// A Poller visits feeds and hands on their new articles.
type Poller struct {
	reader *Reader
	feeds  []string
	states FeedStates
	opt    PollOptions
	slots  chan struct{}
	take   chan struct{} // one at a time
	mu     sync.Mutex
	hosts  map[string]*pollHost
	tries  map[string]map[string]int // by feed and item, of those that failed
}

// A pollHost is what is known of a host. The channel is held during a visit.
type pollHost struct {
	visit    chan struct{}
	failures int
	until    time.Time // no visit before
}

// NewPoller returns a Poller for the feeds at some addresses.
func NewPoller(reader *Reader, feeds []string, states FeedStates, opt PollOptions) *Poller {
	if opt.Every <= 0 {
		opt.Every = 15 * time.Minute
	}
	if opt.MaxWait <= 0 {
		opt.MaxWait = 24 * time.Hour
	}
	if opt.Parallel <= 0 {
		opt.Parallel = 4
	}
	if opt.Random == nil {
		opt.Random = rand.Float64
	}
	feeds = slices.Clone(feeds)
	slices.Sort(feeds)
	return &Poller{
		reader: reader, feeds: slices.Compact(feeds), states: states, opt: opt,
		slots: make(chan struct{}, opt.Parallel), take: make(chan struct{}, 1), hosts: map[string]*pollHost{},
		tries: map[string]map[string]int{},
	}
}

// Run visits the feeds until ctx ends, whose error it returns. take is given each
// article that is new or was updated, one at a time; after an error the item is
// read again at the next visit. report is told what failed and what was noted, by
// several goroutines at a time.
func (p *Poller) Run(ctx context.Context, take func(context.Context, article.Article) error, report func(*Problem)) error {
	var wg sync.WaitGroup
	for _, feed := range p.feeds {
		wg.Go(func() {
			// not all at once at the first start
			p.follow(ctx, feed, time.Duration(p.opt.Random()*float64(min(p.opt.Every, time.Minute))), take, report)
		})
	}
	wg.Wait()
	<-ctx.Done()
	return ctx.Err()
}

// Follow visits one feed more until ctx ends, at first at once unless a time for the
// next visit is known. It may be called while Run runs, with the same take and
// report, and returns early where the address may never be visited.
func (p *Poller) Follow(ctx context.Context, feed string, take func(context.Context, article.Article) error, report func(*Problem)) {
	p.follow(ctx, feed, 0, take, report)
}

// follow visits one feed again and again, a feed that is new after first.
func (p *Poller) follow(ctx context.Context, feed string, first time.Duration, take func(context.Context, article.Article) error, report func(*Problem)) {
	u, err := url.Parse(feed)
	if err == nil {
		err = p.reader.fetch.guard.checkURL(u)
	}
	if err != nil {
		report(refused(feed, "%w", err))
		p.tell(Visit{Feed: feed, At: time.Now(), Err: err})
		return
	}
	state, err := p.states.FeedState(ctx, feed)
	if err != nil && ctx.Err() == nil {
		report(noted(feed, "what was known of the feed is lost: %w", err))
	}
	host := p.host(u.Host)
	if time.Until(state.Next) > 2*p.opt.MaxWait { // the clock was wrong then, or is now
		state.Next = time.Time{}
	}
	if state.Next.IsZero() {
		state.Next = time.Now().Add(first)
	}
	for {
		if err := sleep(ctx, time.Until(state.Next)); err != nil {
			return
		}
		if !acquire(ctx, host.visit) {
			return
		}
		if wait := time.Until(p.until(host)); wait > 0 { // another feed of the host has failed meanwhile
			<-host.visit
			state.Next = time.Now().Add(wait)
			continue
		}
		if !acquire(ctx, p.slots) {
			<-host.visit
			return
		}
		p.visit(ctx, feed, &state, host, take, report)
		<-p.slots
		<-host.visit
		if ctx.Err() != nil {
			return
		}
		if err := p.states.SetFeedState(ctx, feed, state); err != nil && ctx.Err() == nil {
			report(noted(feed, "what is known of the feed could not be kept: %w", err))
		}
	}
}

func acquire(ctx context.Context, slot chan struct{}) bool {
	select {
	case slot <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (p *Poller) host(name string) *pollHost {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hosts[name] == nil {
		p.hosts[name] = &pollHost{visit: make(chan struct{}, 1)}
	}
	return p.hosts[name]
}

func (p *Poller) until(h *pollHost) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return h.until
}

func (p *Poller) tell(v Visit) {
	if p.opt.Visited != nil {
		p.opt.Visited(v)
	}
}

// visit reads a feed once and sets when to come again.
func (p *Poller) visit(ctx context.Context, feed string, state *FeedState, host *pollHost, take func(context.Context, article.Article) error, report func(*Problem)) {
	visit := Visit{Feed: feed, At: time.Now()}
	taking := func(ctx context.Context, a article.Article) error {
		err := take(ctx, a)
		if err == nil {
			visit.Articles++ // one item is taken at a time, in this goroutine
		}
		return err
	}
	reporting := func(problem *Problem) {
		if problem.Severity == Refused && problem.Place != feed {
			visit.Refused++
		}
		report(problem)
	}
	have := validators{state.ETag, state.LastModified}
	response, err := p.reader.fetch.get(ctx, feed, have, p.reader.opt.MaxBytes)
	if err == nil && !response.unchanged {
		err = p.read(ctx, feed, response, state, taking, reporting)
	}
	if ctx.Err() != nil {
		return
	}
	wait := p.opt.Every
	if err == nil {
		state.Failures = 0
		p.mu.Lock()
		host.failures, host.until = 0, time.Time{}
		p.mu.Unlock()
	} else {
		report(refused(feed, "%w", err))
		state.Failures++
		wait = p.backoff(state.Failures)
		var status *statusError
		if errors.As(err, &status) {
			wait = max(wait, min(status.retryAfter, p.opt.MaxWait))
		}
		if temporary(err) {
			p.mu.Lock()
			host.failures++
			wait = max(wait, p.backoff(host.failures))
			host.until = time.Now().Add(wait)
			p.mu.Unlock()
		}
	}
	// A wait that the server asks for is only lengthened.
	spread := jitter * p.opt.Random()
	if err == nil {
		spread = jitter * (2*p.opt.Random() - 1)
	}
	state.Next = time.Now().Add(time.Duration(float64(wait) * (1 + spread)))
	visit.Err, visit.Next = err, state.Next
	p.tell(visit)
}

// backoff doubles the wait with every failure.
func (p *Poller) backoff(failures int) time.Duration {
	wait := p.opt.Every
	for range min(failures, 20) {
		if wait *= 2; wait >= p.opt.MaxWait {
			return p.opt.MaxWait
		}
	}
	return wait
}

// maxTries is how many visits an item is tried in whose page the server fails to
// deliver: three hours at least, days for a host that is away.
const maxTries = 12

// read hands on the items of a feed that were not seen. A host that fails to deliver
// several pages in a row is left alone until the next visit; the error says so of the
// feed's own. When an article can't be kept, all other items wait for the next visit.
func (p *Poller) read(ctx context.Context, feed string, response *response, state *FeedState, take func(context.Context, article.Article) error, report func(*Problem)) error {
	parsed, err := parseFeed(response.body)
	if err != nil {
		return err
	}
	at := page{place: feed, url: response.url.String()}
	keep := &seenItems{states: p.states, feed: feed, state: *state, known: map[string]bool{}} // for a process that is killed before the end
	var settled []string
	complete := true
	failures := map[string]int{} // of hosts, in a row
	tries := map[string]int{}    // of items that failed
	var failed, unkept error
	for i, item := range parsed.Items {
		key := itemKey(item)
		if slices.Contains(state.Seen, key) {
			settled = append(settled, key)
			continue
		}
		place := itemPlace(at, item, i)
		host := hostOf(place)
		if unkept != nil || ctx.Err() != nil || failures[host] >= maxFailures {
			complete = false
			tries[key] = p.tried(feed, key)
			continue
		}
		out := &output{yield: func(a article.Article, err error) bool {
			var problem *Problem
			if errors.As(err, &problem) {
				report(problem)
				return true
			}
			if !acquire(ctx, p.take) {
				unkept = ctx.Err()
				return false
			}
			defer func() { <-p.take }()
			unkept = take(ctx, a)
			return true
		}}
		err := p.reader.readItem(ctx, at, parsed, item, place, out)
		switch {
		case ctx.Err() != nil:
			complete = false
			continue
		case unkept != nil:
			report(refused(place, "%w", unkept))
			complete = false
			continue
		case err == nil:
			failures[host] = 0
			settled = append(settled, key)
			if err := keep.add(ctx, key); err != nil && ctx.Err() == nil {
				report(noted(feed, "what is known of the feed could not be kept: %w", err))
			}
			continue
		}
		report(refused(place, "%w", err))
		if !temporary(err) {
			failures[host] = 0
			settled = append(settled, key)
			continue
		}
		if failures[host]++; failures[host] == maxFailures && host == response.url.Host {
			failed = fmt.Errorf("%d pages of the feed in a row: %w", maxFailures, err)
		}
		if tries[key] = p.tried(feed, key) + 1; tries[key] >= maxTries {
			report(refused(place, "it failed in %d visits and is given up", maxTries))
			delete(tries, key)
			settled = append(settled, key)
			continue
		}
		complete = false
	}
	p.mu.Lock()
	p.tries[feed] = tries
	p.mu.Unlock()
	state.Seen = settled
	state.ETag, state.LastModified = "", ""
	if complete { // else the feed is to be sent whole again
		state.ETag, state.LastModified = response.version.etag, response.version.lastModified
	}
	return failed
}

// tried returns in how many visits an item has failed.
func (p *Poller) tried(feed, key string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries[feed][key]
}

// itemKey names a version of an item.
func itemKey(item *gofeed.Item) string {
	for _, name := range []string{item.GUID, item.Link, item.Title} {
		if name != "" {
			return shorten(name + " " + item.Updated)
		}
	}
	return shorten(item.Description)
}
