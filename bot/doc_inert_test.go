package bot

import (
	"context"
	"errors"
	"testing"

	"crisisbot/bot/discordtest"
)

// The asker's own address and the one of our own words show in full, as code; an
// address from anywhere else does not, and what hides in one stays there.
func TestInert(t *testing.T) {
	for _, c := range []struct{ said, own, want string }{
		{`"https://a.example/x?y=1": not found`, "https://a.example/x?y=1", "\"`https://a.example/x?y=1`\": not found"},
		{"http://10.0.0.1/ is refused: see https://evil.example/z.", "http://10.0.0.1/", "`http://10.0.0.1/` is refused: see [link]."},
		{"write it in full, such as https://example.org/news", "", "write it in full, such as `https://example.org/news`"},
		{"https://a.example/`<@1>`@everyone", "https://a.example/`<@1>`@everyone", "`https://a.example/'<@1>'@everyone`"},
		{"no address", "no", "no address"},
	} {
		g := &gate{}
		got := g.render(message{body: doc{{spans: inert(c.said, plain, c.own)}}}, "1")
		if g.withheld.Load() > 0 || len(got) != 1 || got[0].Content != c.want {
			t.Errorf("%q\ngot  %+v\nwant %q", c.said, got, c.want)
		}
	}
	if err := audit("`https://evil.example`", nil); err == nil {
		t.Error("code that is not ours passes")
	}
}

type refusingFeeder struct{ fakeFeeder }

func (*refusingFeeder) AddFeed(context.Context, string) (string, int, error) {
	return "", 0, errors.New("http://169.254.169.254/feed is not in the public network, and moved to http://10.9.8.7/x")
}

func TestRefusedAddressIsNamed(t *testing.T) {
	t.Parallel()
	w := start(t, discordtest.Options{}, func(o *Options) { o.Feeder = &refusingFeeder{} })
	r := w.answer(w.manager().Ask(w.general, "/crisis-admin feeds add", opt("url", "http://169.254.169.254/feed")))
	wants(t, r.Text(), "`http://169.254.169.254/feed` is not in the public network, and moved to [link]")
}
