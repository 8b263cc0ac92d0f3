package analysis

import (
	"strings"
	"testing"
)

func forms(text string) string {
	var out []string
	for _, t := range Terms(text) {
		if !t.Stop {
			out = append(out, t.Text)
		}
	}
	return strings.Join(out, " ")
}

func TestSameForm(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"Zelenskyy", "Zhelensky’s"}, {"Kyiv", "Kiev"}, {"Donbass", "DONBAS"}, {"Shoygu", "Shoigu"},
		{"Avdeevka", "Avdiivka"}, {"Lugansk", "Luhansk"}, {"115 000", "115,000 "}, {"115,000", "115K"},
		{"115 thousand", "115000"}, {"$50 million", "50m"}, {"2.5 million", "2,500,000"},
		{"the U.S.", "the United States"}, {"the US", "USA"}, {"the us", "Americans"}, {"Russians", "Russia"},
		{"Élysée", "elysee"}, {"met", "meets"}, {"troops", "troop"}, {"seven", "7"}, {"7th", "7"},
		{"organisation", "Organization"}, {"Лавров", "Lavrov"}, {"Зеленський", "Zelensky"}, {"Київ", "Kiev"}, {"США", "U.S."},
		{"the White House", "White House"}, {"ＮＡＴＯ", "NATO"},
	} {
		if a, b := forms(c.a), forms(c.b); a != b || a == "" {
			t.Errorf("%q gives %q, %q gives %q; want the same", c.a, a, c.b, b)
		}
	}
}

func TestDifferentForm(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"115,000", "125,000"}, {"tell us more", "the US"}, {"50 million", "50"}, {"Donetsk", "Donbas"},
	} {
		if a, b := forms(c.a), forms(c.b); a == b {
			t.Errorf("%q and %q both give %q", c.a, c.b, a)
		}
	}
}

func TestTermsSpans(t *testing.T) {
	const text = "“Kyiv’s 115 thousand” troops, said the United States."
	for _, c := range []struct{ term, printed string }{
		{"kyiv", "Kyiv"}, {"115000", "115 thousand"}, {"america", "United States"}, {"troop", "troops"},
	} {
		found := false
		for _, term := range Terms(text) {
			if term.Text == c.term {
				found = true
				if got := text[term.Start:term.End]; got != c.printed {
					t.Errorf("term %q covers %q, want %q", c.term, got, c.printed)
				}
			}
		}
		if !found {
			t.Errorf("no term %q in %q", c.term, text)
		}
	}
}

func FuzzTerms(f *testing.F) {
	f.Add("It’s 115 thousand U.S. troops")
	f.Add("\xff\x00 united  states 9.9.9 1,,, 5k")
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, term := range Terms(text) {
			if term.Start < last || term.End <= term.Start || term.End > len(text) {
				t.Fatalf("span [%d,%d) after %d in %q", term.Start, term.End, last, text)
			}
			last = term.End
		}
	})
}

func BenchmarkTerms(b *testing.B) {
	const text = "Russian Foreign Minister Sergei Lavrov on Thursday called for \"long-term security guarantees\" on his country's borders to halt NATO's eastward expansion after meeting U.S. Secretary of State Antony Blinken."
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var buf []Term
	for b.Loop() {
		buf = Append(buf[:0], text)
	}
}
