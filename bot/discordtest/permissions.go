package discordtest

import "slices"

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
