package retrieval_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/philippgille/chromem-go"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// wordList is a vocabulary of n made words, the first the most frequent.
func wordList(n int) []string {
	r := rand.New(rand.NewPCG(7, 7))
	syllables := strings.Fields("ba ko ri ten mar lo vi sha pe gor ni da sul fe tra min os kel ju war")
	words := make([]string, n)
	for i := range words {
		for range 1 + i%3 + i*2/n {
			words[i] += syllables[r.IntN(len(syllables))]
		}
		words[i] += syllables[i%len(syllables)]
	}
	return words
}

// zipf draws words as often as news does: the n-th about 1/n as often as the first.
func zipf(r *rand.Rand, words []string) string {
	return words[int(math.Exp(r.Float64()*math.Log(float64(len(words)))))-1]
}

// madeNews returns n articles of 600 words in ten passages, spread over the days of
// three years.
func madeNews(n int) []article.Article {
	words := wordList(60_000)
	r := rand.New(rand.NewPCG(1, 1))
	first := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	articles := make([]article.Article, n)
	for i := range articles {
		var b strings.Builder
		for p := range 30 {
			for w := range 20 {
				word := zipf(r, words)
				if w == 0 || r.IntN(12) == 0 {
					word = strings.ToUpper(word[:1]) + word[1:]
				}
				b.WriteString(word)
				b.WriteString([]string{" ", "."}[w/19])
			}
			b.WriteString([]string{" ", " ", "\n\n"}[p%3])
		}
		articles[i] = article.Article{
			ID: fmt.Sprintf("outlet-%d-2020-a-headline-of-words-%d", i%20, i), Title: "A headline of words " + zipf(r, words), Publisher: fmt.Sprintf("Outlet %d", i%20),
			Published: first.AddDate(0, 0, r.IntN(3*365)).Format(time.DateOnly), Text: b.String(),
		}
	}
	return articles
}

// madeVectors is an Embedder that gives every text a vector of its own, at once.
type madeVectors struct{}

func (madeVectors) Model() string { return "made" }
func (madeVectors) Dim() int      { return 384 }

func (m madeVectors) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	v, err := m.EmbedPassages(ctx, []string{text})
	return v[0], err
}

func (m madeVectors) EmbedPassages(_ context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, text := range texts {
		h := archive.HashText(text)
		r := rand.New(rand.NewChaCha8([32]byte(h)))
		out[i] = make([]float32, m.Dim())
		var sum float64
		for j := range out[i] {
			out[i][j] = float32(r.NormFloat64())
			sum += float64(out[i][j] * out[i][j])
		}
		for j := range out[i] {
			out[i][j] /= float32(math.Sqrt(sum))
		}
	}
	return out, nil
}

// BenchmarkAdd adds articles of 600 words to an archive, 100 together.
func BenchmarkAdd(b *testing.B) {
	l := open(b, openArchive(b, b.TempDir(), archive.Options{}), nil)
	articles := madeNews(b.N)
	b.ResetTimer()
	for batch := range slices.Chunk(articles, 100) {
		must(l.Add(b.Context(), batch...))(b)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}

// BenchmarkOpen opens an archive of 10,000 articles with their 100,000 passages and
// vectors: with the words that Save wrote down, and where these are gone. It reports
// how much of that checks the archive, and the memory that the library takes then.
func BenchmarkOpen(b *testing.B) {
	const articles = 10_000
	dir := b.TempDir()
	fillArchive(b, dir, articles)
	b.Run("words=stored", benchmarkOpen(dir, 10*articles))
	check(b, os.Remove(filepath.Join(dir, "words.derived")))
	b.Run("words=read", benchmarkOpen(dir, 10*articles))
}

func benchmarkOpen(dir string, passages int) func(*testing.B) {
	return func(b *testing.B) {
		var checking time.Duration
		for b.Loop() {
			before := heap()
			start := time.Now()
			a := must(archive.Open(b.Context(), dir, archive.Options{ReadOnly: true}))(b)
			checking += time.Since(start)
			l := open(b, a, madeVectors{})
			b.StopTimer()
			check(b, a.Close())
			e := l.Encoding()
			if e.Done != e.Total || e.Done < passages {
				b.Fatalf("%+v", e)
			}
			b.ReportMetric(float64(heap()-before)/float64(e.Total), "B/passage")
			runtime.KeepAlive(l)
			b.StartTimer()
		}
		b.ReportMetric(checking.Seconds()/float64(b.N), "check-s")
	}
}

func fillArchive(b *testing.B, dir string, articles int) {
	b.Helper()
	a := must(archive.Open(b.Context(), dir, archive.Options{}))(b)
	l := open(b, a, madeVectors{})
	for batch := range slices.Chunk(madeNews(articles), 500) {
		must(l.Add(b.Context(), batch...))(b)
	}
	check(b, l.Encode(b.Context(), nil))
	check(b, l.Save())
	check(b, a.Close())
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkIndex indexes passages of 60 words.
func BenchmarkIndex(b *testing.B) {
	articles := madeNews(1000)
	var passages int
	for b.Loop() {
		l := retrieval.New(nil)
		must(l.Add(b.Context(), articles...))(b)
		passages = 0
		for _, a := range articles {
			passages += len(l.Passages(a.ID))
		}
	}
	b.ReportMetric(float64(passages*b.N)/b.Elapsed().Seconds(), "passages/s")
}

// BenchmarkSearch searches 10,000 and 100,000 passages: by words; by words and
// meaning, against the plain query of chromem for the same vectors; and the same
// for a tenth of the days.
func BenchmarkSearch(b *testing.B) {
	for _, articles := range []int{1000, 10_000} {
		all := madeNews(articles)
		l := retrieval.New(madeVectors{})
		must(l.Add(b.Context(), all...))(b)
		words := retrieval.New(nil)
		must(words.Add(b.Context(), all...))(b)
		check(b, l.Encode(b.Context(), nil))
		n := l.Encoding().Total
		plain := plainChromem(b, l, all)
		var questions []string
		r := rand.New(rand.NewPCG(5, 5))
		for range 50 {
			terms := analysis.Terms(all[r.IntN(len(all))].Text)
			var q []string
			for range 8 {
				q = append(q, terms[r.IntN(len(terms))].Text)
			}
			questions = append(questions, strings.Join(q, " "))
		}
		tenth := retrieval.Filter{Published: []dates.Range{{Since: "2021-01-01", Until: "2021-04-20"}}}
		search := func(l *retrieval.Library, f retrieval.Filter) func(*testing.B) {
			return func(b *testing.B) {
				var took []time.Duration
				for i := 0; b.Loop(); i++ {
					start := time.Now()
					q := must(l.Query(questions[i%len(questions)], f, ""))(b)
					must(l.Search(b.Context(), q))(b)
					took = append(took, time.Since(start))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "p50-ms")
			}
		}
		b.Run(fmt.Sprintf("words/passages=%d", n), search(words, retrieval.Filter{}))
		b.Run(fmt.Sprintf("hybrid/passages=%d", n), search(l, retrieval.Filter{}))
		b.Run(fmt.Sprintf("hybrid-tenth/passages=%d", n), search(l, tenth))
		b.Run(fmt.Sprintf("chromem/passages=%d", n), func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				v := must(madeVectors{}.EmbedQuery(b.Context(), questions[i%len(questions)]))(b)
				start := time.Now()
				must(plain.QueryEmbedding(b.Context(), v, 64, nil, nil))(b)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1e3, "p50-ms")
		})
	}
}

// plainChromem puts the vectors of a library into one collection.
func plainChromem(b *testing.B, l *retrieval.Library, all []article.Article) *chromem.Collection {
	b.Helper()
	c := must(chromem.NewDB().CreateCollection("all", nil, nil))(b)
	for _, a := range all {
		for _, p := range l.Passages(a.ID) {
			v := must(madeVectors{}.EmbedQuery(b.Context(), p.Text()))(b)
			check(b, c.AddDocument(b.Context(), chromem.Document{ID: p.Key(), Embedding: v}))
		}
	}
	return c
}
