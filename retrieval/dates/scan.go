package dates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind uint8

const (
	none kind = iota // beyond the text
	word
	number
	mark
)

// token is a word, a run of digits or one other rune.
type token struct {
	start, end int32 // bytes
	tail       int32 // end, with a possessive "'s" included
	num        int32 // value of a number, rune of a mark
	val        int16 // of the lexicon
	kind       kind
	class      class
	digits     uint8 // how many digits a number has
	spaced     bool  // a space stands before it
	line       bool  // a line break stands before it
	upper      bool  // its first letter is a capital
	ordinal    bool  // "7th"
	decade     bool  // "1990s"
	junk       bool  // a number that is no part of a date: "115,000", "120K"
}

func (t *token) possessive() bool { return t.tail > t.end }

// scan appends the tokens of text to toks. Web addresses are left out, since
// the date in one says nothing about its sentence.
func scan(text string, toks []token) []token {
	spaced, line := true, true
	for i := 0; i < len(text); {
		r, n := runeAt(text, i)
		if unicode.IsSpace(r) {
			spaced, line = true, line || r == '\n'
			i += n
			continue
		}
		t := token{start: int32(i), spaced: spaced, line: line}
		spaced, line = false, false
		switch {
		case r >= '0' && r <= '9':
			i = scanNumber(text, i, &t)
		case unicode.IsLetter(r) && r != 'ʼ':
			i = scanWord(text, i, &t)
			if strings.HasPrefix(text[i:], "://") || text[t.start:i] == "www" {
				for i < len(text) && !strings.ContainsRune(" \t\n>)\"", rune(text[i])) {
					i++
				}
				continue
			}
		default:
			t.kind, t.num = mark, r
			i += n
		}
		t.end = int32(i)
		if a := apostrophe(text, i); t.kind != mark && a > 0 && i+a < len(text) && text[i+a] == 's' {
			if next, _ := runeAt(text, i+a+1); !unicode.IsLetter(next) {
				i += a + 1
			}
		}
		t.tail = int32(i)
		toks = append(toks, t)
	}
	return toks
}

// scanWord reads letters and the digits that follow them, and looks the word
// up in lower case. An apostrophe inside a Cyrillic word belongs to it and is
// not spelled in the lexicon.
func scanWord(text string, start int, t *token) int {
	var key [32]byte
	k, cyrillic := 0, false
	t.kind = word
	i := start
	for i < len(text) {
		c := text[i]
		if c < utf8.RuneSelf && c != '\'' {
			low := c | 0x20
			if c >= '0' && c <= '9' {
				low = c
			} else if low < 'a' || low > 'z' {
				break
			}
			t.upper = t.upper || i == start && c != low
			if k < len(key) {
				key[k] = low
			}
			k, cyrillic = k+1, false
			i++
			continue
		}
		if a := apostrophe(text, i); a > 0 {
			if next, _ := runeAt(text, i+a); cyrillic && unicode.Is(unicode.Cyrillic, next) {
				i += a
				continue
			}
			break
		}
		r, n := runeAt(text, i)
		if !unicode.IsLetter(r) {
			break
		}
		t.upper = t.upper || i == start && unicode.IsUpper(r)
		cyrillic = unicode.Is(unicode.Cyrillic, r)
		r = unicode.ToLower(r)
		if k+utf8.RuneLen(r) <= len(key) {
			utf8.EncodeRune(key[k:], r)
		}
		k += utf8.RuneLen(r)
		i += n
	}
	if k <= len(key) {
		l := lexicon[string(key[:k])]
		t.class, t.val = l.class, l.val
	}
	return i
}

// scanNumber reads digits, their groups of thousands and an ordinal or decade
// ending.
func scanNumber(text string, i int, t *token) int {
	t.kind = number
	digits := func() {
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			if t.digits < 10 {
				t.digits++
			}
			if t.digits <= 9 {
				t.num = t.num*10 + int32(text[i]-'0')
			}
			i++
		}
	}
	digits()
	for i+4 <= len(text) && text[i] == ',' && isDigits(text[i+1:i+4]) && (i+4 == len(text) || !isDigits(text[i+4:i+5])) {
		t.junk = true
		i++
		digits()
	}
	rest := i
	for rest < len(text) {
		r, n := runeAt(text, rest)
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || apostrophe(text, rest) > 0 {
			break
		}
		rest += n
	}
	switch strings.ToLower(text[i:rest]) {
	case "":
	case "st", "nd", "rd", "th":
		t.ordinal = true
	case "s":
		t.decade = t.digits == 4 && t.num%10 == 0
		t.junk = true
	default:
		t.junk = true
	}
	if t.digits > 9 {
		t.junk = true
	}
	return rest
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// apostrophe returns the length of the apostrophe at text[i:], 0 if there is none.
func apostrophe(text string, i int) int {
	if i >= len(text) {
		return 0
	}
	if text[i] == '\'' {
		return 1
	}
	if r, n := runeAt(text, i); r == '’' || r == 'ʼ' {
		return n
	}
	return 0
}

func runeAt(text string, i int) (rune, int) {
	if i >= len(text) {
		return 0, 0
	}
	if text[i] < utf8.RuneSelf {
		return rune(text[i]), 1
	}
	return utf8.DecodeRuneInString(text[i:])
}
