package embed

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sashabaranov/go-openai"
)

const (
	maxAnswerBytes  = 16 << 20 // 64 vectors of 4,096 dimensions take some 6 MB of JSON
	maxErrorBytes   = 64 << 10
	maxReasonBytes  = 200
	firstRetryDelay = 500 * time.Millisecond
)

// A failure says what went wrong in one try and whether another may help.
type failure struct {
	text  string
	again bool
	after time.Duration // what the endpoint asks us to wait; 0 if it doesn't
}

// request returns the vectors of texts, in their order.
func (r *Remote) request(ctx context.Context, texts []string) ([][]float32, error) {
	for try := 1; ; try++ {
		vectors, failed := r.try(ctx, texts)
		if failed == nil {
			return vectors, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("embed with %s: %w", r.host, err)
		}
		wait := min(max(retryDelay(try), failed.after), r.options.MaxWait)
		deadline, bounded := ctx.Deadline()
		switch {
		case !failed.again:
			return nil, fmt.Errorf("embed with %s: %s", r.host, failed.text)
		case try == r.options.MaxTries:
			return nil, fmt.Errorf("embed with %s, tried %d times: %s", r.host, try, failed.text)
		case bounded && time.Until(deadline) <= wait:
			return nil, fmt.Errorf("embed with %s, no time for another try: %s", r.host, failed.text)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, fmt.Errorf("embed with %s: %w", r.host, ctx.Err())
		}
	}
}

// retryDelay doubles with every try, with its upper half left to chance so
// that many clients don't come back together.
func retryDelay(try int) time.Duration {
	half := firstRetryDelay << min(try-1, 16) / 2
	return half + rand.N(half)
}

func (r *Remote) try(ctx context.Context, texts []string) ([][]float32, *failure) {
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	x := &exchange{client: &r.http}
	config := openai.DefaultConfig(r.options.Key)
	config.BaseURL, config.HTTPClient = r.options.BaseURL, x
	request := openai.EmbeddingRequest{Input: texts, Model: openai.EmbeddingModel(r.options.Model)}
	if r.shortens {
		request.Dimensions = r.dim
	}
	answer, err := openai.NewClientWithConfig(config).CreateEmbeddings(ctx, request)
	if x.status != 0 && x.status/100 != 2 {
		return nil, r.statusFailure(x, err)
	}
	if err != nil {
		return nil, r.transportFailure(err)
	}
	vectors, err := unitVectors(answer.Data, len(texts), r.dim)
	if err != nil {
		return nil, &failure{text: "the endpoint sent " + err.Error()}
	}
	return vectors, nil
}

// An exchange is one HTTP request. It bounds the body of the response and
// keeps what go-openai drops from it.
type exchange struct {
	client     *http.Client
	status     int // 0 when no response came
	retryAfter string
}

func (x *exchange) Do(request *http.Request) (*http.Response, error) {
	response, err := x.client.Do(request)
	if err != nil {
		return nil, err
	}
	x.status, x.retryAfter = response.StatusCode, response.Header.Get("Retry-After")
	if x.status/100 == 2 {
		response.Body = http.MaxBytesReader(nil, response.Body, maxAnswerBytes)
	} else {
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(response.Body, maxErrorBytes), response.Body}
	}
	return response, nil
}

func (r *Remote) statusFailure(x *exchange, err error) *failure {
	f := &failure{text: strings.TrimSpace(fmt.Sprintf("status %d %s", x.status, http.StatusText(x.status)))}
	switch {
	case x.status == http.StatusUnauthorized:
		f.text += "; the key is wrong or missing"
		return f // what the endpoint says here may repeat the key
	case x.status/100 == 3:
		f.text += "; it points elsewhere, give the final address as base URL"
		return f
	}
	if reason := r.clean(reasonOf(err)); reason != "" {
		f.text += ": " + reason
	}
	switch x.status {
	case http.StatusTooManyRequests:
		api, ok := errors.AsType[*openai.APIError](err)
		f.again = !ok || api.Code != "insufficient_quota" && api.Type != "insufficient_quota"
	case http.StatusRequestTimeout:
		f.again = true
	default:
		f.again = x.status >= 500 && x.status != http.StatusNotImplemented
	}
	f.after = retryAfter(x.retryAfter, time.Now())
	return f
}

func (r *Remote) transportFailure(err error) *failure {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &failure{text: fmt.Sprintf("the answer is longer than %d bytes; fewer texts in a request may help", tooLarge.Limit)}
	}
	if network, ok := errors.AsType[net.Error](err); ok && network.Timeout() {
		return &failure{text: fmt.Sprintf("no whole answer within %v", r.options.Timeout), again: true}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &failure{text: "the answer is cut short", again: true}
	}
	if isJSONError(err) {
		return &failure{text: r.clean("the answer is not of the expected form: " + err.Error())}
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // the outer text repeats the address
	}
	name, unknownHost := errors.AsType[*net.DNSError](err)
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	return &failure{
		text:  r.clean(err.Error()),
		again: !badCertificate && !(unknownHost && name.IsNotFound),
	}
}

func isJSONError(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, kind := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || kind
}

// reasonOf returns the endpoint's own message: OpenAI's form is
// {"error":{"message":...}}, others send {"error":...}, {"message":...} or
// {"detail":...}.
func reasonOf(err error) string {
	if refused, ok := errors.AsType[*openai.RequestError](err); ok {
		var body struct{ Error, Message, Detail any }
		if json.Unmarshal(refused.Body, &body) != nil {
			return ""
		}
		for _, field := range []any{body.Error, body.Message, body.Detail} {
			if reason, ok := field.(string); ok {
				return reason
			}
		}
		return ""
	}
	if api, ok := errors.AsType[*openai.APIError](err); ok {
		return api.Message
	}
	return ""
}

// clean makes one short line without the key of words that others chose.
func (r *Remote) clean(words string) string {
	if r.options.Key != "" {
		words = strings.ReplaceAll(words, r.options.Key, "[key]")
	}
	words = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, words)
	words = strings.Join(strings.Fields(words), " ")
	if len(words) > maxReasonBytes {
		words = cutText(words, maxReasonBytes) + "…"
	}
	return words
}

// retryAfter reads the header of that name: whole seconds or an HTTP date.
// Anything else, and a time that has passed, is 0.
func retryAfter(header string, now time.Time) time.Duration {
	const day = 24 * time.Hour // enough to reach any cap, and far from overflow
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(day/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(now), 0), day)
	}
	return 0
}
