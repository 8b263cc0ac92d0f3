package qa_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// openKept opens the archive at dir with the starter articles.
func openKept(t *testing.T, dir string) (*retrieval.Library, func()) {
	t.Helper()
	a, err := archive.Open(t.Context(), dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lib, err := retrieval.Open(t.Context(), a, retrieval.Options{Starters: starters(t)})
	if err != nil {
		t.Fatal(err)
	}
	return lib, func() {
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What articles tell differently is found once and kept; damage to what is kept, a
// removed article and a new one change nothing but what they must.
func TestDisputesKept(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "disagreements.derived")
	disputes := func(lib *retrieval.Library) []qa.Dispute {
		a := qa.New(lib, qa.Options{})
		if err := a.Reconcile(t.Context()); err != nil {
			t.Fatal(err)
		}
		all, err := a.Disputes(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	lib, done := openKept(t, dir)
	want := disputes(lib)
	done()
	if len(want) == 0 {
		t.Fatal("the starter articles agree")
	}
	body, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}

	lib, done = openKept(t, dir)
	if got := disputes(lib); !reflect.DeepEqual(got, want) {
		t.Errorf("kept: %d disagreements, want %d", len(got), len(want))
	}
	if again, _ := os.ReadFile(kept); string(again) != string(body) {
		t.Error("nothing is new, and it was written again")
	}
	done()

	for _, damage := range [][]byte{body[:len(body)/2], append([]byte{body[0] ^ 1}, body[1:]...), nil} {
		if err := os.WriteFile(kept, damage, 0o600); err != nil {
			t.Fatal(err)
		}
		lib, done = openKept(t, dir)
		if got := disputes(lib); !reflect.DeepEqual(got, want) {
			t.Errorf("damaged: %d disagreements, want %d", len(got), len(want))
		}
		done()
	}

	lib, done = openKept(t, dir)
	defer done()
	a := qa.New(lib, qa.Options{})
	if _, err := a.Disputes(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	more := article.Article{ID: "more", Publisher: "The Gazette", Published: "2021-12-20", Text: "More on the border\n\nUkraine says that Russia has deployed 175,000 troops to the border.\n"}
	if _, err := lib.Add(t.Context(), more); err != nil {
		t.Fatal(err)
	}
	incremental, err := a.Disputes(t.Context(), "")
	if err != nil || !sideOf(incremental, "175,000") {
		t.Errorf("the new figure is no side, %v", err)
	}
	if whole := disputes(lib); !reflect.DeepEqual(whole, incremental) {
		t.Error("read one by one, the articles disagree otherwise than read at once")
	}
	if err := lib.Remove(t.Context(), "more"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); !os.IsNotExist(err) {
		t.Errorf("what was read off a removed article is still kept: %v", err)
	}
	if got, err := a.Disputes(t.Context(), ""); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("removed: %d disagreements, want %d, %v", len(got), len(want), err)
	}
}

// Dates that differ are kept as they were found.
func TestDateDisputesKept(t *testing.T) {
	dir := t.TempDir()
	lib, done := openKept(t, dir)
	if _, err := lib.Add(t.Context(),
		article.Article{ID: "one", Publisher: "The Gazette", Published: "2021-12-20", Text: "A call\n\nPutin and Zelensky held a video call on Thursday 16 December.\n"},
		article.Article{ID: "two", Publisher: "The Courier", Published: "2021-12-21", Text: "The call\n\nZelensky held a video call with Putin on Friday 17 December, his office said.\n"},
	); err != nil {
		t.Fatal(err)
	}
	a := qa.New(lib, qa.Options{})
	if err := a.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	want, err := a.Disputes(t.Context(), "two")
	if err != nil || !sideOf(want, "16 December 2021") || !sideOf(want, "17 December 2021") {
		t.Fatalf("%+v, %v", want, err)
	}
	done()
	lib, done = openKept(t, dir)
	defer done()
	a = qa.New(lib, qa.Options{})
	ans, err := a.Answer(t.Context(), qa.Question{Text: "When did Putin and Zelensky hold a video call?", Since: "2021-12-19"})
	if err != nil || !slices.ContainsFunc(ans.Disagreements, func(d qa.Disagreement) bool { return d.About == want[len(want)-1].About }) {
		t.Errorf("not shown from what is kept: %s, %v", ans.Text, err)
	}
	if got, err := a.Disputes(t.Context(), "two"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v, %v", got, want, err)
	}
}

// sideOf reports whether a value is a side of a disagreement.
func sideOf(all []qa.Dispute, value string) bool {
	for _, d := range all {
		for _, s := range d.Sides {
			if s.Value == value {
				return true
			}
		}
	}
	return false
}

// BenchmarkReconcile adds one article to many and finds what it tells differently.
func BenchmarkReconcile(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			lib := manyArticles(b, n)
			a := qa.New(lib, qa.Options{})
			if err := a.Reconcile(context.Background()); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				if _, err := lib.Add(context.Background(), article.Article{
					ID: fmt.Sprintf("new%d", i), Publisher: "The Gazette", Published: "2021-06-01",
					Text: fmt.Sprintf("News %d\n\nUkraine says that Russia has deployed %d troops to the border. The Kremlin denied the claims.\n", i, 100000+i),
				}); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := a.Reconcile(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
