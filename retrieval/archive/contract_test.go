package archive_test

import (
	"testing"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

func TestContract(t *testing.T) {
	archivetest.Test(t, func(t *testing.T) archivetest.Opener {
		dir := t.TempDir()
		var last *archive.Archive
		closeLast := func() {
			if last != nil {
				if err := last.Close(); err != nil {
					t.Error(err)
				}
			}
		}
		t.Cleanup(closeLast)
		return func() archivetest.Store {
			t.Helper()
			closeLast()
			a, err := archive.Open(t.Context(), dir, archive.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if r := a.Report(); !r.OK() {
				t.Errorf("a sound archive was reported damaged: %v", r)
			}
			last = a
			return a
		}
	})
}
