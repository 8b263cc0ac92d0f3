package discordtest

import (
	"fmt"
	"slices"
	"strconv"
)

// Channel types.
const (
	channelText          = 0
	channelDM            = 1
	channelPublicThread  = 11
	channelPrivateThread = 12
)

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
