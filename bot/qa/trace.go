package qa

import (
	"cmp"
	"slices"
	"time"
)

// A Trace is the part that a language model had in an answer. It is for the answer's
// record, not for readers: the drops are the model's own words, unchecked.
type Trace struct {
	Model      string  `json:"model"` // as the endpoint names it
	Steps      []Step  `json:"steps"` // requests that were written, in order; those of one round in the order of their passages
	Answerable bool    `json:"answerable"`
	Premise    Premise `json:"premise,omitempty"`
	Verdict    Ruling  `json:"verdict,omitempty"` // of a claim, by the model's word
	Drops      []Drop  `json:"drops"`             // what failed its check, in order, that of repairs last
	Usage      Usage   `json:"usage"`
	Cost       float64 `json:"cost"`
	Tries      int     `json:"tries"`             // requests sent
	Failure    string  `json:"failure,omitempty"` // why the model's work was not used
	Cached     bool    `json:"cached,omitempty"`  // written for an earlier asker; this answer cost nothing
}

// A Step is one prompt of a Trace.
type Step struct {
	Prompt   string  `json:"prompt"` // the template, such as "answer"
	Hash     string  `json:"hash"`   // SHA-256 of what was sent
	Passages []Shown `json:"passages"`
}

// A Shown is a passage as a prompt numbered it: passage n is the nth of its Step.
type Shown struct {
	Article string `json:"article"`
	Start   int    `json:"start"` // byte offsets in the article
	End     int    `json:"end"`
}

func (m Manifest) shown() []Shown {
	out := make([]Shown, len(m))
	for i, p := range m {
		out[i] = Shown{p.Article.ID, p.Start, p.End}
	}
	return out
}

// joined returns the trace of an answer made in several parts, any of which may have
// none: nil where all are. What the model said of the whole is that of the last.
func joined(parts ...*Trace) *Trace {
	var t *Trace
	for _, p := range parts {
		switch {
		case p == nil:
		case t == nil:
			whole := *p
			t = &whole
		default:
			whole := *p
			whole.Model = cmp.Or(p.Model, t.Model)
			whole.Steps = slices.Concat(t.Steps, p.Steps)
			whole.Drops = slices.Concat(t.Drops, p.Drops)
			whole.Usage = t.Usage.plus(p.Usage)
			whole.Cost, whole.Tries = t.Cost+p.Cost, t.Tries+p.Tries
			whole.Failure = cmp.Or(p.Failure, t.Failure)
			t = &whole
		}
	}
	return t
}

// A Kind says what was asked for.
type Kind string

const (
	AnswerKind   Kind = "answer"
	SummaryKind  Kind = "summary"
	TimelineKind Kind = "timeline"
	ClaimKind    Kind = "claim"
)

// A Record is how one answer came about, to be opened later by its id until it
// expires. Exactly one of Answer and Verdict is set.
type Record struct {
	ID      string    `json:"id"`
	Kind    Kind      `json:"kind"`
	At      time.Time `json:"at"`
	Expires time.Time `json:"expires"`
	Answer  *Answer   `json:"answer,omitempty"`
	Verdict *Verdict  `json:"verdict,omitempty"`
	Trace   *Trace    `json:"trace,omitempty"` // nil where no model was asked
}
