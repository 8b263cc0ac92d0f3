package qa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

func TestInputErrors(t *testing.T) {
	a := New(library(t, wordSeeds), Options{Now: evalDay})
	for _, c := range []struct {
		name string
		q    Question
		want []string // in the message
	}{
		{"empty", Question{}, []string{"the question is empty", "write what you want to know"}},
		{"spaces", Question{Text: " \n\t\u00a0 "}, []string{"empty"}},
		{"too long", Question{Text: strings.Repeat("troops ", 1500)}, []string{"10500 bytes", "at most 8000"}},
		{"binary", Question{Text: "\xff\xfe\x00who"}, []string{"UTF-8"}},
		{"control characters", Question{Text: "who\x07 is it"}, []string{"control characters", "U+0007"}},
		{"escape sequences", Question{Text: "who \x1b[31m is it"}, []string{"U+001B"}},
		{"no word", Question{Text: "?!… —"}, []string{"holds no word"}},
		{"only a mention", Question{Text: "<@1234567>"}, []string{"only mentions"}},
		{"impossible day in the question", Question{Text: "What happened on 31 April 2021?"}, []string{"a day that does not exist", "31 April"}},
		{"impossible since", Question{Text: "who", Since: "2021-02-30"}, []string{"since:", "2021-02-30"}},
		{"impossible until", Question{Text: "who", Until: "yesterdayish"}, []string{"until:", "yesterdayish"}},
		{"backward period", Question{Text: "who", Since: "2021-12-07", Until: "2021-12-01"}, []string{"ends (2021-12-01) before it begins (2021-12-07)"}},
		{"unknown source", Question{Text: "who", Source: "Moscow Tmies"}, []string{`no publisher "Moscow Tmies"`, "The Moscow Times"}},
		{"unknown article", Question{Text: "who", Article: "the piece on tulips"}, []string{`no article "the piece on tulips"`, "there is, for instance"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := a.Answer(t.Context(), c.q)
			var input *InputError
			if !errors.As(err, &input) {
				t.Fatalf("%v (%T), want an *InputError", err, err)
			}
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.ContainsAny(err.Error(), "\n\x07\x1b") || err.Error() != strings.TrimSpace(err.Error()) {
				t.Errorf("%q is no plain line", err)
			}
		})
	}
}

func TestCheckText(t *testing.T) {
	for _, text := range []string{"a", "7", "who\tis\nit", "Что?", "烏", "é"} {
		if err := CheckText("topic", text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := CheckText("topic", ""); err == nil || !strings.HasPrefix(err.Error(), "the topic is empty") {
		t.Error(err)
	}
	if err := CheckText("claim", strings.Repeat("é", MaxQuestion/2)); err != nil {
		t.Error(err)
	}
}

// Questions that look odd are answered or abstained from, and never break.
func TestOddQuestions(t *testing.T) {
	for name, lib := range bothLibraries(t) {
		for _, text := range []string{
			"what?", "the of and", "?a", "1", "a.", "“…”a", "who who who who", strings.Repeat("NATO ", 1500), "😀 troops 😀", "‘’x",
			"e\u0301tat", "[1] [2] [999] troops", "**troops** `x`", "{{.}} %s %d %n", "<script>alert(1)</script>", "'; DROP TABLE articles; --",
			"how many", "when", "who said", "according to", "how many how many how many", "\u202etroops", "a\u00a0b", "2021", "December", "5 5 5",
		} {
			if name == "encoder" && len(text) > 100 {
				continue // a second of work that shows no more
			}
			ans, err := New(lib, Options{Now: evalDay}).Answer(t.Context(), Question{Text: text})
			if err != nil {
				if !errors.As(err, new(*InputError)) {
					t.Errorf("%.40q: %v", text, err)
				}
				continue
			}
			checkAnswer(t, lib, text, ans)
		}
	}
}

// An empty library has no answers and no faults.
func TestEmptyLibrary(t *testing.T) {
	lib := retrieval.New(nil)
	ans := ask(t, lib, Question{Text: "Who met Lavrov in April 2021?"})
	if !ans.Abstained || ans.AsOf != "" || strings.Contains(ans.Text, "They cover") {
		t.Errorf("%+v", ans)
	}
	if _, err := New(lib, Options{}).Answer(t.Context(), Question{Text: "who", Source: "AFP"}); !errors.As(err, new(*InputError)) || !strings.Contains(err.Error(), "none yet") {
		t.Error(err)
	}
}

func TestReasons(t *testing.T) {
	lib := library(t, seedsBoth)
	for _, c := range []struct {
		question string
		want     Reason
		text     string
	}{
		{"Did Russia invade Ukraine in February 2022?", OutsidePeriod, "a time that they don't cover. They cover 14 April 2021 to 22 December 2021."},
		{"What came out of the security talks held in January 2022?", OutsidePeriod, "a time that they don't cover"},
		{"has there been a ceasefire deal in 2025?", OutsidePeriod, "a time that they don't cover"},
		{"What did Olaf Scholz tell Blinken?", NotStated, "none of them states this. They cover 14 April"},
		{"How do I bake sourdough bread without a starter?", OffTopic, "not something that they report on."},
		{"Why did Biden send US troops to Ukraine?", FalsePremise, "tells it differently"},
	} {
		ans := ask(t, lib, Question{Text: c.question})
		if !ans.Abstained || ans.Reason != c.want || !strings.Contains(ans.Text, c.text) {
			t.Errorf("%s\n\t%s: %s", c.question, ans.Reason, ans.Text)
		}
		if !strings.HasPrefix(ans.Text, "The articles don't say") || (len(ans.Nearest) == 0) != (c.want == OffTopic) {
			t.Errorf("%s\n\t%s with %d nearest", c.question, ans.Text, len(ans.Nearest))
		}
	}
}

// A plan for a time after the reports can be told, what came of it can't.
func TestFuturePlans(t *testing.T) {
	lib := printedStories(t, article.Article{Published: "2021-12-22", Text: "Envoys Anna Berg and Jan Kos will hold harbour talks in January 2022, the Port Ministry said.\n"})
	if ans := ask(t, lib, Question{Text: "Who will hold harbour talks in January 2022?"}); ans.Abstained {
		t.Errorf("%s: %s", ans.Reason, ans.Text)
	}
	for _, text := range []string{"What happened at the harbour talks in January 2022?", "Did Anna Berg and Jan Kos hold harbour talks in January 2022?"} {
		if ans := ask(t, lib, Question{Text: text}); ans.Reason != OutsidePeriod {
			t.Errorf("%s: %q: %s", text, ans.Reason, ans.Text)
		}
	}
}

// The false premise is corrected by the report that says otherwise, under its own
// name.
func TestFalsePremise(t *testing.T) {
	lib := printedStories(t,
		article.Article{ID: "first", Publisher: "Gazette", Published: "2021-12-01", Text: "Envoy Anna Berg rejected the harbour treaty on Monday in Oslo.\n"},
		article.Article{ID: "copy", Publisher: "Mirror", Published: "2021-12-02", Origin: "first", Text: "Envoy Anna Berg rejected the harbour treaty on Monday in Oslo.\n"})
	ans := ask(t, lib, Question{Text: "Why did Anna Berg accept the harbour treaty in Oslo?"})
	if ans.Reason != FalsePremise || !strings.Contains(ans.Text, "Gazette, 1 December 2021: Envoy Anna Berg rejected") {
		t.Errorf("%q: %s", ans.Reason, ans.Text)
	}
	if ans := ask(t, lib, Question{Text: "Why did Anna Berg reject the harbour treaty in Oslo?"}); ans.Reason == FalsePremise {
		t.Errorf("%q: %s", ans.Reason, ans.Text)
	}
}

// What is shown is the sentence that contradicts, not the one that fits best, and
// with who says it.
func TestFalsePremiseShowsTheContradiction(t *testing.T) {
	lib := library(t, seedsBoth)
	for question, want := range map[string]string{
		"Why did the Pentagon admit that it sent mercenaries to Avdiivka?": "The Pentagon ",
		"Why does Lukashenko welcome NATO's plans for the region?":         "Belarusian President Alexander Lukashenko also called on NATO’s plans",
	} {
		ans := ask(t, lib, Question{Text: question})
		if ans.Reason != FalsePremise || !strings.Contains(ans.Text, ": "+want) || len(ans.Nearest) == 0 {
			t.Errorf("%s\n%q: %s", question, ans.Reason, ans.Text)
		}
		checkAnswer(t, lib, question, ans)
	}
}

func TestPeriodQuestions(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, c := range []struct {
		question, since, until string
		reason                 Reason
	}{
		{"What happened in April?", "2021-04-01", "2021-04-30", ""},
		{"what happened in april 2021", "2021-04-01", "2021-04-30", ""},
		{"What happened in August 2021?", "", "", OutsidePeriod},
		{"What happened in 2023?", "", "", OutsidePeriod},
	} {
		ans := ask(t, lib, Question{Text: c.question})
		if ans.Reason != c.reason || ans.Abstained != (c.reason != "") {
			t.Errorf("%s: %q: %s", c.question, ans.Reason, ans.Text)
		}
		for _, cited := range ans.Citations {
			if (cited.Published < c.since || cited.Published > c.until) && !strings.Contains(cited.Quote, "April") {
				t.Errorf("%s cites %s: %s", c.question, cited.Published, cited.Quote)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, c := range []struct {
		name string
		q    Question
		ok   func(Citation) bool
	}{
		{"publisher in the question", Question{Text: "What did Biden propose to Putin, according to The Epoch Times?"}, func(c Citation) bool { return c.Publisher == "The Epoch Times" }},
		{"publisher flag", Question{Text: "What did Biden propose to Putin?", Source: "epoch times"}, func(c Citation) bool { return c.Publisher == "The Epoch Times" }},
		{"part of a publisher", Question{Text: "What did Blinken say?", Source: "Moscow"}, func(c Citation) bool { return c.Publisher == "The Moscow Times" }},
		{"article id", Question{Text: "What did Lavrov say?", Article: "2021-12-22-russia-agrees-to-talks"}, func(c Citation) bool { return c.ArticleID == "2021-12-22-russia-agrees-to-talks" }},
		{"article file", Question{Text: "What did Lavrov say?", Article: "004_2edf54f40e381850.txt"}, func(c Citation) bool { return c.File == "004_2edf54f40e381850.txt" }},
		{"since", Question{Text: "What did Lavrov say?", Since: "2021-12-08"}, func(c Citation) bool { return c.Published >= "2021-12-08" }},
		{"until a month", Question{Text: "What did Biden propose?", Until: "2021-11"}, func(c Citation) bool { return c.Published <= "2021-11-30" }},
		{"both, and the day of one report", Question{Text: "What did Peskov say?", Since: "2021-12-07", Until: "2021-12-07"}, func(c Citation) bool { return c.Published == "2021-12-07" }},
		{"day in the question", Question{Text: "What does the 7 December article say about Lukashenko?"}, func(c Citation) bool { return c.Published == "2021-12-07" }},
	} {
		ans := ask(t, lib, c.q)
		if ans.Abstained || len(ans.Citations) == 0 {
			t.Errorf("%s: %s", c.name, ans.Text)
		}
		for _, cited := range ans.Citations {
			if !c.ok(cited) {
				t.Errorf("%s: cites %s of %s", c.name, cited.ArticleID, cited.Published)
			}
		}
	}
	ans := ask(t, lib, Question{Text: "What did Lavrov say?", Since: "2021-05-01", Until: "2021-06-01"})
	if ans.Reason != OutsidePeriod || len(ans.Nearest) == 0 {
		t.Errorf("a window without reports: %q with %d nearest", ans.Reason, len(ans.Nearest))
	}
}

// A question in another script is matched by what can be matched, and says so
// where that is not enough.
func TestForeignQuestions(t *testing.T) {
	for _, lib := range bothLibraries(t) {
		ans := ask(t, lib, Question{Text: "Что сказал Лавров в Стокгольме про НАТО?"})
		shown := append(slices.Clone(ans.Citations), ans.Nearest...)
		if !slices.ContainsFunc(shown, func(c Citation) bool { return strings.Contains(c.Quote, "Lavrov") }) {
			t.Errorf("%s", ans.Text)
		}
		if ans.Abstained && !strings.Contains(ans.Text, "the articles are in English") {
			t.Errorf("%s", ans.Text)
		}
		if ans := ask(t, lib, Question{Text: "Как приготовить борщ из свёклы?"}); !ans.Abstained {
			t.Errorf("%s", ans.Text)
		}
	}
}

func bothLibraries(t testing.TB) map[string]*retrieval.Library {
	return map[string]*retrieval.Library{"words": library(t, wordSeeds), "encoder": library(t, seedsBoth)}
}

var (
	citedNumbers = regexp.MustCompile(`\[(\d+)\]`)
	oddText      = regexp.MustCompile("[*`#_~|<>]|  | [,.;:!?](?:\\s|$)|\\bbytes?\\b")
)

// checkAnswer reports whatever no answer may be like.
func checkAnswer(t *testing.T, lib *retrieval.Library, name string, ans Answer) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%.80s: %s\n%s", name, fmt.Sprintf(format, args...), ans.Text)
	}
	if ans.Abstained != (ans.Reason != "") || ans.Abstained != (len(ans.Statements) == 0) || ans.Abstained != (len(ans.Citations) == 0) {
		fail("abstained %t for %q with %d statements", ans.Abstained, ans.Reason, len(ans.Statements))
	}
	if ans.AsOf != lib.Covered().Until || ans.Question != name && name != "" || ans.Confidence < 0 || ans.Confidence > 1 {
		fail("as of %q, confidence %g", ans.AsOf, ans.Confidence)
	}
	seen := map[string]bool{}
	checkCitations := func(all []Citation) {
		for i, c := range all {
			a, ok := lib.Article(c.ArticleID)
			if !ok || c.Start < 0 || c.End > len(a.Text) || c.Start >= c.End || a.Text[c.Start:c.End] != c.Quote || c.Quote == "" {
				fail("citation %d is not in its article", i+1)
			}
			if c.Number != i+1 || seen[fmt.Sprint(c.ArticleID, c.Start, c.End)] {
				fail("citation %d has number %d or is there twice", i+1, c.Number)
			}
			seen[fmt.Sprint(c.ArticleID, c.Start, c.End)] = true
			if !strings.Contains(c.Passage, c.Quote) || c.Title != a.Title || c.Published != a.Published || c.Origin == "" || c.File == "" {
				fail("citation %d: %+v", i+1, c)
			}
		}
	}
	checkCitations(ans.Citations)
	checkCitations(ans.Nearest)
	used := map[int]bool{}
	texts := map[string]bool{}
	for _, st := range ans.Statements {
		if len(st.Citations) == 0 || texts[st.Text] || strings.TrimSpace(st.Text) != st.Text {
			fail("statement %q has %d citations or is there twice", st.Text, len(st.Citations))
		}
		texts[st.Text] = true
		text := st.Text
		for _, n := range st.Citations {
			if n < 1 || n > len(ans.Citations) {
				fail("statement %q cites %d", st.Text, n)
				continue
			}
			used[n] = true
			text += fmt.Sprintf(" [%d]", n)
		}
		if !strings.Contains(ans.Text, text) {
			fail("the text lacks %q", text)
		}
		if (st.Stance == Report) != (st.Speaker == "") {
			fail("%s by speaker %q", st.Stance, st.Speaker)
		}
	}
	for _, d := range ans.Disagreements {
		if len(d.Sides) < 2 {
			fail("a disagreement of %d", len(d.Sides))
		}
		for _, s := range d.Sides {
			used[s.Citations[0]] = true
			if !strings.Contains(ans.Citations[s.Citations[0]-1].Quote, s.Value) {
				fail("%s is not in the quote of [%d]", s.Value, s.Citations[0])
			}
		}
	}
	if len(used) != len(ans.Citations) {
		fail("%d of %d citations are used", len(used), len(ans.Citations))
	}
	for _, m := range citedNumbers.FindAllStringSubmatch(ans.Text, -1) {
		if n := 0; len(ans.Citations) > 0 {
			if fmt.Sscan(m[1], &n); n < 1 || n > len(ans.Citations) {
				fail("the text cites %s", m[0])
			}
		}
	}
	if m := oddText.FindString(ans.Text); m != "" {
		fail("the text holds %q", m)
	}
	distinct := map[string]bool{}
	for _, c := range ans.Citations {
		distinct[c.Origin] = true
	}
	if ans.Origins != len(distinct) {
		fail("%d origins, want %d", ans.Origins, len(distinct))
	}
	if b, err := json.Marshal(ans); err != nil || strings.Contains(string(b), ":null") {
		fail("as JSON: %s %v", b, err)
	}
}

// Over all questions of the own set, asked in their conversations, with and without
// an encoder.
func TestAnswerInvariants(t *testing.T) {
	for name, lib := range bothLibraries(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var history []Turn
			last := ""
			questions := ownQuestions(t)
			if name == "encoder" && (raceDetector || testing.Short()) {
				questions = questions[len(questions)-25:] // follow-ups among them
			}
			for _, q := range questions {
				if q.Conversation == "" || q.Conversation != last {
					history = nil
				}
				last = q.Conversation
				ans := ask(t, lib, Question{ID: q.ID, Text: q.Question, History: history})
				history = append(history, Turn{q.Question, ans})
				checkAnswer(t, lib, q.Question, ans)
				if ans.ID != q.ID || ans.Mode != Extractive || ans.Note != "" {
					t.Errorf("%s: id %q, mode %s, note %q", q.ID, ans.ID, ans.Mode, ans.Note)
				}
			}
		})
	}
}

// The same question has the same answer.
func TestAnswerIsReproducible(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, q := range ownQuestions(t)[:40] {
		a, b := ask(t, lib, Question{Text: q.Question}), ask(t, lib, Question{Text: q.Question})
		a.TookMS, b.TookMS = 0, 0
		x, errX := json.Marshal(a)
		y, errY := json.Marshal(b)
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			t.Fatalf("%s:\n%s %v\n%s %v", q.ID, x, errX, y, errY)
		}
	}
}

func TestAnswerCancelled(t *testing.T) {
	for name, lib := range bothLibraries(t) {
		ctx, cancel := context.WithCancel(t.Context())
		// Cancelled between: the first report of progress comes before the search.
		_, err := New(lib, Options{}).Answer(ctx, Question{Text: "What did Lavrov say?", Asker: Asker{Progress: func(Stage, []Statement, []Citation) { cancel() }}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled between: %v", name, err)
		}
		if _, err := New(lib, Options{}).Answer(ctx, Question{Text: "What did Lavrov say?"}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled before: %v", name, err)
		}
		late, stop := context.WithTimeout(t.Context(), 0)
		if _, err := New(lib, Options{}).Answer(late, Question{Text: "What did Lavrov say?"}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s, too late: %v", name, err)
		}
		stop()
	}
}

// Many ask while articles come, change and go.
func TestAnswerConcurrently(t *testing.T) {
	lib := printedStories(t, article.Article{ID: "stays", Published: "2021-12-02", Text: "Envoy Anna Berg said the harbour stays open.\n"})
	long := article.Article{ID: "changes", Origin: "changes", Published: "2021-12-03", Text: strings.Repeat("Minister Jan Kos left the harbour. He said the harbour road is closed.\n\n", 9)}
	short := long
	short.Text = "Minister Jan Kos said the harbour road is open.\n"
	a := New(lib, Options{Now: evalDay})
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			for range 20 {
				ans, err := a.Answer(t.Context(), Question{Text: fmt.Sprintf("What did %s say about the harbour?", []string{"Anna Berg", "Jan Kos"}[i%2])})
				if err != nil {
					t.Error(err)
				}
				for _, st := range ans.Statements {
					for _, n := range st.Citations {
						if n < 1 || n > len(ans.Citations) {
							t.Errorf("%+v", ans)
						}
					}
				}
			}
		})
	}
	for range 20 {
		for _, v := range []article.Article{long, short} {
			if _, err := lib.Add(t.Context(), v); err != nil {
				t.Error(err)
			}
		}
	}
	wg.Wait()
}

func TestParseWindow(t *testing.T) {
	for _, c := range []struct {
		since, until string
		want         dates.Range
	}{
		{"", "", dates.Range{}},
		{"2021-12-01", "", dates.Range{Since: "2021-12-01"}},
		{"", "2021-12", dates.Range{Until: "2021-12-31"}},
		{"2021", "2021", dates.Range{Since: "2021-01-01", Until: "2021-12-31"}},
		{"2021-04", "2021-04", dates.Range{Since: "2021-04-01", Until: "2021-04-30"}},
	} {
		if got, err := parseWindow(c.since, c.until); err != nil || got != c.want {
			t.Errorf("%q to %q: %v %v, want %v", c.since, c.until, got, err, c.want)
		}
	}
}

func TestSourceLabel(t *testing.T) {
	for _, c := range []struct {
		a    article.Article
		want string
	}{
		{article.Article{Publisher: "The Moscow Times", Published: "2021-12-02"}, "The Moscow Times, 2 December 2021"},
		{article.Article{Published: "2021-12-22", DateInferred: true}, "A report without a named outlet, 22 December 2021 (date inferred)"},
		{article.Article{Publisher: "AFP"}, "AFP, undated"},
	} {
		if got := sourceLabel(&c.a); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got := Day("no day"); got != "no day" {
		t.Errorf("%q", got)
	}
}

func ExampleAnswerer_Answer() {
	lib := retrieval.New(nil)
	_, err := lib.Add(context.Background(), article.Article{
		ID: "gazette-1", Origin: "gazette-1", Publisher: "The Oslo Gazette", Published: "2021-12-02",
		Text: "Envoys meet in Oslo\n\nMinister Jan Kos, who met Envoy Anna Berg in Oslo, said the harbour would open in January.\n",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	answerer := New(lib, Options{})
	for _, text := range []string{"What did Jan Kos say about the harbour?", "How many gulls live in the harbour of Bergen?"} {
		ans, err := answerer.Answer(context.Background(), Question{Text: text})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(ans.Text)
		for _, st := range ans.Statements {
			fmt.Printf("%s (%s)\n", st.Speaker, st.Stance)
		}
	}
	// Output:
	// The Oslo Gazette, 2 December 2021: Minister Jan Kos, who met Envoy Anna Berg in Oslo, said the harbour would open in January. [1]
	// Minister Jan Kos (claim)
	// The articles don't say: none of them states this. They cover 2 December 2021 to 2 December 2021.
}

func ExampleInputError() {
	answerer := New(retrieval.New(nil), Options{})
	_, err := answerer.Answer(context.Background(), Question{Text: "What happened?", Since: "2021-13-01"})
	var input *InputError
	fmt.Println(errors.As(err, &input))
	fmt.Println(CheckText("claim", ""))
	// Output:
	// true
	// the claim is empty: write what you want to know
}
