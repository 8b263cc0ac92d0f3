package bot

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// A Finding is one thing that Diagnose looked at.
type Finding struct {
	What string // such as "token"
	OK   bool
	Text string // what was found and, if it is not OK, what to do
}

// Rights are what the bot needs in a server, as Discord's permission bits.
const Rights = discordgo.PermissionViewChannel | discordgo.PermissionSendMessages | discordgo.PermissionCreatePublicThreads |
	discordgo.PermissionSendMessagesInThreads | discordgo.PermissionReadMessageHistory

var rightNames = []struct {
	bit  int64
	name string
}{
	{discordgo.PermissionViewChannel, "View Channels"}, {discordgo.PermissionSendMessages, "Send Messages"},
	{discordgo.PermissionCreatePublicThreads, "Create Public Threads"}, {discordgo.PermissionSendMessagesInThreads, "Send Messages in Threads"},
	{discordgo.PermissionReadMessageHistory, "Read Message History"},
}

// InviteURL is where somebody who manages a server adds the application to it, with
// the scopes and rights that the bot needs.
func InviteURL(application string) string {
	return "https://discord.com/oauth2/authorize?client_id=" + application + "&scope=bot+applications.commands&permissions=" + strconv.FormatInt(Rights, 10)
}

// Diagnose asks Discord whether a bot with these options could run: its token,
// intents, sessions left today and rights in its servers. Only Token, APIBase,
// Transport, Guild, Shards and NoMessageContent are used. It changes nothing.
func Diagnose(ctx context.Context, o Options) []Finding {
	if o.Token == "" {
		return []Finding{{"token", false, "there is none: set DISCORD_TOKEN to the token of your application, from the developer portal"}}
	}
	c, err := newClient(o.Token, o.APIBase, o.Transport)
	if err != nil {
		return []Finding{{"address", false, err.Error()}}
	}
	d := diagnosis{o: o, client: c}
	if len(c.paths) > 1 {
		_, _ = c.findGateway(ctx) // and so where the API lies; what fails shows below
	}
	if !d.token(ctx) {
		return d.found
	}
	d.intents(ctx)
	d.sessions(ctx)
	d.servers(ctx)
	return d.found
}

type diagnosis struct {
	o      Options
	client *client
	app    string
	found  []Finding
}

func (d *diagnosis) add(what string, ok bool, format string, args ...any) {
	d.found = append(d.found, Finding{what, ok, fmt.Sprintf(format, args...)})
}

func (d *diagnosis) get(ctx context.Context, url string, out any) error {
	return d.client.do(ctx, request{op: "look", method: http.MethodGet, url: url, repeat: true, tries: 3}, out)
}

func (d *diagnosis) token(ctx context.Context) bool {
	var me rawUser
	err := d.get(ctx, discordgo.EndpointUser("@me"), &me)
	var e *restError
	switch {
	case err == nil:
		d.add("token", true, "it belongs to %s", me.name())
		return true
	case errors.As(err, &e) && e.Status == http.StatusUnauthorized:
		d.add("token", false, "Discord refuses it: copy it anew from the developer portal into DISCORD_TOKEN")
	default:
		d.add("token", false, "can't be checked: %v", err)
	}
	return false
}

func (d *diagnosis) intents(ctx context.Context) {
	app, err := d.client.application(ctx)
	if err != nil {
		d.add("intents", false, "can't be checked: %v", err)
		return
	}
	d.app = app.ID
	const granted, limited = 1 << 18, 1 << 19 // GATEWAY_MESSAGE_CONTENT, the same below 100 servers
	switch {
	case d.o.NoMessageContent:
		d.add("intents", true, "none that is privileged is asked for; threads need a mention")
	case app.Flags&(granted|limited) == 0:
		d.add("intents", false, "the Message Content Intent is off: switch it on in the developer portal under Bot, or run without it")
	default:
		d.add("intents", true, "the Message Content Intent is on")
	}
}

func (d *diagnosis) sessions(ctx context.Context) {
	var bot struct {
		Shards int `json:"shards"`
		Limit  struct {
			Total      int `json:"total"`
			Remaining  int `json:"remaining"`
			ResetAfter int `json:"reset_after"`
		} `json:"session_start_limit"`
	}
	if err := d.get(ctx, discordgo.EndpointGatewayBot, &bot); err != nil {
		d.add("gateway", false, "can't be checked: %v", err)
		return
	}
	reset := (time.Duration(bot.Limit.ResetAfter) * time.Millisecond).Round(time.Minute)
	switch {
	case bot.Limit.Remaining < max(1, bot.Shards):
		d.add("gateway", false, "%d of %d new sessions are left today: wait %v", bot.Limit.Remaining, bot.Limit.Total, reset)
	case d.o.Shards > 0 && d.o.Shards < bot.Shards:
		d.add("gateway", false, "DISCORD_SHARDS is %d, Discord wants %d: raise it, or leave it out", d.o.Shards, bot.Shards)
	default:
		d.add("gateway", true, "%d of %d new sessions are left today; shards: %d", bot.Limit.Remaining, bot.Limit.Total, max(1, bot.Shards))
	}
}

// servers checks the rights that the bot's roles give it; single channels may take
// some away.
func (d *diagnosis) servers(ctx context.Context) {
	var guilds []struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		Permissions string `json:"permissions"`
	}
	if err := d.get(ctx, discordgo.EndpointUserGuilds("@me")+"?limit=200", &guilds); err != nil {
		d.add("servers", false, "can't be checked: %v", err)
		return
	}
	home := d.o.Guild == ""
	for _, g := range guilds {
		home = home || g.ID == d.o.Guild
		var missing []string
		if bits, err := strconv.ParseInt(g.Permissions, 10, 64); err == nil && bits&discordgo.PermissionAdministrator == 0 {
			for _, r := range rightNames {
				if bits&r.bit == 0 {
					missing = append(missing, r.name)
				}
			}
		}
		name := shorten(oneLine(clean(g.Name)), 60)
		if len(missing) > 0 {
			d.add("server "+name, false, "the bot lacks %s: give its role these rights", strings.Join(missing, ", "))
		} else {
			d.add("server "+name, true, "the bot has the rights that it needs")
		}
	}
	switch {
	case len(guilds) == 0:
		d.add("servers", false, "the bot is in none: invite it with %s", InviteURL(d.app))
	case !home:
		d.add("servers", false, "the bot is not in DISCORD_GUILD_ID: invite it with %s, or correct the id", InviteURL(d.app))
	}
}
