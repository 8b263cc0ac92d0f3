package discordtest

import (
	"net/http"
	"strconv"
	"strings"
)

func (c *call) postDM() (int, any) {
	var in struct {
		Recipient string `json:"recipient_id"`
	}
	if err := c.decode(&in); err != nil {
		return c.invalid("%v", err)
	}
	u := c.s.users[in.Recipient]
	if u == nil || u.Bot {
		return c.wrong(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	}
	return http.StatusOK, c.s.dm(u).json()
}

func (c *call) getGateway() (int, any) {
	return http.StatusOK, object{"url": strings.TrimSuffix(c.s.gatewayURL(), "/")}
}

func (c *call) getGatewayBot() (int, any) {
	s := c.s
	return http.StatusOK, object{"url": strings.TrimSuffix(s.gatewayURL(), "/"), "shards": s.o.MinShards,
		"session_start_limit": object{"total": s.o.IdentifyLimit, "remaining": max(0, s.o.IdentifyLimit-s.gate.identified), "reset_after": 86400000, "max_concurrency": s.o.MaxConcurrency}}
}

// A TeamMember is one of the team that an application belongs to.
type TeamMember struct {
	*User
	Role    string // "admin", "developer" or "read_only"
	Invited bool   // and has not accepted
}

// Own makes the application one of a user's or, with members, of a team that the user
// owns.
func (s *Server) Own(owner *User, team ...TeamMember) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner, s.team = owner, team
}

// operators are the owner and the team of the application as its object has them.
func (s *Server) operators() (owner, team any) {
	owner = object{"id": "1", "username": "owner", "discriminator": "0", "avatar": nil}
	if s.owner == nil {
		return owner, nil
	}
	if len(s.team) == 0 {
		return s.owner.json(), nil
	}
	members := []object{}
	for _, m := range append([]TeamMember{{s.owner, "admin", false}}, s.team...) {
		state := 2
		if m.Invited {
			state = 1
		}
		members = append(members, object{"user": m.json(), "team_id": "2", "membership_state": state, "role": m.Role, "permissions": []string{"*"}})
	}
	return object{"id": "2", "username": "team2", "discriminator": "0", "avatar": nil},
		object{"id": "2", "name": "team", "icon": nil, "owner_user_id": s.owner.ID, "members": members}
}

func (c *call) getApplication() (int, any) {
	s := c.s
	owner, team := s.operators()
	return http.StatusOK, object{"id": s.bot.ID, "name": s.bot.Name, "icon": nil, "description": "", "summary": "", "bot_public": true,
		"bot_require_code_grant": false, "verify_key": strings.Repeat("0", 64), "flags": s.appFlags(), "approximate_guild_count": len(s.guilds),
		"owner": owner, "team": team, "bot": s.bot.json(),
		"integration_types_config": object{"0": object{}}}
}

func (c *call) getSelf() (int, any) {
	o := c.s.bot.json()
	o["verified"], o["mfa_enabled"], o["locale"], o["flags"] = true, true, "en-US", 0
	return http.StatusOK, o
}

func (c *call) getMyGuilds() (int, any) {
	list := []object{}
	for _, g := range c.s.guilds {
		if !g.gone {
			list = append(list, object{"id": g.ID, "name": g.Name, "icon": nil, "owner": false, "features": []any{},
				"permissions": strconv.FormatInt(g.roles[0].permissions|g.roles[1].permissions, 10)})
		}
	}
	return http.StatusOK, list
}

func (c *call) getUser() (int, any) {
	u := c.s.users[c.id("user_id")]
	if u == nil {
		return refuse(http.StatusNotFound, 10013, "Unknown User")
	}
	return http.StatusOK, u.json()
}

// inGuild finds the route's guild; nil when the request was refused.
func (c *call) inGuild() (g *Guild, status int, out any) {
	if g = c.s.guild(c.id("guild_id")); g == nil {
		status, out = refuse(http.StatusNotFound, 10004, "Unknown Guild")
	}
	return
}

func (c *call) leaveGuild() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	g.leave()
	return http.StatusNoContent, nil
}

func (c *call) getGuild() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	return http.StatusOK, g.json()
}

func (c *call) listChannels(threads bool) (list []object, status int, out any) {
	g, status, out := c.inGuild()
	if g == nil {
		return nil, status, out
	}
	list = []object{}
	for _, ch := range g.channels {
		if ch.thread() == threads && (!threads || !ch.archived && c.s.canView(c.s.bot, ch)) {
			list = append(list, ch.json())
		}
	}
	return list, 0, nil
}

func (c *call) getChannels() (int, any) {
	list, status, out := c.listChannels(false)
	if list == nil {
		return status, out
	}
	return http.StatusOK, list
}

func (c *call) getActiveThreads() (int, any) {
	list, status, out := c.listChannels(true)
	if list == nil {
		return status, out
	}
	return http.StatusOK, object{"threads": list, "members": []any{}}
}

func (c *call) getRoles() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	list := []object{}
	for _, r := range g.roles {
		list = append(list, r.json())
	}
	return http.StatusOK, list
}

func (c *call) getMember() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	m := g.member(c.id("user_id"))
	if m == nil {
		return refuse(http.StatusNotFound, 10007, "Unknown Member")
	}
	return http.StatusOK, m.json()
}
