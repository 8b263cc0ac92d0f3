package qa_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"crisisbot/bot/qa"
	"crisisbot/retrieval/article"
)

func starters(t testing.TB) []article.Article {
	t.Helper()
	all, err := qa.SeedArticles()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// onSeeds returns an Answerer over the starter articles.
func onSeeds(t testing.TB) *qa.Answerer {
	t.Helper()
	lib, err := qa.SeedsBoth()
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
