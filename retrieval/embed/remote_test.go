package embed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const (
	testKey   = "sk-canary-7c1e54f0b2"
	testModel = "text-embedding-3-small"
	testDim   = 8
)

// An endpoint answers as the published API does, with the vectors of a text
// made from its hash, unless fail takes a request over.
type endpoint struct {
	tb      testing.TB
	shorten bool // honours the dimensions field
	fail    func(n int, w http.ResponseWriter, inputs []string) bool

	mu       sync.Mutex
	requests []endpointRequest
}

type endpointRequest struct {
	Input      []string
	Model      string
	Dimensions int
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client has gone
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings" || r.Header.Get("Authorization") != "Bearer "+testKey {
		e.tb.Errorf("request %s %s with authorization %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}
	checkSchema(e.tb, "CreateEmbeddingRequest", body)
	var request endpointRequest
	if err := json.Unmarshal(body, &request); err != nil {
		e.tb.Error(err)
	}
	e.mu.Lock()
	e.requests = append(e.requests, request)
	n := len(e.requests)
	e.mu.Unlock()
	if e.fail != nil && e.fail(n, w, request.Input) {
		return
	}
	dim := testDim
	if e.shorten && request.Dimensions > 0 {
		dim = request.Dimensions
	}
	answer := answerFor(request.Input, dim)
	rand.Shuffle(len(answer.Data), func(i, j int) { answer.Data[i], answer.Data[j] = answer.Data[j], answer.Data[i] })
	sent, err := json.Marshal(answer)
	if err != nil {
		e.tb.Error(err)
	}
	checkSchema(e.tb, "CreateEmbeddingResponse", sent)
	w.Header().Set("Content-Type", "application/json")
	w.Write(sent)
}

type endpointAnswer struct {
	Object string           `json:"object"`
	Model  string           `json:"model"`
	Data   []endpointVector `json:"data"`
	Usage  struct {
		PromptTokens int `json:"prompt_tokens"`
		TotalTokens  int `json:"total_tokens"`
	} `json:"usage"`
}

type endpointVector struct {
	Object    string    `json:"object"`
	Index     int       `json:"index"`
	Embedding []float64 `json:"embedding"`
}

func answerFor(inputs []string, dim int) endpointAnswer {
	a := endpointAnswer{Object: "list", Model: testModel, Data: []endpointVector{}}
	for i, text := range inputs {
		a.Data = append(a.Data, endpointVector{"embedding", i, vectorFor(text, dim)})
	}
	return a
}

// vectorFor is of no particular length.
func vectorFor(text string, dim int) []float64 {
	h := fnv.New64a()
	io.WriteString(h, text)
	random := rand.New(rand.NewPCG(h.Sum64(), 1))
	v := make([]float64, dim)
	for i := range v {
		v[i] = random.NormFloat64() * 3
	}
	return v
}

func (e *endpoint) sent() []endpointRequest {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.requests)
}

var schema = sync.OnceValues(func() (*jsonschema.Compiler, error) {
	f, err := os.Open("../../../shared/openai/chat-and-embeddings.schema.json")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	parsed, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	return c, c.AddResource("openai", parsed)
})

var schemaMu sync.Mutex // a Compiler is not made for several goroutines

// checkSchema holds body against the vendor's published schema, where that
// file is present.
func checkSchema(tb testing.TB, name string, body []byte) {
	tb.Helper()
	c, err := schema()
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		tb.Error(err)
		return
	}
	schemaMu.Lock()
	defer schemaMu.Unlock()
	s, err := c.Compile("openai#/$defs/" + name)
	if err != nil {
		tb.Error(err)
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = s.Validate(value)
	}
	if err != nil {
		tb.Errorf("%s against the published schema: %v", name, err)
	}
}

func TestSchemaIsChecked(t *testing.T) {
	if _, err := schema(); errors.Is(err, os.ErrNotExist) {
		t.Skip("the published schema is absent")
	}
	bad := &recorder{TB: t}
	checkSchema(bad, "CreateEmbeddingRequest", []byte(`{"model":"m"}`))
	if !bad.failed {
		t.Error("a request without input passed")
	}
}

// A recorder notes an error in place of failing the test.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Error(...any)          { r.failed = true }
func (r *recorder) Errorf(string, ...any) { r.failed = true }

// A direct transport hands requests to a handler without a network, so that
// the time of a synctest bubble passes.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

func directOptions(h http.Handler) RemoteOptions {
	return RemoteOptions{BaseURL: "http://embeddings.test/v1", Key: testKey, Model: testModel, HTTPClient: &http.Client{Transport: direct{h}}}
}

func newTestRemote(tb testing.TB, o RemoteOptions) *Remote {
	tb.Helper()
	r, err := NewRemote(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// wantVector checks that v is the unit vector of what the endpoint sends for
// text.
func wantVector(tb testing.TB, v []float32, text string, dim int) {
	tb.Helper()
	want := vectorFor(text, dim)
	var squares, length float64
	for _, x := range want {
		squares += x * x
	}
	if len(v) != dim {
		tb.Fatalf("%d dimensions for %q, want %d", len(v), text, dim)
	}
	for i, x := range v {
		if math.Abs(float64(x)-want[i]/math.Sqrt(squares)) > 1e-6 {
			tb.Fatalf("number %d of the vector for %q is %v, want %v", i, text, x, want[i]/math.Sqrt(squares))
		}
		length += float64(x) * float64(x)
	}
	if math.Abs(length-1) > 1e-6 {
		tb.Errorf("squared length %v for %q, want 1", length, text)
	}
}

func TestRemote(t *testing.T) {
	e := &endpoint{tb: t}
	server := httptest.NewServer(e)
	defer server.Close()
	r := newTestRemote(t, RemoteOptions{BaseURL: server.URL + "/v1/", Key: testKey, Model: testModel, MaxBatch: 4, MaxBatchBytes: 40, MaxTextBytes: 20})
	if r.Model() != testModel || r.Dim() != testDim {
		t.Errorf("%s of %d dimensions, want %s of %d", r.Model(), r.Dim(), testModel, testDim)
	}
	if got, want := r.String(), testModel+" (8 dimensions) at "+r.host; got != want || strings.Contains(fmt.Sprintf("%v %+v", r, r), testKey) {
		t.Errorf("String() = %q, want %q", got, want)
	}
	v, err := r.EmbedQuery(t.Context(), "who closed the airspace?")
	if err != nil {
		t.Fatal(err)
	}
	wantVector(t, v, "who closed the airsp", testDim)

	texts := []string{"a", "b", "c", "d", "e", "  spaced\n", "twenty bytes of text", "another twenty bytes", "one more", "a"}
	vectors, err := r.EmbedPassages(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	if len(vectors) != len(texts) {
		t.Fatalf("%d vectors for %d texts", len(vectors), len(texts))
	}
	for i, text := range texts {
		wantVector(t, vectors[i], strings.TrimSpace(text), testDim)
	}
	var sizes []int
	for _, request := range e.sent()[2:] {
		sizes = append(sizes, len(request.Input))
		if request.Model != testModel || request.Dimensions != 0 {
			t.Errorf("request for %q in %d dimensions", request.Model, request.Dimensions)
		}
	}
	// Four texts at most; the two of twenty bytes fill a request.
	if want := []int{4, 3, 3}; !slices.Equal(sizes, want) {
		t.Errorf("texts in the requests: %v, want %v", sizes, want)
	}
	if vectors, err := r.EmbedPassages(t.Context(), nil); err != nil || len(vectors) != 0 {
		t.Errorf("no texts gave %v, %v", vectors, err)
	}
}

func TestRemoteConcurrent(t *testing.T) {
	server := httptest.NewServer(&endpoint{tb: t})
	defer server.Close()
	r := newTestRemote(t, RemoteOptions{BaseURL: server.URL + "/v1", Key: testKey, Model: testModel, MaxBatch: 3})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			texts := []string{fmt.Sprint("first ", i), fmt.Sprint("second ", i), "same", fmt.Sprint("last ", i)}
			vectors, err := r.EmbedPassages(t.Context(), texts)
			if err != nil {
				t.Error(err)
				return
			}
			for j, text := range texts {
				wantVector(t, vectors[j], text, testDim)
			}
		})
	}
	wg.Wait()
}

func TestRemoteTexts(t *testing.T) {
	e := &endpoint{tb: t}
	o := directOptions(e)
	o.MaxTextBytes = 10
	r := newTestRemote(t, o)
	for _, test := range []struct{ text, sent string }{
		{"ten bytes!", "ten bytes!"},
		{"eleven byte", "eleven byt"},
		{" \u00a0\n ten bytes! \t", "ten bytes!"},
		{"nine bytes", "nine bytes"},
		{"ninebytesé", "ninebytes"},
		{"eight by 日本", "eight by"}, // no room for a whole character, and no space at the end
		{"日本語文", "日本語"},
		{"12345 \xff\xff\xff\xff\xff", "12345 \ufffd\ufffd\ufffd\ufffd"},
		{"nul\x00", "nul\x00"},
	} {
		if _, err := r.EmbedQuery(t.Context(), test.text); err != nil {
			t.Errorf("%q: %v", test.text, err)
			continue
		}
		requests := e.sent()
		if got := requests[len(requests)-1].Input; !slices.Equal(got, []string{test.sent}) {
			t.Errorf("%q was sent as %q, want %q", test.text, got, test.sent)
		}
	}
	before := len(e.sent())
	for _, blank := range []string{"", " \n", "\u200b\u00ad", "\x00", "\xff\xfe", "\u0301", strings.Repeat("\u200b", 4) + "late"} {
		_, err := r.EmbedPassages(t.Context(), []string{"full", blank, ""})
		if err == nil || !strings.Contains(err.Error(), "text 1: text is empty") {
			t.Errorf("error %v for %q, want one that names text 1", err, blank)
		}
	}
	if n := len(e.sent()); n != before {
		t.Errorf("%d requests for empty texts", n-before)
	}
}

func FuzzCutText(f *testing.F) {
	f.Add("  eight by 日本 ", 10)
	f.Add("\xff\x80\x80\x80", 2)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < utf8.UTFMax || limit > 1<<20 {
			return
		}
		got := cutText(text, limit)
		trimmed := strings.TrimSpace(text)
		if len(got) > limit || !strings.HasPrefix(trimmed, got) || strings.TrimSpace(got) != got {
			t.Fatalf("cutText(%q, %d) = %q", text, limit, got)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Fatalf("cutText(%q, %d) = %q, in the middle of a character", text, limit, got)
		}
		if rest := trimmed[len(got):]; rest != "" && utf8.ValidString(text) {
			gap := len(rest) - len(strings.TrimSpace(rest))
			if _, n := utf8.DecodeRuneInString(strings.TrimSpace(rest)); len(got)+gap+n <= limit {
				t.Fatalf("cutText(%q, %d) = %q, too short", text, limit, got)
			}
		}
	})
}

func TestRemoteDimensions(t *testing.T) {
	for _, test := range []struct {
		name     string
		demanded int
		shorten  bool
		refuse   bool // of requests with dimensions
		requests int
		want     string // in the error
	}{
		{"learnt", 0, false, false, 1, ""},
		{"the model's own", testDim, false, true, 1, ""},
		{"shortened", 4, true, false, 2, ""},
		{"not shortened", 4, false, false, 2, "has 8 dimensions, not the 4 demanded"},
		{"refused to shorten", 4, false, true, 2, "status 400 Bad Request: no dimensions here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := &endpoint{tb: t, shorten: test.shorten}
			e.fail = func(n int, w http.ResponseWriter, _ []string) bool {
				if !test.refuse || e.sent()[n-1].Dimensions == 0 {
					return false
				}
				http.Error(w, `{"error":{"message":"no dimensions here","type":"invalid_request_error"}}`, http.StatusBadRequest)
				return true
			}
			o := directOptions(e)
			o.Dim = test.demanded
			r, err := NewRemote(t.Context(), o)
			if n := len(e.sent()); n != test.requests {
				t.Errorf("%d requests, want %d", n, test.requests)
			}
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want %q in it", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := test.demanded
			if want == 0 {
				want = testDim
			}
			v, err := r.EmbedQuery(t.Context(), "text")
			if err != nil {
				t.Fatal(err)
			}
			if r.Dim() != want {
				t.Errorf("Dim() = %d, want %d", r.Dim(), want)
			}
			wantVector(t, v, "text", want)
		})
	}
}

// A malformed answer is refused at once, whatever is wrong with it.
func TestRemoteAnswers(t *testing.T) {
	change := func(f func(a *endpointAnswer)) func(http.ResponseWriter, []string) {
		return func(w http.ResponseWriter, inputs []string) {
			a := answerFor(inputs, testDim)
			f(&a)
			json.NewEncoder(w).Encode(a)
		}
	}
	body := func(s string) func(http.ResponseWriter, []string) {
		return func(w http.ResponseWriter, _ []string) { io.WriteString(w, s) }
	}
	for _, test := range []struct {
		name   string
		answer func(http.ResponseWriter, []string)
		want   string
	}{
		{"too few", change(func(a *endpointAnswer) { a.Data = a.Data[1:] }), "2 vectors for 3 texts"},
		{"too many", change(func(a *endpointAnswer) { a.Data = append(a.Data, a.Data[0]) }), "4 vectors for 3 texts"},
		{"index twice", change(func(a *endpointAnswer) { a.Data[2].Index = 1 }), "two vectors for text 1"},
		{"no indexes", change(func(a *endpointAnswer) { a.Data[1].Index, a.Data[2].Index = 0, 0 }), "two vectors for text 0"},
		{"index too large", change(func(a *endpointAnswer) { a.Data[2].Index = 3 }), "for text 3 of 3"},
		{"negative index", change(func(a *endpointAnswer) { a.Data[0].Index = -1 }), "for text -1 of 3"},
		{"a shorter vector", change(func(a *endpointAnswer) { a.Data[1].Embedding = a.Data[1].Embedding[1:] }), "7 dimensions for text 1, want 8"},
		{"all longer", change(func(a *endpointAnswer) {
			for i := range a.Data {
				a.Data[i].Embedding = append(a.Data[i].Embedding, 1)
			}
		}), "9 dimensions"},
		{"no numbers", change(func(a *endpointAnswer) { a.Data[0].Embedding = nil }), "0 dimensions for text 0"},
		{"zeros", change(func(a *endpointAnswer) { clear(a.Data[2].Embedding) }), "text 2 without a direction"},
		{"over float32", change(func(a *endpointAnswer) { a.Data[2].Embedding[0] = 1e39 }), "not of the expected form"},
		{"error with status 200", body(`{"error":{"message":"no such model"}}`), "0 vectors for 3 texts"},
		{"HTML", body("<!doctype html><title>Sign in</title>"), "not of the expected form"},
		{"a list", body(`[[0.1,0.2]]`), "not of the expected form"},
		{"base64", body(`{"data":[{"index":0,"embedding":"AACAPw=="}]}`), "not of the expected form"},
		{"NaN", body(`{"data":[{"index":0,"embedding":[NaN]}]}`), "not of the expected form"},
		{"bad UTF-8", body("{\"data\":[\xff\xfe]}"), "not of the expected form"},
		{"very long", func(w http.ResponseWriter, _ []string) {
			io.WriteString(w, `{"object":"`)
			for range maxAnswerBytes/(1<<20) + 1 {
				io.WriteString(w, strings.Repeat("x", 1<<20))
			}
		}, "longer than 16777216 bytes"},
		{"moved", func(w http.ResponseWriter, _ []string) {
			w.Header().Set("Location", "http://elsewhere.test/v1/embeddings")
			w.WriteHeader(http.StatusTemporaryRedirect)
		}, "status 307 Temporary Redirect; it points elsewhere"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := &endpoint{tb: t}
			e.fail = func(n int, w http.ResponseWriter, inputs []string) bool {
				if n > 1 {
					test.answer(w, inputs)
				}
				return n > 1
			}
			r := newTestRemote(t, directOptions(e))
			vectors, err := r.EmbedPassages(t.Context(), []string{"one", "two", "three"})
			if err == nil || !strings.Contains(err.Error(), test.want) || vectors != nil {
				t.Errorf("%d vectors and error %v, want %q in it", len(vectors), err, test.want)
			}
			if n := len(e.sent()); n != 2 {
				t.Errorf("%d tries, want 1", n-1)
			}
		})
	}
}

func TestNormalise(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, v := range [][]float32{nil, {0, 0}, {1, inf}, {-inf, 0}, {nan, 1}} {
		if normalise(v) {
			t.Errorf("a direction was found in %v", v)
		}
	}
	for _, v := range [][]float32{{3, 4}, {1e-45, 0}, {math.MaxFloat32, -math.MaxFloat32}} {
		if !normalise(v) || math.Abs(math.Hypot(float64(v[0]), float64(v[1]))-1) > 1e-6 {
			t.Errorf("normalised to %v", v)
		}
	}
}

func TestRemoteOptionErrors(t *testing.T) {
	good := RemoteOptions{BaseURL: "http://embeddings.test/v1", Key: testKey, Model: testModel, HTTPClient: &http.Client{Transport: direct{http.NotFoundHandler()}}}
	for _, test := range []struct {
		name   string
		change func(*RemoteOptions)
		want   string
	}{
		{"no URL", func(o *RemoteOptions) { o.BaseURL = "" }, "base URL must be"},
		{"no scheme", func(o *RemoteOptions) { o.BaseURL = "api.openai.com/v1" }, "base URL must be"},
		{"other scheme", func(o *RemoteOptions) { o.BaseURL = "file:///etc/passwd" }, "base URL must be"},
		{"not a URL", func(o *RemoteOptions) { o.BaseURL = "http://%zz" + testKey }, "base URL must be"},
		{"a password", func(o *RemoteOptions) { o.BaseURL = "https://u:" + testKey + "@embeddings.test/v1" }, "no user, query or fragment"},
		{"a query", func(o *RemoteOptions) { o.BaseURL += "?key=" + testKey }, "no user, query or fragment"},
		{"whole path", func(o *RemoteOptions) { o.BaseURL += "/embeddings/" }, `before "/embeddings"`},
		{"two keys", func(o *RemoteOptions) { o.Key += "\n" + testKey }, "the key holds"},
		{"a curly quote", func(o *RemoteOptions) { o.Key = "“" + testKey }, "the key holds"},
		{"no model", func(o *RemoteOptions) { o.Model = " " }, "no model"},
		{"negative", func(o *RemoteOptions) { o.MaxTries = -1 }, "negative"},
		{"text over request", func(o *RemoteOptions) { o.MaxTextBytes, o.MaxBatchBytes = 101, 100 }, "must be from 4 to the limit of a request, 100"},
		{"tiny text", func(o *RemoteOptions) { o.MaxTextBytes = 3 }, "must be from 4"},
		{"nothing there", func(o *RemoteOptions) {}, "status 404 Not Found"},
	} {
		o := good
		test.change(&o)
		_, err := NewRemote(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), testKey) {
			t.Errorf("%s: error %v, want %q in it", test.name, err, test.want)
		}
	}
}

func TestRemoteNoKey(t *testing.T) {
	o := directOptions(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := r.Header["Authorization"]; ok {
			t.Error("an authorization header without a key")
		}
		json.NewEncoder(w).Encode(answerFor([]string{"probe"}, 3))
	}))
	o.Key = ""
	if r := newTestRemote(t, o); r.Dim() != 3 {
		t.Errorf("Dim() = %d, want 3", r.Dim())
	}
}

// A listener whose connections end as the function does with them.
func brokenServer(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				f(c)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		wg.Wait()
	})
	return "http://" + l.Addr().String() + "/v1"
}

func TestRemoteBrokenConnections(t *testing.T) {
	head := func(c net.Conn) { c.Read(make([]byte, 4096)) }
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, test := range []struct {
		name, url, want string
	}{ // a hang is noticed after 100 ms, everything else has a minute
		{"refused", closed.URL, "connection refused"},
		{"reset", brokenServer(t, func(c net.Conn) {
			head(c)
			c.(*net.TCPConn).SetLinger(0)
		}), "connection reset"},
		{"closed without an answer", brokenServer(t, head), "cut short"},
		{"cut headers", brokenServer(t, func(c net.Conn) {
			head(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")
		}), "cut short"},
		{"cut body", brokenServer(t, func(c net.Conn) {
			head(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":[")
		}), "cut short"},
		{"cut JSON", brokenServer(t, func(c net.Conn) {
			head(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"data\":[")
		}), "cut short"},
		{"empty", brokenServer(t, func(c net.Conn) {
			head(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		}), "cut short"},
		{"hang before headers", brokenServer(t, func(c net.Conn) { io.Copy(io.Discard, c) }), "no whole answer within 100ms"},
		{"drip", brokenServer(t, func(c net.Conn) {
			head(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
			for range 1000 {
				if _, err := io.WriteString(c, " "); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		}), "no whole answer within 100ms"},
		{"no HTTP", brokenServer(t, func(c net.Conn) {
			head(c)
			io.WriteString(c, testKey+" SSH-2.0\r\n\r\n")
		}), "malformed HTTP"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			timeout := time.Minute
			if strings.Contains(test.want, "100ms") {
				timeout = 100 * time.Millisecond
			}
			_, err := NewRemote(t.Context(), RemoteOptions{
				BaseURL: test.url, Key: testKey, Model: testModel,
				HTTPClient: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
				MaxTries:   2, MaxWait: time.Millisecond, Timeout: timeout,
			})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "tried 2 times") || strings.Contains(err.Error(), testKey) {
				t.Errorf("error %v, want %q after 2 tries", err, test.want)
			}
		})
	}
	t.Run("bad certificate", func(t *testing.T) {
		server := httptest.NewUnstartedServer(&endpoint{tb: t})
		server.Config.ErrorLog = quiet
		server.StartTLS()
		defer server.Close()
		_, err := NewRemote(t.Context(), RemoteOptions{BaseURL: server.URL, Key: testKey, Model: testModel})
		if err == nil || !strings.Contains(err.Error(), "certificate") || strings.Contains(err.Error(), "tried") {
			t.Errorf("error %v, want one about the certificate at the first try", err)
		}
	})
}
