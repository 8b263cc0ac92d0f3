package bot

import (
	"strings"
	"unicode"

	"github.com/bwmarrin/discordgo"
)

// The shapes that go to Discord. discordgo's own lack flags on edits, marshal an
// empty mention list as null and drop an empty list of choices.

type wireMessage struct {
	Content    string                       `json:"content"`
	Mentions   wireMentions                 `json:"allowed_mentions"`
	Components []discordgo.MessageComponent `json:"components"`
	Flags      int                          `json:"flags,omitempty"`
	Nonce      string                       `json:"nonce,omitempty"`
	Enforce    bool                         `json:"enforce_nonce,omitempty"`
	Reference  *wireReference               `json:"message_reference,omitempty"`
}

// wireMentions is always the zero value but for a Parse that is empty, not nil.
type wireMentions struct {
	Parse       []string `json:"parse"`
	RepliedUser bool     `json:"replied_user"`
}

type wireReference struct {
	MessageID string `json:"message_id"`
	FailIfNot bool   `json:"fail_if_not_exists"`
}

type wireCallback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

type wireFlags struct {
	Flags int `json:"flags"`
}

type wireChoices struct {
	Choices []wireChoice `json:"choices"`
}

type wireChoice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type wireModal struct {
	Title      string                       `json:"title"`
	CustomID   string                       `json:"custom_id"`
	Components []discordgo.MessageComponent `json:"components"`
}

type wireThread struct {
	Name    string `json:"name"`
	Archive int    `json:"auto_archive_duration"` // minutes
}

// label returns text as it may stand where Discord shows no Markdown: one line,
// nothing hidden, no address, at most limit UTF-16 units, never empty.
func label(text string, limit int) string {
	text = strings.Join(strings.FieldsFunc(unlink(clean(text)), unicode.IsSpace), " ")
	if text = shorten(text, limit); text == "" {
		return "—"
	}
	return text
}

// components renders rows; custom ids are sealed for the place.
func (g *gate) components(rows [][]component, place string) []discordgo.MessageComponent {
	out := []discordgo.MessageComponent{}
	for _, row := range rows[:min(len(rows), 5)] {
		r := discordgo.ActionsRow{}
		for _, c := range row[:min(len(row), 5)] {
			r.Components = append(r.Components, g.component(c, place))
		}
		if len(r.Components) > 0 {
			out = append(out, r)
		}
	}
	return out
}

func (g *gate) component(c component, place string) discordgo.MessageComponent {
	if len(c.options) > 0 {
		menu := discordgo.SelectMenu{
			MenuType: discordgo.StringSelectMenu, CustomID: g.ids.seal(c.action, place),
			Placeholder: label(c.label, 150), Disabled: c.off,
		}
		for _, o := range c.options[:min(len(c.options), 25)] {
			entry := discordgo.SelectMenuOption{Label: label(o.label, 100), Value: o.value}
			if o.detail != "" {
				entry.Description = label(o.detail, 100)
			}
			menu.Options = append(menu.Options, entry)
		}
		return menu
	}
	b := discordgo.Button{Label: label(c.label, 80), Style: discordgo.SecondaryButton, Disabled: c.off}
	if c.style != 0 {
		b.Style = discordgo.ButtonStyle(c.style)
	}
	if c.url != "" {
		b.Style, b.URL = discordgo.LinkButton, c.url
	} else {
		b.CustomID = g.ids.seal(c.action, place)
	}
	return b
}

func (g *gate) modalWire(m modal, place string) wireModal {
	w := wireModal{Title: label(m.title, 45), CustomID: g.ids.seal(m.action, place)}
	for _, f := range m.fields {
		style := discordgo.TextInputShort
		if f.long {
			style = discordgo.TextInputParagraph
		}
		input := discordgo.TextInput{
			CustomID: f.id, Label: label(f.label, 45), Style: style, Required: f.required, MaxLength: f.max,
			Value: shorten(clean(f.value), f.max),
		}
		if f.placeholder != "" {
			input.Placeholder = label(f.placeholder, 100)
		}
		w.Components = append(w.Components, discordgo.ActionsRow{Components: []discordgo.MessageComponent{input}})
	}
	return w
}
