package archive_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

func TestOpenMakesFolder(t *testing.T) {
	for _, name := range []string{"plain", "a/b/c", "with space", "100%?x=#y&z", "ünïcode", "[glob]*"} {
		dir := filepath.Join(t.TempDir(), filepath.FromSlash(name))
		a := openArchive(t, dir)
		put(t, a, archivetest.Record("a", 2))
		check(t, a.Close())
		a = openArchive(t, dir)
		if _, err := a.Article(t.Context(), "a", 0); err != nil || !a.Report().OK() {
			t.Errorf("%s: %v %v", name, err, a.Report())
		}
		if !a.Writable() || a.Dir() != dir {
			t.Errorf("%s: %s", name, a.Dir())
		}
		check(t, a.Close())
		if _, err := a.Put(t.Context(), []archive.Record{archivetest.Record("b", 1)}); err == nil {
			t.Errorf("%s: Put after Close", name)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, []byte("x"), 0o644))
	folder := t.TempDir()
	check(t, os.Mkdir(filepath.Join(folder, "archive.db"), 0o755))
	sealed := t.TempDir()
	check(t, os.Chmod(sealed, 0o555))
	for _, c := range []struct {
		name, dir, want string
		root            bool // works for root too
	}{
		{"a file in the folder's place", file, "is a file: choose another folder", true},
		{"below a file", filepath.Join(file, "data"), "cannot be made", true},
		{"a folder in the database's place", folder, "archive.db is a folder", true},
		{"no right to write", sealed, "cannot be written to: change its rights", false},
		{"no right to make it", filepath.Join(sealed, "data"), "cannot be made: no permission", false},
	} {
		if !c.root && os.Geteuid() == 0 {
			continue
		}
		_, err := archive.Open(t.Context(), c.dir, archive.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestSecondWriter(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir)
	put(t, a, archivetest.Record("a", 2))
	synctest.Test(t, func(t *testing.T) { // the wait for the first one takes no real time
		_, err := archive.Open(t.Context(), dir, archive.Options{})
		if !errors.Is(err, archive.ErrLocked) || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "stop it") {
			t.Errorf("%v", err)
		}
	})
	check(t, a.Close())
	check(t, openArchive(t, dir).Close())
}

func TestReaderBesideWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	open := func() *archive.Archive {
		r, err := archive.Open(t.Context(), dir, archive.Options{ReadOnly: true})
		check(t, err)
		t.Cleanup(func() { r.Close() })
		return r
	}
	count := func(r *archive.Archive) (n int) {
		for _, err := range r.Load(t.Context()) {
			check(t, err)
			n++
		}
		return n
	}
	early := open()
	if n := count(early); n != 0 || early.Writable() {
		t.Errorf("a new archive has %d articles", n)
	}
	w := openArchive(t, dir) // a reader is in no writer's way
	put(t, w, archivetest.Record("a", 2), archivetest.Record("b", 2))
	late := open()
	for _, r := range []*archive.Archive{early, late} {
		if n := count(r); n != 2 {
			t.Errorf("a reader sees %d articles of 2", n)
		}
		if _, err := r.Put(t.Context(), nil); !errors.Is(err, archive.ErrReadOnly) {
			t.Errorf("Put: %v", err)
		}
		if v, err := r.Verify(t.Context()); err != nil || !v.OK() || v.Articles != 2 {
			t.Errorf("Verify: %+v %v", v, err)
		}
	}
	check(t, late.Backup(t.Context(), filepath.Join(t.TempDir(), "backup")))
	check(t, w.Remove(t.Context(), "a"))
	if n := count(early); n != 1 {
		t.Errorf("a reader sees %d articles of 1", n)
	}
	check(t, w.Close())
	check(t, early.Close())
	check(t, late.Close())
}

// TestRemoveUnderReader removes while a reader is in the middle of a look.
func TestRemoveUnderReader(t *testing.T) {
	t.Parallel() // waits for the reader
	dir := t.TempDir()
	w := openArchive(t, dir)
	rec, mark := marked(1, 30)
	put(t, w, rec, archivetest.Record("b", 2))
	r, err := archive.Open(t.Context(), dir, archive.Options{ReadOnly: true})
	check(t, err)
	for _, err := range r.Load(t.Context()) {
		check(t, err)
		if err = w.Remove(t.Context(), rec.ID); err == nil || !strings.Contains(err.Error(), "traces") {
			t.Errorf("removal under a reader: %v", err)
		}
		break
	}
	check(t, r.Close())
	check(t, w.Close())
	openArchive(t, dir)
	if files := traces(t, dir, mark); files != nil {
		t.Errorf("traces in %v", files)
	}
}

// TestReaderWithoutRights reads an archive on what is a read-only disk to it.
func TestReaderWithoutRights(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root has every right")
	}
	dir := t.TempDir()
	a := openArchive(t, dir)
	put(t, a, archivetest.Record("a", 2))
	check(t, a.Close())
	check(t, os.Chmod(filepath.Join(dir, "archive.db"), 0o444))
	check(t, os.Chmod(filepath.Join(dir, "archive.copy"), 0o444))
	defer os.Chmod(dir, 0o755)
	for _, lock := range []bool{true, false} {
		if !lock {
			check(t, os.Remove(filepath.Join(dir, "lock")))
		}
		check(t, os.Chmod(dir, 0o555))
		r, err := archive.Open(t.Context(), dir, archive.Options{ReadOnly: true})
		check(t, err)
		if _, err := r.Article(t.Context(), "a", 0); err != nil {
			t.Error(err)
		}
		check(t, r.Close())
		if _, err := archive.Open(t.Context(), dir, archive.Options{}); err == nil || !strings.Contains(err.Error(), "cannot be written to") {
			t.Errorf("open for writing: %v", err)
		}
		check(t, os.Chmod(dir, 0o755))
	}
}

// TestNewerArchive opens what a newer program wrote, and what only seems so.
func TestNewerArchive(t *testing.T) {
	dir := t.TempDir()
	a := openArchive(t, dir)
	put(t, a, archivetest.Record("a", 2))
	check(t, a.Close())
	exec := func(statement string, args ...any) {
		db, err := sql.Open("sqlite", filepath.Join(dir, "archive.db"))
		check(t, err)
		_, err = db.Exec(statement, args...)
		check(t, err)
		check(t, db.Close())
	}
	for _, damaged := range []int{4097, 0, -1, -1174405119} { // flipped bits
		exec(fmt.Sprintf("PRAGMA user_version = %d", damaged))
		a = openArchive(t, dir)
		if _, err := a.Article(t.Context(), "a", 0); err != nil || a.Report().OK() {
			t.Errorf("version %d: %v, report %v", damaged, err, a.Report())
		}
		check(t, a.Close())
	}

	exec("PRAGMA user_version = 1000")
	exec("DELETE FROM state")
	for _, o := range []archive.Options{{}, {ReadOnly: true}} {
		_, err := archive.Open(t.Context(), dir, o)
		if !errors.Is(err, archive.ErrNewer) || !strings.Contains(err.Error(), "use the newer program") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
