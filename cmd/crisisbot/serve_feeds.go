package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"crisisbot/bot"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
)

// feeds follows the feeds of the settings and those that managers added, and knows
// how the last visit to each went. It is a bot.Feeder.
type feeds struct {
	reader *source.Reader
	states feedStates
	store  bot.Store
	log    *slog.Logger
	take   func(context.Context, article.Article) error

	poller *source.Poller
	orders chan string  // feeds to follow
	taken  atomic.Int64 // articles

	mu  sync.Mutex
	all map[string]*feed
}

type feed struct {
	bot.Feed
	stop context.CancelFunc // nil until it is followed
	done chan struct{}      // closed when it is no longer followed
}

const (
	maxFeeds = 200 // that managers may add
	// feedListKey holds the addresses that managers added.
	feedListKey = "feeds"
)

func feedKey(address string) string { return "feed/" + address }

// openFeeds returns the feeds of the settings and those added earlier.
func openFeeds(ctx context.Context, fixed []string, reader *source.Reader, states feedStates, store bot.Store, log *slog.Logger, take func(context.Context, article.Article) error) (*feeds, error) {
	f := &feeds{
		reader: reader, states: states, store: store, log: log, take: take,
		orders: make(chan string, maxFeeds+len(fixed)), all: map[string]*feed{},
	}
	f.poller = source.NewPoller(reader, fixed, states, source.PollOptions{Visited: f.visited})
	var added []string
	raw, err := store.Get(ctx, feedListKey)
	if err != nil {
		return nil, fmt.Errorf("feeds: %w", err)
	}
	if raw != nil && json.Unmarshal(raw, &added) != nil {
		log.Error("the list of feeds that managers added is damaged: add them anew")
	}
	for i, address := range slices.Concat(fixed, added) {
		if f.all[address] != nil || !webAddress(address) {
			continue
		}
		k := &feed{done: make(chan struct{})}
		if raw, err := store.Get(ctx, feedKey(address)); err == nil && raw != nil {
			_ = json.Unmarshal(raw, &k.Feed) // else nothing is known of the last visit
		}
		k.URL, k.Fixed = address, i < len(fixed)
		f.all[address] = k
		if !k.Fixed {
			f.orders <- address
		}
	}
	return f, nil
}

// run follows the feeds until the context ends.
func (f *feeds) run(ctx context.Context) {
	var following sync.WaitGroup
	defer following.Wait()
	following.Go(func() {
		_ = f.poller.Run(ctx, f.take, f.report) // it ends with the context
	})
	for {
		select {
		case <-ctx.Done():
			return
		case address := <-f.orders:
			f.mu.Lock()
			k := f.all[address]
			if k == nil { // removed meanwhile
				f.mu.Unlock()
				continue
			}
			one, stop := context.WithCancel(ctx)
			k.stop = stop
			f.mu.Unlock()
			following.Go(func() {
				defer close(k.done)
				defer stop()
				f.poller.Follow(one, address, f.take, f.report)
			})
		}
	}
}

// query is the part of an address that may hold a key.
var query = regexp.MustCompile(`\?[^\s"]+`)

func (f *feeds) report(p *source.Problem) {
	place, problem := query.ReplaceAllString(p.Place, "?…"), query.ReplaceAllString(p.Err.Error(), "?…")
	if p.Severity == source.Noted {
		f.log.Debug("feed", "place", place, "problem", problem)
		return
	}
	f.log.Warn("feed", "place", place, "severity", p.Severity.String(), "problem", problem)
}

// visited keeps how a visit went.
func (f *feeds) visited(v source.Visit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taken.Add(int64(v.Articles))
	k := f.all[v.Feed]
	if k == nil {
		return
	}
	k.Visited, k.Articles, k.Refused, k.Problem, k.Next = v.At, v.Articles, v.Refused, "", v.Next
	if v.Err != nil {
		k.Problem = v.Err.Error()
	}
	raw, err := json.Marshal(k.Feed)
	if err == nil {
		err = f.store.Put(context.Background(), feedKey(v.Feed), raw, time.Time{}) // a write to the disk
	}
	if err != nil {
		f.log.Warn("how a feed was read can't be kept", "error", err)
	}
}

// AddFeed follows a feed from now on.
func (f *feeds) AddFeed(ctx context.Context, address string) (title string, items int, err error) {
	if !webAddress(address) {
		return "", 0, errors.New("this is no address of a feed: write it in full, such as https://example.org/news")
	}
	f.mu.Lock()
	known, added := f.all[address] != nil, len(f.added())
	f.mu.Unlock()
	switch {
	case known:
		return "", 0, errors.New("this feed is followed already")
	case added >= maxFeeds:
		return "", 0, fmt.Errorf("%d feeds are followed, no more can be: remove one first", added)
	}
	if title, items, err = f.reader.Feed(ctx, address); err != nil {
		return "", 0, fmt.Errorf("this can't be followed: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all[address] != nil {
		return "", 0, errors.New("this feed is followed already")
	}
	f.all[address] = &feed{Feed: bot.Feed{URL: address}, done: make(chan struct{})}
	if err := f.keepList(ctx); err != nil {
		delete(f.all, address)
		return "", 0, err
	}
	select {
	case f.orders <- address:
	default: // nobody follows any more: at the next start
	}
	return cmp.Or(title, address), items, nil
}

// RemoveFeed follows a feed no more and forgets what is known of it, but for its
// articles.
func (f *feeds) RemoveFeed(ctx context.Context, address string) error {
	f.mu.Lock()
	k := f.all[address]
	if k == nil || k.Fixed {
		f.mu.Unlock()
		return errors.New("there is no such feed to remove")
	}
	delete(f.all, address)
	stop := k.stop
	err := f.keepList(ctx)
	f.mu.Unlock()
	if err != nil {
		return err
	}
	if stop != nil {
		stop()
		select {
		case <-k.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.Join(f.states.RemoveFeed(ctx, address), f.store.Delete(ctx, feedKey(address)))
}

// added lists the feeds that managers added. The lock is held.
func (f *feeds) added() []string {
	var list []string
	for address, k := range f.all {
		if !k.Fixed {
			list = append(list, address)
		}
	}
	slices.Sort(list)
	return list
}

func (f *feeds) keepList(ctx context.Context) error {
	raw, err := json.Marshal(f.added())
	if err == nil {
		err = f.store.Put(ctx, feedListKey, raw, time.Time{})
	}
	if err != nil {
		return fmt.Errorf("the list of feeds can't be kept: %w", err)
	}
	return nil
}

// Feeds lists all feeds by address.
func (f *feeds) Feeds() []bot.Feed {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []bot.Feed
	for _, k := range f.all {
		list = append(list, k.Feed)
	}
	slices.SortFunc(list, func(a, b bot.Feed) int { return cmp.Compare(a.URL, b.URL) })
	return list
}

// feedStates keeps in the archive where the reading of feeds stands.
type feedStates struct{ *archive.Archive }

func (f feedStates) FeedState(ctx context.Context, feed string) (source.FeedState, error) {
	all, err := f.Archive.Feeds(ctx)
	if err != nil {
		return source.FeedState{}, err
	}
	for _, k := range all {
		if k.URL == feed {
			return source.FeedState{ETag: k.ETag, LastModified: k.LastModified, Next: k.NextPoll, Failures: k.Failures, Seen: k.Seen}, nil
		}
	}
	return source.FeedState{}, nil
}

func (f feedStates) SetFeedState(ctx context.Context, feed string, state source.FeedState) error {
	return f.PutFeed(ctx, archive.Feed{
		URL: feed, ETag: state.ETag, LastModified: state.LastModified, NextPoll: state.Next, Failures: state.Failures, Seen: state.Seen,
	})
}
