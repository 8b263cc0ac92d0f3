package archive_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

// number returns the value of an environment variable that widens a harness.
func number(t testing.TB, key string, otherwise int) int {
	s := os.Getenv(key)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return n
}

// random returns a source whose seed is printed, and can be set to repeat a run.
func random(t testing.TB) (*rand.Rand, uint64) {
	seed := uint64(number(t, "CRISISBOT_TEST_SEED", int(time.Now().UnixNano()%1e9)))
	return rand.New(rand.NewPCG(seed, 0)), seed
}

func openArchive(t testing.TB, dir string) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.Context(), dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var testModel = archive.Model{ID: "test-encoder-v1", Dimension: 48}

// fill makes an archive with something of everything: revisions, edits, origins,
// removals, vectors, feeds and the run. Articles have up to so many sentences and two.
func fill(t testing.TB, a *archive.Archive, r *rand.Rand, articles, sentences int) {
	ctx := t.Context()
	for i := range articles {
		rec := archivetest.Record(fmt.Sprintf("article-%03d", i), 3+r.IntN(sentences))
		_, err := a.Put(ctx, []archive.Record{rec})
		check(t, err)
		var vectors []archive.Vector
		for _, p := range rec.Passages {
			v := archive.Vector{Hash: archive.HashText(p.In(rec.Text)), Article: rec.ID, Values: make([]float32, testModel.Dimension)}
			for k := range v.Values {
				v.Values[k] = r.Float32() + .01
			}
			vectors = append(vectors, v)
		}
		check(t, a.PutVectors(ctx, testModel, vectors))
		switch i % 7 {
		case 1:
			rec.Text += "A later sentence."
			_, err := a.Put(ctx, []archive.Record{rec})
			check(t, err)
		case 2:
			check(t, a.Edit(ctx, rec.ID, archive.Edit{Published: new("2022-01-15")}))
		case 3:
			check(t, a.SetOrigins(ctx, map[string]string{rec.ID: "article-000"}))
		case 4:
			check(t, a.Remove(ctx, rec.ID))
		}
	}
	check(t, a.PutFeed(ctx, archive.Feed{URL: "https://feed.example", ETag: "x"}))
	check(t, a.SetRun(ctx, archive.Run{Places: []string{"folder"}, Place: "folder", Done: 1, Total: 2}))
}

// A snapshot is everything that an archive says, in a form that can be compared.
type snapshot struct {
	articles map[string]string // every revision of an article, printed, by id
	vectors  map[archive.Hash]string
	state    string // feeds and the run
}

func snap(t testing.TB, a *archive.Archive) snapshot {
	t.Helper()
	ctx := t.Context()
	s := snapshot{articles: map[string]string{}, vectors: map[archive.Hash]string{}}
	for r, err := range a.Load(ctx) {
		check(t, err)
		var b strings.Builder
		revisions, err := a.Revisions(ctx, r.ID)
		check(t, err)
		for _, rev := range revisions {
			old, err := a.Article(ctx, r.ID, rev.Number)
			check(t, err)
			fmt.Fprintf(&b, "%+v\n", old)
		}
		s.articles[r.ID] = b.String()
	}
	vectors, err := a.Vectors(ctx, testModel)
	check(t, err)
	for h, v := range vectors {
		s.vectors[h] = fmt.Sprint(v)
	}
	feeds, err := a.Feeds(ctx)
	check(t, err)
	run, running, err := a.Run(ctx)
	check(t, err)
	s.state = fmt.Sprint(feeds, run, running)
	return s
}

// lost counts the articles of s that got lacks or has otherwise, and the vectors.
func (s snapshot) lost(got snapshot) (articles, vectors int, wrong string) {
	for id, want := range s.articles {
		if got.articles[id] != want {
			articles++
		}
	}
	for id := range got.articles {
		if _, ok := s.articles[id]; !ok {
			wrong = "an article that was removed came back: " + id
		}
	}
	for h, want := range s.vectors {
		switch v, ok := got.vectors[h]; {
		case !ok:
			vectors++
		case v != want:
			wrong = "a vector was changed"
		}
	}
	return articles, vectors, wrong
}

// copyFiles copies the files of a data folder, as a crash or a cold backup would
// leave them.
func copyFiles(t testing.TB, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	check(t, err)
	check(t, os.MkdirAll(to, 0o755))
	for _, e := range entries {
		if e.Name() == "lock" || strings.HasSuffix(e.Name(), "-shm") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(from, e.Name()))
		check(t, err)
		check(t, os.WriteFile(filepath.Join(to, e.Name()), b, 0o644))
	}
}
