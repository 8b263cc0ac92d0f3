package qaeval

import (
	"regexp"
	"strings"
)

var wordPattern = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// Normalise is the normalisation of SQuAD: lower case, no ASCII punctuation, no
// English articles, single spaces.
func Normalise(s string) string {
	s = strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f && !('0' <= r && r <= '9' || 'a' <= r && r <= 'z') {
			return -1
		}
		return r
	}, strings.ToLower(s))
	s = wordPattern.ReplaceAllStringFunc(s, func(w string) string {
		if w == "a" || w == "an" || w == "the" {
			return " "
		}
		return w
	})
	return strings.Join(strings.Fields(s), " ")
}

// Contains reports whether text holds all tokens of answer in a row, after
// normalisation.
func Contains(text, answer string) bool {
	answer = Normalise(answer)
	return answer != "" && strings.Contains(" "+Normalise(text)+" ", " "+answer+" ")
}

// overlap reports whether one of two normalised texts covers the other.
func overlap(a, b string) bool {
	return a != "" && b != "" && (strings.Contains(a, b) || strings.Contains(b, a))
}
