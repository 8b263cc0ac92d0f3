package qa_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
)

// A heardModel notes what a model replied to the question at hand.
type heardModel struct {
	qa.Generator
	requests int
	text     strings.Builder
	err      error // of the first request that failed
}

func (h *heardModel) Generate(ctx context.Context, r qa.Request, delta func(string)) (qa.Reply, error) {
	reply, err := h.Generator.Generate(ctx, r, delta)
	h.requests++
	h.text.WriteString(reply.Text)
	h.err = cmp.Or(h.err, err)
	return reply, err
}

// e2eContext is less than the server has: a small machine reads some fifty tokens a
// second, and a small model is lost in many passages.
const e2eContext = 3000

// TestE2EModel asks 20 questions through a real endpoint, whose address make
// e2e-model gives. A model may write what it likes, or nothing of use: the reader
// is shown checked and cited statements alone.
func TestE2EModel(t *testing.T) {
	address := os.Getenv("CRISISBOT_E2E_MODEL_URL")
	if address == "" {
		t.Skip("CRISISBOT_E2E_MODEL_URL is not set: make e2e-model starts a model and sets it")
	}
	lib, err := qa.SeedsBoth()
	if err != nil {
		t.Fatal(err)
	}
	endpoint, err := qa.NewEndpoint(qa.EndpointOptions{
		BaseURL: address, Key: "none", Model: "e2e", TokenField: "max_tokens", MostTokens: 500, Context: e2eContext,
		Timeout: 4 * time.Minute, FirstWait: 3 * time.Minute, IdleWait: time.Minute, // a small machine reads a prompt in half a minute
		Failures: 1000, // each question gets to the model
	})
	if err != nil {
		t.Fatal(err)
	}
	heard := &heardModel{Generator: endpoint}
	answerer := qa.New(lib, qa.Options{Writer: qa.NewWriter(heard, nil, rand.Reader), ModelTime: 8 * time.Minute})

	outcomes, faults, reached, replied, kept := map[string]int{}, map[qa.Fault]int{}, 0, 0, 0
	questions := e2eQuestions(t)
	for _, q := range questions {
		*heard = heardModel{Generator: endpoint}
		progress := func(stage qa.Stage, s []qa.Statement, c []qa.Citation) {
			e2eCheck(t, lib, q, qa.Answer{Mode: qa.Model, Statements: s, Citations: c})
		}
		ans, err := answerer.Answer(t.Context(), qa.Question{ID: q.ID, Text: q.Question, Asker: qa.Asker{Progress: progress}})
		if err != nil {
			t.Fatalf("%s: %v", q.ID, err)
		}
		e2eCheck(t, lib, q, ans)
		if heard.requests > 0 {
			reached++
		}
		if heard.text.Len() > 0 {
			replied++
		}
		var drops []qa.Fault
		passed := 0
		if d := ans.Trace; d != nil {
			for _, drop := range d.Drops {
				drops = append(drops, drop.Fault)
				t.Logf("   dropped, %s: %q cites %v, quotes %q", drop.Why, drop.Draft.Text, drop.Draft.Citations, drop.Draft.Quote)
				faults[drop.Fault]++
			}
		}
		if ans.Mode == qa.Model {
			passed = len(ans.Statements)
			for _, st := range ans.Statements {
				t.Logf("   kept: %q", st.Text)
			}
		}
		kept += passed
		outcome := e2eOutcome(ans, heard)
		outcomes[outcome]++
		t.Logf("%s %5.1f s, %d requests, %d bytes, %d statements kept, dropped for %q: %s",
			q.ID, float64(ans.TookMS)/1000, heard.requests, heard.text.Len(), passed, drops, outcome)
	}
	if replied == 0 {
		t.Errorf("the model at %s wrote nothing", address)
	}
	t.Logf("\n%s", e2eTable(len(questions), reached, replied, outcomes, kept, faults))
}

// e2eQuestions returns 20 questions of the set that stand alone and can be
// answered, spread over all their kinds.
func e2eQuestions(t *testing.T) []setQuestion {
	const n = 20
	all := slices.DeleteFunc(readSet[setQuestion](t, "questions.jsonl"), func(q setQuestion) bool { return !q.Answerable || q.Conversation != "" })
	if len(all) < n {
		t.Fatalf("%d questions, want %d", len(all), n)
	}
	var some []setQuestion
	for i := range n {
		some = append(some, all[i*len(all)/n])
	}
	return some
}

// e2eCheck reports everything of an answer that must not be shown.
func e2eCheck(t *testing.T, lib *retrieval.Library, q setQuestion, ans qa.Answer) {
	t.Helper()
	if ans.Mode != qa.Model && ans.Mode != qa.Extractive {
		t.Errorf("%s: mode %q", q.ID, ans.Mode)
	}
	if ans.Abstained && (len(ans.Statements) > 0 || ans.Reason == "") {
		t.Errorf("%s: abstains for %q with %d statements", q.ID, ans.Reason, len(ans.Statements))
	}
	for i, c := range slices.Concat(ans.Citations, ans.Nearest) {
		a, ok := lib.Article(c.ArticleID)
		if !ok || c.Start < 0 || c.Start >= c.End || c.End > len(a.Text) || a.Text[c.Start:c.End] != c.Quote {
			t.Errorf("%s: citation %d is no quotation of article %q: %q", q.ID, i+1, c.ArticleID, c.Quote)
		}
		if i < len(ans.Citations) && c.Number != i+1 {
			t.Errorf("%s: citation %d has number %d", q.ID, i+1, c.Number)
		}
	}
	if t.Failed() {
		return
	}
	for _, s := range ans.Statements {
		var cited qa.Manifest
		for _, n := range s.Citations {
			if n < 1 || n > len(ans.Citations) {
				t.Errorf("%s: %q cites %d of %d", q.ID, s.Text, n, len(ans.Citations))
				continue
			}
			c := ans.Citations[n-1]
			for _, p := range lib.Passages(c.ArticleID) {
				if p.Text() == c.Passage && !slices.Contains(cited, p) {
					cited = append(cited, p)
				}
			}
		}
		if len(cited) == 0 {
			t.Errorf("%s: %q cites no passage", q.ID, s.Text)
		}
		if ans.Mode != qa.Model {
			continue // a sentence of an article, which the checker need not like
		}
		if drop := qa.Recheck(cited, q.Question, s); drop != nil {
			t.Errorf("%s: %q is shown, but fails its check (%s): %s", q.ID, s.Text, drop.Fault, drop.Why)
		}
	}
}

// e2eOutcome says who answered, and where it was not the model, why.
func e2eOutcome(ans qa.Answer, heard *heardModel) string {
	switch {
	case heard.requests == 0:
		return "left to the articles: below the bar, no model asked"
	case ans.Mode == qa.Model && ans.Abstained:
		return "model: the articles don't say"
	case ans.Mode == qa.Model:
		return "model: answered"
	case heard.err == nil && ans.Trace != nil && len(ans.Trace.Drops) > 0:
		return "fell back: " + qa.ErrNothingLeft.Error()
	}
	for _, why := range []error{qa.ErrModelLate, qa.ErrModelDown, qa.ErrRefused, qa.ErrModelBroken, qa.ErrTooLong} {
		if errors.Is(heard.err, why) {
			return "fell back: " + heard.err.Error()
		}
	}
	return "fell back: the reply was not in the form asked for, or said nothing"
}

func e2eTable(asked, reached, replied int, outcomes map[string]int, kept int, faults map[qa.Fault]int) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(n int, what string) { fmt.Fprintf(w, "%d\t  %s\n", n, what) }
	row(asked, "questions asked")
	row(reached, "reached the model")
	row(replied, "got words from it")
	for _, o := range slices.Sorted(maps.Keys(outcomes)) {
		row(outcomes[o], o)
	}
	row(kept, "statements of the model kept")
	for _, f := range slices.Sorted(maps.Keys(faults)) {
		row(faults[f], "statements dropped: "+string(f))
	}
	w.Flush()
	return b.String()
}
