package qa

import (
	"testing"

	"crisisbot/retrieval/dates"
)

// A date belongs to the clause that holds it, and to an event that is told.
func TestDatedClause(t *testing.T) {
	for _, c := range []struct {
		text, words string
		told        bool
	}{
		{"Putin and Biden met at a summit in Geneva in June.", "", true},
		{"Moscow, which seized Crimea from Ukraine in 2014 and backs separatists, has denied it.", "Moscow seized Crimea from Ukraine in 2014.", true},
		{"Russia has accused NATO of destabilizing Europe since Moscow annexed Crimea in 2014.", "Moscow annexed Crimea in 2014.", true},
		{"The deal was reached after Russia's 2014 annexation of Crimea.", "", false},
		{"After Russia's invasion of Crimea in 2014, the deal was negotiated.", "", false},
		{"Kiev says that Russia could invade on 5 January 2022.", "", false},
		{"If talks fail on 3 January 2022, troops will move.", "", false},
		{"Putin threatened the West if it went on on 21 December 2021.", "", true},
		{"On April 8, 2021, Zelensky visited the front.", "", true},
	} {
		s := sentenceFrom(c.text)
		found := dates.Find(c.text, dates.Anchor{Day: "2021-12-22"})
		if len(found) == 0 {
			t.Fatalf("%q has no date", c.text)
		}
		if words, told := dated(s, found[0]); words != c.words || told != c.told {
			t.Errorf("%q: %q %t, want %q %t", c.text, words, told, c.words, c.told)
		}
	}
}
