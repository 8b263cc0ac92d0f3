package archive

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const notesFile = "notes.db"

// Notes are small values by key that a bot must remember between runs. They are
// apart from the articles, in notes.db, which only its owner may read, and have no
// second copy and no place in backups, since people may have them forgotten. They
// are safe for concurrent use, also by several processes.
type Notes struct {
	path string
	db   *sql.DB
	now  func() time.Time

	mu    sync.Mutex
	swept time.Time
}

const notesSchema = `
	CREATE TABLE IF NOT EXISTS notes (
		key     TEXT NOT NULL UNIQUE,
		value   BLOB NOT NULL,
		expires INTEGER NOT NULL, -- Unix milliseconds; 0: never
		sum     BLOB NOT NULL
	) STRICT;
	PRAGMA user_version = 1`

// OpenNotes opens the notes in the folder dir and makes both where they are
// missing; now nil is time.Now. Damage is no error: a damaged file is set aside, a
// damaged note is dropped, and found says so in a sentence.
func OpenNotes(ctx context.Context, dir string, now func() time.Time) (n *Notes, found string, err error) {
	a, err := newArchive(dir, now) // for its folder and clock
	if err != nil {
		return nil, "", err
	}
	n = &Notes{path: a.path(notesFile), now: a.now}
	bad, err := n.open(ctx)
	if err != nil && ctx.Err() == nil && damaged(err) {
		aside := n.path + asideMark + n.now().UTC().Format("20060102T150405.000")
		found = fmt.Sprintf("%s was damaged and is kept for now as %s; what it held is forgotten (%v)", notesFile, filepath.Base(aside), err)
		if err = n.setAside(aside); err == nil {
			bad, err = n.open(ctx)
		}
	}
	if noRights(err) {
		err = errNoRights
	}
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %w", n.path, err)
	}
	if bad > 0 {
		found = fmt.Sprintf("%s: %s not as written and forgotten", notesFile, count(bad, "note was", "notes were"))
	}
	return n, found, nil
}

// open returns how many notes were damaged.
func (n *Notes) open(ctx context.Context) (bad int, err error) {
	f, err := os.OpenFile(n.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return 0, err
	}
	if err := f.Close(); err != nil {
		return 0, err
	}
	db, err := openDB(ctx, n.path)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	n.db = db
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return 0, err
	}
	if version > 1 {
		return 0, newerError(version)
	}
	if version == 0 {
		if _, err := db.ExecContext(ctx, notesSchema); err != nil {
			return 0, err
		}
	}
	if err := checkStructure(ctx, db); err != nil {
		if fault, ok := errors.AsType[structureFault](err); ok {
			err = rowFault{fault}
		}
		return 0, err
	}
	if bad, err = n.dropDamaged(ctx); err != nil {
		return 0, err
	}
	return bad, n.sweep(ctx)
}

func (n *Notes) dropDamaged(ctx context.Context) (bad int, err error) {
	rows, err := n.db.QueryContext(ctx, "SELECT rowid, key, value, sum FROM notes")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		var key string
		var value, sum []byte
		if err := rows.Scan(&id, &key, &value, &sum); err != nil {
			return 0, rowFault{err}
		}
		if !soundNote(key, value, sum) {
			ids = append(ids, id)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for _, id := range ids {
		if _, err := n.db.ExecContext(ctx, "DELETE FROM notes WHERE rowid = ?", id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// setAside renames the database and its write-ahead log.
func (n *Notes) setAside(aside string) error {
	for _, end := range []string{"", "-wal"} {
		if err := os.Rename(n.path+end, aside+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Remove(n.path + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Close releases the files.
func (n *Notes) Close() error { return n.db.Close() }

func noteSum(key string, value []byte) Hash { return stateSum("note", key, value) }

func soundNote(key string, value, sum []byte) bool {
	s := noteSum(key, value)
	return bytes.Equal(s[:], sum)
}

// Get returns the value of a key, nil if there is none or it has expired.
func (n *Notes) Get(ctx context.Context, key string) ([]byte, error) {
	value, err := n.get(ctx, n.db, key)
	if err != nil {
		return nil, fmt.Errorf("get note: %w", err)
	}
	return value, nil
}

func (n *Notes) get(ctx context.Context, q rower, key string) (value []byte, err error) {
	var expires int64
	var sum []byte
	err = q.QueryRowContext(ctx, "SELECT value, expires, sum FROM notes WHERE key = ?", key).Scan(&value, &expires, &sum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	case expires != 0 && expires <= n.now().UnixMilli() || !soundNote(key, value, sum):
		return nil, nil
	}
	return value, nil
}

// Put keeps a value, durably when it returns; a zero expires keeps it until it is
// deleted.
func (n *Notes) Put(ctx context.Context, key string, value []byte, expires time.Time) error {
	err := n.put(ctx, n.db, key, value, expires)
	if err == nil {
		err = n.sweepNowAndThen(ctx)
	}
	if err != nil {
		return fmt.Errorf("put note: %w", err)
	}
	return nil
}

func (n *Notes) put(ctx context.Context, q rower, key string, value []byte, expires time.Time) error {
	var until int64
	if !expires.IsZero() {
		until = max(1, expires.UnixMilli())
	}
	if value == nil {
		value = []byte{}
	}
	sum := noteSum(key, value)
	_, err := q.ExecContext(ctx, `INSERT INTO notes (key, value, expires, sum) VALUES (?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires, sum = excluded.sum`,
		key, value, until, sum[:])
	return err
}

// Change replaces a value, nil if there is none, by what f makes of it, while no
// other process can. An error of f leaves it as it was.
func (n *Notes) Change(ctx context.Context, key string, f func(old []byte) ([]byte, error)) error {
	err := inTx(ctx, n.db, func(tx *sql.Tx) error {
		old, err := n.get(ctx, tx, key)
		if err != nil {
			return err
		}
		value, err := f(old)
		if err != nil {
			return err
		}
		return n.put(ctx, tx, key, value, time.Time{})
	})
	if err != nil {
		return fmt.Errorf("change note: %w", err)
	}
	return nil
}

// Delete deletes values, their traces in the files too. A key that has no value is
// passed over.
func (n *Notes) Delete(ctx context.Context, keys ...string) error {
	if err := n.delete(ctx, keys); err != nil {
		return fmt.Errorf("delete notes: %w", err)
	}
	return nil
}

func (n *Notes) delete(ctx context.Context, keys []string) error {
	gone := int64(0)
	err := inTx(ctx, n.db, func(tx *sql.Tx) error {
		for _, k := range keys {
			r, err := tx.ExecContext(ctx, "DELETE FROM notes WHERE key = ?", k)
			if err != nil {
				return err
			}
			rows, err := r.RowsAffected()
			if err != nil {
				return err
			}
			gone += rows
		}
		return nil
	})
	if err != nil || gone == 0 {
		return err
	}
	return n.wipe(ctx)
}

// Keys returns the keys that begin with prefix and have a value, sorted.
func (n *Notes) Keys(ctx context.Context, prefix string) ([]string, error) {
	keys, err := n.keys(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("keys of notes: %w", err)
	}
	return keys, nil
}

func (n *Notes) keys(ctx context.Context, prefix string) ([]string, error) {
	rows, err := n.db.QueryContext(ctx, `SELECT key FROM notes WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1
		AND (expires = 0 OR expires > ?2) ORDER BY key`, prefix, n.now().UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []string
	for rows.Next() {
		var k string
		if err := rows.Scan(&k); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

// sweepEvery is how long a value may stay in the file after it has expired, as
// long as something is put.
const sweepEvery = 10 * time.Minute

func (n *Notes) sweepNowAndThen(ctx context.Context) error {
	n.mu.Lock()
	due := n.now().Sub(n.swept) >= sweepEvery
	n.mu.Unlock()
	if !due {
		return nil
	}
	return n.sweep(ctx)
}

// sweep deletes what has expired.
func (n *Notes) sweep(ctx context.Context) error {
	n.mu.Lock()
	n.swept = n.now()
	n.mu.Unlock()
	r, err := n.db.ExecContext(ctx, "DELETE FROM notes WHERE expires <> 0 AND expires <= ?", n.now().UnixMilli())
	if err != nil {
		return err
	}
	if gone, err := r.RowsAffected(); err != nil || gone == 0 {
		return err
	}
	return n.wipe(ctx)
}

// wipe frees the files from traces of what was deleted, those that were set aside
// as damaged too. See Archive.wipe.
func (n *Notes) wipe(ctx context.Context) error {
	aside, err := filepath.Glob(escapeGlob(n.path) + asideMark + "*")
	if err != nil {
		return err
	}
	for _, f := range aside {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	if _, err := n.db.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	return truncateLog(ctx, n.db)
}
