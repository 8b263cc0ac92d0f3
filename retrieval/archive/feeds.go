package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

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
