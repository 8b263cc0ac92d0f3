package analysis

import "testing"

// TestProbe holds that the fingerprint sees every sort of term.
func TestProbe(t *testing.T) {
	var stop, number, capital, joined, spelt bool
	for _, term := range Terms(probe) {
		stop = stop || term.Stop
		number = number || term.Number && term.Text == "2500000"
		capital = capital || term.Capital
		joined = joined || term.Text == unitedStates && term.End-term.Start > len("United")
		spelt = spelt || spellings[Fold(probe[term.Start:term.End])] != ""
	}
	if !stop || !number || !capital || !joined || !spelt {
		t.Errorf("missing: stop %v, number %v, capital %v, joined %v, spelt %v", stop, number, capital, joined, spelt)
	}
	if first := Fingerprint(); first != Fingerprint() {
		t.Error("the fingerprint changes by itself")
	}
}
