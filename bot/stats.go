package bot

import (
	"strconv"
	"sync/atomic"
	"time"

	"crisisbot/bot/gateway"
	"crisisbot/bot/qa"
)

type counters struct {
	interactions, questions, answered, abstained, timeouts, limited, denied atomic.Int64
	forged, late, unreadable, dropped, faults, panics, useful, useless      atomic.Int64
}

func (c *counters) count(a qa.Answer) {
	if a.Abstained {
		c.abstained.Add(1)
	} else {
		c.answered.Add(1)
	}
}

// vote counts n more votes of a kind; "" is none.
func (c *counters) vote(v vote, n int64) {
	switch v {
	case useful:
		c.useful.Add(n)
	case useless:
		c.useless.Add(n)
	}
}

// Stats are figures of a running bot. All but the votes and the last seven only grow.
type Stats struct {
	Interactions, Questions, Answered, Abstained int64
	TimedOut                                     int64 // questions without an answer in time
	Limited                                      int64 // questions turned away by a limit or as busy
	Denied                                       int64 // calls without the right
	Forged                                       int64 // buttons that are not ours
	Late                                         int64 // interactions that Discord had given up
	Unreadable                                   int64 // events that nothing could be told about
	Dropped                                      int64 // events beyond what can be handled at the same time
	Faults, Panics                               int64
	Withheld                                     int64            // texts that the gate stopped
	Useful, Useless                              int64            // answers by their asker's last vote
	Gateway                                      gateway.Counters // over all shards

	Guilds  int
	Shards  int
	Ready   int // shards with a live session
	Starts  int // new sessions within a day, of the 1,000 that Discord allows
	Running int // questions being answered
	Waiting int // questions accepted and not yet being answered
	Started time.Time
}

// Stats returns the figures of now.
func (b *Bot) Stats() Stats {
	c := &b.counters
	s := Stats{
		Interactions: c.interactions.Load(), Questions: c.questions.Load(), Answered: c.answered.Load(), Abstained: c.abstained.Load(),
		TimedOut: c.timeouts.Load(), Limited: c.limited.Load(), Denied: c.denied.Load(), Forged: c.forged.Load(),
		Late: c.late.Load(), Unreadable: c.unreadable.Load(), Dropped: c.dropped.Load(), Faults: c.faults.Load(), Panics: c.panics.Load(),
		Withheld: b.gate.withheld.Load(), Useful: c.useful.Load(), Useless: c.useless.Load(),
		Guilds: b.guilds.count(), Running: len(b.running), Started: b.started,
	}
	if starts := b.starts.Load(); starts != nil {
		s.Starts = starts.count()
	}
	s.Waiting = max(0, len(b.places)-s.Running)
	if shards := b.shards.Load(); shards != nil {
		s.Shards = len(*shards)
		for _, shard := range *shards {
			if shard.Ready() {
				s.Ready++
			}
			g := shard.Counters()
			s.Gateway.Connections += g.Connections
			s.Gateway.Identified += g.Identified
			s.Gateway.Resumed += g.Resumed
			s.Gateway.Zombies += g.Zombies
			s.Gateway.Panics += g.Panics
		}
	}
	return s
}

// Ready reports whether every shard has a live session and the bot is not stopping:
// what /readyz tells.
func (b *Bot) Ready() bool {
	s := b.Stats()
	return !b.stopping.Load() && s.Shards > 0 && s.Ready == s.Shards
}

// showStats is /crisis-admin stats.
func (b *Bot) showStats(c *call) error {
	s := b.Stats()
	content := b.shelf.get()
	d := says(
		c.t.say("admin.stats", "since", c.t.date(s.Started.UTC().Format(time.DateOnly)), "questions", s.Questions, "answered", s.Answered,
			"abstained", s.Abstained, "failed", s.TimedOut+s.Faults, "limited", s.Limited, "useful", s.Useful, "useless", s.Useless),
		c.t.say("admin.stats.library", "n", len(content.articles), "publishers", len(content.publishers),
			"since", c.t.date(content.catalogue.since), "until", c.t.date(content.catalogue.until)),
		c.t.say("admin.stats.gateway", "ready", s.Ready, "shards", s.Shards, "resumes", s.Gateway.Resumed, "queue", s.Waiting),
	)
	if b.o.Spender != nil {
		today := b.o.Spender.Spend()
		d = append(d, text(c.t.say("admin.stats.spending", "tokens", today.All.Tokens, "money", strconv.FormatFloat(today.All.Money, 'f', 2, 64), "users", len(today.Users))))
	}
	return b.tellDoc(c, d)
}
