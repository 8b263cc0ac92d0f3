package bot

import (
	"slices"

	"github.com/bwmarrin/discordgo"
)

// A right is what somebody must be allowed to do. Discord's own settings of a
// command are a convenience: the bot checks every call itself.
type right uint8

const (
	mayAsk    right = iota // ask, read, see and delete one's own data
	mayManage              // settings of the guild in which the call is made
	mayCurate              // articles, which all guilds share; figures of the whole bot
)

// A rank is what Discord says about who calls.
type rank uint8

const (
	unknown rank = iota // no user in the call
	member
	manager // Manage Server in the guild of the call
	admin   // Administrator in the guild of the call
	owner   // an operator of this bot
)

func (b *Bot) rank(in *interaction) rank {
	switch {
	case in.user == "":
		return unknown
	case slices.Contains(b.o.Owners, in.user), slices.Contains(b.operatorIDs(), in.user):
		return owner
	case in.guild != "" && in.permissions&discordgo.PermissionAdministrator != 0:
		return admin
	case in.guild != "" && in.permissions&discordgo.PermissionManageGuild != 0:
		return manager
	}
	return member
}

// operatorIDs are the users who run the application, as Discord says.
func (b *Bot) operatorIDs() []string {
	if ids := b.operators.Load(); ids != nil {
		return *ids
	}
	return nil
}

// allowed reports whether a rank holds a right in a guild ("" in a direct message).
// home is the guild whose managers look after the articles; "" if there is none.
func allowed(r right, as rank, guild, home string) bool {
	switch r {
	case mayAsk:
		return as >= member
	case mayManage:
		return guild != "" && as >= manager
	case mayCurate:
		return as == owner || guild != "" && guild == home && as >= manager
	}
	return false
}

// home is the guild given in the options or, without one, the only guild that the
// bot is in.
func (b *Bot) home() string {
	if b.o.Guild != "" {
		return b.o.Guild
	}
	return b.guilds.only()
}
