package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const dbFile = "archive.db"

// pageSize is that of a new database. Five vectors of 384 numbers fill a page.
const pageSize = 8192

// A migration brings a database from the schema before it to its own. The number
// of migrations is the version of the schema, kept as the database's user_version
// and in the first line of the second copy.
type migration func(context.Context, *sql.Tx) error

var migrations = []migration{
	statements(`
		CREATE TABLE records (
			seq      INTEGER PRIMARY KEY,
			kind     TEXT NOT NULL,
			id       TEXT NOT NULL,
			revision INTEGER NOT NULL,
			body     TEXT NOT NULL,
			sum      BLOB NOT NULL,
			UNIQUE (kind, id, revision)
		) STRICT;
		CREATE TABLE vectors (
			n       INTEGER PRIMARY KEY,
			model   TEXT NOT NULL,
			hash    BLOB NOT NULL,
			article TEXT NOT NULL,
			vector  BLOB NOT NULL,
			sum     INTEGER NOT NULL,
			UNIQUE (model, hash)
		) STRICT;
		CREATE TABLE state (
			kind TEXT NOT NULL,
			key  TEXT NOT NULL,
			body TEXT NOT NULL,
			sum  BLOB NOT NULL,
			PRIMARY KEY (kind, key)
		) STRICT, WITHOUT ROWID;`),
	// Runs kept every item; now there is one run, without items.
	statements("DELETE FROM state WHERE kind IN ('run', 'item')"),
}

func statements(s string) migration {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, s)
		return err
	}
}

// migrate applies the steps that the database lacks, each in a transaction of
// its own.
func migrate(ctx context.Context, db *sql.DB, steps []migration) error {
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	for ; version < len(steps); version++ {
		err := inTx(ctx, db, func(tx *sql.Tx) error {
			if err := steps[version](ctx, tx); err != nil {
				return err
			}
			if err := putState(ctx, tx, stateMeta, metaSchema, version+1); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1))
			return err
		})
		if err != nil {
			return fmt.Errorf("migrate schema %d to %d: %w", version, version+1, err)
		}
	}
	return nil
}

func schemaVersion(ctx context.Context, db rower) (int, error) {
	var v int
	err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v)
	return v, err
}

func inTx(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func dsn(path, mode string, pragmas ...string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}, "mode": {mode}}
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // a drive letter
	}
	return "file://" + (&url.URL{Path: p}).EscapedPath() + "?" + q.Encode()
}

// openDB opens an existing database for writing.
func openDB(ctx context.Context, path string) (*sql.DB, error) {
	return connect(ctx, dsn(path, "rw", "busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)",
		"secure_delete(ON)", "cell_size_check(ON)", "trusted_schema(OFF)"))
}

// openReader opens a database for reading, beside a writer or on a read-only disk.
func openReader(ctx context.Context, path string) (*sql.DB, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	db, err := connect(ctx, readerDSN(path))
	if err == nil {
		return db, nil
	}
	if code(err)&0xff != sqlite3.SQLITE_CANTOPEN && code(err)&0xff != sqlite3.SQLITE_READONLY {
		return nil, err
	}
	if info, statErr := os.Stat(path + "-wal"); statErr == nil && info.Size() > 0 {
		return nil, err
	}
	// A folder that cannot be written to has no place for the index of a write-ahead log.
	return openAlone(ctx, path)
}

// openAlone opens for reading a database that nobody writes and that has no write-ahead
// log. No file appears beside it.
func openAlone(ctx context.Context, path string) (*sql.DB, error) {
	return connect(ctx, readerDSN(path)+"&immutable=1")
}

func readerDSN(path string) string {
	return dsn(path, "ro", "busy_timeout(5000)", "query_only(ON)", "cell_size_check(ON)", "trusted_schema(OFF)")
}

func connect(ctx context.Context, dsn string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(8)
	var n int
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// code returns the extended result code of SQLite, 0 if err has none.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

// damaged reports whether err says that the file is not as it was written, as
// opposed to a full disk, a lock or a cancelled context.
func damaged(err error) bool {
	if _, ok := errors.AsType[rowFault](err); ok {
		return true
	}
	switch c := code(err); c & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR,
		sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG:
		return true
	case sqlite3.SQLITE_IOERR:
		return c == sqlite3.SQLITE_IOERR_READ || c == sqlite3.SQLITE_IOERR_SHORT_READ ||
			c == sqlite3.SQLITE_IOERR_DATA || c == sqlite3.SQLITE_IOERR_CORRUPTFS
	}
	return false
}
