package qa

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"crisisbot/prompts"
)

// A Probe is what an endpoint turned out to be when it was asked one short
// question.
type Probe struct {
	Model      string        // as the endpoint names it; "" if it doesn't
	Structured bool          // it takes a schema, and the reply was JSON from end to end
	TokenField string        // max_tokens or max_completion_tokens
	Usage      bool          // it tells the tokens used
	Context    int           // tokens, as configured; 0 is unknown: no request tells it
	First      time.Duration // until the first piece of the reply
	Took       time.Duration // until the last
}

// Probe asks the endpoint a short question and says what it learnt. It costs a
// few hundred tokens and passes no cap. The error is one of Generate's.
func (e *Endpoint) Probe(ctx context.Context) (Probe, error) {
	prompt, err := prompts.Rewrite(rand.Reader, prompts.FollowUp{Question: "Who met in Stockholm?", First: "2021-04-14", Last: "2021-12-22"})
	if err != nil {
		return Probe{}, err
	}
	start := time.Now()
	p := Probe{Context: e.o.Context}
	reply, err := e.Generate(ctx, Request{Prompt: prompt, MostTokens: 200}, func(string) {
		if p.First == 0 {
			p.First = time.Since(start)
		}
	})
	if err != nil {
		return Probe{}, err
	}
	traits := e.traits()
	p.Took, p.Model, p.Usage = time.Since(start), reply.Model, !reply.Usage.Estimated
	p.Structured = !traits.noSchema && json.Valid([]byte(reply.Text))
	p.TokenField = "max_completion_tokens"
	if traits.oldTokenField {
		p.TokenField = "max_tokens"
	}
	return p, nil
}
