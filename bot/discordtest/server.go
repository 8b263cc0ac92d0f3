// Package discordtest is a fake Discord on the loopback interface: the gateway
// over WebSocket and the part of the REST API that a question-answering bot
// uses, with Discord's own rules enforced. What a rule refuses is answered as
// Discord answers it and recorded, see [Server.Violations].
//
// Tests drive it from the side of the people: [Server.User], [Server.Guild],
// then [User.Ask], [User.Say], [User.Click] and the rest, and wait for what a
// person would see. A real bot binary is pointed at [Server.URL].
package discordtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// Options configures a [Server]. The zero value is Discord's behaviour with
// rate limits wide enough for tests.
type Options struct {
	Token             string        // bot token without "Bot "; default "fake.bot.token"
	HeartbeatInterval time.Duration // told in HELLO; default 41.25 s
	DenyIntents       int           // privileged intents that the application was not granted: close code 4014
	MinShards         int           // IDENTIFY with fewer shards is closed with 4011; /gateway/bot recommends as many; default 1
	MaxConcurrency    int           // IDENTIFYs a window; default 1
	IdentifyWindow    time.Duration // Discord's is 5 s; 0 enforces no window
	IdentifyLimit     int           // IDENTIFYs before the token is reset; default 1,000
	AckWithin         time.Duration // time for the first reply to an interaction; default 3 s
	TokenLife         time.Duration // life of an interaction token; default 15 min
	RefusedLimit      int           // 401, 403 and 429 answers in 10 min before the ban; default 10,000
	GlobalPerSecond   int           // requests a second over all routes but those of interactions; default 50, negative is unlimited
	RoutePerSecond    int           // requests a second a route; default 50, negative is unlimited
	Patience          time.Duration // bound of every wait whose context has no deadline; default 10 s

	// Schema is the path of Discord's OpenAPI file that bodies are checked
	// against as well. "" looks for shared/discord/openapi.json beside the
	// module's root and goes without when it is absent; "-" goes without.
	Schema string
}

func (o *Options) setDefaults() {
	set := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	wait := func(p *time.Duration, v time.Duration) {
		if *p == 0 {
			*p = v
		}
	}
	if o.Token == "" {
		o.Token = "fake.bot.token"
	}
	wait(&o.HeartbeatInterval, 41250*time.Millisecond)
	wait(&o.AckWithin, 3*time.Second)
	wait(&o.TokenLife, 15*time.Minute)
	wait(&o.Patience, 10*time.Second)
	set(&o.MinShards, 1)
	set(&o.MaxConcurrency, 1)
	set(&o.IdentifyLimit, 1000)
	set(&o.RefusedLimit, 10000)
	set(&o.GlobalPerSecond, 50)
	set(&o.RoutePerSecond, 50)
}

// Server is one fake Discord with one application installed. Its methods, and
// those of the values that it hands out, may be called from any goroutine.
type Server struct {
	o      Options
	base   string
	ln     net.Listener
	web    *http.Server
	routes http.Handler
	up     websocket.Upgrader
	dialer *http.Transport // of Transport
	schema *schemaQueue
	wg     sync.WaitGroup
	quit   chan struct{} // closed by Close

	mu         sync.Mutex
	closed     bool
	offset     time.Duration
	lastID     uint64
	changed    signal
	violations []string
	requests   []Request

	bot          *User
	owner        *User        // of the application; nil is a user who is nowhere
	team         []TeamMember // of the application; none: it has no team
	users        map[string]*User
	guilds       []*Guild
	channels     map[string]*Channel
	attachments  map[string]*Attachment
	interactions map[string]*Interaction // by id
	tokens       map[string]*Interaction // by token
	commands     map[string][]*command   // by guild id, "" is global
	created      map[string][]time.Time  // command creations by guild id

	gate gateway
	rate limits
}

// Start serves a fake Discord on a free port of 127.0.0.1 until Close.
func Start(o Options) (*Server, error) {
	o.setDefaults()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("fake discord: %w", err)
	}
	s := &Server{
		o: o, ln: ln, base: "http://" + ln.Addr().String(),
		quit:         make(chan struct{}),
		changed:      newSignal(),
		users:        map[string]*User{},
		channels:     map[string]*Channel{},
		attachments:  map[string]*Attachment{},
		interactions: map[string]*Interaction{},
		tokens:       map[string]*Interaction{},
		commands:     map[string][]*command{},
		created:      map[string][]time.Time{},
	}
	s.gate.init(o)
	s.rate.init(o)
	s.bot = s.newUser("crisisbot", true)
	s.schema = newSchemaQueue(o.Schema, s.violate)
	s.dialer = &http.Transport{MaxIdleConnsPerHost: 128}
	s.routes = s.router()
	s.web = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.wg.Go(func() { _ = s.web.Serve(ln) })
	s.wg.Go(s.schema.run)
	return s, nil
}

// New is Start for a test: the server is closed when the test ends, and a
// violation that was not taken with [Server.TakeViolations] fails the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, v := range s.Violations() {
			t.Errorf("discord rule broken: %s", v)
		}
		s.Close()
	})
	return s
}

// Close drops every connection and stops serving. It is safe to call twice.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.quit)
	s.gate.dropAll()
	s.changed.fire()
	s.mu.Unlock()
	// Answers on their way still arrive; what takes longer is cut.
	ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
	defer cancel()
	_ = s.web.Shutdown(ctx)
	_ = s.web.Close()
	s.dialer.CloseIdleConnections()
	s.schema.close()
	s.wg.Wait()
}

// URL is what DISCORD_API_BASE is set to, such as "http://127.0.0.1:40001".
func (s *Server) URL() string { return s.base }

// Token is the bot token without "Bot ".
func (s *Server) Token() string { return s.o.Token }

// Bot is the bot's own user. Its ID is the application's ID too.
func (s *Server) Bot() *User { return s.bot }

// Transport is an http.RoundTripper for a bot under test: requests to
// Discord's hosts reach this server, all others are refused.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Server }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	host := r.URL.Hostname()
	known := host == "discord.com" || host == "discordapp.com" || strings.HasSuffix(host, ".discord.com") ||
		strings.HasSuffix(host, ".discordapp.com") || r.URL.Host == t.s.ln.Addr().String()
	if !known {
		return nil, fmt.Errorf("fake discord: refused to dial %s", r.URL.Host)
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = "http", t.s.ln.Addr().String(), ""
	return t.s.dialer.RoundTrip(r)
}

// Now is the server's clock, which ages interactions and their tokens.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return time.Now().Add(s.offset) }

// Advance moves the server's clock on by d. Rate limits keep real time.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
}

// Violations lists the rules broken so far, oldest first, and the interactions
// that were delivered in time, on a connection that lasted, but whose first
// reply is overdue.
func (s *Server) Violations() []string {
	s.schema.drain()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.findOverdue()
	return append([]string(nil), s.violations...)
}

// TakeViolations is Violations, and forgets them.
func (s *Server) TakeViolations() []string {
	v := s.Violations()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.violations = s.violations[min(len(v), len(s.violations)):]
	return v
}

func (s *Server) violate(format string, a ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.breach(format, a...)
}

func (s *Server) breach(format string, a ...any) {
	s.violations = append(s.violations, fmt.Sprintf(format, a...))
}

func (s *Server) findOverdue() {
	for _, i := range s.interactions {
		if i.overdue || i.acked != 0 || i.delivered.IsZero() {
			continue
		}
		if !i.late() && s.now().Sub(i.created) > s.o.AckWithin {
			i.overdue = true
			s.breach("interaction %s got no reply within %v", i.what, s.o.AckWithin)
		}
	}
}

const discordEpoch = 1420070400000

// id makes a snowflake: the time in milliseconds and a counter, ever growing.
func (s *Server) id() string {
	v := uint64(s.now().UnixMilli()-discordEpoch) << 22
	s.lastID = max(v, s.lastID+1)
	return strconv.FormatUint(s.lastID, 10)
}

// signal wakes every goroutine that waits on it. Its owner's lock guards it.
type signal struct{ ch chan struct{} }

func newSignal() signal { return signal{make(chan struct{})} }

func (g *signal) fire() {
	close(g.ch)
	g.ch = make(chan struct{})
}

var errClosed = errors.New("fake discord: closed")

// await calls check, with the lock held, at the start and after each firing of
// g, until it reports true or an error, the context ends or patience does.
func (s *Server) await(ctx context.Context, g *signal, what string, check func() (bool, error)) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.o.Patience)
		defer cancel()
	}
	for {
		s.mu.Lock()
		done, err := check()
		if !done && err == nil && s.closed {
			err = errClosed
		}
		ch := g.ch
		s.mu.Unlock()
		if done || err != nil {
			return err
		}
		select {
		case <-ch:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		}
	}
}
