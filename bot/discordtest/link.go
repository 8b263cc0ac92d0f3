package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"net"
	"time"

	"github.com/gorilla/websocket"
)

// link is one WebSocket.
type link struct {
	s        *Server
	ws       *websocket.Conn
	queue    []packet
	wake     chan struct{}
	done     chan struct{}
	session  *session
	silent   bool
	closing  bool         // the server sent a close frame first
	payloads bool         // compress each payload on its own
	single   *zlib.Writer // of the writer, for payloads
	stream   *zlib.Writer // of the writer, for a zlib-stream
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
		l.buffer.Reset()
		_, _ = l.stream.Write(frame) // into memory
		_ = l.stream.Flush()
		kind, frame = websocket.BinaryMessage, l.buffer.Bytes()
	} else if p.compress {
		l.buffer.Reset()
		if l.single == nil {
			l.single = zlib.NewWriter(&l.buffer)
		}
		l.single.Reset(&l.buffer)
		_, _ = l.single.Write(frame)
		_ = l.single.Close()
		kind, frame = websocket.BinaryMessage, l.buffer.Bytes()
	}
	if i := p.interaction; i != nil { // before the bot can see it
		l.s.mu.Lock()
		if l.s.gate.links[l] {
			i.delivered, i.link = l.s.now(), l
		}
		l.s.mu.Unlock()
	}
	if l.ws.WriteMessage(kind, frame) != nil {
		_ = l.ws.Close() // the end of the link takes the mark back
		return false
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
	for _, i := range s.interactions {
		if i.link == l && i.acked == 0 && s.now().Sub(i.created) < s.o.AckWithin {
			i.delivered = time.Time{} // perhaps it was never read
		}
	}
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
		l.record.Heartbeats++
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
