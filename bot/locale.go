package bot

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed locales/*.json phrases/*.json
var localeFiles embed.FS

// texts are the words of the bot in one language, from locales/CODE.json. A text
// with {n} in it has one entry for each plural form of the language: KEY.one,
// KEY.few, KEY.many, KEY.other (Unicode's cardinal categories).
type texts struct {
	code    string // of Discord, such as "uk"
	tag     language.Tag
	entries map[string]string
	phrases []phrase // of those who answer
}

// languages holds every language of the bot by its code; English is complete and
// stands in for what another lacks.
type languages map[string]*texts

const fallback = "en"

func loadLanguages() (languages, error) {
	all := languages{}
	names, err := fs.Glob(localeFiles, "locales/*.json")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := localeFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		t := &texts{code: strings.TrimSuffix(path.Base(name), ".json")}
		if err := json.Unmarshal(b, &t.entries); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if t.tag, err = language.Parse(t.code); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if t.phrases, err = loadPhrases(t.code); err != nil {
			return nil, err
		}
		all[t.code] = t
	}
	if all[fallback] == nil {
		return nil, fmt.Errorf("locales/%s.json is missing", fallback)
	}
	return all, nil
}

// pick returns the texts for the first code that is known, "en-GB" being English.
func (l languages) pick(codes ...string) *texts {
	for _, code := range codes {
		if t := l[code]; t != nil {
			return t
		}
		base, _, _ := strings.Cut(code, "-")
		if t := l[base]; t != nil {
			return t
		}
	}
	return l[fallback]
}

// codes returns the codes of the languages, sorted.
func (l languages) codes() []string {
	var out []string
	for code := range l {
		out = append(out, code)
	}
	sort.Strings(out)
	return out
}

// say returns a text with the names in braces replaced: say("k", "user", "Ann", "n",
// 3). The value of n chooses the plural form. A key without text comes back itself.
func (t *texts) say(key string, pairs ...any) string {
	var replace []string
	for i := 0; i+1 < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		replace = append(replace, "{"+name+"}", fmt.Sprint(pairs[i+1]))
		if n, ok := pairs[i+1].(int); ok && name == "n" {
			if form := key + "." + t.plural(n); t.entries[form] != "" {
				key = form
			}
		}
	}
	entry, ok := t.entries[key]
	if !ok {
		return key
	}
	return strings.NewReplacer(replace...).Replace(entry)
}

func (t *texts) plural(n int) string {
	return [...]string{"other", "zero", "one", "two", "few", "many"}[plural.Cardinal.MatchPlural(t.tag, n, 0, 0, 0, 0)]
}

// date returns an ISO day, month or year in words; anything else as it is.
func (t *texts) date(iso string) string {
	if d, err := time.Parse(time.DateOnly, iso); err == nil {
		return t.say("date.day", "day", d.Day(), "month", t.say("month."+strconv.Itoa(int(d.Month()))), "year", d.Year())
	}
	if d, err := time.Parse("2006-01", iso); err == nil {
		return t.say("date.month", "month", t.say("month.alone."+strconv.Itoa(int(d.Month()))), "year", d.Year())
	}
	return iso
}

// moment returns a time of a day in UTC: "29 November 2026, 15:04 UTC".
func (t *texts) moment(at time.Time) string {
	at = at.UTC()
	return t.date(at.Format(time.DateOnly)) + ", " + at.Format("15:04") + " UTC"
}

// duration returns a wait in whole seconds or minutes, rounded up.
func (t *texts) duration(d time.Duration) string {
	if d <= 90*time.Second {
		return t.say("seconds", "n", max(1, int((d+time.Second-1)/time.Second)))
	}
	return t.say("minutes", "n", int((d+time.Minute-1)/time.Minute))
}
