package retrieval

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crisisbot/retrieval/analysis"
)

// manyDocs is an index with words of every shape, and what was removed from it.
func manyDocs(t testing.TB) *BM25 {
	t.Helper()
	x := NewBM25()
	for i := range 50 {
		text := fmt.Sprintf("The army of Kyiv saw %d tanks, tanks and tanks near Kyiv; it said that army number %d left.", i, i%7)
		d := WordDoc{fmt.Sprintf("article-%d#%d", i/5, i%5), analysis.Terms(text), Place{Article: fmt.Sprintf("article-%d", i/5)}, i%5 == 0}
		if err := x.Add(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Remove(t.Context(), "article-3#1", "article-9#4"); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestStoredIndex(t *testing.T) {
	x := manyDocs(t)
	b := x.appendTo(nil)
	y, rest, err := readBM25(append(b, "rest"...))
	if err != nil || string(rest) != "rest" {
		t.Fatalf("rest %q, error %v", rest, err)
	}
	gone := y.settle(func(key string) (string, Place, bool) {
		n, ok := x.byKey[key]
		if key == "article-0#0" || !ok {
			return "", Place{}, false
		}
		return key, x.docs[n].place, true
	})
	if err := x.Remove(t.Context(), "article-0#0"); err != nil || gone != 1 || x.Len() != y.Len() {
		t.Fatalf("%d removed, %d and %d left, %v", gone, x.Len(), y.Len(), err)
	}
	for _, term := range analysis.Terms("army Kyiv tanks 3 said unheard") {
		q := []QueryTerm{{term.Text, 1}, {"tank", .5}}
		want, err := x.Search(t.Context(), q, Filter{}, 60)
		if err != nil {
			t.Fatal(err)
		}
		got, err := y.Search(t.Context(), q, Filter{}, 60)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-before +after):\n%s", term.Text, d)
		}
		i, c := x.Cased(term.Text)
		if i2, c2 := y.Cased(term.Text); i != i2 || c != c2 || x.IDF(term.Text) != y.IDF(term.Text) {
			t.Errorf("%s: %d/%d before, %d/%d after", term.Text, c, i, c2, i2)
		}
	}
	for n := range b {
		if _, _, err := readBM25(b[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes pass for an index", n, len(b))
		}
	}
}

func FuzzReadBM25(f *testing.F) {
	f.Add(manyDocs(f).appendTo(nil))
	f.Add(NewBM25().appendTo(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, _, err := readBM25(b)
		if err != nil {
			return
		}
		x.settle(func(key string) (string, Place, bool) { return key, Place{}, len(key)%2 == 0 })
		for term := range x.ids {
			if _, err := x.Search(t.Context(), []QueryTerm{{term, 1}}, Filter{}, 5); err != nil {
				t.Fatal(err)
			}
		}
	})
}
