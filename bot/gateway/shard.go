// Package gateway keeps one shard of a bot connected to Discord's gateway: it
// identifies, heartbeats, resumes after a lost connection so that no event is
// missed, and gives up where Discord says that dialling again is of no use.
//
// discordgo's own connection can't do this: its reading goroutine has no recover
// and dies, with the process, of a READY or GUILD_CREATE with null in it; an op 7
// before READY deadlocks it; it hides close codes, redials after fatal ones,
// resumes at the wrong address and ends its sessions by closing with 1000.
// Discord's rules: https://discord.com/developers/docs/events/gateway.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// Options configure a Shard.
type Options struct {
	URL     string // as GET /gateway says, "wss://..."
	Token   string // without "Bot "
	Intents int
	Shard   int // from 0
	Shards  int // at least 1

	// Identify is called before each connection on which an IDENTIFY is to be sent, and
	// waits for leave; Identified is called when one is being sent. It may be nil.
	// Discord allows 1,000 a day over all shards, then resets the token.
	Identify   func(ctx context.Context) error
	Identified func()

	// Handle gets every event in order. The next is not read before it returns, so
	// it must not wait; a panic in it is logged and the event passed over.
	Handle func(event string, data json.RawMessage)

	Log     *slog.Logger
	Timeout time.Duration // from dialling to READY or RESUMED; 0 is 20 s
}

// A FatalError is a close code after which Discord wants no new connection.
type FatalError struct{ Code int }

var fatal = map[int]string{
	4004: "the bot token is wrong or was reset: copy it anew from the developer portal",
	4010: "the shard number is invalid",
	4011: "the bot is in too many servers for this number of shards: raise it or leave it to Discord",
	4012: "Discord no longer serves this version of the gateway: update the program",
	4013: "the intents are invalid",
	4014: "the application may not use an intent that was asked for: switch on the Message Content Intent in the developer portal, or run without it",
}

func (e *FatalError) Error() string {
	return fmt.Sprintf("discord closed the gateway with %d: %s", e.Code, fatal[e.Code])
}

// Counters of a Shard, which only grow.
type Counters struct{ Connections, Identified, Resumed, Zombies, Panics int64 }

// A Shard is one connection to the gateway, again and again.
type Shard struct {
	o      Options
	dialer websocket.Dialer

	ready       atomic.Bool
	connections atomic.Int64
	identified  atomic.Int64
	resumed     atomic.Int64
	zombies     atomic.Int64
	panics      atomic.Int64

	session   string // "" where there is nothing to resume
	resumeURL string
	seq       int64
}

// New returns a Shard that Run connects.
func New(o Options) *Shard {
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	return &Shard{o: o, dialer: websocket.Dialer{
		HandshakeTimeout: o.Timeout,
		NetDialContext:   (&net.Dialer{Timeout: o.Timeout, KeepAlive: 15 * time.Second}).DialContext,
	}}
}

// Ready reports whether the shard has a session on a live connection.
func (s *Shard) Ready() bool { return s.ready.Load() }

// Counters returns what happened so far.
func (s *Shard) Counters() Counters {
	return Counters{s.connections.Load(), s.identified.Load(), s.resumed.Load(), s.zombies.Load(), s.panics.Load()}
}

const maxBackoff = time.Minute

// Run stays connected until the context ends, when it closes the session and
// returns nil, or until it meets a *FatalError.
func (s *Shard) Run(ctx context.Context) error {
	backoff := time.Second
	for {
		ended := s.connect(ctx)
		established := s.ready.Swap(false)
		if ctx.Err() != nil {
			return nil
		}
		if e := (*FatalError)(nil); errors.As(ended.err, &e) {
			return e
		}
		if ended.forget {
			s.session, s.resumeURL, s.seq = "", "", 0
		}
		wait := rand.N(200 * time.Millisecond)
		switch {
		case established:
			backoff = time.Second
		default:
			wait = backoff/2 + rand.N(backoff)
			backoff = min(2*backoff, maxBackoff)
		}
		wait = max(wait, ended.wait)
		s.o.Log.Info("gateway connection ended", "shard", s.o.Shard, "why", ended.err, "resume", s.session != "", "wait", wait.Round(time.Millisecond))
		if sleep(ctx, wait) != nil {
			return nil
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// An end says how a connection ended and how to go on.
type end struct {
	err    error
	forget bool          // the session can't be resumed
	wait   time.Duration // at least, before the next connection
}

// connect lives through one connection.
func (s *Shard) connect(ctx context.Context) end {
	resuming := s.session != ""
	if !resuming {
		if err := s.o.Identify(ctx); err != nil {
			return end{err: fmt.Errorf("wait to identify: %w", err)}
		}
	}
	s.connections.Add(1)
	ws, _, err := s.dialer.DialContext(ctx, s.address(), nil)
	if err != nil {
		// An address to resume at may go out of service; the main one never does.
		s.resumeURL = ""
		return end{err: errors.New("can't reach the gateway")}
	}
	l := newLink(ws, s.o.Timeout, s.seq)
	defer l.drop()
	stop := context.AfterFunc(ctx, func() { l.close(websocket.CloseNormalClosure) })
	defer stop()
	return s.converse(ctx, l, resuming)
}

func (s *Shard) address() string {
	base := s.o.URL
	if s.session != "" && sameSite(s.resumeURL, s.o.URL) {
		base = s.resumeURL
	}
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	q := u.Query() // a proxy may want something of its own in it
	q.Set("v", "10")
	q.Set("encoding", "json")
	q.Del("compress")
	u.RawQuery = q.Encode()
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

// sameSite reports whether two addresses belong to one owner: the token must not go
// elsewhere.
func sameSite(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	if errX != nil || errY != nil || x.Scheme != y.Scheme || x.Hostname() == "" {
		return false
	}
	if x.Hostname() == y.Hostname() {
		return true
	}
	if net.ParseIP(x.Hostname()) != nil || net.ParseIP(y.Hostname()) != nil {
		return false
	}
	return site(x.Hostname()) == site(y.Hostname())
}

func site(host string) string {
	labels := strings.Split(strings.ToLower(host), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
