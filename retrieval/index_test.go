package retrieval_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/indextest"
)

func TestBM25Contract(t *testing.T) {
	indextest.TestWordIndex(t, func(*testing.T) retrieval.WordIndex { return retrieval.NewBM25() })
}

func TestChromemContract(t *testing.T) {
	indextest.TestVectorIndex(t, func(*testing.T) retrieval.VectorIndex { return retrieval.NewChromem(3) })
}

// newsTexts are the passages of the starter articles and of made news.
func newsTexts(t *testing.T) (texts []string) {
	t.Helper()
	for _, a := range append(starters(t), madeNews(40)...) {
		for _, p := range article.Passages(article.Read(a.Text)) {
			texts = append(texts, p.In(a.Text))
		}
	}
	return texts
}

// reference ranks all texts by BM25 as the formula says (Robertson and Zaragoza
// 2009, equation 3.15, without its constant factor k1+1), over the score of a text
// that holds every term without limit.
func reference(texts [][]analysis.Term, query []retrieval.QueryTerm) []retrieval.Scored {
	const k1, b = 0.9, 0.4
	count := func(text []analysis.Term, term string) (n float64) {
		for _, t := range text {
			if !t.Stop && t.Text == term {
				n++
			}
		}
		return n
	}
	length := func(text []analysis.Term) (n float64) {
		for _, t := range text {
			if !t.Stop {
				n++
			}
		}
		return n
	}
	mean := 0.0
	for _, text := range texts {
		mean += length(text) / float64(len(texts))
	}
	bound := 0.0
	idf := make([]float64, len(query))
	for i, q := range query {
		df := 0.0
		for _, text := range texts {
			if count(text, q.Text) > 0 {
				df++
			}
		}
		idf[i] = q.Weight * math.Log(1+(float64(len(texts))-df+.5)/(df+.5))
		bound += idf[i]
	}
	var all []retrieval.Scored
	for key, text := range texts {
		score := 0.0
		for i, q := range query {
			tf := count(text, q.Text)
			score += idf[i] * tf / (tf + k1*(1-b+b*length(text)/mean))
		}
		if score > 0 {
			all = append(all, retrieval.Scored{Key: fmt.Sprint(key), Score: score / bound})
		}
	}
	slices.SortFunc(all, func(a, b retrieval.Scored) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Key, b.Key))
	})
	return all
}

func TestBM25IsTheFormula(t *testing.T) {
	x := retrieval.NewBM25()
	var texts [][]analysis.Term
	for i, text := range newsTexts(t) {
		texts = append(texts, analysis.Terms(text))
		check(t, x.Add(t.Context(), retrieval.WordDoc{Key: fmt.Sprint(i), Terms: texts[i]}))
	}
	check(t, x.Remove(t.Context(), fmt.Sprint(len(texts)-1)))
	texts = texts[:len(texts)-1]
	const queries, n = 30, 20
	r := rand.New(rand.NewPCG(2, 2))
	for range queries {
		var query []retrieval.QueryTerm
		for range 1 + r.IntN(6) {
			from := texts[r.IntN(len(texts))]
			term := from[r.IntN(len(from))]
			if !term.Stop && !slices.ContainsFunc(query, func(q retrieval.QueryTerm) bool { return q.Text == term.Text }) {
				query = append(query, retrieval.QueryTerm{Text: term.Text, Weight: .5 + .5*float64(r.IntN(2))})
			}
		}
		want := reference(texts, query)
		got := must(x.Search(t.Context(), query, retrieval.Filter{}, n))(t)
		if len(got) != min(n, len(want)) {
			t.Fatalf("%v: %d found of %d", query, len(got), len(want))
		}
		for i, g := range got {
			// Scores are summed in single precision: what is equal but for that may
			// change places.
			if math.Abs(g.Score-want[i].Score) > 1e-5 {
				t.Errorf("%v: place %d has %s with %.6f, the formula %s with %.6f", query, i+1, g.Key, g.Score, want[i].Key, want[i].Score)
			}
			at := slices.IndexFunc(want, func(w retrieval.Scored) bool { return w.Key == g.Key })
			if at < 0 || math.Abs(want[at].Score-want[i].Score) > 1e-5 {
				t.Errorf("%v: place %d has %s, the formula %s", query, i+1, g.Key, want[i].Key)
			}
		}
	}
}
