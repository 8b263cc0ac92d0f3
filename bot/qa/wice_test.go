package qa_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/embed"
)

var wice = flag.Bool("wice", false, "measure the evidence for the claims of wice/dev: some minutes")

// TestWiCE measures, on claims of Wikipedia and the pages that they cite (Kamoi et al.
// 2023), how well evidence sentences are picked and supported claims told from
// others. The definitions are those of bench/score_evidence.py.
func TestWiCE(t *testing.T) {
	if !*wice {
		t.Skip("go test -wice measures it")
	}
	folder := filepath.Join("..", "..", "..", "shared", "bench", "wice", "dev")
	docs := readLines[struct {
		ID, Title, Text string
		Sentences       []string
	}](t, filepath.Join(folder, "docs.jsonl"))
	claims := readLines[struct {
		ID, Question, Type string
		Sets               [][]int `json:"evidence_sets"`
		Doc                string  `json:"context_doc_id"`
	}](t, filepath.Join(folder, "queries.jsonl"))
	ctx := context.Background()
	e, err := embed.NewLocal(embed.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	lib := retrieval.New(e) // without vectors of passages: the article is given
	sentences := map[string][]article.Span{}
	for _, d := range docs {
		if _, err := lib.Add(ctx, article.Article{ID: d.ID, Title: d.Title, Text: d.Text}); err != nil {
			t.Fatal(err)
		}
		sentences[d.ID] = locate(d.Text, d.Sentences)
	}
	a := qa.New(lib, qa.Options{})
	var f1, scored float64
	var supported, not []float64
	for _, c := range claims {
		picked, support, err := a.Evidence(ctx, qa.CheckRequest{Text: c.Question, Article: c.Doc})
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		got := map[int]bool{}
		for _, p := range picked {
			for i, s := range sentences[c.Doc] {
				if shared := min(s.End, p.End) - max(s.Start, p.Start); 2*shared > min(s.End-s.Start, p.End-p.Start) {
					got[i] = true
				}
			}
		}
		switch c.Type {
		case "supported":
			supported = append(supported, support)
		case "not_supported":
			not = append(not, support)
		}
		best, sets := 0.0, 0
		for _, set := range c.Sets {
			if len(set) == 0 {
				continue
			}
			sets++
			both := 0
			for _, i := range set {
				if got[i] {
					both++
				}
			}
			best = max(best, 2*float64(both)/float64(len(set)+len(got)))
		}
		if sets > 0 {
			f1, scored = f1+best, scored+1
		}
	}
	t.Logf("F1 of evidence sentences %.4f over %.0f claims; AUROC supported against not supported %.4f", f1/scored, scored, auroc(supported, not))
	if f1/scored < 0.63 || auroc(supported, not) < 0.90 {
		t.Error("below .63 or .90")
	}
}

// locate returns where the sentences stand in a text, in order.
func locate(text string, sentences []string) []article.Span {
	var out []article.Span
	at := 0
	for _, s := range sentences {
		i := at + max(0, strings.Index(text[at:], s))
		out = append(out, article.Span{Start: i, End: i + len(s)})
		at = i + len(s)
	}
	return out
}

// auroc is the chance that a positive scores higher than a negative, ties half.
func auroc(positive, negative []float64) float64 {
	n := 0.0
	for _, p := range positive {
		for _, q := range negative {
			switch {
			case p > q:
				n++
			case p == q:
				n += 0.5
			}
		}
	}
	return n / float64(len(positive)*len(negative))
}

// readLines decodes a file of JSON objects, or skips the test where it is absent.
func readLines[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []T
	for d := json.NewDecoder(bufio.NewReader(f)); d.More(); {
		var one T
		if err := d.Decode(&one); err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	return out
}
