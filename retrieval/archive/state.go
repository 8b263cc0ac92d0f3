package archive

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
)

// The table state holds small JSON values by kind and key, each with its sum.
// They have no second copy.
const (
	stateMeta = "meta"
	stateRun  = "run"
	stateFeed = "feed"

	metaSchema     = "schema"
	metaGeneration = "generation"
	metaTraces     = "traces" // true from a removal until its traces are wiped
)

// A rower is a database, a connection or a transaction.
type rower interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

func stateSum(kind, key string, body []byte) Hash {
	return sha256.Sum256(append([]byte(kind+"\x00"+key+"\x00"), body...))
}

func putState(ctx context.Context, q rower, kind, key string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return putStateBody(ctx, q, kind, key, body)
}

func putStateBody(ctx context.Context, q rower, kind, key string, body []byte) error {
	sum := stateSum(kind, key, body)
	_, err := q.ExecContext(ctx, `INSERT INTO state (kind, key, body, sum) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, sum = excluded.sum`,
		kind, key, string(body), sum[:])
	return err
}

// getState fills value with what is kept under kind and key, and reports whether
// anything is. A value that was damaged is as good as none.
func getState(ctx context.Context, q rower, kind, key string, value any) (bool, error) {
	var body, sum []byte
	err := q.QueryRowContext(ctx, "SELECT body, sum FROM state WHERE kind = ? AND key = ?", kind, key).Scan(&body, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if s := stateSum(kind, key, body); string(s[:]) != string(sum) {
		return false, nil
	}
	return true, json.Unmarshal(body, value)
}

// eachState calls use for every sound value of a kind, in the order of the keys.
func eachState(ctx context.Context, q rower, kind string, use func(key string, body []byte) error) error {
	rows, err := q.QueryContext(ctx, "SELECT key, body, sum FROM state WHERE kind = ? ORDER BY key", kind)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var body, sum []byte
		if err := rows.Scan(&key, &body, &sum); err != nil {
			return err
		}
		if s := stateSum(kind, key, body); string(s[:]) != string(sum) {
			continue
		}
		if err := use(key, body); err != nil {
			return err
		}
	}
	return rows.Err()
}

func generation(ctx context.Context, q rower) (n int64, err error) {
	_, err = getState(ctx, q, stateMeta, metaGeneration, &n)
	return n, err
}
