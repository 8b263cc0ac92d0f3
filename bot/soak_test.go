package bot

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Days of questions, by command, mention and button, of ever new people in ever new
// channels: memory, goroutines and files stay where they were after the first part.
// CRISISBOT_TEST_SOAK sets the number of questions.
func TestSoak(t *testing.T) {
	n := 800
	if v, err := strconv.Atoi(os.Getenv("CRISISBOT_TEST_SOAK")); err == nil && v > 0 {
		n = v
	} else if raceEnabled {
		n = 300
	}
	const every, keep = 20 * time.Second, time.Hour
	var mu sync.Mutex
	clock := time.Now()
	now := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return clock
	}
	dir := t.TempDir()
	store, err := OpenFileStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	store.now = now
	answerer := &fakeAnswerer{}
	b, rec, wait := offline(t, func(o *Options) { o.Store, o.Keep, o.Now, o.Answerer = store, keep, now, answerer })
	b.limits.most = 100 // reached before the first measurement, as all else that is bounded
	measure := func() (heap uint64, goroutines, files int) {
		wait()
		rec.mu.Lock()
		rec.callbacks, rec.edits, rec.acked, rec.bodies = map[string][]string{}, map[string][]string{}, map[string]time.Time{}, nil // what was sent is the test's memory
		rec.mu.Unlock()
		answerer.mu.Lock()
		answerer.asked = nil
		answerer.mu.Unlock()
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		names, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return m.HeapAlloc, runtime.NumGoroutine(), len(names)
	}
	var first struct {
		heap              uint64
		goroutines, files int
	}
	part := max(n/10, 50)
	for i := range n {
		user, channel := fmt.Sprint(100_000+i), fmt.Sprint(500_000+i%100)
		in := slash(fmt.Sprint(7_000_000+i), "ask", testGuild, user, "0", map[string]any{"question": fmt.Sprintf("Question %d?", i)})
		in["channel_id"] = channel
		b.onEvent("INTERACTION_CREATE", encode(t, in))
		b.onEvent("MESSAGE_CREATE", encode(t, map[string]any{"id": fmt.Sprint(8_000_000 + i), "channel_id": channel, "guild_id": testGuild, "content": "<@900> And that?", "author": map[string]any{"id": user}}))
		b.onEvent("THREAD_CREATE", encode(t, map[string]any{"id": fmt.Sprint(9_000_000 + i%100), "parent_id": channel, "guild_id": testGuild, "owner_id": testApp}))
		if i%20 == 0 {
			wait()
		}
		mu.Lock()
		clock = clock.Add(every)
		mu.Unlock()
		if i == 2*part {
			first.heap, first.goroutines, first.files = measure()
		}
	}
	heap, goroutines, files := measure()
	t.Logf("soak: n = %d questions over %v: heap %.1f MiB, then %.1f; goroutines %d, then %d; files %d, then %d",
		2*n, (time.Duration(n) * every).Round(time.Hour), float64(first.heap)/(1<<20), float64(heap)/(1<<20), first.goroutines, goroutines, first.files, files)
	if heap > first.heap+first.heap/4+4<<20 || goroutines > first.goroutines+5 || files > 2*first.files {
		t.Error("something grows")
	}
	if s := b.Stats(); s.Questions != int64(2*n) || s.Faults+s.Panics+s.Limited+s.Dropped != 0 {
		t.Errorf("stats %+v", s)
	}
}
