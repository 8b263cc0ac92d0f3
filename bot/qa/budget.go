package qa

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"
)

// Caps bound what may be spent on models in a day of UTC. Zero is no cap.
type Caps struct {
	DayTokens, UserTokens int
	DayMoney, UserMoney   float64 // in the currency of the prices
}

// Spent is what models used.
type Spent struct {
	Tokens int     `json:"tokens"`
	Money  float64 `json:"money"`
}

func (s Spent) plus(o Spent) Spent { return Spent{s.Tokens + o.Tokens, s.Money + o.Money} }

func (s Spent) minus(o Spent) Spent {
	return Spent{max(0, s.Tokens-o.Tokens), max(0, s.Money-o.Money)}
}

// A Spend is what was spent on one day, calls under way counted as if they took
// all that they may.
type Spend struct {
	Day   string           `json:"day"` // "2006-01-02"
	All   Spent            `json:"all"`
	Users map[string]Spent `json:"users"`
}

// A SpendStore keeps a day's spend, so that a restart resets nothing.
type SpendStore interface {
	LoadSpend(context.Context) (Spend, error) // the zero Spend where none is kept
	SaveSpend(context.Context, Spend) error   // replaces the one kept; it must not hold on to Users
}

// A Budget holds spending under its caps: a call is reserved at its most before
// it is made and settled at its true size after. It is safe for concurrent use.
type Budget struct {
	caps  Caps
	store SpendStore
	now   func() time.Time

	mu    sync.Mutex
	spend Spend
}

// NewBudget returns a Budget that goes on from what the store holds. now is the
// clock, nil time.Now.
func NewBudget(ctx context.Context, caps Caps, store SpendStore, now func() time.Time) (*Budget, error) {
	if caps.DayTokens < 0 || caps.UserTokens < 0 || caps.DayMoney < 0 || caps.UserMoney < 0 {
		return nil, fmt.Errorf("spending caps must not be negative: %+v", caps)
	}
	if now == nil {
		now = time.Now
	}
	spend, err := store.LoadSpend(ctx)
	if err != nil {
		return nil, fmt.Errorf("load the day's spend: %w", err)
	}
	spend.Users = maps.Clone(spend.Users)
	b := &Budget{caps: caps, store: store, now: now, spend: spend}
	b.turn()
	return b, nil
}

// turn starts an empty account when the day is over.
func (b *Budget) turn() {
	if day := b.now().UTC().Format(time.DateOnly); b.spend.Day != day {
		b.spend = Spend{Day: day}
	}
	if b.spend.Users == nil {
		b.spend.Users = map[string]Spent{}
	}
}

// Spend returns what was spent so far today.
func (b *Budget) Spend() Spend {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn()
	s := b.spend
	s.Users = maps.Clone(s.Users)
	return s
}

// A Reservation is what a call may cost, set aside.
type Reservation struct {
	b    *Budget
	day  string
	user string
	most Spent
	done bool
}

// Reserve sets aside the most that a call of user may cost. The error is
// ErrOverBudget where that would pass a cap; nothing is set aside then.
func (b *Budget) Reserve(ctx context.Context, user string, most Spent) (*Reservation, error) {
	if most.Tokens < 0 || most.Money < 0 {
		return nil, fmt.Errorf("a call cannot cost less than nothing: %+v", most)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn()
	all, own := b.spend.All.plus(most), b.spend.Users[user].plus(most)
	switch {
	case b.caps.DayTokens > 0 && all.Tokens > b.caps.DayTokens:
		return nil, fmt.Errorf("%w: tokens of the day", ErrOverBudget)
	case b.caps.DayMoney > 0 && all.Money > b.caps.DayMoney:
		return nil, fmt.Errorf("%w: money of the day", ErrOverBudget)
	case b.caps.UserTokens > 0 && own.Tokens > b.caps.UserTokens:
		return nil, fmt.Errorf("%w: tokens of the user", ErrOverBudget)
	case b.caps.UserMoney > 0 && own.Money > b.caps.UserMoney:
		return nil, fmt.Errorf("%w: money of the user", ErrOverBudget)
	}
	before := b.spend.Users[user]
	b.spend.All, b.spend.Users[user] = all, own
	if err := b.store.SaveSpend(ctx, b.spend); err != nil { // spending that can't be counted is not begun
		b.spend.All, b.spend.Users[user] = b.spend.All.minus(most), before
		return nil, fmt.Errorf("save the day's spend: %w", err)
	}
	return &Reservation{b: b, day: b.spend.Day, user: user, most: most}, nil
}

// Settle replaces what was set aside by what the call took. Only the first call
// counts. A call that ended after midnight is the new day's.
func (r *Reservation) Settle(ctx context.Context, took Spent) error {
	b := r.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.done {
		return nil
	}
	r.done = true
	b.turn()
	most := r.most
	if b.spend.Day != r.day {
		most = Spent{}
	}
	b.spend.All = b.spend.All.minus(most).plus(took)
	b.spend.Users[r.user] = b.spend.Users[r.user].minus(most).plus(took)
	if err := b.store.SaveSpend(context.WithoutCancel(ctx), b.spend); err != nil {
		return fmt.Errorf("save the day's spend: %w", err)
	}
	return nil
}
