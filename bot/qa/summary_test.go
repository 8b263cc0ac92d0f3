package qa_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/seeds"
)

// TestSummaries holds the points that the own summaries cover against a golden file.
func TestSummaries(t *testing.T) {
	a := onSeeds(t)
	var b strings.Builder
	covered, points := 0, 0
	for _, s := range readSet[setSummary](t, "summaries.jsonl") {
		ans, err := a.Summary(context.Background(), qa.SummaryRequest{
			ID: s.ID, Topic: s.Task.Topic, Article: s.Task.Article, Since: s.Task.Since, Until: s.Task.Until, Length: qa.Length(s.Task.Length),
		})
		if err != nil {
			t.Fatalf("%s: %v", s.ID, err)
		}
		checkSummary(t, s.ID, ans)
		fmt.Fprintf(&b, "%s %s\n%s\n", s.ID, ans.Question, ans.Text)
		for _, p := range s.Points {
			points++
			if cites(ans.Citations, p.Evidence) {
				covered++
			} else {
				fmt.Fprintf(&b, "    missing: %s\n", p.Point)
			}
		}
	}
	fmt.Fprintf(&b, "%d of %d points\n", covered, points)
	golden(t, "summaries.golden", b.String())
	if covered*5 < points*4 {
		t.Errorf("%d of %d points are covered", covered, points)
	}
}

// checkSummary reports a statement without a citation, one told twice, and one that
// opens with a pronoun.
func checkSummary(t *testing.T, id string, ans qa.Answer) {
	t.Helper()
	if ans.Abstained || len(ans.Statements) == 0 {
		t.Errorf("%s: abstained: %s", id, ans.Text)
	}
	checkCitations(t, id, ans.Citations)
	seen, text := map[string]bool{}, map[int]bool{}
	for _, st := range ans.Statements {
		if len(st.Citations) == 0 {
			t.Errorf("%s: no citation for %q", id, st.Text)
		}
		if seen[st.Text] || text[st.Citations[len(st.Citations)-1]] {
			t.Errorf("%s: told twice: %q", id, st.Text)
		}
		seen[st.Text] = true
		for _, n := range st.Citations {
			text[n] = true
		}
		for _, p := range []string{"He ", "She ", "They ", "It ", "This ", "These ", "But he "} {
			if strings.HasPrefix(st.Text, p) {
				t.Errorf("%s: opens with a pronoun: %q", id, st.Text)
			}
		}
		if !strings.Contains(ans.Text, st.Text) {
			t.Errorf("%s: the text lacks the statement %q", id, st.Text)
		}
	}
}

// cites reports whether a citation covers one of the quotes or lies inside it.
func cites(citations []qa.Citation, evidence []setQuote) bool {
	for _, e := range evidence {
		for _, c := range citations {
			if c.File == e.File && (strings.Contains(c.Quote, e.Quote) || strings.Contains(e.Quote, c.Quote)) {
				return true
			}
		}
	}
	return false
}

func TestSummaryAbstains(t *testing.T) {
	a := onSeeds(t)
	for _, tt := range []struct {
		req    qa.SummaryRequest
		reason qa.Reason
	}{
		{qa.SummaryRequest{Topic: "the football world cup"}, qa.NothingRelevant},
		{qa.SummaryRequest{Topic: "wheat harvests"}, qa.NothingRelevant},
		{qa.SummaryRequest{Since: "2021-08-01", Until: "2021-08-31"}, qa.OutsidePeriod},
		{qa.SummaryRequest{Since: "2023"}, qa.OutsidePeriod},
		{qa.SummaryRequest{Topic: "Crimea", Since: "2021-08-01", Until: "2021-08-31"}, qa.OutsidePeriod},
	} {
		ans, err := a.Summary(context.Background(), tt.req)
		if err != nil || !ans.Abstained || ans.Reason != tt.reason || len(ans.Citations) > 0 {
			t.Errorf("%+v: %v, %q, abstained %t for %s; want %s", tt.req, err, ans.Text, ans.Abstained, ans.Reason, tt.reason)
		}
		if tt.req.Topic == "" && len(ans.Nearest) == 0 {
			t.Errorf("%+v: nothing near is shown", tt.req)
		}
		checkCitations(t, "nearest", ans.Nearest)
	}
}

func TestSummaryInput(t *testing.T) {
	a := onSeeds(t)
	for _, tt := range []struct {
		req  qa.SummaryRequest
		says string
	}{
		{qa.SummaryRequest{}, "topic, an article or a period"},
		{qa.SummaryRequest{Topic: "Crimea", Length: "epic"}, "short, medium or long"},
		{qa.SummaryRequest{Article: "the report on football"}, "there is, for instance"},
		{qa.SummaryRequest{Since: "2021-12-10", Until: "2021-12-01"}, "ends"},
		{qa.SummaryRequest{Topic: "?!"}, "no word"},
	} {
		_, err := a.Summary(context.Background(), tt.req)
		if !errors.As(err, new(*qa.InputError)) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%+v: %v, want an input error with %q", tt.req, err, tt.says)
		}
	}
}

func TestSummaryLengths(t *testing.T) {
	a := onSeeds(t)
	last := 0
	for _, l := range []qa.Length{qa.Short, qa.Medium, qa.Long} {
		ans, err := a.Summary(context.Background(), qa.SummaryRequest{Topic: "the talks between Russia and the United States", Length: l})
		if err != nil || len(ans.Text) <= last {
			t.Errorf("%s has %d bytes after %d, %v", l, len(ans.Text), last, err)
		}
		last = len(ans.Text)
	}
}

// manyArticles is a library of n articles, printed on the days of a year, whose
// paragraphs are those of the starter articles in another order.
func manyArticles(t testing.TB, n int) *retrieval.Library {
	t.Helper()
	all, err := seeds.All()
	if err != nil {
		t.Fatal(err)
	}
	lib := retrieval.New(nil)
	day := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	var articles []article.Article
	for i := range n {
		var parts []string
		for j := range 12 {
			s := all[(i+j)%len(all)]
			lines := strings.Split(s.Text, "\n\n")
			parts = append(parts, fmt.Sprintf("Report %d. ", i)+lines[(i/len(all)+7*j)%len(lines)])
		}
		articles = append(articles, article.Article{
			ID: fmt.Sprintf("a%04d", i), Title: fmt.Sprintf("Report %d", i), Publisher: fmt.Sprintf("Outlet %d", i%20),
			Published: day.AddDate(0, 0, i%365).Format(time.DateOnly), Text: strings.Join(parts, "\n\n"),
		})
	}
	if _, err := lib.Add(context.Background(), articles...); err != nil {
		t.Fatal(err)
	}
	return lib
}
