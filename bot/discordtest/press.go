package discordtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

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
	if err := u.may(i.channel); err != nil {
		return u.failed("submit: %w", err)
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
