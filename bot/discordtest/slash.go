package discordtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// commandDef is an application command as it is registered.
type commandDef struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations"`
	Options      []optionDef       `json:"options"`
	Permissions  any               `json:"default_member_permissions"`
	Contexts     []int             `json:"contexts"`
	Integrations []int             `json:"integration_types"`
}

type optionDef struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations"`
	Required     bool              `json:"required"`
	Choices      []choiceDef       `json:"choices"`
	Options      []optionDef       `json:"options"`
	Autocomplete bool              `json:"autocomplete"`
	MinValue     *float64          `json:"min_value"`
	MaxValue     *float64          `json:"max_value"`
	MinLength    *int              `json:"min_length"`
	MaxLength    *int              `json:"max_length"`
	ChannelTypes []int             `json:"channel_types"`
}

type choiceDef struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations"`
	Value any               `json:"value"`
}

// Option types.
const (
	optSubcommand  = 1
	optGroup       = 2
	optString      = 3
	optInteger     = 4
	optBoolean     = 5
	optUser        = 6
	optChannel     = 7
	optRole        = 8
	optMentionable = 9
	optNumber      = 10
	optAttachment  = 11
)

var locales = strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko")

var (
	slashNameRE  = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)
	permissionRE = regexp.MustCompile(`^\d{1,20}$`)
)

func readCommand(raw json.RawMessage) (*command, *refusal) {
	k := &command{}
	if err := json.Unmarshal(raw, &k.def); err != nil {
		return nil, breaking("command: %v", err)
	}
	if err := json.Unmarshal(raw, &k.raw); err != nil {
		return nil, breaking("command: %v", err)
	}
	if k.def.Type == 0 {
		k.def.Type = 1
	}
	if why := checkCommand(&k.def); why != nil {
		return nil, breaking("command %q: %s", k.def.Name, why.why)
	}
	return k, nil
}

func checkCommand(d *commandDef) *refusal {
	var why *refusal
	switch d.Type {
	case 1:
		why = first(slashName(d.Name, d.Names), described(d.Description, d.Descriptions), checkOptions(d.Options, 0))
		if n := size(d); n > 8000 {
			why = first(why, breaking("%d characters in all, 8000 are allowed", n))
		}
	case 2, 3:
		why = within("name", d.Name, 32)
		for l, n := range d.Names {
			why = first(why, locale(l), within("name in "+l, n, 32))
		}
		if d.Description != "" || len(d.Descriptions) > 0 || len(d.Options) > 0 {
			why = first(why, breaking("a user or message command has a description or options"))
		}
	default:
		why = breaking("type %d is unknown", d.Type)
	}
	switch p := d.Permissions.(type) {
	case nil:
	case string:
		if !permissionRE.MatchString(p) {
			why = first(why, breaking("default_member_permissions %q is no number", p))
		}
	default:
		why = first(why, breaking("default_member_permissions is no text"))
	}
	for _, c := range d.Contexts {
		if c < 0 || c > 2 {
			why = first(why, breaking("context %d is unknown", c))
		}
	}
	for _, t := range d.Integrations {
		if t < 0 || t > 1 {
			why = first(why, breaking("integration type %d is unknown", t))
		}
	}
	return why
}

func slashName(name string, localised map[string]string) *refusal {
	check := func(n string) *refusal {
		if !slashNameRE.MatchString(n) || strings.ToLower(n) != n {
			return breaking("name %q; want 1 to 32 lower-case letters, digits, - or _", n)
		}
		return nil
	}
	why := check(name)
	for l, n := range localised {
		why = first(why, locale(l), check(n))
	}
	return why
}

func described(text string, localised map[string]string) *refusal {
	why := within("description", text, 100)
	for l, t := range localised {
		why = first(why, locale(l), within("description in "+l, t, 100))
	}
	return why
}

func locale(l string) *refusal {
	if slices.Contains(locales, l) {
		return nil
	}
	return breaking("locale %q is unknown", l)
}

// checkOptions checks the options of a command (depth 0), of a group or a
// subcommand (1) or of a subcommand in a group (2).
func checkOptions(list []optionDef, depth int) *refusal {
	if len(list) > 25 {
		return breaking("%d options, 25 are allowed", len(list))
	}
	var why *refusal
	optional, subs := false, 0
	for i := range list {
		o := &list[i]
		why = first(why, checkOption(o, depth))
		switch {
		case o.Type == optSubcommand || o.Type == optGroup:
			subs++
		case o.Required && optional:
			why = first(why, breaking("the required option %q follows an optional one", o.Name))
		case !o.Required:
			optional = true
		}
	}
	if subs > 0 && subs < len(list) {
		why = first(why, breaking("subcommands and other options are mixed"))
	}
	for _, l := range append([]string{""}, locales...) {
		seen := map[string]bool{}
		for _, o := range list {
			n := o.Name
			if t := o.Names[l]; t != "" {
				n = t
			}
			if seen[n] {
				why = first(why, breaking("the option name %q is used twice %s", n, l))
			}
			seen[n] = true
		}
	}
	return why
}

func checkOption(o *optionDef, depth int) *refusal {
	why := first(slashName(o.Name, o.Names), described(o.Description, o.Descriptions))
	at := func(format string, a ...any) {
		if why == nil {
			why = breaking("option %q: "+format, append([]any{o.Name}, a...)...)
		}
	}
	text, number := o.Type == optString, o.Type == optInteger || o.Type == optNumber
	switch {
	case o.Type < optSubcommand || o.Type > optAttachment:
		at("type %d is unknown", o.Type)
	case o.Type == optGroup && depth > 0 || o.Type == optSubcommand && depth > 1:
		at("subcommands are nested too deep")
	case o.Type == optSubcommand || o.Type == optGroup:
		if o.Required {
			at("a subcommand is required")
		}
		if o.Type == optGroup && len(o.Options) == 0 {
			at("a group has no subcommands")
		}
		for _, in := range o.Options {
			if (in.Type == optSubcommand) != (o.Type == optGroup) {
				at("a group holds subcommands, a subcommand plain options")
			}
		}
		next := 2
		if o.Type == optGroup {
			next = 1
		}
		return first(why, checkOptions(o.Options, next))
	case len(o.Options) > 0:
		at("has options of its own")
	}
	if len(o.Choices) > 0 && o.Autocomplete {
		at("has choices and autocomplete")
	}
	if (len(o.Choices) > 0 || o.Autocomplete) && !text && !number {
		at("choices and autocomplete need text or a number")
	}
	if (o.MinValue != nil || o.MaxValue != nil) && !number || (o.MinLength != nil || o.MaxLength != nil) && !text || len(o.ChannelTypes) > 0 && o.Type != optChannel {
		at("a bound does not fit type %d", o.Type)
	}
	if o.MinValue != nil && o.MaxValue != nil && *o.MinValue > *o.MaxValue {
		at("min_value is above max_value")
	}
	low, high := 0, 6000
	if o.MinLength != nil {
		low = *o.MinLength
	}
	if o.MaxLength != nil {
		high = *o.MaxLength
	}
	if low < 0 || high < 1 || high > 6000 || low > high {
		at("takes %d to %d characters, within 0 to 6000 is allowed", low, high)
	}
	if len(o.Choices) > 25 {
		at("%d choices, 25 are allowed", len(o.Choices))
	}
	names := map[string]bool{}
	for _, ch := range o.Choices {
		why = first(why, within("choice name", ch.Name, 100))
		for l, n := range ch.Names {
			why = first(why, locale(l), within("choice name", n, 100))
		}
		if names[ch.Name] {
			at("the choice name %q is used twice", ch.Name)
		}
		names[ch.Name] = true
		switch v := ch.Value.(type) {
		case string:
			why = first(why, atMost("choice value", v, 100))
			if !text {
				at("choice value %q is no number", v)
			}
		case float64:
			if !number {
				at("choice value %v is no text", v)
			}
		default:
			at("choice value %v is neither text nor a number", v)
		}
	}
	return why
}

// size is what Discord's limit of 8,000 counts: the names, descriptions and
// values of the command, its options and choices, each in its longest language.
func size(d *commandDef) int {
	n := longest(d.Name, d.Names) + longest(d.Description, d.Descriptions)
	var add func([]optionDef)
	add = func(list []optionDef) {
		for _, o := range list {
			n += longest(o.Name, o.Names) + longest(o.Description, o.Descriptions)
			for _, c := range o.Choices {
				n += longest(c.Name, c.Names)
				if v, ok := c.Value.(string); ok {
					n += units(v)
				}
			}
			add(o.Options)
		}
	}
	add(d.Options)
	return n
}

func longest(text string, localised map[string]string) int {
	n := units(text)
	for _, t := range localised {
		n = max(n, units(t))
	}
	return n
}
