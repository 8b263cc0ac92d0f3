package discordtest

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Message flags.
const (
	flagSuppressEmbeds        = 1 << 2
	flagEphemeral             = 1 << 6
	flagLoading               = 1 << 7
	flagSuppressNotifications = 1 << 12
	flagVoice                 = 1 << 13
	flagComponentsV2          = 1 << 15
)

// Message is one state of a message. It is a copy: later edits don't show.
type Message struct {
	ID, ChannelID, GuildID string
	Author                 *User
	Content                string
	Embeds                 []Embed
	Components             []Component
	Attachments            []*Attachment
	Flags                  int
	ReplyTo                string    // id of the message that this one answers
	OnlyFor                *User     // the only reader of an ephemeral message, else nil
	At                     time.Time // of this state, by the server's clock
	Deleted                bool
	Earlier                []Message // the states before this one, oldest first, themselves without Earlier
}

// Ephemeral reports whether one user alone sees the message.
func (m Message) Ephemeral() bool { return m.OnlyFor != nil }

// Loading reports whether the message is a deferred reply: "is thinking".
func (m Message) Loading() bool { return m.Flags&flagLoading != 0 }

// Text is all that can be read in the message: content, embeds, text displays
// and attachment names, in order, one a line.
func (m Message) Text() string {
	var b []string
	add := func(s ...string) {
		for _, t := range s {
			if t != "" {
				b = append(b, t)
			}
		}
	}
	add(m.Content)
	for _, e := range m.Embeds {
		if e.Author != nil {
			add(e.Author.Name)
		}
		add(e.Title, e.Description)
		for _, f := range e.Fields {
			add(f.Name, f.Value)
		}
		if e.Footer != nil {
			add(e.Footer.Text)
		}
	}
	walkAll(m.Components, func(c *Component) {
		if c.Type == typeText {
			add(c.Content)
		}
	})
	for _, a := range m.Attachments {
		add(a.Name)
	}
	return strings.Join(b, "\n")
}

// Buttons lists the message's buttons, in order.
func (m Message) Buttons() []Component {
	return m.pick(func(t int) bool { return t == typeButton })
}

// Selects lists the message's select menus, in order.
func (m Message) Selects() []Component { return m.pick(isSelect) }

func (m Message) pick(want func(int) bool) []Component {
	var out []Component
	walkAll(m.Components, func(c *Component) {
		if want(c.Type) {
			out = append(out, *c)
		}
	})
	return out
}

// message is a message's life. now is its present state.
type message struct {
	now        Message
	earlier    []Message
	kind       int
	nonce      string
	channel    *Channel
	thread     *Channel
	via        *Interaction // whose reply it is
	mentions   []*User
	created    time.Time
	edited     time.Time
	tokenBound bool // reachable only through an interaction's token
}

func (m *message) snapshot() Message {
	out := m.now
	out.Earlier = append([]Message(nil), m.earlier...)
	return out
}

// set makes next the present state.
func (m *message) set(next Message, at time.Time) {
	m.earlier = append(m.earlier, m.now)
	next.At = at
	m.now = next
}

var mentionRE = regexp.MustCompile(`<@!?(\d+)>`)

// post adds a message to a channel, tells everyone who sees it, and returns it.
func (s *Server) post(m *message) *message {
	c := m.channel
	m.created = s.now()
	m.now.ID, m.now.ChannelID, m.now.GuildID, m.now.At = s.id(), c.ID, c.guildID(), m.created
	c.messages = append(c.messages, m)
	if m.now.Author != s.bot {
		for _, f := range mentionRE.FindAllStringSubmatch(m.now.Content, -1) {
			if u := s.users[f[1]]; u != nil && !slices.Contains(m.mentions, u) {
				m.mentions = append(m.mentions, u)
			}
		}
	}
	s.announce("MESSAGE_CREATE", m)
	return m
}

// revise makes next the message's state and tells everyone who sees it.
func (s *Server) revise(m *message, next Message) {
	now := s.now()
	m.edited = now
	m.set(next, now)
	s.announce("MESSAGE_UPDATE", m)
}

func (s *Server) remove(m *message) {
	next := m.now
	next.Deleted = true
	m.set(next, s.now())
	s.announce("MESSAGE_DELETE", m)
}

func (s *Server) announce(name string, m *message) {
	c := m.channel
	c.changed.fire()
	if c.parent != nil {
		c.parent.changed.fire()
	}
	if m.via != nil {
		m.via.changed.fire()
	}
	s.changed.fire()
	if m.now.OnlyFor != nil {
		return // never sent over the gateway
	}
	if s.permissions(s.bot, c) == 0 || c.kind == channelPrivateThread && !slices.Contains(c.joined, s.bot) {
		return
	}
	e := event{name: name, guild: c.guildID(), intent: intentGuildMessages}
	if c.guild == nil {
		e.intent = intentDirectMessages
	}
	if name == "MESSAGE_DELETE" {
		e.body = object{"id": m.now.ID, "channel_id": c.ID}
		if c.guild != nil {
			e.body["guild_id"] = c.guild.ID
		}
	} else {
		e.body = s.messageJSON(m)
		if c.guild != nil {
			e.body["guild_id"] = c.guild.ID
			if u := m.now.Author; c.guild.member(u.ID) != nil {
				mj := c.guild.member(u.ID).json()
				delete(mj, "user")
				e.body["member"] = mj
			}
		}
		if name == "MESSAGE_CREATE" && m.nonce != "" {
			e.body["nonce"] = m.nonce
		}
		if c.guild != nil && m.now.Author != s.bot && !slices.Contains(m.mentions, s.bot) {
			bare := object{}
			for k, v := range e.body {
				bare[k] = v
			}
			bare["content"], bare["embeds"], bare["attachments"], bare["components"] = "", []any{}, []any{}, []any{}
			e.bare = bare
		}
	}
	s.dispatch(e)
}

// messageJSON is the message as the API shows it to the bot.
func (s *Server) messageJSON(m *message) object {
	n := &m.now
	o := object{"id": n.ID, "channel_id": n.ChannelID, "type": m.kind, "author": n.Author.json(), "content": n.Content, "timestamp": stamp(m.created),
		"edited_timestamp": nil, "tts": false, "mention_everyone": false, "mention_roles": []any{}, "pinned": false, "flags": n.Flags,
		"embeds": orEmpty(n.Embeds), "components": orEmpty(n.Components)}
	if !m.edited.IsZero() {
		o["edited_timestamp"] = stamp(m.edited)
	}
	mentions, files := []object{}, []object{}
	for _, u := range m.mentions {
		mentions = append(mentions, u.json())
	}
	for _, a := range n.Attachments {
		files = append(files, a.json())
	}
	o["mentions"], o["attachments"] = mentions, files
	if n.ReplyTo != "" {
		ref := object{"type": 0, "message_id": n.ReplyTo, "channel_id": n.ChannelID}
		if n.GuildID != "" {
			ref["guild_id"] = n.GuildID
		}
		o["message_reference"] = ref
		o["referenced_message"] = nil
		if r := m.channel.message(n.ReplyTo); r != nil {
			one := s.messageJSON(r)
			delete(one, "referenced_message")
			o["referenced_message"] = one
		}
	}
	if m.thread != nil {
		o["thread"] = m.thread.json()
	}
	if v := m.via; v != nil {
		o["application_id"], o["webhook_id"] = s.bot.ID, s.bot.ID
		o["interaction_metadata"] = object{"id": v.ID, "type": v.kind, "user": v.user.json(), "authorizing_integration_owners": object{}}
		if v.kind == kindCommand {
			o["interaction"] = object{"id": v.ID, "type": v.kind, "name": v.command, "user": v.user.json()}
		}
	}
	return o
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
