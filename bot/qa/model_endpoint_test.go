package qa

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"crisisbot/prompts"
)

// modelChunks writes a reply as an endpoint streams it, a few bytes a chunk.
func modelChunks(w io.Writer, text, finish string, size int) {
	flush := func() {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
	for len(text) > 0 {
		n := min(size, len(text))
		b, _ := json.Marshal(map[string]any{"id": "1", "object": "chat.completion.chunk", "model": "stub-1",
			"choices": []any{map[string]any{"index": 0, "delta": map[string]any{"content": text[:n]}, "finish_reason": nil}}})
		fmt.Fprintf(w, "data: %s\n\n", b)
		flush()
		text = text[n:]
	}
	if finish != "" {
		fmt.Fprintf(w, `data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":%q}]}`+"\n\n", finish)
		fmt.Fprint(w, `data: {"id":"1","choices":[],"usage":{"prompt_tokens":900,"completion_tokens":55,"total_tokens":955}}`+"\n\n")
		fmt.Fprint(w, "data: [DONE]\n\n")
	}
	flush()
}

const modelGood = `{"answerable": true, "premise": "holds", "statements": [{"text": "Anna Berg met Jan Kos in Oslo.", "citations": [1], "quote": "", "speaker": "", "stance": "report", "date": "", "english": ""}]}`

// modelServer counts requests and answers them with handle, nil for a good reply.
func modelServer(t testing.TB, handle http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	var n atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		body, err := io.ReadAll(r.Body) // the server notices that a client went only once the body is read
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if handle == nil {
			w.Header().Set("Content-Type", "text/event-stream")
			modelChunks(w, modelGood, "stop", 7)
			return
		}
		handle(w, r)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s, &n
}

func modelEndpoint(t testing.TB, o EndpointOptions) *Endpoint {
	modelDefault(&o.Model, "stub")
	modelDefault(&o.Key, "sk-canary-0123456789")
	modelDefault(&o.Timeout, 1200*time.Millisecond)
	modelDefault(&o.FirstWait, 300*time.Millisecond)
	modelDefault(&o.IdleWait, 200*time.Millisecond)
	e, err := NewEndpoint(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func modelPrompt(t testing.TB) prompts.Prompt {
	p, err := prompts.Answer(bytes.NewReader(make([]byte, 12)), prompts.Asked{Question: "Who met?", About: prompts.About{
		Language: "English", First: "2021-12-01", Last: "2021-12-04", Passages: []prompts.Passage{{Number: 1, Text: "Anna Berg met Jan Kos in Oslo."}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func modelAsk(e *Endpoint, p prompts.Prompt) (Reply, string, error) {
	var got strings.Builder
	r, err := e.Generate(context.Background(), Request{Prompt: p}, func(s string) { got.WriteString(s) })
	return r, got.String(), err
}

func TestEndpointGoodReply(t *testing.T) {
	s, n := modelServer(t, nil)
	e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL + "/v1/", PriceIn: 2, PriceOut: 10})
	r, streamed, err := modelAsk(e, modelPrompt(t))
	if err != nil || r.Text != modelGood || streamed != modelGood || n.Load() != 1 || r.Tries != 1 || r.Model != "stub-1" {
		t.Fatalf("reply %+v, streamed %q, %d requests, error %v", r, streamed, n.Load(), err)
	}
	if want := (Usage{In: 900, Out: 55}); r.Usage != want {
		t.Errorf("usage %+v, want %+v", r.Usage, want)
	}
	if got := e.Price(r.Usage); got < 0.00235-1e-9 || got > 0.00235+1e-9 {
		t.Errorf("price %v, want 0.00235", got)
	}
}

func TestNewEndpointSaysWhatIsWrong(t *testing.T) {
	if _, err := NewEndpoint(EndpointOptions{}); !errors.Is(err, ErrNoModel) || !strings.Contains(err.Error(), "no model is named") || !strings.Contains(err.Error(), "key") {
		t.Errorf("nothing configured: %v", err)
	}
	_, err := NewEndpoint(EndpointOptions{Model: "m", Key: "sk-secret", BaseURL: "ftp://x", TokenField: "tokens", PriceIn: -1})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Fatalf("error %v", err)
	}
	for _, want := range []string{"http", `"tokens"`, "negative"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

// A modelFailure is one way in which an endpoint fails.
type modelFailure struct {
	name   string
	handle http.HandlerFunc
	want   []error // one of them
	tries  int32   // requests that may be sent for each question; a stream may be late before it fails, so 2
}

func modelStatusOnly(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error": {"message": "Incorrect API key provided: sk-canary-0123456789. %s", "type": "x", "code": null}}`, strings.Repeat("blah ", 200))
	}
}

func modelStream(f func(w http.ResponseWriter, r *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		f(w, r)
	}
}

// hold keeps a connection open until the client goes.
func hold(r *http.Request) { <-r.Context().Done() }

var modelFailures = []modelFailure{
	{"401", modelStatusOnly(401), []error{ErrRefused}, 1},
	{"404", modelStatusOnly(404), []error{ErrRefused}, 1},
	{"429", modelStatusOnly(429), []error{ErrModelDown}, 2},
	{"429, Retry-After 60", modelStatusOnly(429, "Retry-After", "60"), []error{ErrModelDown}, 1},
	{"429, Retry-After a date", modelStatusOnly(429, "Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"), []error{ErrModelDown}, 1},
	{"429, Retry-After garbage", modelStatusOnly(429, "Retry-After", "soon\x7f"), []error{ErrModelDown}, 2},
	{"500", modelStatusOnly(500), []error{ErrModelDown}, 2},
	{"502", modelStatusOnly(502), []error{ErrModelDown}, 2},
	{"503", modelStatusOnly(503), []error{ErrModelDown}, 2},
	{"504", modelStatusOnly(504), []error{ErrModelDown}, 2},
	{"hang before headers", func(w http.ResponseWriter, r *http.Request) { hold(r) }, []error{ErrModelLate}, 2},
	{"hang in mid-stream", modelStream(func(w http.ResponseWriter, r *http.Request) { modelChunks(w, modelGood[:40], "", 9); hold(r) }), []error{ErrModelLate}, 2},
	{"a byte at a time", modelStream(func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		modelChunks(&b, modelGood, "stop", 5)
		for _, c := range b.Bytes() {
			if _, err := w.Write([]byte{c}); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}), []error{ErrModelLate}, 2},
	{"cut stream", modelStream(func(w http.ResponseWriter, r *http.Request) { modelChunks(w, modelGood[:60], "", 9) }), []error{ErrModelBroken}, 2},
	{"cut before the finish reason", modelStream(func(w http.ResponseWriter, r *http.Request) { modelChunks(w, modelGood, "", 9) }), []error{ErrModelBroken}, 2},
	{"done without a finish reason", modelStream(func(w http.ResponseWriter, r *http.Request) {
		modelChunks(w, modelGood, "", 9)
		fmt.Fprint(w, "data: [DONE]\n\n")
	}), []error{ErrModelBroken}, 2},
	{"connection reset in mid-stream", modelStream(func(w http.ResponseWriter, r *http.Request) {
		modelChunks(w, modelGood[:60], "", 9)
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
	}), []error{ErrModelDown, ErrModelBroken}, 2},
	{"token limit", modelStream(func(w http.ResponseWriter, r *http.Request) { modelChunks(w, modelGood[:60], "length", 9) }), []error{ErrModelBroken}, 2},
	{"content filter", modelStream(func(w http.ResponseWriter, r *http.Request) { modelChunks(w, "", "content_filter", 9) }), []error{ErrRefused}, 2},
	{"refusal", modelStream(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `data: {"choices":[{"index":0,"delta":{"refusal":"I can't help with that."}}]}`+"\n\n")
		modelChunks(w, "", "stop", 9)
	}), []error{ErrRefused}, 2},
	{"endless text", modelStream(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			modelChunks(w, strings.Repeat("and on ", 100), "", 700)
		}
	}), []error{ErrModelBroken}, 2},
	{"endless comments", modelStream(func(w http.ResponseWriter, r *http.Request) {
		b := bufio.NewWriterSize(w, 32<<10)
		for r.Context().Err() == nil {
			fmt.Fprint(b, ": ping\n")
		}
	}), []error{ErrModelBroken}, 2},
	{"line of 256 MiB", modelStream(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "data: ")
		block := bytes.Repeat([]byte("x"), 1<<20)
		for range 256 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}), []error{ErrModelBroken}, 2},
	{"error of 256 MiB", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		block := bytes.Repeat([]byte("x"), 1<<20)
		for range 256 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}, []error{ErrModelDown, ErrModelBroken}, 2},
	{"HTML with 200", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body>\n<h1>Welcome</h1>\n</body></html>\n")
	}, []error{ErrModelBroken}, 2},
	{"redirect", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusFound)
	}, []error{ErrModelBroken}, 2},
	{"bad JSON", modelStream(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "data: {\"choices\": [{]}\n\ndata: [DONE]\n\n")
	}), []error{ErrModelBroken}, 2},
	{"error object with 200", modelStream(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `data: {"error": {"message": "overloaded", "code": 503}}`+"\n\n")
	}), []error{ErrModelBroken, ErrModelDown}, 2},
	{"error text with 200, unstreamed", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"error": "text"}`) }, []error{ErrModelBroken}, 2},
	{"error text with 500", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); fmt.Fprint(w, `{"error": "text"}`) }, []error{ErrModelDown}, 2},
	{"no choices", modelStream(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "data: {\"choices\": []}\n\ndata: [DONE]\n\n")
	}), []error{ErrModelBroken}, 2},
	{"empty reply", modelStream(func(w http.ResponseWriter, r *http.Request) { modelChunks(w, "", "stop", 9) }), []error{ErrModelBroken}, 2},
	{"empty body", modelStream(func(w http.ResponseWriter, r *http.Request) {}), []error{ErrModelBroken}, 2},
	{"prompt cut by the endpoint", modelStream(func(w http.ResponseWriter, r *http.Request) {
		var b strings.Builder
		modelChunks(&b, modelGood, "stop", 50)
		fmt.Fprint(w, strings.Replace(b.String(), `"prompt_tokens":900`, `"prompt_tokens":40`, 1))
	}), []error{ErrModelBroken}, 2},
}

// TestEndpointFails asks 20 questions in each way of failing. Each must end
// within its time, after at most two requests, as an error of ours that holds no
// key and is short, and never as a whole reply.
func TestEndpointFails(t *testing.T) {
	const questions = 20
	prompt := modelPrompt(t)
	failures := modelFailures
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	var peak atomic.Uint64
	stop := make(chan struct{})
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	check := func(t *testing.T, f modelFailure, o EndpointOptions, requests *atomic.Int32) {
		o.Failures = 1 << 30 // the pause has a test of its own
		at := questions      // at once
		if strings.Contains(f.name, "256 MiB") {
			at = 4
		}
		slots := make(chan struct{}, at)
		var wg sync.WaitGroup
		for range questions {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				e := modelEndpoint(t, o)
				start := time.Now()
				r, _, err := modelAsk(e, prompt)
				took := time.Since(start)
				ours := errors.Is(err, ErrModelLate) // anything may be late on a busy machine
				for _, want := range f.want {
					ours = ours || errors.Is(err, want)
				}
				switch {
				case err == nil:
					t.Errorf("came back whole: %+v", r)
				case !ours:
					t.Errorf("error %v, want %v", err, f.want)
				case took > 2*time.Second || r.Tries > endpointTries:
					t.Errorf("took %s, %d tries", took, r.Tries)
				case len(err.Error()) > 400 || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "\n"):
					t.Errorf("error unfit for a log: %v", err)
				}
			})
		}
		wg.Wait()
		if requests != nil && requests.Load() > f.tries*questions {
			t.Errorf("%d requests for %d questions, at most %d each", requests.Load(), questions, f.tries)
		}
	}
	t.Run("ways", func(t *testing.T) {
		for _, f := range failures {
			t.Run(f.name, func(t *testing.T) {
				t.Parallel()
				s, n := modelServer(t, f.handle)
				check(t, f, EndpointOptions{BaseURL: s.URL}, n)
			})
		}
		t.Run("connection refused", func(t *testing.T) {
			check(t, modelFailure{want: []error{ErrModelDown}}, EndpointOptions{BaseURL: "http://user:canary@" + closed.Addr().String()}, nil)
		})
		t.Run("no such host", func(t *testing.T) {
			client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.DNSError{Err: "no such host", Name: "endpoint.invalid", IsNotFound: true}
			}}}
			check(t, modelFailure{want: []error{ErrModelDown}}, EndpointOptions{BaseURL: "http://endpoint.invalid", HTTPClient: client}, nil)
		})
	})
	close(stop)
	ways := len(failures) + 2
	grown := int64(peak.Load()) - int64(before.HeapAlloc)
	t.Logf("%d ways of failing x %d questions: 0 cut replies shown as whole, at most %d tries, heap +%d MiB (servers included)", ways, questions, endpointTries, grown>>20)
	if grown > 64<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

// TestEndpointRecovers: the time is the test's own, so the defaults are tried as
// they are. A dead endpoint is left alone after three failures and used again
// within 30 s of its return.
func TestEndpointRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := true
		requests := 0
		client := &http.Client{Transport: modelTransport(func(r *http.Request) (*http.Response, error) {
			requests++
			if dead {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			var b bytes.Buffer
			modelChunks(&b, modelGood, "stop", 20)
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(&b), Request: r}, nil
		})}
		e, err := NewEndpoint(EndpointOptions{Model: "stub", Key: "k", HTTPClient: client})
		if err != nil {
			t.Fatal(err)
		}
		prompt := modelPrompt(t)
		for i := range 20 {
			start := time.Now()
			_, _, err := modelAsk(e, prompt)
			if took := time.Since(start); err == nil || took > 10*time.Second {
				t.Fatalf("question %d: error %v after %s", i, err, took)
			}
			if i >= 3 && !errors.Is(err, ErrModelPaused) {
				t.Fatalf("question %d: %v, want the endpoint to be left alone", i, err)
			}
		}
		if requests > 6 {
			t.Errorf("%d requests to a dead endpoint", requests)
		}
		dead = false
		back := time.Now()
		for {
			if _, _, err := modelAsk(e, prompt); err == nil {
				break
			}
			if time.Since(back) > 30*time.Second {
				t.Fatal("the endpoint is back for 30 s and still left alone")
			}
			time.Sleep(time.Second)
		}
		t.Logf("used again %s after its return", time.Since(back))
	})
}

type modelTransport func(*http.Request) (*http.Response, error)

func (f modelTransport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestEndpointRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			header string
			tries  int
			waited time.Duration
		}{
			{"1", 2, time.Second}, {"60", 1, 0}, {"garbage", 2, 0}, {"-5", 2, 0},
			{time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat), 2, 0},
		} {
			var at []time.Time
			client := &http.Client{Transport: modelTransport(func(r *http.Request) (*http.Response, error) {
				at = append(at, time.Now())
				return &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {c.header}}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
			})}
			e, err := NewEndpoint(EndpointOptions{Model: "stub", Key: "k", HTTPClient: client})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := modelAsk(e, modelPrompt(t)); !errors.Is(err, ErrModelDown) {
				t.Errorf("%s: %v", c.header, err)
			}
			if len(at) != c.tries || c.tries == 2 && at[1].Sub(at[0]) < c.waited {
				t.Errorf("Retry-After %s: requests at %v", c.header, at)
			}
			if c.header == "60" {
				if _, _, err := modelAsk(e, modelPrompt(t)); !errors.Is(err, ErrModelPaused) || len(at) != 1 {
					t.Errorf("asked again within the minute: %v", err)
				}
			}
		}
	})
}

func TestEndpointCancelled(t *testing.T) {
	s, _ := modelServer(t, modelStream(func(w http.ResponseWriter, r *http.Request) { modelChunks(w, modelGood[:30], "", 9); hold(r) }))
	e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL, Failures: 1})
	ctx, cancel := context.WithCancel(context.Background())
	_, err := e.Generate(ctx, Request{Prompt: modelPrompt(t)}, func(string) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the caller's own", err)
	}
	if _, _, err := modelAsk(e, modelPrompt(t)); errors.Is(err, ErrModelPaused) {
		t.Error("a caller that went away counts as a failure of the endpoint")
	}
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	e = modelEndpoint(t, EndpointOptions{BaseURL: s.URL})
	if _, err := e.Generate(ctx, Request{Prompt: modelPrompt(t)}, func(string) {}); !errors.Is(err, ErrModelLate) {
		t.Errorf("the caller's deadline gives %v", err)
	}
}

// modelBody decodes a request.
func modelBody(t testing.TB, r *http.Request) map[string]any {
	var m map[string]any
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		t.Error(err)
	}
	return m
}

// TestEndpointLearns: a server that knows none of the newer fields is told less
// each time, and from then on asked right at once.
func TestEndpointLearns(t *testing.T) {
	for _, c := range []struct {
		name    string
		field   string
		refuse  string
		want    func(map[string]any) bool
		message string
		status  int
	}{
		{"old token field", "max_completion_tokens", "", func(m map[string]any) bool { return m["max_tokens"] != nil }, `{"error": {"message": "Unsupported parameter: 'max_completion_tokens'", "param": "max_completion_tokens", "code": "unsupported_parameter", "type": "x"}}`, 400},
		{"no usage", "stream_options", "", func(m map[string]any) bool { return m["stream_options"] == nil }, `{"detail": "stream_options: extra fields not permitted"}`, 400},
		{"no temperature", "temperature", "", func(m map[string]any) bool { return m["temperature"] == nil }, `{"error": {"message": "Unsupported value: 'temperature' does not support 0 with this model", "param": "temperature", "type": "x"}}`, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			var bodies []map[string]any
			s, n := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
				m := modelBody(t, r)
				bodies = append(bodies, m)
				if m[c.field] != nil {
					w.WriteHeader(c.status)
					fmt.Fprint(w, c.message)
					return
				}
				w.Header().Set("Content-Type", "text/event-stream")
				modelChunks(w, modelGood, "stop", 9)
			})
			e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL})
			for range 3 {
				if _, _, err := modelAsk(e, modelPrompt(t)); err != nil {
					t.Fatal(err)
				}
			}
			if n.Load() != 4 || !c.want(bodies[3]) {
				t.Errorf("%d requests for 3 questions; the last was %v", n.Load(), bodies[len(bodies)-1])
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		s, n := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
			m := modelBody(t, r)
			for _, field := range []string{"max_completion_tokens", "response_format", "stream_options", "temperature"} {
				if m[field] != nil {
					w.WriteHeader(400)
					fmt.Fprintf(w, `{"error": {"message": "%s is unknown", "type": "x"}}`, field)
					return
				}
			}
			modelChunks(w, modelGood, "stop", 9)
		})
		e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL})
		if _, _, err := modelAsk(e, modelPrompt(t)); err != nil || n.Load() != 7 {
			t.Errorf("error %v after %d requests", err, n.Load())
		}
	})
	t.Run("configured field stays", func(t *testing.T) {
		s, n := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error": {"message": "max_tokens is unknown", "type": "x"}}`)
		})
		e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL, TokenField: "max_tokens"})
		if _, _, err := modelAsk(e, modelPrompt(t)); !errors.Is(err, ErrRefused) || n.Load() != 1 {
			t.Errorf("error %v after %d requests", err, n.Load())
		}
	})
}

// formOf says how a request asks for JSON.
func formOf(m map[string]any) replyForm {
	format, _ := m["response_format"].(map[string]any)
	switch {
	case format == nil:
		return textForm
	case format["type"] == "json_schema":
		return schemaForm
	case format["schema"] != nil:
		return objectSchemaForm
	}
	return objectForm
}

// TestEndpointForms: JSON is asked for in the form that binds a model most of those
// that the endpoint takes. A form is refused once; every later request has the one
// that was taken.
func TestEndpointForms(t *testing.T) {
	const openaiLike = `{"error": {"message": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", "type": "invalid_request_error", "param": "response_format"}}`
	for _, c := range []struct {
		name    string
		takes   []replyForm
		status  int
		refusal string
	}{
		{"takes a schema", []replyForm{schemaForm, objectForm, textForm}, 0, ""},
		{"llama-cpp-python", []replyForm{objectSchemaForm, objectForm, textForm}, 500, `{"error": {"message": "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}", "type": "internal_server_error", "param": null, "code": null}}`},
		{"any JSON", []replyForm{objectForm, textForm}, 400, openaiLike},
		{"any JSON, 422", []replyForm{objectForm, textForm}, 422, `{"detail": [{"loc": ["body", "response_format", "schema"], "msg": "extra fields not permitted"}]}`},
		{"plain text", []replyForm{textForm}, 400, openaiLike},
		{"plain text, odd error", []replyForm{textForm}, 400, `{"error": "failed to parse grammar"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var seen []replyForm
			prompt := modelPrompt(t)
			s, _ := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
				m := modelBody(t, r)
				f := formOf(m)
				seen = append(seen, f)
				if !slices.Contains(c.takes, f) {
					w.WriteHeader(c.status)
					fmt.Fprint(w, c.refusal)
					return
				}
				if f == objectSchemaForm {
					got, _ := json.Marshal(m["response_format"].(map[string]any)["schema"])
					var want any
					if err := json.Unmarshal(prompt.Schema, &want); err != nil {
						t.Error(err)
					}
					if wanted, _ := json.Marshal(want); !bytes.Equal(got, wanted) {
						t.Errorf("the schema was changed on its way: %s", got)
					}
				}
				modelChunks(w, modelGood, "stop", 9)
			})
			e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL})
			for range 3 {
				if r, _, err := modelAsk(e, prompt); err != nil || r.Text != modelGood || r.Tries != 1 {
					t.Fatalf("%+v, %v", r, err)
				}
			}
			var want []replyForm
			for f := schemaForm; f < c.takes[0]; f++ {
				want = append(want, f)
			}
			for range 3 {
				want = append(want, c.takes[0])
			}
			if !slices.Equal(seen, want) {
				t.Errorf("asked in the forms %v, want %v", seen, want)
			}
		})
	}
}

// A refusal for length tells the size of the context, which prompts then keep to.
func TestEndpointTellsItsContext(t *testing.T) {
	for _, message := range []string{
		`{"error": {"message": "This model's maximum context length is 2048 tokens. However, your messages resulted in 9000 tokens.", "code": "context_length_exceeded"}}`,
		`{"error": {"message": "Requested tokens (5000) exceed context window of 2048", "code": "context_length_exceeded"}}`,
		`{"error": {"message": "the request exceeds the available context size (2048 tokens), try increasing it", "type": "exceed_context_size_error", "n_ctx": 2048}}`,
	} {
		s, n := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			fmt.Fprint(w, message)
		})
		e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL})
		if _, _, err := modelAsk(e, modelPrompt(t)); !errors.Is(err, ErrTooLong) || e.Context() != 2048 || n.Load() != 1 {
			t.Errorf("error %v, context %d, %d requests", err, e.Context(), n.Load())
		}
		if configured := modelEndpoint(t, EndpointOptions{BaseURL: s.URL, Context: 1000}); configured.Context() != 1000 {
			t.Errorf("context %d, want the configured one", configured.Context())
		}
	}
}

// TestEndpointRequest: temperature 0 and the schema reach the wire, and the
// request is one by the vendor's published schema, where that is present.
func TestEndpointRequest(t *testing.T) {
	var mu sync.Mutex
	var raw []byte
	s, _ := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		raw, _ = io.ReadAll(r.Body)
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer sk-canary-0123456789" {
			t.Errorf("%s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		modelChunks(w, modelGood, "stop", 9)
	})
	for _, o := range []EndpointOptions{{}, {TokenField: "max_tokens", Temperature: 0.5}, {PlainText: true}} {
		o.BaseURL = s.URL + "/v1"
		prompt := modelPrompt(t)
		if _, _, err := modelAsk(modelEndpoint(t, o), prompt); err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		if temp, ok := m["temperature"].(float64); !ok || o.Temperature == 0 && (temp <= 0 || temp > 1e-30) || o.Temperature > 0 && temp != 0.5 {
			t.Errorf("temperature %v on the wire for %v", m["temperature"], o.Temperature)
		}
		format, _ := m["response_format"].(map[string]any)
		if o.PlainText != (format == nil) {
			t.Errorf("response_format %v with PlainText %v", format, o.PlainText)
		}
		if format != nil {
			inner := format["json_schema"].(map[string]any)
			got, _ := json.Marshal(inner["schema"])
			var want any
			if err := json.Unmarshal(prompt.Schema, &want); err != nil {
				t.Fatal(err)
			}
			wanted, _ := json.Marshal(want)
			if inner["strict"] != true || !bytes.Equal(got, wanted) {
				t.Errorf("the schema was changed on its way: %s", got)
			}
		}
		if schema := modelVendorSchema(t); schema != nil {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("not a request by the published schema: %v", err)
			}
		}
	}
}

// modelVendorSchema is nil where the file is absent.
func modelVendorSchema(t testing.TB) *jsonschema.Schema {
	f, err := os.Open("../../../shared/openai/chat-and-embeddings.schema.json")
	if err != nil {
		return nil
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openai.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("openai.json#/$defs/CreateChatCompletionRequest")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEndpointContext(t *testing.T) {
	s, n := modelServer(t, nil)
	e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL, Context: 1000, Failures: 1})
	for range 3 {
		if _, _, err := modelAsk(e, modelPrompt(t)); !errors.Is(err, ErrTooLong) || n.Load() != 0 {
			t.Errorf("error %v after %d requests", err, n.Load())
		}
	}
}

func TestModelClean(t *testing.T) {
	got := modelClean("bad key sk-abc-12345678 or Bearer xyz,\n\x1b[31m my-own-secret \u202e"+strings.Repeat("x", 500), "my-own-secret")
	for _, bad := range []string{"abc-1234", "xyz", "secret", "\n", "\x1b", "\u202e"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q is left in %q", bad, got)
		}
	}
	if len(got) > modelMostCause+3 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestEndpointProbe(t *testing.T) {
	listed := `{"object": "list", "data": [{"id": "other", "max_model_len": 1}, {"id": "stub", "max_model_len": 8192}]}`
	s, _ := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			if r.URL.Path != "/models" || r.Header.Get("Authorization") != "Bearer sk-canary-0123456789" {
				t.Errorf("%s with %q", r.URL.Path, r.Header.Get("Authorization"))
			}
			fmt.Fprint(w, listed)
			return
		}
		if modelBody(t, r)["max_completion_tokens"] != nil {
			w.WriteHeader(400)
			fmt.Fprint(w, `{"error": {"message": "max_completion_tokens is unknown", "type": "x"}}`)
			return
		}
		modelChunks(w, `{"question": "Who met in Stockholm?", "since": "", "until": "", "language": "en"}`, "stop", 30)
	})
	p, err := modelEndpoint(t, EndpointOptions{BaseURL: s.URL, Context: 4096}).Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p.Model != "stub-1" || !p.Structured || p.TokenField != "max_tokens" || !p.Usage || p.Context != 4096 || p.First <= 0 || p.Took < p.First {
		t.Errorf("%+v", p)
	}
	for list, want := range map[string]int{
		listed: 8192, `{"data": [{"id": "gguf", "meta": {"n_ctx_train": 2048}}]}`: 2048, `{"data": [{"id": "a"}, {"id": "b", "context_length": 9}]}`: 0, "<html>": 0,
	} {
		listed = list
		if p, err := modelEndpoint(t, EndpointOptions{BaseURL: s.URL}).Probe(t.Context()); err != nil || p.Context != want || p.Told != (want > 0) {
			t.Errorf("%s: context %d, told is %v, %v", list, p.Context, p.Told, err)
		}
	}
	prose, _ := modelServer(t, func(w http.ResponseWriter, r *http.Request) {
		modelChunks(w, "```json\n{\"question\": \"q\"}\n```", "stop", 30)
	})
	if p, err := modelEndpoint(t, EndpointOptions{BaseURL: prose.URL}).Probe(t.Context()); err != nil || p.Structured {
		t.Errorf("%+v, %v", p, err)
	}
	down, _ := modelServer(t, modelStatusOnly(500))
	if _, err := modelEndpoint(t, EndpointOptions{BaseURL: down.URL}).Probe(t.Context()); !errors.Is(err, ErrModelDown) {
		t.Error(err)
	}
}
