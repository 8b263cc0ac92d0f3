package bot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A phrase is a sentence of those who answer, which is in English and for a terminal,
// and what it is here: phrases/CODE.json, where {1}, {2} stand for what is put in.
type phrase struct {
	whole, front *regexp.Regexp // of the English, as the whole text and as its beginning
	said         string
	literal      int // length of what is no gap
}

var gap = regexp.MustCompile(`\{[1-9]\}`)

// loadPhrases returns the phrases of a language, those that say most first; none if
// there is no file.
func loadPhrases(code string) ([]phrase, error) {
	raw, err := localeFiles.ReadFile("phrases/" + code + ".json")
	if isMissing(err) {
		return nil, nil
	}
	var table map[string]string
	if err == nil {
		err = json.Unmarshal(raw, &table)
	}
	if err != nil {
		return nil, fmt.Errorf("phrases/%s.json: %w", code, err)
	}
	var all []phrase
	for english, said := range table {
		pattern := `(?s)^`
		for i, literal := range gap.Split(english, -1) {
			if i > 0 {
				pattern += `(.+?)`
			}
			pattern += regexp.QuoteMeta(literal)
		}
		all = append(all, phrase{regexp.MustCompile(pattern + `$`), regexp.MustCompile(pattern + `\s+`), said, len(gap.ReplaceAllString(english, ""))})
	}
	slices.SortFunc(all, func(a, b phrase) int { return cmp.Or(b.literal-a.literal, cmp.Compare(a.said, b.said)) })
	return all, nil
}

// sentenceEnd tells that a gap reaches into the next sentence.
var sentenceEnd = regexp.MustCompile(`[.?!] +\p{Lu}`)

func isMissing(err error) bool {
	_, ok := err.(*fs.PathError)
	return ok
}

// retell returns what those who answer say, sentence by sentence, in the language of
// the texts as far as there are phrases for it. Quotations are never changed.
func (t *texts) retell(said string) string {
	said = strings.TrimSpace(said)
	if len(t.phrases) == 0 || said == "" {
		return said
	}
	for _, p := range t.phrases {
		if m := p.whole.FindStringSubmatch(said); m != nil && !slices.ContainsFunc(m[1:], sentenceEnd.MatchString) {
			return p.fill(t, m[1:])
		}
	}
	for _, p := range t.phrases {
		if m := p.front.FindStringSubmatch(said); m != nil {
			return p.fill(t, m[1:]) + " " + t.retell(said[len(m[0]):])
		}
	}
	return t.retellPart(said)
}

// retellError returns what is said of an error, whose reasons follow each other behind
// colons.
func (t *texts) retellError(said string) string {
	if whole := t.retell(said); whole != said {
		return whole
	}
	first, rest, more := strings.Cut(said, ": ")
	if !more {
		return said
	}
	return t.retell(first) + ": " + t.retellError(rest)
}

func (p phrase) fill(t *texts, gaps []string) string {
	out := gap.ReplaceAllStringFunc(p.said, func(g string) string {
		n, _ := strconv.Atoi(g[1:2])
		if n > len(gaps) {
			return ""
		}
		return t.retellGap(gaps[n-1])
	})
	if strings.HasSuffix(out, "..") { // a gap ended in an abbreviation
		out = out[:len(out)-1]
	}
	return out
}

// retellGap returns what stands in a gap, which may be a phrase itself.
func (t *texts) retellGap(s string) string {
	for _, p := range t.phrases {
		if m := p.whole.FindStringSubmatch(s); m != nil && p.literal > 0 && len(m[0]) > 0 {
			return strings.TrimSuffix(p.fill(t, m[1:]), ".")
		}
	}
	return t.retellPart(s)
}

var englishDay = regexp.MustCompile(`\b(\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})( \(date inferred\))?`)

// retellPart changes days and the name for an unknown outlet.
func (t *texts) retellPart(s string) string {
	s = strings.ReplaceAll(s, "A report without a named outlet", t.say("unknown.outlet"))
	return englishDay.ReplaceAllStringFunc(s, func(found string) string {
		m := englishDay.FindStringSubmatch(found)
		day, err := time.Parse("2 January 2006", m[1])
		if err != nil {
			return found
		}
		return published(t, day.Format(time.DateOnly), m[2] != "")
	})
}
