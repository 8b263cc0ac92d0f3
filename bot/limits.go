package bot

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Rate is how much may be asked: Burst at once, and Burst more each Per.
type Rate struct {
	Burst int
	Per   time.Duration
}

func (r Rate) limiter() *rate.Limiter {
	return rate.NewLimiter(rate.Every(r.Per/time.Duration(max(r.Burst, 1))), max(r.Burst, 1))
}

// limits hold a limiter for each user and channel, and one for all.
type limits struct {
	user, channel Rate
	mu            sync.Mutex
	by            map[string]*rate.Limiter
	most          int // of by
	all           *rate.Limiter
}

func newLimits(user, channel, global Rate) *limits {
	return &limits{user: user, channel: channel, by: map[string]*rate.Limiter{}, most: maxLimiters, all: global.limiter()}
}

// maxLimiters bounds the memory: 100,000 limiters are about 10 MB.
const maxLimiters = 100_000

// admit takes one question off every limit, or none: which says which one is used
// up ("user", "channel" or "global"), wait for how long.
func (l *limits) admit(user, channel string, now time.Time) (which string, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.by) > l.most {
		l.sweep(now)
	}
	type step struct {
		name    string
		limiter *rate.Limiter
	}
	steps := []step{{"user", l.of("user/"+user, l.user)}, {"channel", l.of("channel/"+channel, l.channel)}, {"global", l.all}}
	var taken []*rate.Reservation
	for _, s := range steps {
		r := s.limiter.ReserveN(now, 1)
		if d := r.DelayFrom(now); d > 0 || !r.OK() {
			r.CancelAt(now)
			for _, t := range taken {
				t.CancelAt(now)
			}
			return s.name, d
		}
		taken = append(taken, r)
	}
	return "", 0
}

func (l *limits) of(key string, r Rate) *rate.Limiter {
	if l.by[key] == nil {
		l.by[key] = r.limiter()
	}
	return l.by[key]
}

// sweep drops limiters that are full again: new ones would be the same.
func (l *limits) sweep(now time.Time) {
	for k, lim := range l.by {
		if lim.TokensAt(now) >= float64(lim.Burst()) {
			delete(l.by, k)
		}
	}
	if len(l.by) > l.most {
		clear(l.by) // a flood of made-up users: the limit for all still holds
	}
}
