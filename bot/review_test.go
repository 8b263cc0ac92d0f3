package bot

import (
	"testing"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// A reviewing answerer refuses what the real one would.
type reviewing struct {
	*fakeAnswerer
	real *qa.Answerer
}

func (r reviewing) Review(kind qa.Kind, q qa.Question) error { return r.real.Review(kind, q) }

// What can't be asked is told to the asker alone, and so is an answer to small talk;
// nothing is asked then.
func TestReview(t *testing.T) {
	t.Parallel()
	lib := retrieval.New(nil)
	if _, err := lib.Add(t.Context(), article.Article{ID: "a1", Title: "Snow in Geneva", Publisher: "The Moscow Times", Published: "2021-12-02", Text: "Snow in Geneva\n\nSnow fell in Geneva on Wednesday, the ministry said."}); err != nil {
		t.Fatal(err)
	}
	var fake *fakeAnswerer
	w := start(t, discordtest.Options{}, func(o *Options) {
		fake = o.Answerer.(*fakeAnswerer)
		o.Answerer = reviewing{fake, qa.New(lib, qa.Options{})}
	})
	for _, c := range []struct {
		command string
		options []discordtest.Option
		want    string
	}{
		{"/ask", []discordtest.Option{opt("question", "Who met?"), opt("since", "soonish")}, "is no date"},
		{"/ask", []discordtest.Option{opt("question", "Who met?"), opt("since", "2021-12-05"), opt("until", "2021-12-01")}, "before it begins"},
		{"/ask", []discordtest.Option{opt("question", "Who met?"), opt("source", "The Nowhere Gazette")}, "no publisher"},
		{"/ask", []discordtest.Option{opt("question", "Who met?"), opt("article", "zzz")}, "no article"},
		{"/ask", []discordtest.Option{opt("question", "Who met on 31 February 2021?")}, "does not exist"},
		{"/ask", []discordtest.Option{opt("question", "🙂🙂")}, "holds no word"},
		{"/ask", []discordtest.Option{opt("question", "Hello there!")}, "/help shows"},
		{"/summary", []discordtest.Option{opt("topic", "snow"), opt("since", "soonish")}, "is no date"},
		{"/summary", []discordtest.Option{opt("topic", "🙂")}, "holds no word"},
		{"/timeline", []discordtest.Option{opt("since", "2021-12-05"), opt("until", "2021-12-01")}, "before it begins"},
		{"/check", []discordtest.Option{opt("claim", "Snow fell."), opt("until", "soonish")}, "is no date"},
		{"/check", []discordtest.Option{opt("claim", "Who met in Geneva?")}, "only a statement can be checked"},
	} {
		r := w.answer(w.ann.Ask(w.general, c.command, c.options...))
		wants(t, r.Text(), c.want)
		if !r.First().Ephemeral() {
			t.Errorf("%s %v: told to all: %s", c.command, c.options, r.Text())
		}
	}
	fake.mu.Lock()
	defer fake.mu.Unlock()
	if len(fake.asked) > 0 {
		t.Errorf("asked %+v", fake.asked)
	}
}
