package archive

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// newerError says that something, an archive or a backup, is of a schema that this
// program doesn't know.
func newerError(what string, version int) error {
	return fmt.Errorf("%s was %w (its schema is %d, this program knows %d) and is left as it is: "+
		"use the newer program, or restore a backup from before it into an empty folder", what, ErrNewer, version, len(migrations))
}

// refuseNewer returns an error if a newer program has written the archive. Unlike all
// that Open does after it, it changes nothing in the folder.
func (a *Archive) refuseNewer(ctx context.Context) error {
	if version := copySchema(a.path(copyFile)); version > len(migrations) {
		return newerError("the archive", version)
	}
	return refuseNewerDB(ctx, a.path(dbFile), "the archive")
}

// copySchema reads the schema in the first line of a second copy; 0 if that can't be
// read.
func copySchema(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	line, err := bufio.NewReader(io.LimitReader(f, maxHead)).ReadBytes('\n')
	if err != nil {
		return 0
	}
	body, _, ok := checkLine(line)
	if !ok {
		return 0
	}
	return headSchema(body)
}

// maxHead is more than the first line of a second copy has.
const maxHead = 4096

// headSchema reads the schema from the body of the first line; 0 if it is something else.
func headSchema(body []byte) int {
	e, err := decodeEntry(body)
	if err != nil || e.Kind != kindArchive {
		return 0
	}
	return e.Revision
}

// refuseNewerDB returns an error if a file is the database of a newer program; what says
// what the file is. It changes nothing. What can't be read is left to those who open it.
func refuseNewerDB(ctx context.Context, path, what string) error {
	open := openReader // what is in the log counts
	if log, err := os.Stat(path + "-wal"); err != nil || log.Size() == 0 {
		if version, err := headerVersion(path); err != nil || version <= len(migrations) {
			return nil
		}
		open = openAlone
	}
	db, err := open(ctx, path)
	if err != nil {
		return ctx.Err()
	}
	version, err := newerVersion(ctx, db)
	switch err = errors.Join(err, db.Close()); {
	case err != nil:
		return ctx.Err()
	case version > 0:
		return newerError(what, version)
	}
	return nil
}

// The header of an SQLite database: what it begins with, its length, and where the
// user_version stands in it.
const (
	sqliteMagic   = "SQLite format 3\x00"
	sqliteHeader  = 100
	sqliteVersion = 60
)

// headerVersion reads the user_version of a database that has no write-ahead log.
func headerVersion(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	head := make([]byte, sqliteHeader)
	if _, err := io.ReadFull(f, head); err != nil {
		return 0, err
	}
	if string(head[:len(sqliteMagic)]) != sqliteMagic {
		return 0, errNoDatabase
	}
	return int(int32(binary.BigEndian.Uint32(head[sqliteVersion:]))), nil
}

var errNoDatabase = errors.New("this is not the database of an archive")

// newerVersion returns the schema of a database if it is one that this program doesn't
// know, else 0. The sum of the second mention tells a newer program from a flipped bit.
func newerVersion(ctx context.Context, db rower) (int, error) {
	version, err := schemaVersion(ctx, db)
	if err != nil || version <= len(migrations) {
		return 0, err
	}
	var noted int
	if ok, err := getState(ctx, db, stateMeta, metaSchema, &noted); err == nil && ok && noted <= len(migrations) {
		return 0, nil
	}
	return version, nil
}
