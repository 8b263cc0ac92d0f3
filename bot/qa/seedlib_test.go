package qa_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/embed"
	"crisisbot/seeds"
)

// seedLibrary is the starter articles, searched with the encoder in the binary.
var seedLibrary = sync.OnceValues(func() (*retrieval.Library, error) {
	e, err := embed.NewLocal(embed.LocalOptions{})
	if err != nil {
		return nil, err
	}
	return loadSeeds(e)
})

func loadSeeds(e retrieval.Embedder) (*retrieval.Library, error) {
	lib := retrieval.New(e)
	all, err := seedArticles()
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if _, err := lib.Add(context.Background(), a); err != nil {
			return nil, err
		}
	}
	return lib, lib.Encode(context.Background(), nil)
}

func seedArticles() ([]article.Article, error) {
	all, err := seeds.All()
	var out []article.Article
	for _, s := range all {
		out = append(out, article.Article{
			ID: s.ID, File: s.File, Title: s.Title, Publisher: s.Publisher, Authors: s.Authors, Published: s.Published,
			DateInferred: s.DateInferred, DateReason: s.DateReason, URL: s.URL, Quality: s.Quality, Origin: s.Origin, Text: s.Text,
		})
	}
	return out, err
}

func starters(t testing.TB) []article.Article {
	t.Helper()
	all, err := seedArticles()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// onSeeds returns an Answerer over the starter articles.
func onSeeds(t testing.TB) *qa.Answerer {
	t.Helper()
	lib, err := seedLibrary()
	if err != nil {
		t.Fatal(err)
	}
	return qa.New(lib, qa.Options{})
}

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a text with testdata/name, or rewrites that file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from the golden file; go test -update rewrites it. Now:\n%s", name, got)
	}
}
