package player

import (
	"fmt"
	"strings"

	"crisisbot/bot/discordtest"
)

// print shows a message as its readers see it, without its markup drawn.
func (p *Player) print(m discordtest.Message) {
	head := m.Author.Name
	if m.Ephemeral() {
		head += " (only " + m.OnlyFor.Name + " sees this)"
	}
	fmt.Fprintln(p.out, "  "+head)
	for line := range strings.SplitSeq(m.Text(), "\n") {
		fmt.Fprintln(p.out, strings.TrimRight("  │ "+line, " "))
	}
	var buttons []string
	for _, b := range m.Buttons() {
		label := b.Label
		if b.Disabled {
			label += " (off)"
		}
		if b.URL != "" {
			label += " ↗"
		}
		buttons = append(buttons, "["+label+"]")
	}
	if len(buttons) > 0 {
		fmt.Fprintln(p.out, "  │ "+strings.Join(buttons, " "))
	}
	for _, s := range m.Selects() {
		fmt.Fprintf(p.out, "  │ ▾ %s\n", s.Placeholder)
		for _, o := range s.Options {
			fmt.Fprintln(p.out, strings.TrimRight(fmt.Sprintf("  │   %s  %s", o.Label, o.Description), " "))
		}
	}
}

func (p *Player) printForm(m *discordtest.Modal) {
	fmt.Fprintf(p.out, "  form: %s\n", m.Title)
	for _, c := range m.Components {
		label, input := c.Label, c.Component
		if len(c.Components) > 0 {
			input = &c.Components[0]
			label = input.Label
		}
		if input != nil {
			fmt.Fprintf(p.out, "  │ %s (%s): %s\n", label, input.CustomID, input.Value)
		}
	}
}
