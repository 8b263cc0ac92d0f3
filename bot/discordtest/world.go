package discordtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

type object = map[string]any

// User is an account. Set the exported fields before the first action.
type User struct {
	ID, Name string
	Bot      bool
	Locale   string // of the client; default "en-US"
	NoDMs    bool   // the bot may not write to this user first

	s  *Server
	dm *Channel
}

// User makes an account of a person.
func (s *Server) User(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newUser(name, false)
}

// OtherBot makes an account of another bot.
func (s *Server) OtherBot(name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newUser(name, true)
}

func (s *Server) newUser(name string, bot bool) *User {
	u := &User{ID: s.id(), Name: name, Bot: bot, Locale: "en-US", s: s}
	s.users[u.ID] = u
	return u
}

// Mention is the text that mentions the user.
func (u *User) Mention() string { return "<@" + u.ID + ">" }

func (u *User) json() object {
	return object{"id": u.ID, "username": u.Name, "global_name": u.Name, "discriminator": "0", "avatar": nil, "bot": u.Bot, "public_flags": 0}
}

// Guild is a server of Discord's, with @everyone and the bot in it.
type Guild struct {
	ID, Name string

	s        *Server
	owner    *User
	roles    []*Role
	members  []*member
	channels []*Channel
	gone     bool
	joined   time.Time
}

// Role is a role of a guild.
type Role struct {
	ID, Name string

	guild       *Guild
	permissions int64
}

type member struct {
	user   *User
	roles  []*Role
	joined time.Time
}

// Guild makes a guild that the bot has joined, owned by nobody the test knows.
func (s *Server) Guild(name string) *Guild {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Guild{ID: s.id(), Name: name, s: s, joined: s.now()}
	g.owner = s.newUser(name+" owner", false)
	g.roles = []*Role{{ID: g.ID, Name: "@everyone", guild: g, permissions: PermissionsEveryone}}
	g.members = []*member{{user: g.owner, joined: s.now()}}
	botRole := &Role{ID: s.id(), Name: s.bot.Name, guild: g, permissions: PermissionsEveryone}
	g.roles = append(g.roles, botRole)
	g.members = append(g.members, &member{user: s.bot, roles: []*Role{botRole}, joined: s.now()})
	s.guilds = append(s.guilds, g)
	s.dispatch(event{name: "GUILD_CREATE", guild: g.ID, intent: intentGuilds, body: g.full()})
	return g
}

// Owner is the user who owns the guild.
func (g *Guild) Owner() *User {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.owner
}

// Role makes a role with these permission bits.
func (g *Guild) Role(name string, permissions int64) *Role {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	r := &Role{ID: g.s.id(), Name: name, guild: g, permissions: permissions}
	g.roles = append(g.roles, r)
	g.s.dispatch(event{name: "GUILD_ROLE_CREATE", guild: g.ID, intent: intentGuilds, body: object{"guild_id": g.ID, "role": r.json()}})
	return r
}

// SetPermissions changes what the role's members may do.
func (r *Role) SetPermissions(permissions int64) {
	s := r.guild.s
	s.mu.Lock()
	defer s.mu.Unlock()
	r.permissions = permissions
	s.dispatch(event{name: "GUILD_ROLE_UPDATE", guild: r.guild.ID, intent: intentGuilds, body: object{"guild_id": r.guild.ID, "role": r.json()}})
}

// Everyone is the guild's @everyone role.
func (g *Guild) Everyone() *Role { return g.role(0) }

// BotRole is the role through which the bot holds its own permissions.
func (g *Guild) BotRole() *Role { return g.role(1) }

func (g *Guild) role(n int) *Role {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	return g.roles[n]
}

// Join makes users members, with these roles from now on.
func (g *Guild) Join(u *User, roles ...*Role) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	if m := g.member(u.ID); m != nil {
		m.roles = roles
		return
	}
	g.members = append(g.members, &member{user: u, roles: roles, joined: g.s.now()})
}

// Remove takes a member out of the guild.
func (g *Guild) Remove(u *User) {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.members = slices.DeleteFunc(g.members, func(m *member) bool { return m.user == u })
}

// Expel removes the bot from the guild: GUILD_DELETE.
func (g *Guild) Expel() {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.leave()
}

func (g *Guild) leave() {
	g.gone = true
	g.s.dispatch(event{name: "GUILD_DELETE", guild: g.ID, intent: intentGuilds, body: object{"id": g.ID}})
}

// Outage makes the guild unavailable for a moment, which is no leaving:
// GUILD_DELETE with unavailable set, then GUILD_CREATE.
func (g *Guild) Outage() {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	g.s.dispatch(event{name: "GUILD_DELETE", guild: g.ID, intent: intentGuilds, body: object{"id": g.ID, "unavailable": true}})
	g.s.dispatch(event{name: "GUILD_CREATE", guild: g.ID, intent: intentGuilds, body: g.full()})
}

func (g *Guild) member(id string) *member {
	for _, m := range g.members {
		if m.user.ID == id {
			return m
		}
	}
	return nil
}

func (s *Server) guild(id string) *Guild {
	for _, g := range s.guilds {
		if g.ID == id && !g.gone {
			return g
		}
	}
	return nil
}

func (r *Role) json() object {
	return object{"id": r.ID, "name": r.Name, "permissions": strconv.FormatInt(r.permissions, 10), "position": slices.Index(r.guild.roles, r),
		"color": 0, "hoist": false, "managed": false, "mentionable": false, "flags": 0}
}

func (m *member) json() object {
	roles := []string{}
	for _, r := range m.roles {
		roles = append(roles, r.ID)
	}
	return object{"user": m.user.json(), "nick": nil, "avatar": nil, "roles": roles, "joined_at": stamp(m.joined), "deaf": false, "mute": false, "flags": 0, "pending": false}
}

func (g *Guild) json() object {
	roles := []object{}
	for _, r := range g.roles {
		roles = append(roles, r.json())
	}
	return object{"id": g.ID, "name": g.Name, "owner_id": g.owner.ID, "roles": roles, "icon": nil, "emojis": []any{}, "stickers": []any{}, "features": []any{},
		"preferred_locale": "en-US", "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
		"premium_tier": 0, "nsfw_level": 0, "system_channel_flags": 0, "afk_timeout": 300}
}

func (g *Guild) full() object {
	o := g.json()
	channels, threads, members := []object{}, []object{}, []object{}
	for _, c := range g.channels {
		if c.thread() {
			threads = append(threads, c.json())
		} else {
			channels = append(channels, c.json())
		}
	}
	members = append(members, g.member(g.s.bot.ID).json())
	o["channels"], o["threads"], o["members"] = channels, threads, members
	o["joined_at"], o["large"], o["unavailable"], o["member_count"] = stamp(g.joined), false, false, len(g.members)
	o["voice_states"], o["presences"], o["stage_instances"], o["guild_scheduled_events"], o["soundboard_sounds"] = []any{}, []any{}, []any{}, []any{}, []any{}
	return o
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("discordtest: %v", err)) // only values of our own making come here
	}
	return b
}
