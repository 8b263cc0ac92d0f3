package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// payload is a message as a request describes it.
type payload struct {
	Content     *string           `json:"content"`
	Embeds      []Embed           `json:"embeds"`
	Components  []Component       `json:"components"`
	Mentions    *allowedMentions  `json:"allowed_mentions"`
	Flags       *int              `json:"flags"`
	Nonce       any               `json:"nonce"`
	Enforce     bool              `json:"enforce_nonce"`
	Reference   *messageReference `json:"message_reference"`
	Attachments []attachmentRef   `json:"attachments"`
	Poll        json.RawMessage   `json:"poll"`
	Stickers    []string          `json:"sticker_ids"`

	has   map[string]json.RawMessage
	files []upload
}

type allowedMentions struct {
	Parse   *[]string `json:"parse"`
	Users   []string  `json:"users"`
	Roles   []string  `json:"roles"`
	Replied bool      `json:"replied_user"`
}

type messageReference struct {
	MessageID string `json:"message_id"`
	ChannelID string `json:"channel_id"`
	Must      *bool  `json:"fail_if_not_exists"`
}

type attachmentRef struct {
	ID          any    `json:"id"` // snowflake of a kept file or the number of an uploaded one
	Filename    string `json:"filename"`
	Description string `json:"description"`
}

func parsePayload(raw json.RawMessage, files []upload) (*payload, error) {
	p := &payload{files: files}
	if err := json.Unmarshal(raw, p); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &p.has); err != nil {
		return nil, err
	}
	if f, ok := p.has["flags"]; ok && string(f) == "null" {
		delete(p.has, "flags")
	}
	return p, nil
}

// where says what kind of write a payload belongs to.
type where struct {
	edit, interaction bool
}

// pings says how the payload could notify someone, "" when it cannot.
func (p *payload) pings() string {
	a := p.Mentions
	switch {
	case a == nil:
		return "no allowed_mentions"
	case a.Parse == nil:
		return "allowed_mentions without parse: []"
	case len(*a.Parse) > 0:
		return fmt.Sprintf("allowed_mentions parses %v", *a.Parse)
	case len(a.Users)+len(a.Roles) > 0:
		return "allowed_mentions lists users or roles"
	case a.Replied:
		return "allowed_mentions.replied_user is true"
	}
	return ""
}

// flagFaults names the flags that this kind of write may not set.
func (p *payload) flagFaults(w where) string {
	if p.Flags == nil {
		return ""
	}
	legal := flagSuppressEmbeds | flagComponentsV2
	if !w.edit {
		legal |= flagSuppressNotifications | flagVoice
		if w.interaction {
			legal |= flagEphemeral
		}
	}
	if bad := *p.Flags &^ legal; bad != 0 {
		return fmt.Sprintf("flags %d can't be set here", bad)
	}
	return ""
}

// apply lays the payload over a message, as a create does over an empty one and
// an edit over what is there, and returns the first broken rule.
func (p *payload) apply(s *Server, m Message, w where) (Message, *refusal) {
	wasV2 := m.Flags&flagComponentsV2 != 0
	if p.Flags != nil {
		keep := m.Flags &^ (flagSuppressEmbeds | flagComponentsV2)
		if w.edit {
			m.Flags = keep | *p.Flags&(flagSuppressEmbeds|flagComponentsV2)
		} else {
			m.Flags = m.Flags | *p.Flags
		}
		if w.edit && wasV2 && m.Flags&flagComponentsV2 == 0 {
			return m, breaking("flags: IS_COMPONENTS_V2 can't be taken back")
		}
	}
	m.Flags &^= flagLoading
	if p.has["content"] != nil {
		m.Content = ""
		if p.Content != nil {
			m.Content = *p.Content
		}
	}
	if p.has["embeds"] != nil {
		m.Embeds = p.Embeds
	}
	if p.has["components"] != nil {
		m.Components = p.Components
	}
	files, err := p.attach(s, m.Attachments)
	if err != nil {
		return m, breaking("%v", err)
	}
	m.Attachments = files
	if why := checkMessage(m, len(p.Stickers) > 0 || len(p.Poll) > 0 && string(p.Poll) != "null"); why != nil {
		return m, why
	}
	return m, nil
}

// attach keeps the listed files, all of them where no list is given, and adds
// the uploaded ones.
func (p *payload) attach(s *Server, old []*Attachment) ([]*Attachment, error) {
	out := old
	if p.has["attachments"] != nil {
		out = nil
		for _, r := range p.Attachments {
			id := fmt.Sprint(r.ID)
			if n := slices.IndexFunc(old, func(a *Attachment) bool { return a.ID == id }); n >= 0 {
				out = append(out, old[n])
			} else if !slices.ContainsFunc(p.files, func(u upload) bool { return u.field == "files["+id+"]" }) {
				return nil, fmt.Errorf("attachments: no file has the id %s", id)
			}
		}
	}
	out = slices.Clone(out)
	for _, u := range p.files {
		if len(u.body) > 10<<20 {
			return nil, fmt.Errorf("file %s has %d bytes, 10 MiB are allowed", u.name, len(u.body))
		}
		out = append(out, s.attach(u.name, u.contentType, u.body))
	}
	if len(out) > 10 {
		return nil, fmt.Errorf("%d attachments, 10 are allowed", len(out))
	}
	return out, nil
}

// nonce is the payload's nonce as text, or an error.
func (p *payload) nonce() (string, error) {
	switch n := p.Nonce.(type) {
	case nil:
		return "", nil
	case string:
		if len(n) > 25 {
			return "", fmt.Errorf("nonce has %d characters, 25 are allowed", len(n))
		}
		return n, nil
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64), nil
	}
	return "", fmt.Errorf("nonce is neither text nor a number")
}

// refusal is a broken rule: the text and Discord's code for it.
type refusal struct {
	code int
	why  string
}

func breaking(format string, a ...any) *refusal { return &refusal{50035, fmt.Sprintf(format, a...)} }

// rejected answers a payload that breaks a rule.
func (c *call) rejected(r *refusal) (int, any) {
	if r.code == 50035 {
		return c.invalid("%s", r.why)
	}
	return c.wrong(http.StatusBadRequest, r.code, "%s", r.why)
}

// message reads a message from raw and lays it over m. ok is false when the
// request was refused with status and out.
func (c *call) message(raw json.RawMessage, m Message, w where) (next Message, p *payload, status int, out any, ok bool) {
	p, err := parsePayload(raw, c.files)
	if err != nil {
		status, out = c.invalid("%v", err)
		return
	}
	if why := p.pings(); why != "" {
		c.breach("would ping: %s", why)
	}
	if why := p.flagFaults(w); why != "" {
		c.breach("%s", why)
	}
	next, bad := p.apply(c.s, m, w)
	if bad != nil {
		status, out = c.rejected(bad)
		return
	}
	ok = true
	return
}
