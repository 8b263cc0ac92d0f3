package qa

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

// spendMemory is a SpendStore that outlives a Budget, as a database would.
type spendMemory struct {
	mu   sync.Mutex
	kept Spend
	fail error
}

func (m *spendMemory) ChangeSpend(_ context.Context, f func(*Spend) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return m.fail
	}
	s := m.kept
	s.Users = maps.Clone(s.Users)
	if err := f(&s); err != nil {
		return err
	}
	m.kept = s
	return nil
}

func budgetAt(t *testing.T, caps Caps, store SpendStore, now *time.Time) *Budget {
	b, err := NewBudget(t.Context(), caps, store, func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBudget(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	store := &spendMemory{}
	b := budgetAt(t, Caps{DayTokens: 1000, UserTokens: 400, DayMoney: 10, UserMoney: 9}, store, &now)
	r, err := b.Reserve(ctx, "ann", Spent{300, 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Reserve(ctx, "ann", Spent{101, 0}); !errors.Is(err, ErrOverBudget) {
		t.Errorf("over the user's tokens while a call is under way: %v", err)
	}
	if err := r.Settle(ctx, Spent{100, 0.5}); err != nil {
		t.Fatal(err)
	}
	if err := r.Settle(ctx, Spent{100, 0.5}); err != nil {
		t.Fatal(err)
	}
	if got := b.Spend(); got.All != (Spent{100, 0.5}) || got.Users["ann"] != (Spent{100, 0.5}) {
		t.Errorf("spent %+v", got)
	}
	for _, c := range []struct {
		user string
		most Spent
	}{{"ann", Spent{301, 0}}, {"ann", Spent{1, 8.6}}, {"ben", Spent{1, 9.6}}, {"ben", Spent{901, 0}}} {
		if _, err := b.Reserve(ctx, c.user, c.most); !errors.Is(err, ErrOverBudget) {
			t.Errorf("%s was lent %+v: %v", c.user, c.most, err)
		}
	}

	// A restart at noon resets nothing, not even a call that was under way.
	if _, err := b.Reserve(ctx, "ben", Spent{400, 2}); err != nil {
		t.Fatal(err)
	}
	again := budgetAt(t, Caps{DayTokens: 1000, UserTokens: 400}, store, &now)
	if got := again.Spend().All; got != (Spent{500, 2.5}) {
		t.Errorf("after a restart %+v are spent", got)
	}
	if _, err := again.Reserve(ctx, "ben", Spent{1, 0}); !errors.Is(err, ErrOverBudget) {
		t.Errorf("ben's cap is forgotten: %v", err)
	}

	// Two processes share the account.
	if _, err := b.Reserve(ctx, "dan", Spent{300, 0}); err != nil {
		t.Error(err)
	}
	if _, err := again.Reserve(ctx, "eve", Spent{201, 0}); !errors.Is(err, ErrOverBudget) {
		t.Errorf("what another process spent is not counted: %v", err)
	}

	// A call over midnight counts for the new day.
	late, err := again.Reserve(ctx, "cid", Spent{200, 1})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(12 * time.Hour)
	if err := late.Settle(ctx, Spent{150, 0.75}); err != nil {
		t.Fatal(err)
	}
	if got := again.Spend(); got.Day != "2026-03-02" || got.All != (Spent{150, 0.75}) || len(got.Users) != 1 {
		t.Errorf("on the new day %+v", got)
	}

	// Spending that can't be counted is not begun.
	store.fail = errors.New("disk full")
	if _, err := again.Reserve(ctx, "dan", Spent{1, 0}); err == nil || errors.Is(err, ErrOverBudget) {
		t.Errorf("unsaved: %v", err)
	}
	if got := again.Spend().All; got != (Spent{150, 0.75}) {
		t.Errorf("what was not lent is counted: %+v", got)
	}
	if _, err := NewBudget(ctx, Caps{}, store, nil); err == nil {
		t.Error("an unreadable store is taken for an empty one")
	}
	if _, err := NewBudget(ctx, Caps{DayMoney: -1}, &spendMemory{}, nil); err == nil {
		t.Error("a negative cap is taken")
	}
}

// TestBudgetAbuse: 1,000 users who ask as often as they can, with a restart in the
// middle, never pass the cap, and honest users are served.
func TestBudgetAbuse(t *testing.T) {
	const seed = 11
	ctx := t.Context()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	store := &spendMemory{}
	caps := Caps{DayTokens: 400_000, UserTokens: 300}
	b := budgetAt(t, caps, store, &now)
	ask := func(b *Budget, rng *rand.Rand, user string) bool {
		r, err := b.Reserve(ctx, user, Spent{Tokens: 100})
		if err != nil {
			if !errors.Is(err, ErrOverBudget) {
				t.Error(err)
			}
			return false
		}
		if err := r.Settle(ctx, Spent{Tokens: rng.IntN(101)}); err != nil {
			t.Error(err)
		}
		return true
	}
	for _, half := range []string{"before", "after"} {
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(seed, uint64(w)))
				for u := w; u < 1000; u += 8 {
					for range 5 {
						ask(b, rng, "abuser "+string(rune('A'+u)))
					}
				}
			})
		}
		wg.Wait()
		if got := b.Spend().All.Tokens; got > caps.DayTokens {
			t.Errorf("%s the restart %d tokens are spent, the cap is %d", half, got, caps.DayTokens)
		}
		b = budgetAt(t, caps, store, &now)
	}
	served, rng := 0, rand.New(rand.NewPCG(seed, 99))
	for u := range 100 {
		if ask(b, rng, "honest "+string(rune('A'+u))) {
			served++
		}
	}
	t.Logf("1,000 abusers, a restart: %d tokens of %d spent, %d of 100 honest users served (seed %d)", b.Spend().All.Tokens, caps.DayTokens, served, seed)
	if served < 95 {
		t.Errorf("%d of 100 honest users served", served)
	}
}
