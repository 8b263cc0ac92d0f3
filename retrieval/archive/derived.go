package archive

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Derived files hold what comes from the articles and is kept only to save the work of
// deriving it: the SHA-256 sum of a body, then the body. They have no second copy and
// are in no backup, and go when an article is removed, whose words may stand in them.
const derivedEnd = ".derived"

// Derived returns what PutDerived was last given under this name, nil if there is
// nothing. What isn't as it was written is noted in the Report and counts as nothing.
func (a *Archive) Derived(name string) []byte {
	b, err := os.ReadFile(a.path(name + derivedEnd))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		a.note("%s%s cannot be read and is made again: %v", name, derivedEnd, err)
		return nil
	}
	if len(b) >= sha256.Size {
		if sum := sha256.Sum256(b[sha256.Size:]); string(sum[:]) == string(b[:sha256.Size]) {
			return b[sha256.Size:]
		}
	}
	a.note("%s%s is not as it was written and is made again", name, derivedEnd)
	return nil
}

// PutDerived stores a body under a name of letters, in place of the one before.
func (a *Archive) PutDerived(name string, body []byte) error {
	if a.lock == nil {
		return ErrReadOnly
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return errClosed
	}
	err := replaceFile(a.path(name+derivedEnd), func(w io.Writer) error {
		sum := sha256.Sum256(body)
		_, err := w.Write(sum[:])
		if err == nil {
			_, err = w.Write(body)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("put %s%s: %w", name, derivedEnd, err)
	}
	return nil
}

// dropDerived deletes the derived files whose names end so.
func (a *Archive) dropDerived(end string) error {
	found, err := filepath.Glob(filepath.Join(escapeGlob(a.dir), "*"+end))
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := os.Remove(f); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// unfinished is the end of the name of a derived file that was being written when
// the process was killed.
const unfinished = derivedEnd + ".new"
