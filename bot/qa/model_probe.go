package qa

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"crisisbot/prompts"
)

// A Probe is what an endpoint turned out to be when it was asked one short
// question.
type Probe struct {
	Model      string        // as the endpoint names it; "" if it doesn't
	Form       string        // how JSON is asked for, in words
	Structured bool          // it takes a schema, and the reply was JSON from end to end
	TokenField string        // max_tokens or max_completion_tokens
	Usage      bool          // it tells the tokens used
	Context    int           // tokens; 0 is unknown
	Told       bool          // the context is what the endpoint's list of models says, not the configuration
	First      time.Duration // until the first piece of the reply
	Took       time.Duration // until the last
}

// Probe asks the endpoint a short question, and its list of models for the size of
// the context, and says what it learnt. It costs a few hundred tokens and passes no
// cap. The error is one of Generate's.
func (e *Endpoint) Probe(ctx context.Context) (Probe, error) {
	prompt, err := prompts.Rewrite(rand.Reader, prompts.FollowUp{Question: "Who met in Stockholm?", First: "2021-04-14", Last: "2021-12-22"})
	if err != nil {
		return Probe{}, err
	}
	start := time.Now()
	var p Probe
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
	p.Form, p.Structured = traits.form.String(), traits.form <= objectSchemaForm && json.Valid([]byte(reply.Text))
	p.TokenField = "max_completion_tokens"
	if traits.oldTokenField {
		p.TokenField = "max_tokens"
	}
	p.Context = e.Context()
	if told := e.listed(ctx); told > 0 && (p.Context == 0 || told < p.Context) {
		p.Context, p.Told = told, true
	}
	return p, nil
}

// listed returns the context that the endpoint's list of models tells for the model,
// under any of the names in use; 0 if none.
func (e *Endpoint) listed(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, e.o.FirstWait)
	defer cancel()
	base := e.o.BaseURL
	if base == "" {
		return 0 // the vendor's own list doesn't tell
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(base, "/")+"/models", nil)
	if err != nil {
		return 0
	}
	if e.o.Key != "" {
		r.Header.Set("Authorization", "Bearer "+e.o.Key)
	}
	resp, err := e.http.Do(r)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	var list struct {
		Data []struct {
			ID     string `json:"id"`
			Len    int    `json:"max_model_len"`
			Length int    `json:"context_length"`
			Window int    `json:"context_window"`
			Meta   struct {
				Context int `json:"n_ctx"`
				Train   int `json:"n_ctx_train"`
			} `json:"meta"`
		} `json:"data"`
	}
	if resp.StatusCode != http.StatusOK || json.NewDecoder(io.LimitReader(resp.Body, modelMostBody)).Decode(&list) != nil {
		return 0
	}
	for _, m := range list.Data {
		if m.ID == e.o.Model || len(list.Data) == 1 {
			for _, n := range []int{m.Len, m.Length, m.Window, m.Meta.Context, m.Meta.Train} {
				if n > 0 {
					return n
				}
			}
		}
	}
	return 0
}
