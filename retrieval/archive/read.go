package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"time"
)

// Load returns the newest revision of every article, in the order in which these
// were stored, as of one moment. A record that proves damaged is left out and
// noted in the Report. Only a failure to read on yields an error, as the last pair.
func (a *Archive) Load(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		stop := errors.New("stop")
		err := a.load(ctx, func(r Record) error {
			if !yield(r, nil) {
				return stop
			}
			return nil
		})
		if err != nil && err != stop {
			yield(Record{}, fmt.Errorf("load articles: %w", err))
		}
	}
}

func (a *Archive) load(ctx context.Context, use func(Record) error) error {
	tx, err := a.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	over, err := loadOverlay(ctx, tx, "")
	if err != nil {
		return err
	}
	current, err := currentSeqs(ctx, tx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	queue := make(chan *batch, runtime.GOMAXPROCS(0))
	read := make(chan error, 1)
	go func() {
		defer close(queue)
		read <- a.readBatches(ctx, tx, current, queue)
	}()
	defer func() {
		cancel()
		for range queue { // the transaction ends when nobody reads in it any more
		}
	}()
	for b := range queue {
		<-b.done
		for i := range b.records {
			over.apply(&b.records[i])
			if err := use(b.records[i]); err != nil {
				return err
			}
		}
		if b.err != nil {
			return b.err
		}
	}
	return <-read
}

// batchSize is how many records are decoded together: enough to hide the cost of
// handing them over, few enough to keep memory small.
const batchSize = 32

// A batch is a run of bodies and what they decode to.
type batch struct {
	bodies  [][]byte
	records []Record
	err     error
	done    chan struct{}
}

func (b *batch) decode() {
	defer close(b.done)
	for _, body := range b.bodies {
		e, err := decodeEntry(body)
		var r Record
		if err == nil {
			r, err = e.record()
		}
		if err != nil {
			b.err = err
			return
		}
		b.records = append(b.records, r)
	}
}

// readBatches sends the current records in their order, each batch while it is
// being decoded.
func (a *Archive) readBatches(ctx context.Context, tx *sql.Tx, current map[int64]bool, queue chan<- *batch) error {
	b := &batch{done: make(chan struct{})}
	send := func() error {
		go b.decode()
		select {
		case queue <- b:
			b = &batch{done: make(chan struct{})}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := eachRecord(ctx, tx, "ORDER BY seq", func(at seqName, body, sum []byte) error {
		if !current[at.seq] {
			return nil
		}
		if !sound(at, body, sum) {
			a.note("article %q, revision %d, is damaged and left out: open the archive again to mend it", at.id, at.revision)
			return nil
		}
		if b.bodies = append(b.bodies, slices.Clone(body)); len(b.bodies) == batchSize {
			return send()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return send()
}

// currentSeqs returns the numbers of the entries that are newest revisions.
func currentSeqs(ctx context.Context, q rower) (map[int64]bool, error) {
	rows, err := q.QueryContext(ctx, "SELECT seq, max(revision) FROM records WHERE kind = ? GROUP BY id", kindArticle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	seqs := map[int64]bool{}
	for rows.Next() {
		var seq int64
		var revision int
		if err := rows.Scan(&seq, &revision); err != nil {
			return nil, err
		}
		seqs[seq] = true
	}
	return seqs, rows.Err()
}

// An overlay is what was said about articles beside their own text.
type overlay struct {
	edits   map[string]Edit
	origins map[string]string
}

// loadOverlay reads the edits and origins of one article, or of all if id is "".
func loadOverlay(ctx context.Context, q rower, id string) (overlay, error) {
	o := overlay{edits: map[string]Edit{}, origins: map[string]string{}}
	rows, err := q.QueryContext(ctx, "SELECT body FROM records WHERE kind IN (?, ?) AND (? = '' OR id = ?)",
		kindEdit, kindOrigin, id, id)
	if err != nil {
		return o, err
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return o, err
		}
		e, err := decodeEntry(body)
		switch {
		case err != nil:
			return o, err
		case e.Kind == kindOrigin:
			o.origins[e.ID] = e.Origin
		case e.Edit != nil:
			o.edits[e.ID] = *e.Edit
		}
	}
	return o, rows.Err()
}

func (o overlay) apply(r *Record) {
	r.Origin = o.origins[r.ID]
	o.edits[r.ID].apply(&r.Article)
}

// Article returns one revision of an article, the newest if revision is 0. The
// error wraps ErrNotFound if there is no such.
func (a *Archive) Article(ctx context.Context, id string, revision int) (Record, error) {
	r, err := a.article(ctx, id, revision)
	if err != nil {
		return Record{}, fmt.Errorf("read article: %w", err)
	}
	return r, nil
}

func (a *Archive) article(ctx context.Context, id string, revision int) (Record, error) {
	tx, err := a.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return Record{}, err
	}
	defer tx.Rollback()
	var body, sum []byte
	if revision == 0 {
		body, err = currentBody(ctx, tx, id)
	} else {
		err = tx.QueryRowContext(ctx, "SELECT body, sum FROM records WHERE kind = ? AND id = ? AND revision = ?",
			kindArticle, id, revision).Scan(&body, &sum)
		body, err = checkedBody(ctx, tx, id, body, sum, err)
	}
	if err != nil {
		return Record{}, err
	}
	e, err := decodeEntry(body)
	if err != nil {
		return Record{}, err
	}
	r, err := e.record()
	if err != nil {
		return Record{}, err
	}
	over, err := loadOverlay(ctx, tx, id)
	if err != nil {
		return Record{}, err
	}
	over.apply(&r)
	return r, nil
}

// A Revision is one text that an article had.
type Revision struct {
	Number  int
	Stored  time.Time
	Content Hash // of the text
}

// Revisions lists the revisions of an article, oldest first. The error wraps
// ErrNotFound if there is no such article.
func (a *Archive) Revisions(ctx context.Context, id string) ([]Revision, error) {
	if _, err := currentBody(ctx, a.db, id); err != nil {
		return nil, fmt.Errorf("revisions: %w", err)
	}
	rows, err := a.db.QueryContext(ctx, "SELECT body FROM records WHERE kind = ? AND id = ? ORDER BY revision", kindArticle, id)
	if err != nil {
		return nil, fmt.Errorf("revisions: %w", err)
	}
	defer rows.Close()
	var list []Revision
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		e, err := decodeEntry(body)
		if err != nil {
			return nil, err
		}
		list = append(list, Revision{e.Revision, time.Unix(e.Stored, 0).UTC(), HashText(e.Article.Text)})
	}
	return list, rows.Err()
}
