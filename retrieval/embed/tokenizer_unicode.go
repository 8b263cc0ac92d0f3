package embed

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// A kind says what becomes of a character of the text before any folding.
type kind uint8

const (
	letter      kind = iota // belongs to a word, after folding
	dropped                 // removed; the characters around it become neighbours
	space                   // ends a word
	punctuation             // a word of its own
	ideograph               // a word of its own, after folding
)

// The library that the models were published with knows the general
// categories of Unicode 8.0: to it, anything assigned later is a letter, so a
// word with it is unknown. Decompositions and lower case are newer there, but
// differ from Go's only in characters that no BERT vocabulary holds.
var (
	unicode8 = rangetable.Assigned("8.0.0")

	// Characters of Unicode 8.0 that have changed their category since.
	wasPunctuation = rangetable.New(0x166D, 0x111C9)
	wasMark        = rangetable.New(0x1734)
	wasNoMark      = rangetable.New(0x1885, 0x1886, 0xA9BD, 0x111C9)
)

// The blocks that the BERT authors call Chinese characters.
var ideographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x3400, Hi: 0x4DBF, Stride: 1},
		{Lo: 0x4E00, Hi: 0x9FFF, Stride: 1},
		{Lo: 0xF900, Hi: 0xFAFF, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x20000, Hi: 0x2A6DF, Stride: 1},
		{Lo: 0x2A700, Hi: 0x2B73F, Stride: 1},
		{Lo: 0x2B740, Hi: 0x2B81F, Stride: 1},
		{Lo: 0x2B920, Hi: 0x2CEAF, Stride: 1},
		{Lo: 0x2F800, Hi: 0x2FA1F, Stride: 1},
	},
}

var asciiKind, asciiLower = func() (kinds [utf8.RuneSelf]kind, lower [utf8.RuneSelf]byte) {
	for c := range kinds {
		r := rune(c)
		kinds[c], lower[c] = kindOf(r), byte(unicode.ToLower(r))
		if isPunctuation(r) {
			kinds[c] = punctuation
		}
	}
	return kinds, lower
}()

// kindOf returns the kind of r; punctuation is told apart only after folding,
// for U+2260 folds to an equals sign.
func kindOf(r rune) kind {
	switch {
	case r == '\t', r == '\n', r == '\r':
		return space
	case r == utf8.RuneError, unicode.In(r, unicode.Cc, unicode.Co),
		unicode.Is(unicode.Cf, r) && unicode.Is(unicode8, r):
		return dropped
	case unicode.IsSpace(r):
		return space
	case unicode.Is(ideographs, r):
		return ideograph
	}
	return letter
}

// isPunctuation holds for the categories P*, and for the symbols of ASCII.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return unicode.IsPunct(r) || unicode.IsSymbol(r)
	}
	return unicode.IsPunct(r) && unicode.Is(unicode8, r) || unicode.Is(wasPunctuation, r)
}

// isAccent holds for the category Mn.
func isAccent(r rune) bool {
	return unicode.Is(unicode.Mn, r) && unicode.Is(unicode8, r) && !unicode.Is(wasNoMark, r) || unicode.Is(wasMark, r)
}

// isBlank says that text has no token: nothing in it stays after folding.
func isBlank(text string) bool {
	var room [4]rune
	for i, r := range text {
		if k := kindOf(r); k == dropped || k == space {
			continue
		}
		if len(fold(room[:0], text[i:i+utf8.RuneLen(r)])) > 0 {
			return false
		}
	}
	return true
}

// fold appends the canonical decomposition of the one character char to dst,
// without accents and in lower case.
func fold(dst []rune, char string) []rune {
	r, _ := utf8.DecodeRuneInString(char)
	if s := r - hangulFirst; 0 <= s && s < hangulCount {
		return appendJamo(dst, s)
	}
	decomposed := norm.NFD.PropertiesString(char).Decomposition()
	if decomposed == nil {
		if isAccent(r) {
			return dst
		}
		return append(dst, unicode.ToLower(r))
	}
	for len(decomposed) > 0 {
		r, n := utf8.DecodeRune(decomposed)
		decomposed = decomposed[n:]
		if !isAccent(r) {
			dst = append(dst, unicode.ToLower(r))
		}
	}
	return dst
}

// The arithmetic of Hangul syllables: The Unicode Standard, section 3.12.
const (
	hangulFirst = 0xAC00
	hangulCount = 11172
	jamoLead    = 0x1100
	jamoVowel   = 0x1161
	jamoTail    = 0x11A7 // stands for no tail
	vowels      = 21
	tails       = 28
)

func appendJamo(dst []rune, syllable rune) []rune {
	dst = append(dst, jamoLead+syllable/(vowels*tails), jamoVowel+syllable/tails%vowels)
	if tail := syllable % tails; tail > 0 {
		dst = append(dst, jamoTail+tail)
	}
	return dst
}
