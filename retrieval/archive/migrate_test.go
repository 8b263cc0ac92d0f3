package archive_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

var update = flag.Bool("update", false, "make the fixture of the present schema, if there is none yet")

// presentSchema has to be raised with each migration; then run the test once with
// -update, and commit the new folder below testdata. The archives in it are never changed.
const presentSchema = 2

// TestMigration opens an archive of every schema there ever was.
func TestMigration(t *testing.T) {
	present := filepath.Join("testdata", fmt.Sprintf("v%d", presentSchema))
	if _, err := os.Stat(present); err != nil && *update {
		makeFixture(t, present)
	}
	for schema := 1; schema <= presentSchema; schema++ {
		from := filepath.Join("testdata", fmt.Sprintf("v%d", schema))
		want, err := os.ReadFile(filepath.Join(from, "want.txt"))
		check(t, err)
		dir := t.TempDir()
		copyFiles(t, from, dir)
		a := openArchive(t, dir)
		if !a.Report().OK() {
			t.Errorf("schema %d: %v", schema, a.Report())
		}
		if diff := cmp.Diff(string(want), describe(t, a)); diff != "" {
			t.Errorf("schema %d (-want +got)\n%s", schema, diff)
		}
		put(t, a, archivetest.Record("new", 3))
		check(t, a.Close())
		if a = openArchive(t, dir); !a.Report().OK() {
			t.Errorf("schema %d, migrated: %v", schema, a.Report())
		}
	}
}

func makeFixture(t *testing.T, to string) {
	dir := t.TempDir()
	clock := func() time.Time { return time.Date(2022, 2, 1, 12, 0, 0, 0, time.UTC) }
	a, err := archive.Open(t.Context(), dir, archive.Options{Now: clock})
	check(t, err)
	r, _ := random(t)
	fill(t, a, r, 6, 8)
	check(t, a.Close())
	copyFiles(t, dir, to)
	a = openArchive(t, dir)
	check(t, os.WriteFile(filepath.Join(to, "want.txt"), []byte(describe(t, a)), 0o644))
}

// describe prints everything that an archive says.
func describe(t *testing.T, a *archive.Archive) string {
	s := snap(t, a)
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(s.articles)) {
		b.WriteString(s.articles[id])
	}
	var vectors []string
	for h, v := range s.vectors {
		vectors = append(vectors, h.String()+" "+v)
	}
	slices.Sort(vectors)
	removed, err := a.Removed(t.Context(), "article-003", "article-004", "article-005")
	check(t, err)
	fmt.Fprintf(&b, "%s\n%s\nremoved %v\n", strings.Join(vectors, "\n"), s.state, removed)
	return b.String()
}
