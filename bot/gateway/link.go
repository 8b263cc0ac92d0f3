package gateway

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// closeToResume keeps the session: 1000 and 1001 would end it.
	closeToResume = 4000
	maxPayload    = 64 << 20 // bytes, inflated; the largest guilds have a few MiB
	writeTimeout  = 5 * time.Second
)

// A link is one WebSocket. One goroutine reads; any may write and close.
type link struct {
	ws      *websocket.Conn
	timeout time.Duration // for each read until the link has settled
	fresh   bool
	writing sync.Mutex
	closing sync.Once
	acked   atomic.Bool  // the last heartbeat was acknowledged
	seq     atomic.Int64 // of the last event handled
}

func newLink(ws *websocket.Conn, timeout time.Duration, seq int64) *link {
	ws.SetReadLimit(maxPayload)
	ws.SetCloseHandler(func(int, string) error { return nil })
	l := &link{ws: ws, timeout: timeout, fresh: true}
	l.acked.Store(true)
	l.seq.Store(seq)
	return l
}

// settled lifts the deadline on reads; from here on missing heartbeats tell.
func (l *link) settled() { l.fresh = false }

func (l *link) read() (payload, error) {
	var p payload
	deadline := time.Time{}
	if l.fresh {
		deadline = time.Now().Add(l.timeout)
	}
	if err := l.ws.SetReadDeadline(deadline); err != nil {
		return p, err
	}
	kind, frame, err := l.ws.ReadMessage()
	if err != nil {
		return p, err
	}
	if kind == websocket.BinaryMessage {
		if frame, err = inflate(frame); err != nil {
			return p, err
		}
	}
	if !json.Valid(frame) {
		return payload{Op: -1}, nil // nothing to act on; a new connection would bring it again
	}
	_ = json.Unmarshal(frame, &p) // a field of a wrong type counts as missing
	return p, nil
}

func inflate(frame []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(frame))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	out, err := io.ReadAll(io.LimitReader(z, maxPayload+1))
	if err == nil && len(out) > maxPayload {
		err = errors.New("payload too large")
	}
	return out, err
}

func (l *link) write(op int, data any) error {
	b, err := json.Marshal(map[string]any{"op": op, "d": data})
	if err != nil {
		return err
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	if err := l.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return l.ws.WriteMessage(websocket.TextMessage, b)
}

// beat sends a heartbeat: the number of the last event, null before the first.
func (l *link) beat() error {
	if seq := l.seq.Load(); seq != 0 {
		return l.write(opHeartbeat, seq)
	}
	return l.write(opHeartbeat, nil)
}

// close says goodbye with a code and drops the connection.
func (l *link) close(code int) {
	l.closing.Do(func() {
		_ = l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)) // it may be dead
		_ = l.ws.Close()
	})
}

func (l *link) drop() {
	l.closing.Do(func() { _ = l.ws.Close() })
}
