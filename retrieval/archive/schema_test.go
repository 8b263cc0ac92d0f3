package archive

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestMigrate(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := createDB(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = openDB(ctx, path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fail := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DROP TABLE records")
		return errors.Join(err, errors.New("no room"))
	}
	next := len(migrations)
	steps := append(migrations[:next:next], statements("ALTER TABLE records ADD COLUMN lang TEXT NOT NULL DEFAULT ''"), fail)
	if err := migrate(ctx, db, steps); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("the failure of a step is %v", err)
	}
	var known int
	version, err := schemaVersion(ctx, db)
	if ok, err2 := getState(ctx, db, stateMeta, metaSchema, &known); err != nil || err2 != nil || !ok {
		t.Fatal(err, err2)
	}
	if version != next+1 || known != next+1 {
		t.Errorf("after a step and a failed one the version is %d, noted as %d", version, known)
	}
	if _, err := db.ExecContext(ctx, "SELECT lang FROM records"); err != nil {
		t.Errorf("the step before the failed one is gone: %v", err)
	}
	if err := migrate(ctx, db, steps[:next+1]); err != nil {
		t.Errorf("nothing to do: %v", err)
	}
	// A program without the new step refuses what it has made.
	if err := new(inspection).inspect(ctx, db); !errors.Is(err, ErrNewer) {
		t.Errorf("an older program says %v", err)
	}
}

func TestBadLineName(t *testing.T) {
	for line, want := range map[string]name{
		`00 {"seq":7,"kind":"article","id":"a \"b\" c","revision":2,"st`: {kindArticle, `a "b" c`, 2},
		`00 {"seq":7,"kind":"edit","id":"é","revision":0,"st`:            {kindEdit, "é", 0},
		`00 {"seq":7,"kind":"article","id":"cut`:                         {},
		``:                                                               {},
	} {
		if got, ok := badLineName([]byte(line)); got != want || ok != (want != name{}) {
			t.Errorf("%s: %v %v", line, got, ok)
		}
	}
}

func TestFullDiskSaysWhatToDo(t *testing.T) {
	for _, full := range []error{syscall.ENOSPC, &fs.PathError{Op: "write", Path: "archive.copy", Err: syscall.ENOSPC}} {
		if err := explainFull(full); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "free some space") {
			t.Errorf("%v", err)
		}
	}
	if err := explainFull(context.Canceled); err != context.Canceled {
		t.Errorf("%v", err)
	}
	if explainFull(nil) != nil {
		t.Error("nothing is an error")
	}
}
