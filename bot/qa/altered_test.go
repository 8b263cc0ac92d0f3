package qa

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"crisisbot/prompts"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

const (
	newsday = "washington-newsday-2021-12-02-ukraine-crisis-intensifying"
	altered = "grave concerns"
	genuine = "deep concerns"
)

func textOf(t *testing.T, lib *retrieval.Library, id string) string {
	t.Helper()
	a, ok := lib.Article(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return a.Text
}

// honestly fails the test if a citation holds words that a copy put into somebody's
// mouth.
func honestly(t *testing.T, about string, a *Answerer, citations []Citation) {
	t.Helper()
	for _, c := range citations {
		for _, q := range a.lib.Altered(c.ArticleID) {
			if q.Copy.Overlaps(article.Span{Start: c.Start, End: c.End}) {
				t.Errorf("%s: quotes the altered %q", about, c.Quote)
			}
		}
	}
}

// Whatever is asked, and of whichever article, a quotation that the copy among the
// starter articles alters is never cited.
func TestAlteredQuotationsAreNeverCited(t *testing.T) {
	for name, seeds := range map[string]func() (*retrieval.Library, error){"words": wordSeeds, "encoder": seedsBoth} {
		t.Run(name, func(t *testing.T) {
			lib := library(t, seeds)
			a := New(lib, Options{Now: evalDay})
			quotes := lib.Altered(newsday)
			if len(quotes) != 12 {
				t.Fatalf("%d altered quotations, want 12", len(quotes))
			}
			ctx := t.Context()
			n := 0
			text := textOf(t, lib, newsday)
			for _, source := range []string{"", "The Washington Newsday"} {
				for _, q := range quotes {
					said := strings.TrimRight(q.Copy.In(text), " ,.;")
					ans, err := a.Answer(ctx, Question{Text: "Who said " + said + "?", Source: source})
					if err != nil {
						t.Fatal(err)
					}
					honestly(t, said, a, append(ans.Citations, ans.Nearest...))
					v, err := a.Check(ctx, CheckRequest{Text: "Blinken said: " + said + ".", Source: source})
					if err != nil {
						t.Fatal(err)
					}
					honestly(t, said, a, append(v.Citations, v.Nearest...))
					n += 2
				}
				for _, length := range []Length{"short", "medium", "long"} {
					for _, r := range []SummaryRequest{{Topic: "Blinken"}, {Topic: "consequences"}, {Article: newsday}, {Since: "2021-12-02", Until: "2021-12-02"}} {
						r.Source, r.Length = source, length
						s, err := a.Summary(ctx, r)
						if err != nil {
							t.Fatal(err)
						}
						honestly(t, "summary of "+r.Topic, a, s.Citations)
					}
				}
				line, err := a.Timeline(ctx, TimelineRequest{Source: source})
				if err != nil {
					t.Fatal(err)
				}
				honestly(t, "timeline", a, line.Citations)
			}
			disputes, err := a.Disputes(ctx, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range disputes {
				honestly(t, d.About, a, d.Citations)
			}
			t.Logf("n = %d questions and claims", n)
		})
	}
}

// The original's words answer in their place; where only the copy is asked for, the
// reader learns why it is not quoted.
func TestAlteredQuotationIsReplaced(t *testing.T) {
	a := New(library(t, wordSeeds), Options{Now: evalDay})
	const question = "What did Blinken say about grave concerns and severe consequences?"
	ans, err := a.Answer(t.Context(), Question{Text: question})
	if err != nil || !strings.Contains(ans.Text, genuine) || strings.Contains(ans.Text, altered) {
		t.Errorf("%+v %v", ans.Text, err)
	}
	ans, err = a.Answer(t.Context(), Question{Text: question, Source: "Washington Newsday"})
	if err != nil || !ans.Abstained || !strings.Contains(ans.Text, "What comes nearest quotes somebody in other words than the report that it copies: The Washington Newsday, 2 December 2021 copies The Moscow Times, 2 December 2021.") {
		t.Errorf("%+v %v", ans.Text, err)
	}
	v, err := a.Check(t.Context(), CheckRequest{Text: "Blinken warned Moscow of severe consequences.", Source: "Washington Newsday"})
	if err != nil || v.Verdict != NotInArticles || !strings.Contains(v.Why, "in other words than the report that it copies") {
		t.Errorf("%+v %v", v.Why, err)
	}
}

// A model is not shown what a copy altered, so it can't cite it either.
func TestModelIsNotShownAlteredQuotations(t *testing.T) {
	lib := library(t, wordSeeds)
	m := &fakeModel{reply: map[string]func(prompts.Prompt) (string, error){}}
	a := New(lib, Options{Now: evalDay, Writer: NewWriter(m, nil, rand.Reader)})
	ctx := context.Background()
	const source = "Washington Newsday"
	for _, text := range []string{"What did Lavrov call for after meeting Blinken?", "Who met in Sweden?", "What did Blinken propose to Lavrov?"} {
		if _, err := a.Answer(ctx, Question{Text: text, Source: source}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Summary(ctx, SummaryRequest{Article: newsday, Length: "long"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Timeline(ctx, TimelineRequest{Source: source}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Check(ctx, CheckRequest{Text: "Lavrov met Blinken in Sweden.", Source: source}); err != nil {
		t.Fatal(err)
	}
	text := textOf(t, lib, newsday)
	shown := 0
	for _, p := range m.asked {
		if strings.Contains(p.User, "Washington Newsday") {
			shown++
		}
		for _, q := range lib.Altered(newsday) {
			if said := q.Copy.In(text); len(strings.Fields(said)) > 1 && strings.Contains(p.User, said) {
				t.Errorf("the %s prompt shows %q", p.Name, said)
			}
		}
	}
	if shown < 4 {
		t.Errorf("%d of %d prompts show the copy", shown, len(m.asked))
	}
}
