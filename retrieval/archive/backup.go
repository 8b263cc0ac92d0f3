package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Backup writes the archive as of one moment to file, a database that Restore
// takes, while reading and writing go on. The file must not exist; it has that
// name only when it is whole and on disk.
func (a *Archive) Backup(ctx context.Context, file string) error {
	if err := a.backup(ctx, file); err != nil {
		return fmt.Errorf("backup to %s: %w", file, err)
	}
	return nil
}

func (a *Archive) backup(ctx context.Context, file string) error {
	if exists(file) {
		return errors.New("the file exists: choose another name")
	}
	part := file + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A reader's own connection may not even write into another file.
	db, err := connect(ctx, dsn(a.path(dbFile), "rw", "busy_timeout(5000)", "secure_delete(ON)"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", part)
	err = errors.Join(err, db.Close())
	if err == nil {
		err = syncFile(part)
	}
	if err == nil {
		err = os.Link(part, file) // unlike a rename, it never replaces a file
	}
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) {
		err = os.Rename(part, file)
	} else if removeErr := os.Remove(part); err == nil {
		err = removeErr
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

// Restore makes an archive in the folder dir from a backup and returns what it
// found amiss in it. The folder must not hold an archive.
func Restore(ctx context.Context, file, dir string) (Report, error) {
	r, err := restore(ctx, file, dir)
	if err != nil {
		return Report{}, fmt.Errorf("restore %s: %w", file, err)
	}
	return r, nil
}

func restore(ctx context.Context, file, dir string) (Report, error) {
	file, err := filepath.Abs(file)
	if err != nil {
		return Report{}, err
	}
	if err := checkBackup(ctx, file); err != nil {
		return Report{}, err
	}
	a, err := newArchive(dir, nil)
	if err != nil {
		return Report{}, err
	}
	lock, err := a.takeLock(ctx, false)
	if err != nil {
		return Report{}, err
	}
	for _, name := range []string{dbFile, copyFile} {
		if exists(a.path(name)) && err == nil {
			err = fmt.Errorf("%s holds an archive: choose an empty folder or move it away", a.dir)
		}
	}
	if err == nil {
		err = restoreFile(file, a.path(dbFile))
	}
	if err = errors.Join(err, lock.Close()); err != nil {
		return Report{}, err
	}
	a.restored = true
	if err := a.open(ctx, false); err != nil {
		return Report{}, err
	}
	r, err := a.Verify(ctx)
	mended := a.Report()
	r.Found, r.Lost, r.SetAside = append(mended.Found, r.Found...), mended.Lost, mended.SetAside
	return r, errors.Join(err, a.Close())
}

// checkBackup refuses what Backup has not written, or a newer program has. Damage is
// no reason: what is sound comes back.
func checkBackup(ctx context.Context, file string) error {
	switch _, err := headerVersion(file); {
	case errors.Is(err, errNoDatabase), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errNoBackup
	case err != nil:
		return err
	}
	if err := refuseNewerDB(ctx, file, "the backup"); err != nil {
		return err
	}
	db, err := openAlone(ctx, file)
	if err != nil {
		return ctx.Err()
	}
	var tables int
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name IN ('records', 'vectors', 'state')").Scan(&tables)
	if err = errors.Join(err, db.Close()); err == nil && tables == 0 {
		return errNoBackup
	}
	return ctx.Err()
}

var errNoBackup = errors.New("this is not a backup of an archive")

// restoreFile copies a backup to path.
func restoreFile(file, path string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	return replaceFile(path, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
}
