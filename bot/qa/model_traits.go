package qa

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sashabaranov/go-openai"
)

// endpointTraits is what an endpoint turned out not to take. Each is found out
// once, by a refusal, and remembered.
type endpointTraits struct {
	oldTokenField bool // max_tokens instead of max_completion_tokens
	fixedField    bool // of the two token fields, the other one was refused too, or it is configured
	form          replyForm
	noUsage       bool // no stream_options
	noTemperature bool
	context       int // tokens, as a refusal told; 0 is unknown
}

// A replyForm is how JSON is asked for, from what binds a model most to what every
// server takes.
type replyForm uint8

const (
	schemaForm       replyForm = iota // response_format json_schema
	objectSchemaForm                  // json_object with the schema beside it, as llama-cpp-python has it
	objectForm                        // json_object: any JSON
	textForm                          // by the prompt alone
)

func (f replyForm) String() string {
	return [...]string{"JSON by a schema", "JSON by a schema in json_object", "JSON without a schema", "JSON in plain text"}[f]
}

func (e *Endpoint) traits() endpointTraits {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.knows
}

// endpointTooLong finds the size of the context in the words in which servers refuse
// a prompt that is longer.
var endpointTooLong = regexp.MustCompile(`(?:context (?:length|window|size)|n_ctx)\D{0,40}?(\d{3,7})\b`)

// tooLong reports whether a request was refused for its length, and remembers the
// size of the context.
func (e *Endpoint) tooLong(err error) bool {
	status, message := modelStatus(err)
	m := endpointTooLong.FindStringSubmatch(message)
	if status < 400 || m == nil {
		return false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.knows.context = n
	return true
}

// learn notes what a refused request had that the endpoint doesn't take, and
// reports whether there was such a thing that was not known before.
func (e *Endpoint) learn(err error, sent endpointTraits) bool {
	status, message := modelStatus(err)
	local := errors.Is(err, openai.ErrReasoningModelMaxTokensDeprecated) || errors.Is(err, openai.ErrReasoningModelLimitationsOther)
	// llama-cpp-python answers 500 to a form that it doesn't know.
	invalid := status == http.StatusInternalServerError && strings.Contains(message, "validation error")
	if status != http.StatusBadRequest && status != http.StatusUnprocessableEntity && !invalid && !local {
		return false
	}
	names := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(message, w) })
	}
	next := sent
	switch {
	case !sent.fixedField && (names("max_tokens", "max_completion_tokens") || errors.Is(err, openai.ErrReasoningModelMaxTokensDeprecated)):
		next.oldTokenField, next.fixedField = !sent.oldTokenField, true
	case sent.form < textForm && names("response_format", "json_schema", "json_object", "schema", "structured", "grammar"):
		next.form++
	case !sent.noUsage && names("stream_options", "include_usage"):
		next.noUsage = true
	case !sent.noTemperature && (names("temperature") || errors.Is(err, openai.ErrReasoningModelLimitationsOther)):
		next.noTemperature = true
	default:
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.knows == sent {
		e.knows = next
	}
	return true
}
