package archive

import (
	"context"
	"fmt"
	"time"
)

// A Run is an ingestion that has begun, and how far it has come.
type Run struct {
	Places  []string // what was asked for: files, folders and addresses
	Started time.Time
	Place   string // the one of these that is being read
	Done    int    // items of it that are dealt with
	Total   int    // items that are expected there; -1 if nobody knows
}

// SetRun says how far the ingestion under way has come. There is one at a time, as
// there is one writer: an earlier one that did not end is forgotten.
func (a *Archive) SetRun(ctx context.Context, r Run) error {
	if err := a.write(ctx, func(c *change) error { return c.putState(stateRun, "", r) }); err != nil {
		return fmt.Errorf("set run: %w", err)
	}
	return nil
}

// EndRun says that the ingestion under way has dealt with everything.
func (a *Archive) EndRun(ctx context.Context) error {
	err := a.write(ctx, func(c *change) error {
		c.wrote = true
		_, err := c.tx.ExecContext(ctx, "DELETE FROM state WHERE kind = ?", stateRun)
		return err
	})
	if err != nil {
		return fmt.Errorf("end run: %w", err)
	}
	return nil
}

// Run returns the ingestion that has not ended, because it is under way or was cut
// short, and whether there is one.
func (a *Archive) Run(ctx context.Context) (Run, bool, error) {
	var r Run
	ok, err := getState(ctx, a.db, stateRun, "", &r)
	if err != nil {
		return Run{}, false, fmt.Errorf("run: %w", err)
	}
	return r, ok, nil
}
