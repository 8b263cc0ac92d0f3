package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/time/rate"
)

// A client is the one user of discordgo's REST side. It waits for rate limits
// within the context, retries what may be repeated, and its errors name neither
// tokens nor addresses. It is safe for concurrent use.
type client struct {
	session *discordgo.Session
	paths   []string               // where the API may lie at its host, likeliest first
	path    atomic.Pointer[string] // where it does
	pace    *rate.Limiter          // of everything but interactions, which Discord exempts

	mu    sync.Mutex
	lanes map[string]*lane

	globalUntil atomic.Int64 // Unix nanoseconds
	refused     refusals
}

// A restError is an answer of Discord's other than success, or no answer at all
// (Status 0).
type restError struct {
	op     string
	Status int    // HTTP
	Code   int    // Discord's own, 0 if none
	text   string // Discord's message or the kind of failure
}

func (e *restError) Error() string {
	switch {
	case e.Status == 0:
		return fmt.Sprintf("discord: %s: %s", e.op, e.text)
	case e.Code == 0:
		return fmt.Sprintf("discord: %s: HTTP %d %s", e.op, e.Status, e.text)
	}
	return fmt.Sprintf("discord: %s: HTTP %d, code %d: %s", e.op, e.Status, e.Code, e.text)
}

// Codes of Discord that mean something here.
const (
	codeUnknownInteraction = 10062
	codeAlreadyAnswered    = 40060
	codeThreadExists       = 160004
	codeUnknownMessage     = 10008 // deleted
	codeTooManyThreads     = 160006
	codeMissingAccess      = 50001
	codeNoHistory          = 160002 // no reply without the right to read the channel's history
)

func isCode(err error, code int) bool {
	var e *restError
	return errors.As(err, &e) && e.Code == code
}

// newClient returns a client for a bot token. base is where Discord's API is; ""
// is Discord itself. transport may be nil.
func newClient(token, base string, transport http.RoundTripper) (*client, error) {
	to, err := parseAPIBase(base)
	if err != nil {
		return nil, err
	}
	if transport == nil {
		transport = &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			ForceAttemptHTTP2:     true,
			MaxIdleConnsPerHost:   64,
			IdleConnTimeout:       90 * time.Second,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: 15 * time.Second,
		}
	}
	session, err := discordgo.New("Bot " + strings.TrimPrefix(token, "Bot "))
	if err != nil {
		return nil, fmt.Errorf("discord session: %w", err)
	}
	c := &client{session: session, lanes: map[string]*lane{}, pace: rate.NewLimiter(38, 10), paths: apiPaths(to)} // Discord's bound is 50 in any one second; burst and refill stay below
	c.path.Store(&c.paths[0])
	session.ShouldRetryOnRateLimit = false
	session.MaxRestRetries = 0
	session.LogLevel = -1 // its log holds tokens
	session.Client = &http.Client{
		Timeout:       20 * time.Second,
		Transport:     &guard{base: to, next: transport, client: c},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// apiVersion is the version of the REST API that is spoken.
const apiVersion = "/v10"

// apiPaths lists where the API may lie at a base: a path that ends in a version is
// the API itself; else the version, or Discord's whole "/api/v10", comes behind it.
func apiPaths(base *url.URL) []string {
	if base == nil {
		return []string{"/api" + apiVersion}
	}
	prefix := base.Path
	switch last := prefix[strings.LastIndexByte(prefix, '/')+1:]; {
	case len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "":
		return []string{prefix}
	case last == "api":
		return []string{prefix + apiVersion, prefix}
	}
	return []string{prefix + "/api" + apiVersion, prefix + apiVersion, prefix + "/api", prefix}
}

// parseAPIBase reads DISCORD_API_BASE: scheme and host, with or without a path; nil
// where there is none.
func parseAPIBase(base string) (*url.URL, error) {
	if base == "" {
		return nil, nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("the API base must be an address such as http://127.0.0.1:8080, without user, query or fragment")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

// A lane is the queue of one rate-limit bucket. Requests in it follow each other.
type lane struct {
	turn    chan struct{}
	limiter *discordgo.RateLimiter
	bucket  *discordgo.Bucket
}

func newLane() *lane {
	l := &lane{turn: make(chan struct{}, 1), limiter: discordgo.NewRatelimiter()}
	l.bucket = l.limiter.GetBucket("lane")
	return l
}

// lane returns the lane of a route that is not bound to one interaction.
func (c *client) lane(key string) *lane {
	c.mu.Lock()
	defer c.mu.Unlock()
	if l, ok := c.lanes[key]; ok {
		return l
	}
	if len(c.lanes) >= 4096 { // channels come and go; drop the idle ones
		for k, l := range c.lanes {
			if len(l.turn) == 0 {
				delete(c.lanes, k)
			}
		}
	}
	l := newLane()
	c.lanes[key] = l
	return l
}

// A request is one call of the API.
type request struct {
	op     string // for errors and logs, such as "edit reply"
	method string
	url    string // made from discordgo's endpoints
	body   any    // nil is none
	lane   *lane
	repeat bool // has the same effect when sent twice
	exempt bool // from the global limit: routes of interactions
	tries  int  // 0 is 5
}

// do sends a request and decodes the answer into out, unless out is nil.
func (c *client) do(ctx context.Context, r request, out any) error {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return fmt.Errorf("discord: %s: encode: %w", r.op, err)
		}
	}
	if r.lane == nil {
		r.lane = newLane()
	}
	select {
	case r.lane.turn <- struct{}{}:
		defer func() { <-r.lane.turn }()
	case <-ctx.Done():
		return fmt.Errorf("discord: %s: %w", r.op, ctx.Err())
	}
	tries := r.tries
	if tries == 0 {
		tries = 5
	}
	backoff := 100 * time.Millisecond
	for try := 1; ; try++ {
		answer, wait, err := c.once(ctx, r, body)
		if err == nil {
			if out != nil && len(answer) > 0 {
				_ = json.Unmarshal(answer, out) // it was done; what can't be read counts as missing
			}
			return nil
		}
		if wait == 0 && r.repeat && transient(err) {
			wait = backoff + rand.N(backoff)
			backoff *= 2
		}
		if wait == 0 || try == tries || ctx.Err() != nil {
			return err
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < wait {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return fmt.Errorf("discord: %s: %w", r.op, err)
		}
	}
}

// transient reports whether a failure may pass: no answer, or one of the server's
// own faults.
func transient(err error) bool {
	var e *restError
	return errors.As(err, &e) && (e.Status == 0 || e.Status >= 500)
}

// once sends a request when its limits allow it. wait is positive if Discord asks
// to wait and come again; the request had no effect then.
func (c *client) once(ctx context.Context, r request, body []byte) (answer []byte, wait time.Duration, err error) {
	if c.refused.tooMany(time.Now()) {
		return nil, 0, &restError{op: r.op, text: "paused: Discord refused too many requests and would ban this address"}
	}
	if !r.exempt {
		if err := c.pace.Wait(ctx); err != nil {
			return nil, 0, fmt.Errorf("discord: %s: %w", r.op, err)
		}
		if err := sleep(ctx, time.Until(time.Unix(0, c.globalUntil.Load()))); err != nil {
			return nil, 0, fmt.Errorf("discord: %s: %w", r.op, err)
		}
	}
	if err := sleep(ctx, r.lane.limiter.GetWaitTime(r.lane.bucket, 1)); err != nil {
		return nil, 0, fmt.Errorf("discord: %s: %w", r.op, err)
	}
	r.lane.limiter.LockBucketObject(r.lane.bucket)
	answer, err = c.session.RequestWithLockedBucket(r.method, r.url, "application/json", body, r.lane.bucket, 0,
		discordgo.WithContext(ctx))
	if err == nil {
		return answer, 0, nil
	}
	if ctx.Err() != nil {
		return nil, 0, fmt.Errorf("discord: %s: %w", r.op, ctx.Err())
	}
	var limited *discordgo.RateLimitError
	if errors.As(err, &limited) && limited.RateLimit != nil && limited.TooManyRequests != nil {
		after := max(limited.RetryAfter, 50*time.Millisecond)
		return nil, after, &restError{op: r.op, Status: http.StatusTooManyRequests, text: "rate limited"}
	}
	return nil, 0, redact(r.op, err)
}

// redact keeps of an error what holds no secret: discordgo's errors carry the
// request with the bot's token and addresses with interaction tokens.
func redact(op string, err error) error {
	var rest *discordgo.RESTError
	if errors.As(err, &rest) {
		e := &restError{op: op, Status: rest.Response.StatusCode, text: http.StatusText(rest.Response.StatusCode)}
		if rest.Message != nil && rest.Message.Code != 0 {
			e.Code, e.text = rest.Message.Code, shorten(clean(rest.Message.Message), 120)
		}
		return e
	}
	var timeout net.Error
	switch {
	case strings.Contains(err.Error(), "HTTP 502"):
		return &restError{op: op, Status: http.StatusBadGateway, text: "Bad Gateway"}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &restError{op: op, text: "no answer in time"}
	case errors.Is(err, errForeignHost):
		return &restError{op: op, text: errForeignHost.Error()}
	case errors.As(err, new(*json.SyntaxError)):
		return &restError{op: op, text: "the answer is not JSON"}
	}
	return &restError{op: op, text: "connection failed"}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errForeignHost = errors.New("refused to send to a host other than Discord's")

// A guard is the transport of the session: it sends requests for Discord to the
// API base, refuses all others, bounds what is read, and keeps limits that
// discordgo does not.
type guard struct {
	base   *url.URL
	next   http.RoundTripper
	client *client
}

const maxAnswer = 16 << 20 // bytes; Discord's longest answers are far below

var discordHost = strings.TrimPrefix(strings.TrimSuffix(discordgo.EndpointDiscord, "/"), "https://")

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || r.URL.Host != discordHost {
		return nil, errForeignHost
	}
	r = r.Clone(r.Context())
	if g.base != nil {
		r.URL.Scheme, r.URL.Host, r.Host = g.base.Scheme, g.base.Host, ""
	}
	own, path := "/api/v"+discordgo.APIVersion, *g.client.path.Load()
	r.URL.Path = path + strings.TrimPrefix(r.URL.Path, own)
	if r.URL.RawPath != "" {
		r.URL.RawPath = path + strings.TrimPrefix(r.URL.RawPath, own)
	}
	resp, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	switch code := resp.StatusCode; {
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		g.client.refused.add(time.Now())
	case code == http.StatusTooManyRequests:
		g.client.refused.add(time.Now())
		tellWait(resp)
	case code > http.StatusOK && code < 300: // discordgo knows three kinds of success
		resp.StatusCode = http.StatusOK
	}
	g.client.readHeaders(resp)
	return resp, nil
}

// tellWait puts the wait that a 429 asks for into its body, where discordgo looks for
// it: a proxy may say it in a header alone.
func tellWait(resp *http.Response) {
	var body struct {
		After float64 `json:"retry_after"`
	}
	raw, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if json.Unmarshal(raw, &body) != nil || body.After <= 0 {
		after, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64)
		if err != nil || !(after >= 0 && after <= 3600) {
			after = 1
		}
		raw = fmt.Appendf(nil, `{"retry_after":%g}`, after)
	}
	resp.Body = io.NopCloser(bytes.NewReader(raw))
}

// readHeaders notes a global limit and takes away headers that discordgo cannot
// parse: it would report a request that succeeded as failed.
func (c *client) readHeaders(resp *http.Response) {
	for _, name := range []string{"X-RateLimit-Reset-After", "X-RateLimit-Reset", "X-RateLimit-Remaining"} {
		v := resp.Header.Get(name)
		if f, err := strconv.ParseFloat(v, 64); v != "" && (err != nil || f < 0 || f > 1e12 || f != f) {
			resp.Header.Del(name)
		}
	}
	if _, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Remaining"), 10, 32); err != nil {
		resp.Header.Del("X-RateLimit-Remaining")
	}
	if _, err := http.ParseTime(resp.Header.Get("Date")); err != nil {
		resp.Header.Del("X-RateLimit-Reset")
	}
	if resp.StatusCode == http.StatusTooManyRequests && resp.Header.Get("X-RateLimit-Global") != "" {
		seconds, err := strconv.ParseFloat(resp.Header.Get("Retry-After"), 64)
		if err != nil || seconds < 0 || seconds > 3600 {
			seconds = 1
		}
		c.globalUntil.Store(time.Now().Add(time.Duration(seconds * float64(time.Second))).UnixNano())
	}
}

// refusals counts answers 401, 403 and 429 within ten minutes: at 10,000 Discord
// bans the address, so we stop well before.
type refusals struct {
	mu    sync.Mutex
	since time.Time
	n     int
}

const (
	refusalWindow = 10 * time.Minute
	maxRefusals   = 5000
)

func (r *refusals) add(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.since) > refusalWindow {
		r.since, r.n = now, 0
	}
	r.n++
}

func (r *refusals) tooMany(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n >= maxRefusals && now.Sub(r.since) <= refusalWindow
}
