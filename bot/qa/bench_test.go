package qa

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// newsArticles writes n articles of made-up news: some 2,000 words whose
// frequencies fall as in a text of English (Zipf), names, figures and speakers.
func newsArticles(n, paragraphs int) []article.Article {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		// A rank drawn so that the chance of rank k falls with 1/k.
		k := int(1 / (r.Float64()*(1-1.0/2000) + 1.0/2000))
		return newsWord(k)
	}
	articles := make([]article.Article, n)
	for i := range articles {
		var b strings.Builder
		fmt.Fprintf(&b, "Talks on %s enter round %d\n\n", word(), i)
		for range paragraphs {
			for range 3 {
				fmt.Fprintf(&b, "Minister %s of %s said on Thursday that the %s", newsName(r.IntN(300)), newsName(300+r.IntN(60)), word())
				for range 8 + r.IntN(12) {
					b.WriteString(" " + word())
				}
				fmt.Fprintf(&b, " near the border, where %d soldiers stood. ", 100*(1+r.IntN(2000)))
			}
			b.WriteString("\n\n")
		}
		id := fmt.Sprintf("news-%05d", i)
		day := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%365).Format(time.DateOnly)
		articles[i] = article.Article{ID: id, Title: "Talks", Publisher: fmt.Sprintf("Outlet %d", i%20), Published: day, Origin: id, Text: b.String()}
	}
	return articles
}

func syllables(k int) string {
	const onsets, vowels = "bdfgklmnprstvz", "aeiou"
	var b strings.Builder
	for k += 40; k > 0; k /= len(onsets) * len(vowels) {
		d := k % (len(onsets) * len(vowels))
		b.WriteByte(onsets[d%len(onsets)])
		b.WriteByte(vowels[d/len(onsets)])
	}
	return b.String()
}

func newsWord(k int) string { return syllables(k) + "n" }

func newsName(k int) string {
	s := syllables(5000+k) + "k"
	return strings.ToUpper(s[:1]) + s[1:]
}

var bigLibrary = sync.OnceValues(func() (*retrieval.Library, error) {
	lib := retrieval.New(nil)
	_, err := lib.Add(context.Background(), newsArticles(1250, 8)...)
	return lib, err
})

// benchmarkAnswers asks the questions in turn and reports the median and the
// ninety-ninth of a hundred besides the mean.
func benchmarkAnswers(b *testing.B, lib *retrieval.Library, questions []string) {
	b.Helper()
	a := New(lib, Options{Now: evalDay})
	var took []time.Duration
	i := 0
	for b.Loop() {
		start := time.Now()
		if _, err := a.Answer(b.Context(), Question{Text: questions[i%len(questions)]}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		i++
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// BenchmarkAnswerWords answers from 10,000 passages without an encoder.
func BenchmarkAnswerWords(b *testing.B) {
	lib := library(b, bigLibrary)
	n := 0
	for _, a := range lib.Articles() {
		n += len(lib.Passages(a.ID))
	}
	if n < 10000 {
		b.Fatalf("%d passages", n)
	}
	var questions []string
	for k := range 200 {
		questions = append(questions,
			fmt.Sprintf("What did %s say about the %s %s?", newsName(k), newsWord(20+k), newsWord(300+k)),
			fmt.Sprintf("How many soldiers stood near the border of %s in March?", newsName(300+k%60)),
			fmt.Sprintf("Why did minister %s leave the %s talks?", newsName(k), newsWord(5+k)))
	}
	benchmarkAnswers(b, lib, questions)
}

// BenchmarkAnswerSeeds answers from the starter articles with the encoder, whose
// vectors of the passages are there.
func BenchmarkAnswerSeeds(b *testing.B) {
	lib := library(b, seedsBoth)
	var questions []string
	for _, a := range ownQuestions(b) {
		questions = append(questions, a.Question)
	}
	a := New(lib, Options{Now: evalDay})
	for _, q := range questions {
		if _, err := a.Answer(b.Context(), Question{Text: q}); err != nil {
			b.Fatal(err)
		}
	}
	benchmarkAnswers(b, lib, questions)
}
