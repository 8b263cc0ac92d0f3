package archive_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

// marked makes an article in which a word of its own stands everywhere.
func marked(i, sentences int) (archive.Record, string) {
	mark := fmt.Sprintf("zq%05dqz", i)
	r := archivetest.Record("id-"+mark, sentences)
	r.Title += mark
	r.URL += mark
	r.DateReason = mark
	return r, mark
}

// traces returns the files of a folder in which mark stands.
func traces(t testing.TB, dir, mark string) (files []string) {
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		check(t, err)
		if bytes.Contains(b, []byte(mark)) {
			files = append(files, e.Name())
		}
	}
	return files
}

func TestRemoveLeavesNoTrace(t *testing.T) {
	r, seed := random(t)
	dir := t.TempDir()
	a := openArchive(t, dir)
	const n = 200
	for i := range n {
		rec, _ := marked(i, 1+r.IntN(60))
		put(t, a, rec)
		if r.IntN(3) == 0 { // small and grown texts make the pages shift
			rec, _ = marked(r.IntN(i+1), 1+r.IntN(60))
			put(t, a, rec)
		}
		if r.IntN(3) == 0 {
			check(t, a.Edit(t.Context(), rec.ID, archive.Edit{Title: new("Edited " + strings.TrimPrefix(rec.ID, "id-"))}))
			check(t, a.SetOrigins(t.Context(), map[string]string{rec.ID: rec.ID}))
		}
		check(t, a.PutVectors(t.Context(), testModel, []archive.Vector{{
			Hash: archive.HashText(rec.Text), Article: rec.ID, Values: append(make([]float32, testModel.Dimension-1), 1)}}))
	}
	check(t, os.WriteFile(filepath.Join(dir, "archive.db.damaged-20260101T000000.000"), []byte("zq00001qz"), 0o644))
	order := r.Perm(n)
	for some := range slices.Chunk(order[:n/2], 10) {
		var ids []string
		for _, i := range some {
			rec, mark := marked(i, 1)
			if len(traces(t, dir, mark)) == 0 {
				t.Fatalf("seed %d: the mark of %s is nowhere before its removal", seed, rec.ID)
			}
			ids = append(ids, rec.ID)
			check(t, a.PutDerived("words", []byte(mark)))
		}
		check(t, a.Remove(t.Context(), ids...))
		for _, i := range some {
			if _, mark := marked(i, 1); traces(t, dir, mark) != nil {
				t.Fatalf("seed %d: traces of %s in %v", seed, mark, traces(t, dir, mark))
			}
		}
	}
	check(t, a.Close())
	for _, i := range order[:n/2] {
		if _, mark := marked(i, 1); traces(t, dir, mark) != nil {
			t.Errorf("seed %d: traces of %s after closing", seed, mark)
		}
	}
	a = openArchive(t, dir)
	if !a.Report().OK() {
		t.Error(a.Report())
	}
	left := 0
	for _, err := range a.Load(t.Context()) {
		check(t, err)
		left++
	}
	if left != n-n/2 {
		t.Errorf("%d articles are left of %d", left, n-n/2)
	}
	t.Logf("seed %d: %d of %d articles removed, 0 traces", seed, n/2, n)
}

func put(t testing.TB, a *archive.Archive, records ...archive.Record) []archive.Outcome {
	t.Helper()
	out, err := a.Put(t.Context(), records)
	check(t, err)
	return out
}
