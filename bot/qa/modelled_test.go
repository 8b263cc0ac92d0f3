package qa

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"crisisbot/prompts"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// A fakeModel is an honest Generator: it answers each prompt by a function of its
// name, streams the reply in pieces and keeps what it was asked.
type fakeModel struct {
	reply   map[string]func(prompts.Prompt) (string, error)
	asked   []prompts.Prompt
	context int
	mu      sync.Mutex
}

func (m *fakeModel) Generate(ctx context.Context, r Request, delta func(string)) (Reply, error) {
	m.mu.Lock()
	m.asked = append(m.asked, r.Prompt)
	m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Reply{}, err
	}
	f, ok := m.reply[r.Prompt.Name]
	if !ok {
		return Reply{}, ErrModelDown
	}
	text, err := f(r.Prompt)
	for rest := text; rest != ""; {
		n := min(17, len(rest))
		delta(rest[:n])
		rest = rest[n:]
	}
	return Reply{Text: text, Model: "fake", Usage: Usage{In: 10, Out: 10}, Tries: 1}, err
}

func (m *fakeModel) Context() int { return m.context }

func (m *fakeModel) Price(u Usage) float64 { return float64(u.In+u.Out) / 1e6 }

func (m *fakeModel) names() []string {
	var out []string
	for _, p := range m.asked {
		out = append(out, p.Name)
	}
	return out
}

// answerer is over the starter articles, the model writing.
func (m *fakeModel) answerer(t testing.TB, lib *retrieval.Library) *Answerer {
	return New(lib, Options{Now: evalDay, Writer: NewWriter(m, nil, rand.Reader)})
}

var shownPassage = regexp.MustCompile(`(?m)^\[(\d+)\] (.*), origin (.)$`)

// passageWith returns the number of the passage of a prompt that holds part.
func passageWith(p prompts.Prompt, part string) int {
	n := 0
	at := strings.Index(p.User, part)
	for _, m := range shownPassage.FindAllStringSubmatchIndex(p.User, -1) {
		if m[0] < at {
			fmt.Sscan(p.User[m[2]:m[3]], &n)
		}
	}
	return n
}

// replies makes the JSON of a reply.
func replies(answerable bool, premise Premise, statements ...Draft) string {
	type statement struct {
		Text      string `json:"text"`
		Citations []int  `json:"citations"`
		Quote     string `json:"quote"`
		Speaker   string `json:"speaker"`
		Stance    Stance `json:"stance"`
		Date      string `json:"date"`
		English   string `json:"english"`
	}
	all := []statement{}
	for _, d := range statements {
		all = append(all, statement(d))
	}
	b, err := json.Marshal(map[string]any{"answerable": answerable, "premise": premise, "statements": all})
	if err != nil {
		panic(err)
	}
	return string(b)
}

const (
	kulebaQuestion = "What did Kuleba say his country would demonstrate?"
	kulebaText     = `Dmytro Kuleba said his country would "demonstrate restraint."`
	kulebaQuote    = `said his country would "demonstrate restraint."`
)

func kulebaReply(p prompts.Prompt) (string, error) {
	return replies(true, PremiseHolds, Draft{
		Text: kulebaText, Citations: []int{passageWith(p, "demonstrate restraint")}, Quote: kulebaQuote, Speaker: "Dmytro Kuleba", Stance: Claim,
	}), nil
}

func TestModelAnswer(t *testing.T) {
	lib := library(t, wordSeeds)
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": kulebaReply}}
	var stages []string
	ans, err := m.answerer(t, lib).Answer(t.Context(), Question{Text: kulebaQuestion, Asker: Asker{Progress: func(s Stage, statements []Statement, citations []Citation) {
		stages = append(stages, fmt.Sprintf("%s %d %d", s, len(statements), len(citations)))
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if ans.Mode != Model || ans.Abstained || ans.Note != "" || ans.Trace == nil || ans.Origins != 1 || len(ans.Citations) != 1 || ans.Citations[0].Quote != kulebaQuote {
		t.Errorf("%+v", ans)
	}
	if want := kulebaText + " [1]"; ans.Text != want {
		t.Errorf("%q, want %q", ans.Text, want)
	}
	checkAnswer(t, lib, kulebaQuestion, ans)
	if want := []string{"searching 0 0", "writing 0 0", "checking 1 1"}; !slices.Equal(stages, want) {
		t.Errorf("progress %q, want %q", stages, want)
	}
	if !slices.Equal(m.names(), []string{"answer"}) {
		t.Errorf("asked for %q", m.names())
	}
}

// Below the bar the model isn't asked, not even to abstain.
func TestModelIsNotAskedBelowTheBar(t *testing.T) {
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": kulebaReply}}
	a := m.answerer(t, library(t, wordSeeds))
	for _, text := range []string{"What did Olaf Scholz tell Blinken?", "Did Russia invade Ukraine in February 2022?", "xylophone borscht zither"} {
		ans, err := a.Answer(t.Context(), Question{Text: text})
		if err != nil || !ans.Abstained || ans.Mode != Extractive {
			t.Errorf("%s: %+v %v", text, ans, err)
		}
	}
	if len(m.asked) != 0 {
		t.Errorf("the model was asked for %q", m.names())
	}
}

// Whatever goes wrong with the model, the sentences of the articles answer, and
// the answer says so.
func TestModelFails(t *testing.T) {
	lib := library(t, wordSeeds)
	plain := ask(t, lib, Question{Text: kulebaQuestion})
	const down, capped, unchecked = "The language model does not answer", "spending cap is reached", "did not pass the check"
	fails := func(err error) func(prompts.Prompt) (string, error) {
		return func(prompts.Prompt) (string, error) { return "", err }
	}
	for name, c := range map[string]struct {
		reply func(prompts.Prompt) (string, error)
		note  string
	}{
		"paused":                       {fails(ErrModelPaused), down},
		"over budget":                  {fails(fmt.Errorf("%w: 10 of 10", ErrOverBudget)), capped},
		"late":                         {fails(ErrModelLate), down},
		"down":                         {fails(ErrModelDown), down},
		"refused":                      {fails(ErrRefused), down},
		"broken":                       {fails(ErrModelBroken), down},
		"too long":                     {fails(ErrTooLong), down},
		"unconfigured at the endpoint": {fails(ErrNoModel), ""},
		"anything else":                {fails(errors.New("odd")), down},
		"prose":                        {func(prompts.Prompt) (string, error) { return "I think it is restraint.", nil }, down},
		"breaks off":                   {func(p prompts.Prompt) (string, error) { text, _ := kulebaReply(p); return text, ErrModelBroken }, down},
		"invents": {func(prompts.Prompt) (string, error) {
			return replies(true, PremiseHolds, Draft{Text: "Kuleba left Stockholm in 1997.", Citations: []int{1}, Quote: "Kuleba left", Stance: Report}), nil
		}, unchecked},
		"cites what it was not shown": {func(prompts.Prompt) (string, error) {
			return replies(true, PremiseHolds, Draft{Text: "Kuleba met Blinken.", Citations: []int{99}, Quote: kulebaQuote, Stance: Report}), nil
		}, unchecked},
	} {
		t.Run(name, func(t *testing.T) {
			m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": c.reply}}
			ans, err := m.answerer(t, lib).Answer(t.Context(), Question{Text: kulebaQuestion})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(ans.Note, c.note) || (c.note == "") != (ans.Note == "") {
				t.Errorf("note %q, want %q", ans.Note, c.note)
			}
			checkAnswer(t, lib, kulebaQuestion, ans)
			ans.Note, ans.Trace, ans.TookMS = "", nil, plain.TookMS
			if !reflect.DeepEqual(ans, plain) {
				t.Errorf("%+v\nwant what is answered without a model: %+v", ans, plain)
			}
		})
	}
}

// A model that can't answer abstains, and the nearest passages are shown.
func TestModelAbstains(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, c := range []struct {
		reply string
		want  Reason
	}{
		{replies(false, PremiseHolds), NotStated},
		{replies(false, PremiseUnsupported), NotStated},
		{replies(false, PremiseFalse), FalsePremise},
	} {
		m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": func(prompts.Prompt) (string, error) { return c.reply, nil }}}
		ans, err := m.answerer(t, lib).Answer(t.Context(), Question{Text: kulebaQuestion})
		if err != nil {
			t.Fatal(err)
		}
		if !ans.Abstained || ans.Reason != c.want || ans.Mode != Model || len(ans.Nearest) == 0 || ans.Note != "" {
			t.Errorf("%s: %+v", c.reply, ans)
		}
		checkAnswer(t, lib, kulebaQuestion, ans)
	}
}

// A cancelled question is an error, whatever the model was doing.
func TestModelCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": func(prompts.Prompt) (string, error) {
		cancel()
		return "", context.Canceled
	}}}
	if ans, err := m.answerer(t, library(t, wordSeeds)).Answer(ctx, Question{Text: kulebaQuestion}); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v %v", ans, err)
	}
}

// A prompt shows at most eight passages, of one report at most two.
func TestManifest(t *testing.T) {
	var stories []article.Article
	for i := range 10 {
		stories = append(stories, article.Article{
			Published: "2021-12-02",
			Text:      fmt.Sprintf("The ferry captain of island %d said the ferry is late.\n\nThe ferry to island %d stopped at noon on that day.\n\nAnother ferry of island %d has rust.\n", i, i, i),
		})
	}
	stories = append(stories, article.Article{ID: "copy", Origin: "story-a", Published: "2021-12-03", Text: "The ferry captain of island 0 said the ferry was late.\n"})
	lib := printedStories(t, stories...)
	for name, filter := range map[string]Question{"all": {}, "one article": {Article: "story-a"}} {
		var shown prompts.Prompt
		m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": func(p prompts.Prompt) (string, error) {
			shown = p
			return replies(false, PremiseHolds), nil
		}}}
		filter.Text = "What did the ferry captain say about the ferry?"
		if _, err := m.answerer(t, lib).Answer(t.Context(), filter); err != nil {
			t.Fatal(err)
		}
		perOrigin := map[string]int{}
		matches := shownPassage.FindAllStringSubmatch(shown.User, -1)
		for i, p := range matches {
			if p[1] != fmt.Sprint(i+1) {
				t.Errorf("%s: passage %d has number %s", name, i+1, p[1])
			}
			perOrigin[p[3]]++
		}
		if name == "all" {
			if len(matches) != manifestSize {
				t.Errorf("%d passages, want %d", len(matches), manifestSize)
			}
			for origin, n := range perOrigin {
				if n > manifestPerOrigin {
					t.Errorf("%d passages of origin %s", n, origin)
				}
			}
		} else if len(matches) != 3 {
			t.Errorf("%d passages of the one article, want all 3", len(matches))
		}
		if strings.Contains(shown.User, "the ferry was late") {
			t.Errorf("%s: the copy is shown for its original", name)
		}
	}
}

func TestManifestPassage(t *testing.T) {
	p := &retrieval.Passage{}
	m := Manifest{p}
	if m.Passage(1) != p || m.Passage(0) != nil || m.Passage(2) != nil || m.Passage(-1) != nil {
		t.Error("a number outside the manifest has a passage")
	}
}

func rewrites(question, since, until, language string) func(prompts.Prompt) (string, error) {
	return func(prompts.Prompt) (string, error) {
		b, err := json.Marshal(map[string]string{"question": question, "since": since, "until": until, "language": language})
		return string(b), err
	}
}

// A follow-up and a question in another language are made to stand alone before the
// search; the answer is asked for in the asker's language.
func TestStandalone(t *testing.T) {
	lib := library(t, wordSeeds)
	for name, q := range map[string]Question{
		"follow-up": {Text: "and what would it show?", History: []Turn{{Question: "Who spoke for Ukraine?", Answer: Answer{Text: "Dmytro Kuleba spoke. [1]"}}}},
		"Russian":   {Text: "Что, по словам Кулебы, проявит его страна?"},
	} {
		m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"followup": rewrites(kulebaQuestion, "2021-12-01", "", "ru"), "answer": kulebaReply}}
		ans, err := m.answerer(t, lib).Answer(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.names(), []string{"followup", "answer"}) {
			t.Fatalf("%s: asked for %q", name, m.names())
		}
		if ans.Abstained || ans.Mode != Model || ans.Question != q.Text || ans.Citations[0].Published < "2021-12-01" {
			t.Errorf("%s: %+v", name, ans)
		}
		if p := m.asked[1]; !strings.Contains(p.System, "Answer in Russian.") || !strings.Contains(p.User, q.Text) {
			t.Errorf("%s: the answer is not asked for in Russian, or not to the asker's question", name)
		}
		if rewrite := m.asked[0].User; len(q.History) > 0 && !strings.Contains(rewrite, "Dmytro Kuleba spoke.") {
			t.Errorf("%s: the turns are not told:\n%s", name, rewrite)
		}
	}
}

// A question that stands alone is not rewritten.
func TestStandaloneIsLeftAlone(t *testing.T) {
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"answer": kulebaReply}}
	q := Question{Text: kulebaQuestion, History: []Turn{{Question: "Who is Lavrov?"}}}
	if _, err := m.answerer(t, library(t, wordSeeds)).Answer(t.Context(), q); err != nil || !slices.Equal(m.names(), []string{"answer"}) {
		t.Errorf("asked for %q, %v", m.names(), err)
	}
}

// Where the rewrite fails or makes no sense, the question is completed without a
// model.
func TestStandaloneFails(t *testing.T) {
	lib := library(t, wordSeeds)
	turn := Turn{Question: "What did Lukashenko say about the American allegations?"}
	turn.Answer = ask(t, lib, Question{Text: turn.Question})
	q := Question{Text: "and about nato?", History: []Turn{turn}}
	plain := ask(t, lib, q)
	if plain.Abstained || !strings.Contains(plain.Text, "Unacceptable") {
		t.Fatal(plain.Text)
	}
	for name, f := range map[string]func(prompts.Prompt) (string, error){
		"down":            func(prompts.Prompt) (string, error) { return "", ErrModelDown },
		"prose":           func(prompts.Prompt) (string, error) { return "I can't.", nil },
		"no question":     rewrites(" ", "", "", "en"),
		"an odd day":      rewrites("What did Lukashenko say on 31 April 2021?", "", "", "en"),
		"a flood of text": rewrites(strings.Repeat("NATO ", 200), "", "", "en"),
	} {
		m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"followup": f}}
		ans, err := m.answerer(t, lib).Answer(t.Context(), q)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if ans.Text != plain.Text || ans.Mode != Extractive || ans.Note == "" {
			t.Errorf("%s: %s: %s (%s)", name, ans.Mode, ans.Text, ans.Note)
		}
	}
}

// A model is shown the last turns only, and the bounds that the asker set stand
// against those that it reads.
func TestStandaloneBounds(t *testing.T) {
	var history []Turn
	for i := range 6 {
		history = append(history, Turn{Question: fmt.Sprintf("Question %d?", i), Answer: Answer{Text: fmt.Sprintf("Answer %d.", i)}})
	}
	turns := modelTurns(history)
	if len(turns) != rememberedTurns || turns[0].Question != "Question 3?" || len(modelTurns(nil)) != 0 {
		t.Errorf("%+v", turns)
	}
	if want := "Asked: Question 5?\nAnswered: Answer 5.\n"; !strings.HasSuffix(summarise(history), want) || summarise(nil) != "" {
		t.Errorf("%q", summarise(history))
	}
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"followup": rewrites("What did Biden propose to Putin?", "2021-12-20", "", "en")}}
	ans, err := m.answerer(t, library(t, wordSeeds)).Answer(t.Context(), Question{Text: "and what did he propose?", Until: "2021-05-01", History: history})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(ans.Citations, ans.Nearest...) {
		if c.Published > "2021-05-01" {
			t.Errorf("cites %s", c.Published)
		}
	}
}

func TestPlainText(t *testing.T) {
	for want, statements := range map[string][]Statement{
		"":                      nil,
		"One. [1]":              {{Text: "One.", Citations: []int{1}}},
		"One. [1] [2] Two. [1]": {{Text: "One.", Citations: []int{1, 2}}, {Text: "Two.", Citations: []int{1}}},
	} {
		if got := plainText(statements); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Whatever way the endpoint fails in, each of 20 askers gets a cited answer within ten
// seconds, made of the articles' sentences, that says so; nothing of a reply that was
// cut off is shown for an answer.
func TestAnswersWhenTheEndpointFails(t *testing.T) {
	const askers = 20
	lib := library(t, wordSeeds)
	plain := ask(t, lib, Question{Text: kulebaQuestion})
	ways := 0
	for _, f := range modelFailures {
		if strings.Contains(f.name, "256 MiB") || strings.Contains(f.name, "endless") {
			continue // TestEndpointFails has them; here they would only take time
		}
		ways++
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s, _ := modelServer(t, f.handle)
			e := modelEndpoint(t, EndpointOptions{BaseURL: s.URL, Failures: 1 << 30})
			a := New(lib, Options{Now: evalDay, Writer: NewWriter(e, nil, rand.Reader)})
			var wg sync.WaitGroup
			for i := range askers {
				wg.Go(func() {
					ans, err := a.Answer(t.Context(), Question{Text: kulebaQuestion, Asker: Asker{User: fmt.Sprint(i)}})
					if err != nil || ans.Abstained || ans.Mode != Extractive || ans.Note == "" || ans.Text != plain.Text || len(ans.Citations) == 0 || ans.TookMS > 10_000 {
						t.Errorf("%v after %d ms, %s, %q: %s", err, ans.TookMS, ans.Mode, ans.Note, ans.Text)
					}
					if ans.Trace == nil || ans.Trace.Failure == "" || strings.Contains(ans.Trace.Failure, "canary") {
						t.Errorf("trace %+v", ans.Trace)
					}
				})
			}
			wg.Wait()
		})
	}
	t.Logf("%d ways of failing x %d askers", ways, askers)
}
