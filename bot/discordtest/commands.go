package discordtest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// command is a registered application command.
type command struct {
	id    string
	guild string
	def   commandDef
	raw   object
}

func (k *command) json(localised bool) object {
	o := object{"type": 1, "nsfw": false, "default_member_permissions": nil, "dm_permission": true, "contexts": nil, "integration_types": []int{0},
		"name_localizations": nil, "description_localizations": nil, "description": ""}
	for key, v := range k.raw {
		o[key] = v
	}
	if !localised {
		o = unlocalised(o).(object)
	}
	o["id"], o["application_id"], o["version"] = k.id, "", k.id
	if k.guild != "" {
		o["guild_id"] = k.guild
	}
	return o
}

func unlocalised(v any) any {
	switch v := v.(type) {
	case object:
		o := object{}
		for key, in := range v {
			if key != "name_localizations" && key != "description_localizations" {
				o[key] = unlocalised(in)
			}
		}
		return o
	case []any:
		out := []any{}
		for _, in := range v {
			out = append(out, unlocalised(in))
		}
		return out
	}
	return v
}

func (c *call) commandJSON(k *command, localised bool) object {
	o := k.json(localised)
	o["application_id"] = c.s.bot.ID
	return o
}

// scope is the guild whose commands the route names, "" for the global ones.
func (c *call) scope() (guild string, status int, out any, ok bool) {
	guild = c.id("guild_id")
	if guild != "" && c.s.guild(guild) == nil {
		status, out = refuse(http.StatusForbidden, 50001, "Missing Access")
		return
	}
	return guild, 0, nil, true
}

func (c *call) getCommands() (int, any) {
	guild, status, out, ok := c.scope()
	if !ok {
		return status, out
	}
	list := []object{}
	for _, k := range c.s.commands[guild] {
		list = append(list, c.commandJSON(k, c.r.URL.Query().Get("with_localizations") == "true"))
	}
	return http.StatusOK, list
}

func (c *call) putCommands() (int, any) {
	guild, status, out, ok := c.scope()
	if !ok {
		return status, out
	}
	var raws []json.RawMessage
	if err := c.decode(&raws); err != nil {
		return c.invalid("%v", err)
	}
	var list []*command
	count := map[int]int{}
	for _, raw := range raws {
		k, why := readCommand(raw)
		if why != nil {
			return c.rejected(why)
		}
		count[k.def.Type]++
		if slices.ContainsFunc(list, k.same) {
			return c.invalid("two commands of type %d are named %q", k.def.Type, k.def.Name)
		}
		list = append(list, k)
	}
	for kind, limit := range map[int]int{1: 100, 2: 15, 3: 15} {
		if count[kind] > limit {
			return c.wrong(http.StatusBadRequest, 30032, "%d commands of type %d, %d are allowed", count[kind], kind, limit)
		}
	}
	if status, out, ok := c.adopt(guild, list); !ok {
		return status, out
	}
	c.s.commands[guild] = list
	c.s.changed.fire()
	answer := []object{}
	for _, k := range list {
		answer = append(answer, c.commandJSON(k, true))
	}
	return http.StatusOK, answer
}

func (k *command) same(o *command) bool { return k.def.Type == o.def.Type && k.def.Name == o.def.Name }

// adopt gives each command the id of its namesake, or a new one, which counts
// against the 200 creations a day.
func (c *call) adopt(guild string, list []*command) (status int, out any, ok bool) {
	s := c.s
	now := s.now()
	made := slices.DeleteFunc(s.created[guild], func(t time.Time) bool { return now.Sub(t) > 24*time.Hour })
	for _, k := range list {
		k.guild = guild
		if n := slices.IndexFunc(s.commands[guild], k.same); n >= 0 {
			k.id = s.commands[guild][n].id
			continue
		}
		if len(made) >= 200 {
			status, out = c.wrong(http.StatusBadRequest, 30034, "Max number of daily application command creates has been reached (200)")
			return
		}
		made = append(made, now)
		k.id = s.id()
	}
	s.created[guild] = made
	return 0, nil, true
}

func (c *call) postCommand() (int, any) {
	guild, status, out, ok := c.scope()
	if !ok {
		return status, out
	}
	k, why := readCommand(c.body)
	if why != nil {
		return c.rejected(why)
	}
	if status, out, ok := c.adopt(guild, []*command{k}); !ok {
		return status, out
	}
	old := slices.IndexFunc(c.s.commands[guild], k.same)
	if old >= 0 {
		c.s.commands[guild][old] = k
		return http.StatusOK, c.commandJSON(k, true)
	}
	c.s.commands[guild] = append(c.s.commands[guild], k)
	return http.StatusCreated, c.commandJSON(k, true)
}

func (c *call) getCommand() (int, any) {
	for _, k := range c.s.commands[c.id("guild_id")] {
		if k.id == c.id("command_id") {
			return http.StatusOK, c.commandJSON(k, true)
		}
	}
	return c.wrong(http.StatusNotFound, 10063, "Unknown application command")
}

func (c *call) deleteCommand() (int, any) {
	guild := c.id("guild_id")
	list := c.s.commands[guild]
	n := slices.IndexFunc(list, func(k *command) bool { return k.id == c.id("command_id") })
	if n < 0 {
		return c.wrong(http.StatusNotFound, 10063, "Unknown application command")
	}
	c.s.commands[guild] = slices.Delete(slices.Clone(list), n, n+1)
	return http.StatusNoContent, nil
}

// Commands lists the names of the commands registered for a guild and
// globally, slash commands with their "/", in the order of registration.
func (s *Server) Commands(g *Guild) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, k := range s.commandsIn(g) {
		if k.def.Type == 1 {
			out = append(out, "/"+k.def.Name)
		} else {
			out = append(out, k.def.Name)
		}
	}
	return out
}

// WaitCommands waits until a command is registered for the guild, or globally.
func (s *Server) WaitCommands(ctx context.Context, g *Guild) error {
	return s.await(ctx, &s.changed, "the registration of commands", func() (bool, error) { return len(s.commandsIn(g)) > 0, nil })
}

func (s *Server) commandsIn(g *Guild) []*command {
	var list []*command
	if g != nil {
		list = slices.Clone(s.commands[g.ID])
	}
	for _, k := range s.commands[""] {
		if !slices.ContainsFunc(list, k.same) {
			list = append(list, k)
		}
	}
	return list
}

func (s *Server) findCommand(g *Guild, kind int, name string) *command {
	for _, k := range s.commandsIn(g) {
		if k.def.Type == kind && strings.EqualFold(k.def.Name, name) {
			return k
		}
	}
	return nil
}
