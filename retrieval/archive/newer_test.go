package archive_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/archive/archivetest"
)

// contents reads the files of a folder. Those of a write-ahead log's index don't count:
// readers make and drop them.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "-shm") {
			return err
		}
		b, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, dir)] = string(b)
		return err
	}))
	return out
}

// What a newer program wrote is refused, and nothing of it is changed, whatever state it
// was left in.
func TestNewerIsLeftAsItIs(t *testing.T) {
	full := t.TempDir()
	a := openArchive(t, full)
	put(t, a, archivetest.Record("a", 2), archivetest.Record("b", 1))
	check(t, a.Close())
	db := func(dir string) string { return filepath.Join(dir, "archive.db") }
	newer := func(t *testing.T, dir string) {
		if _, err := archivetest.Newer(t.Context(), db(dir)); err != nil {
			t.Fatal(err)
		}
	}
	for name, leave := range map[string]func(t *testing.T, dir string){
		"closed": newer,
		"without the second copy": func(t *testing.T, dir string) {
			newer(t, dir)
			check(t, os.Remove(filepath.Join(dir, "archive.copy")))
		},
		"without the database": func(t *testing.T, dir string) {
			newer(t, dir)
			check(t, os.Remove(db(dir)))
		},
		"killed before it wrote the second copy": func(t *testing.T, dir string) {
			old, err := os.ReadFile(filepath.Join(dir, "archive.copy"))
			check(t, err)
			newer(t, dir)
			check(t, os.WriteFile(filepath.Join(dir, "archive.copy"), old, 0o644))
		},
		"killed while the change was in the log": func(t *testing.T, dir string) {
			running := t.TempDir()
			copyFiles(t, dir, running)
			check(t, os.Remove(filepath.Join(running, "archive.copy")))
			reader, err := sql.Open("sqlite", db(running)) // keeps the log from being folded in
			check(t, err)
			defer reader.Close()
			tx, err := reader.Begin()
			check(t, err)
			var n int
			check(t, tx.QueryRow("SELECT count(*) FROM records").Scan(&n))
			newer(t, running)
			copyFiles(t, running, dir)
			if log, err := os.Stat(db(dir) + "-wal"); err != nil || log.Size() == 0 {
				t.Fatalf("no log: %v", err)
			}
			check(t, tx.Rollback())
		},
		"killed while it wrote files": func(t *testing.T, dir string) {
			newer(t, dir)
			for _, left := range []string{"archive.db.new", "archive.copy.new", "words.derived.new", "words.derived"} {
				check(t, os.WriteFile(filepath.Join(dir, left), []byte("half"), 0o644))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			copyFiles(t, full, dir)
			leave(t, dir)
			before := contents(t, dir)
			for _, o := range []archive.Options{{}, {ReadOnly: true}} {
				_, err := archive.Open(t.Context(), dir, o)
				if !errors.Is(err, archive.ErrNewer) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%+v: %v", o, err)
				}
				if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
					t.Errorf("%+v: changed (-before +after)\n%s", o, diff)
				}
			}
		})
	}
}

// A backup of a newer program, and a database that is no archive, are refused before
// anything is made of them.
func TestRestoreRefusesDatabases(t *testing.T) {
	base := t.TempDir()
	a := openArchive(t, filepath.Join(base, "data"))
	put(t, a, archivetest.Record("a", 2))
	backup := filepath.Join(base, "newer.backup")
	check(t, a.Backup(t.Context(), backup))
	if _, err := archivetest.Newer(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(base, "other.db")
	db, err := sql.Open("sqlite", other)
	check(t, err)
	_, err = db.Exec("CREATE TABLE songs (title TEXT)")
	check(t, err)
	check(t, db.Close())
	t.Chdir(base)
	backup = filepath.Base(backup) // as a user writes it
	for file, want := range map[string]string{backup: "newer.backup: the backup was written by a newer program (its schema is ", other: "this is not a backup of an archive"} {
		before := contents(t, base)
		_, err := archive.Restore(t.Context(), file, "restored")
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, archive.ErrNewer) != (file == backup) {
			t.Errorf("%s: %v", file, err)
		}
		if diff := cmp.Diff(before, contents(t, base)); diff != "" {
			t.Errorf("%s: (-before +after)\n%s", file, diff)
		}
		if _, err := os.Stat(filepath.Join(base, "restored")); err == nil {
			t.Errorf("%s: a folder was made", file)
		}
	}
}
