package archive

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// asideMark stands in the names of damaged files that were set aside.
const asideMark = ".damaged-"

// rebuild makes a new database from whatever is sound in the old one and in the
// second copy, puts it in the place of the old one, which is kept under another
// name, and writes the second copy anew. Either source may be nil.
func (a *Archive) rebuild(ctx context.Context, old *sql.DB, seen *inspection, second *secondCopy) error {
	fresh, err := createDB(ctx, a.path(dbFile+".new"))
	if err != nil {
		return err
	}
	b := builder{ctx: ctx, seqs: map[name]int64{}, taken: map[int64]bool{}}
	err = inTx(ctx, fresh, func(tx *sql.Tx) error {
		b.tx = tx
		if err := b.fill(old, second); err != nil {
			return err
		}
		if old == nil && second == nil {
			return nil
		}
		before, err := generation(ctx, orNothing(old, tx))
		if err != nil && !damaged(err) {
			return err
		}
		return putState(ctx, tx, stateMeta, metaGeneration, max(before, b.generation, b.last)+1)
	})
	if err == nil {
		_, err = fresh.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	}
	if err == nil {
		err = writeCopy(ctx, fresh, a.path(copyFile), len(migrations))
	}
	if err = errors.Join(err, fresh.Close()); err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	if old != nil {
		if err := old.Close(); err != nil && !damaged(err) {
			return err
		}
	}
	if seen != nil || second != nil {
		a.reportLost(b, seen, second)
	}
	if err := syncFile(a.path(dbFile + ".new")); err != nil {
		return err
	}
	return a.putInPlace()
}

func orNothing(db *sql.DB, tx *sql.Tx) rower {
	if db != nil {
		return db
	}
	return tx
}

// createDB makes an empty database with the present schema. It is not safe
// against a crash until it is closed and synced.
func createDB(ctx context.Context, path string) (*sql.DB, error) {
	db, err := connect(ctx, dsn(path, "rwc", "journal_mode(OFF)", "synchronous(OFF)", "secure_delete(ON)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA page_size = %d", pageSize)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := migrate(ctx, db, migrations); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// putInPlace gives the finished archive.db.new its name. What had that name is
// set aside, with its write-ahead log. It can be called again after a crash at
// any point.
func (a *Archive) putInPlace() error {
	path := a.path(dbFile)
	aside := path + asideMark + a.now().UTC().Format("20060102T150405.000")
	for _, end := range []string{"", "-wal"} {
		info, err := os.Lstat(path + end)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.Size() == 0 {
			err = os.Remove(path + end)
		} else {
			err = os.Rename(path+end, aside+end)
		}
		if err != nil {
			return err
		}
		if end == "" && info.Size() > 0 {
			a.report.SetAside = append(a.report.SetAside, aside)
		}
	}
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncFolder(a.dir)
}

// aside returns the files that were set aside as damaged.
func (a *Archive) aside() ([]string, error) {
	return filepath.Glob(filepath.Join(escapeGlob(a.dir), dbFile+asideMark+"*"))
}

func (a *Archive) dropAside() error {
	found, err := a.aside()
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	return nil
}

var escapeGlob = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`).Replace

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// A builder gathers entries from two sources; of one name, the latest stays.
type builder struct {
	ctx   context.Context
	tx    *sql.Tx
	seqs  map[name]int64
	taken map[int64]bool
	last  int64
	later []*entry // entries whose seq another one has already

	generation int64
}

func (b *builder) fill(old *sql.DB, second *secondCopy) error {
	if old != nil {
		if err := b.salvageRecords(old); err != nil {
			return err
		}
	}
	if second != nil {
		if err := second.read(slices.Collect(maps.Keys(second.bodies)), b.add); err != nil {
			return err
		}
	}
	for _, e := range b.later {
		b.last++
		e.Seq = b.last
		body, err := e.encode()
		if err != nil {
			return err
		}
		if err := b.add(body); err != nil {
			return err
		}
	}
	if err := b.dropRemoved(); err != nil || old == nil {
		return err
	}
	return errors.Join(b.salvageVectors(old), b.salvageState(old))
}

// add puts a sound body into the new database unless a later one is there.
func (b *builder) add(body []byte) error {
	e, err := decodeEntry(body)
	if err != nil {
		return err
	}
	if e.Kind == kindGeneration {
		b.generation = max(b.generation, e.Seq)
		return nil
	}
	n := e.name()
	before, known := b.seqs[n]
	if known && before >= e.Seq {
		return nil
	}
	if b.taken[e.Seq] {
		b.later = append(b.later, e)
		return nil
	}
	if err := putRow(b.ctx, b.tx, e.Seq, n, body); err != nil {
		return err
	}
	delete(b.taken, before)
	b.seqs[n], b.taken[e.Seq], b.last = e.Seq, true, max(b.last, e.Seq)
	return nil
}

// putRow writes one entry in the place of an earlier one of its name.
func putRow(ctx context.Context, q rower, seq int64, n name, body []byte) error {
	sum := sha256.Sum256(body)
	_, err := q.ExecContext(ctx, `INSERT INTO records (seq, kind, id, revision, body, sum) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, id, revision) DO UPDATE SET seq = excluded.seq, body = excluded.body, sum = excluded.sum`,
		seq, n.kind, n.id, n.revision, string(body), sum[:])
	return err
}

// dropRemoved deletes what an interrupted removal has left, and sees to it that its
// traces are wiped.
func (b *builder) dropRemoved() error {
	for n, seq := range b.seqs {
		if n.kind != kindRemoved && b.seqs[removedName(n.id)] > seq {
			if _, err := b.tx.ExecContext(b.ctx, "DELETE FROM records WHERE seq = ?", seq); err != nil {
				return err
			}
			delete(b.seqs, n)
			if err := putState(b.ctx, b.tx, stateMeta, metaTraces, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// bothWays runs a scan from the beginning and, when damage stops it, from the end,
// so that everything but what is damaged is met at least once.
func bothWays(scan func(order string) error, forth, back string) error {
	err := scan(forth)
	if err != nil && damaged(err) {
		err = scan(back)
	}
	if err != nil && damaged(err) {
		return nil
	}
	return err
}

func (b *builder) salvageRecords(old *sql.DB) error {
	return bothWays(func(order string) error {
		return eachRecord(b.ctx, old, order, func(at seqName, body, sum []byte) error {
			if !sound(at, body, sum) {
				return nil
			}
			return b.add(body)
		})
	}, "ORDER BY seq", "ORDER BY seq DESC")
}

func (b *builder) salvageVectors(old *sql.DB) error {
	return bothWays(func(order string) error {
		return eachVector(b.ctx, old, order, func(v vectorRow) error {
			if !v.sound() || !b.has(v.article) {
				return nil
			}
			return putVectorRow(b.ctx, b.tx, v)
		})
	}, "ORDER BY n", "ORDER BY n DESC")
}

func (b *builder) has(id string) bool {
	_, ok := b.seqs[name{kindArticle, id, 1}]
	return ok
}

func (b *builder) salvageState(old *sql.DB) error {
	return bothWays(func(order string) error {
		return eachStateRow(b.ctx, old, order, func(kind, key string, body []byte, ok bool) error {
			if !ok || kind == stateMeta && key != metaTraces {
				return nil
			}
			return putStateBody(b.ctx, b.tx, kind, key, body)
		})
	}, "ORDER BY kind, key", "ORDER BY kind DESC, key DESC")
}

// reportLost notes the articles that were damaged in both copies.
func (a *Archive) reportLost(b builder, seen *inspection, second *secondCopy) {
	lost := map[name]bool{}
	miss := func(n name) {
		if _, ok := b.seqs[n]; ok || lost[n] {
			return
		}
		lost[n] = true
		if n.kind == kindArticle && !slices.Contains(a.report.Lost, n.id) {
			a.report.Lost = append(a.report.Lost, n.id)
		}
		a.note("%s %q, revision %d, was damaged in both copies and is set aside", n.kind, n.id, n.revision)
	}
	if seen != nil {
		for _, n := range seen.bad {
			miss(n)
		}
	}
	if second != nil {
		for _, line := range second.bad {
			if n, ok := badLineName(line); ok {
				miss(n)
			}
		}
	}
}
