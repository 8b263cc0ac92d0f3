package retrieval

import (
	"testing"

	"crisisbot/retrieval/analysis"
)

func TestEveryday(t *testing.T) {
	for _, w := range []string{"the", "met", "meeting", "negotiators", "reiterated", "troops", "comedian", "agreed"} {
		if !Everyday(analysis.Word(w)) {
			t.Errorf("%q is no everyday word", w)
		}
	}
	for _, w := range []string{"zakozesex", "eryone", "xample", "bafokix", "##ing", ""} {
		if Everyday(analysis.Word(w)) {
			t.Errorf("%q is an everyday word", w)
		}
	}
}
