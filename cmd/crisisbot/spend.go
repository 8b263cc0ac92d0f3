package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"crisisbot/bot/qa"
)

// A spendFile keeps the day's spend in a file of the data folder, which all
// processes share. It is a qa.SpendStore.
type spendFile struct {
	path string
	warn func(format string, args ...any)
}

// spendWait is how often a process looks whether another has let go of the file,
// which takes as long as one write.
const spendWait = 2 * time.Millisecond

func (s spendFile) ChangeSpend(ctx context.Context, f func(*qa.Spend) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return err
	}
	lock := flock.New(s.path+".lock", flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, spendWait); err != nil {
		return fmt.Errorf("lock %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	spend, err := s.read()
	if err != nil {
		return err
	}
	if err := f(&spend); err != nil {
		return err
	}
	b, err := json.Marshal(spend)
	if err != nil {
		return err
	}
	return replaceFile(s.path, b)
}

// read returns what is kept. A damaged file is set aside: nobody is kept from
// answers by it.
func (s spendFile) read() (qa.Spend, error) {
	b, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return qa.Spend{}, nil
	}
	if err != nil {
		return qa.Spend{}, err
	}
	var spend qa.Spend
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&spend); err != nil || spend.All.Tokens < 0 || spend.All.Money < 0 {
		aside := s.path + ".damaged"
		s.warn("%s is damaged: the spending of today is counted from zero, the file is kept as %s", s.path, aside)
		return qa.Spend{}, os.Rename(s.path, aside)
	}
	return spend, nil
}

// replaceFile writes a file that only its owner may read, whole or not at all.
func replaceFile(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// readKey returns the key in a file, and makes both if there is none. A damaged
// key is replaced; what was sealed by it is void then.
func (p *program) readKey(path string) ([]byte, error) {
	const size = 32
	key, err := os.ReadFile(path)
	if err == nil && len(key) == size {
		return key, nil
	}
	if err == nil {
		p.warn("%s is damaged and made anew: buttons below older answers no longer work", path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key = make([]byte, size)
	rand.Read(key) // never fails
	return key, replaceFile(path, key)
}
