package bot

import (
	"errors"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/gateway"
)

// What stands in the way of starting is one clear line, and ends Run.
func TestCannotStart(t *testing.T) {
	for _, c := range []struct {
		name   string
		server discordtest.Options
		change func(*Options)
		want   string
	}{
		{"wrong token", discordtest.Options{}, func(o *Options) { o.Token = "wrong" }, "DISCORD_TOKEN"},
		{"intent not granted", discordtest.Options{DenyIntents: 1 << 15}, nil, "Message Content Intent"},
		{"too few shards", discordtest.Options{MinShards: 3}, func(o *Options) { o.Shards = 1 }, "shards"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := prepare(t, c.server, c.change)
			err := w.b.Run(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), w.s.Token()) {
				t.Errorf("Run returned %v", err)
			}
			w.s.TakeViolations()
		})
	}
	for _, c := range []struct {
		change func(*Options)
		want   string
	}{
		{func(o *Options) { o.Token = "" }, "DISCORD_TOKEN"},
		{func(o *Options) { o.Answerer = nil }, "Answerer"},
		{func(o *Options) { o.Shards = -1 }, "shards"},
		{func(o *Options) { o.Guild = "name" }, "digits"},
		{func(o *Options) { o.APIBase = "discord.com" }, "API base"},
	} {
		o := Options{Token: "t", Answerer: &fakeAnswerer{}, Library: newFakeLibrary(1)}
		c.change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New returned %v, want something about %s", err, c.want)
		}
	}
}

// A token that is reset while the bot runs ends it.
func TestFatalWhileRunning(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	w.s.CloseGateway(4004)
	var f *gateway.FatalError
	select {
	case err := <-w.ended:
		w.ended <- err
		if !errors.As(err, &f) || f.Code != 4004 {
			t.Errorf("Run returned %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("Run goes on")
	}
}

// Without the privileged intent the bot answers mentions.
func TestWithoutMessageContent(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{DenyIntents: 1 << 15}, func(o *Options) { o.NoMessageContent = true })
	wants(t, w.reply(w.ann.Say(w.general, w.s.Bot().Mention()+" still?")).Content, "Answer to: still?")
	w.ann.Say(w.general, "not for the bot")
	wants(t, w.answer(w.ann.Ask(w.general, "/ask", opt("question", "And so?"))).Text(), "Answer to: And so?")
}

// Several shards share one set of limits and of answers.
func TestShards(t *testing.T) {
	t.Parallel()
	w := prepare(t, discordtest.Options{MinShards: 3}, nil)
	type place struct {
		c *discordtest.Channel
		u *discordtest.User
	}
	var places []place
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		g := w.s.Guild(name)
		u := w.s.User("user " + name)
		g.Join(u)
		places = append(places, place{g.Channel("general"), u})
		time.Sleep(time.Millisecond) // ids that differ in time fall to different shards
	}
	w.run()
	if err := w.s.WaitConnected(within(t)); err != nil {
		t.Fatal(err)
	}
	w.waitCommands()
	for _, p := range places {
		wants(t, w.answer(p.u.Ask(p.c, "/ask", opt("question", "Here?"))).Text(), "Answer to: Here?")
	}
	if s := w.b.Stats(); s.Shards != 3 || s.Ready != 3 || s.Guilds != 7 || !w.b.Ready() {
		t.Errorf("stats %+v", s)
	}
}

// Commands are told to Discord when they changed, not at each start.
func TestCommandsAreToldOnce(t *testing.T) {
	t.Parallel()
	store := NewMemoryStore(0)
	w := start(t, discordtest.Options{}, func(o *Options) { o.Store = store })
	puts := func() (n int) {
		for _, r := range w.s.Requests() {
			if r.Method == "PUT" {
				n++
			}
		}
		return n
	}
	again := func(change func(*Options)) {
		t.Helper()
		o := w.b.o
		change(&o)
		b, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.stop(); err != nil {
			t.Fatal(err)
		}
		if err := w.s.WaitDisconnected(within(t)); err != nil {
			t.Fatal(err)
		}
		w.b = b
		w.run()
		if err := w.s.WaitConnected(within(t)); err != nil {
			t.Fatal(err)
		}
		w.answer(w.ann.Ask(w.general, "/help"))
	}
	again(func(*Options) {})
	if n := puts(); n != 1 {
		t.Errorf("commands were put %d times over two starts", n)
	}
	again(func(o *Options) { o.Ingester = nil })
	for range 200 {
		if puts() == 2 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n := puts(); n != 2 {
		t.Errorf("changed commands: %d puts, want 2", n)
	}
}

// A panic, an error, a hang and slowness each end in words for the asker.
func TestFaults(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, func(o *Options) { o.AnswerWithin = 2500 * time.Millisecond })
	for _, c := range []struct{ question, want string }{
		{"panic", "Something broke on my side"}, {"error", "Something broke on my side"}, {"hang", "took too long"},
	} {
		i := w.ann.Ask(w.general, "/ask", opt("question", c.question))
		r := w.answer(i)
		wants(t, r.Text(), c.want)
		if strings.Contains(r.Text(), "canary") {
			t.Error("the cause is told to the asker")
		}
		if c.question == "hang" {
			var signs int
			for _, e := range r.First().Earlier {
				if strings.Contains(e.Content, "Reading the articles") {
					signs++
				}
			}
			if signs != 1 {
				t.Errorf("%d working signs", signs)
			}
		}
		wants(t, w.reply(w.ann.Say(w.general, w.s.Bot().Mention()+" "+c.question)).Content, c.want)
	}
	if s := w.b.Stats(); s.Panics != 2 || s.TimedOut != 2 || s.Faults != 4 {
		t.Errorf("stats %+v", s)
	}
}

// Who asks too much is told so, privately and before anything is deferred.
func TestLimits(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, func(o *Options) { o.PerUser = Rate{2, time.Minute} })
	for range 2 {
		w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Again?")))
	}
	r := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Again?")))
	wants(t, r.Text(), "That’s many questions in a short time. Please ask again in ", " seconds.")
	if !r.First().Ephemeral() || r.Kind != discordtest.ReplyMessage {
		t.Errorf("reply %+v", r)
	}
	bob := w.s.User("bob")
	w.guild.Join(bob)
	wants(t, w.answer(bob.Ask(w.general, "/ask", opt("question", "And I?"))).Text(), "Answer to: And I?")
	m := w.reply(w.ann.Say(w.general, w.s.Bot().Mention()+" again?"))
	wants(t, m.Content, "many questions in a short time")
	w.ann.Say(w.general, w.s.Bot().Mention()+" again?") // not told twice
	wants(t, w.answer(w.ann.Ask(w.general, "/help")).Text(), "I answer questions")
}

func TestLimitsTakeAllOrNone(t *testing.T) {
	now := time.Now()
	l := newLimits(Rate{5, time.Minute}, Rate{2, time.Minute}, Rate{3, time.Minute})
	for i, want := range []string{"", "", "channel", "channel"} {
		if which, _ := l.admit("u", "c", now); which != want {
			t.Errorf("question %d: %q, want %q", i, which, want)
		}
	}
	if which, _ := l.admit("u", "d", now); which != "" {
		t.Errorf("refused questions used up the user's limit: %s", which)
	}
	if which, wait := l.admit("v", "e", now); which != "global" || wait <= 0 || wait > 20*time.Second {
		t.Errorf("the limit for all: %q, %v", which, wait)
	}
	if which, _ := l.admit("v", "e", now.Add(21*time.Second)); which != "" {
		t.Errorf("after the wait: %q", which)
	}
}

// The count of sessions outlives the process, and stops before Discord resets the
// token.
func TestStartsAreCounted(t *testing.T) {
	store := NewMemoryStore(0)
	clock := time.Unix(1_790_000_000, 0)
	now := func() time.Time { return clock }
	store.now = now
	quiet := func(string, ...any) {}
	taken := 0
	for range 3 { // restarts
		s := newStarts(store, 1, 5*time.Second, now, quiet)
		for range 400 {
			if wait := s.take(t.Context(), 0); wait > 5*time.Second {
				break
			} else if wait > 0 {
				t.Fatalf("waits %v", wait)
			}
			s.sent()
			taken++
			if wait := s.take(t.Context(), 1); wait != 5*time.Second {
				t.Fatalf("a second start at once: waits %v", wait)
			}
			clock = clock.Add(5 * time.Second)
		}
	}
	if taken != startsPerDay {
		t.Errorf("%d sessions in a day, want %d", taken, startsPerDay)
	}
	clock = clock.Add(24 * time.Hour)
	down := newStarts(store, 1, 5*time.Second, now, quiet)
	for range 2000 { // a gateway that can't be reached
		if wait := down.take(t.Context(), 0); wait > 0 {
			t.Fatalf("after attempts that sent nothing: waits %v", wait)
		}
		clock = clock.Add(time.Minute)
	}
	if n := down.count(); n != 0 {
		t.Errorf("%d sessions were counted, none was begun", n)
	}
	clock = clock.Add(24 * time.Hour)
	if wait := newStarts(store, 1, 5*time.Second, now, quiet).take(t.Context(), 0); wait != 0 {
		t.Errorf("the next day: waits %v", wait)
	}
	store = NewMemoryStore(0)
	store.now = now
	told := newStarts(store, 16, 5*time.Second, now, quiet)
	told.told(t.Context(), 50, time.Hour)
	if wait := told.take(t.Context(), 0); wait < 59*time.Minute {
		t.Errorf("Discord's own count is not heeded: waits %v", wait)
	}
}
