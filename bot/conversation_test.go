package bot

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

// turns returns the earlier questions that came with the last question.
func (w *world) turns() string {
	q := w.qa.questions()
	var out []string
	for _, t := range q[len(q)-1].History {
		out = append(out, t.Question)
	}
	return strings.Join(out, " | ")
}

func (w *world) wantTurns(want string) {
	w.t.Helper()
	if got := w.turns(); got != want {
		w.t.Errorf("earlier turns %q, want %q", got, want)
	}
}

func TestConversations(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	bob := w.s.User("bob")
	w.guild.Join(bob)
	bot := w.s.Bot()

	first := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "One?"))).First()
	second := w.reply(w.ann.Reply(first, "Two?"))
	w.wantTurns("One?")
	w.reply(bob.Reply(second, "Three?"))
	w.wantTurns("One? | Two?")

	w.reply(w.ann.Say(w.general, bot.Mention()+" Four?"))
	w.wantTurns("")
	if q := w.qa.questions(); q[len(q)-1].Text != "Four?" {
		t.Errorf("asked %q", q[len(q)-1].Text)
	}

	w.reply(w.ann.Say(w.ann.DM(), "Five?"))
	w.reply(w.ann.Say(w.ann.DM(), "Six?"))
	w.wantTurns("Five?")
	w.reply(bob.Say(bob.DM(), "Seven?"))
	w.wantTurns("")

	private := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Eight?"), opt("private", true)))
	if !private.First().Ephemeral() {
		t.Error("not private")
	}
	w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Nine?"), opt("private", true)))
	w.wantTurns("")

	other := w.s.Guild("Elsewhere")
	there := other.Channel("general")
	other.Join(w.ann)
	w.answer(w.ann.Ask(there, "/ask", opt("question", "Ten?")))
	w.wantTurns("")
	wants(t, w.reply(w.ann.Say(w.general, bot.Mention())).Content, "What would you like to know?")
}

func TestThreads(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	answer := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "What now?"))).First()
	opened := w.answer(w.ann.Click(answer, "Continue in a thread"))
	threads := w.general.Threads()
	if len(threads) != 1 {
		t.Fatalf("%d threads", len(threads))
	}
	thread := threads[0]
	wants(t, opened.Text(), "Go on here: <#"+thread.ID+">")
	if thread.Name != "What now?" || !opened.First().Ephemeral() {
		t.Errorf("thread %q", thread.Name)
	}
	wants(t, thread.History()[0].Content, "Ask on")
	w.reply(w.ann.Say(thread, "And then?"))
	w.wantTurns("What now?")
	w.answer(w.ann.Ask(thread, "/ask", opt("question", "By command?")))
	w.wantTurns("What now? | And then?")
	if got := w.answer(w.ann.Click(answer, "Continue in a thread")); !strings.Contains(got.Text(), "done already") {
		t.Errorf("a second thread: %s", got.Text())
	}

	// Nothing is said where nobody asked.
	bob := w.s.User("bob")
	w.guild.Join(bob)
	asked := len(w.qa.questions())
	before := len(w.general.History()) + len(thread.History())
	w.ann.Say(w.general, "Just talking.")
	w.ann.Say(w.general, "@everyone lunch?")
	w.ann.Say(thread, bob.Mention()+" what do you think?")
	w.ann.Reply(w.ann.Say(thread, bob.Mention()+" yes?").Message, "no")
	spam := w.s.OtherBot("spam")
	w.guild.Join(spam)
	spam.Say(w.general, w.s.Bot().Mention()+" hello?")
	w.reply(w.ann.Say(w.general, w.s.Bot().Mention()+" the last one?")) // all before it was seen
	time.Sleep(100 * time.Millisecond)
	if got := len(w.qa.questions()) - asked; got != 1 {
		t.Errorf("%d questions were answered, one was asked", got)
	}
	if got := len(w.general.History()) + len(thread.History()) - before; got != 8 {
		t.Errorf("%d messages appeared, want the 7 said and one answer", got)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	store := NewMemoryStore(0)
	w := start(t, discordtest.Options{}, func(o *Options) { o.Store = store })
	bob := w.s.User("bob")
	w.guild.Join(bob)
	answer := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "A secret of ann?"))).First()
	w.reply(bob.Reply(answer, "A question of bob?"))
	w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Another secret?"), opt("private", true)))
	shown := w.answer(w.ann.Ask(w.general, "/mydata show"))
	wants(t, shown.Text(), "I keep 2 questions", "A secret of ann?", "Another secret?")
	if !shown.First().Ephemeral() || strings.Contains(shown.Text(), "bob") {
		t.Error("what is kept was shown to others, or shows others' questions")
	}
	wants(t, w.answer(w.ann.Ask(w.general, "/mydata forget")).Text(), "Forgotten: 2 questions")
	wants(t, w.answer(w.ann.Ask(w.general, "/mydata show")).Text(), "nothing about you")
	wants(t, w.answer(w.ann.Click(answer, "Show passages")).Text(), "no longer have this answer")
	wants(t, w.answer(bob.Ask(w.general, "/mydata show")).Text(), "A question of bob?")
	keys, _ := store.Keys(t.Context(), "")
	for _, k := range keys {
		v, _ := store.Get(t.Context(), k)
		if strings.Contains(k+string(v), "secret") || strings.Contains(k+string(v), w.ann.ID) {
			t.Errorf("left of ann: %s = %s", k, v)
		}
	}
	button := w.answer(bob.Ask(w.general, "/mydata show")).First()
	wants(t, w.answer(bob.Click(button, "Forget all of it")).Text(), "Forgotten: 1 question")
	w.guild.Expel()
	for range 100 {
		if keys, _ = store.Keys(t.Context(), ""); len(keys) <= 2 { // the count of sessions, the commands
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if len(keys) > 2 {
		t.Errorf("left after the bot was expelled: %v", keys)
	}
}

// Answers that quote an article that was removed are gone with it, and what led to
// them; those in the same conversation that don't quote it stay.
func TestForgetArticle(t *testing.T) {
	store := NewMemoryStore(0)
	l := &ledger{store: store, keep: time.Hour, now: time.Now}
	ctx := t.Context()
	for i, quoted := range []string{"removed", "kept", "removed"} {
		a := sampleAnswer(1)
		a.Citations[0].ArticleID = quoted
		a.Text = "canary-" + quoted
		id := fmt.Sprint("r", i)
		if err := errors.Join(l.add(ctx, record{ID: id, Conversation: "dm/1", Channel: "1", User: "42", Guild: "8", Answer: a}), l.show(ctx, id, "1", fmt.Sprint("m", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.fork(ctx, "dm/1", "thread/5"); err != nil {
		t.Fatal(err)
	}
	if n, err := l.forgetArticle(ctx, "removed"); n != 2 || err != nil {
		t.Errorf("%d answers, %v", n, err)
	}
	keys, _ := store.Keys(ctx, "")
	for _, k := range keys {
		v, _ := store.Get(ctx, k)
		if strings.Contains(string(v), "removed") || strings.Contains(string(v), "r0") || strings.Contains(string(v), "r2") {
			t.Errorf("left: %s = %s", k, v)
		}
	}
	for _, c := range []string{"dm/1", "thread/5"} {
		if turns, err := l.history(ctx, c); len(turns) != 1 || err != nil || turns[0].Answer.Text != "canary-kept" {
			t.Errorf("%s: %d turns, %v", c, len(turns), err)
		}
	}
	if n, err := l.forgetGuild(ctx, "8"); n != 1 || err != nil {
		t.Errorf("forgetting the guild: %d, %v", n, err)
	}
	if keys, _ := store.Keys(ctx, ""); len(keys) != 0 {
		t.Errorf("left: %v", keys)
	}
}

// Showing and forgetting what is kept of one user takes no longer when much is kept of
// others.
func BenchmarkLedgerOf(b *testing.B) {
	l := &ledger{store: NewMemoryStore(1 << 20), keep: time.Hour, now: time.Now}
	for i := range 20_000 {
		if err := l.add(b.Context(), record{ID: fmt.Sprint("r", i), User: fmt.Sprint(i % 5000), Answer: sampleAnswer(2)}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if mine, err := l.of(b.Context(), "42"); err != nil || len(mine) != 4 {
			b.Fatal(len(mine), err)
		}
	}
}

// A thread at an answer that was deleted meanwhile: the asker is told so, and the
// press isn't used up.
func TestThreadAtDeletedAnswer(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	answer := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Why?"))).First()
	press := w.ann.Click(answer, "Continue in a thread")
	w.s.Delete(answer)
	wants(t, w.answer(press).Text(), "was deleted")
}
