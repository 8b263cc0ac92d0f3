package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"crisisbot/bot/qa"
)

func echo(_ context.Context, r request) (any, error) {
	switch r.Question {
	case "broken":
		return nil, errors.New("disk on fire")
	case "bad":
		return nil, usagef("no such thing")
	}
	return struct {
		ID json.RawMessage `json:"id"`
		N  int             `json:"n"`
	}{r.ID, len(r.Question)}, nil
}

func batchOf(t *testing.T, in io.Reader) (string, error) {
	t.Helper()
	var out bytes.Buffer
	p := &program{in: in, out: &out}
	err := p.batch(t.Context(), echo)
	return out.String(), err
}

func TestBatch(t *testing.T) {
	long := strings.Repeat("x", maxLine-40)
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"blank lines", "\n  \n\r\n", ""},
		{"mark, returns, no last end", "\ufeff{\"id\":1,\"question\":\"a\"}\r\n{\"id\":2}", "{\"id\":1,\"n\":1}\n{\"id\":2,\"n\":0}\n"},
		{"a megabyte", `{"id":"l","question":"` + long + "\"}\n", fmt.Sprintf("{\"id\":\"l\",\"n\":%d}\n", len(long))},
		{"more than that", `{"id":"l","question":"` + long + long + "\"}\n{\"id\":2}\n", "{\"id\":null,\"error\":\"line 1: longer than 1 MB\"}\n{\"id\":2,\"n\":0}\n"},
		{"binary", "{\"id\":\"b\",\"question\":\"\xff\xfe\"}\n\x00\x01\n", "{\"id\":null,\"error\":\"line 1: not text in UTF-8\"}\n{\"id\":null,\"error\":\"line 2: not JSON: invalid character '\\\\x00' looking for beginning of value\"}\n"},
		{"bad", `{"id":"b","question":"bad"}`, "{\"id\":\"b\",\"error\":\"line 1: no such thing\"}\n"},
		{"null id", `{"id":null,"question":"ab"}`, "{\"id\":null,\"n\":2}\n"},
		{"list", `[1]`, "{\"id\":null,\"error\":\"line 1: not a JSON object such as {\\\"id\\\":\\\"1\\\",\\\"question\\\":\\\"...\\\"}\"}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := batchOf(t, strings.NewReader(tt.in))
			if err != nil || got != tt.want {
				t.Errorf("got %.300q, %v; want %.300q", got, err, tt.want)
			}
		})
	}
}

// A fault of ours is told on its line and by the exit status; the rest goes on.
func TestBatchGoesOnAfterAFault(t *testing.T) {
	got, err := batchOf(t, strings.NewReader("{\"id\":1,\"question\":\"broken\"}\n{\"id\":2}\n"))
	if err == nil || got != "{\"id\":1,\"error\":\"line 1: disk on fire\"}\n{\"id\":2,\"n\":0}\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// Every answer is out before the next line is awaited.
func TestBatchFlushesEachLine(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	p := &program{in: inR, out: outW}
	ended := make(chan error, 1)
	go func() { ended <- p.batch(t.Context(), echo) }()
	buf := make([]byte, 100)
	for i := range 3 {
		fmt.Fprintf(inW, "{\"id\":%d}\n", i)
		n, err := outR.Read(buf)
		if want := fmt.Sprintf("{\"id\":%d,\"n\":0}\n", i); err != nil || string(buf[:n]) != want {
			t.Fatalf("got %q, %v; want %q", buf[:n], err, want)
		}
	}
	inW.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestBatchEnds(t *testing.T) {
	t.Run("with its context, though nobody writes", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in, w := io.Pipe()
		defer w.Close()
		ended := make(chan error, 1)
		go func() { ended <- (&program{in: in, out: io.Discard}).batch(ctx, echo) }()
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		case <-time.After(5 * time.Second):
			t.Error("still waiting for a line")
		}
	})
	t.Run("quietly when nobody reads", func(t *testing.T) {
		var stderr bytes.Buffer
		status := run(t.Context(), []string{"search", "--batch", "--until", "2020"}, environment(map[string]string{"EMBEDDING_MODEL": noEncoder, "CRISISBOT_DATA": t.TempDir()}),
			strings.NewReader(`{"question":"Putin"}`), failingWriter{syscall.EPIPE}, &stderr)
		if status != failed || stderr.Len() > 0 {
			t.Errorf("status %d, stderr %q", status, &stderr)
		}
	})
	t.Run("with the error of a full disk", func(t *testing.T) {
		err := (&program{in: strings.NewReader("{}"), out: failingWriter{syscall.ENOSPC}}).batch(t.Context(), echo)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Error(err)
		}
	})
	t.Run("with the error of reading", func(t *testing.T) {
		_, err := batchOf(t, io.MultiReader(strings.NewReader("{}\n"), failingReader{}))
		if !errors.Is(err, syscall.EIO) {
			t.Error(err)
		}
	})
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, syscall.EIO }

func TestConversations(t *testing.T) {
	var c conversations
	c.add("", qa.Turn{Question: "of none"})
	for i := range keptTurns + 2 {
		c.add("long", qa.Turn{Question: fmt.Sprint(i)})
	}
	if h := c.history("long"); len(h) != keptTurns || h[0].Question != "2" || h[keptTurns-1].Question != "11" {
		t.Errorf("kept %v", h)
	}
	if h := c.history(""); h != nil {
		t.Errorf("the conversation without a name has %v", h)
	}
	for i := range keptConversations - 1 {
		c.add(fmt.Sprint("c", i), qa.Turn{})
	}
	c.add("long", qa.Turn{Question: "again"})
	c.add("one more", qa.Turn{})
	if len(c.turns) != keptConversations || c.history("long") == nil || c.history("c0") != nil {
		t.Errorf("%d conversations kept; long %v, c0 %v", len(c.turns), c.history("long"), c.history("c0"))
	}
}

// Whatever a line holds, its answer is one line of JSON with the line's own id.
func FuzzBatch(f *testing.F) {
	for _, s := range []string{`{"id":"7","question":"x"}`, `{"id":7e-1}`, `{"id":{}}`, "null", "[]", "\xff", `{"ID":1,"id":2}`, `{"id":"\u2028"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.ContainsAny(in, "\r\n") || len(bytes.TrimSpace(in)) == 0 {
			return
		}
		out, err := batchOf(t, bytes.NewReader(in))
		if err != nil && !strings.Contains(out, "disk on fire") {
			t.Fatal(err)
		}
		var reply struct{ ID any }
		if strings.Count(out, "\n") != 1 || json.Unmarshal([]byte(out), &reply) != nil {
			t.Fatalf("%q is answered by %q", in, out)
		}
		switch reply.ID.(type) {
		case nil, string, float64:
		default:
			t.Errorf("%q is answered by %q", in, out)
		}
	})
}
