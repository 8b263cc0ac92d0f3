package discordtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
)

type object = map[string]any

// Permission bits that the fake itself looks at.
const (
	permAdministrator  = 1 << 3
	permManageChannels = 1 << 4
	permManageGuild    = 1 << 5
	permView           = 1 << 10
	permSend           = 1 << 11
	permManageMessages = 1 << 13
	permEmbed          = 1 << 14
	permAttach         = 1 << 15
	permHistory        = 1 << 16
	permUseCommands    = 1 << 31
	permManageThreads  = 1 << 34
	permPublicThreads  = 1 << 35
	permPrivateThreads = 1 << 36
	permThreadSend     = 1 << 38

	// PermissionsEveryone is what @everyone may do in a new guild.
	PermissionsEveryone int64 = permView | permSend | permEmbed | permAttach | permHistory | permUseCommands |
		permPublicThreads | permPrivateThreads | permThreadSend
	permAll int64 = 1<<53 - 1
)

// Channel types.
const (
	channelText          = 0
	channelDM            = 1
	channelPublicThread  = 11
	channelPrivateThread = 12
)

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

// Channel is a text channel, a thread or a direct message channel.
type Channel struct {
	ID, Name string

	s          *Server
	guild      *Guild
	kind       int
	parent     *Channel
	starter    *message
	owner      *User
	recipient  *User // of a DM
	joined     []*User
	archived   bool
	locked     bool
	archive    int
	overwrites []overwrite
	messages   []*message
	typed      int
	deleted    bool
	changed    signal
}

type overwrite struct {
	id          string
	kind        int // 0 role, 1 member
	allow, deny int64
}

// Channel makes a text channel.
func (g *Guild) Channel(name string) *Channel {
	g.s.mu.Lock()
	defer g.s.mu.Unlock()
	c := &Channel{ID: g.s.id(), Name: name, s: g.s, guild: g, kind: channelText, changed: newSignal()}
	g.s.addChannel(c)
	g.s.dispatch(event{name: "CHANNEL_CREATE", guild: g.ID, intent: intentGuilds, body: c.json()})
	return c
}

func (s *Server) addChannel(c *Channel) {
	s.channels[c.ID] = c
	if c.guild != nil {
		c.guild.channels = append(c.guild.channels, c)
	}
}

// DM is the direct message channel between the user and the bot.
func (u *User) DM() *Channel {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	return u.s.dm(u)
}

func (s *Server) dm(u *User) *Channel {
	if u.dm == nil {
		u.dm = &Channel{ID: s.id(), s: s, kind: channelDM, recipient: u, changed: newSignal()}
		s.addChannel(u.dm)
	}
	return u.dm
}

// Allow overrides, in this channel, what a role or a user may do.
func (c *Channel) Allow(who any, allow, deny int64) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	o := overwrite{allow: allow, deny: deny}
	switch who := who.(type) {
	case *Role:
		o.id = who.ID
	case *User:
		o.id, o.kind = who.ID, 1
	default:
		panic(fmt.Sprintf("discordtest: Allow takes a *Role or a *User, not %T", who))
	}
	c.overwrites = append(slices.DeleteFunc(c.overwrites, func(p overwrite) bool { return p.id == o.id }), o)
	c.s.dispatch(event{name: "CHANNEL_UPDATE", guild: c.guildID(), intent: intentGuilds, body: c.json()})
}

// Drop deletes the channel.
func (c *Channel) Drop() {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.deleted = true
	name := "CHANNEL_DELETE"
	if c.thread() {
		name = "THREAD_DELETE"
	}
	c.s.dispatch(event{name: name, guild: c.guildID(), intent: intentGuilds, body: c.json()})
	delete(c.s.channels, c.ID)
	if c.guild != nil {
		c.guild.channels = slices.DeleteFunc(c.guild.channels, func(d *Channel) bool { return d == c })
	}
}

// ChannelByID finds a channel or thread, nil when there is none.
func (s *Server) ChannelByID(id string) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channels[id]
}

// Threads lists the threads under the channel, oldest first.
func (c *Channel) Threads() []*Channel {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	var out []*Channel
	if c.guild != nil {
		for _, t := range c.guild.channels {
			if t.parent == c {
				out = append(out, t)
			}
		}
	}
	return out
}

// Typed counts the typing signs that the bot has shown in the channel.
func (c *Channel) Typed() int {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.typed
}

// IsPrivateThread reports whether only its members see the thread.
func (c *Channel) IsPrivateThread() bool { return c.kind == channelPrivateThread }

func (c *Channel) thread() bool { return c.kind >= 10 && c.kind <= 12 }

func (c *Channel) guildID() string {
	if c.guild == nil {
		return ""
	}
	return c.guild.ID
}

func (c *Channel) json() object {
	o := object{"id": c.ID, "type": c.kind, "flags": 0, "last_message_id": nil}
	if n := len(c.messages); n > 0 {
		o["last_message_id"] = c.messages[n-1].now.ID
	}
	if c.kind == channelDM {
		o["recipients"] = []object{c.recipient.json()}
		return o
	}
	o["guild_id"], o["name"], o["nsfw"], o["topic"], o["position"], o["rate_limit_per_user"] = c.guild.ID, c.Name, false, nil, slices.Index(c.guild.channels, c), 0
	list := []object{}
	for _, w := range c.overwrites {
		list = append(list, object{"id": w.id, "type": w.kind, "allow": strconv.FormatInt(w.allow, 10), "deny": strconv.FormatInt(w.deny, 10)})
	}
	o["permission_overwrites"] = list
	if c.thread() {
		o["parent_id"], o["owner_id"], o["message_count"], o["member_count"] = c.parent.ID, c.owner.ID, len(c.messages), len(c.joined)
		o["thread_metadata"] = object{"archived": c.archived, "locked": c.locked, "auto_archive_duration": c.archive,
			"archive_timestamp": "2026-01-01T00:00:00+00:00", "invitable": true}
	}
	return o
}

// permissions computes what the user may do in the channel, as Discord does:
// roles, then the overwrites of @everyone, of the roles and of the member.
func (s *Server) permissions(u *User, c *Channel) int64 {
	if c.guild == nil {
		if u == c.recipient || u == s.bot {
			return permAll &^ (permAdministrator | permManageGuild)
		}
		return 0
	}
	m := c.guild.member(u.ID)
	if m == nil {
		return 0
	}
	if c.guild.owner == u {
		return permAll
	}
	p := c.guild.roles[0].permissions
	for _, r := range m.roles {
		p |= r.permissions
	}
	if p&permAdministrator != 0 {
		return permAll
	}
	from := c
	if c.thread() {
		from = c.parent
	}
	var allow, deny int64
	for _, w := range from.overwrites {
		switch {
		case w.id == c.guild.ID:
			p = p&^w.deny | w.allow
		case w.kind == 0 && slices.ContainsFunc(m.roles, func(r *Role) bool { return r.ID == w.id }):
			allow, deny = allow|w.allow, deny|w.deny
		}
	}
	p = p&^deny | allow
	for _, w := range from.overwrites {
		if w.kind == 1 && w.id == u.ID {
			p = p&^w.deny | w.allow
		}
	}
	if p&permView == 0 {
		return 0
	}
	return p
}

// Attachment is a file that the fake serves.
type Attachment struct {
	ID, Name, ContentType string
	Body                  []byte

	url string
}

// Attach stores a file that a user can send with a message or an option.
func (s *Server) Attach(name, contentType string, body []byte) *Attachment {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attach(name, contentType, body)
}

func (s *Server) attach(name, contentType string, body []byte) *Attachment {
	id := s.id()
	a := &Attachment{ID: id, Name: name, ContentType: contentType, Body: body, url: s.base + "/attachments/1/" + id + "/" + url.PathEscape(name)}
	s.attachments[id] = a
	return a
}

func (a *Attachment) json() object {
	return object{"id": a.ID, "filename": a.Name, "size": len(a.Body), "url": a.url, "proxy_url": a.url, "content_type": a.ContentType}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("discordtest: %v", err)) // only values of our own making come here
	}
	return b
}
