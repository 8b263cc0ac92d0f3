package discordtest_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// client speaks the gateway's protocol by hand.
type client struct {
	t    *testing.T
	ws   *websocket.Conn
	zlib io.Reader // of a zlib-stream
	feed *bytes.Buffer
}

type frame struct {
	Op int             `json:"op"`
	S  int             `json:"s"`
	T  string          `json:"t"`
	D  json.RawMessage `json:"d"`
}

func dial(t *testing.T, url string) *client {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.DialContext(within(t), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	return &client{t: t, ws: ws, feed: &bytes.Buffer{}}
}

func gatewayURL(s *discordtest.Server) string {
	return "ws" + strings.TrimPrefix(s.URL(), "http") + "/gateway/?v=10&encoding=json"
}

func (c *client) read() (frame, error) {
	var f frame
	kind, raw, err := c.ws.ReadMessage()
	if err != nil {
		return f, err
	}
	if kind == websocket.BinaryMessage {
		var r io.Reader
		if c.zlib == nil && strings.Contains(c.t.Name(), "stream") || c.zlib != nil {
			c.feed.Write(raw)
			if c.zlib == nil {
				if c.zlib, err = zlib.NewReader(c.feed); err != nil {
					return f, err
				}
			}
			r = c.zlib
		} else if r, err = zlib.NewReader(bytes.NewReader(raw)); err != nil {
			return f, err
		}
		return f, json.NewDecoder(r).Decode(&f)
	}
	return f, json.Unmarshal(raw, &f)
}

// next reads on to the frame that want accepts.
func (c *client) next(what string, want func(frame) bool) frame {
	c.t.Helper()
	for {
		f, err := c.read()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", what, err)
		}
		if want(f) {
			return f
		}
	}
}

func (c *client) op(n int) frame {
	c.t.Helper()
	return c.next(fmt.Sprint("op ", n), func(f frame) bool { return f.Op == n })
}

func (c *client) event(name string) frame {
	c.t.Helper()
	return c.next(name, func(f frame) bool { return f.T == name })
}

// closed reads to the end and returns the close code.
func (c *client) closed() int {
	c.t.Helper()
	for {
		if _, err := c.read(); err != nil {
			var ce *websocket.CloseError
			if errors.As(err, &ce) {
				return ce.Code
			}
			return 0
		}
	}
}

func (c *client) send(op int, d any) {
	c.t.Helper()
	if err := c.ws.WriteJSON(map[string]any{"op": op, "d": d}); err != nil {
		c.t.Fatal(err)
	}
}

type fields = map[string]any

func identity(s *discordtest.Server, change fields) fields {
	id := fields{"token": s.Token(), "intents": int(intents), "properties": fields{"os": "linux"}}
	for k, v := range change {
		if v == nil {
			delete(id, k)
		} else {
			id[k] = v
		}
	}
	return id
}

func TestIdentifyRefused(t *testing.T) {
	tests := []struct {
		name     string
		options  discordtest.Options
		change   fields
		code     int
		breaches string
	}{
		{"token", discordtest.Options{}, fields{"token": "other"}, 4004, "wrong token"},
		{"no intents", discordtest.Options{}, fields{"intents": nil}, 4002, "without intents"},
		{"invalid intents", discordtest.Options{}, fields{"intents": 1 << 30}, 4013, "invalid intents"},
		{"privileged intent", discordtest.Options{DenyIntents: 1 << 15}, nil, 4014, ""},
		{"shard", discordtest.Options{}, fields{"shard": []int{2, 2}}, 4010, "shard 2 of 2"},
		{"too few shards", discordtest.Options{MinShards: 2}, nil, 4011, ""},
		{"limit", discordtest.Options{IdentifyLimit: -1}, nil, 4004, "in a day"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			s := discordtest.New(t, tc.options)
			c := dial(t, gatewayURL(s))
			c.op(10)
			c.send(2, identity(s, tc.change))
			if got := c.closed(); got != tc.code {
				t.Errorf("close code %d, want %d", got, tc.code)
			}
			wantViolation(t, s, tc.breaches)
			if tc.code == 4004 || tc.code >= 4010 {
				dial(t, gatewayURL(s))
				wantViolation(t, s, "dialled again after the fatal close code")
				s.NewProcess()
				dial(t, gatewayURL(s))
				wantViolation(t, s, "")
			}
		})
	}
}

// wantViolation checks that exactly one violation was recorded, with text in
// it, or none at all where text is "", and forgets it.
func wantViolation(t *testing.T, s *discordtest.Server, text string) {
	t.Helper()
	got := s.TakeViolations()
	if text == "" && len(got) == 0 || len(got) == 1 && text != "" && strings.Contains(got[0], text) {
		return
	}
	t.Errorf("violations %q, want one with %q", got, text)
}

func TestGatewayProtocolBreaches(t *testing.T) {
	tests := []struct {
		name string
		do   func(*discordtest.Server, *client)
		code int
		text string
	}{
		{"op before identify", func(_ *discordtest.Server, c *client) { c.send(3, fields{}) }, 4003, "before IDENTIFY"},
		{"unknown op", func(_ *discordtest.Server, c *client) { c.send(99, nil) }, 4001, "unknown op 99"},
		{"no json", func(_ *discordtest.Server, c *client) { _ = c.ws.WriteMessage(websocket.TextMessage, []byte("{")) }, 4002, "no JSON"},
		{"huge", func(_ *discordtest.Server, c *client) { c.send(1, strings.Repeat("x", 5000)) }, 4002, "too long"},
		{"identify twice", func(s *discordtest.Server, c *client) {
			c.send(2, identity(s, nil))
			c.send(2, identity(s, nil))
		}, 4005, "that has a session"},
		{"flood", func(s *discordtest.Server, c *client) {
			c.send(2, identity(s, nil))
			for range 120 {
				c.send(3, fields{})
			}
		}, 4008, "more than 120"},
		{"resume ahead", func(s *discordtest.Server, c *client) {
			c.send(2, identity(s, nil))
			var ready struct {
				SessionID string `json:"session_id"`
			}
			_ = json.Unmarshal(c.event("READY").D, &ready)
			c.send(6, fields{"token": s.Token(), "session_id": ready.SessionID, "seq": 99})
		}, 4007, "RESUME at 99"},
		{"resume with a wrong token", func(s *discordtest.Server, c *client) { c.send(6, fields{"token": "x", "session_id": "x", "seq": 1}) }, 4004, "RESUME with a wrong token"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{})
			c := dial(t, gatewayURL(s))
			c.op(10)
			tc.do(s, c)
			if got := c.closed(); got != tc.code {
				t.Errorf("close code %d, want %d", got, tc.code)
			}
			wantViolation(t, s, tc.text)
		})
	}
}

func TestGatewayVersion(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	if got := dial(t, strings.Replace(gatewayURL(s), "v=10", "v=6", 1)).closed(); got != 4012 {
		t.Errorf("close code %d, want 4012", got)
	}
	wantViolation(t, s, "want v 9 or 10")
}

func TestHeartbeats(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{HeartbeatInterval: time.Millisecond})
	c := dial(t, gatewayURL(s))
	c.op(10)
	c.send(1, nil)
	c.op(11)
	c.send(2, identity(s, nil))
	c.event("READY")
	s.RequestHeartbeat()
	c.op(1)
	if got := c.closed(); got != 4009 { // a second after the last heartbeat
		t.Errorf("close code %d, want 4009", got)
	}
	wantViolation(t, s, "no heartbeat")
}

func TestIdentifyWindow(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{IdentifyWindow: time.Minute})
	first, second := dial(t, gatewayURL(s)), dial(t, gatewayURL(s))
	first.send(2, identity(s, fields{"shard": []int{0, 2}}))
	first.event("READY")
	second.send(2, identity(s, fields{"shard": []int{1, 2}}))
	if got := string(second.op(9).D); got != "false" {
		t.Errorf("op 9 with %s", got)
	}
	wantViolation(t, s, "max_concurrency is 1")
}

func TestShards(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{MinShards: 2, MaxConcurrency: 2})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	ann := s.User("ann")
	guild.Join(ann)
	var shards [2]*client
	for n := range shards {
		shards[n] = dial(t, gatewayURL(s))
		shards[n].send(2, identity(s, fields{"shard": []int{n, 2}}))
		shards[n].event("READY")
	}
	if err := s.WaitConnected(within(t)); err != nil {
		t.Fatal(err)
	}
	ann.Say(general, "to the guild's shard")
	ann.Say(ann.DM(), "to shard 0")
	s.CloseGateway(4000)
	var seen [2]string
	for n, c := range shards {
		for {
			f, err := c.read()
			if err != nil {
				break
			}
			if f.T == "MESSAGE_CREATE" || f.T == "GUILD_CREATE" {
				var m struct{ Content, Name string }
				_ = json.Unmarshal(f.D, &m)
				seen[n] += m.Name + m.Content + ";"
			}
		}
	}
	var id uint64
	_, _ = fmt.Sscan(guild.ID, &id)
	owner := int(id>>22) % 2
	want := [2]string{}
	want[owner] = "Newsroom;to the guild's shard;"
	want[0] += "to shard 0;"
	if seen != want {
		t.Errorf("shards saw %q, want %q", seen, want)
	}
}

func TestContentIntent(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{DenyIntents: 1 << 15})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	ann := s.User("ann")
	guild.Join(ann)
	c := dial(t, gatewayURL(s))
	c.send(2, identity(s, fields{"intents": int(intents &^ discordgo.IntentMessageContent)}))
	c.event("READY")
	for _, tc := range []struct {
		post *discordtest.Post
		want string
	}{
		{ann.Say(general, "plain"), ""},
		{ann.Say(general, "for "+s.Bot().Mention()), "for " + s.Bot().Mention()},
		{ann.Say(ann.DM(), "direct"), "direct"},
	} {
		var m struct{ ID, Content string }
		if err := json.Unmarshal(c.event("MESSAGE_CREATE").D, &m); err != nil || m.ID != tc.post.ID || m.Content != tc.want {
			t.Errorf("got %+v, want %q: %v", m, tc.want, err)
		}
	}
}

func TestCompression(t *testing.T) {
	for _, how := range []string{"payload", "stream"} {
		t.Run(how, func(t *testing.T) {
			s := discordtest.New(t, discordtest.Options{})
			guild := s.Guild("Newsroom")
			general := guild.Channel("general")
			url := gatewayURL(s)
			if how == "stream" {
				url += "&compress=zlib-stream"
			}
			c := dial(t, url)
			c.op(10)
			c.send(2, identity(s, fields{"compress": how == "payload"}))
			c.event("READY")
			c.event("GUILD_CREATE")
			for _, text := range []string{"one", "two"} {
				guild.Owner().Say(general, text)
				if f := c.event("MESSAGE_CREATE"); !strings.Contains(string(f.D), `"`+text+`"`) {
					t.Errorf("got %s", f.D)
				}
			}
		})
	}
}

// TestDropsAndResume drops a discordgo session in each way that it survives
// and posts while it is away: every message arrives once, in order.
func TestDropsAndResume(t *testing.T) {
	drops := []struct {
		name     string
		drop     func(*discordtest.Server)
		identify bool // the session is lost, and what happened meanwhile with it
	}{
		{"reset", (*discordtest.Server).ResetGateway, false},
		{"op 7", (*discordtest.Server).RequestReconnect, false},
		{"close 4000", func(s *discordtest.Server) { s.CloseGateway(4000) }, false},
		{"op 9", func(s *discordtest.Server) { s.Invalidate(false) }, true},
	}
	for _, tc := range drops {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := discordtest.New(t, discordtest.Options{})
			guild := s.Guild("Newsroom")
			general := guild.Channel("general")
			got := make(chan string, 10)
			d := newSession(t, s, func(_ *discordgo.Session, m *discordgo.MessageCreate) { got <- m.Content })
			d.SyncEvents = true
			open(t, s, d)
			// A drop before the first heartbeat makes discordgo reconnect twice.
			for ctx := within(t); s.Connections()[0].Heartbeats == 0 && ctx.Err() == nil; {
				time.Sleep(time.Millisecond)
			}
			tc.drop(s)
			if !tc.identify {
				guild.Owner().Say(general, "while away")
				if err := s.WaitConnections(within(t), 2); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.WaitConnected(within(t)); err != nil {
				t.Fatal(err)
			}
			guild.Owner().Say(general, "back")
			want := []string{"while away", "back"}
			identified := 1
			if tc.identify {
				want, identified = []string{"back"}, 2
			}
			for _, w := range want {
				select {
				case g := <-got:
					if g != w {
						t.Errorf("got %q, want %q", g, w)
					}
				case <-within(t).Done():
					t.Fatalf("no %q after %+v", w, s.Connections())
				}
			}
			if n := s.Identified(); n != identified {
				t.Errorf("%d IDENTIFYs, want %d", n, identified)
			}
			if log := s.Connections(); !tc.identify && (len(log) != 2 || !log[1].Resumed) {
				t.Errorf("connections %+v", log)
			}
		})
	}
}

func TestResumeURLAndSilence(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	c := dial(t, gatewayURL(s))
	c.send(2, identity(s, nil))
	var ready struct {
		SessionID string `json:"session_id"`
		URL       string `json:"resume_gateway_url"`
	}
	first := c.event("READY")
	if err := json.Unmarshal(first.D, &ready); err != nil {
		t.Fatal(err)
	}
	s.SilenceGateway()
	guild.Owner().Say(general, "unheard")
	c.send(1, first.S)
	r := dial(t, ready.URL+"?v=10&encoding=json")
	r.send(6, fields{"token": s.Token(), "session_id": ready.SessionID, "seq": first.S})
	if f := r.event("MESSAGE_CREATE"); !strings.Contains(string(f.D), "unheard") {
		t.Errorf("replayed %s", f.D)
	}
	r.event("RESUMED")
	log := s.Connections()
	if len(log) != 2 || !log[1].ResumeURL || !log[1].Resumed || !log[0].Closed.IsZero() {
		t.Errorf("connections %+v", log)
	}
	// A goodbye with 1000 ends the session: it can't be resumed.
	_ = r.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""))
	r.closed()
	again := dial(t, gatewayURL(s))
	again.send(6, fields{"token": s.Token(), "session_id": ready.SessionID, "seq": first.S})
	if got := string(again.op(9).D); got != "false" {
		t.Errorf("op 9 with %s", got)
	}
}

func TestInvalidateResumable(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	c := dial(t, gatewayURL(s))
	c.send(2, identity(s, nil))
	var ready struct {
		SessionID string `json:"session_id"`
	}
	f := c.event("READY")
	_ = json.Unmarshal(f.D, &ready)
	s.Invalidate(true)
	if got := string(c.op(9).D); got != "true" {
		t.Errorf("op 9 with %s", got)
	}
	c.send(6, fields{"token": s.Token(), "session_id": ready.SessionID, "seq": f.S})
	c.event("RESUMED")
}

func TestHangAndRefuse(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	s.HangGateway(1)
	c := dial(t, gatewayURL(s))
	_ = c.ws.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if f, err := c.read(); err == nil {
		t.Errorf("a hanging gateway sent %+v", f)
	}
	s.RefuseIdentify(4008, 4013)
	for _, code := range []int{4008, 4013} {
		c := dial(t, gatewayURL(s))
		c.op(10)
		c.send(2, identity(s, nil))
		if got := c.closed(); got != code {
			t.Errorf("close code %d, want %d", got, code)
		}
	}
}

func TestDuplicateEvents(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	c := dial(t, gatewayURL(s))
	c.send(2, identity(s, nil))
	c.event("READY")
	s.DuplicateEvents(true)
	guild.Owner().Say(general, "twice")
	a, b := c.event("MESSAGE_CREATE"), c.event("MESSAGE_CREATE")
	if a.S == b.S || !bytes.Equal(a.D, b.D) {
		t.Errorf("got %v and %v", a, b)
	}
}

func TestRewrite(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	c := dial(t, gatewayURL(s))
	c.send(2, identity(s, nil))
	c.event("READY")
	s.Rewrite(func(name string, body json.RawMessage) json.RawMessage {
		if name == "MESSAGE_CREATE" {
			return json.RawMessage(`{"content":7}`)
		}
		return body
	})
	guild.Owner().Say(general, "x")
	if f := c.event("MESSAGE_CREATE"); string(f.D) != `{"content":7}` {
		t.Errorf("got %s", f.D)
	}
}

func TestGuildEvents(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	c := dial(t, gatewayURL(s))
	c.send(2, identity(s, nil))
	c.event("READY")
	guild := s.Guild("Newsroom")
	c.event("GUILD_CREATE")
	general := guild.Channel("general")
	c.event("CHANNEL_CREATE")
	role := guild.Role("editors", 1<<13)
	c.event("GUILD_ROLE_CREATE")
	role.SetPermissions(0)
	c.event("GUILD_ROLE_UPDATE")
	general.Allow(role, 0, 1<<10)
	c.event("CHANNEL_UPDATE")
	guild.Outage()
	if f := c.event("GUILD_DELETE"); !strings.Contains(string(f.D), `"unavailable":true`) {
		t.Errorf("outage %s", f.D)
	}
	c.event("GUILD_CREATE")
	general.Drop()
	c.event("CHANNEL_DELETE")
	guild.Expel()
	if f := c.event("GUILD_DELETE"); strings.Contains(string(f.D), "unavailable") {
		t.Errorf("expelled %s", f.D)
	}
}

func TestTransportRefusesOtherHosts(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	web := &http.Client{Transport: s.Transport()}
	if r, err := web.Get("https://example.org/"); err == nil {
		_ = r.Body.Close()
		t.Error("a foreign host was reached")
	}
	r, err := web.Get("https://discord.com/api/v10/gateway")
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	wantViolation(t, s, "User-Agent")
}
