package bot

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// What Discord sends is read leniently: a field of a wrong type counts as missing,
// and the rest is read on. Nothing here panics, whatever the payload holds.

type rawUser struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

func (u *rawUser) name() string {
	if u == nil {
		return ""
	}
	if u.GlobalName != "" {
		return u.GlobalName
	}
	return u.Username
}

type rawMember struct {
	User        *rawUser `json:"user"`
	Nick        string   `json:"nick"`
	Permissions string   `json:"permissions"`
}

type rawChannel struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	ParentID string `json:"parent_id"`
	OwnerID  string `json:"owner_id"`
	GuildID  string `json:"guild_id"`
}

type rawMessage struct {
	ID         string      `json:"id"`
	ChannelID  string      `json:"channel_id"`
	GuildID    string      `json:"guild_id"`
	Type       int         `json:"type"`
	Content    string      `json:"content"`
	WebhookID  string      `json:"webhook_id"`
	Author     *rawUser    `json:"author"`
	Member     *rawMember  `json:"member"`
	Mentions   []*rawUser  `json:"mentions"`
	Embeds     []rawEmbed  `json:"embeds"`
	Referenced *rawMessage `json:"referenced_message"`
	Reference  *struct {
		MessageID string `json:"message_id"`
	} `json:"message_reference"`
}

type rawEmbed struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

type rawAttachment struct {
	Filename string `json:"filename"`
	URL      string `json:"url"`
	Size     int    `json:"size"`
}

type rawOption struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []rawOption     `json:"options"`
}

type rawComponent struct {
	CustomID   string         `json:"custom_id"`
	Value      string         `json:"value"`
	Component  *rawComponent  `json:"component"`
	Components []rawComponent `json:"components"`
}

type rawInteraction struct {
	ID          string      `json:"id"`
	App         string      `json:"application_id"`
	Type        int         `json:"type"`
	Token       string      `json:"token"`
	GuildID     string      `json:"guild_id"`
	ChannelID   string      `json:"channel_id"`
	Channel     *rawChannel `json:"channel"`
	Member      *rawMember  `json:"member"`
	User        *rawUser    `json:"user"`
	Locale      string      `json:"locale"`
	GuildLocale string      `json:"guild_locale"`
	Message     *rawMessage `json:"message"`
	Data        *struct {
		Name       string         `json:"name"`
		Type       int            `json:"type"`
		TargetID   string         `json:"target_id"`
		CustomID   string         `json:"custom_id"`
		Values     []string       `json:"values"`
		Options    []rawOption    `json:"options"`
		Components []rawComponent `json:"components"`
		Resolved   *struct {
			Messages    map[string]*rawMessage    `json:"messages"`
			Attachments map[string]*rawAttachment `json:"attachments"`
		} `json:"resolved"`
	} `json:"data"`
}

// An interaction is one use of a command, menu, button, select or modal, or one
// keystroke of an autocompletion.
type interaction struct {
	address
	kind        discordgo.InteractionType
	guild       string // "" in a direct message
	parent      string // channel of the thread it came from; "" outside of threads
	channelType int
	user, name  string // "" if Discord didn't say
	permissions int64  // in this channel; 0 outside of guilds
	locales     []string

	command string            // such as "crisis-admin channels allow"
	options map[string]string // values as text
	focused string            // option that is being completed
	file    *rawAttachment
	target  *rawMessage // of a message command

	customID string
	values   []string
	fields   map[string]string // of a modal
	message  string            // id of the message that was pressed
}

var (
	plausibleID    = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
	plausibleToken = regexp.MustCompile(`^[!-~]+$`)
)

// readInteraction returns nil where there is nothing to answer: no id, token or
// application that a reply could go to. app is the application where the payload
// doesn't name it.
func readInteraction(payload []byte, app string) *interaction {
	var raw rawInteraction
	_ = json.Unmarshal(payload, &raw) // what could be read was read
	if raw.App == "" {
		raw.App = app
	}
	if !plausibleID.MatchString(raw.ID) || !plausibleID.MatchString(raw.App) || !plausibleToken.MatchString(raw.Token) {
		return nil
	}
	in := &interaction{
		address: address{id: raw.ID, app: raw.App, token: raw.Token, channel: raw.ChannelID, lane: newLane()},
		kind:    discordgo.InteractionType(raw.Type),
		guild:   raw.GuildID, locales: []string{raw.Locale, raw.GuildLocale},
		options: map[string]string{}, fields: map[string]string{},
	}
	if raw.Channel != nil {
		if in.channel == "" {
			in.channel = raw.Channel.ID
		}
		in.channelType = raw.Channel.Type
		if isThread(raw.Channel.Type) {
			in.parent = raw.Channel.ParentID
		}
	}
	in.readUser(&raw)
	if raw.Message != nil {
		in.message = raw.Message.ID
	}
	if raw.Data != nil {
		in.readData(&raw)
	}
	return in
}

func (in *interaction) readUser(raw *rawInteraction) {
	user := raw.User // in direct messages
	if raw.Member != nil {
		if raw.Member.User != nil {
			user = raw.Member.User
		}
		if raw.GuildID != "" {
			in.permissions, _ = strconv.ParseInt(raw.Member.Permissions, 10, 64)
		}
	}
	if user != nil && plausibleID.MatchString(user.ID) {
		in.user, in.name = user.ID, user.name()
		if raw.Member != nil && raw.Member.Nick != "" {
			in.name = raw.Member.Nick
		}
	}
}

func (in *interaction) readData(raw *rawInteraction) {
	d := raw.Data
	in.command, in.customID, in.values = d.Name, d.CustomID, d.Values
	options := d.Options
	for range 2 { // a group, a subcommand
		if len(options) != 1 || options[0].Type != int(discordgo.ApplicationCommandOptionSubCommand) &&
			options[0].Type != int(discordgo.ApplicationCommandOptionSubCommandGroup) {
			break
		}
		in.command += " " + options[0].Name
		options = options[0].Options
	}
	for _, o := range options {
		in.options[o.Name] = o.text()
		if o.Focused {
			in.focused = o.Name
		}
	}
	if d.Resolved != nil {
		in.target = d.Resolved.Messages[d.TargetID]
		in.file = d.Resolved.Attachments[in.options["file"]]
	}
	in.readFields(d.Components, 0)
}

func (in *interaction) readFields(components []rawComponent, depth int) {
	for _, c := range components {
		if c.CustomID != "" {
			in.fields[c.CustomID] = c.Value
		}
		if depth < 3 {
			in.readFields(c.Components, depth+1)
			if c.Component != nil {
				in.readFields([]rawComponent{*c.Component}, depth+1)
			}
		}
	}
}

// text returns a value as text: a string, number or truth value; "" for all else.
func (o rawOption) text() string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return s
	}
	v := strings.TrimSpace(string(o.Value))
	if v == "true" || v == "false" {
		return v
	}
	if _, err := strconv.ParseFloat(v, 64); err == nil {
		return v
	}
	return ""
}

func isThread(kind int) bool {
	return kind == int(discordgo.ChannelTypeGuildNewsThread) || kind == int(discordgo.ChannelTypeGuildPublicThread) ||
		kind == int(discordgo.ChannelTypeGuildPrivateThread)
}

// readMessage returns a message that a person wrote, or nil.
func readMessage(payload []byte) *rawMessage {
	var m rawMessage
	_ = json.Unmarshal(payload, &m)
	const ordinary, reply = int(discordgo.MessageTypeDefault), int(discordgo.MessageTypeReply)
	if !plausibleID.MatchString(m.ID) || !plausibleID.MatchString(m.ChannelID) || m.Author == nil ||
		!plausibleID.MatchString(m.Author.ID) || m.Author.Bot || m.WebhookID != "" || m.Type != ordinary && m.Type != reply {
		return nil
	}
	return &m
}

// mentions reports whether a message mentions a user.
func (m *rawMessage) mentions(user string) bool {
	for _, u := range m.Mentions {
		if u != nil && u.ID == user {
			return true
		}
	}
	return user != "" && (strings.Contains(m.Content, "<@"+user+">") || strings.Contains(m.Content, "<@!"+user+">"))
}

// by reports whether a user wrote a message; false for no message.
func (m *rawMessage) by(user string) bool {
	return m != nil && m.Author != nil && m.Author.ID == user && user != ""
}

// repliesTo returns the id of the message replied to, "" if none.
func (m *rawMessage) repliesTo() string {
	switch {
	case m.Reference != nil && m.Reference.MessageID != "":
		return m.Reference.MessageID
	case m.Referenced != nil:
		return m.Referenced.ID
	}
	return ""
}

// text returns what a message says: its content, or the words of its embeds.
func (m *rawMessage) text() string {
	if m.Content != "" {
		return m.Content
	}
	var parts []string
	for _, e := range m.Embeds {
		parts = append(parts, nonEmpty(e.Title, e.Description)...)
	}
	return strings.Join(parts, "\n")
}
