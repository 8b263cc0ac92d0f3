package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// A recorder stands in for Discord's REST side where the gateway's part is played
// by calling onEvent: it keeps what was sent and answers success.
type recorder struct {
	mu        sync.Mutex
	callbacks map[string][]string // bodies by interaction id
	edits     map[string][]string // bodies by interaction token, follow-ups too
	bodies    []string
	acked     map[string]time.Time
}

func newRecorder() *recorder {
	return &recorder{callbacks: map[string][]string{}, edits: map[string][]string{}, acked: map[string]time.Time{}}
}

var (
	callbackPath = regexp.MustCompile(`/interactions/([^/]+)/[^/]+/callback$`)
	webhookPath  = regexp.MustCompile(`/webhooks/[^/]+/([^/]+)`)
)

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body.Close()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, string(body))
	status := http.StatusOK
	if m := callbackPath.FindStringSubmatch(req.URL.Path); m != nil {
		status = http.StatusNoContent
		r.callbacks[m[1]] = append(r.callbacks[m[1]], string(body))
		if _, again := r.acked[m[1]]; !again {
			r.acked[m[1]] = time.Now()
		}
	} else if m := webhookPath.FindStringSubmatch(req.URL.Path); m != nil {
		r.edits[m[1]] = append(r.edits[m[1]], string(body))
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Request: req,
		Body: io.NopCloser(bytes.NewReader([]byte(`{"id":"777"}`))),
	}, nil
}

// said returns all that was sent for an interaction.
func (r *recorder) said(id, token string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.callbacks[id], "\n") + "\n" + strings.Join(r.edits[token], "\n")
}

const testApp, testGuild, testChannel = "900", "800", "700"

// offline returns a bot whose events come from the test and whose requests end in a
// recorder. wait returns when all events are handled.
func offline(t testing.TB, change func(*Options)) (b *Bot, r *recorder, wait func()) {
	t.Helper()
	r = newRecorder()
	library := newFakeLibrary(30)
	o := Options{
		Token: "test.token", Answerer: &fakeAnswerer{}, Library: library, Ingester: &fakeIngester{}, Feeder: &fakeFeeder{}, Remover: library, Transport: r,
		Key: []byte("a key of 32 bytes for the tests."), Guild: testGuild,
		PerUser: Rate{1e6, time.Minute}, PerChannel: Rate{1e6, time.Minute}, Global: Rate{1e6, time.Minute},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&o)
	}
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	b.work, b.send = ctx, ctx
	b.gate.client.pace.SetLimit(rate.Inf)
	b.onEvent("READY", json.RawMessage(`{"user":{"id":"900","bot":true},"application":{"id":"900"},"guilds":[{"id":"800","unavailable":true}]}`))
	return b, r, b.tasks.Wait
}

// slash makes the payload of a slash command. guild "" is a direct message; an empty
// user leaves the user out.
func slash(id, command, guild, user, permissions string, options map[string]any) map[string]any {
	in := map[string]any{
		"id": id, "token": "token-" + id, "application_id": testApp, "type": 2, "version": 1, "locale": "en-US", "channel_id": testChannel,
		"channel": map[string]any{"id": testChannel, "type": 0},
	}
	person := map[string]any{"id": user, "username": "user" + user}
	switch {
	case guild != "" && user == "":
		in["guild_id"], in["member"] = guild, map[string]any{"permissions": permissions}
	case guild != "":
		in["guild_id"], in["member"] = guild, map[string]any{"user": person, "permissions": permissions}
	case user != "":
		in["user"] = person
	}
	var list []any
	for k, v := range options {
		kind := 3
		if _, ok := v.(bool); ok {
			kind = 5
		}
		list = append(list, map[string]any{"name": k, "type": kind, "value": v})
	}
	words := strings.Fields(command)
	for i := len(words) - 1; i > 0; i-- {
		kind := 1
		if i < len(words)-1 {
			kind = 2
		}
		list = []any{map[string]any{"name": words[i], "type": kind, "options": list}}
	}
	in["data"] = map[string]any{"id": "1", "name": words[0], "type": 1, "options": list}
	return in
}

func encode(t testing.TB, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The whole table of who may do what where.
func TestPermissionTable(t *testing.T) {
	b, r, wait := offline(t, func(o *Options) { o.Owners = []string{"44"} })
	const all, managers, curators = 0, 1, 2
	calls := []struct {
		command string
		options map[string]any
		who     int
	}{
		{"ask", map[string]any{"question": "Why?"}, all},
		{"check", map[string]any{"claim": "It is so."}, all}, {"summary", map[string]any{"topic": "talks"}, all}, {"timeline", nil, all}, {"sources", nil, all}, {"help", nil, all}, {"mydata show", nil, all}, {"mydata forget", nil, all},
		{"crisis-admin channels list", nil, managers}, {"crisis-admin channels allow", nil, managers}, {"crisis-admin channels deny", nil, managers},
		{"crisis-admin settings", nil, managers},
		{"crisis-admin stats", nil, curators}, {"crisis-admin ingest", map[string]any{"url": "https://news.example/1"}, curators},
		{"crisis-admin feeds add", map[string]any{"url": "https://news.example/feed"}, curators}, {"crisis-admin feeds list", nil, curators},
		{"crisis-admin feeds remove", map[string]any{"feed": "https://news.example/feed"}, curators},
		{"crisis-admin remove", map[string]any{"article": "article-1"}, curators},
	}
	ranks := []struct{ user, permissions string }{{"", "8"}, {"41", "2048"}, {"42", "32"}, {"43", "8"}, {"44", "0"}}
	may := func(who int, as rank, guild string) bool {
		switch who {
		case all:
			return as != unknown
		case managers:
			return as >= manager && guild != ""
		}
		return as == owner || as >= manager && guild == testGuild
	}
	en := b.lang["en"]
	refusals := []string{en.say("denied"), en.say("denied.library"), en.say("denied.user"), en.say("guild.only")}
	n, wrong := 0, 0
	for _, c := range calls {
		for as, who := range ranks {
			for _, guild := range []string{testGuild, "", "801"} {
				n++
				id := fmt.Sprintf("5%04d", n)
				b.onEvent("INTERACTION_CREATE", encode(t, slash(id, c.command, guild, who.user, who.permissions, c.options)))
				wait()
				said := r.said(id, "token-"+id)
				var got struct {
					Data struct{ Content string }
				}
				_ = json.Unmarshal([]byte(strings.SplitN(said, "\n", 2)[0]), &got)
				done := strings.TrimSpace(said) != ""
				for _, refusal := range refusals {
					done = done && got.Data.Content != refusal
				}
				if want := may(c.who, rank(as), guild); done != want {
					wrong++
					t.Errorf("%s by rank %d in guild %q: done %v, want %v: %s", c.command, as, guild, done, want, said)
				}
			}
		}
	}
	t.Logf("permission table: n = %d calls, %d wrong", n, wrong)
}
