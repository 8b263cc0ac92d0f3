package qa

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// What was kept of an article is not told once the article says something else.
func TestUnitsOfUpdatedArticle(t *testing.T) {
	lib := retrieval.New(nil)
	a := New(lib, Options{})
	for _, place := range []string{"Riga", "Geneva", "Geneva"} {
		text := fmt.Sprintf("Envoys meet\n\nThe envoys of both countries met for three hours in %s on Monday. Minister Orlova said the talks were useful and would go on.", place)
		if _, err := lib.Add(context.Background(), article.Article{ID: "a", Title: "Envoys meet", Published: "2021-12-07", Text: text}); err != nil {
			t.Fatal(err)
		}
		ans, err := a.Summary(context.Background(), SummaryRequest{Topic: "the talks of the envoys"})
		if err != nil || !strings.Contains(ans.Text, place) {
			t.Errorf("%v: no %s in %q", err, place, ans.Text)
		}
	}
}

func TestUnitsOfAreTheCallers(t *testing.T) {
	lib := library(t, seedsBoth)
	a := New(lib, Options{})
	q := newInquiry(lib, "", retrieval.Query{})
	id := lib.Articles()[0].ID
	for _, u := range a.unitsOf(q, id, 0) {
		u.about, u.opens = -1, true
	}
	for _, u := range a.unitsOf(q, id, 0) {
		if u.about != 1 || u.opens {
			t.Fatalf("a unit is about %v, opens %t", u.about, u.opens)
		}
	}
}

func TestUnitKeeper(t *testing.T) {
	var k unitKeeper
	units := func(n int) []*unit { return make([]*unit, n) }
	for i := range 10 {
		k.put(1, unitKey{fmt.Sprint(i), 0}, units(keptUnits/4))
		if _, ok := k.get(1, unitKey{fmt.Sprint(i), 0}); !ok {
			t.Errorf("what was put in last is not kept: %d", i)
		}
	}
	if len(k.of) != 4 || k.size != keptUnits {
		t.Errorf("%d articles with %d units are kept", len(k.of), k.size)
	}
	k.put(1, unitKey{"long", 0}, units(keptUnits+1))
	k.put(2, unitKey{"new", 0}, units(3))
	k.put(1, unitKey{"late", 0}, units(5))
	if len(k.of) != 1 || k.size != 3 {
		t.Errorf("%d articles with %d units are kept of revision 2", len(k.of), k.size)
	}
	if _, ok := k.get(1, unitKey{"new", 0}); ok {
		t.Error("an older revision is given newer units")
	}
}
