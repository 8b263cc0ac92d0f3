// Package bot is crisisbot on Discord: commands, mentions, conversations, buttons,
// and the rules under which it runs. It knows Discord and nothing of how answers
// are made. Everything that it says goes through one gate (gate.go).
package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"crisisbot/bot/gateway"
)

// A Bot answers on Discord while Run runs.
type Bot struct {
	o          Options
	can        abilities
	checker    Checker    // nil unless can.check
	summariser Summariser // nil unless can.summarise
	chronicler Chronicler // nil unless can.chronicle
	lang       languages
	gate       *gate
	ledger     *ledger
	settings   *settingsBook
	limits     *limits
	guilds     *guildBook
	seen       *seenSet
	counters   counters
	tally      *tally
	shelf      *shelf
	pending    *pending
	started    time.Time

	places  chan struct{} // one for each question being answered or waiting
	running chan struct{} // one for each being answered
	hands   chan struct{} // one for each event being handled

	app       atomic.Pointer[string]   // application id
	self      atomic.Pointer[string]   // the bot's user id
	operators atomic.Pointer[[]string] // of the application, as Discord says
	told      atomic.Bool              // the commands are being registered, or are

	shards atomic.Pointer[[]*gateway.Shard]
	starts atomic.Pointer[starts]

	stopping atomic.Bool // no more questions
	mu       sync.Mutex
	draining bool // no more events
	tasks    sync.WaitGroup
	work     context.Context // of answering; ends DrainWithin after Run's
	send     context.Context // of telling; ends a little later
}

// New returns a bot, or says in one line what is wrong with the options.
func New(o Options) (*Bot, error) {
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	if len(o.Key) == 0 {
		o.Key = make([]byte, 32)
		rand.Read(o.Key) // never fails
	}
	lang, err := loadLanguages()
	if err != nil {
		return nil, err
	}
	c, err := newClient(o.Token, o.APIBase, o.Transport)
	if err != nil {
		return nil, err
	}
	checker, checks := o.Answerer.(Checker)
	summariser, summarises := o.Answerer.(Summariser)
	chronicler, chronicles := o.Answerer.(Chronicler)
	return &Bot{
		o: o, lang: lang, checker: checker, summariser: summariser, chronicler: chronicler,
		can:      abilities{check: checks, summarise: summarises, chronicle: chronicles, ingest: o.Ingester != nil, feeds: o.Feeder != nil, topics: o.Topics != nil, remove: o.Remover != nil},
		gate:     &gate{client: c, ids: sealer{o.Key}, log: o.Log},
		ledger:   &ledger{store: o.Store, keep: o.Keep, now: o.Now},
		settings: &settingsBook{store: o.Store},
		limits:   newLimits(o.PerUser, o.PerChannel, o.Global),
		shelf:    &shelf{library: o.Library}, pending: newPending(), guilds: newGuildBook(), seen: newSeenSet(o.Now), tally: newTally(), started: o.Now(),
		places:  make(chan struct{}, o.Workers+o.Queue),
		running: make(chan struct{}, o.Workers),
		hands:   make(chan struct{}, maxHands),
	}, nil
}

// maxHands bounds the events that are handled at the same time. Most take as long as
// one request; ten times the rated load stays far below.
const maxHands = 1024

// tellWithin is the time left to tell the askers after answering had to stop.
const tellWithin = 6 * time.Second

// Run connects and answers until the context ends; then it answers what was
// accepted, within DrainWithin, tells the rest to ask again, and returns nil. It
// returns an error, in one clear line, where going on is of no use: a wrong token,
// an intent that is not granted, too few shards. Run may be called once.
func (b *Bot) Run(ctx context.Context) error {
	base := context.WithoutCancel(ctx)
	work, stopWork := context.WithCancelCause(base)
	send, stopSend := context.WithCancel(base)
	defer stopSend()
	defer stopWork(nil)
	b.work, b.send = work, send

	if err := b.ledger.resumeForgetting(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("finish forgetting a user: %w", err)
	}
	online, disconnect := context.WithCancel(base)
	defer disconnect()
	ended := make(chan error, 1) // one value, put back by who reads early
	go func() { ended <- b.connect(ctx, online) }()
	var fatal error
	select {
	case fatal = <-ended:
		ended <- fatal
	case <-ctx.Done():
	}
	b.stopping.Store(true) // who asks now is turned away in words
	b.finish()
	stopWork(errRestarting)
	disconnect()
	fatal = <-ended
	b.mu.Lock()
	b.draining = true
	b.mu.Unlock()
	done := make(chan struct{})
	go func() {
		b.tasks.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(tellWithin):
		b.o.Log.Error("some answers did not end in time")
	}
	return fatal
}

var errRestarting = errors.New("the bot is being restarted")

// lastCalls is how long the bot stays connected at least after it was told to stop,
// to turn away in words what is still on its way.
const lastCalls = 250 * time.Millisecond

// finish waits until everything under way is done, or DrainWithin is over.
func (b *Bot) finish() {
	begin := time.Now()
	for time.Since(begin) < lastCalls || len(b.hands) > 0 && time.Since(begin) < b.o.DrainWithin {
		time.Sleep(10 * time.Millisecond)
	}
}

// connect plans until the first context ends, and runs the shards until the second
// does or one of them meets a fatal error.
func (b *Bot) connect(planning, online context.Context) error {
	plan, err := b.plan(planning)
	if err != nil {
		if planning.Err() != nil {
			return nil
		}
		return err
	}
	b.introduce(planning)
	b.starts.Store(plan.starts)
	ctx, cancel := context.WithCancelCause(online)
	defer cancel(nil)
	shards := make([]*gateway.Shard, plan.shards)
	var running sync.WaitGroup
	for i := range shards {
		shards[i] = gateway.New(gateway.Options{
			URL: plan.url, Token: trimToken(b.o.Token), Intents: b.intents(), Shard: i, Shards: plan.shards,
			Identify:   func(ctx context.Context) error { return plan.starts.wait(ctx, i) },
			Identified: plan.starts.sent,
			Handle:     b.onEvent, Log: b.o.Log,
		})
	}
	b.shards.Store(&shards)
	for _, s := range shards {
		running.Go(func() {
			if err := s.Run(ctx); err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	if e := (*gateway.FatalError)(nil); errors.As(context.Cause(ctx), &e) {
		return e
	}
	return nil
}

// begin starts a task that Run waits for, unless the bot is stopping or too much is
// under way. The task may panic: report is then called, in the task.
func (b *Bot) begin(what string, task func()) bool {
	b.mu.Lock()
	if b.draining {
		b.mu.Unlock()
		return false
	}
	select {
	case b.hands <- struct{}{}:
	default:
		b.mu.Unlock()
		b.counters.dropped.Add(1)
		return false
	}
	b.tasks.Add(1)
	b.mu.Unlock()
	go func() {
		defer b.tasks.Done()
		defer func() { <-b.hands }()
		defer b.recovered(what)
		task()
	}()
	return true
}

// recovered, deferred, turns a panic into a log entry.
func (b *Bot) recovered(what string) {
	if v := recover(); v != nil {
		b.fault(what, b.errPanic(v))
	}
}
