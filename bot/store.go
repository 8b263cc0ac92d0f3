package bot

import (
	"container/list"
	"context"
	"strings"
	"sync"
	"time"
)

// A Store keeps what the bot must remember, by key. Keys are paths such as
// "answer/k3y"; values are JSON. Implementations are safe for concurrent use.
type Store interface {
	// Get returns nil if there is no value or it has expired.
	Get(ctx context.Context, key string) ([]byte, error)
	// Put sets a value; a zero expires keeps it until it is deleted.
	Put(ctx context.Context, key string, value []byte, expires time.Time) error
	Delete(ctx context.Context, keys ...string) error
	// Keys returns the keys that begin with prefix and have not expired, in any order.
	Keys(ctx context.Context, prefix string) ([]string, error)
}

// A MemoryStore forgets everything when the process ends. When it is full, the
// value with an expiry that was written longest ago gives way.
type MemoryStore struct {
	max int
	now func() time.Time

	mu     sync.Mutex
	values map[string]*list.Element
	order  *list.List // of *memoryValue, oldest first
}

type memoryValue struct {
	key     string
	value   []byte
	expires time.Time
}

// NewMemoryStore returns a store for at most max values; 0 is 20,000.
func NewMemoryStore(max int) *MemoryStore {
	if max <= 0 {
		max = 20_000
	}
	return &MemoryStore{max: max, now: time.Now, values: map[string]*list.Element{}, order: list.New()}
}

func (s *MemoryStore) Get(_ context.Context, key string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.values[key]
	if !ok {
		return nil, nil
	}
	v := e.Value.(*memoryValue)
	if s.expired(v) {
		s.drop(e)
		return nil, nil
	}
	return v.value, nil
}

func (s *MemoryStore) Put(_ context.Context, key string, value []byte, expires time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.values[key]; ok {
		s.drop(e)
	}
	s.values[key] = s.order.PushBack(&memoryValue{key, value, expires})
	if len(s.values) > s.max {
		s.makeRoom()
	}
	return nil
}

// makeRoom drops what has expired, then the oldest values that will.
func (s *MemoryStore) makeRoom() {
	for _, all := range []bool{false, true} {
		for e := s.order.Front(); e != nil && len(s.values) > s.max; {
			next := e.Next()
			if v := e.Value.(*memoryValue); s.expired(v) || all && !v.expires.IsZero() {
				s.drop(e)
			}
			e = next
		}
	}
}

func (s *MemoryStore) expired(v *memoryValue) bool {
	return !v.expires.IsZero() && !s.now().Before(v.expires)
}

func (s *MemoryStore) drop(e *list.Element) {
	delete(s.values, e.Value.(*memoryValue).key)
	s.order.Remove(e)
}

func (s *MemoryStore) Delete(_ context.Context, keys ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range keys {
		if e, ok := s.values[k]; ok {
			s.drop(e)
		}
	}
	return nil
}

func (s *MemoryStore) Keys(_ context.Context, prefix string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for k, e := range s.values {
		if strings.HasPrefix(k, prefix) && !s.expired(e.Value.(*memoryValue)) {
			keys = append(keys, k)
		}
	}
	return keys, nil
}
