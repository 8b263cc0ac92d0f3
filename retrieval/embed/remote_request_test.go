package embed

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var quiet = log.New(io.Discard, "", 0)

// statuses answers the nth request after the probe with the nth status, and the
// later ones as it should be.
func statuses(retryAfter string, codes ...int) func(int, http.ResponseWriter, []string) bool {
	return func(n int, w http.ResponseWriter, _ []string) bool {
		if n < 2 || n-2 >= len(codes) {
			return false
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(codes[n-2])
		fmt.Fprintf(w, `{"error":{"message":"told %d","type":"test"}}`, codes[n-2])
		return true
	}
}

func TestRemoteRetries(t *testing.T) {
	// Inside a synctest bubble time starts at midnight UTC on 2000-01-01.
	for _, test := range []struct {
		name       string
		retryAfter string
		codes      []int
		tries      int
		least      time.Duration // of all waits together
		most       time.Duration
		want       string // in the error
	}{
		{"429, then well", "", []int{429}, 2, 250 * time.Millisecond, 500 * time.Millisecond, ""},
		{"every kind of 5xx", "", []int{500, 502, 503}, 4, 1750 * time.Millisecond, 3500 * time.Millisecond, ""},
		{"408 and 529", "", []int{408, 529}, 3, 750 * time.Millisecond, 1500 * time.Millisecond, ""},
		{"gives up", "", []int{503, 503, 503, 504, 500}, 4, 1750 * time.Millisecond, 3500 * time.Millisecond, "tried 4 times: status 504 Gateway Timeout: told 504"},
		{"seconds", "7", []int{429}, 2, 7 * time.Second, 7 * time.Second, ""},
		{"seconds on a 503", "7", []int{503, 503}, 3, 14 * time.Second, 14 * time.Second, ""},
		{"zero seconds", "0", []int{429}, 2, 250 * time.Millisecond, 500 * time.Millisecond, ""},
		{"a date", "Sat, 01 Jan 2000 00:00:09 GMT", []int{429}, 2, 9 * time.Second, 9 * time.Second, ""},
		{"a date gone by", "Fri, 31 Dec 1999 23:00:00 GMT", []int{429}, 2, 250 * time.Millisecond, 500 * time.Millisecond, ""},
		{"garbage", "soon", []int{429}, 2, 250 * time.Millisecond, 500 * time.Millisecond, ""},
		{"an hour, capped", "3600", []int{429}, 2, time.Minute, time.Minute, ""},
		{"beyond int64, capped", "18446744073709551615", []int{429}, 2, time.Minute, time.Minute, ""},
		{"a far date, capped", "Fri, 31 Dec 2300 23:00:00 GMT", []int{429}, 2, time.Minute, time.Minute, ""},
		{"400", "1", []int{400}, 1, 0, 0, "status 400 Bad Request: told 400"},
		{"401", "1", []int{401}, 1, 0, 0, "the key is wrong or missing"},
		{"403", "1", []int{403}, 1, 0, 0, "status 403 Forbidden: told 403"},
		{"404", "1", []int{404}, 1, 0, 0, "status 404 Not Found: told 404"},
		{"413", "1", []int{413}, 1, 0, 0, "status 413"},
		{"501", "1", []int{501}, 1, 0, 0, "status 501"},
		{"599", "", []int{599, 599, 599}, 4, 1750 * time.Millisecond, 3500 * time.Millisecond, ""},
		{"429, then 401", "", []int{429, 401}, 2, 250 * time.Millisecond, 500 * time.Millisecond, "the key is wrong or missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{tb: t, fail: statuses(test.retryAfter, test.codes...)}
				r := newTestRemote(t, directOptions(e))
				start := time.Now()
				v, err := r.EmbedQuery(t.Context(), "text")
				if took := time.Since(start); took < test.least || took > test.most {
					t.Errorf("waited %v, want %v to %v", took, test.least, test.most)
				}
				if n := len(e.sent()) - 1; n != test.tries {
					t.Errorf("%d tries, want %d", n, test.tries)
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
				wantVector(t, v, "text", testDim)
			})
		})
	}
}

func TestRemoteSpentQuota(t *testing.T) {
	for _, field := range []string{"code", "type"} {
		e := &endpoint{tb: t, fail: func(n int, w http.ResponseWriter, _ []string) bool {
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprintf(w, `{"error":{"message":"You exceeded your current quota","%s":"insufficient_quota"}}`, field)
			return true
		}}
		_, err := NewRemote(t.Context(), directOptions(e))
		if err == nil || !strings.Contains(err.Error(), "exceeded your current quota") || len(e.sent()) != 1 {
			t.Errorf("error %v after %d tries, want one of the quota after 1", err, len(e.sent()))
		}
	}
}

func TestRemoteContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{tb: t, fail: statuses("20", 429, 429, 429, 429, 429, 429, 429, 429)}
		r := newTestRemote(t, directOptions(e))

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Second, cancel)
		start := time.Now()
		if _, err := r.EmbedQuery(ctx, "text"); !errors.Is(err, context.Canceled) || time.Since(start) != 5*time.Second {
			t.Errorf("error %v after %v, want the cancellation after 5s", err, time.Since(start))
		}

		// A wait past the deadline is not begun.
		ctx, cancel = context.WithTimeout(t.Context(), 15*time.Second)
		defer cancel()
		start = time.Now()
		if _, err := r.EmbedQuery(ctx, "text"); err == nil || !strings.Contains(err.Error(), "no time for another try: status 429") || time.Since(start) != 0 {
			t.Errorf("error %v after %v, want the 429 at once", err, time.Since(start))
		}

		before := len(e.sent())
		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		if _, err := r.EmbedQuery(ctx, "text"); !errors.Is(err, context.Canceled) || len(e.sent()) != before {
			t.Errorf("error %v and %d requests, want the cancellation and none", err, len(e.sent())-before)
		}
	})
}

// hang ends when the context of the request does.
type hang struct{}

func (hang) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestRemoteTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := directOptions(nil)
		o.HTTPClient.Transport = hang{}
		start := time.Now()
		_, err := NewRemote(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), "tried 4 times: no whole answer within 30s") {
			t.Errorf("error %v, want a timeout after 4 tries", err)
		}
		if took := time.Since(start); took < 2*time.Minute || took > 2*time.Minute+3500*time.Millisecond {
			t.Errorf("took %v, want four times 30s and three waits", took)
		}

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start = time.Now()
		if _, err := NewRemote(ctx, o); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second {
			t.Errorf("error %v after %v, want the deadline after 10s", err, time.Since(start))
		}
	})
}

// broken fails every request in the same way.
type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }

func TestRemoteTransportErrors(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "no such host", Name: "embeddings.test", IsNotFound: true}, "embeddings.test: lookup embeddings.test: no such host"},
		{&net.DNSError{Err: "server misbehaving", Name: "embeddings.test", IsTemporary: true}, "tried 4 times: lookup embeddings.test: server misbehaving"},
		{&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "embeddings.test: tls: failed to verify certificate"},
		{errors.New("http2: client connection lost"), "tried 4 times: http2: client connection lost"},
		{errors.New("odd " + testKey), "tried 4 times: odd [key]"},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := directOptions(nil)
			o.HTTPClient.Transport = broken{test.err}
			_, err := NewRemote(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
}

// Whatever the endpoint says, an error is one short line without the key.
func TestRemoteErrorText(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"OpenAI", `{"error":{"message":"bad input"}}`, "400 Bad Request: bad input"},
		{"list of messages", `{"error":{"message":["bad","input"]}}`, ": bad, input"},
		{"text", `{"error":"model not loaded"}`, ": model not loaded"},
		{"message", `{"object":"error","message":"too long","code":400}`, ": too long"},
		{"detail", `{"detail":"Not authenticated"}`, ": Not authenticated"},
		{"details", `{"detail":[{"loc":["body"]}]}`, "400 Bad Request"},
		{"key echoed", `{"error":{"message":"no key ` + testKey + ` here"}}`, ": no key [key] here"},
		{"key at the cut", `{"error":{"message":"` + strings.Repeat("x", maxReasonBytes-5) + testKey + `"}}`, "xxx[key]"},
		{"long", `{"error":{"message":"` + strings.Repeat("é ", 1<<14) + `"}}`, "é é…"},
		{"enormous", `{"error":{"message":"` + strings.Repeat("x", 1<<22) + `"}}`, "400 Bad Request"},
		{"control characters", `{"error":{"message":"\u001b[31mred\u001b[0m\nnext\u202e line"}}`, ": [31mred [0m next line"},
		{"HTML", "<html>" + testKey + "</html>", "400 Bad Request"},
		{"empty", "", "400 Bad Request"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := &endpoint{tb: t, fail: func(_ int, w http.ResponseWriter, _ []string) bool {
				w.WriteHeader(http.StatusBadRequest)
				io.WriteString(w, test.body)
				return true
			}}
			_, err := NewRemote(t.Context(), directOptions(e))
			if err == nil {
				t.Fatal("no error")
			}
			got := err.Error()
			if !strings.HasSuffix(got, test.want) {
				t.Errorf("error %q, want %q at its end", got, test.want)
			}
			if len(got) > 300 || strings.ContainsAny(got, "\n\x1b\u202e") || strings.Contains(got, testKey[:8]) {
				t.Errorf("error %q", got)
			}
		})
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "0", "120", "-1", "1.5", "99999999999999999999", "Wed, 21 Oct 2015 07:28:00 GMT", "Wednesday, 21-Oct-15 07:28:00 GMT"} {
		f.Add(s)
	}
	now := time.Date(2015, 10, 21, 7, 27, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, header string) {
		if got := retryAfter(header, now); got < 0 || got > 24*time.Hour {
			t.Errorf("retryAfter(%q) = %v", header, got)
		}
	})
}
