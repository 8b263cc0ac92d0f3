package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"crisisbot/retrieval/archive"
)

func TestDerived(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir)
	if a.Derived("words") != nil || !a.Report().OK() {
		t.Error("there is something before anything was put")
	}
	for _, body := range []string{"", "one", "another, longer one"} {
		check(t, a.PutDerived("words", []byte(body)))
		if got := a.Derived("words"); got == nil || string(got) != body {
			t.Errorf("put %q, got %q", body, got)
		}
	}
	reader, err := archive.Open(t.Context(), dir, archive.Options{ReadOnly: true})
	check(t, err)
	defer reader.Close()
	if got := reader.Derived("words"); string(got) != "another, longer one" {
		t.Errorf("a reader got %q", got)
	}
	if err := reader.PutDerived("words", nil); !errors.Is(err, archive.ErrReadOnly) {
		t.Errorf("a reader may put: %v", err)
	}
	file := filepath.Join(dir, "words.derived")
	check(t, os.WriteFile(file+".new", []byte("half of"), 0o644))
	check(t, os.Truncate(file, 40))
	if a.Derived("words") != nil || len(a.Report().Found) != 1 {
		t.Errorf("a cut file is taken, or not reported: %q", a.Report().Found)
	}
	check(t, a.Close())
	openArchive(t, dir)
	if _, err := os.Stat(file + ".new"); err == nil {
		t.Error("what a killed process left half written is still there")
	}
}
