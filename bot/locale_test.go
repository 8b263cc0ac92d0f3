package bot

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// Every language has every text of English, with the same names in braces and all
// plural forms that the language has.
func TestLanguagesAreComplete(t *testing.T) {
	all := mustLanguages(t)
	forms := func(code string) map[string]bool {
		f := map[string]bool{}
		for n := range 200 {
			f[all[code].plural(n)] = true
		}
		return f
	}
	split := func(key string) (string, bool) {
		i := strings.LastIndexByte(key, '.')
		if i > 0 && slices.Contains([]string{"one", "two", "few", "many", "other", "zero"}, key[i+1:]) {
			return key[:i], true
		}
		return key, false
	}
	for code, lang := range all {
		for key, entry := range all[fallback].entries {
			base, isPlural := split(key)
			want := []string{key}
			if isPlural {
				want = nil
				for f := range forms(code) {
					want = append(want, base+"."+f)
				}
			}
			for _, k := range want {
				got, ok := lang.entries[k]
				if !ok || strings.TrimSpace(got) == "" {
					t.Errorf("%s: %s is missing", code, k)
					continue
				}
				a, b := placeholder.FindAllString(entry, -1), placeholder.FindAllString(got, -1)
				slices.Sort(a)
				slices.Sort(b)
				if !slices.Equal(a, b) {
					t.Errorf("%s: %s has %v, English %v", code, k, b, a)
				}
			}
		}
		for key := range lang.entries {
			base, isPlural := split(key)
			if _, ok := all[fallback].entries[key]; !ok && (!isPlural || all[fallback].entries[base+".other"] == "") {
				t.Errorf("%s: %s is in no use", code, key)
			}
		}
	}
}

// Discord's rules for what a command may be called and how long its parts may be.
func TestCommandsObeyDiscord(t *testing.T) {
	l := mustLanguages(t)
	set := l.commandSet(abilities{check: true, summarise: true, chronicle: true, ingest: true, feeds: true, topics: true, remove: true})
	total := func(name, about string, more map[string]string) int {
		longest := 0
		for _, s := range more {
			longest = max(longest, width(s))
		}
		return max(width(name+about), longest)
	}
	var check func(o commandOption, at string) int
	check = func(o commandOption, at string) int {
		at += " " + o.Name
		for _, name := range append(values(o.Names), o.Name) {
			if !commandName.MatchString(name) || strings.ToLower(name) != name {
				t.Errorf("%s: %q can't be a name", at, name)
			}
		}
		for _, about := range append(values(o.Descriptions), o.Description) {
			if n := width(about); n < 1 || n > 100 {
				t.Errorf("%s: description of %d units: %s", at, n, about)
			}
		}
		if len(o.Options) > 25 || len(o.Choices) > 25 || len(o.Choices) > 0 && o.Autocomplete {
			t.Errorf("%s: too many parts", at)
		}
		n := total(o.Name, o.Description, o.Descriptions)
		seen := map[string]bool{}
		optional := false
		for _, sub := range o.Options {
			if seen[sub.Name] || sub.Required && optional {
				t.Errorf("%s: %s is twice or required after an optional one", at, sub.Name)
			}
			seen[sub.Name], optional = true, optional || !sub.Required
			n += check(sub, at)
		}
		return n
	}
	slash := 0
	for _, c := range set {
		if c.Type != 1 {
			if c.Description != "" || len(c.Options) > 0 || width(c.Name) > 32 {
				t.Errorf("menu %s is not valid", c.Name)
			}
			continue
		}
		slash++
		if n := check(commandOption{Name: c.Name, Names: c.Names, Description: c.Description, Descriptions: c.Descriptions, Options: c.Options}, "/"); n > 8000 {
			t.Errorf("/%s has %d characters", c.Name, n)
		}
	}
	t.Logf("n = %d commands, %d of them slash", len(set), slash)
	if fingerprint(set) == fingerprint(l.commandSet(abilities{})) || fingerprint(set) != fingerprint(l.commandSet(abilities{check: true, summarise: true, chronicle: true, ingest: true, feeds: true, topics: true, remove: true})) {
		t.Error("the fingerprint doesn't tell sets apart, or tells equal ones apart")
	}
}

func values(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func TestSay(t *testing.T) {
	l := mustLanguages(t)
	for _, c := range []struct{ got, want string }{
		{l["en"].say("citations", "n", 1), "1 citation"},
		{l["en"].say("citations", "n", 4), "4 citations"},
		{l["uk"].say("citations", "n", 1), "1 цитата"},
		{l["uk"].say("citations", "n", 3), "3 цитати"},
		{l["uk"].say("citations", "n", 11), "11 цитат"},
		{l["uk"].say("citations", "n", 22), "22 цитати"},
		{l["en"].date("2021-12-02"), "2 December 2021"},
		{l["uk"].date("2021-12-02"), "2 грудня 2021 р."},
		{l["uk"].date("2021-12"), "грудень 2021 р."},
		{l["en"].date("2021"), "2021"},
		{l.pick("uk").code, "uk"}, {l.pick("en-GB").code, "en"}, {l.pick("", "xx", "uk").code, "uk"}, {l.pick("zz").code, "en"},
		{l["en"].say("no.such.key"), "no.such.key"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
