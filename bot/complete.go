package bot

import "strings"

// complete lists what the option being typed may become, at most 25.
func (b *Bot) complete(c *call) []option {
	typed := c.options[c.focused]
	content := b.shelf.get()
	var out []option
	switch c.focused {
	case "source":
		for _, p := range content.publishers {
			if strings.Contains(fold(p), fold(strings.TrimSpace(typed))) && width(p) <= 100 {
				out = append(out, option{label: p, value: p})
			}
		}
	case "article":
		for _, a := range content.find(typed) {
			name := strings.Join(nonEmpty(a.Published, shorten(oneLine(a.Title), 70), a.Publisher), " · ")
			out = append(out, option{label: name, value: a.ID})
			if len(out) == 25 {
				break
			}
		}
	}
	return out
}
