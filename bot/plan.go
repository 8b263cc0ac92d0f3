package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
)

func trimToken(token string) string { return strings.TrimPrefix(token, "Bot ") }

// A plan says where and how to connect.
type plan struct {
	url    string
	shards int
	starts *starts
}

// plan asks Discord where the gateway is, how many shards it wants and how many may
// start. It tries until Discord answers or refuses the token.
func (b *Bot) plan(ctx context.Context) (plan, error) {
	var where string
	var bot struct {
		Shards int `json:"shards"`
		Limit  struct {
			Remaining  *int `json:"remaining"`
			ResetAfter int  `json:"reset_after"` // milliseconds
			Parallel   int  `json:"max_concurrency"`
		} `json:"session_start_limit"`
	}
	err := b.patiently(ctx, func() (err error) {
		where, err = b.gate.client.findGateway(ctx)
		return err
	})
	if err != nil {
		return plan{}, err
	}
	err = b.patiently(ctx, func() error {
		err := b.gate.client.do(ctx, request{op: "ask for shards", method: "GET", url: discordgo.EndpointGatewayBot, repeat: true}, &bot)
		var e *restError
		if errors.As(err, &e) && e.Status == http.StatusNotFound {
			return nil // a server without it has one shard
		}
		return err
	})
	if err != nil {
		return plan{}, err
	}
	p := plan{url: where, shards: b.o.Shards}
	if p.shards == 0 {
		p.shards = min(max(1, bot.Shards), 1024)
	}
	p.starts = newStarts(b.o.Store, max(1, bot.Limit.Parallel), b.o.identifyEvery, b.o.Now, b.o.Log.Warn)
	if r := bot.Limit.Remaining; r != nil {
		p.starts.told(ctx, *r, time.Duration(bot.Limit.ResetAfter)*time.Millisecond)
	}
	return p, nil
}

// findGateway returns the address of the gateway. Where the API base doesn't say
// under which path the API lies, the path that answers is used from then on.
func (c *client) findGateway(ctx context.Context) (string, error) {
	var first error
	for _, endpoint := range []string{discordgo.EndpointGateway, discordgo.EndpointGatewayBot} {
		for i := range c.paths {
			var where struct {
				URL string `json:"url"`
			}
			c.path.Store(&c.paths[i])
			err := c.do(ctx, request{op: "find the gateway", method: "GET", url: endpoint, repeat: true}, &where)
			var e *restError
			switch {
			case err == nil && (strings.HasPrefix(where.URL, "ws://") || strings.HasPrefix(where.URL, "wss://")):
				return where.URL, nil
			case err == nil:
				err = errNoGateway
			case !errors.As(err, &e) || e.Status != http.StatusNotFound && e.Status != http.StatusMethodNotAllowed:
				return "", err
			}
			if first == nil {
				first = err
			}
		}
	}
	c.path.Store(&c.paths[0])
	return "", first
}

var errNoGateway = errors.New("discord: GET /gateway names no WebSocket address: check DISCORD_API_BASE")

// patiently repeats what fails for a reason that may pass.
func (b *Bot) patiently(ctx context.Context, do func() error) error {
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		err := do()
		var e *restError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &e) && e.Status == http.StatusUnauthorized:
			return errors.New("discord refuses the bot token (HTTP 401): copy it anew from the developer portal into DISCORD_TOKEN")
		case errors.Is(err, errNoGateway):
			return err
		case errors.As(err, &e) && e.Status != http.StatusTooManyRequests && !transient(err):
			return fmt.Errorf("can't start: %w", err)
		}
		b.o.Log.Warn("Discord can't be reached, trying again", "error", err, "wait", wait)
		if sleep(ctx, wait) != nil {
			return ctx.Err()
		}
	}
}

func (b *Bot) intents() int {
	intents := discordgo.IntentGuilds | discordgo.IntentGuildMessages | discordgo.IntentDirectMessages
	if !b.o.NoMessageContent {
		intents |= discordgo.IntentMessageContent
	}
	return int(intents)
}

// starts spaces the IDENTIFYs of all shards and counts them over restarts: Discord
// allows parallel ones each five seconds and 1,000 a day, then resets the token.
type starts struct {
	store    Store
	parallel int
	every    time.Duration
	now      func() time.Time
	warn     func(msg string, args ...any)

	mu   sync.Mutex
	next map[int]time.Time // by shard modulo parallel
}

const (
	startsKey    = "gateway/starts"
	startsPerDay = 900 // of 1,000: the rest is for other uses of the token
)

// startCount is how many IDENTIFYs were sent since the window began.
type startCount struct {
	Since time.Time `json:"since"`
	Count int       `json:"count"`
}

func newStarts(store Store, parallel int, every time.Duration, now func() time.Time, warn func(string, ...any)) *starts {
	return &starts{store: store, parallel: parallel, every: every, now: now, warn: warn, next: map[int]time.Time{}}
}

// told takes over Discord's own count where it is the higher one.
func (s *starts) told(ctx context.Context, remaining int, resetAfter time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.load(ctx)
	if used := 1000 - remaining; used > c.Count && resetAfter > 0 {
		s.save(ctx, startCount{s.now().Add(resetAfter - 24*time.Hour), used})
	}
}

// wait returns when shard may IDENTIFY. It is counted when it is sent: a server that
// can't be reached costs nothing.
func (s *starts) wait(ctx context.Context, shard int) error {
	for {
		wait := s.take(ctx, shard)
		if wait <= 0 {
			return ctx.Err()
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// sent counts one start.
func (s *starts) sent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c := s.load(ctx)
	c.Count++
	s.save(ctx, c)
}

// take gives leave for one start, or returns how long to wait before asking again.
func (s *starts) take(ctx context.Context, shard int) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	key := shard % s.parallel
	if wait := s.next[key].Sub(now); wait > 0 {
		return wait
	}
	c := s.load(ctx)
	if c.Count >= startsPerDay {
		wait := c.Since.Add(24 * time.Hour).Sub(now)
		s.warn("too many new sessions within a day: waiting, or Discord would reset the token", "count", c.Count, "wait", wait)
		return max(wait, time.Second)
	}
	s.next[key] = now.Add(s.every)
	return 0
}

// count returns how many sessions were begun in the current window.
func (s *starts) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return s.load(ctx).Count
}

func (s *starts) load(ctx context.Context) startCount {
	var c startCount
	raw, err := s.store.Get(ctx, startsKey)
	if err != nil || json.Unmarshal(raw, &c) != nil || s.now().Sub(c.Since) >= 24*time.Hour {
		return startCount{Since: s.now()}
	}
	return c
}

func (s *starts) save(ctx context.Context, c startCount) {
	raw, err := json.Marshal(c)
	if err == nil {
		err = s.store.Put(ctx, startsKey, raw, c.Since.Add(24*time.Hour))
	}
	if err != nil {
		s.warn("can't keep the count of sessions", "error", err)
	}
}
