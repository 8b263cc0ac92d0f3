package bot

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

// logs keeps what was logged.
type logs struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Whatever REST does once or twice, the question is answered once.
func TestFaultyREST(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault discordtest.Fault
	}{
		{"callback fails", discordtest.Fault{Path: "/callback", Times: 1, Status: 500}},
		{"callback fails thrice", discordtest.Fault{Path: "/callback", Times: 3, Status: 503}},
		{"callback took effect, answer lost", discordtest.Fault{Path: "/callback", Times: 1, Reset: true, AfterWork: true}},
		{"callback limited", discordtest.Fault{Path: "/callback", Times: 1, Status: 429, RetryAfter: 200 * time.Millisecond}},
		{"edit fails thrice", discordtest.Fault{Path: "@original", Times: 3, Status: 503}},
		{"edit is bad gateway", discordtest.Fault{Path: "@original", Times: 1, Status: 502}},
		{"edit limited", discordtest.Fault{Path: "@original", Times: 2, Status: 429, RetryAfter: 300 * time.Millisecond}},
		{"edit limited in HTML", discordtest.Fault{Path: "@original", Times: 1, Status: 429, Body: "<html>slow down</html>", RetryAfter: 100 * time.Millisecond}},
		{"edit cut", discordtest.Fault{Path: "@original", Times: 1, Reset: true}},
		{"edit answered by a page", discordtest.Fault{Path: "@original", Times: 1, Status: 500, Body: "<html>"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, discordtest.Options{Schema: "-"}, nil)
			w.s.Inject(c.fault)
			r := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Still?")))
			if len(r.Messages) != 1 || !strings.Contains(r.Text(), "Answer to: Still?") || len(w.qa.questions()) != 1 {
				t.Errorf("%d messages: %s", len(r.Messages), r.Text())
			}
			for _, v := range w.s.TakeViolations() {
				if !strings.Contains(v, "already been acknowledged") { // what a repeated callback meets
					t.Error(v)
				}
			}
		})
	}
}

// A post whose answer got lost is repeated, and appears once.
func TestFaultyPost(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	w.s.Inject(discordtest.Fault{Method: "POST", Path: "/messages", Times: 2, Reset: true, AfterWork: true})
	w.reply(w.ann.Say(w.general, w.s.Bot().Mention()+" once?"))
	time.Sleep(500 * time.Millisecond)
	if n := len(w.general.History()); n != 2 {
		t.Errorf("%d messages, want the question and one answer", n)
	}
}

// Without the right to read a channel's history an answer is posted all the same.
func TestPostWithoutHistory(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	w.s.Inject(discordtest.Fault{Method: "POST", Path: "/messages", Times: 1, Status: 400, Body: `{"code":160002,"message":"Cannot reply without permission to read message history"}`})
	post := w.ann.Say(w.general, w.s.Bot().Mention()+" still?")
	for range 500 {
		for _, m := range w.general.History() {
			if m.Author == w.s.Bot() && strings.Contains(m.Content, "Answer to: still?") {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("no answer to %s", post.Content)
}

// Errors and logs hold no token, at no level.
func TestSecretsStayIn(t *testing.T) {
	t.Parallel()
	out := &logs{}
	w := start(t, discordtest.Options{Token: "canary.bot.token"}, func(o *Options) {
		o.Key = []byte("canary-key-canary-key-canary-key")
		o.Log = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for _, status := range []int{400, 401, 403, 404, 500, 502} {
		w.s.Inject(discordtest.Fault{Path: "@original", Times: 5, Status: status})
		i := w.ann.Ask(w.general, "/ask", opt("question", "A canary-question?"))
		_, _ = i.WaitAck(within(t))
		time.Sleep(50 * time.Millisecond)
		w.s.Heal()
	}
	w.s.Inject(discordtest.Fault{Times: 3, Reset: true})
	w.ann.Say(w.general, w.s.Bot().Mention()+" a canary-question?")
	time.Sleep(300 * time.Millisecond)
	w.s.Heal()
	_ = w.stop()
	w.s.TakeViolations()
	if got := out.String(); strings.Contains(got, "canary") || strings.Contains(got, "aW50ZXJhY3Rpb2") || strings.Contains(got, w.s.URL()) {
		t.Errorf("a secret or a question in the log:\n%s", got)
	} else if !strings.Contains(got, "HTTP 403") {
		t.Errorf("the log says nothing of the faults:\n%s", got)
	}
}

func TestGuard(t *testing.T) {
	var went []string
	next := roundTrip(func(r *http.Request) (*http.Response, error) {
		went = append(went, r.URL.String())
		return nil, errors.New("stop")
	})
	for _, c := range []struct{ base, url, want string }{
		{"", "https://discord.com/api/v9/gateway", "https://discord.com/api/v10/gateway"},
		{"http://127.0.0.1:8080", "https://discord.com/api/v9/gateway", "http://127.0.0.1:8080/api/v10/gateway"},
		{"http://127.0.0.1:8080/", "https://discord.com/api/v9/gateway", "http://127.0.0.1:8080/api/v10/gateway"},
		{"http://proxy/api", "https://discord.com/api/v9/gateway", "http://proxy/api/v10/gateway"},
		{"http://proxy/api/v10", "https://discord.com/api/v9/gateway", "http://proxy/api/v10/gateway"},
		{"http://proxy/discord", "https://discord.com/api/v9/a%2Fb", "http://proxy/discord/api/v10/a%2Fb"},
		{"http://proxy", "https://evil.example/api/v9/gateway", ""},
		{"", "http://discord.com/api/v9/gateway", ""},
		{"", "https://cdn.discordapp.com/x", ""},
	} {
		cl, err := newClient("t", c.base, next)
		if err != nil {
			t.Fatal(err)
		}
		went = nil
		r, _ := http.NewRequest("GET", c.url, nil)
		_, err = cl.session.Client.Transport.RoundTrip(r)
		if got := strings.Join(went, ""); got != c.want || c.want == "" && !errors.Is(err, errForeignHost) {
			t.Errorf("base %q: %s went to %q, want %q (%v)", c.base, c.url, got, c.want, err)
		}
	}
	for _, bad := range []string{"discord.com", "ftp://x", "http://user@x", "http://x?y", "http://", ":"} {
		if _, err := parseAPIBase(bad); err == nil {
			t.Errorf("API base %q passes", bad)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A wait for a limit ends with the context, odd headers break nothing, and a flood
// of refusals stops requests before Discord bans the address.
func TestClientLimits(t *testing.T) {
	header := http.Header{}
	status := 200
	cl, err := newClient("t", "", roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Status: "s", Header: header.Clone(), Body: http.NoBody, Request: r}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	get := func(wait time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		defer cancel()
		return cl.do(ctx, request{op: "get", method: "GET", url: "https://discord.com/api/v9/gateway", lane: cl.lane("a")}, nil)
	}
	for _, odd := range []string{"NaN", "-1", "x", "1e99", ""} {
		header = http.Header{"X-Ratelimit-Remaining": {odd}, "X-Ratelimit-Reset-After": {odd}, "X-Ratelimit-Reset": {odd}, "Date": {odd}}
		if err := get(time.Second); err != nil {
			t.Errorf("headers %q: %v", odd, err)
		}
	}
	header = http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset-After": {"30"}}
	if err := get(time.Second); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := get(50 * time.Millisecond); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > time.Second {
		t.Errorf("a full bucket: %v after %v", err, time.Since(begin))
	}
	status, header = 403, http.Header{}
	cl.pace.SetLimit(1e6)
	cl.pace.SetBurst(1e6)
	for range maxRefusals {
		_ = cl.do(t.Context(), request{op: "get", method: "GET", url: "https://discord.com/api/v9/gateway"}, nil)
	}
	status = 200
	if err := get(time.Second); err == nil || !strings.Contains(err.Error(), "paused") {
		t.Errorf("after %d refusals: %v", maxRefusals, err)
	}
}

func TestFetchStaysAtDiscord(t *testing.T) {
	b, _, _ := offline(t, nil)
	for _, bad := range []string{"http://127.0.0.1/x", "https://evil.example/x", "https://user@cdn.discordapp.com/x", "http://cdn.discordapp.com/x", "file:///etc/passwd", ":", ""} {
		if _, err := b.fetch(t.Context(), bad); err == nil {
			t.Errorf("fetched %q", bad)
		}
	}
	if got, err := b.fetch(t.Context(), "https://cdn.discordapp.com/attachments/1/2/x"); err != nil || string(got) != `{"id":"777"}` {
		t.Errorf("fetch: %s, %v", got, err)
	}
}
