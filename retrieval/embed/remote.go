package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sashabaranov/go-openai"
)

// RemoteOptions says where the vectors come from. BaseURL and Model are
// needed; the zero value of every other field means its default.
type RemoteOptions struct {
	BaseURL string // http or https, up to the path before "/embeddings", such as "https://api.openai.com/v1"
	Key     string // sent as a bearer token; none is sent when empty
	Model   string // the model's name at the endpoint
	// Dim is the number of dimensions demanded; 0 takes the model's own. An
	// endpoint whose vectors have another number is asked once to shorten
	// them (the "dimensions" field).
	Dim        int
	HTTPClient *http.Client // for its transport and cookies; redirects are never followed

	MaxBatch      int           // texts in a request; 64
	MaxBatchBytes int           // bytes of text in a request; 256 KiB, fewer tokens than the 300,000 that OpenAI takes
	MaxTextBytes  int           // bytes of one text, at most MaxBatchBytes; 8,000, fewer tokens than the 8,192 that OpenAI takes
	MaxTries      int           // tries of a request, the first included; 4
	MaxWait       time.Duration // longest wait before another try, whatever Retry-After says; 1 minute
	Timeout       time.Duration // of one try, from dialling to the last byte; 30 seconds
}

// A Remote makes vectors with an endpoint that speaks OpenAI's embeddings API.
// Any number of goroutines may use it.
//
// A vector has Dim finite numbers and unit length. White space around a text
// is dropped and the rest cut to the longest prefix of whole characters within
// MaxTextBytes; bytes that are not UTF-8 are sent as U+FFFD. A text in which
// the Tokenizer would find no token, such as "" or white space, is an error.
//
// A request that ends in 408, 429, a 5xx status other than 501, a timeout, a
// cut answer or a broken or refused connection is tried again after the wait
// that the endpoint asks for (Retry-After) or a growing, randomised one,
// whichever is longer. Nothing else is: not a refused key, a spent quota, an
// unknown host, a bad certificate or a malformed answer. A wait that would
// pass the deadline of the context is not begun. Errors never hold the key,
// and of the endpoint's words at most one short line.
type Remote struct {
	options  RemoteOptions
	http     http.Client
	host     string
	dim      int
	shortens bool // the endpoint is asked for dim dimensions
}

// NewRemote checks the options and asks the endpoint for the vector of one
// short text, to learn or verify the number of dimensions.
func NewRemote(ctx context.Context, options RemoteOptions) (*Remote, error) {
	options.BaseURL, options.Key = strings.TrimSpace(options.BaseURL), strings.TrimSpace(options.Key)
	setDefault(&options.MaxBatch, 64)
	setDefault(&options.MaxBatchBytes, 256<<10)
	setDefault(&options.MaxTextBytes, min(8000, options.MaxBatchBytes))
	setDefault(&options.MaxTries, 4)
	setDefault(&options.MaxWait, time.Minute)
	setDefault(&options.Timeout, 30*time.Second)
	host, err := options.check()
	if err != nil {
		return nil, fmt.Errorf("embedding endpoint: %w", err)
	}
	r := &Remote{options: options, host: host}
	if options.HTTPClient != nil {
		r.http = *options.HTTPClient
	}
	r.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if err := r.probe(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

func setDefault[T int | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// check returns the host of BaseURL.
func (o *RemoteOptions) check() (host string, err error) {
	base, err := url.Parse(o.BaseURL)
	switch {
	case err != nil, base.Scheme != "http" && base.Scheme != "https", base.Host == "":
		return "", errors.New("the base URL must be an http or https address, such as https://api.openai.com/v1")
	case base.User != nil, base.RawQuery != "", base.ForceQuery, base.Fragment != "":
		return "", errors.New("the base URL must hold no user, query or fragment; give the key on its own")
	case strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/embeddings"):
		return "", errors.New(`the base URL must end before "/embeddings"`)
	case strings.ContainsFunc(o.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", errors.New("the key holds a character that no key has; was it copied whole?")
	case strings.TrimSpace(o.Model) == "":
		return "", errors.New("no model is named")
	case o.Dim < 0, o.MaxBatch < 0, o.MaxBatchBytes < 0, o.MaxTextBytes < 0, o.MaxTries < 0, o.MaxWait < 0, o.Timeout < 0:
		return "", errors.New("a negative limit makes no sense")
	case o.MaxTextBytes < utf8.UTFMax, o.MaxTextBytes > o.MaxBatchBytes:
		return "", fmt.Errorf("the limit of a text, %d bytes, must be from %d to the limit of a request, %d", o.MaxTextBytes, utf8.UTFMax, o.MaxBatchBytes)
	}
	return base.Host, nil
}

func (r *Remote) probe(ctx context.Context) error {
	vectors, err := r.request(ctx, []string{"probe"})
	if err != nil {
		return err
	}
	own, demanded := len(vectors[0]), r.options.Dim
	r.dim = own
	if demanded == 0 || demanded == own {
		return nil
	}
	r.dim, r.shortens = demanded, true
	if _, err := r.request(ctx, []string{"probe"}); err != nil {
		return fmt.Errorf("%s has %d dimensions, not the %d demanded, and asking for %d gave: %w", r.options.Model, own, demanded, demanded, err)
	}
	return nil
}

// Model returns the model's name as configured.
func (r *Remote) Model() string { return r.options.Model }

// Dim returns the number of dimensions of every vector.
func (r *Remote) Dim() int { return r.dim }

// String names the model, its dimensions and the host.
func (r *Remote) String() string {
	return fmt.Sprintf("%s (%d dimensions) at %s", r.options.Model, r.dim, r.host)
}

// EmbedQuery returns the vector of a question.
func (r *Remote) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	vectors, err := r.EmbedPassages(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return vectors[0], nil
}

// EmbedPassages returns the vectors of the texts, in their order; no texts
// give no vectors. It sends one request after the other and returns nothing
// when one of them fails.
func (r *Remote) EmbedPassages(ctx context.Context, texts []string) ([][]float32, error) {
	inputs := make([]string, len(texts))
	for i, text := range texts {
		inputs[i] = cutText(text, r.options.MaxTextBytes)
		if isBlank(inputs[i]) {
			return nil, fmt.Errorf("embed: text %d: %w", i, ErrEmpty)
		}
	}
	vectors := make([][]float32, 0, len(texts))
	for len(vectors) < len(inputs) {
		rest := inputs[len(vectors):]
		batch, err := r.request(ctx, rest[:r.batchLen(rest)])
		if err != nil {
			return nil, err
		}
		vectors = append(vectors, batch...)
	}
	return vectors, nil
}

// cutText returns text without white space around it, cut to the longest
// prefix of whole characters within limit bytes.
func cutText(text string, limit int) string {
	text = strings.TrimSpace(text)
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return strings.TrimRightFunc(text[:limit], unicode.IsSpace)
}

// batchLen returns how many of the texts go into the next request, at least 1.
func (r *Remote) batchLen(texts []string) int {
	n, size := 0, 0
	for n < min(len(texts), r.options.MaxBatch) {
		size += len(texts[n])
		if n > 0 && size > r.options.MaxBatchBytes {
			break
		}
		n++
	}
	return n
}

// unitVectors puts the vectors of n texts into the order of the texts, checks
// them and scales them to unit length. A dim of 0 takes any that they share.
func unitVectors(answer []openai.Embedding, n, dim int) ([][]float32, error) {
	if len(answer) != n {
		return nil, fmt.Errorf("%d vectors for %d texts", len(answer), n)
	}
	vectors := make([][]float32, n)
	for _, e := range answer {
		if e.Index < 0 || e.Index >= n {
			return nil, fmt.Errorf("a vector for text %d of %d", e.Index, n)
		}
		if vectors[e.Index] != nil {
			return nil, fmt.Errorf("two vectors for text %d", e.Index)
		}
		if dim == 0 {
			dim = len(e.Embedding)
		}
		if len(e.Embedding) != dim || dim == 0 {
			return nil, fmt.Errorf("a vector of %d dimensions for text %d, want %d", len(e.Embedding), e.Index, dim)
		}
		if !normalise(e.Embedding) {
			return nil, fmt.Errorf("a vector for text %d without a direction: zero, or not finite", e.Index)
		}
		vectors[e.Index] = e.Embedding
	}
	return vectors, nil
}

// normalise scales v to unit length and says whether that can be done.
func normalise(v []float32) bool {
	var squares float64
	for _, x := range v {
		squares += float64(x) * float64(x)
	}
	length := math.Sqrt(squares)
	if length == 0 || math.IsInf(length, 0) || math.IsNaN(length) {
		return false
	}
	for i, x := range v {
		v[i] = float32(float64(x) / length)
	}
	return true
}
