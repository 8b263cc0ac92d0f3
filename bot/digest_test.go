package bot

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/qa"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	r := w.answer(w.ann.Ask(w.general, "/summary", opt("topic", "the *talks*"), opt("since", "2021-11"), opt("length", "short")))
	wants(t, r.Text(), `Summary of "the \*talks\*", "", "2021-11" to "", "short"`, "> [1] “The ministry said", "2 citations, 2 origins")
	if r.First().Ephemeral() {
		t.Error("the summary is private")
	}
	wants(t, w.answer(w.ann.Click(r.First(), "Show passages")).Text(), "Snow fell.")
	w.reply(w.ann.Reply(r.First(), "And then?"))
	w.wantTurns("the *talks*, 2021-11")

	suggested, err := w.ann.Complete(w.general, "/summary", "article", "number 17").WaitReply(within(t))
	if err != nil || len(suggested.Choices) != 1 {
		t.Fatalf("suggestions %+v, %v", suggested.Choices, err)
	}
	private := w.answer(w.ann.Ask(w.general, "/summary", opt("article", suggested.Choices[0].Value), opt("private", true)))
	wants(t, private.Text(), `Summary of "", "article-17"`)
	if !private.First().Ephemeral() {
		t.Error("a private summary is seen by all")
	}
	wants(t, w.answer(w.ann.Click(private.First(), "Share with the channel")).Text(), "Shared by ann, who asked: Kyiv story number 17")

	for _, c := range []struct{ topic, want string }{
		{" ", "Give a topic, an article or a period."},
		{"?!", "The topic holds no word: write what you want to know."},
		{"panic", "Something broke"},
	} {
		wants(t, w.answer(w.ann.Ask(w.general, "/summary", opt("topic", c.topic))).Text(), c.want)
	}
	for _, o := range []discordtest.Option{opt("topic", strings.Repeat("x", maxQuestion+1)), opt("length", "endless")} {
		if _, err := w.ann.Ask(w.general, "/summary", o).WaitReply(within(t)); err == nil {
			t.Errorf("%s %.10v is taken", o.Name, o.Value)
		}
	}
	wants(t, w.answer(w.ann.Ask(w.general, "/help")).Text(), "**/summary**", "**/timeline**")
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	r := w.answer(w.ann.Ask(w.general, "/timeline", opt("topic", "*talks*"), opt("until", "2021-12")))
	wants(t, r.Text(), "- **1 January 2021** — Event 0 of \\*talks\\*, \"\" to \"2021-12\". [1]\n- **2 January 2021**", "[1] **The Example Times**", "3 citations")
	w.reply(w.ann.Reply(w.answer(w.ann.Ask(w.general, "/timeline")).First(), "And then?"))
	w.wantTurns("timeline")
	wants(t, w.answer(w.ann.Ask(w.general, "/timeline", opt("topic", "?!"))).Text(), "The topic holds no word")

	ukrainian := w.s.User("olha")
	ukrainian.Locale = "uk"
	w.guild.Join(ukrainian)
	wants(t, w.answer(ukrainian.Ask(w.general, "/timeline")).Text(), "**1 січня 2021 р.**")

	whole := func(r discordtest.Reply) bool { return strings.Contains(r.Text(), "60 citations") }
	long, err := w.ann.Ask(w.general, "/timeline", opt("topic", "many "+strings.Repeat("talks ", 20)), opt("private", true)).Wait(within(t), whole)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, long.Text(), "later events are left out")
	shared, err := w.ann.Click(long.Last(), "Share with the channel").Wait(within(t), whole)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, shared.Text(), "Shared by ann", "later events are left out")
}

// Whatever is shown and whatever is counted as left out are all events, within three
// messages, also below the line that says who shared them; each number shown has its
// article.
func TestLongTimelines(t *testing.T) {
	l := mustLanguages(t)
	left := regexp.MustCompile(`\n(\d+) later events? (?:is|are) left out`)
	for _, size := range []int{0, 40, 300, 1500} {
		for _, n := range []int{1, 2, 12, 60} {
			a := sampleAnswer(n)
			for i := range a.Statements {
				a.Statements[i].Date, a.Statements[i].Text = "2021-12", fmt.Sprintf("Event %d.%s", i, strings.Repeat(" word", size/5))
				a.Citations[i].ArticleID = fmt.Sprint(i % 7)
			}
			m := timelineMessage(l["en"], a, catalogue{since: "2021-11-01", until: "2021-12-22"})
			m.body = append(doc{note(strings.Repeat("y", spare-10))}, m.body...)
			parts := pack(m.body, m.tail, maxContent, maxMessages+1)
			got := strings.Join(parts, "\n")
			if len(parts) > maxMessages || strings.Contains(got, ellipsis) {
				t.Errorf("%d events of %d: %d messages:\n%s", n, size, len(parts), got)
			}
			shown, out := strings.Count(got, "- **December 2021**"), 0
			if found := left.FindStringSubmatch(got); found != nil {
				_, _ = fmt.Sscan(found[1], &out)
			}
			if shown < 1 || shown+out != n {
				t.Errorf("%d events of %d: %d shown, %d left out", n, size, shown, out)
			}
			for i := 1; i <= n; i++ {
				if c := strings.Count(got, marker(i)); c != 2 && i <= shown || c != 0 && i > shown {
					t.Errorf("%d events of %d: %s occurs %d times, %d are shown", n, size, marker(i), c, shown)
				}
			}
		}
	}
	none := qa.Answer{Text: "The articles date no event in this time.", Abstained: true, Reason: qa.OutsidePeriod, Nearest: sampleAnswer(1).Citations}
	m := timelineMessage(l["en"], none, catalogue{})
	wants(t, strings.Join(pack(m.body, m.tail, maxContent, maxMessages), "\n"), none.Text, "The nearest passages:")
}
