package qa

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
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

// A SpendStore keeps a day's spend, so that a restart resets nothing and all
// processes share one account.
type SpendStore interface {
	// ChangeSpend gives f the spend that is kept, the zero Spend where none is, and
	// keeps what f makes of it, while nobody else can change it. After an error, f's
	// or its own, all is as it was.
	ChangeSpend(ctx context.Context, f func(*Spend) error) error
}

// A Budget holds spending under its caps: a call is reserved at its most before
// it is made and settled at its true size after. It is safe for concurrent use.
type Budget struct {
	caps  Caps
	store SpendStore
	now   func() time.Time

	mu   sync.Mutex
	last Spend // as it was left by the last change
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
	b := &Budget{caps: caps, store: store, now: now}
	if err := b.change(ctx, func(*Spend) error { return nil }); err != nil {
		return nil, fmt.Errorf("load the day's spend: %w", err)
	}
	return b, nil
}

// change gives f the account of today.
func (b *Budget) change(ctx context.Context, f func(*Spend) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var left Spend
	err := b.store.ChangeSpend(ctx, func(s *Spend) error {
		b.turn(s)
		err := f(s)
		left = *s
		left.Users = maps.Clone(s.Users)
		return err
	})
	if err == nil {
		b.last = left
	}
	return err
}

// turn starts an empty account when the day is over.
func (b *Budget) turn(s *Spend) {
	if day := b.now().UTC().Format(time.DateOnly); s.Day != day {
		*s = Spend{Day: day}
	}
	if s.Users == nil {
		s.Users = map[string]Spent{}
	}
}

// Spend returns what was spent today, as of this Budget's last call.
func (b *Budget) Spend() Spend {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.last
	b.turn(&s)
	s.Users = maps.Clone(s.Users)
	return s
}

// A Reservation is what a call may cost, set aside.
type Reservation struct {
	b    *Budget
	day  string
	user string
	most Spent
	done atomic.Bool
}

// Reserve sets aside the most that a call of user may cost. The error is
// ErrOverBudget where that would pass a cap; nothing is set aside then.
func (b *Budget) Reserve(ctx context.Context, user string, most Spent) (*Reservation, error) {
	if most.Tokens < 0 || most.Money < 0 {
		return nil, fmt.Errorf("a call cannot cost less than nothing: %+v", most)
	}
	r := &Reservation{b: b, user: user, most: most}
	err := b.change(ctx, func(s *Spend) error {
		all, own := s.All.plus(most), s.Users[user].plus(most)
		switch {
		case b.caps.DayTokens > 0 && all.Tokens > b.caps.DayTokens:
			return fmt.Errorf("%w: tokens of the day", ErrOverBudget)
		case b.caps.DayMoney > 0 && all.Money > b.caps.DayMoney:
			return fmt.Errorf("%w: money of the day", ErrOverBudget)
		case b.caps.UserTokens > 0 && own.Tokens > b.caps.UserTokens:
			return fmt.Errorf("%w: tokens of the user", ErrOverBudget)
		case b.caps.UserMoney > 0 && own.Money > b.caps.UserMoney:
			return fmt.Errorf("%w: money of the user", ErrOverBudget)
		}
		s.All, s.Users[user], r.day = all, own, s.Day
		return nil
	})
	switch {
	case errors.Is(err, ErrOverBudget):
		return nil, err
	case err != nil: // spending that can't be counted is not begun
		return nil, fmt.Errorf("save the day's spend: %w", err)
	}
	return r, nil
}

// Settle replaces what was set aside by what the call took. Only the first call
// counts. A call that ended after midnight is the new day's.
func (r *Reservation) Settle(ctx context.Context, took Spent) error {
	if r.done.Swap(true) {
		return nil
	}
	err := r.b.change(context.WithoutCancel(ctx), func(s *Spend) error {
		most := r.most
		if s.Day != r.day {
			most = Spent{}
		}
		s.All = s.All.minus(most).plus(took)
		s.Users[r.user] = s.Users[r.user].minus(most).plus(took)
		return nil
	})
	if err != nil {
		return fmt.Errorf("save the day's spend: %w", err)
	}
	return nil
}
