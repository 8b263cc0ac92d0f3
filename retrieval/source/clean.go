package source

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is the longest run of combining marks kept after one letter. Fully
// pointed Hebrew and Arabic need at most five, decomposed Vietnamese two.
const maxMarks = 8

// Clean returns text without the characters that a reader cannot see but a
// program acts on: control characters, bidirectional controls, zero-width and
// tag characters, invalid UTF-8 (replaced by U+FFFD) and runs of more than
// eight combining marks. Every line break becomes "\n". Joiners stay where a
// script or an emoji needs them, so ordinary text in any language comes back
// unchanged, and without being copied.
func Clean(text string) string {
	if visible(text) {
		return text
	}
	text = strings.TrimPrefix(text, "\ufeff")
	var b strings.Builder
	b.Grow(len(text))
	var prev rune // last rune kept
	marks := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		start := i
		i += size
		switch {
		case r == '\r':
			if strings.HasPrefix(text[i:], "\n") {
				continue
			}
			r = '\n'
		case r == '\f' || r == '\v' || r == 0x85 || r == 0x2028 || r == 0x2029:
			r = '\n'
		case r == 0x200c || r == 0x200d:
			next, _ := utf8.DecodeRuneInString(text[i:])
			if !joinerNeeded(r, prev, next) {
				continue
			}
		case variationSelector(r):
			if !selectable(r, prev) {
				continue
			}
		case invisible(r):
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			marks = 0
		}
		if r == utf8.RuneError || size == 1 && r == '\n' {
			b.WriteRune(r)
		} else if r == '\n' {
			b.WriteByte('\n')
		} else {
			b.WriteString(text[start:i])
		}
		prev = r
	}
	return b.String()
}

// visible reports whether text holds nothing that Clean might change. It may
// say false of a text that Clean then leaves as it is.
func visible(text string) bool {
	marks := 0
	for i, r := range text {
		if r < 0x300 {
			if r < ' ' && r != '\n' && r != '\t' || 0x7f <= r && r < 0xa0 || r == 0xad {
				return false
			}
			marks = 0
			continue
		}
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			return false
		}
		if r == 0x200c || r == 0x200d || r == 0x2028 || r == 0x2029 || variationSelector(r) || invisible(r) {
			return false
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				return false
			}
		} else {
			marks = 0
		}
	}
	return true
}

// invisible reports whether r is a control or format character, or another
// character without a glyph of its own. The format characters that do have one
// (Arabic number signs, the end of an ayah) are visible.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case 0x600 <= r && r <= 0x605, r == 0x6dd, r == 0x70f, r == 0x890, r == 0x891, r == 0x8e2, r == 0x110bd, r == 0x110cd:
		return false
	case r == 0x34f, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5, r == 0x2065, r == 0x3164, r == 0xffa0:
		return true
	case 0xfdd0 <= r && r <= 0xfdef, r&0xfffe == 0xfffe, 0xfff0 <= r && r <= 0xfffb, 0xe0000 <= r && r <= 0xe0fff:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf)
}

// joinerNeeded reports whether the joiner r belongs between prev and next:
// a script whose letters join, inside a word (as in Persian) or after a mark
// that ends one (as in Kannada), or a sequence of emoji.
func joinerNeeded(r, prev, next rune) bool {
	if joining(prev) && (joining(next) || unicode.Is(unicode.M, prev)) {
		return true
	}
	return r == 0x200d && pictograph(prev) && pictograph(next)
}

func joining(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M) && unicode.In(r, joiningScripts...)
}

var joiningScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic, unicode.Mongolian, unicode.Thaana,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
	unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar,
	unicode.Balinese, unicode.Javanese,
}

// pictograph reports whether r can stand beside a joiner in an emoji.
func pictograph(r rune) bool {
	return r == 0xfe0f || 0x1f3fb <= r && r <= 0x1f3ff || r > 0x2000 && unicode.Is(unicode.So, r) || 0x2190 <= r && r <= 0x21ff
}

func variationSelector(r rune) bool {
	return 0xfe00 <= r && r <= 0xfe0f || 0xe0100 <= r && r <= 0xe01ef || 0x180b <= r && r <= 0x180d || r == 0x180f
}

// selectable reports whether the variation selector r may follow prev.
func selectable(r, prev rune) bool {
	switch {
	case r == 0xfe0e || r == 0xfe0f:
		return unicode.In(prev, unicode.So, unicode.Sm, unicode.Po, unicode.Nd, unicode.Sc) || unicode.Is(unicode.Han, prev)
	case r >= 0xe0100:
		return unicode.Is(unicode.Han, prev)
	case r < 0x1900:
		return unicode.Is(unicode.Mongolian, prev) && !variationSelector(prev)
	default:
		return unicode.Is(unicode.Han, prev) || unicode.Is(unicode.Sm, prev) || unicode.Is(unicode.Myanmar, prev)
	}
}
