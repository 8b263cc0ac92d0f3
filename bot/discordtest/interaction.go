package discordtest

import (
	"errors"
	"strconv"
	"time"
)

// Kinds of interactions.
const (
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

// Kinds of first replies, the callback types of Discord's API.
const (
	ReplyMessage       = 4 // a message
	ReplyDeferred      = 5 // "is thinking", a message to come
	ReplyDeferredQuiet = 6 // nothing visible yet, the component's message may change
	ReplyUpdate        = 7 // the component's message changed
	ReplyChoices       = 8 // autocomplete
	ReplyModal         = 9 // a form
)

// Interaction is something that a user did and that the bot must answer.
type Interaction struct {
	ID, Token string

	s          *Server
	kind       int
	what       string // for people: `"/ask" of ann`
	command    string
	user       *User
	channel    *Channel
	message    *message // whose component was used
	body       object
	created    time.Time
	delivered  time.Time
	link       *link // that it was delivered on
	dispatched int
	acked      int
	ackedAt    time.Time
	original   *message
	touched    bool // the component's message was edited through this interaction
	followUps  []*message
	modal      *Modal
	choices    []Choice
	overdue    bool
	changed    signal
	err        error
}

// Choice is a suggestion of an autocomplete.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// late reports whether the gateway kept the interaction from the bot for so
// long that an overdue reply is no fault of the bot's.
func (i *Interaction) late() bool {
	return i.delivered.IsZero() || i.delivered.Sub(i.created) > i.s.o.AckWithin*2/3
}

// interact makes an interaction and sends it to the bot.
func (s *Server) interact(i *Interaction, inner object) *Interaction {
	i.s, i.created, i.changed = s, s.now(), newSignal()
	i.ID = s.id()
	i.Token = "aW50ZXJhY3Rpb246" + i.ID + "." + strconv.FormatInt(int64(len(s.tokens)), 36)
	s.interactions[i.ID], s.tokens[i.Token] = i, i
	u, ch := i.user, i.channel
	o := object{"id": i.ID, "application_id": s.bot.ID, "type": i.kind, "token": i.Token, "version": 1, "data": inner, "channel_id": ch.ID, "channel": ch.json(),
		"locale": u.Locale, "app_permissions": strconv.FormatInt(s.permissions(s.bot, ch), 10), "entitlements": []any{},
		"authorizing_integration_owners": object{"0": "0"}, "attachment_size_limit": 10 << 20}
	if g := ch.guild; g != nil {
		m := g.member(u.ID).json()
		m["permissions"] = strconv.FormatInt(s.permissions(u, ch), 10)
		o["member"], o["guild_id"], o["guild_locale"], o["context"] = m, g.ID, "en-US", 0
		o["guild"] = object{"id": g.ID, "locale": "en-US", "features": []any{}}
		o["authorizing_integration_owners"] = object{"0": g.ID}
	} else {
		o["user"], o["context"] = u.json(), 1
	}
	if i.message != nil {
		o["message"] = s.messageJSON(i.message)
	}
	i.body = o
	s.dispatch(event{name: "INTERACTION_CREATE", guild: ch.guildID(), body: o, interaction: i})
	if i.dispatched == 0 {
		i.err = errNoSession
	}
	return i
}

var errNoSession = errors.New("the bot has no gateway session that this could be delivered to")

// Redeliver sends the interaction's event once more.
func (i *Interaction) Redeliver() {
	if i.body == nil {
		return // it was never sent
	}
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	i.s.dispatch(event{name: "INTERACTION_CREATE", guild: i.channel.guildID(), body: i.body, interaction: i})
}
