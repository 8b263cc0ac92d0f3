package bot

import (
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

// manager adds a member who may manage the guild.
func (w *world) manager() *discordtest.User {
	u := w.s.User("mia")
	w.guild.Join(u, w.guild.Role("managers", 1<<5))
	return u
}

func TestChannels(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	mia := w.manager()
	news := w.guild.Channel("news")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin channels list")).Text(), "in every channel")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin channels allow", opt("channel", news))).Text(), "<#"+news.ID+">")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin channels list")).Text(), "<#"+news.ID+">")

	refused := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Here?")))
	wants(t, refused.Text(), "not switched on", "<#"+news.ID+">")
	if !refused.First().Ephemeral() {
		t.Error("the refusal is shown to all")
	}
	wants(t, w.answer(w.ann.Ask(news, "/ask", opt("question", "There?"))).Text(), "Answer to: There?")
	w.ann.Say(w.general, w.s.Bot().Mention()+" here?")
	w.reply(w.ann.Say(news, w.s.Bot().Mention()+" there?"))
	time.Sleep(50 * time.Millisecond)
	for _, m := range w.ann.Sees(w.general) {
		if m.Author == w.s.Bot() && !m.Ephemeral() {
			t.Errorf("said where the bot is off: %s", m.Content)
		}
	}
	w.answer(mia.Ask(w.general, "/crisis-admin channels deny", opt("channel", news)))
	wants(t, w.answer(w.ann.Ask(w.general, "/ask", opt("question", "Here again?"))).Text(), "Answer to: Here again?")
	wants(t, w.answer(w.ann.Ask(news, "/ask", opt("question", "And there?"))).Text(), "switched off in this channel")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin channels list")).Text(), "every channel but these: <#"+news.ID+">")
	w.answer(mia.Ask(w.general, "/crisis-admin channels allow", opt("channel", news)))
	for _, c := range []*discordtest.Channel{news, w.general} { // it is on again, and not the only one
		wants(t, w.answer(w.ann.Ask(c, "/ask", opt("question", "Everywhere?"))).Text(), "Answer to: Everywhere?")
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	mia := w.manager()
	got := w.answer(mia.Ask(w.general, "/crisis-admin settings", opt("language", "uk"), opt("answers", "private"), opt("mentions", "off")))
	wants(t, got.Text(), "language Ukrainian, answers private, mentions off")
	r := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "In which language?")))
	wants(t, r.Text(), "першоджерела")
	if !r.First().Ephemeral() {
		t.Error("the answer is public")
	}
	if r := w.answer(w.ann.Ask(w.general, "/ask", opt("question", "For all?"), opt("private", false))); r.First().Ephemeral() {
		t.Error("the user's own word doesn't count")
	}
	w.ann.Say(w.general, w.s.Bot().Mention()+" now?")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin settings", opt("language", "auto"), opt("answers", "public"), opt("mentions", "on"))).Text(), "увімкнено")
	m := w.reply(w.ann.Say(w.general, w.s.Bot().Mention()+" and now?"))
	wants(t, m.Content, "Answer to: and now?")
}

func TestIngestAndRemove(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	mia := w.manager()
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin ingest")).Text(), "Give an address or attach a file")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin ingest", opt("url", "https://news.example/refuse"))).Text(), "The address answers with 404: check it.")
	file := w.s.Attach("story.txt", "text/plain", []byte("A title\n\nA story."))
	r := w.answer(mia.Ask(w.general, "/crisis-admin ingest", opt("file", file)))
	wants(t, r.Text(), "2 articles read:", "- **added** — A new \\*article\\*", "**refused** — Another*: no text*")
	last := w.ingests.got[len(w.ingests.got)-1]
	if last.Name != "story.txt" || string(last.Body) != "A title\n\nA story." || last.URL != "" {
		t.Errorf("ingested %+v", last)
	}

	ask := w.answer(mia.Ask(w.general, "/crisis-admin remove", opt("article", "article-3")))
	wants(t, ask.Text(), "Remove this article for good?", "Kyiv story number 3")
	if len(w.library.Articles()) != 30 {
		t.Fatal("removed without asking")
	}
	wants(t, w.answer(mia.Click(ask.First(), "Remove this article")).Text(), "Removed: Kyiv story number 3")
	if len(w.library.Articles()) != 29 {
		t.Error("not removed")
	}
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin remove", opt("article", "article-3"))).Text(), "no longer here")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin remove", opt("article", "kyiv story"))).Text(), "29 articles fit this")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin remove", opt("article", "number 17"))).Text(), "Remove this article for good?", "number 17")
	wants(t, w.answer(mia.Ask(w.general, "/crisis-admin stats")).Text(), "0 questions", "29 articles, 2 outlets", "1 of 1 connections live", "1234 tokens, 0.50 in the currency of your prices, by 2 people")
	if got := w.b.Stats(); got.Guilds != 1 || got.Ready != 1 || !w.b.Ready() {
		t.Errorf("stats %+v", got)
	}
}

// A right lost between asking and confirming is not used.
func TestRightsAreCheckedAtThePress(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	mia := w.manager()
	ask := w.answer(mia.Ask(w.general, "/crisis-admin remove", opt("article", "article-3")))
	w.guild.Join(mia) // without her role
	wants(t, w.answer(mia.Click(ask.First(), "Remove this article")).Text(), "only its managers")
	if len(w.library.Articles()) != 30 {
		t.Error("removed without the right")
	}
}
