package qa_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"crisisbot/bot/qa"
)

// TestDisputes holds the disagreements of the starter articles against a golden file:
// which of the own set are found, and which found are none.
func TestDisputes(t *testing.T) {
	a := onSeeds(t)
	all, err := a.Disputes(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	sets := readSet[setDisagreement](t, "disagreements.jsonl")
	var b strings.Builder
	found, none := map[string]bool{}, 0
	for _, d := range all {
		checkCitations(t, d.About, d.Citations)
		fmt.Fprintf(&b, "%s: %s", d.Kind, d.About)
		known := false
		for _, s := range sets {
			if sidesOf(d, s) >= 2 {
				found[s.ID], known = true, true
				fmt.Fprintf(&b, " %s", s.ID)
			}
		}
		if !known {
			none++
			b.WriteString(" none of the set")
		}
		b.WriteString("\n")
		for _, side := range d.Sides {
			fmt.Fprintf(&b, "  %s\n", side.Value)
			for _, n := range side.Citations {
				fmt.Fprintf(&b, "    %.3s %s\n", d.Citations[n-1].File, d.Citations[n-1].Quote)
			}
		}
	}
	wanted := 0
	for _, s := range sets {
		if s.Kind != "figure" && s.Kind != "account" {
			continue
		}
		if wanted++; !found[s.ID] {
			fmt.Fprintf(&b, "missing: %s %s\n", s.ID, s.About)
		}
	}
	golden(t, "disputes.golden", b.String())
	if len(found) < 8 || none > 2 {
		t.Errorf("%d found of %d, %d are none", len(found), wanted, none)
	}
}

// sidesOf counts the sides of a disagreement of the set that those of d show, each
// by another one.
func sidesOf(d qa.Dispute, s setDisagreement) int {
	used := map[int]bool{}
	for _, want := range s.Sides {
		for i, got := range d.Sides {
			var cited []qa.Citation
			for _, n := range got.Citations {
				cited = append(cited, d.Citations[n-1])
			}
			if !used[i] && cites(cited, want.Evidence) {
				used[i] = true
				break
			}
		}
	}
	return len(used)
}

func TestDisputesOfArticle(t *testing.T) {
	a := onSeeds(t)
	all, err := a.Disputes(context.Background(), "the April article")
	if err != nil || len(all) == 0 {
		t.Fatalf("%d disputes, %v", len(all), err)
	}
	for _, d := range all {
		in := false
		for _, c := range d.Citations {
			in = in || c.File == "001_f756fb0d589bba0c.txt"
		}
		if !in {
			t.Errorf("%s takes no part in %q", "the April article", d.About)
		}
	}
}

// BenchmarkDisputes lists what articles that are read already tell differently.
func BenchmarkDisputes(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			a := qa.New(manyArticles(b, n), qa.Options{})
			if err := a.Reconcile(b.Context()); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := a.Disputes(b.Context(), ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
