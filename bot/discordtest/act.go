package discordtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var errNoSession = errors.New("the bot has no gateway session that this could be delivered to")

// Option is one filled-in option of a slash command.
type Option struct {
	Name  string
	Value any
}

// Opt fills in an option. The value is a string, bool, int, int64, float64,
// *User, *Channel, *Role or *Attachment, as the option's type asks.
func Opt(name string, value any) Option { return Option{name, value} }

// failed is an interaction that the client itself would not send.
func (u *User) failed(format string, a ...any) *Interaction {
	return &Interaction{s: u.s, user: u, err: fmt.Errorf(format, a...), changed: newSignal()}
}

// may reports why the user can't act in the channel, nil when it can.
func (u *User) may(c *Channel) error {
	if !u.s.canView(u, c) {
		return fmt.Errorf("%s does not see the channel %s", u.Name, c.Name)
	}
	return nil
}

// Ask uses a slash command, as in ann.Ask(general, "/ask", Opt("question", "..."))
// or ann.Ask(general, "/mydata show"). Like a client it refuses what does not
// fit the registered command; the refusal comes back from the waits. Whom
// default_member_permissions and contexts would hide the command from may use it
// all the same: a guild's own settings can override both.
func (u *User) Ask(c *Channel, name string, opts ...Option) *Interaction {
	return u.slash(c, name, "", opts)
}

// Complete asks for the suggestions of the option focused, into which typed has
// been typed so far. The other options may be filled in part.
func (u *User) Complete(c *Channel, name, focused string, typed any, opts ...Option) *Interaction {
	return u.slash(c, name, focused, append(slices.Clone(opts), Opt(focused, typed)))
}

func (u *User) slash(c *Channel, name, focused string, opts []Option) *Interaction {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.Fields(strings.TrimPrefix(name, "/"))
	if err := u.may(c); err != nil || len(path) == 0 {
		return u.failed("%s: %w", name, err)
	}
	k := s.findCommand(c.guild, 1, path[0])
	if k == nil {
		return u.failed("no command /%s is registered here", path[0])
	}
	defs, nest := k.def.Options, []optionDef(nil)
	for _, word := range path[1:] {
		n := slices.IndexFunc(defs, func(d optionDef) bool { return d.Name == word && d.Type <= optGroup })
		if n < 0 {
			return u.failed("%s: no subcommand %s", name, word)
		}
		nest = append(nest, defs[n])
		defs = defs[n].Options
	}
	if len(defs) > 0 && defs[0].Type <= optGroup {
		return u.failed("%s: a subcommand is missing", name)
	}
	found := resolved{}
	filled := []object{}
	for _, o := range opts {
		n := slices.IndexFunc(defs, func(d optionDef) bool { return d.Name == o.Name })
		if n < 0 {
			return u.failed("%s: no option %s", name, o.Name)
		}
		v, err := s.fill(&defs[n], o.Value, c, found, focused == "")
		if err != nil {
			return u.failed("%s: option %s: %w", name, o.Name, err)
		}
		one := object{"name": o.Name, "type": defs[n].Type, "value": v}
		if o.Name == focused {
			if !defs[n].Autocomplete {
				return u.failed("%s: option %s has no autocomplete", name, o.Name)
			}
			one["focused"] = true
		}
		filled = append(filled, one)
	}
	for _, d := range defs {
		if d.Required && focused == "" && !slices.ContainsFunc(opts, func(o Option) bool { return o.Name == d.Name }) {
			return u.failed("%s: the option %s is required", name, d.Name)
		}
	}
	for _, d := range slices.Backward(nest) {
		filled = []object{{"name": d.Name, "type": d.Type, "options": filled}}
	}
	inner := object{"id": k.id, "name": k.def.Name, "type": 1, "options": filled}
	if k.guild != "" {
		inner["guild_id"] = k.guild
	}
	if len(found) > 0 {
		inner["resolved"] = found
	}
	kind := kindCommand
	if focused != "" {
		kind = kindAutocomplete
	}
	return s.interact(&Interaction{kind: kind, what: fmt.Sprintf("%q of %s", name, u.Name), command: "/" + strings.Join(path, " "), user: u, channel: c}, inner)
}

// resolved holds the objects behind the ids in an interaction, by kind and id.
type resolved map[string]map[string]any

func (r resolved) add(kind, id string, v any) {
	if r[kind] == nil {
		r[kind] = map[string]any{}
	}
	r[kind][id] = v
}

func (s *Server) resolveUser(r resolved, u *User, c *Channel) {
	r.add("users", u.ID, u.json())
	if c.guild != nil {
		if m := c.guild.member(u.ID); m != nil {
			o := m.json()
			delete(o, "user")
			delete(o, "deaf")
			delete(o, "mute")
			r.add("members", u.ID, o)
		}
	}
}

// fill turns a value into what the option's type sends. whole says that the
// value is complete, so that bounds and choices count.
func (s *Server) fill(d *optionDef, value any, c *Channel, r resolved, whole bool) (any, error) {
	mismatch := fmt.Errorf("a %T does not fit type %d", value, d.Type)
	switch d.Type {
	case optString:
		v, ok := value.(string)
		if !ok {
			return nil, mismatch
		}
		n := units(v)
		if whole && (n > 6000 || d.MaxLength != nil && *d.MaxLength > 0 && n > *d.MaxLength || d.MinLength != nil && n < *d.MinLength) {
			return nil, fmt.Errorf("%d characters are too few or too many", n)
		}
		return v, choose(d, v, whole)
	case optInteger, optNumber:
		var f float64
		switch v := value.(type) {
		case int:
			f = float64(v)
		case int64:
			f = float64(v)
		case float64:
			f = v
		case string:
			if whole {
				return nil, mismatch
			}
			return v, nil // half-typed numbers arrive as text
		default:
			return nil, mismatch
		}
		if whole && (d.MinValue != nil && f < *d.MinValue || d.MaxValue != nil && f > *d.MaxValue) {
			return nil, fmt.Errorf("%v is out of bounds", f)
		}
		return f, choose(d, f, whole)
	case optBoolean:
		if _, ok := value.(bool); !ok {
			return nil, mismatch
		}
		return value, nil
	}
	switch v := value.(type) {
	case *User:
		if d.Type == optUser || d.Type == optMentionable {
			s.resolveUser(r, v, c)
			return v.ID, nil
		}
	case *Role:
		if d.Type == optRole || d.Type == optMentionable {
			r.add("roles", v.ID, v.json())
			return v.ID, nil
		}
	case *Channel:
		if d.Type == optChannel {
			if len(d.ChannelTypes) > 0 && !slices.Contains(d.ChannelTypes, v.kind) {
				return nil, fmt.Errorf("channel type %d is not among %v", v.kind, d.ChannelTypes)
			}
			r.add("channels", v.ID, v.json())
			return v.ID, nil
		}
	case *Attachment:
		if d.Type == optAttachment {
			r.add("attachments", v.ID, v.json())
			return v.ID, nil
		}
	}
	return nil, mismatch
}

func choose(d *optionDef, v any, whole bool) error {
	if len(d.Choices) == 0 || !whole || slices.ContainsFunc(d.Choices, func(c choiceDef) bool { return c.Value == v }) {
		return nil
	}
	return fmt.Errorf("%v is none of the choices", v)
}

// MessageCommand uses a command of the message's context menu.
func (u *User) MessageCommand(name string, m Message) *Interaction {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[m.ChannelID]
	if c == nil {
		return u.failed("%s: the message's channel is gone", name)
	}
	if err := u.may(c); err != nil {
		return u.failed("%s: %w", name, err)
	}
	k, target := s.findCommand(c.guild, 3, name), c.message(m.ID)
	if k == nil || target == nil || !s.visible(u, target) {
		return u.failed("%s: no such message command, or %s does not see the message", name, u.Name)
	}
	inner := object{"id": k.id, "name": k.def.Name, "type": 3, "target_id": m.ID, "resolved": resolved{"messages": {m.ID: s.messageJSON(target)}}}
	return s.interact(&Interaction{kind: kindCommand, what: fmt.Sprintf("%q of %s", name, u.Name), command: name, user: u, channel: c}, inner)
}

// UserCommand uses a command of a user's context menu.
func (u *User) UserCommand(c *Channel, name string, target *User) *Interaction {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := u.may(c); err != nil {
		return u.failed("%s: %w", name, err)
	}
	k := s.findCommand(c.guild, 2, name)
	if k == nil {
		return u.failed("%s: no such user command", name)
	}
	r := resolved{}
	s.resolveUser(r, target, c)
	inner := object{"id": k.id, "name": k.def.Name, "type": 2, "target_id": target.ID, "resolved": r}
	return s.interact(&Interaction{kind: kindCommand, what: fmt.Sprintf("%q of %s", name, u.Name), command: name, user: u, channel: c}, inner)
}

// Click presses the button of the message with this label or custom_id. Like a
// client it refuses a button that is not there, disabled or not to be seen.
func (u *User) Click(m Message, button string) *Interaction {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	target, err := u.usable(m)
	if err != nil {
		return u.failed("click %q: %w", button, err)
	}
	for _, b := range target.now.Buttons() {
		if b.Label != button && b.CustomID != button || b.Style >= 5 {
			continue
		}
		if b.Disabled {
			return u.failed("click %q: the button is disabled", button)
		}
		return s.component(u, target, "click "+button, b.CustomID, typeButton, nil)
	}
	return u.failed("click %q: the message has no such button", button)
}

// Choose picks values, or the options with these labels, in the message's
// select with this placeholder or custom_id; "" is its first select. For
// selects of users, roles and channels the values are ids.
func (u *User) Choose(m Message, menu string, values ...string) *Interaction {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	target, err := u.usable(m)
	if err != nil {
		return u.failed("choose in %q: %w", menu, err)
	}
	for _, c := range target.now.Selects() {
		if menu != "" && c.Placeholder != menu && c.CustomID != menu {
			continue
		}
		low, high := 1, 1
		if c.MinValues != nil {
			low = *c.MinValues
		}
		if c.MaxValues != nil {
			high = *c.MaxValues
		}
		if n := len(values); c.Disabled || n < low || n > high {
			return u.failed("choose in %q: the select is disabled or %d values are too few or too many", menu, n)
		}
		picked := slices.Clone(values)
		if c.Type == typeStringSelect {
			for i, v := range picked {
				n := slices.IndexFunc(c.Options, func(o SelectOption) bool { return o.Value == v || o.Label == v })
				if n < 0 {
					return u.failed("choose in %q: no option %q", menu, v)
				}
				picked[i] = c.Options[n].Value
			}
		}
		return s.component(u, target, "choose in "+menu, c.CustomID, c.Type, picked)
	}
	return u.failed("choose in %q: the message has no such select", menu)
}

// Forge sends the press of a button with any custom_id on the message, as a
// changed client or a late delivery could.
func (u *User) Forge(m Message, customID string) *Interaction {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[m.ChannelID]
	if c == nil {
		return u.failed("forge: the message's channel is gone")
	}
	if err := u.may(c); err != nil {
		return u.failed("forge: %w", err)
	}
	for _, target := range c.messages {
		if target.now.ID == m.ID {
			return s.component(u, target, "forged click", customID, typeButton, nil)
		}
	}
	return u.failed("forge: the message never was")
}

// usable finds the bot's message as it is now, for a user who sees it.
func (u *User) usable(m Message) (*message, error) {
	c := u.s.channels[m.ChannelID]
	if c == nil {
		return nil, errors.New("the message's channel is gone")
	}
	target := c.message(m.ID)
	if target == nil || !u.s.visible(u, target) {
		return nil, fmt.Errorf("%s does not see the message", u.Name)
	}
	if target.now.Author != u.s.bot {
		return nil, errors.New("the message is not the bot's")
	}
	return target, nil
}

func (s *Server) component(u *User, m *message, what, customID string, kind int, values []string) *Interaction {
	inner := object{"custom_id": customID, "component_type": kind}
	if values != nil {
		inner["values"] = values
		r := resolved{}
		for _, id := range values {
			if u := s.users[id]; u != nil && (kind == typeUserSelect || kind == typeMentionable) {
				s.resolveUser(r, u, m.channel)
			}
			if c := s.channels[id]; c != nil && kind == typeChannel {
				r.add("channels", id, c.json())
			}
			if g := m.channel.guild; g != nil && (kind == typeRoleSelect || kind == typeMentionable) {
				for _, role := range g.roles {
					if role.ID == id {
						r.add("roles", id, role.json())
					}
				}
			}
		}
		inner["resolved"] = r
	}
	return s.interact(&Interaction{kind: kindComponent, what: fmt.Sprintf("%q of %s", what, u.Name), user: u, channel: m.channel, message: m}, inner)
}

// Submit sends the modal that i was answered with, its inputs filled in by
// custom_id; an input that is not named keeps the value that the bot gave it.
func (i *Interaction) Submit(values map[string]string) *Interaction {
	u, s := i.user, i.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.err != nil || i.modal == nil {
		return u.failed("submit: there is no modal to submit: %w", i.err)
	}
	left := maps.Clone(values)
	parts := []object{}
	for _, c := range i.modal.Components {
		input := c.Component
		if c.Type == typeRow {
			input = &c.Components[0]
		}
		if input == nil {
			continue
		}
		v, given := values[input.CustomID]
		if !given {
			v = input.Value
		}
		delete(left, input.CustomID)
		n := units(v)
		required := input.Required == nil || *input.Required
		if input.Type == typeTextInput && (n == 0 && required || n > 4000 || input.MaxLength != nil && n > *input.MaxLength ||
			n > 0 && input.MinLength != nil && n < *input.MinLength) {
			return u.failed("submit: %d characters are too few or too many for %s", n, input.CustomID)
		}
		o := object{"type": input.Type, "custom_id": input.CustomID, "id": input.ID}
		if isSelect(input.Type) {
			o["values"] = strings.Fields(v)
		} else {
			o["value"] = v
		}
		if c.Type == typeRow {
			parts = append(parts, object{"type": typeRow, "id": c.ID, "components": []object{o}})
		} else {
			parts = append(parts, object{"type": typeLabel, "id": c.ID, "component": o})
		}
	}
	for id := range left {
		return u.failed("submit: the modal has no input %s", id)
	}
	inner := object{"custom_id": i.modal.CustomID, "components": parts}
	return s.interact(&Interaction{kind: kindModal, what: fmt.Sprintf("modal %q of %s", i.modal.Title, u.Name), user: u, channel: i.channel, message: i.message}, inner)
}

// Redeliver sends the interaction's event once more.
func (i *Interaction) Redeliver() {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	i.s.dispatch(event{name: "INTERACTION_CREATE", guild: i.channel.guildID(), body: i.body, interaction: i})
}

// Say posts a message, with files, in a channel, a thread or the DM with the
// bot. It panics where the user may not post: that is a mistake of the test.
func (u *User) Say(c *Channel, text string, files ...*Attachment) *Post {
	return u.say(c, "", text, files)
}

// Reply answers a message, with the notification that clients send by default.
func (u *User) Reply(m Message, text string, files ...*Attachment) *Post {
	c := u.s.ChannelByID(m.ChannelID)
	if c == nil {
		panic("discordtest: a reply in a channel that is gone")
	}
	return u.say(c, m.ID, text, files)
}

func (u *User) say(c *Channel, replyTo, text string, files []*Attachment) *Post {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	need := int64(permSend)
	if c.thread() {
		need = permThreadSend
	}
	if !s.canView(u, c) || s.permissions(u, c)&need == 0 {
		panic(fmt.Sprintf("discordtest: %s may not post in %s", u.Name, c.Name))
	}
	m := &message{now: Message{Author: u, Content: text, Attachments: files}, channel: c}
	if replyTo != "" {
		m.now.ReplyTo, m.kind = replyTo, 19
		if r := c.message(replyTo); r != nil {
			m.mentions = append(m.mentions, r.now.Author)
		}
	}
	if c.thread() && !slices.Contains(c.joined, u) {
		c.joined = append(c.joined, u)
	}
	s.post(m)
	return &Post{Message: m.snapshot(), s: s, m: m}
}

// Edit changes the text of a message of the user's own.
func (p *Post) Edit(text string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	next := p.m.now
	next.Content = text
	p.s.revise(p.m, next)
}

// Delete removes the message.
func (p *Post) Delete() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.remove(p.m)
}

// Delete removes a message, as a moderator or its author does.
func (s *Server) Delete(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[m.ChannelID]; c != nil {
		if t := c.message(m.ID); t != nil {
			s.remove(t)
		}
	}
}
