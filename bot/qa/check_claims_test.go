package qa

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"crisisbot/retrieval"
)

// TestCheckerOnClaims holds the claims of the evaluation set against their own
// evidence: people wrote them in words of their own, so they show what the
// sentences of TestCheckerFigures can't.
func TestCheckerOnClaims(t *testing.T) {
	f, err := os.Open("testdata/claims.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	passages := checkSeedPassages(t)
	type count struct{ right, n int }
	total := map[string]*count{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var c struct {
			ID, Claim, Verdict, Why string
			Evidence                [][]struct{ File, Quote string }
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.ID > "c063" {
			break // posts, paraphrases and roundings, which no statement may be
		}
		var m Manifest
		for _, point := range c.Evidence {
			for _, q := range point {
				i := slices.IndexFunc(passages, func(p *retrieval.Passage) bool {
					at := strings.Index(p.Article.Text, q.Quote)
					return p.Article.File == q.File && p.Start < at+len(q.Quote) && at < p.End
				})
				if i >= 0 && !slices.Contains(m, passages[i]) && len(m) < checkMostCitations {
					m = append(m, passages[i])
				}
			}
		}
		if len(m) == 0 {
			continue
		}
		d := Draft{Text: c.Claim}
		for n := range m {
			d.Citations = append(d.Citations, n+1)
		}
		_, drop := newChecker(m, "", "English").check(d)
		key := c.Verdict
		if c.Verdict == "contradicted" {
			key += " by " + c.Why
		}
		if total[key] == nil {
			total[key] = &count{}
		}
		total[key].n++
		if (drop == nil) == (c.Verdict == "supported") {
			total[key].right++
		} else if *checkShow {
			t.Logf("%s: %s\n   %+v", key, c.Claim, drop)
			for _, p := range m {
				t.Logf("   | %s", p.Text())
			}
		}
	}
	untrue := count{}
	for key, c := range total {
		t.Logf("%s: %d of %d judged right", key, c.right, c.n)
		if key != "supported" {
			untrue.right, untrue.n = untrue.right+c.right, untrue.n+c.n
		}
	}
	if s := total["supported"]; 4*s.right < 3*s.n {
		t.Errorf("%d of %d supported claims pass, want 75 %%", s.right, s.n)
	}
	if 20*untrue.right < 19*untrue.n {
		t.Errorf("%d of %d contradicted claims are caught, want 95 %%", untrue.right, untrue.n)
	}
}
