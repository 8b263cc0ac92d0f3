package discordtest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Type uses a slash command written in one line, as in
//
//	/ask question: What happened on Monday? private: true
//	/mydata show
//
// A word with a colon begins an option only where the command has an option of
// that name. Users, channels and roles are given by name; more options may follow.
func (u *User) Type(c *Channel, line string, more ...Option) *Interaction {
	name, opts, err := u.read(c, line)
	if err != nil {
		return u.failed("%s: %w", line, err)
	}
	return u.Ask(c, name, append(opts, more...)...)
}

// TypePart is Type for a line that is not finished: it asks for the
// suggestions of the line's last option.
func (u *User) TypePart(c *Channel, line string) *Interaction {
	name, opts, err := u.read(c, line)
	if err == nil && len(opts) == 0 {
		err = fmt.Errorf("no option is begun")
	}
	if err != nil {
		return u.failed("%s: %w", line, err)
	}
	last := opts[len(opts)-1]
	return u.Complete(c, name, last.Name, last.Value, opts[:len(opts)-1]...)
}

var optionRE = regexp.MustCompile(`(?:^|\s)(\S+):(?:\s+|$)`)

func (u *User) read(c *Channel, line string) (name string, opts []Option, err error) {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	words := strings.Fields(strings.TrimPrefix(line, "/"))
	if len(words) == 0 {
		return "", nil, fmt.Errorf("no command")
	}
	k := s.findCommand(c.guild, 1, words[0])
	if k == nil {
		return "", nil, fmt.Errorf("no command /%s is registered here", words[0])
	}
	defs, path := k.def.Options, words[:1]
	for _, w := range words[1:] {
		n := slices.IndexFunc(defs, func(d optionDef) bool { return d.Name == w && d.Type <= optGroup })
		if n < 0 {
			break
		}
		defs, path = defs[n].Options, append(path, w)
	}
	rest := line
	for _, w := range path {
		_, rest, _ = strings.Cut(rest, w)
	}
	var starts [][]int
	var found []*optionDef
	for _, at := range optionRE.FindAllStringSubmatchIndex(rest, -1) {
		n := slices.IndexFunc(defs, func(d optionDef) bool { return d.Name == rest[at[2]:at[3]] })
		if n >= 0 && !slices.Contains(found, &defs[n]) {
			starts, found = append(starts, at), append(found, &defs[n])
		}
	}
	if text := strings.TrimSpace(rest); text != "" && (len(starts) == 0 || strings.TrimSpace(rest[:starts[0][0]]) != "") {
		return "", nil, fmt.Errorf("%q names no option", text)
	}
	for i, at := range starts {
		end := len(rest)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		v, err := s.word(found[i], strings.TrimSpace(rest[at[1]:end]), c)
		if err != nil {
			return "", nil, fmt.Errorf("option %s: %w", found[i].Name, err)
		}
		opts = append(opts, Opt(found[i].Name, v))
	}
	return "/" + strings.Join(path, " "), opts, nil
}

// word turns what was typed into the value that the option takes.
func (s *Server) word(d *optionDef, text string, c *Channel) (any, error) {
	for _, ch := range d.Choices {
		if strings.EqualFold(ch.Name, text) {
			return ch.Value, nil
		}
	}
	switch d.Type {
	case optString:
		return text, nil
	case optInteger, optNumber:
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return v, nil
		}
	case optBoolean:
		if v, err := strconv.ParseBool(text); err == nil {
			return v, nil
		}
	}
	if c.guild != nil {
		for _, m := range c.guild.members {
			if m.user.Name == text && (d.Type == optUser || d.Type == optMentionable) {
				return m.user, nil
			}
		}
		for _, r := range c.guild.roles {
			if r.Name == text && (d.Type == optRole || d.Type == optMentionable) {
				return r, nil
			}
		}
		for _, ch := range c.guild.channels {
			if ch.Name == strings.TrimPrefix(text, "#") && d.Type == optChannel {
				return ch, nil
			}
		}
	}
	for _, a := range s.attachments {
		if a.Name == text && d.Type == optAttachment {
			return a, nil
		}
	}
	return nil, fmt.Errorf("%q is no value for it", text)
}
