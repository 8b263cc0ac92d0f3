package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

func TestBackupAndRestore(t *testing.T) {
	r, _ := random(t)
	base := t.TempDir()
	a := openArchive(t, filepath.Join(base, "data"))
	fill(t, a, r, 10, 60)
	want := snap(t, a)
	file := filepath.Join(base, "backup of it.db")

	var writer sync.WaitGroup
	stop := make(chan struct{})
	writer.Go(func() { // backups are taken while others write
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				if _, err := a.Put(t.Context(), []archive.Record{archivetest.Record("later", 1+i%9)}); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	check(t, a.Backup(t.Context(), file))
	close(stop)
	writer.Wait()
	if err := a.Backup(t.Context(), file); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("a second backup under the same name: %v", err)
	}
	if err := a.Backup(t.Context(), filepath.Join(base, "none", "x")); err == nil {
		t.Error("a backup into a folder that does not exist")
	}

	to := filepath.Join(base, "restored")
	report, err := archive.Restore(t.Context(), file, to)
	check(t, err)
	if !report.OK() || report.Articles < 8 || report.Vectors == 0 {
		t.Errorf("%+v", report)
	}
	if _, err := archive.Restore(t.Context(), file, to); err == nil || !strings.Contains(err.Error(), "holds an archive") {
		t.Errorf("restored over an archive: %v", err)
	}
	b := openArchive(t, to)
	got := snap(t, b)
	delete(got.articles, "later")
	if lost, vectors, wrong := want.lost(got); lost+vectors > 0 || wrong != "" || want.state != got.state {
		t.Errorf("%d articles, %d vectors, %s %s", lost, vectors, wrong, cmp.Diff(want.state, got.state))
	}
	leftOver, err := filepath.Glob(filepath.Join(base, "*.part"))
	check(t, err)
	if leftOver != nil {
		t.Errorf("left over: %v", leftOver)
	}
}

func TestRestoreRefuses(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "text": strings.Repeat("not a backup ", 99)} {
		file, dir := filepath.Join(t.TempDir(), name), t.TempDir()
		check(t, os.WriteFile(file, []byte(content), 0o644))
		if _, err := archive.Restore(t.Context(), file, dir); err == nil || !strings.Contains(err.Error(), "not a backup") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, "archive.db")); err == nil {
			t.Errorf("%s: left a database", name)
		}
	}
	if _, err := archive.Restore(t.Context(), filepath.Join(t.TempDir(), "none"), t.TempDir()); err == nil {
		t.Error("restored from nothing")
	}
}

// TestRestoreDamaged restores from a backup in which one article was changed: the
// rest comes back, and the report says what is missing.
func TestRestoreDamaged(t *testing.T) {
	r, _ := random(t)
	base := t.TempDir()
	a := openArchive(t, filepath.Join(base, "data"))
	fill(t, a, r, 20, 60)
	want := snap(t, a)
	file := filepath.Join(base, "backup")
	check(t, a.Backup(t.Context(), file))
	b, err := os.ReadFile(file)
	check(t, err)
	b = bytes.ReplaceAll(b, []byte("Sentence 1 of article-001 says"), []byte("Sentence 7 of article-001 says"))
	check(t, os.WriteFile(file, b, 0o644))
	report, err := archive.Restore(t.Context(), file, filepath.Join(base, "restored"))
	check(t, err)
	if report.OK() || len(report.Lost) != 1 {
		t.Errorf("%+v", report)
	}
	lost, _, wrong := want.lost(snap(t, openArchive(t, filepath.Join(base, "restored"))))
	if lost != 1 || wrong != "" {
		t.Errorf("%d articles lost %s", lost, wrong)
	}
}
