package discordtest

import (
	"fmt"
	"slices"
	"strings"
)

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
