package discordtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

func TestCommandRules(t *testing.T) {
	d := newDesk(t, discordtest.Options{RoutePerSecond: -1, GlobalPerSecond: -1})
	option := func(fields string) string {
		return `{"name":"x","description":"x","options":[{"name":"o","description":"o",` + fields + `}]}`
	}
	sub := func(inner string) string {
		return `{"type":2,"name":"g","description":"g","options":[{"type":1,"name":"s","description":"s","options":[` + inner + `]}]}`
	}
	tests := []struct{ name, command, violation string }{
		{"plain", `{"name":"x","description":"x"}`, ""},
		{"letters", `{"name":"питання_до-нас'","description":"x"}`, ""},
		{"devanagari", `{"name":"हिन्दी","description":"x"}`, ""},
		{"nulls", `{"name":"x","description":"x","options":null,"name_localizations":null,"contexts":[0,1],"integration_types":[0]}`, ""},
		{"upper case", `{"name":"Ask","description":"x"}`, `name "Ask"`},
		{"space", `{"name":"a b","description":"x"}`, `name "a b"`},
		{"33 characters", `{"name":` + text(33) + `,"description":"x"}`, "want 1 to 32"},
		{"no name", `{"description":"x"}`, `name ""`},
		{"no description", `{"name":"x"}`, "description is empty"},
		{"long description", `{"name":"x","description":` + text(101) + `}`, "description has 101"},
		{"localised name", `{"name":"x","description":"x","name_localizations":{"uk":"Велика"}}`, `name "Велика"`},
		{"localised description", `{"name":"x","description":"x","description_localizations":{"uk":` + text(101) + `}}`, "description in uk has 101"},
		{"locale", `{"name":"x","description":"x","name_localizations":{"ua":"x"}}`, `locale "ua"`},
		{"type", `{"name":"x","type":9}`, "type 9"},
		{"permissions as text", `{"name":"x","description":"x","default_member_permissions":"32"}`, ""},
		{"permissions as a number", `{"name":"x","description":"x","default_member_permissions":32}`, "no text"},
		{"permissions as words", `{"name":"x","description":"x","default_member_permissions":"admin"}`, "no number"},
		{"context", `{"name":"x","description":"x","contexts":[3]}`, "context 3"},
		{"integration type", `{"name":"x","description":"x","integration_types":[2]}`, "integration type 2"},

		{"message command", `{"name":"Check this message","type":3}`, ""},
		{"message command with a description", `{"name":"Check","type":3,"description":"x"}`, "has a description"},
		{"long message command", `{"name":` + text(33) + `,"type":3}`, "name has 33"},

		{"required last", `{"name":"x","description":"x","options":[{"type":3,"name":"a","description":"a"},{"type":3,"name":"b","description":"b","required":true}]}`, "follows an optional one"},
		{"26 options", `{"name":"x","description":"x","options":` + numbered(26, `{"type":3,"name":"o%d","description":"o"}`) + `}`, "26 options"},
		{"option twice", `{"name":"x","description":"x","options":` + times(2, `{"type":3,"name":"o","description":"o"}`) + `}`, "used twice"},
		{"option twice in one language", `{"name":"x","description":"x","options":[{"type":3,"name":"a","description":"a","name_localizations":{"uk":"b"}},{"type":3,"name":"b","description":"b"}]}`, "used twice uk"},
		{"option type", option(`"type":12`), "type 12"},
		{"option description", strings.Replace(option(`"type":3`), `"description":"o"`, `"description":""`, 1), "description is empty"},
		{"choices and autocomplete", option(`"type":3,"autocomplete":true,"choices":[{"name":"a","value":"a"}]`), "choices and autocomplete"},
		{"autocomplete of a user", option(`"type":6,"autocomplete":true`), "need text or a number"},
		{"26 choices", option(`"type":3,"choices":` + numbered(26, `{"name":"%d","value":"%d"}`)), "26 choices"},
		{"choice name", option(`"type":3,"choices":[{"name":` + text(101) + `,"value":"a"}]`), "choice name has 101"},
		{"choice value", option(`"type":3,"choices":[{"name":"a","value":` + text(101) + `}]`), "choice value has 101"},
		{"choice of text for a number", option(`"type":4,"choices":[{"name":"a","value":"a"}]`), "no number"},
		{"choice twice", option(`"type":3,"choices":` + times(2, `{"name":"a","value":"a"}`)), "used twice"},
		{"min_value of text", option(`"type":3,"min_value":1`), "does not fit"},
		{"min above max", option(`"type":4,"min_value":2,"max_value":1`), "above max_value"},
		{"max_length", option(`"type":3,"max_length":6001`), "to 6001"},
		{"channel_types of text", option(`"type":3,"channel_types":[0]`), "does not fit"},

		{"group", `{"name":"x","description":"x","options":[` + sub(`{"type":3,"name":"o","description":"o"}`) + `]}`, ""},
		{"too deep", `{"name":"x","description":"x","options":[` + sub(`{"type":1,"name":"o","description":"o"}`) + `]}`, "subcommand plain options"},
		{"mixed", `{"name":"x","description":"x","options":[{"type":1,"name":"s","description":"s"},{"type":3,"name":"o","description":"o"}]}`, "mixed"},
		{"required subcommand", option(`"type":1,"required":true`), "is required"},
		{"empty group", option(`"type":2`), "no subcommands"},
		{"8,000 characters", `{"name":"x","description":"x","options":` + numbered(4, `{"type":3,"name":"o%d","description":"o","choices":`+
			numbered(25, `{"name":"#`+strings.Repeat("x", 40)+`%d","value":"`+strings.Repeat("x", 40)+`%d"}`)+`}`) + `}`, "8000 are allowed"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			d := *d
			d.t = t
			a := d.call("PUT", d.commands(""), "["+strings.ReplaceAll(tc.command, "#", "")+"]")
			if tc.violation == "" {
				d.want(a, 200, 0, "")
			} else {
				d.want(a, 400, 50035, tc.violation)
			}
		})
	}
}

func TestCommandCounts(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	slash := func(n int) string { return numbered(n, `{"name":"c%d","description":"x"}`) }
	menu := func(n, kind int) string { return numbered(n, fmt.Sprintf(`{"name":"c%%d","type":%d}`, kind)) }
	d.want(d.call("PUT", d.commands(""), slash(101)), 400, 30032, "101 commands of type 1")
	d.want(d.call("PUT", d.commands(""), menu(16, 2)), 400, 30032, "16 commands of type 2")
	d.want(d.call("PUT", d.commands(""), menu(16, 3)), 400, 30032, "16 commands of type 3")
	d.want(d.call("PUT", d.commands(""), times(2, `{"name":"x","description":"x"}`)), 400, 50035, `are named "x"`)
	d.want(d.call("PUT", d.commands(""), slash(100)), 200, 0, "")
	d.want(d.call("PUT", d.commands(""), slash(100)), 200, 0, "") // the same ones are no creations
	d.want(d.call("PUT", d.commands(""), `[]`), 200, 0, "")
	d.want(d.call("PUT", d.commands(""), slash(100)), 200, 0, "")
	d.want(d.call("POST", d.commands(""), `{"name":"one-more","description":"x"}`), 400, 30034, "daily application command creates")
	d.want(d.call("POST", d.commands(d.guild.ID), `{"name":"one-more","description":"x"}`), 201, 0, "") // counts a guild
	d.Advance(25 * time.Hour)
	d.want(d.call("POST", d.commands(""), `{"name":"one-more","description":"x"}`), 201, 0, "")
}

func TestCommandRoutes(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	a := d.call("PUT", d.commands(""), `[{"name":"x","description":"x","name_localizations":{"uk":"ікс"},"options":[{"type":3,"name":"o","description":"o","name_localizations":{"uk":"о"}}]}]`)
	d.want(a, 200, 0, "")
	id := a.list[0]["id"].(string)
	again := d.call("PUT", d.commands(""), `[{"name":"x","description":"changed"}]`)
	if again.list[0]["id"] != id {
		t.Error("a command that kept its name has another id")
	}
	d.call("PUT", d.commands(""), `[{"name":"x","description":"x","name_localizations":{"uk":"ікс"}}]`)
	if got := d.call("GET", d.commands(""), "").list[0]; got["name_localizations"] != nil {
		t.Errorf("localizations without asking: %v", got)
	}
	if got := d.call("GET", d.commands("")+"?with_localizations=true", "").list[0]; got["name_localizations"] == nil || got["application_id"] != d.Bot().ID {
		t.Errorf("no localizations: %v", got)
	}
	d.want(d.call("GET", d.commands("")+"/"+id, ""), 200, 0, "")
	d.want(d.call("POST", d.commands(d.guild.ID), `{"name":"x","description":"here"}`), 201, 0, "")
	d.want(d.call("POST", d.commands(d.guild.ID), `{"name":"local","description":"x"}`), 201, 0, "")
	if got := strings.Join(d.Commands(d.guild), " "); got != "/x /local" {
		t.Errorf("commands %s", got)
	}
	d.want(d.call("DELETE", d.commands("")+"/"+id, ""), 204, 0, "")
	d.want(d.call("DELETE", d.commands("")+"/"+id, ""), 404, 10063, "Unknown application command")
	d.want(d.call("GET", d.commands("5"), ""), 403, 50001, "")
}
