package gateway

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/bot/discordtest"

	"github.com/gorilla/websocket"
)

// A run is a shard that runs in a test.
type run struct {
	shard *Shard
	mu    sync.Mutex
	seen  map[string]int
	ended chan error
	stop  context.CancelFunc
}

func start(t *testing.T, url, token string, change func(*Options)) *run {
	t.Helper()
	r := &run{seen: map[string]int{}, ended: make(chan error, 1)}
	o := Options{
		URL: url, Token: token, Intents: 1 | 1<<9, Shards: 1, Timeout: 2 * time.Second,
		Identify: func(context.Context) error { return nil },
		Handle: func(event string, data json.RawMessage) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.seen[event+string(data)]++
			r.seen[event]++
			if strings.Contains(string(data), "panic") {
				panic("in a handler")
			}
		},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&o)
	}
	r.shard = New(o)
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.ended <- r.shard.Run(ctx) }()
	t.Cleanup(stop)
	return r
}

func (r *run) count(key string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen[key]
}

// wait waits until something is true.
func wait(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 4000 {
		if is() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}

func gatewayOf(s *discordtest.Server) string {
	return "ws" + strings.TrimPrefix(s.URL(), "http") + "/gateway/"
}

// Each way to lose a connection: no event is missed, and none comes twice.
func TestDrops(t *testing.T) {
	for name, c := range map[string]struct {
		drop    func(*discordtest.Server)
		resumes bool
	}{
		"reset":               {(*discordtest.Server).ResetGateway, true},
		"op 7":                {(*discordtest.Server).RequestReconnect, true},
		"op 9, resumable":     {func(s *discordtest.Server) { s.Invalidate(true) }, true},
		"op 9, not resumable": {func(s *discordtest.Server) { s.Invalidate(false) }, false},
		"close 4000":          {func(s *discordtest.Server) { s.CloseGateway(4000) }, true},
		"close 1001":          {func(s *discordtest.Server) { s.CloseGateway(1001) }, true},
		"close 4009":          {func(s *discordtest.Server) { s.CloseGateway(4009) }, false},
		"silence":             {(*discordtest.Server).SilenceGateway, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o discordtest.Options
			silent := name == "silence"
			if silent {
				o.HeartbeatInterval = 100 * time.Millisecond // only there: on a busy machine an answer to a beat may come later
			}
			s := discordtest.New(t, o)
			r := start(t, gatewayOf(s), s.Token(), nil)
			wait(t, "READY", r.shard.Ready)
			sent := 0
			for range 2 {
				was := r.shard.Counters()
				c.drop(s)
				if c.resumes {
					s.Dispatch("X", json.RawMessage(fmt.Sprintf(`"%d"`, sent)))
					sent++
				}
				wait(t, "a new session", func() bool {
					now := r.shard.Counters()
					return r.shard.Ready() && now.Resumed+now.Identified > was.Resumed+was.Identified
				})
			}
			for i := range sent {
				key := fmt.Sprintf(`X"%d"`, i)
				wait(t, "event "+key, func() bool { return r.count(key) > 0 })
				if n := r.count(key); n != 1 {
					t.Errorf("event %d came %d times", i, n)
				}
			}
			got := r.shard.Counters()
			if c.resumes && (got.Resumed != 2 && !(silent && got.Resumed > 2) || got.Identified != 1) || !c.resumes && got.Identified != 3 {
				t.Errorf("counters %+v", got)
			}
			for i, conn := range s.Connections() {
				if conn.Resumed && !conn.ResumeURL {
					t.Errorf("connection %d resumed at the main address", i)
				}
				if conn.CloseCode == 1000 || conn.CloseCode == 1001 {
					t.Errorf("connection %d was closed with %d, which ends the session", i, conn.CloseCode)
				}
			}
			r.stop()
			if err := <-r.ended; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
}

// After a fatal code Run ends at once; the fake reports it if anything dials again.
func TestFatalCodes(t *testing.T) {
	for _, code := range []int{4004, 4010, 4011, 4012, 4013, 4014} {
		for _, late := range []bool{false, true} {
			s := discordtest.New(t, discordtest.Options{})
			if !late {
				s.RefuseIdentify(code)
			}
			r := start(t, gatewayOf(s), s.Token(), nil)
			if late {
				wait(t, "READY", r.shard.Ready)
				s.CloseGateway(code)
			}
			select {
			case err := <-r.ended:
				var f *FatalError
				if !errors.As(err, &f) || f.Code != code || strings.Contains(err.Error(), "\n") {
					t.Errorf("%d: Run returned %v", code, err)
				}
			case <-time.After(5 * time.Second):
				t.Errorf("%d: Run goes on", code)
			}
		}
	}
}

// A server that says nothing, or the wrong thing, is left and tried again.
func TestBadBeginnings(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	s.HangGateway(1)
	r := start(t, gatewayOf(s), s.Token(), func(o *Options) { o.Timeout = 100 * time.Millisecond })
	wait(t, "READY after a silent start", r.shard.Ready)
	if n := r.shard.Counters().Connections; n < 2 { // more where the machine is slower than the timeout
		t.Errorf("%d connections, want 2", n)
	}
}

// Payloads that break discordgo's own loop pass by, and a panic in a handler stops
// nothing.
func TestOddPayloads(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	r := start(t, gatewayOf(s), s.Token(), nil)
	wait(t, "READY", r.shard.Ready)
	for _, odd := range []string{`null`, `[]`, `"panic"`, `{"guilds":[null]}`, `12345678901234567890`, strings.Repeat("[", 9000) + strings.Repeat("]", 9000)} {
		for _, event := range []string{"GUILD_CREATE", "INTERACTION_CREATE", "MESSAGE_CREATE", ""} {
			s.Dispatch(event, json.RawMessage(odd))
		}
	}
	s.Dispatch("LAST", json.RawMessage(`{}`))
	wait(t, "the last event", func() bool { return r.count("LAST") == 1 })
	if c := r.shard.Counters(); c.Panics != 4 || c.Connections != 1 {
		t.Errorf("counters %+v", c)
	}
}

// raw serves one WebSocket after the other with a script.
func raw(t *testing.T, script func(n int, ws *websocket.Conn)) string {
	t.Helper()
	n := 0
	var mu sync.Mutex
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		up := websocket.Upgrader{}
		ws, err := up.Upgrade(w, req, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		mu.Lock()
		n++
		mine := n
		mu.Unlock()
		script(mine, ws)
	}))
	t.Cleanup(srv.Close)
	return "ws" + strings.TrimPrefix(srv.URL, "http")
}

// Op 7 before READY, frames that are no JSON, compressed frames and types that are
// wrong.
func TestRawServer(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	url := raw(t, func(n int, ws *websocket.Conn) {
		say := func(s string) { _ = ws.WriteMessage(websocket.TextMessage, []byte(s)) }
		if n == 1 {
			say(`{"op":11}`) // no HELLO
			_, _, _ = ws.ReadMessage()
			return
		}
		say(`{"op":10,"d":{"heartbeat_interval":45000}}`)
		_, _, _ = ws.ReadMessage() // IDENTIFY
		if n == 2 {
			say(`{"op":7,"d":null}`)
			_, _, _ = ws.ReadMessage()
			return
		}
		for _, s := range []string{`null`, `[]`, `{`, `{"op":"x"}`, `{"op":0,"t":5,"s":"y"}`, `{"op":77}`, `{"op":10}`, "\xff\xfe"} {
			say(s)
		}
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write([]byte(`{"op":0,"t":"READY","s":1,"d":{"session_id":"s","resume_gateway_url":"wss://evil.example"}}`))
		_ = z.Close()
		_ = ws.WriteMessage(websocket.BinaryMessage, b.Bytes())
		<-release
	})
	r := start(t, url, "token", nil)
	wait(t, "READY", r.shard.Ready)
	if got := r.shard.address(); !strings.HasPrefix(got, url) {
		t.Errorf("would resume at %s", got)
	}
}

func TestSameSite(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"wss://gateway-us-east1-b.discord.gg", "wss://gateway.discord.gg", true},
		{"wss://evil.example", "wss://gateway.discord.gg", false},
		{"wss://discord.gg.evil.example", "wss://gateway.discord.gg", false},
		{"ws://gateway.discord.gg", "wss://gateway.discord.gg", false},
		{"ws://127.0.0.1:1/r", "ws://127.0.0.1:2", true},
		{"ws://127.0.0.2:1/r", "ws://127.0.0.1:1", false},
		{"", "wss://gateway.discord.gg", false}, {"wss://", "wss://gateway.discord.gg", false},
	} {
		if got := sameSite(c.a, c.b); got != c.want {
			t.Errorf("sameSite(%q, %q) = %v", c.a, c.b, got)
		}
	}
}
