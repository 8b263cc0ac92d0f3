package discordtest

import "strings"

// checkComponents returns the first rule that a message's components break.
func checkComponents(list []Component, v2 bool) *refusal {
	if !v2 && len(list) > 5 {
		return breaking("%d component rows, 5 are allowed", len(list))
	}
	count, text := 0, 0
	ids := map[string]bool{}
	numbers := map[int]bool{}
	var why *refusal
	walkAll(list, func(c *Component) {
		count++
		if c.Type == typeText {
			text += units(c.Content)
		}
		if c.CustomID != "" {
			if ids[c.CustomID] {
				why = first(why, breaking("custom_id %q is used twice", c.CustomID))
			}
			ids[c.CustomID] = true
		}
		if c.ID != 0 {
			if numbers[c.ID] {
				why = first(why, breaking("component id %d is used twice", c.ID))
			}
			numbers[c.ID] = true
		}
	})
	for i := range list {
		c := &list[i]
		switch {
		case c.Type == typeRow:
			why = first(why, checkRow(c))
		case !v2:
			why = first(why, breaking("a component of type %d at the top needs the flag IS_COMPONENTS_V2", c.Type))
		default:
			why = first(why, checkV2(c, true))
		}
	}
	if v2 && count > 40 {
		why = first(why, breaking("%d components, 40 are allowed", count))
	}
	if text > 4000 {
		why = first(why, breaking("the text displays have %d characters together, 4000 are allowed", text))
	}
	return why
}

func checkRow(row *Component) *refusal {
	n := len(row.Components)
	if n == 0 {
		return breaking("an action row is empty")
	}
	var why *refusal
	buttons := 0
	for i := range row.Components {
		c := &row.Components[i]
		switch {
		case c.Type == typeButton:
			buttons++
			why = first(why, checkButton(c))
		case isSelect(c.Type):
			why = first(why, checkSelect(c))
			if n > 1 {
				why = first(why, breaking("a select shares its action row"))
			}
		default:
			why = first(why, breaking("a component of type %d is no part of an action row", c.Type))
		}
	}
	if buttons > 5 {
		why = first(why, breaking("an action row has %d buttons, 5 are allowed", buttons))
	}
	return why
}

func checkButton(b *Component) *refusal {
	why := atMost("button label", b.Label, 80)
	switch b.Style {
	case 1, 2, 3, 4:
		why = first(why, within("button custom_id", b.CustomID, 100))
		if b.URL != "" {
			why = first(why, breaking("a button has a custom_id and a url"))
		}
	case 5:
		if b.CustomID != "" {
			why = first(why, breaking("a link button has a custom_id"))
		}
		why = first(why, within("button url", b.URL, 512), webLink("button url", b.URL))
	case 6:
		if b.SKU == "" || b.CustomID != "" || b.Label != "" || b.URL != "" {
			why = first(why, breaking("a premium button needs a sku_id and nothing else"))
		}
		return why
	default:
		why = first(why, breaking("button style %d is unknown", b.Style))
	}
	if b.Label == "" && len(b.Emoji) == 0 {
		why = first(why, breaking("a button has neither label nor emoji"))
	}
	return why
}

func checkSelect(c *Component) *refusal {
	why := first(within("select custom_id", c.CustomID, 100), atMost("select placeholder", c.Placeholder, 150))
	low, high := 1, 1
	if c.MinValues != nil {
		low = *c.MinValues
	}
	if c.MaxValues != nil {
		high = *c.MaxValues
	}
	if low < 0 || low > 25 || high < 1 || high > 25 || low > high {
		why = first(why, breaking("a select takes %d to %d values, within 0 to 25 is allowed", low, high))
	}
	if c.Type != typeStringSelect {
		if len(c.Options) > 0 {
			why = first(why, breaking("a select of type %d lists options", c.Type))
		}
		return why
	}
	if n := len(c.Options); n < 1 || n > 25 {
		return first(why, breaking("a select has %d options, 1 to 25 are allowed", n))
	}
	if high > len(c.Options) {
		why = first(why, breaking("a select takes %d of %d options", high, len(c.Options)))
	}
	values, defaults := map[string]bool{}, 0
	for _, o := range c.Options {
		why = first(why, within("select option label", o.Label, 100), within("select option value", o.Value, 100),
			atMost("select option description", o.Description, 100))
		if values[o.Value] {
			why = first(why, breaking("select option value %q is used twice", o.Value))
		}
		values[o.Value] = true
		if o.Default {
			defaults++
		}
	}
	if defaults > high {
		why = first(why, breaking("a select has %d default options, %d are allowed", defaults, high))
	}
	return why
}

// checkV2 checks a component that needs IS_COMPONENTS_V2.
func checkV2(c *Component, top bool) *refusal {
	var why *refusal
	switch c.Type {
	case typeSection:
		if n := len(c.Components); n < 1 || n > 3 {
			why = breaking("a section has %d texts, 1 to 3 are allowed", n)
		}
		for i := range c.Components {
			t := &c.Components[i]
			if t.Type != typeText {
				why = first(why, breaking("a section holds a component of type %d", t.Type))
			} else {
				why = first(why, within("text display", t.Content, 4000))
			}
		}
		switch a := c.Accessory; {
		case a == nil:
			why = first(why, breaking("a section has no accessory"))
		case a.Type == typeButton:
			why = first(why, checkButton(a))
		case a.Type != typeThumbnail:
			why = first(why, breaking("a section's accessory is of type %d", a.Type))
		}
	case typeText:
		why = within("text display", c.Content, 4000)
	case typeGallery:
		if n := len(c.Items); n < 1 || n > 10 {
			why = breaking("a media gallery has %d items, 1 to 10 are allowed", n)
		}
	case typeFile:
		if !strings.Contains(string(c.File), "attachment://") {
			why = breaking("a file component needs an attachment:// link")
		}
	case typeSeparator:
		if c.Spacing < 0 || c.Spacing > 2 {
			why = breaking("separator spacing %d is unknown", c.Spacing)
		}
	case typeContainer:
		if !top {
			return breaking("a container is inside another component")
		}
		if len(c.Components) == 0 {
			why = breaking("a container is empty")
		}
		for i := range c.Components {
			in := &c.Components[i]
			if in.Type == typeRow {
				why = first(why, checkRow(in))
			} else {
				why = first(why, checkV2(in, false))
			}
		}
	default:
		why = breaking("component type %d is not known here", c.Type)
	}
	return why
}

// Modal is a form that the bot shows.
type Modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []Component `json:"components"`
}

func checkModal(m *Modal) *refusal {
	why := first(within("modal title", m.Title, 45), within("modal custom_id", m.CustomID, 100))
	if n := len(m.Components); n < 1 || n > 5 {
		why = first(why, breaking("a modal has %d components, 1 to 5 are allowed", n))
	}
	ids := map[string]bool{}
	walkAll(m.Components, func(c *Component) {
		if c.CustomID == "" {
			return
		}
		if ids[c.CustomID] {
			why = first(why, breaking("custom_id %q is used twice", c.CustomID))
		}
		ids[c.CustomID] = true
	})
	for i := range m.Components {
		c := &m.Components[i]
		switch c.Type {
		case typeRow:
			if len(c.Components) != 1 || c.Components[0].Type != typeTextInput {
				why = first(why, breaking("an action row of a modal holds one text input"))
				continue
			}
			why = first(why, within("text input label", c.Components[0].Label, 45), checkTextInput(&c.Components[0]))
		case typeLabel:
			why = first(why, within("label", c.Label, 45), atMost("label description", c.Description, 100))
			switch in := c.Component; {
			case in == nil:
				why = first(why, breaking("a label has no component"))
			case in.Type == typeTextInput:
				if in.Label != "" {
					why = first(why, breaking("a text input in a label has a label of its own"))
				}
				why = first(why, checkTextInput(in))
			case isSelect(in.Type):
				why = first(why, checkSelect(in))
			case in.Type == typeFileUpload:
				why = first(why, within("file upload custom_id", in.CustomID, 100))
			default:
				why = first(why, breaking("a label holds a component of type %d", in.Type))
			}
		case typeText:
			why = first(why, within("text display", c.Content, 4000))
		default:
			why = first(why, breaking("a component of type %d is no part of a modal", c.Type))
		}
	}
	return why
}

func checkTextInput(c *Component) *refusal {
	why := first(within("text input custom_id", c.CustomID, 100), atMost("text input placeholder", c.Placeholder, 100))
	if c.Style != 1 && c.Style != 2 {
		why = first(why, breaking("text input style %d is unknown", c.Style))
	}
	low, high := 0, 4000
	if c.MinLength != nil {
		low = *c.MinLength
	}
	if c.MaxLength != nil {
		high = *c.MaxLength
	}
	if low < 0 || high < 1 || high > 4000 || low > high {
		why = first(why, breaking("a text input takes %d to %d characters, within 0 to 4000 is allowed", low, high))
	}
	if n := units(c.Value); n > high {
		why = first(why, breaking("a text input is filled with %d characters, %d are allowed", n, high))
	}
	return why
}
