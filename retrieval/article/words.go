package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// allCapitalised reports whether s is a run of names: every word opens with a
// capital or a digit, but for the small words of names and credits.
func allCapitalised(s string) bool {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || r == '/' || r == ',' || r == '|' }) {
		r, _ := utf8.DecodeRuneInString(strings.TrimLeft(word, "(\"'“‘&-–@©"))
		if unicode.IsLower(r) && !smallWords[strings.Trim(word, ".,()")] {
			return false
		}
	}
	return true
}

// agencyName returns the first news agency named in s, or "".
func agencyName(s string) string {
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if agencies[word] {
			return word
		}
	}
	return ""
}

// lowerASCII returns s with A to Z in lower case; offsets stay the same.
func lowerASCII(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

func lineSet(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range lineList(words) {
		m[w] = true
	}
	return m
}

func lineList(words string) []string {
	var list []string
	for w := range strings.SplitSeq(words, "\n") {
		if w = strings.TrimSpace(w); w != "" {
			list = append(list, w)
		}
	}
	return list
}

// byFirstByte sorts lines by the byte they begin with.
func byFirstByte(words string) map[byte][]string {
	m := map[byte][]string{}
	for _, w := range lineList(words) {
		m[w[0]] = append(m[w[0]], w)
	}
	return m
}

var (
	agencies = set(`AFP AP Reuters REUTERS EPA EFE TASS Tass Sputnik ANSA DPA dpa Xinhua Kyodo PA UPI Interfax Ukrinform UNIAN Getty Anadolu RIA Bloomberg AAP PTI ANI IANS Yonhap BELTA Belga`)

	smallWords = set(`and for in with de van von der den of the via by to on at from a an al el la le da di du dos bin ben by/`)
)
