package bot

import (
	"fmt"
	"strings"
	"testing"

	"crisisbot/bot/discordtest"
)

func TestDiagnose(t *testing.T) {
	for _, c := range []struct {
		name    string
		options discordtest.Options
		change  func(*Options)
		rights  int64
		want    []string
	}{
		{"all well", discordtest.Options{}, nil, Rights, []string{"ok token", "ok intents", "ok gateway", "ok server Newsroom"}},
		{"no token", discordtest.Options{}, func(o *Options) { o.Token = "" }, Rights, []string{"bad token: there is none"}},
		{"wrong token", discordtest.Options{}, func(o *Options) { o.Token = "wrong" }, Rights, []string{"bad token: Discord refuses it"}},
		{"no intent", discordtest.Options{DenyIntents: 1 << 15}, nil, Rights, []string{"ok token", "bad intents: the Message Content Intent is off", "ok gateway", "ok server"}},
		{"without the intent", discordtest.Options{DenyIntents: 1 << 15}, func(o *Options) { o.NoMessageContent = true }, Rights, []string{"ok token", "ok intents", "ok gateway", "ok server"}},
		{"too few shards", discordtest.Options{MinShards: 4}, func(o *Options) { o.Shards = 2 }, Rights, []string{"ok token", "ok intents", "bad gateway: DISCORD_SHARDS is 2, Discord wants 4", "ok server"}},
		{"rights missing", discordtest.Options{}, nil, 1 << 10, []string{"ok token", "ok intents", "ok gateway", "bad server Newsroom: the bot lacks Send Messages, Create Public Threads"}},
		{"another guild", discordtest.Options{}, func(o *Options) { o.Guild = "12345" }, Rights, []string{"ok token", "ok intents", "ok gateway", "ok server Newsroom", "bad servers: the bot is not in DISCORD_GUILD_ID"}},
		{"wrong address", discordtest.Options{}, func(o *Options) { o.APIBase = "nowhere" }, Rights, []string{"bad address"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := discordtest.New(t, c.options)
			g := s.Guild("Newsroom")
			g.Everyone().SetPermissions(0)
			g.BotRole().SetPermissions(c.rights)
			o := Options{Token: s.Token(), APIBase: s.URL()}
			if c.change != nil {
				c.change(&o)
			}
			var got []string
			for _, f := range Diagnose(within(t), o) {
				verdict := "bad"
				if f.OK {
					verdict = "ok"
				}
				got = append(got, fmt.Sprintf("%s %s: %s", verdict, f.What, f.Text))
			}
			if len(got) != len(c.want) {
				t.Errorf("findings %q, want %q", got, c.want)
			}
			for i := range min(len(got), len(c.want)) {
				if !strings.HasPrefix(got[i], c.want[i]) {
					t.Errorf("finding %q, want %q", got[i], c.want[i])
				}
			}
			s.TakeViolations()
		})
	}
	if got := InviteURL("42"); !strings.Contains(got, "client_id=42&scope=bot+applications.commands&permissions=") {
		t.Error(got)
	}
}
