package origin

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"crisisbot/retrieval/article"
)

// makeWords makes articles of 600 words whose frequencies follow Zipf's law, as
// in natural text.
func makeWords(rng *rand.Rand, n int) []article.Article {
	zipf := rand.NewZipf(rng, 1.07, 3, 40_000)
	vocabulary := make([]string, 40_001)
	for i := range vocabulary {
		var b strings.Builder
		for v := uint64(i)*2654435761 + 12345; v > 0 && b.Len() < 4+i%7; v /= 26 {
			b.WriteByte('a' + byte(v%26))
		}
		vocabulary[i] = b.String()
	}
	articles := make([]article.Article, n)
	for i := range articles {
		var b strings.Builder
		for word := 0; word < 600; {
			for end := word + 12 + rng.IntN(20); word < min(end, 600); word++ {
				if word%2 == 0 {
					b.WriteString("of ")
					continue
				}
				b.WriteString(vocabulary[zipf.Uint64()])
				b.WriteByte(' ')
			}
			b.WriteString("end.\nThe ")
		}
		articles[i] = article.Article{ID: fmt.Sprint(i), Text: b.String()}
	}
	return articles
}

// Add at 10,000 articles of 600 words, lookup included. Run with -cpu 1.
func BenchmarkAdd(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	articles := makeWords(rng, 12_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	d := New(Options{})
	for _, a := range articles[:10_000] {
		d.Add(a)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	n := 0
	for b.Loop() {
		a := articles[10_000+n%2_000]
		a.ID = fmt.Sprint("new ", n)
		d.Add(a)
		n++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10_000, "heapB/article")
}

// BenchmarkMadeSet adds 2,000 different articles on the same events and 200 copies of
// some, as in TestOrigins.
func BenchmarkMadeSet(b *testing.B) {
	set := makeSet(b, 1, 2_000, 200)
	for b.Loop() {
		d := New(Options{})
		for _, a := range set.different {
			d.Add(a)
		}
		for _, c := range set.copies {
			d.Add(c)
		}
	}
	b.ReportMetric(float64(b.N)*2_200/b.Elapsed().Seconds(), "articles/s")
}

// BenchmarkNearCopies adds 10,000 variants of one article. It reports how much longer
// the last thousand take than the first: 1 is no longer, 19 quadratic.
func BenchmarkNearCopies(b *testing.B) {
	a := makeWords(rand.New(rand.NewPCG(1, 1)), 1)[0]
	lines := strings.Split(a.Text, "\n")
	for b.Loop() {
		d := New(Options{})
		rng := rand.New(rand.NewPCG(2, 2))
		var took []time.Duration
		start := time.Now()
		for i := range 10_000 {
			variant := slices.Clone(lines)
			variant[rng.IntN(len(variant))] += fmt.Sprintf(" variant number %d of the report,", i)
			d.Add(article.Article{ID: fmt.Sprint(i), Text: strings.Join(variant, "\n"), Published: fmt.Sprintf("2022-01-%02d", 1+rng.IntN(28))})
			if i%1000 == 999 {
				took = append(took, time.Since(start))
				start = time.Now()
			}
		}
		b.ReportMetric(took[9].Seconds()/took[0].Seconds(), "last/first")
	}
	b.ReportMetric(float64(b.N)*10_000/b.Elapsed().Seconds(), "articles/s")
}
