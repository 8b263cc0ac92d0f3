package qa

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// agentName is a word of a name, or an abbreviation.
const agentName = `(?:(?:\p{Lu}\.)+|\p{Lu}[\p{L}'’-]*)`

var (
	accordingBefore = regexp.MustCompile(`^(?i:according to) ([^,;:.!?]{2,60}), (.+)$`)
	accordingBehind = regexp.MustCompile(`^(.+), (?i:according to) ([^,;:.!?]{2,60})([.!]?)$`)

	// passiveBy parts "A was accused of C by B": A, the participle with its particle, what
	// stands before the "by", B and the rest.
	passiveBy = regexp.MustCompile(`^([^,;:]{2,80}?) (?:is|are|was|were|gets|got|has been|have been|had been) (?:also |being |been )?` +
		`((?:[a-z]+(?:ed|en|own|ought)|told|sent|given|built|led|held|met|made)(?: (?:out|up|off|down|aside|back|on))?) ` +
		`((?:[^,;:]+? )??)by ((?:the )?` + agentName + `(?: (?:of )?` + agentName + `)*)(.*)$`)
)

// askedBack parts "wasn't it A who said B?", which says that it was.
var askedBack = regexp.MustCompile(`^(?i:was|is)n['’]?t it (.{2,60}?) (?:who|that) (.+?)\?+$`)

// Hours of the day in words.
var (
	morning = regexp.MustCompile(hour + `morning\b`)
	evening = regexp.MustCompile(hour + `(?:afternoon|evening)\b`)
)

const hour = `\b(\d{1,2}(?::\d\d)?)(?: o['’]?clock)? in the `

// onTheClock writes hours as the articles do: "10 a.m."
func onTheClock(text string) string {
	return evening.ReplaceAllString(morning.ReplaceAllString(text, "$1 a.m."), "$1 p.m.")
}

// saidBy puts who says something before it: "according to Lavrov" is "Lavrov says that".
func saidBy(text string, isName func(string) bool) string {
	if m := accordingBefore.FindStringSubmatch(text); m != nil {
		return m[1] + " says that " + uncapitalised(m[2], isName)
	}
	if m := accordingBehind.FindStringSubmatch(text); m != nil {
		return m[2] + " says that " + uncapitalised(m[1], isName) + m[3]
	}
	return text
}

// active tells a statement in the passive in the active voice where it names who does
// it, since nearly all sentences of news do: "B accused A of C". The participle stays, which
// has the stem of the verb.
func active(text string, isName func(string) bool) string {
	m := passiveBy.FindStringSubmatch(text)
	if m == nil || len(dates.Find(m[4], dates.Anchor{})) > 0 {
		return text
	}
	if i := strings.LastIndex(m[1], " that "); i >= 0 { // what somebody says
		i += len(" that ")
		return text[:i] + active(text[i:], isName)
	}
	whom := analysis.Terms(m[1])
	for i, t := range whom {
		if i == 0 && negators[t.Text] || sayingVerbs[t.Text] && !t.Capital && !nominal(m[1], whom, i) || i == len(whom)-1 && (relatives[t.Text] || t.Text == "that") {
			return text
		}
	}
	rest := m[5]
	if m[3] != "" {
		rest = " " + m[3][:len(m[3])-1] + rest
	}
	return m[4] + " " + m[2] + " " + uncapitalised(m[1], isName) + rest
}

// uncapitalised writes a text small that doesn't begin with a name.
func uncapitalised(text string, isName func(string) bool) string {
	if terms := analysis.Terms(text); len(terms) > 0 && isName(terms[0].Text) {
		return text
	}
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(r)) + text[n:]
}
