package bot

import (
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

func TestFeeds(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, nil)
	mia := w.manager()
	do := func(command string, options ...discordtest.Option) string {
		t.Helper()
		r := w.answer(mia.Ask(w.general, "/crisis-admin feeds "+command, options...))
		if !r.First().Ephemeral() {
			t.Errorf("%s is shown to all", command)
		}
		return r.Text()
	}
	const wire, old = "https://news.example/wire.xml?a=1&b=_2_", "https://old.example/feed"
	long := "https://long.example/" + strings.Repeat("x", 120)
	wants(t, do("list"), "I follow no feed")
	wants(t, do("add", opt("url", "https://news.example/refuse")), "No feed that can be read.")
	wants(t, do("add", opt("url", wire)), "It has 12 items", "**The \\*Wire\\* @", "<https://news.example/wire.xml?a=1&b=_2_>")
	do("add", opt("url", long))
	at := time.Date(2026, 11, 29, 15, 4, 0, 0, time.UTC)
	w.feeds.all = append(w.feeds.all, Feed{URL: old, Fixed: true, Visited: at, Articles: 1, Refused: 2, Next: at.Add(15 * time.Minute)},
		Feed{URL: "https://gone.example/feed", Visited: at, Problem: "the server answers with 404: see https://evil.example/x", Next: at.Add(time.Hour)})
	list := do("list")
	wants(t, list, "**Feeds (4)**", "- <"+wire+"> — not read yet",
		"- <"+old+"> — read 29 November 2026, 15:04 UTC: 1 new article, 2 items refused; next 29 November 2026, 15:19 UTC; set by the operator",
		"could not be read 29 November 2026, 15:04 UTC: the server answers with 404")
	if strings.Contains(list, "evil.example") {
		t.Errorf("an error's address is shown: %s", list)
	}
	choices := func(typed string) (names []string) {
		t.Helper()
		r, err := mia.Complete(w.general, "/crisis-admin feeds remove", "feed", typed).WaitReply(within(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Choices {
			names = append(names, c.Name)
		}
		return names
	}
	if got := strings.Join(choices("WIRE"), "; "); got != "news.example · wire.xml?a=1&b=_2_" {
		t.Errorf("choices %s", got)
	}
	if got := choices("old"); len(got) != 0 {
		t.Errorf("a feed of the settings is offered: %s", got)
	}
	wants(t, do("remove", opt("feed", old)), "only be removed there")
	wants(t, do("remove", opt("feed", "https://other.example")), "don’t follow such a feed")
	wants(t, do("remove", opt("feed", wire)), "its articles stay", "<"+wire+">")
	wants(t, do("remove", opt("feed", feedKey(long))), "its articles stay")
	wants(t, do("list"), "**Feeds (2)**")
	if got, err := w.ann.Complete(w.general, "/summary", "topic", "talks").WaitReply(within(t)); err != nil || len(got.Choices) != 1 || got.Choices[0].Name != "talks in Geneva" {
		t.Errorf("topics %+v, %v", got.Choices, err)
	}
}

// Who runs the application, as Discord says, may do everything: its owner, or of its
// team those who accepted to administer or develop it.
func TestOperators(t *testing.T) {
	t.Parallel()
	for _, team := range []bool{false, true} {
		may := map[string]bool{"olga": true, "ada": team, "dev": team, "reader": false, "invited": false, "ann": false}
		users := map[string]*discordtest.User{}
		w := prepare(t, discordtest.Options{}, nil)
		for name := range may {
			users[name] = w.s.User(name)
		}
		if team {
			w.s.Own(users["olga"], discordtest.TeamMember{User: users["ada"], Role: "admin"}, discordtest.TeamMember{User: users["dev"], Role: "developer"},
				discordtest.TeamMember{User: users["reader"], Role: "read_only"}, discordtest.TeamMember{User: users["invited"], Role: "admin", Invited: true})
		} else {
			w.s.Own(users["olga"])
		}
		w.run()
		if err := w.s.WaitConnected(within(t)); err != nil {
			t.Fatal(err)
		}
		for name, u := range users {
			as := w.b.rank(&interaction{user: u.ID})
			if (as == owner) != may[name] {
				t.Errorf("team %v: %s has rank %d", team, name, as)
			}
		}
	}
}
