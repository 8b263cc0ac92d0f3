package discordtest

import (
	"compress/zlib"
	"encoding/json"
	"net/http"
	"strings"
	"time"
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

type gateway struct {
	o          Options
	sessions   map[string]*session
	links      map[*link]bool
	log        []*Connection
	identified int
	lastIdent  []time.Time
	fatal      int // a close code after which nobody may dial again
	twice      bool
	rewrite    func(string, json.RawMessage) json.RawMessage
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

// Connection is the record of one WebSocket.
type Connection struct {
	Shard      int
	Resumed    bool // a RESUME was accepted on it
	Identified bool // an IDENTIFY was accepted on it
	ResumeURL  bool // it was dialled at resume_gateway_url
	Opened     time.Time
	Closed     time.Time // zero while it is open
	CloseCode  int       // the client's close code, 0 where it sent none
	Heartbeats int       // acknowledged ones
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

func (s *Server) gatewayURL() string { return "ws" + strings.TrimPrefix(s.base, "http") + "/gateway/" }
