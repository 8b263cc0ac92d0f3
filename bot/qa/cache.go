package qa

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"crisisbot/retrieval"
)

// What is kept of a model's work at most: some 10 MB, and no older than a news day.
const (
	cacheMost = 500
	cacheAge  = 6 * time.Hour
)

// A cache keeps what a model wrote for those who ask the same, and has those who ask
// it at the same time wait for one answer. It serves one model. What was written from
// other articles than there are now is dropped. Values are shared: nobody changes
// them.
type cache struct {
	now      func() time.Time
	revision func() uint64 // of the articles

	mu      sync.Mutex
	from    uint64 // the revision that everything kept is from
	kept    map[cacheKey]*list.Element
	order   *list.List // of *cached, oldest first
	flights map[cacheKey]*flight
}

// A cacheKey is a hash of everything that an answer depends on, and of who may be
// given it.
type cacheKey [sha256.Size]byte

// asking is what is hashed to a cacheKey.
func (by Asker) asking(kind Kind, text string, f retrieval.Filter, history []Turn, more ...any) cacheKey {
	place := "place " + by.Scope
	if by.Scope == "" {
		place = "user " + by.User
	}
	fields := []string{place, string(kind), strings.Trim(foldQuote(text).text, " .?!"), fmt.Sprintf("%q", f), fmt.Sprint(more...)}
	for _, t := range history {
		fields = append(fields, t.Question, t.Answer.Text)
	}
	h := sha256.New()
	for _, s := range fields {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	return cacheKey(h.Sum(nil))
}

// cached is a value and whom it concerns.
type cached struct {
	key    cacheKey
	value  any
	at     time.Time
	askers askers
}

// askers are those who were given a value, and where.
type askers struct{ users, scopes map[string]bool }

func (a *askers) add(by Asker) {
	if a.users == nil {
		*a = askers{map[string]bool{}, map[string]bool{}}
	}
	a.users[by.User], a.scopes[by.Scope] = true, true
}

func newCache(now func() time.Time, revision func() uint64) *cache {
	return &cache{now: now, revision: revision, kept: map[cacheKey]*list.Element{}, order: list.New(), flights: map[cacheKey]*flight{}}
}

// A flight is a value on its way and who waits for it.
type flight struct {
	done   chan struct{}
	cancel context.CancelFunc
	// Under the cache's lock.
	waiting  int
	askers   askers
	unwanted bool // somebody whom it concerns is to be forgotten

	value  any // these three once done is closed
	err    error
	panics any

	mu    sync.Mutex
	told  []*Progress
	stage func(Progress) // tells the last news again; nil before the first
}

func (f *flight) tell(stage Stage, s []Statement, c []Citation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stage = func(p Progress) { p.tell(stage, s, c) }
	for _, p := range f.told {
		f.stage(*p)
	}
}

// listen has p told of what comes, and of what is so far, until the function returned
// is called.
func (f *flight) listen(p Progress) (stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stage != nil {
		f.stage(p)
	}
	f.told = append(f.told, &p)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.told = slices.DeleteFunc(f.told, func(o *Progress) bool { return o == &p })
	}
}

// remember returns the value that is kept under a key, or has it written, once for all
// who ask at the same time, and keeps it if write says so; again makes of it what later
// askers are given. A nil cache writes. What is written goes on until nobody waits for
// it any more.
func remember[T any](ctx context.Context, c *cache, key cacheKey, by Asker, again func(T) T, write func(context.Context, Asker) (value T, keep bool, err error)) (value T, err error) {
	if c == nil {
		value, _, err = write(ctx, by)
		return value, err
	}
	c.mu.Lock()
	c.drop()
	if e, ok := c.kept[key]; ok {
		k := e.Value.(*cached)
		k.askers.add(by)
		c.mu.Unlock()
		return again(k.value.(T)), nil
	}
	f, later := c.flights[key]
	start := func() {}
	if !later {
		running, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{done: make(chan struct{}), cancel: cancel}
		c.flights[key] = f
		own, from := Asker{by.User, by.Scope, f.tell}, c.from
		start = func() {
			go c.fly(key, f, from, func() (any, bool, error) { return write(running, own) })
		}
	}
	f.waiting++
	f.askers.add(by)
	c.mu.Unlock()
	defer c.leave(f)
	defer f.listen(by.Progress)()
	start() // now that its first asker hears of it
	select {
	case <-f.done:
	case <-ctx.Done():
		return value, ctx.Err()
	}
	if f.panics != nil {
		panic(f.panics) // of the caller, who may be prepared for it
	}
	value, _ = f.value.(T)
	if later {
		value = again(value)
	}
	return value, f.err
}

// fly writes a value and tells those who wait.
func (c *cache) fly(key cacheKey, f *flight, from uint64, write func() (any, bool, error)) {
	keep := false
	defer func() {
		f.panics = recover()
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.flights, key)
		c.drop()
		if f.panics == nil && f.err == nil && keep && !f.unwanted && from == c.from {
			c.kept[key] = c.order.PushBack(&cached{key, f.value, c.now(), f.askers})
			if c.order.Len() > cacheMost {
				c.remove(c.order.Front())
			}
		}
		close(f.done)
	}()
	f.value, keep, f.err = write()
}

func (c *cache) leave(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		f.cancel()
	}
}

// drop removes what is too old or from other articles. The lock is held.
func (c *cache) drop() {
	now := c.revision()
	for e := c.order.Front(); e != nil && (now != c.from || c.now().Sub(e.Value.(*cached).at) >= cacheAge); e = c.order.Front() {
		c.remove(e)
	}
	c.from = now
}

func (c *cache) remove(e *list.Element) {
	delete(c.kept, c.order.Remove(e).(*cached).key)
}

// forget removes what concerns somebody, and keeps nothing of what is on its way to
// them.
func (c *cache) forget(concerns func(askers) bool) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop()
	for e := c.order.Front(); e != nil; {
		next := e.Next()
		if concerns(e.Value.(*cached).askers) {
			c.remove(e)
		}
		e = next
	}
	for _, f := range c.flights {
		f.unwanted = f.unwanted || concerns(f.askers)
	}
}

// Forget drops the answers that a user, as Asker names them, was given from what is
// kept for those who ask the same.
func (a *Answerer) Forget(user string) {
	a.cache.forget(func(w askers) bool { return w.users[user] })
}

// ForgetScope drops the answers that were given in a place, as Asker names it.
func (a *Answerer) ForgetScope(scope string) {
	a.cache.forget(func(w askers) bool { return w.scopes[scope] })
}

// ForgetArticles drops the answers that were made of articles which are gone or
// changed; each question does so too.
func (a *Answerer) ForgetArticles() { a.cache.forget(func(askers) bool { return false }) }

// again returns what was written for an earlier asker, as it is told to a later one:
// it cost nothing.
func (t *Trace) again() *Trace {
	if t == nil {
		return nil
	}
	out := *t
	out.Cached, out.Usage, out.Cost, out.Tries = true, Usage{}, 0, 0
	return &out
}

func (a Answer) again() Answer {
	a.Trace = a.Trace.again()
	return a
}

func (v Verdict) again() Verdict {
	v.Trace = v.Trace.again()
	return v
}
