package qa

import (
	"regexp"
	"strings"
	"unicode"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// mentions are what a chat program writes for members, channels, roles and the
// like: they ask nothing.
var mentions = regexp.MustCompile(`<(@[!&]?|#|a?:\w+:)\d+>|\B@(everyone|here)\b`)

// essence returns what a message asks: its sentences that end in a question mark,
// with the ones before that they refer to left out, or all of it where there is no
// such sentence.
func essence(text string) string { return strings.Join(asking(text), " ") }

// asking returns the sentences of essence.
func asking(text string) []string {
	text = strings.TrimSpace(mentions.ReplaceAllString(text, " "))
	var questions []string
	for _, s := range article.Sentences(text) {
		if t := s.In(text); strings.ContainsRune(t, '?') {
			questions = append(questions, t)
		}
	}
	if len(questions) == 0 {
		return []string{text}
	}
	return questions
}

// foreign reports whether a question is not in the language of the articles:
// mostly in another script, or without a single English function word among six
// words or more.
func foreign(text string) bool {
	if otherScript(text) {
		return true
	}
	terms := analysis.Terms(text)
	for _, t := range terms {
		if t.Stop {
			return false
		}
	}
	return len(terms) >= 6
}

// negated reports whether terms deny something: by a word of negation, or a verb of
// denial. With a weight, only a negation near one of its terms counts.
func negated(terms []analysis.Term, weight map[string]float64) bool {
	const reach = 6
	for i, t := range terms {
		if !negations[t.Text] && !denyingVerbs[t.Text] && !(t.Text == "out" && i > 0 && terms[i-1].Text == "rule") {
			continue
		}
		if weight == nil {
			return true
		}
		for j := max(0, i-reach); j < min(len(terms), i+reach); j++ {
			if weight[terms[j].Text] > 0 && j != i {
				return true
			}
		}
	}
	return false
}

// otherScript reports whether most letters of a text are not Latin.
func otherScript(text string) bool {
	latin, other := 0, 0
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
		case unicode.Is(unicode.Latin, r):
			latin++
		default:
			other++
		}
	}
	return other > latin
}
