package qa_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// Topics are found by their beginning, by a later word, in another spelling and with
// a slip; what most articles speak of comes first.
func TestTopics(t *testing.T) {
	lib, err := qa.WordSeeds()
	if err != nil {
		t.Fatal(err)
	}
	topics := qa.NewTopics(lib)
	for _, tt := range []struct{ typed, first string }{
		{"put", "Vladimir Putin"}, {"Vlad", "Vladimir Putin"}, {"sergey lavrov", "Sergei Lavrov"}, {"lavrv", "Sergei Lavrov"}, {"stokholm", "Stockholm"},
		{"Kyiv", "Kiev"}, {"troops", "Russian troops"}, {"secur", "security guarantees"}, {"nato", "NATO"}, {" JOE  b", "Joe Biden"},
	} {
		if got := topics.Find(t.Context(), tt.typed, 25); len(got) == 0 || got[0] != tt.first {
			t.Errorf("%q: %q, want %s first", tt.typed, got, tt.first)
		}
	}
	all := topics.Find(t.Context(), "", 25)
	if len(all) != 25 || !slices.Contains(all[:8], "Vladimir Putin") {
		t.Errorf("without a word: %q", all)
	}
	for _, none := range []string{"zzzz", "Minister", "Wednesday"} {
		if got := topics.Find(t.Context(), none, 25); slices.Contains(got, none) || none == "zzzz" && len(got) > 0 {
			t.Errorf("%q: %q", none, got)
		}
	}
}

// The topics follow the library: articles that are new and articles that changed.
func TestTopicsFollow(t *testing.T) {
	lib := retrieval.New(nil)
	topics := qa.NewTopics(lib)
	if got := topics.Find(t.Context(), "", 25); len(got) != 0 {
		t.Errorf("of no article: %q", got)
	}
	add := func(id, text string) {
		t.Helper()
		if _, err := lib.Add(t.Context(), article.Article{ID: id, Title: id, Published: "2021-12-02", Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	add("a", "On Monday the mayor of Odd Haven met the harbour master. Ships wait outside Odd Haven.\n")
	add("b", "A storm reached Port Ember on Sunday. The people of Port Ember had been warned.\n")
	if got := topics.Find(t.Context(), "", 25); !slices.Contains(got, "Odd Haven") || !slices.Contains(got, "Port Ember") {
		t.Errorf("topics %q", got)
	}
	add("a", "On Tuesday the mayor of Low Haven met the harbour master. Ships wait outside.\n")
	if got := topics.Find(t.Context(), "", 25); slices.Contains(got, "Odd Haven") || slices.Contains(got, "Ships") || !slices.Contains(got, "Low Haven") || !slices.Contains(got, "Port Ember") {
		t.Errorf("after a change: %q", got)
	}
}

func BenchmarkTopicsFind(b *testing.B) {
	lib := retrieval.New(nil)
	for i := range 1000 {
		text := strings.Repeat(fmt.Sprintf("On Monday the mayor of Town%d met Minister Name%d Surname%d over the gas pipeline. ", i%300, i%700, i), 10)
		if _, err := lib.Add(b.Context(), article.Article{ID: fmt.Sprint(i), Title: fmt.Sprint(i), Published: "2021-12-02", Text: text}); err != nil {
			b.Fatal(err)
		}
	}
	topics := qa.NewTopics(lib)
	for b.Loop() {
		topics.Find(b.Context(), "surnme42", 25)
	}
}
