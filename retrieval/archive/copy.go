package archive

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// The second copy is a file of lines, each the SHA-256 sum of a body in
// hexadecimal digits, a space, and the body: the JSON of one entry, byte for byte
// that of the table records. The first line's entry has the kind "archive" and the
// version of the schema for its revision. An entry is superseded by a later one
// of the same name; what is left of such is dropped when the file is written anew.
// A write that makes no entry leaves a line of the kind "generation", so that its
// loss from the database is noticed.
const (
	copyFile       = "archive.copy"
	kindArchive    = "archive"
	kindGeneration = "generation" // the number is its seq
)

// A secondCopy is what a reading of the second copy found.
type secondCopy struct {
	path   string
	schema int                // version in the first line; 0 if it was damaged
	bodies map[Hash]bodyPlace // the lines whose sum is right, by that sum
	bad    [][]byte           // the beginnings of damaged lines
	torn   bool               // the last line has no end, as when a process was killed while writing it
}

type bodyPlace struct {
	offset int64
	length int
}

// sumDigits is the length of what stands before a body.
const sumDigits = 2*sha256.Size + 1

// keepOfBad is how much of a damaged line is kept: enough to read its id.
const keepOfBad = sumDigits + 60 + maxID

// readCopy reads and checks the whole file. It returns nil if there is none.
func readCopy(ctx context.Context, path string) (*secondCopy, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := scanCopy(ctx, f)
	if err != nil {
		return nil, err
	}
	c.path = path
	return c, nil
}

func scanCopy(ctx context.Context, in io.Reader) (*secondCopy, error) {
	c := &secondCopy{bodies: map[Hash]bodyPlace{}}
	r := bufio.NewReaderSize(in, 1<<20)
	var long []byte
	for offset, first := int64(0), true; ; first = false {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		line, err := r.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			long = long[:0]
			for err == bufio.ErrBufferFull {
				long = append(long, line...)
				line, err = r.ReadSlice('\n')
			}
			long = append(long, line...)
			line = long
		}
		if err == io.EOF {
			c.torn = len(line) > 0
			return c, nil
		}
		if err != nil {
			return nil, err
		}
		body, sum, ok := checkLine(line)
		switch {
		case !ok:
			c.bad = append(c.bad, bytes.Clone(line[:min(len(line), keepOfBad)]))
		case first:
			c.schema = headSchema(body)
		default:
			c.bodies[sum] = bodyPlace{offset + sumDigits, len(body)}
		}
		offset += int64(len(line))
	}
}

// checkLine returns the body of a line that ends with a line feed, and its sum.
func checkLine(line []byte) (body []byte, sum Hash, ok bool) {
	if len(line) < sumDigits+1 || line[sumDigits-1] != ' ' {
		return nil, sum, false
	}
	if _, err := hex.Decode(sum[:], line[:sumDigits-1]); err != nil {
		return nil, sum, false
	}
	body = line[sumDigits : len(line)-1]
	return body, sum, sha256.Sum256(body) == sum
}

// read calls use for the bodies with the given sums, in the order of the file.
func (c *secondCopy) read(sums []Hash, use func(body []byte) error) error {
	f, err := os.Open(c.path)
	if err != nil {
		return err
	}
	defer f.Close()
	slices.SortFunc(sums, func(s, t Hash) int { return cmp.Compare(c.bodies[s].offset, c.bodies[t].offset) })
	for _, s := range sums {
		p := c.bodies[s]
		body := make([]byte, p.length)
		if _, err := f.ReadAt(body, p.offset); err != nil {
			return err
		}
		if err := use(body); err != nil {
			return err
		}
	}
	return nil
}

func appendLine(b, body []byte, sum Hash) []byte {
	b = hex.AppendEncode(b, sum[:])
	b = append(b, ' ')
	b = append(b, body...)
	return append(b, '\n')
}

// writeCopy writes the second copy anew from the database.
func writeCopy(ctx context.Context, db *sql.DB, path string, schema int) error {
	return replaceFile(path, func(w io.Writer) error {
		head := entry{Kind: kindArchive, Revision: schema}
		body, err := head.encode()
		if err != nil {
			return err
		}
		if _, err := w.Write(appendLine(nil, body, sha256.Sum256(body))); err != nil {
			return err
		}
		rows, err := db.QueryContext(ctx, "SELECT body, sum FROM records NOT INDEXED ORDER BY seq")
		if err != nil {
			return err
		}
		defer rows.Close()
		var line []byte
		for rows.Next() {
			var body, sum sql.RawBytes
			if err := rows.Scan(&body, &sum); err != nil {
				return err
			}
			line = appendLine(line[:0], body, Hash(sum))
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// replaceFile writes path in whole or leaves it as it was.
func replaceFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func (a *Archive) openCopy() (err error) {
	a.copy, err = os.OpenFile(a.path(copyFile), os.O_WRONLY|os.O_APPEND, 0)
	return err
}

// appendCopy adds lines to the second copy, safely on disk when it returns nil.
// After an error the copy is stale, and mendCopy writes it anew.
func (a *Archive) appendCopy(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	a.copyStale = true
	if _, err := a.copy.Write(lines); err != nil {
		return fmt.Errorf("second copy of the articles: %w", err)
	}
	if err := a.copy.Sync(); err != nil {
		return fmt.Errorf("second copy of the articles: %w", err)
	}
	a.copyStale = false
	return nil
}

// maxMarks is how many lines of the kind "generation" the second copy gets before it is
// written anew without them.
const maxMarks = 5000

// markCopy leaves the generation in the second copy. It isn't waited for: without
// the line a loss would go unnoticed, but nothing more would be lost.
func (a *Archive) markCopy(ctx context.Context, generation int64) error {
	if a.marks++; a.marks > maxMarks { // what polls feeds for months leaves one at every visit
		if err := a.rewriteCopy(ctx); err != nil {
			return nil // it is stale now, and the next write tries again
		}
	}
	mark := entry{Seq: generation, Kind: kindGeneration}
	body, err := mark.encode()
	if err != nil {
		return err
	}
	if _, err = a.copy.Write(appendLine(nil, body, sha256.Sum256(body))); err != nil {
		a.copyStale = true
	}
	return nil
}

// rewriteCopy writes the second copy anew and goes on appending to that.
func (a *Archive) rewriteCopy(ctx context.Context) error {
	a.copyStale = true
	if a.copy != nil {
		a.copy.Close() // whatever it lacks is in the database
		a.copy = nil
	}
	if err := writeCopy(ctx, a.db, a.path(copyFile), len(migrations)); err != nil {
		return fmt.Errorf("second copy of the articles: %w", err)
	}
	if err := a.openCopy(); err != nil {
		return err
	}
	a.copyStale, a.marks = false, 0
	return nil
}
