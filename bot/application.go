package bot

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
)

// An application is what Discord says of the one that a token belongs to.
type application struct {
	ID    string   `json:"id"`
	Flags int      `json:"flags"`
	Owner *rawUser `json:"owner"` // of one without a team
	Team  *struct {
		Owner   string `json:"owner_user_id"`
		Members []struct {
			User  *rawUser `json:"user"`
			State int      `json:"membership_state"`
			Role  string   `json:"role"`
		} `json:"members"`
	} `json:"team"`
}

// application asks Discord for the application.
func (c *client) application(ctx context.Context) (application, error) {
	var first error
	for _, endpoint := range []string{discordgo.EndpointApplications + "/@me", discordgo.EndpointOAuth2Applications + "/@me"} {
		var raw json.RawMessage
		var app application
		err := c.do(ctx, request{op: "look at the application", method: http.MethodGet, url: endpoint, repeat: true, tries: 3}, &raw)
		if err == nil {
			_ = json.Unmarshal(raw, &app) // what can't be read counts as missing
			return app, nil
		}
		if first == nil {
			first = err
		}
	}
	return application{}, first
}

// operators are the users who run the application: its owner, or of its team the
// owner and those members who may administer or develop it.
func (a application) operators() []string {
	var ids []string
	add := func(id string) {
		if snowflake.MatchString(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if a.Team == nil {
		if a.Owner != nil {
			add(a.Owner.ID)
		}
		return ids
	}
	add(a.Team.Owner)
	const accepted = 2
	for _, m := range a.Team.Members {
		if m.User != nil && m.State == accepted && (m.Role == "admin" || m.Role == "developer") {
			add(m.User.ID)
		}
	}
	return ids
}

// introduce asks Discord who the bot is and who runs it, before the gateway says so
// or where it doesn't. What fails is done without.
func (b *Bot) introduce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	app, err := b.gate.client.application(ctx)
	if err != nil {
		b.o.Log.Warn("can't ask Discord who runs the application: only the owners in the settings count", "error", err)
	} else {
		operators := app.operators()
		b.operators.Store(&operators)
	}
	var me rawUser
	if err := b.gate.client.do(ctx, request{op: "look at the bot", method: http.MethodGet, url: discordgo.EndpointUser("@me"), repeat: true, tries: 2}, &me); err != nil {
		b.o.Log.Warn("can't ask Discord who the bot is", "error", err)
	}
	if me.ID == "" {
		me.ID = app.ID // a bot has the id of its application, but for very old ones
	}
	known(&b.self, me.ID)
	known(&b.app, app.ID)
}

// known stores an id that makes sense.
func known(p *atomic.Pointer[string], id string) {
	if plausibleID.MatchString(id) {
		p.Store(&id)
	}
}
