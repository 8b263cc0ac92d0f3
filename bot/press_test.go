package bot

import (
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/qa"
)

func TestButtons(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	bob := w.s.User("bob")
	w.guild.Join(bob)
	w.qa.make = func(q qa.Question) (qa.Answer, error) {
		a := sampleAnswer(5)
		a.Question = q.Text
		return a, nil
	}
	answer := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Why?"))).First()

	shown := w.answer(bob.Click(answer, "Show passages"))
	wants(t, shown.Text(), "Snow fell. **The ministry said on Wednesday that talks about item [1] would go on in Geneva.** Nobody left.", "Page 1 of 3")
	if !shown.First().Ephemeral() {
		t.Error("passages are shown to all")
	}
	wants(t, w.answer(bob.Click(shown.First(), "Next")).Text(), "Page 2 of 3", "item [3]")

	for _, label := range []string{"Useful", "Not useful", "Continue in a thread"} {
		wants(t, w.answer(bob.Click(answer, label)).Text(), "Only the person who asked")
	}
	press := w.ann.Click(answer, "Not useful")
	if r := w.answer(press); r.Modal == nil || r.Modal.Title != "What was wrong?" {
		t.Fatalf("modal %+v", r)
	}
	wants(t, w.answer(press.Submit(map[string]string{"reason": "an old figure"})).Text(), "Thank you")
	if s := w.b.Stats(); s.Useful != 0 || s.Useless != 1 {
		t.Errorf("useful %d, not useful %d", s.Useful, s.Useless)
	}
	second := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Again?"))).First()
	wants(t, w.answer(w.ann.Click(second, "Useful")).Text(), "Thank you")
	for _, step := range []struct {
		press           string
		useful, useless int64
	}{
		{"Useful", 1, 1}, {"Not useful", 0, 2}, {"Not useful", 0, 2}, {"Useful", 1, 1},
	} {
		press := w.ann.Click(second, step.press)
		r := w.answer(press)
		if r.Modal != nil {
			r = w.answer(press.Submit(map[string]string{"reason": "an old figure"}))
		}
		wants(t, r.Text(), "Thank you")
		if s := w.b.Stats(); s.Useful != step.useful || s.Useless != step.useless {
			t.Errorf("after %q: useful %d, not useful %d", step.press, s.Useful, s.Useless)
		}
	}
}

func TestShare(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	bob := w.s.User("bob")
	w.guild.Join(bob)
	private := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "For me?"), opt("private", true))).First()
	if len(bob.Sees(w.general)) != 0 {
		t.Fatal("bob sees a private answer")
	}
	shared := w.answer(w.ann.Click(private, "Share with the channel")).First()
	wants(t, shared.Content, "-# Shared by ann, who asked: For me?", "Answer to: For me?")
	if len(bob.Sees(w.general)) != 1 {
		t.Error("bob doesn't see the shared answer")
	}
	wants(t, w.answer(w.ann.Click(private, "Share with the channel")).Text(), "done already")
	w.reply(bob.Reply(shared, "And for me?"))
	w.wantTurns("For me?")
}

func TestAskAboutMessage(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	post := w.ann.Say(w.general, "They say 175,000 troops are there.")
	bob := w.s.User("bob")
	w.guild.Join(bob)
	modal := bob.MessageCommand("Ask about this message", post.Message)
	r := w.answer(modal)
	if r.Modal == nil {
		t.Fatalf("no modal: %+v", r)
	}
	answered := w.answer(modal.Submit(map[string]string{"question": "Are there 175,000 troops?"}))
	wants(t, answered.Text(), "Answer to: Are there 175,000 troops?")
	empty := w.ann.Say(w.general, " ")
	wants(t, w.answer(bob.MessageCommand("Ask about this message", empty.Message)).Text(), "no text")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	r := w.answer(w.ann.Ask(w.general, "/check", opt("claim", "There are 175,000 *troops*.")))
	wants(t, r.Text(), "> There are 175,000 \\*troops\\*.\n**Contradicted by the articles**\nThe articles give 94,000.", "> [1] “The ministry said", "1 citation, 1 origin")
	if r.First().Ephemeral() {
		t.Error("the verdict is private")
	}
	wants(t, w.answer(w.ann.Click(r.First(), "Show passages")).Text(), "Snow fell.")
	w.reply(w.ann.Reply(r.First(), "Says who?"))
	w.wantTurns("There are 175,000 *troops*.")

	bob := w.s.User("bob")
	w.guild.Join(bob)
	rumour := w.ann.Say(w.general, "There are *500,000* troops.")
	for _, call := range []string{" is this true?", "", " це правда?"} {
		wants(t, w.reply(bob.Reply(rumour.Message, w.s.Bot().Mention()+call)).Content, "> There are 500,000 troops.\n")
	}
	wants(t, w.reply(bob.Reply(rumour.Message, w.s.Bot().Mention()+" what of Crimea?")).Content, "Answer to: what of Crimea?")
	post := w.ann.Say(w.general, "They say both things.")
	checked := w.answer(bob.MessageCommand("Check this message", post.Message))
	wants(t, checked.Text(), "- “First \\*part\\*.” — **Supported by the articles** [1]", "— an opinion")
	wants(t, w.answer(bob.MessageCommand("Check this message", r.First())).Text(), "one of my own messages")
	if !checked.First().Ephemeral() {
		t.Error("the verdict on another's message is public")
	}
	wants(t, w.answer(bob.Click(checked.First(), "Share with the channel")).Text(), "Shared by bob", "Contradicted by the articles")
	wants(t, w.answer(w.ann.Ask(w.general, "/check", opt("claim", "panic"))).Text(), "Something broke")
	wants(t, w.answer(w.ann.Ask(w.general, "/help")).Text(), "**/check**")
}

// Without an optional part there are no commands that would need it.
func TestOnlyAnswers(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, func(o *Options) { o.Answerer = struct{ Answerer }{o.Answerer} })
	for _, name := range w.s.Commands(nil) {
		for _, optional := range []string{"check", "summary", "timeline"} {
			if strings.Contains(strings.ToLower(name), optional) {
				t.Errorf("%s is registered", name)
			}
		}
	}
	if got := w.answer(w.ann.Ask(w.general, "/help")).Text(); strings.Contains(got, "check") || strings.Contains(got, "/summary") || strings.Contains(got, "/timeline") {
		t.Errorf("help speaks of it: %s", got)
	}
}

// Statements that passed their check are shown while the rest is being written.
func TestProgress(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	w.qa.make = func(q qa.Question) (qa.Answer, error) {
		q.Progress(qa.Writing, nil, nil)
		time.Sleep(workingAfter + 200*time.Millisecond)
		a := sampleAnswer(2)
		q.Progress(qa.Checking, a.Statements[:1], a.Citations[:1])
		time.Sleep(workingEvery + 200*time.Millisecond)
		a.Question = q.Text
		return a, nil
	}
	i := w.ann.Ask(w.general, "/ask", opt("question", "Slowly?"))
	r, err := i.Wait(within(t), func(r discordtest.Reply) bool { return strings.Contains(r.Text(), "2 origins") })
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, m := range r.First().Earlier {
		states = append(states, m.Content)
	}
	wants(t, strings.Join(states, "\n==\n"), "-# Writing the answer…", "talks about item [1] would go on in Geneva.\n-# Checking the next statement…")
	if len(states) != 3 || strings.Contains(r.Text(), "Checking the next") {
		t.Errorf("states %q, then %s", states, r.Text())
	}
	if q := w.qa.questions()[0]; q.User == "" || strings.Contains(q.User, w.ann.ID) {
		t.Errorf("the asker's name for spending is %q", q.User)
	}
}

func TestSourcesAndHelp(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	list := w.answer(w.ann.Ask(w.general, "/sources"))
	wants(t, list.Text(), "**Articles (30)**", "Page 1 of 3", "Kyiv story number 29")
	next := w.answer(w.ann.Click(list.First(), "Next"))
	wants(t, next.Text(), "Page 2 of 3")
	opened := w.answer(w.ann.Choose(next.First(), "Open an article", "Kyiv story number 15"))
	wants(t, opened.Text(), "### Kyiv story number 15", "Gazeta\\.ru, 16 December 2021", "[open the article](<https://news.example/15>)", "First sentence. Second one.")
	wants(t, w.answer(w.ann.Click(opened.First(), "Back to the list")).Text(), "Page 2 of 3")
	w.library.mu.Lock()
	w.library.articles[29].Text = "Kyiv story number 29\n\ndate 2021-12-02\n\n" + strings.Repeat("A sentence of *some* length follows the one before it, and says [much](https://a.example). ", 40) + "\n\nThe very end of it is said here.\n"
	w.library.articles[29].Origin = "article-28"
	w.library.mu.Unlock()
	w.b.shelf.changed()
	first := w.answer(w.ann.Choose(w.answer(w.ann.Ask(w.general, "/sources")).First(), "Open an article", "Kyiv story number 29"))
	wants(t, first.Text(), "A sentence of some length", "says much.", "Page 1 of 3", "A copy of another report: The Example Times: Kyiv story number 28", "Quotations in other words than in that report, which are never cited: 2")
	third := w.answer(w.ann.Click(w.answer(w.ann.Click(first.First(), "Next")).First(), "Next"))
	wants(t, third.Text(), "The very end of it is said here.", "Page 3 of 3")
	wants(t, w.answer(w.ann.Click(third.First(), "Back to the list")).Text(), "Page 1 of 3", "Kyiv story number 20")
	wants(t, w.answer(w.ann.Ask(w.general, "/sources", opt("search", "gazeta 7"))).Text(), "Articles (3)")
	wants(t, w.answer(w.ann.Ask(w.general, "/sources", opt("search", "*nothing*"))).Text(), "No article matches “\\*nothing\\*”")
	help := w.answer(w.ann.Ask(w.general, "/help"))
	wants(t, help.Text(), "from 30 articles", "**/ask**", "for 1 day")
	if strings.Contains(help.Text(), "crisis-admin") {
		t.Error("a member is told of what managers may")
	}
	wants(t, w.answer(w.manager().Ask(w.general, "/help")).Text(), "**/crisis-admin** — is for you as a manager")
	if !help.First().Ephemeral() || !list.First().Ephemeral() {
		t.Error("help or the list is shown to all")
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	for _, c := range []struct {
		option, typed string
		n             int
		first         string
	}{
		{"source", "", 2, "Gazeta.ru"},
		{"source", "TIMES", 1, "The Example Times"},
		{"source", "nothing", 0, ""},
		{"article", "", 25, "article-29"},
		{"article", "number 3", 3, "article-3"},
	} {
		r, err := w.ann.Complete(w.general, "/ask", c.option, c.typed).WaitReply(within(t))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Choices) != c.n {
			t.Errorf("%s %q: %d choices, want %d", c.option, c.typed, len(r.Choices), c.n)
		}
		if c.option == "source" && c.n > 0 && r.Choices[0].Value != c.first {
			t.Errorf("%s %q: %+v", c.option, c.typed, r.Choices[0])
		}
	}
	long := strings.Repeat("long-id-", 30)
	w.library.mu.Lock()
	w.library.articles[0].ID, w.library.articles[0].Title = long, "An unusual story"
	w.library.mu.Unlock()
	w.b.shelf.changed()
	r, err := w.ann.Complete(w.general, "/ask", "article", "unusual").WaitReply(within(t))
	if err != nil || len(r.Choices) != 1 {
		t.Fatalf("choices %+v, %v", r.Choices, err)
	}
	w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Why?"), opt("article", r.Choices[0].Value)))
	if asked := w.qa.questions(); asked[len(asked)-1].Article != long {
		t.Errorf("asked of %q", asked[len(asked)-1].Article)
	}
	for _, r := range w.s.Requests() {
		if strings.HasSuffix(r.Route, "/callback") && strings.Contains(string(r.Body), `"type":8`) && !strings.Contains(string(r.Body), `"choices":[`) {
			t.Errorf("no list of choices in %s", r.Body)
		}
	}
}
