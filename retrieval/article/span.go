package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxSentence = 1000 // bytes; a longer stretch without a sentence end is cut
	cutSentence = 600  // bytes of the pieces it is cut into, at most
)

// appendPieces appends s, made tight and cut where it is too long. A stretch
// without a letter or digit is no sentence: it joins the one before, if any.
func appendPieces(dst []Span, first int, text string, s Span) []Span {
	s = trim(text, s)
	if strings.IndexFunc(s.In(text), isWordRune) < 0 {
		if s.Start < s.End && len(dst) > first && s.End-dst[len(dst)-1].Start <= maxSentence {
			dst[len(dst)-1].End = s.End
		}
		return dst
	}
	for s.End-s.Start > maxSentence {
		cut := s.Start + cutSentence
		if n := strings.LastIndexFunc(text[s.Start+cutSentence/2:cut], isSpace); n >= 0 {
			cut = s.Start + cutSentence/2 + n
		} else {
			for n := 1; n < utf8.UTFMax && !utf8.RuneStart(text[cut]); n++ {
				cut--
			}
		}
		dst = append(dst, trim(text, Span{s.Start, cut}))
		s.Start = skipSpace(text, cut)
	}
	return append(dst, s)
}

// trim returns s without white space at its ends.
func trim(text string, s Span) Span {
	s.Start = min(skipSpace(text[:s.End], s.Start), s.End)
	s.End = s.Start + len(strings.TrimRightFunc(s.In(text), isSpace))
	return s
}

func skipSpace(text string, i int) int {
	for i < len(text) {
		if c := text[i]; c < utf8.RuneSelf {
			if c != ' ' && (c < '\t' || c > '\r') {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if !isSpace(r) {
			return i
		}
		i += n
	}
	return i
}

// isSpaceAt reports whether the rune that ends at offset i is white space.
func isSpaceAt(text string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:min(i, len(text))])
	return isSpace(r)
}

// isSpace counts the invisible marks that web pages leave behind as white space.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' || r == '\u2060'
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
