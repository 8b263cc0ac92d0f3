package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A FileStore keeps each value in a file of its own, so that what is deleted is gone
// from the disk's files at once, and a file that was damaged costs one value. A value
// is on the disk when Put returns, also if the process is killed then. One process at
// a time may use a folder.
type FileStore struct {
	dir string
	now func() time.Time

	mu    sync.Mutex
	known map[string]time.Time // expiry by key; zero is never
	swept time.Time
}

type fileValue struct {
	Key     string          `json:"key"`
	Expires time.Time       `json:"expires"`
	Value   json.RawMessage `json:"value"`
}

const (
	fileSuffix = ".json"
	tempSuffix = ".new"
	sweepEvery = 10 * time.Minute
)

// OpenFileStore opens a folder, which is made if it is missing. Values that have
// expired, and files that can't be read as values, are deleted.
func OpenFileStore(dir string) (*FileStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the bot's folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open the bot's folder: %w", err)
	}
	s := &FileStore{dir: dir, now: time.Now, known: map[string]time.Time{}, swept: time.Now()}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
		case strings.HasSuffix(e.Name(), tempSuffix): // cut short
			err = os.Remove(path)
		case strings.HasSuffix(e.Name(), fileSuffix):
			v, readErr := readValue(path)
			if readErr != nil || s.file(v.Key) != path || s.expired(v.Expires) {
				err = os.Remove(path)
				break
			}
			s.known[v.Key] = v.Expires
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open the bot's folder: %w", err)
		}
	}
	return s, nil
}

func readValue(path string) (fileValue, error) {
	var v fileValue
	raw, err := os.ReadFile(path)
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(raw, &v)
}

// file names the file of a key: keys hold ids from Discord, and slashes.
func (s *FileStore) file(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:16])+fileSuffix)
}

func (s *FileStore) expired(at time.Time) bool { return !at.IsZero() && !s.now().Before(at) }

// Get returns nil for a value whose file was damaged.
func (s *FileStore) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	expires, ok := s.known[key]
	if !ok {
		return nil, nil
	}
	if s.expired(expires) {
		return nil, s.remove(key)
	}
	v, err := readValue(s.file(key))
	if err != nil || v.Key != key {
		return nil, s.remove(key)
	}
	return v.Value, nil
}

// Put refuses a value that is no JSON.
func (s *FileStore) Put(_ context.Context, key string, value []byte, expires time.Time) error {
	raw, err := json.Marshal(fileValue{key, expires, value})
	if err != nil {
		return fmt.Errorf("keep a value: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.sweep(); err != nil {
		return err
	}
	if err := replaceFile(s.file(key), raw, expires.IsZero()); err != nil {
		return fmt.Errorf("keep a value: %w", err)
	}
	s.known[key] = expires
	return nil
}

// replaceFile writes a file whole or not at all, and waits for the disk if durable.
func replaceFile(path string, content []byte, durable bool) error {
	f, err := os.OpenFile(path+tempSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil && durable {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(path+tempSuffix, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(path+tempSuffix))
	}
	if !durable {
		return nil
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes renames and removals last; some systems can't, and need not.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

func (s *FileStore) Delete(_ context.Context, keys ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		if err := s.remove(k); err != nil {
			return err
		}
	}
	return syncDir(s.dir)
}

func (s *FileStore) remove(key string) error {
	if err := os.Remove(s.file(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete a value: %w", err)
	}
	delete(s.known, key)
	return nil
}

// sweep deletes what has expired, now and then.
func (s *FileStore) sweep() error {
	if s.now().Sub(s.swept) < sweepEvery {
		return nil
	}
	s.swept = s.now()
	for k, expires := range s.known {
		if s.expired(expires) {
			if err := s.remove(k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *FileStore) Keys(_ context.Context, prefix string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for k, expires := range s.known {
		if strings.HasPrefix(k, prefix) && !s.expired(expires) {
			keys = append(keys, k)
		}
	}
	return keys, nil
}
