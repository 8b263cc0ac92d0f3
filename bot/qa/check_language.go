package qa

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"crisisbot/retrieval/analysis"
)

// Between languages of the same fact, lengths in letters differ less than this.
const checkLengthRatio = 3

// checkTranslation says why text cannot be a translation of the English
// statement that was checked in its place, "" if it can. Words are beyond
// checking in code; numbers and length are not.
func checkTranslation(text, english string) string {
	a, b := utf8.RuneCountInString(text), utf8.RuneCountInString(english)
	if a > checkLengthRatio*b+20 || b > checkLengthRatio*a+20 {
		return "the statement and its English differ in length too much to say the same"
	}
	if shown := checkMissingNumber(text, english); shown != "" {
		return fmt.Sprintf("the number %q is not in the English of the statement", shown)
	}
	if shown := checkMissingNumber(english, text); shown != "" {
		return fmt.Sprintf("the number %q of the English is not in the statement", shown)
	}
	return ""
}

// checkMissingNumber returns a number that a has in digits and b has not.
func checkMissingNumber(a, b string) string {
	have := map[string]bool{}
	for _, t := range analysis.Terms(b) {
		if t.Number {
			have[checkDigits(t.Text)] = true
		}
	}
	for _, t := range analysis.Terms(a) {
		if shown := a[t.Start:t.End]; t.Number && strings.ContainsAny(shown, "0123456789") && !have[checkDigits(t.Text)] {
			return shown
		}
	}
	return ""
}

// checkDigits drops points and commas: languages differ in which of them groups
// thousands.
func checkDigits(n string) string { return strings.NewReplacer(".", "", ",", "").Replace(n) }
