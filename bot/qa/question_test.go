package qa

import (
	"slices"
	"testing"

	"crisisbot/retrieval/analysis"
)

func TestExpected(t *testing.T) {
	names := map[expect]string{expectAny: "any", expectPerson: "person", expectNumber: "number", expectTime: "time", expectPlace: "place", expectReason: "reason", expectSaying: "saying", expectYesNo: "yes or no"}
	for _, c := range []struct {
		question string
		want     expect
	}{
		{"Who met Lavrov in Stockholm?", expectPerson},
		{"whose troops are near the border", expectPerson},
		{"How many troops are there?", expectNumber},
		{"so how much aid did they get", expectNumber},
		{"How long did they talk?", expectNumber},
		{"What is the number of soldiers there?", expectNumber},
		{"What was the death toll?", expectNumber},
		{"When did they meet?", expectTime},
		{"What year was Crimea seized?", expectTime},
		{"On which day did Biden phone Putin?", expectTime},
		{"Where did they meet?", expectPlace},
		{"In which country is Sumy?", expectPlace},
		{"Why did Biden call?", expectReason},
		{"How come they met?", expectReason},
		{"What did Lavrov say?", expectSaying},
		{"What did the foreign minister say about it?", expectSaying},
		{"How did the Kremlin respond?", expectSaying},
		{"What has Putin said about NATO?", expectSaying},
		{"Did Russia invade?", expectYesNo},
		{"is it true", expectYesNo},
		{"Tell me about Crimea.", expectAny},
		{"What is SWIFT?", expectAny},
		// the first run of words decides
		{"Who said how many troops there are?", expectPerson},
		{"How many of those who fled came back?", expectNumber},
		{"", expectAny},
		{"???", expectAny},
	} {
		if got := expected(analysis.Terms(c.question), c.question); got != c.want {
			t.Errorf("%q: %s, want %s", c.question, names[got], names[c.want])
		}
	}
}

func TestCounted(t *testing.T) {
	for question, want := range map[string][]string{
		"How many Russian troops are there?":     {"troop"},
		"How many people died?":                  {analysis.Word("people"), analysis.Word("died")},
		"how many of them are there":             nil,
		"How much did it cost?":                  nil,
		"How many?":                              nil,
		"Who said how many soldiers were there?": {analysis.Word("soldiers")},
		"What happened?":                         nil,
	} {
		if got := counted(analysis.Terms(question)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", question, got, want)
		}
	}
}

// A figure beside what is counted fits, any other may, and the figures of a date
// are none.
func TestTyped(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, c := range []struct {
		question, text string
		want           float64
	}{
		{"How many troops are there?", "About 115,000 troops gathered.", 1},
		{"How many troops are there?", "About 40 ships gathered far away from there in the very north.", 0.3},
		{"How many troops are there?", "Troops gathered on December 7, 2021.", -1},
		{"How many troops are there?", "Troops gathered.", -1},
		{"How many troops are there?", "No fewer than 115,000 of them, armed, are troops.", 1},
		{"When did they gather?", "They gathered on December 7.", 1},
		{"When did they gather?", "They gathered 5,000 men.", -1},
		{"Who gathered 5,000 men?", "They gathered 5,000 men.", 0},
	} {
		s := sentenceFrom(c.text)
		if got := inquiryOf(t, lib, c.question).typed(s); got != c.want {
			t.Errorf("%q in %q: %g, want %g", c.question, c.text, got, c.want)
		}
	}
}

func TestInquiry(t *testing.T) {
	q := inquiryOf(t, library(t, wordSeeds), "Did Sergey Lavrov praise the 115,000 gnomes of Kiev?")
	total := 0.0
	for _, w := range q.weight {
		total += w
	}
	if total < 0.999 || total > 1.001 {
		t.Errorf("the weights add up to %g", total)
	}
	if q.unknown <= 0 || q.unknown >= 1 {
		t.Errorf("unknown is %g, want some of the question", q.unknown)
	}
	for _, name := range []string{"Sergei", "Lavrov", "115000", "Kyiv"} {
		if !q.names[analysis.Terms(name)[0].Text] {
			t.Errorf("%s is no name in %v", name, q.names)
		}
	}
	if q.names["prais"] || q.names["gnome"] {
		t.Errorf("ordinary words are names: %v", q.names)
	}
}
