package discordtest

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// units is the length of text in UTF-16 code units, the strictest of the ways
// in which Discord's clients and servers count.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(max(r, 0))
	}
	return n
}

// checkMessage returns the first of Discord's rules that a whole message
// breaks. extra says that it carries a sticker or a poll.
func checkMessage(m Message, extra bool) *refusal {
	if n := units(m.Content); n > 2000 {
		return breaking("content has %d characters, 2000 are allowed", n)
	}
	if !utf8.ValidString(m.Content) {
		return breaking("content is not valid UTF-8")
	}
	v2 := m.Flags&flagComponentsV2 != 0
	if v2 && (strings.TrimSpace(m.Content) != "" || len(m.Embeds) > 0) {
		return breaking("a message with components V2 has content or embeds")
	}
	if why := checkEmbeds(m.Embeds); why != nil {
		return why
	}
	if why := checkComponents(m.Components, v2); why != nil {
		return why
	}
	empty := strings.TrimSpace(m.Content) == "" && len(m.Embeds) == 0 && len(m.Attachments) == 0 && !extra
	if empty && !(v2 && len(m.Components) > 0) {
		return &refusal{50006, "Cannot send an empty message"}
	}
	return nil
}

// atMost returns a refusal when text is longer than limit UTF-16 units.
func atMost(what, text string, limit int) *refusal {
	if n := units(text); n > limit {
		return breaking("%s has %d characters, %d are allowed", what, n, limit)
	}
	return nil
}

// within is atMost for text that must not be empty.
func within(what, text string, limit int) *refusal {
	if strings.TrimSpace(text) == "" {
		return breaking("%s is empty", what)
	}
	return atMost(what, text, limit)
}

func first(list ...*refusal) *refusal {
	for _, r := range list {
		if r != nil {
			return r
		}
	}
	return nil
}

func checkEmbeds(list []Embed) *refusal {
	if len(list) > 10 {
		return breaking("%d embeds, 10 are allowed", len(list))
	}
	sum := 0
	for _, e := range list {
		if why := checkEmbed(e); why != nil {
			return why
		}
		sum += units(e.Title) + units(e.Description)
		for _, f := range e.Fields {
			sum += units(f.Name) + units(f.Value)
		}
		if e.Footer != nil {
			sum += units(e.Footer.Text)
		}
		if e.Author != nil {
			sum += units(e.Author.Name)
		}
	}
	if sum > 6000 {
		return breaking("the embeds have %d characters together, 6000 are allowed", sum)
	}
	return nil
}

func checkEmbed(e Embed) *refusal {
	if len(e.Fields) > 25 {
		return breaking("an embed has %d fields, 25 are allowed", len(e.Fields))
	}
	why := first(atMost("embed title", e.Title, 256), atMost("embed description", e.Description, 4096), webLink("embed url", e.URL))
	empty := e.Title == "" && e.Description == "" && len(e.Fields) == 0 && e.Image == nil && e.Thumbnail == nil
	if f := e.Footer; f != nil {
		why = first(why, atMost("embed footer", f.Text, 2048), webLink("embed footer icon_url", f.IconURL))
		empty = empty && f.Text == ""
	}
	if a := e.Author; a != nil {
		why = first(why, atMost("embed author", a.Name, 256), webLink("embed author url", a.URL), webLink("embed author icon_url", a.IconURL))
		empty = empty && a.Name == ""
	}
	for _, f := range e.Fields {
		why = first(why, within("embed field name", f.Name, 256), within("embed field value", f.Value, 1024))
	}
	if why == nil && empty {
		why = breaking("an embed is empty")
	}
	return why
}

func webLink(what, url string) *refusal {
	if url == "" || strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "attachment://") {
		return nil
	}
	return breaking("%s %q is no http or https link", what, url)
}
