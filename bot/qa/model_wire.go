package qa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	modelMostBody  = 2 << 20  // bytes of a streamed reply: 64 KiB of text in chunks of a token
	modelMostError = 16 << 10 // bytes of an error
)

var errModelTooMuch = errors.New("the endpoint sends more than any reply needs")

// modelClient returns a client that follows no redirect, since the request
// carries a key, and reads no more of a body than a reply can need.
func modelClient(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	own := *c
	if own.Transport == nil {
		own.Transport = http.DefaultTransport
	}
	own.Transport = limitedTransport{own.Transport}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

type limitedTransport struct{ next http.RoundTripper }

func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	x, ok := r.Context().Value(modelExchangeKey{}).(*modelExchange)
	if ok && x.schema != nil {
		var err error
		if r, err = withObjectSchema(r, x.schema); err != nil {
			return nil, err
		}
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if ok {
		x.status, x.after = resp.StatusCode, resp.Header.Get("Retry-After")
	}
	limit := int64(modelMostBody)
	if resp.StatusCode >= 300 {
		limit = modelMostError
	}
	resp.Body = &limitedBody{resp.Body, limit}
	return resp, nil
}

// limitedBody is a body that fails after left bytes. (http.MaxBytesReader is for
// servers; io.LimitReader would end as if the body did.)
type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errModelTooMuch
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// withObjectSchema returns the request with the schema as part of json_object, for
// which the client library has no field.
func withObjectSchema(r *http.Request, schema json.RawMessage) (*http.Request, error) {
	var body map[string]json.RawMessage
	err := json.NewDecoder(r.Body).Decode(&body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	format, err := json.Marshal(map[string]any{"type": "json_object", "schema": schema})
	if err != nil {
		return nil, err
	}
	body["response_format"] = format
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return r, nil
}

// A modelExchange is what one request sends and its response says beside what the
// client library knows of.
type modelExchange struct {
	schema json.RawMessage // to be sent as part of json_object; nil is none
	status int
	after  string
}

type modelExchangeKey struct{}

func withModelExchange(ctx context.Context) (context.Context, *modelExchange) {
	x := &modelExchange{}
	return context.WithValue(ctx, modelExchangeKey{}, x), x
}

// retryAfter reads the header as seconds or as a date (RFC 9110, 10.2.3); 0 if
// there is none that makes sense.
func (h *modelExchange) retryAfter(now time.Time) time.Duration {
	if h.status < 400 {
		return 0
	}
	if s, err := strconv.Atoi(h.after); err == nil {
		return time.Duration(min(max(s, 0), 3600)) * time.Second
	}
	if t, err := http.ParseTime(h.after); err == nil {
		return min(max(t.Sub(now), 0), time.Hour)
	}
	return 0
}
