package bot

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

type object = map[string]any

// A lean is a server that speaks Discord's protocol with as little as it may: the
// tests change what it leaves out or does in another way.
type lean struct {
	prefix  string         // of the REST paths
	gateway string         // path and query of the gateway
	routes  map[string]any // answers by "METHOD /path"; an int is a status, nil no route
	hello   object
	ready   object
	before  []object // events between READY and the interaction
	change  func(in object)
	message func(m object)
	zlib    bool

	t    *testing.T
	web  *httptest.Server
	mu   sync.Mutex
	sent []string // "METHOD /path body"
	more chan struct{}
}

func newLean(t *testing.T, change func(*lean)) *lean {
	l := &lean{
		t: t, prefix: "/api/v10", gateway: "/", more: make(chan struct{}, 1000),
		hello: object{"heartbeat_interval": 45000},
		ready: object{"v": 10, "user": object{"id": "900", "username": "bot", "bot": true}, "session_id": "s", "guilds": []any{object{"id": "800", "unavailable": true}}, "application": object{"id": "900", "flags": 0}},
	}
	l.routes = map[string]any{
		"GET /gateway/bot":                             object{"url": "", "shards": 1, "session_start_limit": object{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}},
		"GET /applications/@me":                        object{"id": "900", "owner": object{"id": "44"}},
		"GET /users/@me":                               object{"id": "900", "username": "bot"},
		"GET /gateway":                                 object{"url": ""},
		"PUT /applications/900/commands":               []any{},
		"POST /interactions/1/token/callback":          204,
		"PATCH /webhooks/900/token/messages/@original": object{"id": "71"},
		"POST /webhooks/900/token":                     object{"id": "72"},
		"POST /channels/700/messages":                  object{"id": "73"},
		"POST /channels/700/typing":                    204,
	}
	if change != nil {
		change(l)
	}
	l.web = httptest.NewServer(l)
	t.Cleanup(l.web.Close)
	return l
}

func (l *lean) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		l.serveGateway(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	path, ok := strings.CutPrefix(r.URL.Path, l.prefix)
	key := r.Method + " " + path
	answer, known := l.routes[key]
	l.mu.Lock()
	if known {
		l.sent = append(l.sent, key+" "+string(body))
	}
	l.mu.Unlock()
	l.more <- struct{}{}
	if !ok || !known || answer == nil {
		http.Error(w, `{"message":"404: Not Found","code":0}`, http.StatusNotFound)
		return
	}
	if status, ok := answer.(int); ok {
		w.WriteHeader(status)
		return
	}
	if o, ok := answer.(object); ok && o["url"] == "" {
		o = maps.Clone(o)
		o["url"] = "ws" + strings.TrimPrefix(l.web.URL, "http") + l.gateway
		answer = o
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (l *lean) serveGateway(w http.ResponseWriter, r *http.Request) {
	path, query, _ := strings.Cut(l.gateway, "?")
	if r.URL.Path != path && r.URL.Path != path+"/" || strings.Contains(query, "key") != r.URL.Query().Has("key") || r.URL.Query().Get("v") != "10" || r.URL.Query().Get("encoding") != "json" {
		l.t.Errorf("gateway dialled at %s", r.URL)
	}
	up := websocket.Upgrader{}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer ws.Close()
	send := func(v any) {
		b, _ := json.Marshal(v)
		if l.zlib {
			var z bytes.Buffer
			zw := zlib.NewWriter(&z)
			_, _ = zw.Write(b)
			_ = zw.Close()
			_ = ws.WriteMessage(websocket.BinaryMessage, z.Bytes())
			return
		}
		_ = ws.WriteMessage(websocket.TextMessage, b)
	}
	send(object{"op": 10, "d": l.hello})
	seq := 0
	event := func(name string, d any) {
		seq++
		send(object{"op": 0, "t": name, "s": seq, "d": d})
	}
	for {
		var p struct {
			Op int
			D  json.RawMessage
		}
		if ws.ReadJSON(&p) != nil {
			return
		}
		switch p.Op {
		case 1:
			send(object{"op": 11})
		case 2:
			event("READY", l.ready)
			for _, e := range l.before {
				event(e["t"].(string), e["d"])
			}
			in := slash("1", "ask", testGuild, "42", "0", map[string]any{"question": "Why so lean?"})
			in["token"] = "token"
			if l.change != nil {
				l.change(in)
			}
			event("INTERACTION_CREATE", in)
			m := object{"id": "60", "channel_id": "700", "guild_id": testGuild, "type": 0, "content": "<@900> And by mention?", "author": object{"id": "42", "username": "ann"}, "mentions": []any{object{"id": "900"}}}
			if l.message != nil {
				l.message(m)
			}
			event("MESSAGE_CREATE", m)
		}
	}
}

// waitFor waits until a request whose line begins with prefix was sent, and returns
// its body.
func (l *lean) waitFor(ctx context.Context, prefix string) string {
	l.t.Helper()
	for {
		l.mu.Lock()
		for _, s := range l.sent {
			if body, ok := strings.CutPrefix(s, prefix+" "); ok {
				l.mu.Unlock()
				return body
			}
		}
		all := ""
		for _, s := range l.sent {
			all += shorten(s, 300) + "\n"
		}
		l.mu.Unlock()
		select {
		case <-l.more:
		case <-ctx.Done():
			l.t.Fatalf("no %s; sent:\n%s", prefix, all)
		}
	}
}

// The bot takes what it must and may from whatever speaks Discord's protocol.
func TestLeanServers(t *testing.T) {
	t.Parallel()
	none := func(keys ...string) func(*lean) {
		return func(l *lean) {
			for _, k := range keys {
				delete(l.ready, k)
			}
		}
	}
	interaction := func(f func(in object)) func(*lean) { return func(l *lean) { l.change = f } }
	for _, c := range []struct {
		name   string
		base   string // path of DISCORD_API_BASE
		change func(*lean)
	}{
		{"as documented", "", nil},
		{"base with a slash", "/", nil},
		{"base with api", "/api", nil},
		{"base with the version", "/api/v10", nil},
		{"another version", "/api/v9", func(l *lean) { l.prefix = "/api/v9" }},
		{"no prefix at all", "", func(l *lean) { l.prefix = "" }},
		{"version without api", "", func(l *lean) { l.prefix = "/v10" }},
		{"api without version", "/api", func(l *lean) { l.prefix = "/api" }},
		{"proxy in a folder", "/discord", func(l *lean) { l.prefix = "/discord/api/v10" }},
		{"folder is the api", "/discord", func(l *lean) { l.prefix = "/discord" }},
		{"gateway without slash", "", func(l *lean) { l.gateway = "" }},
		{"gateway in a folder", "", func(l *lean) { l.gateway = "/gateway/ws" }},
		{"gateway with a query", "", func(l *lean) { l.gateway = "/?key=1" }},
		{"gateway names version and encoding", "", func(l *lean) { l.gateway = "/?v=10&encoding=json" }},
		{"only GET /gateway/bot", "", func(l *lean) { delete(l.routes, "GET /gateway") }},
		{"only GET /gateway", "", func(l *lean) { delete(l.routes, "GET /gateway/bot") }},
		{"GET /gateway/bot without limits", "", func(l *lean) { l.routes["GET /gateway/bot"] = object{"url": ""} }},
		{"compressed payloads", "", func(l *lean) { l.zlib = true }},
		{"heartbeat in fractions", "", func(l *lean) { l.hello = object{"heartbeat_interval": 41250.5} }},
		{"heartbeat without interval", "", func(l *lean) { l.hello = object{} }},
		{"heartbeat every day", "", func(l *lean) { l.hello = object{"heartbeat_interval": 86400000} }},
		{"fast heartbeat", "", func(l *lean) { l.hello = object{"heartbeat_interval": 50} }},
		{"READY without application", "", none("application")},
		{"application at another route", "", func(l *lean) {
			delete(l.ready, "application")
			l.routes["GET /oauth2/applications/@me"] = l.routes["GET /applications/@me"]
			delete(l.routes, "GET /applications/@me")
		}},
		{"application told nowhere", "", func(l *lean) {
			delete(l.ready, "application")
			delete(l.routes, "GET /applications/@me")
		}},
		{"READY without user", "", none("user")},
		{"READY with nothing", "", none("user", "application", "guilds", "session_id", "v")},
		{"ids as numbers in the guild list", "", func(l *lean) { l.ready["guilds"] = []any{object{"id": 800}, nil} }},
		{"guild after READY", "", func(l *lean) {
			l.before = []object{{"t": "GUILD_CREATE", "d": object{"id": "800", "name": "G"}}, {"t": "GUILD_CREATE", "d": nil}, {"t": "SOMETHING_NEW", "d": []any{1}}}
		}},
		{"interaction of bare bones", "", interaction(func(in object) {
			for k := range in {
				switch k {
				case "id", "type", "token", "data", "guild_id", "channel_id", "member":
				default:
					delete(in, k)
				}
			}
			in["member"] = object{"user": object{"id": "42"}}
		})},
		{"interaction without channel_id", "", interaction(func(in object) { delete(in, "channel_id") })},
		{"interaction in a direct message", "", interaction(func(in object) {
			delete(in, "guild_id")
			delete(in, "member")
			in["user"] = object{"id": "42", "username": "ann"}
		})},
		{"interaction with everything", "", interaction(func(in object) {
			maps.Copy(in, object{"locale": "de", "guild_locale": "en-US", "entitlements": []any{}, "authorizing_integration_owners": object{"0": "800"}, "context": 0, "attachment_size_limit": 1, "app_permissions": "8"})
		})},
		{"callback answered with 200", "", func(l *lean) { l.routes["POST /interactions/1/token/callback"] = object{} }},
		{"callback answered with 202", "", func(l *lean) { l.routes["POST /interactions/1/token/callback"] = 202 }},
		{"edit answered with 204", "", func(l *lean) { l.routes["PATCH /webhooks/900/token/messages/@original"] = 204 }},
		{"edit answered by text", "", func(l *lean) { l.routes["PATCH /webhooks/900/token/messages/@original"] = "fine" }},
		{"post answered with 204", "", func(l *lean) { l.routes["POST /channels/700/messages"] = 204 }},
		{"commands answered with 204", "", func(l *lean) { l.routes["PUT /applications/900/commands"] = 204 }},
		{"message without member, mentions and type", "", func(l *lean) {
			l.message = func(m object) { delete(m, "mentions"); delete(m, "type") }
		}},
		{"message with a nickname's mention", "", func(l *lean) {
			l.message = func(m object) { m["content"], m["mentions"] = "<@!900> And by mention?", []any{} }
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLean(t, c.change)
			b, err := New(Options{
				Token: "test.token", APIBase: l.web.URL + c.base, Answerer: &fakeAnswerer{}, Library: newFakeLibrary(3),
				Log: slog.New(slog.NewTextHandler(io.Discard, nil)), identifyEvery: time.Millisecond,
			})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- b.Run(ctx) }()
			within := within(t)
			var callback struct{ Type int }
			if err := json.Unmarshal([]byte(l.waitFor(within, "POST /interactions/1/token/callback")), &callback); err != nil || callback.Type != 5 {
				t.Errorf("callback of type %d, %v", callback.Type, err)
			}
			wants(t, l.waitFor(within, "PATCH /webhooks/900/token/messages/@original"), "Answer to: Why so lean?", `"parse":[]`)
			wants(t, l.waitFor(within, "POST /channels/700/messages"), "Answer to: And by mention?", `"parse":[]`)
			wants(t, l.waitFor(within, "PUT /applications/900/commands"), `"name":"ask"`)
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			for _, once := range []string{"POST /interactions/1/token/callback", "POST /channels/700/messages", "PUT /applications/900/commands"} {
				n := 0
				for _, s := range l.sent {
					if strings.HasPrefix(s, once+" ") {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%s came %d times", once, n)
				}
			}
			if b.Stats().Faults != 0 {
				t.Errorf("faults: %+v", b.Stats())
			}
		})
	}
}

// A server that is none ends the start in one clear line.
func TestNoServer(t *testing.T) {
	for _, answer := range []any{object{"url": "http://x"}, object{}, nil} {
		l := newLean(t, func(l *lean) { l.routes = map[string]any{"GET /gateway": answer, "GET /gateway/bot": answer} })
		b, err := New(Options{Token: "t", APIBase: l.web.URL, Answerer: &fakeAnswerer{}, Library: newFakeLibrary(1), Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Run(t.Context()); err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(fmt.Sprint(err), "gateway") {
			t.Errorf("%v: Run returned %v", answer, err)
		}
	}
}
