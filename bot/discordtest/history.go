package discordtest

import "slices"

// message finds a message that is not deleted.
func (c *Channel) message(id string) *message {
	for i := len(c.messages) - 1; i >= 0; i-- {
		if m := c.messages[i]; m.now.ID == id && !m.now.Deleted {
			return m
		}
	}
	return nil
}

// was reports whether a message with the id was ever in the channel.
func (c *Channel) was(id string) bool {
	return slices.ContainsFunc(c.messages, func(m *message) bool { return m.now.ID == id })
}

// History lists every message ever posted in the channel, oldest first, with
// deleted and ephemeral ones, each with its earlier states.
func (c *Channel) History() []Message {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	return c.history(func(*message) bool { return true })
}

func (c *Channel) history(keep func(*message) bool) []Message {
	var out []Message
	for _, m := range c.messages {
		if keep(m) {
			out = append(out, m.snapshot())
		}
	}
	return out
}

// Sees lists what the user finds in the channel now, oldest first: nothing
// deleted, nothing ephemeral for others, and nothing at all without the right
// to view the channel or a place in a private thread.
func (u *User) Sees(c *Channel) []Message {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	if !u.s.canView(u, c) {
		return nil
	}
	return c.history(func(m *message) bool { return u.s.visible(u, m) })
}

func (s *Server) canView(u *User, c *Channel) bool {
	p := s.permissions(u, c)
	if p&permView == 0 && c.guild != nil {
		return false
	}
	if c.kind == channelPrivateThread && p&permManageThreads == 0 && !slices.Contains(c.joined, u) {
		return false
	}
	return p != 0
}

func (s *Server) visible(u *User, m *message) bool {
	return !m.now.Deleted && (m.now.OnlyFor == nil || m.now.OnlyFor == u) && s.canView(u, m.channel)
}
