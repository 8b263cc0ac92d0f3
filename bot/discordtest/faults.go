package discordtest

import (
	"context"
	"encoding/json"
	"fmt"
)

// WaitConnected waits until every shard of the bot has a session with a live
// connection.
func (s *Server) WaitConnected(ctx context.Context) error {
	return s.await(ctx, &s.changed, "a gateway session", func() (bool, error) {
		up := map[int]bool{}
		shards := 0
		for _, ss := range s.gate.sessions {
			if ss.link != nil && !ss.link.silent {
				up[ss.shard] = true
				shards = max(shards, ss.shards)
			}
		}
		return shards > 0 && len(up) == shards, nil
	})
}

// WaitConnections waits until n WebSockets, all told, have been opened.
func (s *Server) WaitConnections(ctx context.Context, n int) error {
	return s.await(ctx, &s.changed, fmt.Sprintf("%d gateway connections", n), func() (bool, error) { return len(s.gate.log) >= n, nil })
}

// WaitDisconnected waits until no WebSocket is open.
func (s *Server) WaitDisconnected(ctx context.Context) error {
	return s.await(ctx, &s.changed, "the gateway connections to end", func() (bool, error) { return len(s.gate.links) == 0, nil })
}

func (s *Server) eachLink(do func(*link)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for l := range s.gate.links {
		do(l)
	}
	s.changed.fire()
}

// RequestHeartbeat sends op 1 on every connection.
func (s *Server) RequestHeartbeat() { s.eachLink(func(l *link) { l.op(1, nil) }) }

// RequestReconnect sends op 7 on every connection.
func (s *Server) RequestReconnect() { s.eachLink(func(l *link) { l.op(7, nil) }) }

// Invalidate sends op 9 on every connection. The sessions end unless they stay
// resumable; a new IDENTIFY or a RESUME may follow on the same connection.
func (s *Server) Invalidate(resumable bool) {
	s.eachLink(func(l *link) {
		l.op(9, resumable)
		if l.session != nil {
			if !resumable {
				delete(s.gate.sessions, l.session.id)
			}
			l.detach()
			l.session = nil
		}
	})
}

// CloseGateway closes every connection with the code. After 4004 and 4010-4014
// dialling again is a violation.
func (s *Server) CloseGateway(code int) {
	s.eachLink(func(l *link) { l.shut(code, "closed for the test") })
}

// ResetGateway ends every connection with a TCP reset.
func (s *Server) ResetGateway() {
	s.eachLink(func(l *link) {
		l.detach()
		l.push(packet{reset: true})
		l.silent = true
	})
}

// SilenceGateway leaves every present connection open but neither sends on it
// nor acknowledges a heartbeat again. New connections work.
func (s *Server) SilenceGateway() {
	s.eachLink(func(l *link) {
		l.detach()
		l.queue = nil
		l.silent = true
	})
}

// HangGateway accepts the next n WebSockets and never sends HELLO on them.
func (s *Server) HangGateway(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.hang = n
}

// NewProcess tells that the bot was started anew by a person: after a fatal
// close code it may dial again.
func (s *Server) NewProcess() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.fatal = 0
}

// RefuseIdentify closes the connections of the next IDENTIFYs with these codes.
func (s *Server) RefuseIdentify(codes ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.refuse = codes
}

// DuplicateEvents makes the gateway send every event twice, as Discord does now
// and then.
func (s *Server) DuplicateEvents(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.twice = on
}

// Rewrite passes the name and the body of every event through f on its way to
// the bot; nil ends it. f must return JSON, of any shape, and must not call the
// server. What users do stays known to the server under its own ids and tokens,
// so that an interaction can be mutated and still be answered.
func (s *Server) Rewrite(f func(event string, body json.RawMessage) json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gate.rewrite = f
}

// Dispatch sends an event with any body, valid or not, to every session. It
// reports how many there were.
func (s *Server) Dispatch(name string, body json.RawMessage) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ss := range s.gate.sessions {
		s.dispatchRaw(ss, name, body, nil)
	}
	return len(s.gate.sessions)
}
