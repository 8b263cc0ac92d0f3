package qa

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"crisisbot/prompts"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// A promptPassage is a passage as a prompt shows it.
type promptPassage struct {
	number    int
	published string
	text      string
}

var promptPassageHead = regexp.MustCompile(`(?m)^\[(\d+)\] .*?(?:, (\d{4}-\d\d-\d\d).*)?\n(?:Title: .*\n)?`)

// passagesOf reads the passages of a prompt.
func passagesOf(p prompts.Prompt) []promptPassage {
	_, rest, _ := strings.Cut(p.User, "The passages:\n")
	_, rest, _ = strings.Cut(rest, "\n")
	rest, _, _ = strings.Cut(rest, "\nEND ")
	var out []promptPassage
	heads := promptPassageHead.FindAllStringSubmatchIndex(rest, -1)
	for i, h := range heads {
		end := len(rest)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		q := promptPassage{text: strings.TrimSpace(rest[h[1]:end])}
		fmt.Sscan(rest[h[2]:h[3]], &q.number)
		if h[4] >= 0 {
			q.published = rest[h[4]:h[5]]
		}
		out = append(out, q)
	}
	return out
}

// soundAlone says that a sentence can stand alone, its speaker named in it.
func soundAlone(s string) bool {
	return checkSound(s) && !slices.ContainsFunc(newCheckLine(s, "").cues, func(c checkCue) bool { return c.pronoun })
}

// honestSummary writes the first sound sentence of each passage.
func honestSummary(p prompts.Prompt) (string, error) {
	var out []Draft
	for _, q := range passagesOf(p) {
		for _, span := range article.Sentences(q.text) {
			if s := span.In(q.text); soundAlone(s) {
				out = append(out, Draft{Text: s, Citations: []int{q.number}, Quote: s})
				break
			}
		}
	}
	return replies(true, PremiseHolds, out...), nil
}

var promptNote = regexp.MustCompile(`(?m)^\[(\d+)\] (.*)$`)

// honestMerge repeats the notes, the last first.
func honestMerge(p prompts.Prompt) (string, error) {
	var out []Draft
	_, rest, _ := strings.Cut(p.User, "The notes:\n")
	for _, m := range promptNote.FindAllStringSubmatch(rest, -1) {
		var n int
		fmt.Sscan(m[1], &n)
		out = append([]Draft{{Text: m[2], Citations: []int{n}}}, out...)
	}
	return replies(true, PremiseHolds, out...), nil
}

// honestTimeline tells every sound sentence with a date, by the day of the model's
// own choice.
func honestTimeline(day string) func(prompts.Prompt) (string, error) {
	return func(p prompts.Prompt) (string, error) {
		var out []Draft
		for _, q := range passagesOf(p) {
			for _, span := range article.Sentences(q.text) {
				if s := span.In(q.text); soundAlone(s) && len(dates.Find(s, dates.Anchor{Day: q.published})) > 0 {
					out = append(out, Draft{Text: s, Citations: []int{q.number}, Quote: s, Date: day})
				}
			}
		}
		return replies(true, PremiseHolds, out...), nil
	}
}

func honestDigests() map[string]func(prompts.Prompt) (string, error) {
	return map[string]func(prompts.Prompt) (string, error){"summary": honestSummary, "merge": honestMerge, "timeline": honestTimeline("1999-01-01")}
}

// A long matter is summarised in steps: notes on groups of passages at the same time,
// then one summary of the notes whose statements cite the passages behind them.
func TestModelSummary(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, c := range []struct {
		name string
		r    SummaryRequest
		want []string // prompts
	}{
		{"an article", SummaryRequest{Article: "the Moscow Times story", Length: Medium}, []string{"merge", "summary", "summary", "summary"}},
		{"a topic", SummaryRequest{Topic: "security guarantees", Length: Short}, []string{"summary"}},
		{"everything", SummaryRequest{Since: "2021-01-01", Length: Long}, []string{"merge", "summary", "summary", "summary", "summary"}},
	} {
		m := &fakeModel{reply: honestDigests()}
		var stages []Stage
		c.r.User = "ann"
		c.r.Progress = func(s Stage, st []Statement, ct []Citation) {
			if len(stages) == 0 || stages[len(stages)-1] != s {
				stages = append(stages, s)
			}
		}
		ans, err := m.answerer(t, lib).Summary(t.Context(), c.r)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		names := m.names()
		slices.Sort(names)
		if !slices.Equal(names, c.want) {
			t.Errorf("%s: asked for %q, want %q", c.name, names, c.want)
		}
		if ans.Mode != Model || ans.Abstained || ans.Note != "" || len(ans.Statements) == 0 || len(ans.Statements) > summaryStatements[c.r.Length] {
			t.Errorf("%s: %s %q, %d statements", c.name, ans.Mode, ans.Note, len(ans.Statements))
		}
		checkAnswer(t, lib, ans.Question, ans)
		if !slices.Equal(stages, []Stage{Searching, Writing, Checking}) {
			t.Errorf("%s: progress %q", c.name, stages)
		}
		if ans.Trace == nil || len(ans.Trace.Steps) != len(c.want) || ans.Trace.Usage.In != 10*len(c.want) || len(ans.Trace.Steps[0].Passages) == 0 {
			t.Errorf("%s: trace %+v", c.name, ans.Trace)
		}
	}
}

// Where the second step fails, the notes stand; where the first does, the sentences
// of the articles.
func TestModelSummaryFails(t *testing.T) {
	lib := library(t, wordSeeds)
	r := SummaryRequest{Article: "the Moscow Times story", Length: Medium}
	plain, err := New(lib, Options{Now: evalDay}).Summary(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	down := func(prompts.Prompt) (string, error) { return "", ErrModelDown }
	lies := func(p prompts.Prompt) (string, error) {
		return replies(true, PremiseHolds, Draft{Text: "Macron sent 900,000 troops to Paris on 1 May 1999.", Citations: []int{1}}), nil
	}
	for name, c := range map[string]struct {
		summary, merge func(prompts.Prompt) (string, error)
		model          bool
		note           string
	}{
		"down":              {down, honestMerge, false, "does not answer"},
		"over budget":       {func(prompts.Prompt) (string, error) { return "", ErrOverBudget }, honestMerge, false, "spending cap"},
		"lies":              {lies, honestMerge, false, "did not pass the check"},
		"down in the merge": {honestSummary, down, true, ""},
		"lies in the merge": {honestSummary, lies, true, ""},
		"cites no note there is": {honestSummary, func(prompts.Prompt) (string, error) {
			return replies(true, PremiseHolds, Draft{Text: "It is so.", Citations: []int{99}}), nil
		}, true, ""},
	} {
		m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"summary": c.summary, "merge": c.merge, "repair": down}}
		ans, err := m.answerer(t, lib).Summary(t.Context(), r)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if (ans.Mode == Model) != c.model || c.note == "" && ans.Note != "" || !strings.Contains(ans.Note, c.note) {
			t.Errorf("%s: %s, %q", name, ans.Mode, ans.Note)
		}
		if !c.model && (ans.Text != plain.Text || ans.Trace.Failure == "") {
			t.Errorf("%s: not the sentences of the articles: %s", name, ans.Text)
		}
		if strings.Contains(ans.Text, "Macron") {
			t.Errorf("%s: %s", name, ans.Text)
		}
		checkAnswer(t, lib, ans.Question, ans)
	}
}

// A model that says that the passages are not about a topic makes the summary abstain.
func TestModelSummaryOffTopic(t *testing.T) {
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"summary": func(prompts.Prompt) (string, error) { return replies(false, PremiseHolds), nil }}}
	ans, err := m.answerer(t, library(t, wordSeeds)).Summary(t.Context(), SummaryRequest{Topic: "security guarantees"})
	if err != nil || !ans.Abstained || ans.Mode != Model || len(ans.Nearest) == 0 || ans.Text == "" {
		t.Errorf("%+v, %v", ans, err)
	}
}

// The events of a timeline, their days and their order are those of the timeline
// without a model, whatever days the model gives.
func TestModelTimeline(t *testing.T) {
	lib := library(t, wordSeeds)
	days := func(ans Answer) []string {
		var out []string
		for _, s := range ans.Statements {
			out = append(out, s.Date)
		}
		return out
	}
	for _, r := range []TimelineRequest{{}, {Topic: "talks between Putin and Biden"}} {
		plain, err := New(lib, Options{Now: evalDay}).Timeline(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, lie := range []string{"", "1999-01-01", "2021-12-24"} {
			m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"timeline": honestTimeline(lie)}}
			ans, err := m.answerer(t, lib).Timeline(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(days(ans), days(plain)) {
				t.Errorf("%q, %q: days %q, want %q", r.Topic, lie, days(ans), days(plain))
			}
			if ans.Mode != Model || ans.Trace == nil || ans.Note != "" && !strings.Contains(ans.Note, "articles' own words") {
				t.Errorf("%s, note %q", ans.Mode, ans.Note)
			}
			for i, c := range ans.Citations {
				if o, ok := lib.Article(c.ArticleID); !ok || o.Text[c.Start:c.End] != c.Quote || c.Number != i+1 {
					t.Errorf("citation %+v", c)
				}
			}
		}
		m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"timeline": func(prompts.Prompt) (string, error) { return "", ErrModelLate }}}
		ans, err := m.answerer(t, lib).Timeline(t.Context(), r)
		if err != nil || ans.Text != plain.Text || ans.Mode != Extractive || ans.Note == "" {
			t.Errorf("late: %v, %s, %q", err, ans.Mode, ans.Note)
		}
	}
}

// claimReply writes a verdict with statements.
func claimReply(v Ruling, statements ...Draft) string {
	b, err := json.Marshal(map[string]any{"statements": append([]Draft{}, statements...), "verdict": v})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// A claimModel judges every claim alike and quotes the first sound sentence that it is
// shown.
func claimModel(verdict func(prompts.Prompt) Ruling) *fakeModel {
	return &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){"claim": func(p prompts.Prompt) (string, error) {
		v := verdict(p)
		if v == NotInArticles {
			return claimReply(v), nil
		}
		for _, q := range passagesOf(p) {
			for _, span := range article.Sentences(q.text) {
				if s := span.In(q.text); soundAlone(s) {
					return claimReply(v, Draft{Text: s, Citations: []int{q.number}, Quote: s}), nil
				}
			}
		}
		return claimReply(v), nil
	}}}
}

// TestModelClaims judges the own claims with models of three kinds. One that supports
// everything supports none with a changed number, day, name or speaker; one that is
// always right is not corrupted by the code; and a broken one leaves the verdicts of
// the code.
func TestModelClaims(t *testing.T) {
	lib := library(t, seedsBoth)
	claims := ownClaims(t)
	if raceDetector { // which needs to see the code run, not every claim
		claims = claims[:6]
	}
	alone := New(lib, Options{Now: evalDay})
	byCode := map[string]Verdict{}
	for _, c := range claims {
		v, err := alone.Check(t.Context(), CheckRequest{Text: c.Claim})
		if err != nil {
			t.Fatal(err)
		}
		byCode[c.Claim] = v
	}
	truth := map[string]Ruling{}
	for _, c := range claims {
		truth[c.Claim] = Ruling(c.Verdict)
	}
	claimOf := func(p prompts.Prompt) string {
		_, rest, _ := strings.Cut(p.User, "The claim:\nBEGIN ")
		_, rest, _ = strings.Cut(rest, "\n")
		rest, _, _ = strings.Cut(rest, "\nEND ")
		return rest
	}
	for name, m := range map[string]*fakeModel{
		"supports everything": claimModel(func(prompts.Prompt) Ruling { return Supported }),
		"always right":        claimModel(func(p prompts.Prompt) Ruling { return cmp.Or(truth[claimOf(p)], NotInArticles) }),
		"down":                {reply: map[string]func(prompts.Prompt) (string, error){"claim": func(prompts.Prompt) (string, error) { return "", ErrModelDown }}},
	} {
		a := m.answerer(t, lib)
		right, wrongSupported := 0, 0
		for _, c := range claims {
			v, err := a.Check(t.Context(), CheckRequest{Text: c.Claim})
			if err != nil {
				t.Fatal(err)
			}
			if v.Verdict == Ruling(c.Verdict) {
				right++
			} else if *checkShow {
				t.Logf("%s: %q is %s, want %s: %s", name, c.Claim, v.Verdict, c.Verdict, v.Why)
			}
			if v.Verdict == Supported && c.Verdict != string(Supported) {
				wrongSupported++
				if byCode[c.Claim].Verdict != Supported {
					t.Errorf("%s: %q is supported, though it is %s (%s)", name, c.Claim, c.Verdict, c.Why)
				}
			}
			for i, ct := range v.Citations {
				if o, ok := lib.Article(ct.ArticleID); !ok || o.Text[ct.Start:ct.End] != ct.Quote || ct.Number != i+1 {
					t.Errorf("%s: %q cites %+v", name, c.Claim, ct)
				}
			}
			switch {
			case name == "down" && len(byCode[c.Claim].Citations)+len(byCode[c.Claim].Nearest) > 0:
				if v.Mode != Extractive || v.Note == "" || v.Verdict != byCode[c.Claim].Verdict || v.Why != byCode[c.Claim].Why {
					t.Errorf("%s: %q is %s by %s (%q), want %s", name, c.Claim, v.Verdict, v.Mode, v.Note, byCode[c.Claim].Verdict)
				}
			case name != "down" && v.Mode != Model && len(m.asked) > 0 && v.Note == "":
				t.Logf("%s: %q was not put to the model", name, c.Claim)
			}
		}
		t.Logf("a model that %s: %d of %d verdicts right, %d wrongly supported", name, right, len(claims), wrongSupported)
		if name == "always right" && float64(right) < 0.9*float64(len(claims)) {
			t.Errorf("%d of %d right, want 90 %%", right, len(claims))
		}
	}
}

// A claim that the code can't match is supported where the model says so and the claim
// passes the check against what it quotes; no changed number or name does.
func TestModelClaimAgrees(t *testing.T) {
	lib := library(t, wordSeeds)
	m := claimModel(func(prompts.Prompt) Ruling { return Supported })
	for claim, want := range map[string]Ruling{
		"Kuleba said that Ukraine would demonstrate restraint.": Supported,
		"Kuleba said that Poland would demonstrate restraint.":  NotInArticles,
		"Lavrov said that Ukraine would demonstrate restraint.": NotInArticles,
	} {
		v, err := m.answerer(t, lib).Check(t.Context(), CheckRequest{Text: claim})
		if err != nil {
			t.Fatal(err)
		}
		if v.Verdict == Supported && want != Supported {
			t.Errorf("%q: %s: %s", claim, v.Verdict, v.Why)
		}
	}
}

// A context that is too small for all passages gets fewer of them, under brief rules.
func TestModelSmallContext(t *testing.T) {
	lib := library(t, wordSeeds)
	sizes := map[int]int{}
	for _, context := range []int{0, 16384, 1500, 1200} {
		m := &fakeModel{context: context, reply: map[string]func(prompts.Prompt) (string, error){"answer": honestSummary}}
		ans, err := m.answerer(t, lib).Answer(t.Context(), Question{Text: "What did the Kremlin say about the troops near the border of Ukraine?"})
		if err != nil || ans.Mode != Model {
			t.Fatalf("context %d: %v, %s %q", context, err, ans.Mode, ans.Note)
		}
		p := m.asked[0]
		sizes[context] = len(passagesOf(p))
		brief := !strings.Contains(p.System, "Do no sums")
		if tokens := modelTokens(len(p.System) + len(p.User)); context > 0 && tokens+context/replyShare > context && context < 4500 {
			t.Errorf("context %d: a prompt of %d tokens", context, tokens)
		}
		if brief != small(context) {
			t.Errorf("context %d: brief is %v", context, brief)
		}
	}
	if sizes[0] != sizes[16384] || sizes[1500] >= sizes[0] || sizes[1200] >= sizes[1500] || sizes[1200] == 0 {
		t.Errorf("passages by context: %v", sizes)
	}
}

// A context that turns out to be small only by a refusal gets a second, shorter prompt.
func TestModelLearnsItsContext(t *testing.T) {
	m := &fakeModel{}
	m.reply = map[string]func(prompts.Prompt) (string, error){"answer": func(p prompts.Prompt) (string, error) {
		if m.context == 0 {
			m.context = 1500
			return "", ErrTooLong
		}
		return honestSummary(p)
	}}
	ans, err := m.answerer(t, library(t, wordSeeds)).Answer(t.Context(), Question{Text: "What did the Kremlin say about the troops near the border of Ukraine?"})
	if err != nil || ans.Mode != Model || len(m.asked) != 2 {
		t.Errorf("%v, %s, %d requests", err, ans.Mode, len(m.asked))
	}
	if errors.Is(err, ErrTooLong) || len(m.asked) == 2 && len(m.asked[1].User) >= len(m.asked[0].User) {
		t.Error("the second prompt is not shorter")
	}
}

// An ownClaim is a claim of the own set.
type ownClaim struct{ Claim, Verdict, Why string }

func ownClaims(t *testing.T) []ownClaim {
	t.Helper()
	f, err := os.Open("testdata/claims.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []ownClaim
	for d := json.NewDecoder(f); d.More(); {
		var c ownClaim
		if err := d.Decode(&c); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// A claim in another language is compared in English, and judged in the asker's
// language; a translation that changes a number, or makes a question of it, is not used.
func TestModelClaimTranslated(t *testing.T) {
	lib := library(t, wordSeeds)
	const claim = "Україна заявляє, що Росія розгорнула біля кордону близько 115 000 військових."
	for name, c := range map[string]struct {
		english string
		want    Ruling
	}{
		"as it is":         {"Ukraine says that Russia has deployed about 115,000 troops near the border.", Supported},
		"another number":   {"Ukraine says that Russia has deployed about 120,000 troops near the border.", NotInArticles},
		"made a question":  {"Has Russia deployed about 115,000 troops near the border?", NotInArticles},
		"no word of sense": {"", NotInArticles},
	} {
		var asked string
		m := claimModel(func(p prompts.Prompt) Ruling { asked = p.System; return Supported })
		m.reply["followup"] = rewrites(c.english, "", "", "uk")
		v, err := m.answerer(t, lib).Check(t.Context(), CheckRequest{Text: claim})
		if err != nil || v.Verdict != c.want || v.Claim != claim {
			t.Errorf("%s: %v, %s: %s", name, err, v.Verdict, v.Why)
		}
		if c.want == Supported && !strings.Contains(asked, "in Ukrainian") {
			t.Errorf("%s: not judged in Ukrainian", name)
		}
	}
}
