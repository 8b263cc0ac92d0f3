package qa

import (
	"context"
	"crypto/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"crisisbot/prompts"
)

func TestParts(t *testing.T) {
	for text, want := range map[string][]string{
		"Where did Blinken meet Lavrov? And what did he propose about Minsk?": {"Where did Blinken meet Lavrov?", "And what did he propose about Minsk?"},
		"What does Russia want from NATO and what does the US want?":          {"What does Russia want from NATO", "what does the US want?"},
		"why did he visit the front, what was the aim":                        {"why did he visit the front", "what was the aim"},
		"Is Biden planning to travel to Kyiv, and if so when?":                {"Is Biden planning to travel to Kyiv", "when?"},
		"can someone tell me how long they met and what Biden pushed for?":    {"can someone tell me how long they met", "what Biden pushed for?"},
		// One question, whatever stands in it.
		"When Blinken met Lavrov, what did they discuss?":               {"When Blinken met Lavrov, what did they discuss?"},
		"Which theory holds today and have critics accepted?":           {"Which theory holds today and have critics accepted?"},
		"Who met in Stockholm and Riga?":                                {"Who met in Stockholm and Riga?"},
		"He met Kuleba, who spoke of restraint. Where was that?":        {"Where was that?"},
		"What did he say? Where? When was it? And how many came along?": nil,
		"Where and when did they meet?":                                 {"Where and when did they meet?"},
	} {
		var got []string
		for _, p := range parts(text) {
			got = append(got, p.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Each question of a message is answered, or named as one that is not.
func TestAnswerParts(t *testing.T) {
	lib := library(t, wordSeeds)
	ans := ask(t, lib, Question{Text: "What time does the video call begin in Washington, and how long did it go in the end?"})
	if !strings.Contains(ans.Text, "10 a.m.") {
		t.Error(ans.Text)
	}
	ans = ask(t, lib, Question{Text: "Which cities did Shoigu name? Which airline flies to Sumy?"})
	if !strings.Contains(ans.Text, "Krasny Liman") || !strings.HasSuffix(ans.Text, "\nThe articles don't say: Which airline flies to Sumy?") {
		t.Error(ans.Text)
	}
	for i, c := range ans.Citations {
		if c.Number != i+1 {
			t.Errorf("citation %d has number %d", i+1, c.Number)
		}
	}
	if ans = ask(t, lib, Question{Text: "Which airline flies to Sumy? Who bakes the best bread?"}); !ans.Abstained {
		t.Error(ans.Text)
	}
}

// bothKnown asks two things that the articles tell, oneKnown one that they don't.
const (
	bothKnown = "What did Kuleba say his country would demonstrate? Which cities did Shoigu name?"
	oneKnown  = "Which cities did Shoigu name? Which airline flies to Sumy?"
)

// Where the model fails, each question of a message is answered as without a model, and
// the model is not asked again.
func TestAnswerPartsWhereTheModelFails(t *testing.T) {
	lib := library(t, wordSeeds)
	turn := Turn{Question: kulebaQuestion}
	turn.Answer = ask(t, lib, Question{Text: kulebaQuestion})
	fails := func(err error) func(prompts.Prompt) (string, error) {
		return func(prompts.Prompt) (string, error) { return "", err }
	}
	unchecked := func(prompts.Prompt) (string, error) {
		return replies(true, PremiseHolds, Draft{Text: "Kuleba left Stockholm in 1997.", Citations: []int{1}, Quote: "Kuleba left", Stance: Report}), nil
	}
	for name, q := range map[string]Question{
		"both":           {Text: bothKnown},
		"one":            {Text: oneKnown},
		"follow-up":      {Text: "And what did he say about restraint? Which cities did Shoigu name?", History: []Turn{turn}},
		"within bounds":  {Text: bothKnown, Since: "2021-12-01"},
		"other language": {Text: "Що сказав Кулеба? Де Блінкен зустрів Лаврова?"},
	} {
		plain := ask(t, lib, q)
		for why, f := range map[string]func(prompts.Prompt) (string, error){
			"down": fails(ErrModelDown), "late": fails(ErrModelLate), "over budget": fails(ErrOverBudget), "unchecked": unchecked,
		} {
			m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": f}}
			ans, err := m.answerer(t, lib).Answer(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			asked := map[string]int{}
			for _, n := range m.names() {
				asked[n]++
			}
			if asked["followup"] > 1 || asked["answer"] > 1 && why != "unchecked" {
				t.Errorf("%s, %s: asked for %q", name, why, m.names())
			}
			if asked["answer"] > 0 && ans.Note == "" {
				t.Errorf("%s, %s: no note", name, why)
			}
			ans.Note, ans.Trace, ans.TookMS = "", nil, plain.TookMS
			if !reflect.DeepEqual(ans, plain) {
				t.Errorf("%s, %s: %s\nwant what is answered without a model: %s", name, why, ans.Text, plain.Text)
			}
		}
	}
	ukrainian := Question{Text: "Що сказав Кулеба? Де Блінкен зустрів Лаврова?"}
	if ans := ask(t, lib, ukrainian); ans.Abstained || !strings.HasSuffix(ans.Text, matchedAlone) {
		t.Error(ans.Text)
	}
	// What the model made of the message is searched for and never shown.
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"followup": rewrites(oneKnown, "", "", "uk"), "answer": fails(ErrModelDown)}}
	if ans, err := m.answerer(t, lib).Answer(t.Context(), ukrainian); err != nil || ans.Note == "" || !strings.Contains(ans.Text, "Krasny Liman") || strings.Contains(ans.Text, "airline") {
		t.Errorf("%+v %v", ans, err)
	}
	if ans := ask(t, lib, Question{Text: bothKnown}); !strings.Contains(ans.Text, "restraint") || !strings.Contains(ans.Text, "Krasny Liman") {
		t.Error(ans.Text)
	}
}

// A question that the articles answer is not lost with the message below the bar.
func TestAnswerPartsBelowTheBar(t *testing.T) {
	lib := library(t, wordSeeds)
	text := "Which airline flies to Sumy from Toronto on Sundays? What did Kuleba say his country would demonstrate?"
	m := &fakeModel{}
	ans, err := m.answerer(t, lib).Answer(t.Context(), Question{Text: text})
	if err != nil || ans.Abstained || !strings.Contains(ans.Text, "restraint") || !strings.Contains(ans.Text, "The articles don't say: Which airline") {
		t.Errorf("%+v %v", ans, err)
	}
	if len(m.asked) != 0 || ans.Note != "" {
		t.Errorf("asked for %q, %q", m.names(), ans.Note)
	}
}

// A silent model leaves answers the time that they need, a follow-up's too: the model is
// waited for to complete it and to write, no longer than for writing alone.
func TestAnswerPartsInTime(t *testing.T) {
	lib := library(t, wordSeeds)
	turn := Turn{Question: kulebaQuestion}
	turn.Answer = ask(t, lib, Question{Text: kulebaQuestion})
	q := Question{Text: "And what did he say about restraint? Which cities did Shoigu name?", History: []Turn{turn}}
	plain := ask(t, lib, q)
	synctest.Test(t, func(t *testing.T) {
		m := &silentModel{}
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), modelTime+time.Second)
		defer cancel()
		ans, err := New(lib, Options{Now: evalDay, Writer: NewWriter(m, nil, rand.Reader)}).Answer(ctx, q)
		if took := time.Since(start); err != nil || took > modelTime || m.asked != 2 {
			t.Errorf("%v after %s and %d calls", err, took, m.asked)
		}
		if ans.Text != plain.Text || ans.Note == "" {
			t.Errorf("%s (%s)\nwant %s", ans.Text, ans.Note, plain.Text)
		}
	})
}

// A silentModel never answers.
type silentModel struct{ asked int }

func (m *silentModel) Generate(ctx context.Context, _ Request, _ func(string)) (Reply, error) {
	m.asked++
	<-ctx.Done()
	return Reply{}, ErrModelLate
}

func (*silentModel) Context() int { return 0 }

func (*silentModel) Price(Usage) float64 { return 0 }
