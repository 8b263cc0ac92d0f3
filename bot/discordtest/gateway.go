package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Gateway intents.
const (
	intentGuilds         = 1 << 0
	intentGuildMembers   = 1 << 1
	intentPresences      = 1 << 8
	intentGuildMessages  = 1 << 9
	intentDirectMessages = 1 << 12
	intentContent        = 1 << 15
	intentPrivileged     = intentGuildMembers | intentPresences | intentContent
	intentAll            = 1<<27 - 1
)

// event is one dispatch. bare is the body for sessions without MESSAGE_CONTENT
// where that differs; intent 0 reaches every session.
type event struct {
	name        string
	guild       string
	intent      int
	body, bare  object
	interaction *Interaction
}

type gateway struct {
	o          Options
	sessions   map[string]*session
	links      map[*link]bool
	log        []*Connection
	identified int
	lastIdent  []time.Time
	fatal      int // a close code after which nobody may dial again
	twice      bool
	hang       int
	refuse     []int // close codes for the next IDENTIFYs
}

func (g *gateway) init(o Options) {
	g.o, g.sessions, g.links = o, map[string]*session{}, map[*link]bool{}
}

func (g *gateway) dropAll() {
	for l := range g.links {
		_ = l.ws.NetConn().Close()
	}
}

// session is what a RESUME takes up again.
type session struct {
	id            string
	shard, shards int
	intents       int
	seq           int
	sent          []sentEvent
	link          *link
}

type sentEvent struct {
	seq         int
	frame       []byte
	interaction *Interaction
}

// keptEvents bounds what a RESUME can replay.
const keptEvents = 50000

// Connection is the record of one WebSocket.
type Connection struct {
	Shard      int
	Resumed    bool // a RESUME was accepted on it
	Identified bool // an IDENTIFY was accepted on it
	ResumeURL  bool // it was dialled at resume_gateway_url
	Opened     time.Time
	Closed     time.Time // zero while it is open
	CloseCode  int       // the client's close code, 0 where it sent none
}

// Connections lists every WebSocket so far, oldest first.
func (s *Server) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Connection
	for _, c := range s.gate.log {
		out = append(out, *c)
	}
	return out
}

// Identified counts the IDENTIFYs that the gateway accepted.
func (s *Server) Identified() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gate.identified
}

// link is one WebSocket.
type link struct {
	s        *Server
	ws       *websocket.Conn
	queue    []packet
	wake     chan struct{}
	done     chan struct{}
	session  *session
	silent   bool
	closing  bool // the server sent a close frame first
	payloads bool // compress each payload on its own
	stream   *zlib.Writer
	buffer   bytes.Buffer
	record   *Connection
	received []time.Time
}

// packet is one thing for a link's writer to do.
type packet struct {
	frame       []byte
	compress    bool // on its own
	interaction *Interaction
	close       int
	reset       bool
	text        string
}

// push queues p; the server's lock is held.
func (l *link) push(p packet) {
	if l.silent && !p.reset && p.close == 0 {
		return
	}
	p.compress = l.payloads
	l.queue = append(l.queue, p)
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *link) op(op int, d any) {
	l.push(packet{frame: encode(object{"op": op, "d": d, "s": nil, "t": nil})})
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	if s.gate.fatal != 0 {
		s.breach("gateway: dialled again after the fatal close code %d", s.gate.fatal)
	}
	if c := q.Get("compress"); c != "" && c != "zlib-stream" {
		s.breach("gateway: compress=%s is not served", c)
	}
	closed := s.closed
	if !closed {
		s.wg.Add(1)
		defer s.wg.Done()
	}
	s.mu.Unlock()
	if closed {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	ws, err := s.up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	ws.SetReadLimit(1 << 20)
	l := &link{s: s, ws: ws, wake: make(chan struct{}, 1), done: make(chan struct{})}
	if q.Get("compress") == "zlib-stream" {
		l.stream = zlib.NewWriter(&l.buffer)
	}
	s.mu.Lock()
	l.record = &Connection{Opened: s.now(), ResumeURL: strings.HasPrefix(r.URL.Path, "/gateway/resume")}
	s.gate.log = append(s.gate.log, l.record)
	s.gate.links[l] = true
	s.changed.fire()
	v := q.Get("v")
	switch {
	case s.closed:
		_ = ws.NetConn().Close()
	case v != "9" && v != "10", q.Get("encoding") != "" && q.Get("encoding") != "json":
		s.breach("gateway: v=%q encoding=%q; want v 9 or 10 and json", v, q.Get("encoding"))
		l.push(packet{close: 4012, text: "Invalid API version"})
	case s.gate.hang > 0:
		s.gate.hang--
		l.silent = true
	default:
		l.op(10, object{"heartbeat_interval": s.o.HeartbeatInterval.Milliseconds(), "_trace": []string{"fake"}})
	}
	s.mu.Unlock()

	s.wg.Go(l.write)
	l.read()
}

// write sends what push queues, until the link is done.
func (l *link) write() {
	for {
		l.s.mu.Lock()
		todo := l.queue
		l.queue = nil
		l.s.mu.Unlock()
		for _, p := range todo {
			if !l.send(p) {
				return
			}
		}
		if len(todo) > 0 {
			continue
		}
		select {
		case <-l.wake:
		case <-l.done:
			return
		}
	}
}

func (l *link) send(p packet) bool {
	_ = l.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	switch {
	case p.reset:
		if c, ok := l.ws.NetConn().(*net.TCPConn); ok {
			_ = c.SetLinger(0)
		}
		_ = l.ws.Close()
		return false
	case p.close != 0:
		_ = l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(p.close, p.text), time.Now().Add(time.Second))
		// Discord closes the TCP connection as well; the client gets a moment to read the frame.
		_ = l.ws.SetReadDeadline(time.Now().Add(2 * time.Second))
		return false
	}
	kind, frame := websocket.TextMessage, p.frame
	if l.stream != nil {
		_, _ = l.stream.Write(frame) // into memory
		_ = l.stream.Flush()
		kind, frame = websocket.BinaryMessage, bytes.Clone(l.buffer.Bytes())
		l.buffer.Reset()
	} else if p.compress {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write(frame)
		_ = z.Close()
		kind, frame = websocket.BinaryMessage, b.Bytes()
	}
	if l.ws.WriteMessage(kind, frame) != nil {
		_ = l.ws.Close()
		return false
	}
	if p.interaction != nil {
		l.s.mu.Lock()
		p.interaction.delivered = l.s.now()
		l.s.mu.Unlock()
	}
	return true
}

type received struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
}

// read handles what the client sends until the connection ends.
func (l *link) read() {
	s := l.s
	code := 0
	l.ws.SetCloseHandler(func(c int, _ string) error {
		code = c
		s.mu.Lock()
		if ss := l.session; ss != nil && !l.closing && (code == 1000 || code == 1001) {
			delete(s.gate.sessions, ss.id) // the client said goodbye
		}
		s.mu.Unlock()
		return l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c, ""), time.Now().Add(time.Second))
	})
	l.expectHeartbeat()
	for {
		_, raw, err := l.ws.ReadMessage()
		if err != nil {
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				l.missedHeartbeat()
			}
			break
		}
		s.mu.Lock()
		if !l.silent {
			l.handle(raw)
		}
		s.mu.Unlock()
	}
	close(l.done)
	_ = l.ws.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	l.record.Closed, l.record.CloseCode = s.now(), code
	delete(s.gate.links, l)
	l.detach()
	s.changed.fire()
}

func (l *link) detach() {
	if l.session != nil && l.session.link == l {
		l.session.link = nil
	}
}

func (l *link) expectHeartbeat() {
	_ = l.ws.SetReadDeadline(time.Now().Add(2*l.s.o.HeartbeatInterval + time.Second))
}

func (l *link) missedHeartbeat() {
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	if l.silent || l.record.CloseCode != 0 || l.s.closed || !l.s.gate.links[l] || l.session == nil || l.session.link != l {
		return
	}
	l.s.breach("gateway: no heartbeat for two intervals of %v", l.s.o.HeartbeatInterval)
	_ = l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4009, "Session timed out"), time.Now().Add(time.Second))
	delete(l.s.gate.sessions, l.session.id)
}

func (l *link) handle(raw []byte) {
	s := l.s
	var m received
	if len(raw) > 4096 || json.Unmarshal(raw, &m) != nil {
		s.breach("gateway: a payload of %d bytes is too long or no JSON", len(raw))
		l.shut(4002, "Decode error")
		return
	}
	if m.Op != 1 {
		now := time.Now()
		for len(l.received) > 0 && now.Sub(l.received[0]) > time.Minute {
			l.received = l.received[1:]
		}
		if l.received = append(l.received, now); len(l.received) > 120 {
			s.breach("gateway: more than 120 payloads in a minute")
			l.shut(4008, "Rate limited")
			return
		}
	}
	switch m.Op {
	case 1:
		l.expectHeartbeat()
		l.op(11, nil)
	case 2:
		l.identify(m.D)
	case 6:
		l.resume(m.D)
	case 3, 4, 8, 31:
		if l.session == nil {
			s.breach("gateway: op %d before IDENTIFY", m.Op)
			l.shut(4003, "Not authenticated")
		}
	default:
		s.breach("gateway: unknown op %d", m.Op)
		l.shut(4001, "Unknown opcode")
	}
}

// shut closes the link from the server's side with Discord's meaning of code.
func (l *link) shut(code int, text string) {
	switch code {
	case 4004, 4010, 4011, 4012, 4013, 4014:
		l.s.gate.fatal = code
		fallthrough
	case 4007, 4009:
		if l.session != nil {
			delete(l.s.gate.sessions, l.session.id)
		}
	}
	l.detach()
	l.push(packet{close: code, text: text})
	l.silent, l.closing = true, true
}

func (l *link) identify(d json.RawMessage) {
	s := l.s
	var in struct {
		Token      string          `json:"token"`
		Intents    *int            `json:"intents"`
		Properties json.RawMessage `json:"properties"`
		Compress   bool            `json:"compress"`
		Shard      *[2]int         `json:"shard"`
	}
	if err := json.Unmarshal(d, &in); err != nil || in.Properties == nil || in.Intents == nil {
		s.breach("gateway: IDENTIFY without intents or properties: %v", err)
		l.shut(4002, "Decode error")
		return
	}
	if l.session != nil {
		s.breach("gateway: IDENTIFY on a connection that has a session")
		l.shut(4005, "Already authenticated")
		return
	}
	shard := [2]int{0, 1}
	if in.Shard != nil {
		shard = *in.Shard
	}
	if len(s.gate.refuse) > 0 {
		code := s.gate.refuse[0]
		s.gate.refuse = s.gate.refuse[1:]
		l.shut(code, "refused for the test")
		return
	}
	switch {
	case strings.TrimPrefix(in.Token, "Bot ") != s.o.Token:
		s.breach("gateway: IDENTIFY with a wrong token")
		l.shut(4004, "Authentication failed")
		return
	case shard[1] < 1 || shard[0] < 0 || shard[0] >= shard[1]:
		s.breach("gateway: IDENTIFY for shard %d of %d", shard[0], shard[1])
		l.shut(4010, "Invalid shard")
		return
	case shard[1] < s.o.MinShards:
		l.shut(4011, "Sharding required")
		return
	case *in.Intents < 0 || *in.Intents&^intentAll != 0:
		s.breach("gateway: IDENTIFY with invalid intents %d", *in.Intents)
		l.shut(4013, "Invalid intents")
		return
	case *in.Intents&intentPrivileged&s.o.DenyIntents != 0:
		l.shut(4014, "Disallowed intents")
		return
	}
	now := time.Now()
	if w := s.o.IdentifyWindow; w > 0 {
		recent := s.gate.lastIdent[:0]
		for _, t := range s.gate.lastIdent {
			if now.Sub(t) < w {
				recent = append(recent, t)
			}
		}
		s.gate.lastIdent = recent
		if len(recent) >= s.o.MaxConcurrency {
			s.breach("gateway: %d IDENTIFYs within %v, max_concurrency is %d", len(recent)+1, w, s.o.MaxConcurrency)
			l.op(9, false)
			return
		}
	}
	s.gate.lastIdent = append(s.gate.lastIdent, now)
	if s.gate.identified++; s.gate.identified > s.o.IdentifyLimit {
		s.breach("gateway: more than %d IDENTIFYs in a day, the token was reset", s.o.IdentifyLimit)
		l.shut(4004, "Authentication failed")
		return
	}
	ss := &session{id: fmt.Sprintf("%032x", s.gate.identified), shard: shard[0], shards: shard[1], intents: *in.Intents, link: l}
	s.gate.sessions[ss.id] = ss
	l.session, l.payloads = ss, in.Compress
	l.record.Identified, l.record.Shard = true, ss.shard
	guilds := []object{}
	var mine []*Guild
	for _, g := range s.guilds {
		if !g.gone && ss.owns(g.ID) {
			guilds = append(guilds, object{"id": g.ID, "unavailable": true})
			mine = append(mine, g)
		}
	}
	user := s.bot.json()
	user["verified"], user["mfa_enabled"], user["email"], user["flags"] = true, true, nil, 0
	s.dispatchTo(ss, event{name: "READY", body: object{"v": 10, "user": user, "guilds": guilds, "session_id": ss.id, "session_type": "normal",
		"resume_gateway_url": s.gatewayURL() + "resume/", "shard": shard, "application": object{"id": s.bot.ID, "flags": s.appFlags()},
		"private_channels": []any{}, "relationships": []any{}, "presences": []any{}, "user_settings": object{}}})
	for _, g := range mine {
		s.dispatchTo(ss, event{name: "GUILD_CREATE", guild: g.ID, intent: intentGuilds, body: g.full()})
	}
	s.changed.fire()
}

func (l *link) resume(d json.RawMessage) {
	s := l.s
	var in struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       int    `json:"seq"`
	}
	if err := json.Unmarshal(d, &in); err != nil {
		s.breach("gateway: RESUME: %v", err)
		l.shut(4002, "Decode error")
		return
	}
	if strings.TrimPrefix(in.Token, "Bot ") != s.o.Token {
		s.breach("gateway: RESUME with a wrong token")
		l.shut(4004, "Authentication failed")
		return
	}
	ss := s.gate.sessions[in.SessionID]
	if ss == nil || len(ss.sent) > 0 && in.Seq < ss.sent[0].seq-1 {
		l.op(9, false)
		return
	}
	if in.Seq > ss.seq {
		s.breach("gateway: RESUME at %d, but the last event was %d", in.Seq, ss.seq)
		l.session = ss
		l.shut(4007, "Invalid seq")
		return
	}
	if old := ss.link; old != nil {
		old.session = nil
		old.push(packet{close: 4000, text: "resumed elsewhere"})
	}
	ss.link, l.session = l, ss
	l.record.Resumed, l.record.Shard = true, ss.shard
	for _, e := range ss.sent {
		if e.seq > in.Seq {
			l.push(packet{frame: e.frame, interaction: e.interaction})
		}
	}
	s.dispatchTo(ss, event{name: "RESUMED", body: object{"_trace": []string{"fake"}}})
	s.changed.fire()
}

func (ss *session) owns(guild string) bool {
	if guild == "" {
		return ss.shard == 0
	}
	id, _ := strconv.ParseUint(guild, 10, 64) // our own snowflake
	return int((id>>22)%uint64(ss.shards)) == ss.shard
}

// dispatch sends an event to every session that may have it. A session whose
// connection is down gets it at its RESUME.
func (s *Server) dispatch(e event) {
	for _, ss := range s.gate.sessions {
		if ss.owns(e.guild) && (e.intent == 0 || ss.intents&e.intent != 0) {
			s.dispatchTo(ss, e)
			if s.gate.twice {
				s.dispatchTo(ss, e)
			}
		}
	}
}

func (s *Server) dispatchTo(ss *session, e event) {
	body := e.body
	if e.bare != nil && ss.intents&intentContent == 0 {
		body = e.bare
	}
	s.dispatchRaw(ss, e.name, encode(body), e.interaction)
}

func (s *Server) dispatchRaw(ss *session, name string, body json.RawMessage, i *Interaction) {
	ss.seq++
	frame := fmt.Appendf(nil, `{"op":0,"s":%d,"t":%q,"d":%s}`, ss.seq, name, body)
	ss.sent = append(ss.sent, sentEvent{ss.seq, frame, i})
	if len(ss.sent) > keptEvents {
		ss.sent = ss.sent[1:]
	}
	if i != nil {
		i.dispatched++
	}
	if ss.link != nil {
		ss.link.push(packet{frame: frame, interaction: i})
	}
}

func (s *Server) gatewayURL() string { return "ws" + strings.TrimPrefix(s.base, "http") + "/gateway/" }

// appFlags tells the privileged intents in the application's flags, in the
// form for applications in fewer than 100 guilds.
func (s *Server) appFlags() int {
	flags := 1 << 23 // has slash commands
	for intent, flag := range map[int]int{intentPresences: 1 << 13, intentGuildMembers: 1 << 15, intentContent: 1 << 19} {
		if s.o.DenyIntents&intent == 0 {
			flags |= flag
		}
	}
	return flags
}
