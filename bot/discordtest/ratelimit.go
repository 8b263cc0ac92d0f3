package discordtest

import (
	"fmt"
	"hash/crc32"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is what the REST API does instead of answering a request.
type Fault struct {
	Method string // "" is any
	Path   string // a part of the path, "" is any
	Times  int    // how many requests it strikes; 0 is all from now on

	Status     int           // the answer's status; 0 with neither Hang nor Reset is 500
	Body       string        // the answer's body; "" is one that fits the status
	RetryAfter time.Duration // with status 429
	Global     bool          // with status 429: the limit over all routes
	Hang       time.Duration // wait as long, or until the client gives up, before answering; Status 0 then cuts the connection
	Reset      bool          // cut the connection with a TCP reset
	AfterWork  bool          // handle the request first, then fail: the client can't know that it took effect

}

// Inject adds a fault; the first that fits a request strikes it.
func (s *Server) Inject(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = math.MaxInt
	}
	if f.Status == 0 && f.Hang == 0 && !f.Reset {
		f.Status = http.StatusInternalServerError
	}
	s.rate.faults = append(s.rate.faults, &f)
}

// Heal removes every fault.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rate.faults = nil
}

// serve answers with the fault.
func (f *Fault) serve(w http.ResponseWriter, r *http.Request, quit <-chan struct{}) {
	if f.Hang > 0 {
		t := time.NewTimer(f.Hang)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return
		case <-quit:
		}
	}
	if f.Reset || f.Status == 0 {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok && f.Reset {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
		}
		return
	}
	body := f.Body
	switch {
	case body != "":
	case f.Status == http.StatusTooManyRequests:
		body = string(encode(limited(f.RetryAfter, f.Global)))
	default:
		body = string(encode(failure{Message: fmt.Sprintf("%d: %s", f.Status, http.StatusText(f.Status))}))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(body))
}

func limited(after time.Duration, global bool) object {
	return object{"message": "You are being rate limited.", "retry_after": after.Seconds(), "global": global}
}

// limits is the state of the REST rate limits. They keep real time, because
// clients count the told seconds in it.
type limits struct {
	perRoute int
	perAll   int
	faults   []*Fault
	rules    []rule
	buckets  map[string]*bucket
	all      bucket
	told     map[string]ban // by bucket, "" is the global one
	refusals []time.Time
	cap      int
	total    int
	banned   bool
}

type rule struct {
	method, path string
	n            int
	window       time.Duration
}

type bucket struct {
	n   int
	end time.Time
}

type ban struct{ from, until time.Time }

func (l *limits) init(o Options) {
	l.perRoute, l.perAll, l.cap = o.RoutePerSecond, o.GlobalPerSecond, o.RefusedLimit
	l.buckets, l.told = map[string]*bucket{}, map[string]ban{}
}

// Limit allows n requests a window to each route of the method whose template
// contains path; it goes before the limits of Options and later calls go
// before earlier ones. Channels, guilds and interaction tokens count apart.
func (s *Server) Limit(method, path string, n int, window time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rate.rules = append([]rule{{method, path, n, window}}, s.rate.rules...)
	s.rate.buckets = map[string]*bucket{}
}

// Refused counts the answers 401, 403 and 429, whose sum in ten minutes must
// stay under Options.RefusedLimit.
func (s *Server) Refused() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rate.total
}

func (l *limits) strike(method, path string) *Fault {
	for _, f := range l.faults {
		if f.Times > 0 && (f.Method == "" || f.Method == method) && strings.Contains(path, f.Path) {
			f.Times--
			return f
		}
	}
	return nil
}

func (l *limits) refused(s *Server, status int) {
	if status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusTooManyRequests {
		return
	}
	now := s.now()
	l.total++
	for len(l.refusals) > 0 && now.Sub(l.refusals[0]) > 10*time.Minute {
		l.refusals = l.refusals[1:]
	}
	l.refusals = append(l.refusals, now)
	if len(l.refusals) >= l.cap && !l.banned {
		l.banned = true
		s.breach("%d requests refused within 10 minutes: the address is banned", len(l.refusals))
	}
}

func bucketOf(c *call) string {
	return c.r.Method + " " + c.route + " " + c.id("channel_id") + c.id("guild_id") + c.id("webhook_token") + c.id("interaction_token")
}

// grace is how long after a 429 requests that were already under way arrive.
const grace = 250 * time.Millisecond

// check counts the request and answers 429 when it is one too many.
func (l *limits) check(c *call, h http.Header) (int, any, bool) {
	now := time.Now()
	key := bucketOf(c)
	for _, k := range []string{key, ""} {
		if b, ok := l.told[k]; ok && now.After(b.from.Add(grace)) && now.Before(b.until.Add(-time.Millisecond)) && (k != "" || !tokenRoute(c.route)) {
			c.breach("sent %v before the told Retry-After", b.until.Sub(now).Round(time.Millisecond))
		}
	}
	if !tokenRoute(c.route) && l.perAll > 0 {
		if !l.all.take(now, l.perAll, time.Second) {
			after := time.Until(l.all.end)
			l.tell(c, h, after, true)
			return http.StatusTooManyRequests, limited(after, true), true
		}
	}
	n, window := l.perRoute, time.Second
	for _, r := range l.rules {
		if r.method == c.r.Method && strings.Contains(c.route, r.path) {
			n, window = r.n, r.window
			break
		}
	}
	if n <= 0 || strings.HasPrefix(c.route, "/interactions/") {
		return 0, nil, false
	}
	b := l.buckets[key]
	if b == nil {
		b = &bucket{}
		l.buckets[key] = b
	}
	ok := b.take(now, n, window)
	h.Set("X-RateLimit-Limit", strconv.Itoa(n))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, n-b.n)))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.end.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", seconds(time.Until(b.end)))
	h.Set("X-RateLimit-Bucket", fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(c.r.Method+c.route))))
	if ok {
		return 0, nil, false
	}
	after := time.Until(b.end)
	l.tell(c, h, after, false)
	return http.StatusTooManyRequests, limited(after, false), true
}

func (b *bucket) take(now time.Time, n int, window time.Duration) bool {
	if !now.Before(b.end) {
		b.n, b.end = 0, now.Add(window)
	}
	b.n++
	return b.n <= n
}

// tell writes the headers of a 429 and remembers what was told.
func (l *limits) tell(c *call, h http.Header, after time.Duration, global bool) {
	key, scope := bucketOf(c), "user"
	if global {
		key, scope = "", "global"
		h.Set("X-RateLimit-Global", "true")
	}
	h.Set("X-RateLimit-Scope", scope)
	h.Set("X-RateLimit-Reset-After", seconds(after))
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
	now := time.Now()
	l.told[key] = ban{now, now.Add(after)}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", max(d, 0).Seconds()) }
