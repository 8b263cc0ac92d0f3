package retrieval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

func searchFor(t testing.TB, lib *Library, question string, f Filter) []Hit {
	t.Helper()
	q, err := lib.Query(question, f, "")
	if err != nil {
		t.Fatal(err)
	}
	hits, err := lib.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

func TestSearch(t *testing.T) {
	lib := starters(t)
	for _, c := range []struct{ question, article, part string }{
		{"Which bank system could Russia be expelled from?", "2021-12-22-russia-agrees-to-talks", "SWIFT"},
		{"Where did Putin and Biden first meet?", "moscow-times-2021-12-02-ukraine-crisis-builds", "Geneva"},
		{"What did Lukashenko call NATO's plans?", "2021-12-07-biden-putin-video-call", "Lukashenko"},
	} {
		hits := searchFor(t, lib, c.question, Filter{})
		if len(hits) == 0 || len(hits) > defaultLimit {
			t.Fatalf("%s: %d hits", c.question, len(hits))
		}
		found := slices.ContainsFunc(hits[:3], func(h Hit) bool { return h.Article.ID == c.article })
		if !found {
			t.Errorf("%s: first is %s", c.question, hits[0].Key())
		}
		for i, h := range hits {
			if h.Lexical < 0 || h.Lexical > 1 || h.Semantic != 0 || h.Score != h.Lexical || h.Text() == "" || !h.Kind.Evidence() {
				t.Errorf("%s: %+v", c.question, h)
			}
			if i > 0 && h.Score > hits[i-1].Score {
				t.Errorf("%s: hit %d is better than the one before", c.question, i+1)
			}
		}
	}
	if hits := searchFor(t, lib, "the of and", Filter{}); len(hits) != 0 {
		t.Errorf("function words find %d passages", len(hits))
	}
	if hits := searchFor(t, lib, "Xylophonists quaff borscht", Filter{}); len(hits) != 0 {
		t.Errorf("unknown words find %s", hits[0].Text())
	}
}

func TestSearchLimit(t *testing.T) {
	lib := starters(t)
	q, err := lib.Query("Russia Ukraine Biden Putin", Filter{}, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{1, 3, 1000} {
		q.Limit = limit
		hits, err := lib.Search(t.Context(), q)
		if err != nil || len(hits) == 0 || len(hits) > limit {
			t.Errorf("limit %d: %d hits, %v", limit, len(hits), err)
		}
	}
}

func TestSearchFilter(t *testing.T) {
	lib := starters(t)
	for name, f := range map[string]Filter{
		"publisher": {Publisher: "moscow times"},
		"article":   {Article: "2021-12-22-russia-agrees-to-talks"},
		"window":    {Published: []dates.Range{{Since: "2021-12-03"}}},
		"windows":   {Published: []dates.Range{{Until: "2021-05-01"}, {Since: "2021-12-20"}}},
		"both":      {Publisher: "epoch times", Published: []dates.Range{{Until: "2021-05-01"}}},
	} {
		hits := searchFor(t, lib, "What did Russia say about Ukraine?", f)
		if len(hits) == 0 {
			t.Errorf("%s: no hits", name)
		}
		for _, h := range hits {
			if !f.Match(placeOf(h.Article)) {
				t.Errorf("%s: found %s of %s", name, h.Key(), h.Article.Published)
			}
		}
	}
	if hits := searchFor(t, lib, "What did Russia say?", Filter{Publisher: "moscow times", Published: []dates.Range{{Since: "2022-01-01"}}}); len(hits) != 0 {
		t.Errorf("%d hits outside the window", len(hits))
	}
}

// Of reports that say the same, the latest comes first where it is asked for, and
// the one of the days asked about.
func TestSearchPrefersTimes(t *testing.T) {
	lib := New(nil)
	for _, day := range []string{"2021-04-14", "2021-08-01", "2021-12-22", ""} {
		if _, err := lib.Add(t.Context(), article.Article{ID: "ferry-" + day, Published: day, Text: "The northern ferry carried passengers over the sound.\n"}); err != nil {
			t.Fatal(err)
		}
	}
	for question, want := range map[string]string{
		"What is the latest on the ferry?":          "ferry-2021-12-22",
		"Whom did the ferry carry in August 2021?":  "ferry-2021-08-01",
		"Whom did the ferry carry on 14 April 2021": "ferry-2021-04-14",
		"Whom did the ferry carry?":                 "ferry-", // a tie: by key
	} {
		if hits := searchFor(t, lib, question, Filter{}); len(hits) != 4 || hits[0].Article.ID != want {
			t.Errorf("%s: %d hits, first %s, want %s", question, len(hits), hits[0].Article.ID, want)
		}
	}
}

func TestSearchCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	lib := starters(t)
	q, err := lib.Query("Who met Lavrov?", Filter{}, "")
	if err != nil {
		t.Fatal(err)
	}
	if hits, err := lib.Search(ctx, q); !errors.Is(err, context.Canceled) || hits != nil {
		t.Errorf("%d hits, %v", len(hits), err)
	}
}

// A brokenEmbedder fails at the question.
type brokenEmbedder struct{ fakeDirections }

func (brokenEmbedder) EmbedQuery(context.Context, string) ([]float32, error) {
	return nil, errors.New("out of memory")
}

// fakeDirections puts a text that holds "ferry" into one direction and all others
// into another.
type fakeDirections struct{}

func (fakeDirections) Model() string { return "directions" }
func (fakeDirections) Dim() int      { return 2 }
func (fakeDirections) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	return direction(text), nil
}

func (fakeDirections) EmbedPassages(_ context.Context, texts []string) ([][]float32, error) {
	var out [][]float32
	for _, t := range texts {
		out = append(out, direction(t))
	}
	return out, nil
}

func direction(text string) []float32 {
	for _, w := range []string{"ferry", "ship"} {
		if slices.Contains(splitWords(text), w) {
			return []float32{1, 0}
		}
	}
	return []float32{0, 1}
}

func splitWords(text string) []string {
	var out []string
	word := ""
	for _, r := range text + " " {
		if r >= 'a' && r <= 'z' {
			word += string(r)
		} else if word != "" {
			out = append(out, word)
			word = ""
		}
	}
	return out
}

// Meaning finds what shares no word, the parts add up by weight, and a fault of the
// encoder is an error, not an empty answer.
func TestSearchByMeaning(t *testing.T) {
	articles := []article.Article{
		{ID: "a", Text: "A ship crossed the sound.\n"},
		{ID: "b", Text: "Bakers raised prices.\n"},
	}
	lib := New(fakeDirections{})
	_, err := lib.Add(t.Context(), articles...)
	if err := errors.Join(err, lib.Encode(t.Context(), nil)); err != nil {
		t.Fatal(err)
	}
	hits := searchFor(t, lib, "Where is the ferry?", Filter{})
	if len(hits) == 0 || hits[0].Article.ID != "a" || hits[0].Lexical != 0 || hits[0].Semantic < 0.99 {
		t.Fatalf("%+v", hits)
	}
	for _, h := range hits {
		if want := (1-shareSemantic)*h.Lexical + shareSemantic*h.Semantic; h.Score < want-1e-9 || h.Score > want+1e-9 {
			t.Errorf("%s: score %g, want %g", h.Key(), h.Score, want)
		}
	}
	if hits := searchFor(t, lib, "Which prices did bakers raise?", Filter{}); hits[0].Article.ID != "b" || hits[0].Lexical <= 0 {
		t.Errorf("%+v", hits[0])
	}
	broken := New(brokenEmbedder{})
	_, err = broken.Add(t.Context(), articles...)
	if err := errors.Join(err, broken.Encode(t.Context(), nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := broken.Search(t.Context(), Query{Text: "ferry"}); err == nil || err.Error() != "search meaning: out of memory" {
		t.Error(err)
	}
}

func ExampleLibrary_Search() {
	ctx := context.Background()
	lib := New(nil)
	_, err := lib.Add(ctx,
		article.Article{ID: "gazette", Publisher: "The Oslo Gazette", Published: "2021-12-02", Text: "The northern ferry stopped because of rust.\n"},
		article.Article{ID: "post", Publisher: "Harbour Post", Published: "2021-12-05", Text: "Bakers in Oslo raised prices.\n"})
	if err != nil {
		fmt.Println(err)
		return
	}
	query, err := lib.Query("Why did the ferry stop, according to The Oslo Gazette?", Filter{}, "2021-12-06")
	if err != nil {
		fmt.Println(err)
		return
	}
	hits, err := lib.Search(ctx, query)
	fmt.Println(query.Filter.Publisher, err)
	for _, h := range hits {
		fmt.Println(h.Key(), h.Text())
	}
	// Output:
	// oslo gazette <nil>
	// gazette#0 The northern ferry stopped because of rust.
}
