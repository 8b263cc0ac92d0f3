// Package indextest holds every implementation of an index to one contract.
package indextest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// TestWordIndex runs the contract of a WordIndex; empty returns one without
// documents.
func TestWordIndex(t *testing.T, empty func(t *testing.T) retrieval.WordIndex) {
	for _, c := range []struct {
		name string
		test func(*testing.T, retrieval.WordIndex)
	}{
		{"the best comes first", testBest},
		{"ties go by key", testWordTies},
		{"filters", testWordFilters},
		{"any number may be asked for", testWordNumbers},
		{"the same key again replaces", testWordReplace},
		{"what is removed is gone", testWordRemove},
		{"words are known by how rare they are", testRarity},
		{"names are known by their capitals", testCased},
		{"a cancelled call does nothing", testWordCancelled},
		{"concurrent use", testWordConcurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, empty(t)) })
	}
}

func wordDoc(key, text string, p retrieval.Place) retrieval.WordDoc {
	return retrieval.WordDoc{Key: key, Terms: analysis.Terms(text), Place: p}
}

func terms(text string) (out []retrieval.QueryTerm) {
	for _, t := range analysis.Terms(text) {
		out = append(out, retrieval.QueryTerm{Text: t.Text, Weight: 1})
	}
	return out
}

func addWords(t *testing.T, x retrieval.WordIndex, docs ...retrieval.WordDoc) {
	t.Helper()
	if err := x.Add(t.Context(), docs...); err != nil {
		t.Fatal(err)
	}
}

func searchWords(t *testing.T, x retrieval.WordIndex, text string, f retrieval.Filter, n int) []string {
	t.Helper()
	found, err := x.Search(t.Context(), terms(text), f, n)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range found {
		if s.Score < 0 || s.Score > 1 || i > 0 && s.Score > found[i-1].Score {
			t.Errorf("score %v of %s is out of range or order", s.Score, s.Key)
		}
	}
	return keys(found)
}

func keys(found []retrieval.Scored) (out []string) {
	for _, s := range found {
		out = append(out, s.Key)
	}
	return out
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func testBest(t *testing.T, x retrieval.WordIndex) {
	addWords(t, x,
		wordDoc("both", "Ministers met in Geneva about the border.", retrieval.Place{}),
		wordDoc("one", "Geneva is cold in January.", retrieval.Place{}),
		wordDoc("none", "The harvest was late.", retrieval.Place{}))
	want(t, "found", searchWords(t, x, "Who met in Geneva?", retrieval.Filter{}, 10), []string{"both", "one"})
	if n := x.Len(); n != 3 {
		t.Errorf("Len is %d of 3", n)
	}
	weighted, err := x.Search(t.Context(), []retrieval.QueryTerm{{Text: "harvest", Weight: 1}, {Text: "geneva", Weight: .1}}, retrieval.Filter{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "by weight", keys(weighted), []string{"none"})
}

func testWordTies(t *testing.T, x retrieval.WordIndex) {
	for _, key := range []string{"c", "a", "d", "b"} {
		addWords(t, x, wordDoc(key, "the same words", retrieval.Place{}))
	}
	for range 5 {
		want(t, "found", searchWords(t, x, "same words", retrieval.Filter{}, 3), []string{"a", "b", "c"})
	}
}

// places are those of documents "0", "1", and so on.
var places = []retrieval.Place{
	{Article: "x", Publisher: "post", Published: "2021-12-02"},
	{Article: "x", Publisher: "post", Published: "2021-12-31"},
	{Article: "y", Publisher: "times", Published: "2022-01-01"},
	{Article: "z", Publisher: "post", Published: ""},
}

var filters = []struct {
	name   string
	filter retrieval.Filter
	want   []string
}{
	{"all", retrieval.Filter{}, []string{"0", "1", "2", "3"}},
	{"article", retrieval.Filter{Article: "x"}, []string{"0", "1"}},
	{"publisher", retrieval.Filter{Publisher: "post"}, []string{"0", "1", "3"}},
	{"a day", retrieval.Filter{Published: []dates.Range{{Since: "2021-12-31", Until: "2021-12-31"}}}, []string{"1"}},
	{"over the end of a month", retrieval.Filter{Published: []dates.Range{{Since: "2021-12-30", Until: "2022-01-02"}}}, []string{"1", "2"}},
	{"open at the end", retrieval.Filter{Published: []dates.Range{{Since: "2021-12-03"}}}, []string{"1", "2"}},
	{"open at the beginning", retrieval.Filter{Published: []dates.Range{{Until: "2021-12-30"}}}, []string{"0"}},
	{"two windows", retrieval.Filter{Published: []dates.Range{{Until: "2021-12-03"}, {Since: "2022-01-01"}}}, []string{"0", "2"}},
	{"all three", retrieval.Filter{Article: "x", Publisher: "post", Published: []dates.Range{{Since: "2021-12-03"}}}, []string{"1"}},
	{"no such", retrieval.Filter{Publisher: "gazette"}, nil},
}

func testWordFilters(t *testing.T, x retrieval.WordIndex) {
	for i, p := range places {
		addWords(t, x, wordDoc(fmt.Sprint(i), "the same words", p))
	}
	for _, f := range filters {
		want(t, f.name, searchWords(t, x, "same words", f.filter, 10), f.want)
	}
	want(t, "one that passes behind others that don't", searchWords(t, x, "same words", retrieval.Filter{Article: "y"}, 1), []string{"2"})
}

func testWordNumbers(t *testing.T, x retrieval.WordIndex) {
	if got := searchWords(t, x, "anything", retrieval.Filter{}, 5); got != nil {
		t.Errorf("an empty index finds %q", got)
	}
	addWords(t, x)
	addWords(t, x, wordDoc("a", "some words", retrieval.Place{}), wordDoc("b", "more words", retrieval.Place{}), wordDoc("empty", "", retrieval.Place{}))
	for n, found := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2, 1000: 2} {
		if got := searchWords(t, x, "words", retrieval.Filter{}, n); len(got) != found {
			t.Errorf("asked for %d, found %q", n, got)
		}
	}
	if got := searchWords(t, x, "", retrieval.Filter{}, 5); got != nil {
		t.Errorf("no term finds %q", got)
	}
}

func testWordReplace(t *testing.T, x retrieval.WordIndex) {
	addWords(t, x, wordDoc("a", "wheat", retrieval.Place{}), wordDoc("b", "barley", retrieval.Place{}))
	addWords(t, x, wordDoc("a", "maize", retrieval.Place{}), wordDoc("a", "rye", retrieval.Place{Publisher: "post"}))
	for word, found := range map[string][]string{"wheat": nil, "maize": nil, "rye": {"a"}, "barley": {"b"}} {
		want(t, word, searchWords(t, x, word, retrieval.Filter{}, 5), found)
	}
	want(t, "in its new place", searchWords(t, x, "rye", retrieval.Filter{Publisher: "post"}, 5), []string{"a"})
	if x.Len() != 2 || x.Known("wheat") || x.Known("maize") {
		t.Error("the earlier text is still there")
	}
}

func testWordRemove(t *testing.T, x retrieval.WordIndex) {
	addWords(t, x, wordDoc("a", "wheat", retrieval.Place{}), wordDoc("b", "wheat", retrieval.Place{}))
	for _, keys := range [][]string{nil, {"unknown"}, {"a", "a", "unknown"}, {"a"}} {
		if err := x.Remove(t.Context(), keys...); err != nil {
			t.Fatal(err)
		}
		left := 2
		if len(keys) > 0 && keys[0] == "a" {
			left = 1
		}
		if got := searchWords(t, x, "wheat", retrieval.Filter{}, 5); len(got) != left || x.Len() != left {
			t.Errorf("after removing %q: %q", keys, got)
		}
	}
	addWords(t, x, wordDoc("a", "rye", retrieval.Place{}))
	want(t, "added again", searchWords(t, x, "rye", retrieval.Filter{}, 5), []string{"a"})
}

func testRarity(t *testing.T, x retrieval.WordIndex) {
	for i := range 10 {
		text := "government"
		if i == 0 {
			text = "government parliament"
		}
		addWords(t, x, wordDoc(fmt.Sprint(i), text, retrieval.Place{}))
	}
	common, rare := analysis.Word("government"), analysis.Word("parliament")
	if a, b, c := x.IDF(common), x.IDF(rare), x.IDF("unheard"); a < 0 || a >= b || b >= c {
		t.Errorf("IDF of a common, a rare and an unknown word: %v, %v, %v", a, b, c)
	}
	if !x.Known(rare) || x.Known("unheard") {
		t.Error("Known is wrong")
	}
	for misspelt, near := range map[string]string{analysis.Word("goverment"): common, "zzzzzzzz": "", "go": ""} {
		if got := x.Nearest(misspelt); got != near {
			t.Errorf("Nearest(%q) is %q", misspelt, got)
		}
	}
}

func testCased(t *testing.T, x retrieval.WordIndex) {
	headline := wordDoc("headline", "The Kremlin Sees Troops", retrieval.Place{})
	headline.Headline = true
	addWords(t, x, headline,
		wordDoc("a", "Troops of the Kremlin saw Kremlin troops", retrieval.Place{}),
		wordDoc("b", "A kremlin has troops", retrieval.Place{}))
	counts := func(word string) [2]int {
		inside, capital := x.Cased(analysis.Word(word))
		return [2]int{inside, capital}
	}
	want(t, "a name", counts("Kremlin"), [2]int{3, 2})
	want(t, "a common word", counts("troops"), [2]int{2, 0})
	want(t, "an unknown word", counts("unheard"), [2]int{})
	if err := x.Remove(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	want(t, "a name after a removal", counts("Kremlin"), [2]int{1, 0})
}

func testWordCancelled(t *testing.T, x retrieval.WordIndex) {
	addWords(t, x, wordDoc("a", "wheat", retrieval.Place{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := x.Search(ctx, terms("wheat"), retrieval.Filter{}, 5); err != context.Canceled || got != nil {
		t.Errorf("search: %v, %v", got, err)
	}
	if err := x.Add(ctx, wordDoc("a", "rye", retrieval.Place{})); err != context.Canceled {
		t.Errorf("add: %v", err)
	}
	if err := x.Remove(ctx, "a"); err != context.Canceled {
		t.Errorf("remove: %v", err)
	}
	want(t, "afterwards", searchWords(t, x, "wheat", retrieval.Filter{}, 5), []string{"a"})
}

func testWordConcurrent(t *testing.T, x retrieval.WordIndex) {
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				key := fmt.Sprintf("%d-%d", w, i)
				if err := x.Add(t.Context(), wordDoc(key, "wheat "+key, retrieval.Place{})); err != nil {
					t.Error(err)
				}
				if i%2 == 1 {
					if err := x.Remove(t.Context(), key); err != nil {
						t.Error(err)
					}
				}
				if _, err := x.Search(t.Context(), terms("wheat"), retrieval.Filter{}, 5); err != nil {
					t.Error(err)
				}
				x.IDF("wheat")
				x.Nearest("whaet")
			}
		})
	}
	wg.Wait()
	if x.Len() != 100 {
		t.Errorf("%d documents are left of 100", x.Len())
	}
}
