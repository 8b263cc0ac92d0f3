package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Remove deletes articles for good: every revision, passages, vectors, edits and
// origins, in both copies and in files that were set aside as damaged; and all that
// PutDerived stored. What stays
// is the hash of each id, so that Removed knows it. The error wraps ErrNotFound if
// an id is not there, and then nothing is removed.
//
// A vector goes with the article that it was put for, even if another has the same
// passage: then Missing names its text. A removal that was cut short by a crash is finished by the next Open for
// writing. Backups that were made before keep the articles.
func (a *Archive) Remove(ctx context.Context, ids ...string) error {
	if err := a.remove(ctx, ids); err != nil {
		return fmt.Errorf("remove article: %w", err)
	}
	return nil
}

func (a *Archive) remove(ctx context.Context, ids []string) error {
	err := a.write(ctx, func(c *change) error {
		for _, id := range ids {
			if _, err := currentBody(ctx, c.tx, id); err != nil {
				return err
			}
		}
		for _, id := range ids {
			if _, err := c.tx.ExecContext(ctx, "DELETE FROM records WHERE id = ?", id); err != nil {
				return err
			}
			if _, err := c.tx.ExecContext(ctx, "DELETE FROM vectors WHERE article = ?", id); err != nil {
				return err
			}
			gone := removedName(id)
			if err := c.put(&entry{Kind: gone.kind, ID: gone.id}); err != nil {
				return err
			}
		}
		return c.putState(stateMeta, metaTraces, true)
	})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := errors.Join(a.rewriteCopy(ctx), a.wipe(ctx)); err != nil {
		return fmt.Errorf("the articles are removed, but traces of their text stay until the archive is opened again: %w", err)
	}
	return nil
}

// wipe frees the files from traces of deleted text. Deleting with secure_delete
// isn't enough: SQLite leaves copies in the gaps of pages whose rows it moved, so
// the whole database is written anew.
func (a *Archive) wipe(ctx context.Context) error {
	if err := errors.Join(a.dropAside(), a.dropDerived(derivedEnd)); err != nil {
		return err
	}
	if _, err := a.db.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	if err := a.truncateLog(ctx); err != nil {
		return err
	}
	_, err := a.db.ExecContext(ctx, "DELETE FROM state WHERE kind = ? AND key = ?", stateMeta, metaTraces)
	return err
}

// wipeAgain finishes a removal that was cut short.
func (a *Archive) wipeAgain(ctx context.Context) error {
	var traces bool
	if _, err := getState(ctx, a.db, stateMeta, metaTraces, &traces); err != nil || !traces {
		return err
	}
	if err := a.wipe(ctx); err != nil {
		a.note("traces of removed articles stay until the archive is opened again: %v", err)
	}
	return ctx.Err()
}

// errReading says that removed text could not be overwritten everywhere yet.
var errReading = errors.New("another process keeps reading")

// truncateLog empties the write-ahead log, in which deleted text lives on. It waits
// some seconds for readers in the middle of a look, then returns errReading.
func (a *Archive) truncateLog(ctx context.Context) error {
	var busy, size, done int
	err := a.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &size, &done)
	if err == nil && busy != 0 {
		return errReading
	}
	return err
}

// Removed returns those of ids that were removed and not put again, in their order.
func (a *Archive) Removed(ctx context.Context, ids ...string) ([]string, error) {
	var removed []string
	for _, id := range ids {
		var n int
		gone := removedName(id)
		err := a.db.QueryRowContext(ctx, `SELECT count(*) FROM records WHERE kind = ? AND id = ?
			AND NOT EXISTS (SELECT 1 FROM records WHERE kind = ? AND id = ?)`,
			gone.kind, gone.id, kindArticle, id).Scan(&n)
		if err != nil {
			return nil, fmt.Errorf("removed articles: %w", err)
		}
		if n > 0 {
			removed = append(removed, id)
		}
	}
	return slices.Clip(removed), nil
}
