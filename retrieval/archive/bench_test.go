package archive_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
)

// newsRecord makes an article of 600 words in ten passages.
func newsRecord(r *rand.Rand, i int) archive.Record {
	rec := archive.Record{Article: article.Article{
		ID: fmt.Sprintf("outlet-2022-01-%02d-a-headline-of-some-words-%d", 1+i%28, i), Title: fmt.Sprintf("A headline of some words %d", i),
		Publisher: "Outlet", Published: fmt.Sprintf("2022-01-%02d", 1+i%28), URL: fmt.Sprintf("https://outlet.example/%d", i),
	}}
	var b strings.Builder
	for p := range 10 {
		passage := article.Passage{Span: article.Span{Start: b.Len()}, Block: p}
		for range 3 {
			s := article.Span{Start: b.Len()}
			for range 20 {
				fmt.Fprintf(&b, "word%03d ", r.IntN(900))
			}
			s.End = b.Len() - 1
			passage.Sentences = append(passage.Sentences, s)
			passage.End = s.End
		}
		rec.Passages = append(rec.Passages, passage)
		b.WriteByte('\n')
	}
	rec.Text = b.String()
	return rec
}

var benchModel = archive.Model{ID: "all-MiniLM-L6-v2", Dimension: 384}

func benchVectors(r *rand.Rand, recs []archive.Record) []archive.Vector {
	var vectors []archive.Vector
	for _, rec := range recs {
		for _, p := range rec.Passages {
			v := archive.Vector{Hash: archive.HashText(p.In(rec.Text)), Article: rec.ID, Values: make([]float32, benchModel.Dimension)}
			for k := range v.Values {
				v.Values[k] = r.Float32() - .5
			}
			vectors = append(vectors, v)
		}
	}
	return vectors
}

// makeArchive fills a folder with articles of 600 words, their ten passages and
// vectors.
func makeArchive(b *testing.B, dir string, articles int) {
	r := rand.New(rand.NewPCG(1, 1))
	a := openArchive(b, dir)
	for i := 0; i < articles; i += 100 {
		var recs []archive.Record
		for k := i; k < min(i+100, articles); k++ {
			recs = append(recs, newsRecord(r, k))
		}
		if _, err := a.Put(b.Context(), recs); err != nil {
			b.Fatal(err)
		}
		check(b, a.PutVectors(b.Context(), benchModel, benchVectors(r, recs)))
	}
	check(b, a.Close())
}

// BenchmarkPut stores articles of 600 words with their passages, 100 to a batch,
// each batch on disk in both copies before the next.
func BenchmarkPut(b *testing.B) {
	for _, batch := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			a := openArchive(b, b.TempDir())
			n := 0
			for b.Loop() {
				b.StopTimer()
				recs := make([]archive.Record, batch)
				for k := range recs {
					recs[k] = newsRecord(r, n)
					n++
				}
				b.StartTimer()
				if _, err := a.Put(b.Context(), recs); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

// BenchmarkStart opens an archive, checks all of it, and loads articles, passages
// and vectors.
func BenchmarkStart(b *testing.B) {
	for _, articles := range []int{5, 10_000} {
		b.Run(fmt.Sprintf("passages=%d", 10*articles), func(b *testing.B) {
			dir := b.TempDir()
			makeArchive(b, dir, articles)
			var open, load, vectors, n float64
			for b.Loop() {
				before := b.Elapsed()
				lap := func(to *float64) {
					*to += (b.Elapsed() - before).Seconds() * 1e3
					before = b.Elapsed()
				}
				n++
				a, err := archive.Open(b.Context(), dir, archive.Options{ReadOnly: true})
				check(b, err)
				lap(&open)
				for _, err := range a.Load(b.Context()) {
					check(b, err)
				}
				lap(&load)
				vs, err := a.Vectors(b.Context(), benchModel)
				check(b, err)
				if len(vs) != 10*articles {
					b.Fatal(len(vs))
				}
				lap(&vectors)
				check(b, a.Close())
			}
			b.ReportMetric(open/n, "ms/open")
			b.ReportMetric(load/n, "ms/load")
			b.ReportMetric(vectors/n, "ms/vectors")
		})
	}
}

// BenchmarkRemove removes one article for good from an archive of 10,000 with
// vectors, which writes the database and the second copy anew.
func BenchmarkRemove(b *testing.B) {
	dir := b.TempDir()
	makeArchive(b, dir, 10_000)
	a := openArchive(b, dir)
	i := 0
	for b.Loop() {
		check(b, a.Remove(b.Context(), newsRecord(rand.New(rand.NewPCG(1, 1)), i).ID))
		i++
	}
}

// BenchmarkBackup backs up an archive of 10,000 articles with vectors.
func BenchmarkBackup(b *testing.B) {
	dir := b.TempDir()
	makeArchive(b, dir, 10_000)
	a := openArchive(b, dir)
	for b.Loop() {
		file := filepath.Join(b.TempDir(), "backup")
		check(b, a.Backup(b.Context(), file))
		check(b, os.Remove(file))
	}
}
