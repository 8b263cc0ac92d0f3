package retrieval

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
	"crisisbot/seeds"
)

var seedWords = sync.OnceValues(func() (*Library, error) {
	all, err := seeds.All()
	if err != nil {
		return nil, err
	}
	lib := New(nil)
	for _, s := range all {
		a := article.Article{ID: s.ID, File: s.File, Title: s.Title, Publisher: s.Publisher, Published: s.Published, Quality: s.Quality, Origin: s.Origin, Text: s.Text}
		if _, err := lib.Add(context.Background(), a); err != nil {
			return nil, err
		}
	}
	return lib, nil
})

// starters is the starter articles, searched by words.
func starters(t testing.TB) *Library {
	t.Helper()
	lib, err := seedWords()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestQueryPublisher(t *testing.T) {
	lib := starters(t)
	for _, c := range []struct {
		question, publisher string
		rest                string // words of the question that are compared by meaning
	}{
		{"What did Biden propose, according to The Epoch Times?", "epoch times", "What did Biden propose, ?"},
		{"According to the Moscow Times article, who met Lavrov?", "moscow times", ", who met Lavrov?"},
		{"Who met Lavrov in The Moscow Times report?", "moscow times", "Who met Lavrov ?"},
		{"Does the moscow times mention OSCE", "moscow times", "Does mention OSCE"},
		{"What does the Washington Newsday say of Blinken?", "washington newsday", "What does say of Blinken?"},
		// none, or more than one
		{"What does Moscow want?", "", "What does Moscow want?"},
		{"Do The Moscow Times and The Epoch Times agree?", "", "Do The Moscow Times and The Epoch Times agree?"},
		{"How have times changed?", "", "How have times changed?"},
		{"", "", ""},
	} {
		q, err := lib.Query(c.question, Filter{}, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(strings.Fields(q.Text), " "); q.Filter.Publisher != c.publisher || got != c.rest {
			t.Errorf("%s\n\tof %q: %q, want %q: %q", c.question, q.Filter.Publisher, got, c.publisher, c.rest)
		}
		if c.publisher == "" {
			continue
		}
		for _, term := range q.Terms {
			if term.Text == analysis.Word("epoch") || term.Text == analysis.Word("newsday") {
				t.Errorf("%s: searches for %q", c.question, term.Text)
			}
		}
	}
}

// A name of one word counts as an outlet only where it is said to report, and a
// publisher given beside the question wins.
func TestQueryPublisherOfOneWord(t *testing.T) {
	lib := New(nil)
	for _, p := range []string{"Reuters", "Kyiv"} {
		if _, err := lib.Add(t.Context(), article.Article{ID: p, Publisher: p, Text: "The ferry stopped.\n"}); err != nil {
			t.Fatal(err)
		}
	}
	for question, want := range map[string]string{
		"What did the document obtained by Reuters show?": "", "According to Reuters, what stopped?": "reuters", "What does the Reuters report say?": "reuters", "What does Kyiv want?": "",
	} {
		q, err := lib.Query(question, Filter{}, "")
		if err != nil || q.Filter.Publisher != want {
			t.Errorf("%s: %q %v, want %q", question, q.Filter.Publisher, err, want)
		}
	}
	q, err := lib.Query("According to Reuters, what stopped?", Filter{Publisher: "kyiv"}, "")
	if err != nil || q.Filter.Publisher != "kyiv" || !strings.Contains(q.Text, "Reuters") {
		t.Errorf("%+v %v", q, err)
	}
}

func TestQueryTimes(t *testing.T) {
	lib := starters(t)
	for _, c := range []struct {
		question  string
		flags     []dates.Range
		published []dates.Range
		events    int
		latest    bool
		after     string // begin of what lies after the last report
	}{
		{"Who met Lavrov?", nil, nil, 0, false, ""},
		{"What does the 7 December article say?", nil, []dates.Range{{Since: "2021-12-07", Until: "2021-12-07"}}, 0, false, ""},
		{"Who went to the front on April 8?", nil, nil, 1, false, ""},
		{"What is the latest on the talks?", nil, nil, 0, true, ""},
		{"Did Russia invade in February 2022?", nil, nil, 1, false, "2022-02-01"},
		{"Who met Lavrov?", []dates.Range{{Since: "2021-12-01"}}, []dates.Range{{Since: "2021-12-01"}}, 0, false, ""},
		{"What does the 7 December article say?", []dates.Range{{Since: "2021-12-01", Until: "2021-12-31"}}, []dates.Range{{Since: "2021-12-07", Until: "2021-12-07"}}, 0, false, ""},
	} {
		q, err := lib.Query(c.question, Filter{Published: c.flags}, "")
		if err != nil {
			t.Fatalf("%s: %v", c.question, err)
		}
		if !slices.Equal(q.Filter.Published, c.published) || len(q.Events) != c.events || q.Latest != c.latest || q.After.Since != c.after {
			t.Errorf("%s\n\tpublished %v, %d events, latest %t, after %q", c.question, q.Filter.Published, len(q.Events), q.Latest, q.After.Since)
		}
	}
	// Bounds that exclude one another admit nothing, rather than everything.
	q, err := lib.Query("What does the 7 December article say?", Filter{Published: []dates.Range{{Until: "2021-11-30"}}}, "")
	if err != nil || q.Filter.Match(Place{Published: "2021-12-07"}) || q.Filter.Match(Place{Published: "2021-11-01"}) {
		t.Errorf("%v %v", q.Filter, err)
	}
	for _, question := range []string{"What happened on 31 April 2021?", "What happened on February 30, 2021?"} {
		if _, err := lib.Query(question, Filter{}, ""); err == nil {
			t.Errorf("%s: no error", question)
		}
	}
}

func TestIntersect(t *testing.T) {
	april, spring := dates.Range{Since: "2021-04-01", Until: "2021-04-30"}, dates.Range{Since: "2021-03-01", Until: "2021-05-31"}
	if got := intersect(nil, nil); len(got) != 0 {
		t.Errorf("%v", got)
	}
	for _, pair := range [][2][]dates.Range{{{april}, nil}, {nil, {april}}, {{april}, {spring}}, {{spring}, {april}}} {
		if got := intersect(pair[0], pair[1]); !slices.Equal(got, []dates.Range{april}) {
			t.Errorf("%v: %v", pair, got)
		}
	}
	flags := []dates.Range{april}
	got := intersect(flags, nil)
	got[0].Since = "changed"
	if flags[0] != april {
		t.Error("the caller's bounds were changed")
	}
}

func TestTerms(t *testing.T) {
	lib := starters(t)
	weights := func(question string) map[string]float64 {
		out := map[string]float64{}
		for _, q := range lib.Terms(question) {
			if _, twice := out[q.Text]; twice {
				t.Errorf("%s: %q twice", question, q.Text)
			}
			out[q.Text] = q.Weight
		}
		return out
	}
	for _, c := range []struct {
		question string
		want     map[string]float64
	}{
		{"Who met Lavrov?", map[string]float64{"meet": 1, "lavrov": 1}},
		{"Lavrov, Lavrov and Lavrov", map[string]float64{"lavrov": 1}},
		{"What is the name of it?", map[string]float64{"name": focusWeight}},
		{"who is Lavrof", map[string]float64{"lavrov": misspeltWeight}},
		{"the 115K", map[string]float64{"115000": 1}},
		{"the of and", map[string]float64{}},
		{"", map[string]float64{}},
	} {
		got := weights(c.question)
		if len(got) != len(c.want) {
			t.Errorf("%q: %v, want %v", c.question, got, c.want)
		}
		for term, w := range c.want {
			if got[term] != w {
				t.Errorf("%q: %v, want %v", c.question, got, c.want)
			}
		}
	}
	if got := weights("Who is Zelenskyy of Kiev?"); len(got) != 2 || got[analysis.Word("Zelensky")] != 1 || got[analysis.Word("Kyiv")] != 1 {
		t.Errorf("%v", got)
	}
}
