package qa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"
)

// EndpointOptions describe an OpenAI-compatible chat endpoint. Only Model is
// needed, and one of Key and BaseURL; zero means the default given.
type EndpointOptions struct {
	BaseURL     string // such as "http://localhost:8000/v1"; "" is the vendor's
	Key         string
	Model       string
	TokenField  string  // "max_tokens" or "max_completion_tokens"; "" finds out
	PlainText   bool    // never ask for structured output
	Temperature float32 // 0 is the least the endpoint takes
	MostTokens  int     // of a reply: 1500
	Context     int     // tokens that prompt and reply may have together; 0 is unknown
	PriceIn     float64 // of a million tokens
	PriceOut    float64

	Timeout   time.Duration // of a call, both tries together: 9 s, so that an answer without the model still comes within 10 s
	FirstWait time.Duration // for the first piece of the reply: 5 s
	IdleWait  time.Duration // for each further piece: 3 s
	Pause     time.Duration // after Failures in a row: 15 s
	Failures  int           // 3

	HTTPClient *http.Client // nil is one of our own; its Transport is wrapped
}

// An Endpoint is a Generator over HTTP. It is safe for concurrent use.
type Endpoint struct {
	o       EndpointOptions
	client  *openai.Client
	http    *http.Client
	breaker *gobreaker.CircuitBreaker[Reply]

	mu     sync.Mutex
	knows  endpointTraits
	resume time.Time // no request before this, the endpoint said
}

const (
	endpointTries     = 2
	endpointMostReply = 64 << 10 // bytes of text; six statements are 4 KiB
)

// NewEndpoint returns a Generator for the endpoint. It sends nothing yet. The
// error names every option that is missing or wrong, never a key.
func NewEndpoint(o EndpointOptions) (*Endpoint, error) {
	var wrong []error
	if o.Model == "" {
		wrong = append(wrong, fmt.Errorf("%w: no model is named", ErrNoModel))
	}
	if o.Key == "" && o.BaseURL == "" {
		wrong = append(wrong, fmt.Errorf("%w: neither a key nor an address is given", ErrNoModel))
	}
	if u, err := url.Parse(o.BaseURL); o.BaseURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		wrong = append(wrong, errors.New("the address of the endpoint is no http or https address"))
	}
	if o.TokenField != "" && o.TokenField != "max_tokens" && o.TokenField != "max_completion_tokens" {
		wrong = append(wrong, fmt.Errorf("token field %q is neither max_tokens nor max_completion_tokens", o.TokenField))
	}
	if o.PriceIn < 0 || o.PriceOut < 0 || o.Temperature < 0 || o.Temperature > 2 || o.MostTokens < 0 || o.Context < 0 {
		wrong = append(wrong, errors.New("prices and limits must not be negative, a temperature is 0 to 2"))
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	modelDefault(&o.MostTokens, 1500)
	modelDefault(&o.Timeout, 9*time.Second)
	modelDefault(&o.FirstWait, 5*time.Second)
	modelDefault(&o.IdleWait, 3*time.Second)
	modelDefault(&o.Pause, 15*time.Second)
	modelDefault(&o.Failures, 3)

	config := openai.DefaultConfig(o.Key)
	if o.BaseURL != "" {
		config.BaseURL = strings.TrimRight(o.BaseURL, "/")
	}
	own := modelClient(o.HTTPClient)
	config.HTTPClient = own
	e := &Endpoint{o: o, client: openai.NewClientWithConfig(config), http: own}
	e.knows.oldTokenField, e.knows.fixedField = o.TokenField == "max_tokens", o.TokenField != ""
	if o.PlainText {
		e.knows.form = textForm
	}
	e.breaker = gobreaker.NewCircuitBreaker[Reply](gobreaker.Settings{
		Timeout:     o.Pause,
		ReadyToTrip: func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= o.Failures },
		IsExcluded:  func(err error) bool { return errors.Is(err, context.Canceled) || errors.Is(err, ErrTooLong) },
	})
	return e, nil
}

func modelDefault[T comparable](p *T, value T) {
	var zero T
	if *p == zero {
		*p = value
	}
}

// Price implements Generator.
func (e *Endpoint) Price(u Usage) float64 {
	return (float64(u.In)*e.o.PriceIn + float64(u.Out)*e.o.PriceOut) / 1e6
}

// Context implements Generator: what is configured, or what a refusal told.
func (e *Endpoint) Context() int {
	if told := e.traits().context; told > 0 && (e.o.Context == 0 || told < e.o.Context) {
		return told
	}
	return e.o.Context
}

// Generate implements Generator.
func (e *Endpoint) Generate(ctx context.Context, r Request, delta func(string)) (Reply, error) {
	reply, err := e.breaker.Execute(func() (Reply, error) { return e.generate(ctx, r, delta) })
	if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
		return reply, ErrModelPaused
	}
	return reply, err
}

func (e *Endpoint) generate(parent context.Context, r Request, delta func(string)) (Reply, error) {
	modelDefault(&r.MostTokens, e.o.MostTokens)
	r.MostTokens = min(r.MostTokens, e.o.MostTokens)
	size := len(r.Prompt.System) + len(r.Prompt.User)
	if n, room := modelTokens(size)+r.MostTokens, e.Context(); room > 0 && n > room {
		return Reply{}, fmt.Errorf("%w: about %d tokens, the context has %d", ErrTooLong, n, room)
	}
	ctx, cancel := context.WithTimeout(parent, e.o.Timeout)
	defer cancel()
	e.mu.Lock()
	wait := time.Until(e.resume)
	e.mu.Unlock()
	if wait > 0 {
		return Reply{}, fmt.Errorf("%w: it asked to be left alone for %s", ErrModelPaused, wait.Round(time.Second))
	}
	tries, used := 0, Usage{}
	for {
		traits := e.traits()
		tries++
		reply, after, err := e.once(ctx, r, traits, delta)
		used = used.plus(reply.Usage)
		reply.Tries, reply.Usage = tries, used
		switch {
		case err == nil:
			if told := reply.Usage; tries == 1 && !told.Estimated && told.In > 0 && told.In < size/bytesPerTokenMost {
				return reply, fmt.Errorf("%w: it read %d tokens of a prompt of %d bytes", ErrModelBroken, told.In, size)
			}
			return reply, nil
		case parent.Err() != nil:
			if errors.Is(parent.Err(), context.Canceled) {
				return reply, parent.Err()
			}
			return reply, ErrModelLate
		case ctx.Err() != nil:
			return reply, ErrModelLate
		case e.tooLong(err):
			return reply, fmt.Errorf("%w: the endpoint has %d tokens", ErrTooLong, e.Context())
		case e.learn(err, traits):
			tries-- // a request in a form that the endpoint doesn't know; this happens once for each form
			continue
		}
		fault, again := e.judge(err)
		pause := e.o.Timeout/40 + rand.N(e.o.Timeout/40)
		if after > 0 {
			pause = after
			e.mu.Lock()
			e.resume = time.Now().Add(min(after, time.Minute))
			e.mu.Unlock()
		}
		end, _ := ctx.Deadline()
		if !again || r.Once || reply.Text != "" || tries == endpointTries || time.Until(end) < pause+e.o.Timeout/8 {
			return reply, fault
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return reply, fault
		}
	}
}

var errIdle = errors.New("no word came for too long")

// once sends one request. The duration is how long the endpoint asked to wait.
func (e *Endpoint) once(parent context.Context, r Request, traits endpointTraits, delta func(string)) (reply Reply, after time.Duration, err error) {
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	idle := time.AfterFunc(e.o.FirstWait, func() { cancel(errIdle) })
	defer idle.Stop()
	ctx, seen := withModelExchange(ctx)
	if traits.form == objectSchemaForm {
		seen.schema = r.Prompt.Schema
	}
	fail := func(err error) (Reply, time.Duration, error) {
		if cause := context.Cause(ctx); parent.Err() == nil && errors.Is(cause, errIdle) {
			err = cause
		}
		return reply, seen.retryAfter(time.Now()), err
	}

	reply.Usage = Usage{In: modelTokens(len(r.Prompt.System) + len(r.Prompt.User)), Estimated: true}
	stream, err := e.client.CreateChatCompletionStream(ctx, e.request(r, traits))
	if err != nil {
		if seen.status == 0 || seen.status >= 400 { // nothing was read
			reply.Usage = Usage{}
		}
		return fail(err)
	}
	defer stream.Close()
	var text strings.Builder
	var finish openai.FinishReason
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fail(err)
		}
		idle.Reset(e.o.IdleWait)
		if chunk.Model != "" {
			reply.Model = chunk.Model
		}
		if u := chunk.Usage; u != nil && u.PromptTokens > 0 {
			reply.Usage = Usage{In: u.PromptTokens, Out: u.CompletionTokens}
		}
		for _, c := range chunk.Choices {
			if c.Index != 0 {
				continue
			}
			if c.Delta.Refusal != "" {
				return fail(errModelDeclined)
			}
			if c.FinishReason != "" && c.FinishReason != openai.FinishReasonNull {
				finish = c.FinishReason
			}
			if c.Delta.Content == "" {
				continue
			}
			text.WriteString(c.Delta.Content)
			reply.Text = text.String()
			if reply.Usage.Estimated {
				reply.Usage.Out = modelTokens(text.Len())
			}
			if text.Len() > endpointMostReply {
				return fail(errModelEndless)
			}
			delta(c.Delta.Content)
		}
	}
	switch {
	case finish == openai.FinishReasonContentFilter:
		return fail(errModelDeclined)
	case finish == openai.FinishReasonLength:
		return fail(errModelLength)
	case finish == "":
		return fail(errModelCut)
	case strings.TrimSpace(reply.Text) == "":
		return fail(errModelEmpty)
	}
	return reply, 0, nil
}

var (
	errModelDeclined = errors.New("it declined to answer")
	errModelEndless  = fmt.Errorf("the reply is longer than %d bytes", endpointMostReply)
	errModelLength   = errors.New("the reply ran into the token limit")
	errModelCut      = errors.New("the stream ended before the reply did")
	errModelEmpty    = errors.New("the reply is empty")
)

func (e *Endpoint) request(r Request, traits endpointTraits) openai.ChatCompletionRequest {
	q := openai.ChatCompletionRequest{
		Model: e.o.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: r.Prompt.System},
			{Role: openai.ChatMessageRoleUser, Content: r.Prompt.User},
		},
		Stream: true,
	}
	if !traits.noTemperature {
		q.Temperature = max(e.o.Temperature, math.SmallestNonzeroFloat32) // 0 would be left out of the request
	}
	if traits.oldTokenField {
		//lint:ignore SA1019 most servers but the vendor's own know no other
		q.MaxTokens = r.MostTokens
	} else {
		q.MaxCompletionTokens = r.MostTokens
	}
	if !traits.noUsage {
		q.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	switch {
	case r.Prompt.Schema == nil || traits.form == textForm:
	case traits.form == schemaForm:
		q.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: r.Prompt.Name, Schema: r.Prompt.Schema, Strict: true},
		}
	default:
		q.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return q
}

// modelStatus returns the HTTP status that an error stands for, 0 if none, and
// its message in lower case.
func modelStatus(err error) (int, string) {
	var api *openai.APIError
	var request *openai.RequestError
	switch {
	case errors.As(err, &request):
		message := request.HTTPStatus + " " + string(request.Body[:min(len(request.Body), 4096)])
		if errors.As(request.Err, &api) {
			message += " " + api.Message
		}
		return request.HTTPStatusCode, strings.ToLower(message)
	case errors.As(err, &api):
		message := api.Message
		if api.Param != nil {
			message += " " + *api.Param
		}
		return api.HTTPStatusCode, strings.ToLower(fmt.Sprint(message, " ", api.Code, " ", api.Type))
	}
	return 0, ""
}

// judge says which of our errors err is, and whether another try may help.
func (e *Endpoint) judge(err error) (fault error, again bool) {
	status, message := modelStatus(err)
	cause := err.Error()
	if status != 0 {
		cause = fmt.Sprintf("HTTP %d: %s", status, message)
	}
	var network *url.Error
	if errors.As(err, &network) { // its text holds the address, which may hold a password
		cause = network.Err.Error()
	}
	wrap := func(kind error) error { return modelFault(kind, e.o.Key, cause) }
	var timeout net.Error
	switch {
	case errors.Is(err, errIdle):
		return wrap(ErrModelLate), true
	case errors.Is(err, errModelDeclined):
		return wrap(ErrRefused), false
	case errors.Is(err, errModelLength), errors.Is(err, errModelEndless), errors.Is(err, errModelTooMuch):
		return wrap(ErrModelBroken), false
	case errors.Is(err, errModelEmpty), errors.Is(err, errModelCut):
		return wrap(ErrModelBroken), true
	case status == http.StatusTooManyRequests:
		return wrap(ErrModelDown), !strings.Contains(message, "insufficient_quota")
	case status == http.StatusRequestTimeout, status >= 500:
		return wrap(ErrModelDown), true
	case status >= 400:
		return wrap(ErrRefused), false
	case network != nil, errors.As(err, &timeout):
		return wrap(ErrModelDown), true
	}
	return wrap(ErrModelBroken), true
}

// A token is three to nine bytes of text: about four of English; more letters,
// but two bytes each, of Cyrillic.
const (
	bytesPerTokenLeast = 3
	bytesPerTokenMost  = 9
)

// modelTokens returns an upper estimate of the tokens of n bytes.
func modelTokens(n int) int { return n/bytesPerTokenLeast + 8 }
