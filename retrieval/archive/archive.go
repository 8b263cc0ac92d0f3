// Package archive is the durable record of articles: every revision, its passages,
// their vectors, corrections of the operator, origins, ingestion runs and the
// state of feeds. Everything else can be rebuilt from it.
//
// A data folder holds the database archive.db (SQLite) and archive.copy, a second
// copy of the articles: a text file of one checksummed JSON line an entry. A write
// is acknowledged when both are on disk. Open compares them entry by entry and
// mends either from the other, so that one damaged file loses no article. Vectors,
// runs and feeds have no second copy: they can be made again.
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
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors that callers tell apart. The errors returned wrap them and say more.
var (
	ErrLocked   = errors.New("another process is writing to this archive")
	ErrNewer    = errors.New("written by a newer program")
	ErrReadOnly = errors.New("the archive is open for reading only")
	ErrNotFound = errors.New("not in the archive")
)

// lockWait is how long a second writer waits for the first: long enough for a
// reader that mends the archive in passing to get out of the way.
const lockWait = 3 * time.Second

// Options are the tunables of Open. The zero value opens for writing.
type Options struct {
	// ReadOnly opens beside a writer in another process, without its lock. A
	// folder that has no archive yet gets an empty one all the same.
	ReadOnly bool
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// An Archive is an open data folder. It is safe for concurrent use; writes queue.
type Archive struct {
	dir  string
	db   *sql.DB
	lock *flock.Flock // nil for a reader
	now  func() time.Time

	restored bool // from a backup, which is without a second copy

	noteMu sync.Mutex
	report Report

	mu        sync.Mutex // held while writing
	copy      *os.File   // open for appending; nil for a reader, and while it is stale
	copyStale bool       // the copy is not equal to the database
	marks     int        // written to the copy by this process, see markCopy
	closed    bool
}

// Open opens the archive in the folder dir and makes both where they are missing.
//
// Unless another process is writing, Open checks every entry and mends what is
// damaged; Report then says what it found. Damage never makes Open fail. What a newer
// program wrote does, with ErrNewer, and stays as it is.
func Open(ctx context.Context, dir string, o Options) (*Archive, error) {
	a, err := newArchive(dir, o.Now)
	if err == nil {
		err = a.open(ctx, o.ReadOnly)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// newArchive makes the folder and returns an archive that isn't open yet.
func newArchive(dir string, now func() time.Time) (*Archive, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if now == nil {
		now = time.Now
	}
	return &Archive{dir: dir, now: now}, makeFolder(dir)
}

func (a *Archive) open(ctx context.Context, readOnly bool) error {
	if err := a.refuseNewer(ctx); err != nil {
		return fmt.Errorf("open archive in %s: %w", a.dir, err)
	}
	lock, err := a.takeLock(ctx, readOnly)
	if err != nil {
		return err
	}
	if lock != nil {
		err = a.settle(ctx)
	}
	if noRights(err) {
		err = nil
		if !readOnly {
			err = errNoRights
		}
	}
	if err == nil {
		err = a.openFiles(ctx, readOnly)
	}
	if lock != nil && readOnly {
		err = errors.Join(err, lock.Close())
	} else {
		a.lock = lock
	}
	if err != nil {
		return errors.Join(fmt.Errorf("open archive in %s: %w", a.dir, explainFull(err)), a.Close())
	}
	return nil
}

func makeFolder(dir string) error {
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		return nil
	}
	if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
		return fmt.Errorf("data folder %s is a file: choose another folder or move the file away", dir)
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("data folder %s cannot be made: no permission; choose another folder or change the rights", dir)
	}
	return fmt.Errorf("data folder %s cannot be made: %w", dir, err)
}

// takeLock returns the writer's lock. For a reader it returns nil when another
// process holds the lock, and when the folder cannot be written to.
func (a *Archive) takeLock(ctx context.Context, readOnly bool) (*flock.Flock, error) {
	lock := flock.New(a.path("lock"))
	ok, err := lock.TryLock()
	if err == nil && !ok && !readOnly {
		wait, cancel := context.WithTimeout(ctx, lockWait)
		ok, err = lock.TryLockContext(wait, 20*time.Millisecond)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = nil
		}
	}
	switch {
	case ok:
		// Best effort: the number only makes the message to a second writer clearer.
		_ = os.WriteFile(lock.Path(), fmt.Appendln(nil, os.Getpid()), 0o644)
		return lock, nil
	case readOnly && (err == nil || noRights(err)):
		return nil, nil
	case err == nil:
		pid, _ := os.ReadFile(lock.Path())
		return nil, fmt.Errorf("data folder %s: %w (process %s): stop it first, or give this one another folder",
			a.dir, ErrLocked, bytes.TrimSpace(pid))
	case noRights(err):
		return nil, fmt.Errorf("data folder %s: %w", a.dir, errNoRights)
	}
	return nil, fmt.Errorf("data folder %s: lock: %w", a.dir, err)
}

var errNoRights = errors.New("it cannot be written to: change its rights or choose another folder")

// noRights reports whether err is for want of the right to write, or because the
// disk is read-only.
func noRights(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || code(err)&0xff == sqlite3.SQLITE_READONLY
}

func (a *Archive) openFiles(ctx context.Context, readOnly bool) error {
	var err error
	if readOnly {
		if a.db, err = openReader(ctx, a.path(dbFile)); err != nil {
			return err
		}
		version, err := schemaVersion(ctx, a.db)
		if err == nil && version > len(migrations) {
			err = newerError("the archive", version)
		} else if err == nil && version < len(migrations) {
			err = errors.New("it was written by an older program and has to be opened for writing once")
		}
		return err
	}
	if a.db, err = openDB(ctx, a.path(dbFile)); err != nil {
		return err
	}
	// What a process that was killed left in the write-ahead log may be text that
	// was removed since.
	if err := a.truncateLog(ctx); err != nil && err != errReading {
		return err
	}
	if err := a.wipeAgain(ctx); err != nil {
		return err
	}
	if a.copyStale {
		return nil
	}
	return a.openCopy()
}

// Close releases the files and the lock. It waits for no one: finish writes first.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	var errs []error
	if a.copy != nil {
		errs = append(errs, a.copy.Close())
		a.copy = nil
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Close())
		a.lock = nil
	}
	return errors.Join(errs...)
}

// Dir returns the absolute path of the data folder.
func (a *Archive) Dir() string { return a.dir }

// Report returns what was found amiss since and while the archive was opened. A
// reader beside a writer leaves the checks of Open to the writer.
func (a *Archive) Report() Report {
	a.noteMu.Lock()
	defer a.noteMu.Unlock()
	r := a.report
	r.Found = slices.Clone(r.Found)
	return r
}

// Writable reports whether the archive was opened for writing.
func (a *Archive) Writable() bool { return a.lock != nil }

// Generation returns a number that grows with every write, so that what was
// derived from the archive can be told to be old. It is 0 until the first write.
func (a *Archive) Generation(ctx context.Context) (int64, error) {
	return generation(ctx, a.db)
}

func (a *Archive) path(name string) string { return filepath.Join(a.dir, name) }
