package archivetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Newer makes an archive, or a backup, one of the next schema, as a program to come would:
// file is its database, which nobody has open. A second copy beside it changes too. It
// returns the schema.
func Newer(ctx context.Context, file string) (int, error) {
	version, err := newerDB(ctx, file)
	if err != nil {
		return 0, err
	}
	second := filepath.Join(filepath.Dir(file), "archive.copy")
	b, err := os.ReadFile(second)
	if errors.Is(err, os.ErrNotExist) || filepath.Base(file) != "archive.db" {
		return version, nil
	}
	if err != nil {
		return 0, err
	}
	head, rest, _ := bytes.Cut(b, []byte("\n"))
	_, body, _ := bytes.Cut(head, []byte(" "))
	body = bytes.Replace(body, fmt.Appendf(nil, `"revision":%d`, version-1), fmt.Appendf(nil, `"revision":%d`, version), 1)
	return version, os.WriteFile(second, fmt.Appendf(nil, "%x %s\n%s", sha256.Sum256(body), body, rest), 0o644)
}

func newerDB(ctx context.Context, file string) (version int, err error) {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
	}
	version++
	body := fmt.Sprint(version)
	sum := sha256.Sum256([]byte("meta\x00schema\x00" + body))
	if _, err := db.ExecContext(ctx, "UPDATE state SET body = ?, sum = ? WHERE kind = 'meta' AND key = 'schema'", body, sum[:]); err != nil {
		return 0, err
	}
	_, err = db.ExecContext(ctx, fmt.Sprintf("ALTER TABLE records ADD COLUMN lang TEXT NOT NULL DEFAULT ''; PRAGMA user_version = %d", version))
	return version, err
}
