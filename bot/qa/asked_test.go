package qa

import (
	"slices"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

func TestAskedSpeaker(t *testing.T) {
	isName := func(w string) bool { return w == "lavrov" || w == "nato" || w == "biden" }
	for text, want := range map[string][]string{
		"What did Lavrov say about NATO?":             {"lavrov"},
		"what did lavrov say about nato":              {"lavrov"},
		"according to Lavrov, what does NATO want?":   {"lavrov"},
		"lavrov on nato's plans":                      {"lavrov"},
		"What was Biden's reaction?":                  {"biden"},
		"Who said that NATO is a threat?":             nil,
		"Where did Lavrov go?":                        nil,
		"How many troops did the Ministry deploy?":    nil,
		"What did the Foreign Minister Kuleba demand": {"kuleba", "minist", "foreign"},
	} {
		if got := askedSpeaker(analysis.Terms(text), text, isName); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// The words of the speaker asked for come before a better match by another.
func TestVoicedAndDated(t *testing.T) {
	lib := printedStories(t, article.Article{Published: "2021-12-02", Text: `Talks on the harbour

Envoy Anna Berg said on Monday that the harbour stays open. On Tuesday Minister Jan Kos said the harbour will close. He added that the ferry stays.
`})
	q := inquiryOf(t, lib, "What did Kos say about the harbour on 30 November?")
	for part, want := range map[string][2]float64{
		"stays open":     {0, -1}, // Monday was the 29th
		"will close":     {1, 1},
		"ferry stays":    {1, 0},
		"on the harbour": {0, 0},
	} {
		s := sentenceOf(t, lib, part)
		if got := [2]float64{q.voiced(s), q.dated(s)}; got != want {
			t.Errorf("%q: voiced, dated %v, want %v", part, got, want)
		}
	}
}

// A figure of another kind is no answer.
func TestTypedMeasures(t *testing.T) {
	lib := printedStories(t, article.Article{Published: "2021-12-02", Text: `Harbour news

The harbour cost $40 million. The ferry took two hours. Some 300 sailors came. The call begins at 18:00.
`})
	for _, c := range []struct {
		question, part string
		want           float64
	}{
		{"How much was spent on it?", "cost", 1},
		{"How much was spent on it?", "sailors", 0.3},
		{"How long did it last?", "ferry", 1},
		{"How long did it last?", "cost", 0.3},
		{"How many sailors were there?", "sailors", 1},
		{"How many tanks were there?", "sailors", 0.3},
		{"What time does it start?", "call", 1},
		{"What time does it start?", "ferry", -1},
	} {
		if got := inquiryOf(t, lib, c.question).typed(sentenceOf(t, lib, c.part)); got != c.want {
			t.Errorf("%q, %q: %g, want %g", c.question, c.part, got, c.want)
		}
	}
}

// What shares but names with the question comes after what shares its matter, and is
// not shown beside it.
func TestNamesOnly(t *testing.T) {
	lib := printedStories(t, article.Article{Published: "2021-12-02", Text: `Harbour news

Anna Berg and Jan Kos live in Oslo and often travel there. Heavy sanctions were threatened by Anna Berg against the ferry company. Jan Kos likes the old lighthouse.
`})
	q := inquiryOf(t, lib, "What sanctions did Anna Berg threaten?")
	for part, want := range map[string]bool{"live in Oslo": true, "Heavy sanctions": false, "lighthouse": false} {
		s := sentenceOf(t, lib, part)
		s = q.weigh(retrieval.Hit{Passage: s.Passage}, 0, nil)[s.n]
		if got := q.namesOnly(s); got != want {
			t.Errorf("%q: %t", part, got)
		}
	}
	ans := ask(t, lib, Question{Text: "What sanctions did Anna Berg threaten?"})
	if len(ans.Statements) != 1 || ans.Statements[0].Text[:5] != "Heavy" {
		t.Error(ans.Text)
	}
}
