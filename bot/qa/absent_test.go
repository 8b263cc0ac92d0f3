package qa

import "testing"

// What a question names must stand where the answer is: else it is refused, however sure
// the words make us.
func TestNamesMustBeNear(t *testing.T) {
	a := New(library(t, seedsBoth), Options{Now: evalDay})
	for _, c := range []struct {
		question string
		want     Reason
	}{
		{"Did Kuleba meet Ryabkov in Stockholm?", NotStated}, // each was there
		{"Did Lukashenko speak by telephone with Zelensky?", NotStated},
		{"who translated for biden and putin?", NotStated}, // nothing but the names
		{"Who is Ukraine's defense minister?", NotStated},  // Russia's is named
		{"What was the outcome of the January security talks?", OutsidePeriod},
		{"Who attended the talks in January 2022?", OutsidePeriod},
		{"Who is Russia's foreign minister?", ""},
		{"Who did Kuleba meet?", ""},
		{"Did Biden and Putin speak by phone before April's call?", ""},
		{"What did Lavrov say about the talks in January?", ""},
	} {
		ans, err := a.Answer(t.Context(), Question{Text: c.question})
		if err != nil || ans.Abstained != (c.want != "") || ans.Reason != c.want {
			t.Errorf("%s: %v %q %v, want %q", c.question, ans.Abstained, ans.Reason, err, c.want)
		}
	}
}
