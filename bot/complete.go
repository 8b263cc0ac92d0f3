package bot

import "strings"

const maxChoices = 25 // Discord's bound

// complete lists what the option being typed may become, at most maxChoices.
func (b *Bot) complete(c *call) []option {
	typed := c.options[c.focused]
	content := b.shelf.get()
	var out []option
	switch c.focused {
	case "source":
		for _, p := range content.publishers {
			if strings.Contains(fold(p), fold(strings.TrimSpace(typed))) {
				out = append(out, option{label: p, value: beginning(p, 100)})
			}
		}
	case "topic":
		if b.can.topics {
			for _, topic := range b.o.Topics.Find(c.ack, shorten(typed, 100), maxChoices) {
				out = append(out, option{label: topic, value: topic})
			}
		}
	case "feed":
		if b.can.feeds && allowed(mayCurate, b.rank(c.interaction), c.guild, b.home()) {
			out = b.feedChoices(typed)
		}
	case "article":
		for _, a := range content.find(typed) {
			name := strings.Join(nonEmpty(a.Published, shorten(oneLine(a.Title), 70), a.Publisher), " · ")
			out = append(out, option{label: name, value: articleChoice(a.ID)})
			if len(out) == maxChoices {
				break
			}
		}
	}
	return out
}

// beginning returns the whole words that a name begins with, in at most limit units:
// what a library takes for the name.
func beginning(name string, limit int) string {
	if width(name) <= limit {
		return name
	}
	head, _ := divide(name, limit, false)
	return strings.TrimSpace(head)
}
