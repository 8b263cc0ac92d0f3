package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Run is one ingestion of a source, from its start to its end, over crashes and
// restarts.
type Run struct {
	ID       int64
	Source   string // what was asked for, such as a folder, a file or an address
	Started  time.Time
	Finished time.Time // zero while it goes on
	Counts   map[Status]int
}

// An Item is a part of a source that was dealt with in a run.
type Item struct {
	Key    string // a path, an address, or a line of a file
	Tag    string // tells one state of the item from another: an ETag, a time and size
	Status Status
}

// Begin returns the unfinished run of a source, or a new one.
func (a *Archive) Begin(ctx context.Context, source string) (Run, error) {
	var run Run
	err := a.write(ctx, func(c *change) error {
		runs, err := readRuns(ctx, c.tx)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.Source == source && r.Finished.IsZero() {
				run = r
				return nil
			}
			run.ID = r.ID
		}
		run = Run{ID: run.ID + 1, Source: source, Started: time.Unix(c.now, 0).UTC(), Counts: map[Status]int{}}
		return c.putState(stateRun, runKey(run.ID), run)
	})
	if err != nil {
		return Run{}, fmt.Errorf("begin run: %w", err)
	}
	return run, nil
}

// Mark says that items of a run were dealt with. Call it when what Put said about
// them has been seen; a crash in between only makes the work be done again.
func (a *Archive) Mark(ctx context.Context, run int64, items ...Item) error {
	err := a.changeRun(ctx, run, func(c *change, r *Run) error {
		for _, it := range items {
			if err := c.putState(stateItem, runKey(run)+" "+it.Key, it); err != nil {
				return err
			}
			r.Counts[it.Status]++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("mark items: %w", err)
	}
	return nil
}

// Marked returns the tags of the items of a run that were dealt with, by key.
func (a *Archive) Marked(ctx context.Context, run int64) (map[string]string, error) {
	tags := map[string]string{}
	rows, err := a.db.QueryContext(ctx, "SELECT body FROM state WHERE kind = ? AND key > ? AND key < ?",
		stateItem, runKey(run)+" ", runKey(run)+"!")
	if err != nil {
		return nil, fmt.Errorf("marked items: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		var it Item
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("marked items: %w", err)
		}
		if err := json.Unmarshal(body, &it); err != nil {
			return nil, fmt.Errorf("marked items: %w", err)
		}
		tags[it.Key] = it.Tag
	}
	return tags, rows.Err()
}

// Finish ends a run and forgets its items, but not their counts.
func (a *Archive) Finish(ctx context.Context, run int64) error {
	err := a.changeRun(ctx, run, func(c *change, r *Run) error {
		r.Finished = time.Unix(c.now, 0).UTC()
		_, err := c.tx.ExecContext(ctx, "DELETE FROM state WHERE kind = ? AND key > ? AND key < ?",
			stateItem, runKey(run)+" ", runKey(run)+"!")
		return err
	})
	if err != nil {
		return fmt.Errorf("finish run: %w", err)
	}
	return nil
}

// Runs returns all runs, oldest first.
func (a *Archive) Runs(ctx context.Context) ([]Run, error) {
	runs, err := readRuns(ctx, a.db)
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	return runs, nil
}

// runKey orders runs by their number.
func runKey(id int64) string { return fmt.Sprintf("%012d", id) }

func readRuns(ctx context.Context, q rower) ([]Run, error) {
	var runs []Run
	err := eachState(ctx, q, stateRun, func(_ string, body []byte) error {
		var r Run
		err := json.Unmarshal(body, &r)
		runs = append(runs, r)
		return err
	})
	return runs, err
}

func (a *Archive) changeRun(ctx context.Context, run int64, f func(*change, *Run) error) error {
	return a.write(ctx, func(c *change) error {
		var r Run
		known, err := getState(ctx, c.tx, stateRun, runKey(run), &r)
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("run %d: %w", run, ErrNotFound)
		}
		if !r.Finished.IsZero() {
			return fmt.Errorf("run %d has ended", run)
		}
		if err := f(c, &r); err != nil {
			return err
		}
		return c.putState(stateRun, runKey(run), r)
	})
}

// A Feed is what the polling of one feed remembers.
type Feed struct {
	URL          string
	ETag         string
	LastModified string
	NextPoll     time.Time
	Failures     int      // in a row
	Seen         []string // items that need not be read again
}

// PutFeed stores the state of the feed at f.URL.
func (a *Archive) PutFeed(ctx context.Context, f Feed) error {
	err := errors.New("it has no URL")
	if f.URL != "" {
		err = a.write(ctx, func(c *change) error { return c.putState(stateFeed, f.URL, f) })
	}
	if err != nil {
		return fmt.Errorf("put feed: %w", err)
	}
	return nil
}

// RemoveFeed forgets the feed at url, if there is one.
func (a *Archive) RemoveFeed(ctx context.Context, url string) error {
	err := a.write(ctx, func(c *change) error {
		c.wrote = true
		_, err := c.tx.ExecContext(ctx, "DELETE FROM state WHERE kind = ? AND key = ?", stateFeed, url)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove feed: %w", err)
	}
	return nil
}

// Feeds returns the state of all feeds in the order of their URLs.
func (a *Archive) Feeds(ctx context.Context) ([]Feed, error) {
	var feeds []Feed
	err := eachState(ctx, a.db, stateFeed, func(_ string, body []byte) error {
		var f Feed
		err := json.Unmarshal(body, &f)
		feeds = append(feeds, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("feeds: %w", err)
	}
	return slices.Clip(feeds), nil
}

func (c *change) putState(kind, key string, value any) error {
	c.wrote = true
	return putState(c.ctx, c.tx, kind, key, value)
}
