package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// settle makes the two copies sound and equal, or makes an empty archive. It runs
// under the writer's lock before anything else looks at the files.
func (a *Archive) settle(ctx context.Context) error {
	path := a.path(dbFile)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a folder: choose another data folder or move it away", dbFile)
	}
	aside, err := a.aside()
	if err != nil {
		return err
	}
	if !exists(path) && exists(path+".new") && len(aside) > 0 {
		// The process was killed between the renames of putInPlace.
		if err := a.putInPlace(); err != nil {
			return err
		}
	}
	for _, name := range []string{dbFile + ".new", dbFile + ".new-journal", copyFile + ".new"} {
		if err := os.Remove(a.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := a.dropDerived(unfinished); err != nil {
		return err
	}
	second, err := readCopy(ctx, a.path(copyFile))
	if err != nil {
		return err
	}
	if second != nil && second.schema > len(migrations) {
		return newerError("the archive", second.schema)
	}
	if !exists(path) {
		if second != nil {
			a.note("archive.db is missing: made again from the second copy, without vectors")
		}
		return a.rebuild(ctx, nil, nil, second)
	}
	db, seen, err := a.inspectFile(ctx, path)
	if err != nil {
		return err
	}
	if db != nil {
		defer db.Close()
	}
	var diff difference
	if len(seen.faults) == 0 {
		if diff, err = seen.compare(second); err != nil {
			return err
		}
		if diff.lost > 0 {
			seen.fault("it lacks %s of the second copy", count(diff.lost, "entry", "entries"))
		}
	}
	if len(seen.faults) > 0 {
		for _, f := range seen.faults {
			a.note("archive.db: %s", f)
		}
		return a.rebuild(ctx, db, seen, second)
	}
	if diff.copyFault != "" && !(a.restored && second == nil) {
		a.note("archive.copy: %s: written anew from archive.db", diff.copyFault)
	}
	if diff.generation > seen.generation {
		a.note("archive.db: the last writes of vectors, runs or feeds are gone, to be made again")
		err := inTx(ctx, db, func(tx *sql.Tx) error {
			return putState(ctx, tx, stateMeta, metaGeneration, diff.generation+1)
		})
		if err != nil {
			return err
		}
	}
	if diff.same {
		return nil
	}
	if err := writeCopy(ctx, db, a.path(copyFile), len(migrations)); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		a.note("archive.copy: cannot be written now, to be tried again with the next write: %v", err)
		a.copyStale = true
	}
	return nil
}

// An inspection is what a reading of a database found.
type inspection struct {
	faults []string
	rows   map[Hash]seqName // the sound rows of records, by their sum
	seqs   map[name]int64   // the same by their name
	bad    []name           // rows that are not as they were written

	generation int64
}

type seqName struct {
	seq int64
	name
}

func (s *inspection) fault(format string, args ...any) {
	if f := fmt.Sprintf(format, args...); len(s.faults) < 5 {
		s.faults = append(s.faults, f)
	}
}

// inspectFile opens a database, brings its schema up to date and checks every
// entry of it. Damage is in the inspection, not an error; the database returned
// is nil if it cannot be opened at all.
func (a *Archive) inspectFile(ctx context.Context, path string) (*sql.DB, *inspection, error) {
	seen := &inspection{rows: map[Hash]seqName{}, seqs: map[name]int64{}}
	db, err := openDB(ctx, path)
	if err == nil {
		err = seen.inspect(ctx, db)
	}
	if err != nil && ctx.Err() == nil && damaged(err) {
		seen.fault("%v", err)
		err = nil
	}
	if err != nil && db != nil {
		err = errors.Join(err, db.Close())
	}
	return db, seen, err
}

func (s *inspection) inspect(ctx context.Context, db *sql.DB) error {
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > len(migrations) {
		if newer, err := newerVersion(ctx, db); err != nil {
			return err
		} else if newer > 0 {
			return newerError("the archive", newer)
		}
		s.fault("its schema version is damaged")
		return nil
	}
	if version <= 0 {
		s.fault("it is not the database of an archive, or its schema version is damaged")
		return nil
	}
	if version < len(migrations) {
		if err := migrate(ctx, db, migrations); err != nil {
			return err
		}
	}
	structure := make(chan error, 1)
	go func() { structure <- checkStructure(ctx, db) }()
	s.generation, err = generation(ctx, db)
	err = errors.Join(err, s.checkRecords(ctx, db), s.checkState(ctx, db))
	if e := <-structure; e != nil {
		if fault, ok := errors.AsType[structureFault](e); ok {
			s.fault("%v", fault)
			e = nil
		}
		err = errors.Join(e, err)
	}
	return err
}

// A rowFault is a row that cannot be read as what it should be.
type rowFault struct{ error }

type structureFault string

func (f structureFault) Error() string { return string(f) }

// checkStructure lets SQLite check its pages and indexes.
func checkStructure(ctx context.Context, db *sql.DB) error {
	var result string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&result); err != nil {
		return err
	}
	if result != "ok" {
		return structureFault(strings.Join(strings.Fields(result), " "))
	}
	return nil
}

func (s *inspection) checkRecords(ctx context.Context, db *sql.DB) error {
	return eachRecord(ctx, db, "ORDER BY seq", func(at seqName, body, sum []byte) error {
		if !sound(at, body, sum) {
			s.bad = append(s.bad, at.name)
			s.fault("%s %q is not as it was written", at.kind, at.id)
			return nil
		}
		s.rows[Hash(sum)] = at
		s.seqs[at.name] = at.seq
		return nil
	})
}

// eachRecord calls use for every row of records that can be read, with bytes that
// are valid during the call.
func eachRecord(ctx context.Context, db rower, order string, use func(at seqName, body, sum []byte) error) error {
	rows, err := db.QueryContext(ctx, "SELECT seq, kind, id, revision, body, sum FROM records NOT INDEXED "+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at seqName
		var body, sum sql.RawBytes
		if err := rows.Scan(&at.seq, &at.kind, &at.id, &at.revision, &body, &sum); err != nil {
			return rowFault{err}
		}
		if err := use(at, body, sum); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sound reports whether a row is as it was written, columns and body.
func sound(at seqName, body, sum []byte) bool {
	if s := sha256.Sum256(body); !bytes.Equal(s[:], sum) {
		return false
	}
	start, err := bodyStart(at.seq, at.name)
	return err == nil && bytes.HasPrefix(body, start)
}

func (s *inspection) checkState(ctx context.Context, db *sql.DB) error {
	return eachStateRow(ctx, db, "", func(kind, key string, body []byte, ok bool) error {
		if !ok {
			s.fault("%s %q is not as it was written", kind, key)
		}
		return nil
	})
}

func eachStateRow(ctx context.Context, db rower, order string, use func(kind, key string, body []byte, ok bool) error) error {
	rows, err := db.QueryContext(ctx, "SELECT kind, key, body, sum FROM state "+order)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, key string
		var body, sum []byte
		if err := rows.Scan(&kind, &key, &body, &sum); err != nil {
			return rowFault{err}
		}
		want := stateSum(kind, key, body)
		if err := use(kind, key, body, bytes.Equal(want[:], sum)); err != nil {
			return err
		}
	}
	return rows.Err()
}

// A difference is what tells a sound database from the second copy.
type difference struct {
	lost      int    // entries that only the copy has and that nothing superseded or removed
	copyFault string // what is wrong with the copy; "" if nothing
	tailOnly  bool   // the fault is that the end of the copy is missing
	same      bool   // the copy need not be written anew

	generation int64 // the latest that the copy has seen pass without an entry
}

// staleLines is how many superseded lines the second copy may have beside one in
// eight, before Open writes it anew.
const staleLines = 100

func (s *inspection) compare(second *secondCopy) (d difference, err error) {
	if second == nil {
		d.copyFault = "it is missing"
		return d, nil
	}
	var extra []Hash
	for sum := range second.bodies {
		if _, ok := s.rows[sum]; !ok {
			extra = append(extra, sum)
		}
	}
	removed := false // the copy still has what was removed
	err = second.read(extra, func(body []byte) error {
		e, err := decodeEntry(body)
		switch {
		case err != nil:
			return err
		case e.Kind == kindGeneration:
			d.generation = max(d.generation, e.Seq)
		case s.seqs[removedName(e.ID)] > e.Seq:
			removed = true
		case s.seqs[e.name()] < e.Seq:
			d.lost++
		}
		return nil
	})
	var behind int
	var end, firstBehind int64 = 0, math.MaxInt64
	for sum, at := range s.rows {
		if _, ok := second.bodies[sum]; ok {
			end = max(end, at.seq)
		} else {
			behind++
			firstBehind = min(firstBehind, at.seq)
		}
	}
	bad := len(second.bad)
	if bad == 0 && second.schema == 0 {
		bad = 1
	}
	switch {
	case bad > 0:
		d.copyFault = count(bad, "line is", "lines are") + " damaged"
	case behind > 0:
		d.copyFault = "it lacks " + count(behind, "entry", "entries")
	case second.torn:
		d.copyFault = "its last line has no end"
	}
	d.tailOnly = bad == 0 && firstBehind > end
	d.same = d.copyFault == "" && !removed && len(extra) <= staleLines+len(s.rows)/8 && second.schema == len(migrations)
	return d, err
}

// removedName is the name of the entry that says that an article was removed.
func removedName(id string) name { return name{kindRemoved, HashText(id).String(), 0} }

// badLineName reads the name from the beginning of a damaged line of the second
// copy, if that is still there.
func badLineName(line []byte) (name, bool) {
	m := lineName.FindSubmatch(line)
	if m == nil {
		return name{}, false
	}
	var id string
	err := json.Unmarshal(m[2], &id)
	revision, err2 := strconv.Atoi(string(m[3]))
	return name{string(m[1]), id, revision}, err == nil && err2 == nil
}

var lineName = regexp.MustCompile(`"kind":"(\w+)","id":("(?:[^"\\]|\\.)*"),"revision":(\d+),`)

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && filepath.Separator == '/' {
		return err
	}
	return nil
}
