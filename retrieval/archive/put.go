package archive

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"
)

// A Status says what Put did with a record.
type Status string

const (
	Added     Status = "added"     // a new id
	Updated   Status = "updated"   // a new revision of a known one
	Unchanged Status = "unchanged" // text and metadata were there already
	Refused   Status = "refused"   // not stored; Why says why
)

// An Outcome is what became of one record given to Put.
type Outcome struct {
	ID       string
	Status   Status
	Revision int    // the revision that holds the record now; 0 if refused
	Why      string // only if refused
}

// Put stores records in one transaction and returns what became of each, in the
// order given. Once it has returned without an error, they are on disk in both
// copies. After an error, none may be taken as stored; putting them again is safe.
//
// A known id with another text or other metadata gets a new revision; earlier ones
// stay readable. The same text and metadata cut into other passages gets these
// passages and no revision. Origin is taken from the first record of an id only;
// SetOrigins changes it.
func (a *Archive) Put(ctx context.Context, records []Record) ([]Outcome, error) {
	var outcomes []Outcome
	err := a.write(ctx, func(c *change) error {
		outcomes = make([]Outcome, len(records))
		for i, r := range records {
			outcomes[i] = Outcome{ID: r.ID, Status: Refused, Why: r.check()}
			if outcomes[i].Why != "" {
				continue
			}
			var err error
			if outcomes[i], err = c.putRecord(r); err != nil {
				return fmt.Errorf("%q: %w", r.ID, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("put articles: %w", err)
	}
	return outcomes, nil
}

func (c *change) putRecord(r Record) (Outcome, error) {
	e := newArticleEntry(r)
	body, err := currentBody(c.ctx, c.tx, r.ID)
	if errors.Is(err, ErrNotFound) {
		e.Revision = 1
		if err := c.put(e); err != nil {
			return Outcome{}, err
		}
		if r.Origin != "" {
			err = c.put(&entry{Kind: kindOrigin, ID: r.ID, Origin: r.Origin})
		} else {
			err = nil
		}
		return Outcome{ID: r.ID, Status: Added, Revision: 1}, err
	}
	if err != nil {
		return Outcome{}, err
	}
	before, err := decodeEntry(body)
	if err != nil {
		return Outcome{}, err
	}
	e.Revision = before.Revision
	switch {
	case !reflect.DeepEqual(before.Article, e.Article):
		e.Revision++
		return Outcome{ID: r.ID, Status: Updated, Revision: e.Revision}, c.put(e)
	case !reflect.DeepEqual(before.Passages, e.Passages):
		e.Stored = before.Stored
		err = c.put(e)
	}
	return Outcome{ID: r.ID, Status: Unchanged, Revision: e.Revision}, err
}

// currentBody returns the body of the newest revision of an article.
func currentBody(ctx context.Context, q rower, id string) ([]byte, error) {
	var body, sum []byte
	err := q.QueryRowContext(ctx, `SELECT body, sum FROM records WHERE kind = ? AND id = ?
		ORDER BY revision DESC LIMIT 1`, kindArticle, id).Scan(&body, &sum)
	return checkedBody(ctx, q, id, body, sum, err)
}

// checkedBody turns what a look-up of an article gave into its body or an error.
func checkedBody(ctx context.Context, q rower, id string, body, sum []byte, err error) ([]byte, error) {
	if errors.Is(err, sql.ErrNoRows) {
		var n int
		gone := removedName(id)
		if q.QueryRowContext(ctx, "SELECT 1 FROM records WHERE kind = ? AND id = ?", gone.kind, gone.id).Scan(&n) == nil {
			return nil, fmt.Errorf("article %q was removed: %w", id, ErrNotFound)
		}
		return nil, fmt.Errorf("article %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	if s := sha256.Sum256(body); string(s[:]) != string(sum) {
		return nil, fmt.Errorf("article %q is damaged: open the archive again to mend it", id)
	}
	return body, nil
}

// A change is one write in progress.
type change struct {
	ctx   context.Context
	tx    *sql.Tx
	now   int64
	seq   int64  // of the last entry written
	lines []byte // what the second copy gets
	wrote bool   // something changed

	generation int64 // after the change
}

// put writes one entry under the next number.
func (c *change) put(e *entry) error {
	c.seq++
	e.Seq = c.seq
	if e.Stored == 0 {
		e.Stored = c.now
	}
	body, err := e.encode()
	if err != nil {
		return err
	}
	c.lines = appendLine(c.lines, body, sha256.Sum256(body))
	c.wrote = true
	return putRow(c.ctx, c.tx, e.Seq, e.name(), body)
}

var errClosed = errors.New("the archive is closed")

// write runs one change: a transaction, then the lines for the second copy. All
// writing goes through here.
func (a *Archive) write(ctx context.Context, f func(*change) error) error {
	if a.lock == nil {
		return ErrReadOnly
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return errClosed
	}
	if a.copyStale {
		if err := a.rewriteCopy(ctx); err != nil {
			return err
		}
	}
	c := &change{ctx: ctx, now: a.now().Unix()}
	err := inTx(ctx, a.db, func(tx *sql.Tx) error {
		c.tx = tx
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM records").Scan(&c.seq); err != nil {
			return err
		}
		if err := f(c); err != nil || !c.wrote {
			return err
		}
		n, err := generation(ctx, tx)
		if err != nil {
			return err
		}
		c.generation = n + 1
		return putState(ctx, tx, stateMeta, metaGeneration, c.generation)
	})
	switch {
	case err != nil || !c.wrote:
	case len(c.lines) == 0:
		err = a.markCopy(ctx, c.generation)
	default:
		err = a.appendCopy(c.lines)
	}
	return explainFull(err)
}

// explainFull says of a full disk what to do.
func explainFull(err error) error {
	if errors.Is(err, syscall.ENOSPC) || code(err)&0xff == sqlite3.SQLITE_FULL {
		return fmt.Errorf("the disk is full: free some space; what was stored before is kept: %w", err)
	}
	return err
}
