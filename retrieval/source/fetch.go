package source

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxRedirects = 5
	maxHeader    = 64 << 10 // bytes of a response's header
)

// A fetcher makes requests that can harm neither the network it runs in nor the
// program: see guard for where they go, and Options for how much they take.
type fetcher struct {
	guard     *guard
	client    *http.Client
	userAgent string
	timeout   time.Duration
	now       func() time.Time
}

func newFetcher(opt Options) *fetcher {
	g := newGuard(opt.AllowNetworks, opt.AllowHosts)
	f := &fetcher{guard: g, userAgent: opt.UserAgent, timeout: opt.Timeout, now: opt.Now}
	f.client = &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy from the environment would resolve names behind our back
			DialContext:            g.dial,
			DisableCompression:     true, // decompressed here, within limits
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxHeader,
			TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1 only
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return &forbidden{fmt.Errorf("more than %d redirects", maxRedirects)}
			}
			r.Header.Del("Referer")
			if err := g.checkURL(r.URL); err != nil {
				return &forbidden{err}
			}
			return nil
		},
	}
	return f
}

// validators are what a server said of a version, to be asked with next time.
type validators struct{ etag, lastModified string }

// A response is what a server sent with status 200, or that nothing has changed.
type response struct {
	url         *url.URL // after redirects
	contentType string
	body        []byte
	version     validators
	unchanged   bool
}

// A statusError is an answer other than 200 or 304.
type statusError struct {
	code       int
	retryAfter time.Duration // 0 where the server doesn't say
}

// temporary reports whether the same request may do better later.
func (e *statusError) temporary() bool {
	return e.code >= 500 || e.code == http.StatusTooManyRequests || e.code == http.StatusRequestTimeout
}

func (e *statusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the server answers %d %s", e.code, http.StatusText(e.code)))
}

// get fetches an address. limit bounds the body, after decompression, in bytes.
func (f *fetcher) get(ctx context.Context, address string, have validators, limit int64) (*response, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("no address that can be read")
	}
	if err := f.guard.checkURL(u); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.timeout, fmt.Errorf("it took longer than %v", f.timeout))
	defer cancel()
	r, err := f.do(ctx, u, have, limit)
	if err != nil && ctx.Err() != nil {
		err = &requestError{context.Cause(ctx)}
	}
	return r, err
}

// temporary reports whether a failed get may do better later.
func temporary(err error) bool {
	var status *statusError
	if errors.As(err, &status) {
		return status.temporary()
	}
	var broken *requestError
	return errors.As(err, &broken)
}

// A forbidden error says where a request may not go, now and later.
type forbidden struct{ error }

func (e *forbidden) Unwrap() error { return e.error }

// A requestError is a failure of the network or of a server to answer.
type requestError struct{ error }

func (e *requestError) Unwrap() error { return e.error }

func (f *fetcher) do(ctx context.Context, u *url.URL, have validators, limit int64) (*response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", f.userAgent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5")
	req.Header.Set("Accept-Encoding", "gzip")
	if have.etag != "" {
		req.Header.Set("If-None-Match", have.etag)
	}
	if have.lastModified != "" {
		req.Header.Set("If-Modified-Since", have.lastModified)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		var in *url.Error
		if errors.As(err, &in) {
			err = in.Err
		}
		if errors.As(err, new(*forbidden)) {
			return nil, err
		}
		return nil, &requestError{err}
	}
	defer resp.Body.Close()
	r := &response{url: resp.Request.URL, contentType: resp.Header.Get("Content-Type"), version: have}
	switch {
	case resp.StatusCode == http.StatusNotModified && have != validators{}:
		r.unchanged = true
		return r, nil
	case resp.StatusCode != http.StatusOK:
		return nil, &statusError{resp.StatusCode, f.retryAfter(resp.Header.Get("Retry-After"))}
	}
	var body io.Reader = resp.Body
	switch encoding := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		if body, err = gzip.NewReader(body); err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
	default:
		return nil, fmt.Errorf("its encoding %q was not asked for", encoding)
	}
	r.body, err = readAll(body, limit)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, err
	case err != nil:
		return nil, &requestError{err}
	}
	r.version = validators{resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")}
	return r, nil
}

// A pacer keeps requests to one host apart. It is safe for concurrent use.
type pacer struct {
	delay time.Duration
	mu    sync.Mutex
	next  map[string]time.Time
}

// wait waits for the host's turn.
func (p *pacer) wait(ctx context.Context, host string) error {
	p.mu.Lock()
	now := time.Now()
	for h, at := range p.next {
		if at.Before(now) {
			delete(p.next, h)
		}
	}
	turn := p.next[host]
	if turn.Before(now) {
		turn = now
	}
	p.next[host] = turn.Add(p.delay)
	p.mu.Unlock()
	return sleep(ctx, turn.Sub(now))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryAfter reads a Retry-After header: seconds or a date.
func (f *fetcher) retryAfter(value string) time.Duration {
	if seconds, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(f.now()))
	}
	return 0
}
