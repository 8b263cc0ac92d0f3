package qa

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"crisisbot/prompts"
)

// A Generator writes a model's reply to a prompt.
type Generator interface {
	// Generate sends the prompt and calls delta with each piece of the reply as
	// it arrives, in order, from the calling goroutine. The Reply holds the whole
	// text; it is whole only where the error is nil. Once delta has been called
	// the request is not tried again. The error is one of the Err values below.
	Generate(ctx context.Context, r Request, delta func(string)) (Reply, error)
	// Price returns what a usage costs.
	Price(Usage) float64
	// Context returns how many tokens prompt and reply may have together, as far as
	// is known by now; 0 is unknown.
	Context() int
}

// A Request is a prompt and how much a reply to it may take.
type Request struct {
	Prompt     prompts.Prompt
	MostTokens int  // of the reply; 0 is the generator's own limit
	Once       bool // no second try
}

// A Reply is what a model wrote.
type Reply struct {
	Text  string
	Model string // as the endpoint names it
	Usage Usage
	Tries int // requests sent
}

// A Usage counts tokens. Estimated says that the endpoint did not tell them.
type Usage struct {
	In        int  `json:"in"`
	Out       int  `json:"out"`
	Estimated bool `json:"estimated,omitempty"`
}

func (u Usage) plus(o Usage) Usage {
	return Usage{u.In + o.In, u.Out + o.Out, u.Estimated || o.Estimated}
}

// Why a model gave no answer. Every one is a reason to answer without it.
var (
	ErrNoModel     = errors.New("no language model is configured")
	ErrModelPaused = errors.New("the language model failed several times and is left alone for a while")
	ErrOverBudget  = errors.New("the spending cap is reached")
	ErrModelLate   = errors.New("the language model took too long")
	ErrModelDown   = errors.New("the language model cannot be reached")
	ErrRefused     = errors.New("the language model refused the request")
	ErrModelBroken = errors.New("the language model's reply is broken or cut off")
	ErrTooLong     = errors.New("the prompt is longer than the language model's context")
	ErrNothingLeft = errors.New("no statement of the language model passed its check")
)

// modelFault wraps one of the errors above around a cause that is fit for a log:
// short, on one line, without the key.
func modelFault(kind error, key, cause string) error {
	if cause = modelClean(cause, key); cause == "" {
		return kind
	}
	return fmt.Errorf("%w: %s", kind, cause)
}

// modelMostCause is how many bytes of a cause a log line gets.
const modelMostCause = 200

var modelKeys = regexp.MustCompile(`\b(?:sk|pk|key|gsk|xai|AIza)[-_][A-Za-z0-9_*.-]{4,}|(?i:bearer)\s+\S+`)

func modelClean(s, key string) string {
	if key != "" {
		s = strings.ReplaceAll(s, key, "[key]")
	}
	s = modelKeys.ReplaceAllString(s, "[key]")
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(r rune) bool { return r <= ' ' || checkHidden(r) }), " ")
	if len(s) > modelMostCause {
		s = strings.ToValidUTF8(s[:modelMostCause], "") + "..."
	}
	return s
}
