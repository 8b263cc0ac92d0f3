package article

import "strings"

// Plain returns s as a reader should see it: of a Markdown link only its words,
// no emphasis marks, no-break and other spaces as single spaces, valid UTF-8. It is for
// showing; a quotation that must match the article is never made from it.
func Plain(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	plain(&b, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.FieldsFunc(b.String(), isSpace), " ")
}

// isPlain reports whether s is ASCII text in which Plain would change nothing.
func isPlain(s string) bool {
	space := true
	for _, c := range []byte(s) {
		switch {
		case c >= 0x80, c < ' ', c == '[', c == '*', c == '_', c == '<', c == ' ' && space:
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

func plain(b *strings.Builder, s string) {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '[' || c == '!' && strings.HasPrefix(s[i:], "!["):
			open := i + strings.IndexByte(s[i:], '[')
			words, n := link(s[open:])
			if n > 0 {
				plain(b, words)
				i = open + n
				continue
			}
			b.WriteByte(c)
			i++
		case c == '<' && (strings.HasPrefix(s[i:], "<http://") || strings.HasPrefix(s[i:], "<https://")):
			n := strings.IndexByte(s[i:], '>')
			if n < 0 {
				n = len(s) - i
			}
			b.WriteString(s[i+1 : i+n])
			i = min(i+n+1, len(s))
		case c == '*' || c == '_':
			n := 1
			for i+n < len(s) && s[i+n] == c {
				n++
			}
			if !emphasis(s, i, n) {
				b.WriteString(s[i : i+n])
			}
			i += n
		default:
			b.WriteByte(c)
			i++
		}
	}
}

// link returns the words of the Markdown link that s opens with and its length, or 0.
func link(s string) (string, int) {
	const longest = 2000 // bytes; bounds the search in text that is no link
	depth := 0
	for i := 0; i < len(s) && i < longest; i++ {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth > 3 {
			return "", 0
		}
		if depth > 0 {
			continue
		}
		if i+1 >= len(s) || s[i+1] != '(' {
			return "", 0
		}
		n := strings.IndexByte(s[i+1:min(len(s), i+longest)], ')')
		if n < 0 {
			return "", 0
		}
		return s[1:i], i + 1 + n + 1
	}
	return "", 0
}

// emphasis reports whether the n marks at s[i:] open or close a stretch of
// emphasis, rather than being a star between words or an underscore in a name.
func emphasis(s string, i, n int) bool {
	if n > 3 {
		return false
	}
	before := i > 0 && !isSpaceAt(s, i)
	after := i+n < len(s) && skipSpace(s, i+n) == i+n
	if n == 1 && wordAt(s, i-1) && wordAt(s, i+n) {
		return false
	}
	return before || after
}

func wordAt(s string, i int) bool {
	return i >= 0 && i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= 0x80)
}
