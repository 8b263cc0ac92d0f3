package bot

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/qa"
)

// seeded returns random numbers and prints where they began.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// Custom ids that were changed, have expired, are another user's or from another
// channel, and interactions sent again: nothing takes effect; a button pressed twice
// takes effect once.
func TestForgedPresses(t *testing.T) {
	r := seeded(t)
	clock := time.Now()
	var mu sync.Mutex
	b, rec, wait := offline(t, func(o *Options) {
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return clock
		}
	})
	b.onEvent("INTERACTION_CREATE", encode(t, slash("1", "ask", testGuild, "42", "32", map[string]any{"question": "Why?"})))
	wait()
	answers, err := b.ledger.of(t.Context(), "42")
	if err != nil || len(answers) != 1 {
		t.Fatal(answers, err)
	}
	useful := func(owner string, until time.Time) string {
		return b.gate.ids.seal(press{actUseful, owner, until, answers[0].ID}, testChannel)
	}
	n := 0
	pressed := func(customID, user, channel, id string) {
		in := slash(id, "x", testGuild, user, "8", nil)
		in["type"], in["channel_id"] = 3, channel
		in["data"] = map[string]any{"custom_id": customID, "component_type": 2}
		b.onEvent("INTERACTION_CREATE", encode(t, in))
		wait()
	}
	valid := useful("42", clock.Add(time.Hour))
	for i := range 1000 {
		n++
		id := fmt.Sprint(2_000_000 + i)
		switch i % 5 {
		case 0:
			c := []byte(valid)
			c[r.IntN(len(c))] ^= byte(1 + r.IntN(255))
			pressed(strings.ToValidUTF8(string(c), "?"), "42", testChannel, id)
		case 1:
			pressed(useful("42", clock.Add(-time.Duration(r.IntN(1000))*time.Second)), "42", testChannel, id)
		case 2:
			pressed(valid, fmt.Sprint(1000+i), testChannel, id)
		case 3:
			pressed(valid, "42", fmt.Sprint(3000+i), id)
		case 4:
			pressed(sealer{[]byte(fmt.Sprint("key", i))}.seal(press{actUseful, "42", clock.Add(time.Hour), answers[0].ID}, testChannel), "42", testChannel, id)
		}
	}
	accepted := b.Stats().Useful
	pressed(valid, "42", testChannel, "3000001")
	pressed(valid, "42", testChannel, "3000001") // delivered again
	pressed(valid, "42", testChannel, "3000002") // pressed again
	once := b.Stats().Useful - accepted
	mu.Lock()
	clock = clock.Add(2 * time.Hour)
	mu.Unlock()
	pressed(valid, "42", testChannel, "3000003")
	if accepted != 0 || once != 1 || b.Stats().Useful != 1 {
		t.Errorf("%d forged presses accepted; a button pressed twice took effect %d times", accepted, once)
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.callbacks) != n+4 {
		t.Errorf("%d of %d presses were answered", len(rec.callbacks)-1, n+3)
	}
	t.Logf("forged, expired and foreign presses: %d of n = %d accepted; one effect of a button pressed twice", accepted, n)
}

// Ten times the rated load: everything is acknowledged in time, the queue is
// bounded, and who comes too late is told so.
func TestOverload(t *testing.T) {
	rated, seconds := 50, 3 // questions a second: what 16 workers do
	if raceEnabled {
		rated = 10
	}
	b, rec, wait := offline(t, func(o *Options) { o.Answerer = &fakeAnswerer{delay: 15 * time.Second / time.Duration(rated)} })
	n := 10 * rated * seconds
	sent := make(map[string]time.Time, n)
	payloads := make([]json.RawMessage, n)
	for i := range n {
		payloads[i] = encode(t, slash(fmt.Sprint(4_000_000+i), "ask", testGuild, fmt.Sprint(50_000+i), "0", map[string]any{"question": "Why?"}))
	}
	most := 0
	begin := time.Now()
	for i := range n {
		time.Sleep(time.Until(begin.Add(time.Duration(i) * time.Second / time.Duration(10*rated))))
		sent[fmt.Sprint(4_000_000+i)] = time.Now()
		b.onEvent("INTERACTION_CREATE", payloads[i])
		most = max(most, len(b.places))
	}
	wait()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var waits []time.Duration
	busy, answered := 0, 0
	for id, at := range sent {
		acked, ok := rec.acked[id]
		if !ok || len(rec.callbacks[id]) != 1 {
			t.Errorf("interaction %s got %d first replies", id, len(rec.callbacks[id]))
			continue
		}
		waits = append(waits, acked.Sub(at))
		switch {
		case strings.Contains(rec.callbacks[id][0], "busy with many questions"):
			busy++
		case len(rec.edits["token-"+id]) > 0 && strings.Contains(strings.Join(rec.edits["token-"+id], ""), "Answer to"):
			answered++
		}
	}
	slices.Sort(waits)
	if len(waits) == 0 {
		t.Fatal("nothing was acknowledged")
	}
	p999, worst := waits[len(waits)*999/1000], waits[len(waits)-1]
	t.Logf("overload: n = %d at %d a second: acknowledged p99.9 %v, worst %v; %d answered, %d told busy; at most %d of %d places taken",
		n, 10*rated, p999.Round(time.Millisecond), worst.Round(time.Millisecond), answered, busy, most, cap(b.places))
	if p999 > time.Second || worst > 3*time.Second || busy+answered != n || busy == 0 || most > cap(b.places) {
		t.Error("overload is not borne")
	}
}

// The gateway is lost twenty times, each with ten questions in flight, and events
// come twice: every question is answered once.
func TestGatewayDrops(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{HeartbeatInterval: 150 * time.Millisecond, GlobalPerSecond: -1, RoutePerSecond: -1}, nil)
	w.qa.delay = 20 * time.Millisecond
	w.s.DuplicateEvents(true)
	drops := []struct {
		drop    func()
		resumes bool
	}{
		{w.s.ResetGateway, true}, {w.s.SilenceGateway, true}, {w.s.RequestReconnect, true},
		{func() { w.s.Invalidate(true) }, true}, {func() { w.s.CloseGateway(4000) }, true},
		{func() { w.s.CloseGateway(1001) }, true}, {func() { w.s.CloseGateway(4009) }, false},
	}
	n, lost := 0, 0
	for i := range 20 {
		var asked []*discordtest.Interaction
		for j := range 10 {
			n++
			asked = append(asked, w.ann.Ask(w.general, "/ask", opt("question", fmt.Sprintf("Drop %d, question %d?", i, j))))
			if j == 6 { // the last three come while the connection is down
				d := drops[i%len(drops)]
				if !d.resumes {
					for _, a := range asked { // the session will be gone, with what it had not sent
						if _, err := a.WaitAck(within(t)); err != nil {
							t.Fatal(err)
						}
					}
				}
				d.drop()
				if !d.resumes {
					break
				}
			}
		}
		for _, a := range asked {
			r, err := a.Wait(within(t), settled)
			if err != nil || !strings.Contains(r.Text(), "Answer to: Drop") || len(r.Messages) != 1 {
				lost++
				t.Errorf("drop %d: %v: %s", i, err, r.Text())
			}
		}
		if err := w.s.WaitConnected(within(t)); err != nil {
			t.Fatal(err)
		}
	}
	times := map[string]int{}
	for _, q := range w.qa.questions() {
		times[q.Text]++
	}
	twice := 0
	for text, k := range times {
		if k != 1 {
			twice++
			t.Errorf("%s was answered %d times", text, k)
		}
	}
	t.Logf("gateway drops: 20, n = %d questions, %d lost, %d twice; %+v", n, lost, twice, w.b.Stats().Gateway)
}

// The bot is told to stop twenty times with questions in flight, some of them slower
// than it may wait: every one accepted gets an answer, and nothing stays behind.
func TestStopUnderLoad(t *testing.T) {
	const rounds, each = 20, 15
	r := seeded(t)
	goroutines := runtime.NumGoroutine()
	accepted, unanswered := 0, 0
	var slowest time.Duration
	for range rounds {
		w := start(t, discordtest.Options{GlobalPerSecond: -1, RoutePerSecond: -1, Schema: "-"}, func(o *Options) { o.DrainWithin = 150 * time.Millisecond })
		w.qa.make = func(q qa.Question) (qa.Answer, error) { return sampleAnswer(1), nil }
		w.qa.delay = time.Duration(r.IntN(400)) * time.Millisecond
		var asked []*discordtest.Interaction
		for i := range each {
			asked = append(asked, w.ann.Ask(w.general, "/ask", opt("question", fmt.Sprintf("Question %d?", i))))
		}
		time.Sleep(time.Duration(r.IntN(30)) * time.Millisecond)
		begin := time.Now()
		if err := w.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		slowest = max(slowest, time.Since(begin))
		for _, a := range asked {
			now := a.Now()
			if now.Kind == 0 {
				continue // never accepted
			}
			accepted++
			if !now.Visible() {
				unanswered++
				t.Errorf("an accepted question has no answer")
			}
		}
		w.s.TakeViolations() // of those that were not accepted
		w.s.Close()
	}
	left := 0
	for range 100 {
		if left = runtime.NumGoroutine() - goroutines; left <= 2 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("stopped %d times: n = %d accepted questions, %d unanswered, slowest end %v, %d goroutines left", rounds, accepted, unanswered, slowest.Round(time.Millisecond), left)
	if accepted == 0 || slowest > 25*time.Second || left > 2 {
		t.Error("stopping is not borne")
	}
}

// A question end to end, and fifty at once.
func TestLatency(t *testing.T) {
	store, err := OpenFileStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, discordtest.Options{GlobalPerSecond: -1, RoutePerSecond: -1, Schema: "-"}, func(o *Options) { o.Store = store })
	took := func() time.Duration {
		begin := time.Now()
		w.answer(w.ann.Ask(w.general, "/ask", opt("question", "How long?")))
		return time.Since(begin)
	}
	var alone []time.Duration
	for range 100 {
		alone = append(alone, took())
	}
	slices.Sort(alone)
	together := make([]time.Duration, 50)
	var all sync.WaitGroup
	for i := range together {
		all.Go(func() { together[i] = took() })
	}
	all.Wait()
	slices.Sort(together)
	p50, p99 := alone[len(alone)/2], together[len(together)-1]
	t.Logf("end to end: alone p50 %v (n = %d), 50 at once worst %v", p50, len(alone), p99)
	if !raceEnabled && (p50 > 50*time.Millisecond || p99 > time.Second) {
		t.Error("too slow")
	}
}
