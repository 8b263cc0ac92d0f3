package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/gorilla/websocket"
)

// Opcodes of the gateway.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

type payload struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
}

var (
	errReconnect = errors.New("asked to reconnect")
	errInvalid   = errors.New("session invalid")
	errNoHello   = errors.New("no HELLO")
)

// converse speaks with the gateway until the connection ends.
func (s *Shard) converse(ctx context.Context, l *link, resuming bool) end {
	var interval time.Duration
	for range 10 { // HELLO comes first, or soon
		hello, err := l.read()
		if err != nil {
			return ended(err)
		}
		if interval = heartbeatInterval(hello); interval > 0 {
			break
		}
	}
	if interval == 0 {
		l.close(closeToResume)
		return end{err: errNoHello}
	}
	beating, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.heartbeat(beating, l, interval)
	}()
	defer func() {
		stop()
		l.drop() // frees a heartbeat that is stuck in a write
		<-done
	}()
	if err := s.introduce(l, resuming); err != nil {
		return ended(err)
	}
	for {
		p, err := l.read()
		if err != nil {
			return ended(err)
		}
		switch p.Op {
		case opDispatch:
			s.dispatch(l, p)
		case opHeartbeat:
			if err := l.beat(); err != nil {
				return ended(err)
			}
		case opReconnect:
			l.close(closeToResume)
			return end{err: errReconnect}
		case opInvalid:
			var resumable bool
			_ = json.Unmarshal(p.Data, &resumable) // anything but true is false
			l.close(closeToResume)
			if resumable {
				return end{err: errInvalid}
			}
			// Discord asks for a pause of 1 to 5 seconds before a new IDENTIFY.
			return end{err: errInvalid, forget: true, wait: time.Second + rand.N(time.Second)}
		case opAck:
			l.acked.Store(true)
		}
	}
}

// Bounds of the heartbeat, and what Discord asks for where a HELLO doesn't say.
const (
	fastestBeat = 20 * time.Millisecond
	slowestBeat = 10 * time.Minute
	usualBeat   = 41250 * time.Millisecond
)

// heartbeatInterval returns 0 if the payload is no HELLO.
func heartbeatInterval(p payload) time.Duration {
	var hello struct {
		Interval float64 `json:"heartbeat_interval"` // milliseconds
	}
	if p.Op != opHello {
		return 0
	}
	if json.Unmarshal(p.Data, &hello) != nil || hello.Interval <= 0 {
		return usualBeat
	}
	return min(max(time.Duration(min(hello.Interval, 1e9)*float64(time.Millisecond)), fastestBeat), slowestBeat)
}

func (s *Shard) introduce(l *link, resuming bool) error {
	if resuming {
		return l.write(opResume, map[string]any{"token": s.o.Token, "session_id": s.session, "seq": s.seq})
	}
	s.identified.Add(1)
	if s.o.Identified != nil {
		s.o.Identified()
	}
	return l.write(opIdentify, map[string]any{
		"token": s.o.Token, "intents": s.o.Intents, "shard": [2]int{s.o.Shard, s.o.Shards},
		"properties": map[string]string{"os": runtime.GOOS, "browser": "crisisbot", "device": "crisisbot"},
	})
}

func (s *Shard) dispatch(l *link, p payload) {
	switch p.Type {
	case "READY":
		var ready struct {
			Session string `json:"session_id"`
			Resume  string `json:"resume_gateway_url"`
		}
		_ = json.Unmarshal(p.Data, &ready) // without a session there is nothing to resume
		s.session, s.resumeURL = ready.Session, ready.Resume
		s.established(l)
	case "RESUMED":
		s.resumed.Add(1)
		s.established(l)
	}
	s.handle(p)
	s.seq = max(s.seq, p.Seq)
	l.seq.Store(s.seq)
}

func (s *Shard) established(l *link) {
	l.settled()
	s.ready.Store(true)
}

func (s *Shard) handle(p payload) {
	defer func() {
		if v := recover(); v != nil {
			s.panics.Add(1)
			s.o.Log.Error("panic in an event", "event", p.Type, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
		}
	}()
	s.o.Handle(p.Type, p.Data)
}

// heartbeat beats until the context ends. A beat that was not acknowledged before
// the next is due means that the link is dead.
func (s *Shard) heartbeat(ctx context.Context, l *link, interval time.Duration) {
	wait := rand.N(interval) // the jitter that Discord asks for
	for {
		if sleep(ctx, wait) != nil {
			return
		}
		wait = interval
		if !l.acked.Swap(false) {
			s.zombies.Add(1)
			l.close(closeToResume)
			return
		}
		if l.beat() != nil {
			l.drop()
			return
		}
	}
}

// ended reads a close code.
func ended(err error) end {
	var c *websocket.CloseError
	if !errors.As(err, &c) {
		return end{err: errors.New("connection lost")} // the cause may name addresses
	}
	if _, ok := fatal[c.Code]; ok {
		return end{err: &FatalError{c.Code}}
	}
	const badSequence, sessionTimedOut = 4007, 4009
	return end{
		err:    fmt.Errorf("closed with %d", c.Code),
		forget: c.Code == badSequence || c.Code == sessionTimedOut,
	}
}
