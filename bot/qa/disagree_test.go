package qa

import (
	"strings"
	"testing"

	"crisisbot/retrieval/article"
)

func TestDisagreements(t *testing.T) {
	for _, c := range []struct {
		name     string
		question string
		a, b     string
		origin   string // of b; "" is its own
		want     string // "about: value value", "" is none
	}{
		{"figures differ", "How many troops are at the border?", "Ukraine said 115,000 troops are at the border.", "Officials counted 120,000 soldiers at the border.", "", "troops: 115,000 120,000"},
		{"same figure, printed in two ways", "How many troops are at the border?", "Some 115,000 troops are at the border.", "Now 115K soldiers stand at the border.", "", ""},
		{"of a copy", "How many troops are at the border?", "Some 115,000 troops are at the border.", "Some 120,000 troops were at the border.", "story-a", ""},
		{"of two owners", "How many troops are at the border?", "Russia has 115,000 troops at the border.", "Kiev has 125,000 troops at the border.", "", ""},
		{"a capital is its country", "How many troops are at the border?", "Russia has 115,000 troops at the border.", "Moscow has 125,000 troops at the border.", "", "troops: 115,000 125,000"},
		{"years", "When did troops reach the border?", "In 2014 troops reached the border.", "In 2021 troops reached the border.", "", ""},
		{"days", "When did troops reach the border?", "On 7 December troops reached the border.", "On 8 December troops reached the border.", "", ""},
		{"different things", "How many troops are at the border?", "Some 115,000 troops are at the border.", "Some 900 tanks are at the border.", "", ""},
		{"different weapons", "How many tanks are at the border?", "Some 900 tanks are at the border.", "Some 700 aircraft are at the border.", "", ""},
		{"sums of money", "How much aid did Ukraine get?", "Ukraine got $250 million of aid.", "Ukraine got $50 million of aid for training.", "", ""},
		{"another magnitude", "How many troops are at the border?", "Two troops crossed the border.", "Some 120,000 troops are at the border.", "", ""},
		{"another country", "How many died in the war?", "The war in Ukraine left 13,000 dead.", "The war in Armenia left 12,000 dead.", "", ""},
		{"deaths", "How many died in the war?", "The war in Ukraine left 13,000 dead.", "The war near Kiev killed 14,000 people.", "", "deaths: 13,000 14,000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lib := printedStories(t,
				article.Article{Publisher: "One", Published: "2021-12-02", Text: c.a + "\n"},
				article.Article{Publisher: "Two", Published: "2021-12-07", Origin: c.origin, Text: c.b + "\n"})
			q := inquiryOf(t, lib, c.question)
			ranked := ranks(q, lib, "story-a", "story-b")
			ans := q.answerFrom(ranked, 0.9)
			got := ""
			for _, d := range ans.Disagreements {
				got += d.About + ":"
				for _, s := range d.Sides {
					got += " " + s.Value
					if !strings.Contains(ans.Citations[s.Citations[0]-1].Quote, s.Value) {
						t.Errorf("%s is cited to %q", s.Value, ans.Citations[s.Citations[0]-1].Quote)
					}
				}
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			line := "The reports differ on the number of "
			if strings.Contains(ans.Text, line) != (c.want != "") {
				t.Errorf("text: %s", ans.Text)
			}
		})
	}
}

// Two figures of one report are no disagreement of reports: one side each.
func TestDisagreementHasOneSideAnOrigin(t *testing.T) {
	lib := printedStories(t,
		article.Article{Text: "Some 115,000 troops are at the border.\n"},
		article.Article{Text: "Some 120,000 troops are at the border.\n\nAnother 125,000 troops stand behind the border.\n"},
		article.Article{Text: "Some 130,000 troops are at the border.\n"})
	q := inquiryOf(t, lib, "How many troops are at the border?")
	ans := q.answerFrom(ranks(q, lib, "story-a", "story-b", "story-b#1", "story-c"), 0.9)
	if len(ans.Disagreements) != 1 || len(ans.Disagreements[0].Sides) != 3 {
		t.Fatalf("%+v", ans.Disagreements)
	}
	if want := "The reports differ on the number of troops: 115,000 [1] against 120,000 [3] against 130,000 [4]."; !strings.HasSuffix(ans.Text, want) {
		t.Errorf("%s\nwant %s", ans.Text, want)
	}
}
