package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A line is a stretch of text that was set as one: a line, or several where a
// sentence was wrapped over them.
type line struct {
	Span      // tight
	gap  bool // a blank line, or the start of the text, is before it
	last bool // a blank line, or the end of the text, is after it
}

// lines returns the lines of text that are not blank, wrapped ones joined.
func lines(text string) []line {
	var raw []line
	gap := true
	for at := 0; at < len(text); {
		end, next := lineEnd(text, at)
		s := trim(text, Span{at, end})
		if s.Start == s.End {
			gap = true
			if len(raw) > 0 {
				raw[len(raw)-1].last = true
			}
		} else {
			raw = append(raw, line{Span: s, gap: gap})
			gap = false
		}
		at = next
	}
	if len(raw) == 0 {
		return nil
	}
	raw[len(raw)-1].last = true
	return join(text, raw)
}

// lineEnd returns where the line that begins at at ends, and where the next begins.
func lineEnd(text string, at int) (end, next int) {
	for i := at; i < len(text); i++ {
		switch text[i] {
		case '\r':
			if strings.HasPrefix(text[i:], "\r\n") {
				return i, i + 2
			}
			return i, i + 1
		case '\n', '\v', '\f':
			return i, i + 1
		case 0xE2:
			if strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029") {
				return i, i + len("\u2028")
			}
		}
	}
	return len(text), len(text)
}

// join puts the lines of a wrapped paragraph together.
func join(text string, raw []line) []line {
	out := raw[:0]
	for at := 0; at < len(raw); {
		end := at + 1
		for end < len(raw) && !raw[end].gap {
			end++
		}
		chunk := raw[at:end]
		wrapped := isWrapped(text, chunk)
		for i, l := range chunk {
			if i > 0 && !opensItem(l.In(text)) && (wrapped || continues(out[len(out)-1].In(text), l.In(text))) {
				prev := &out[len(out)-1]
				prev.End, prev.last = l.End, l.last
			} else {
				out = append(out, l)
			}
		}
		at = end
	}
	return out
}

// isWrapped reports whether the lines of a chunk were cut at a column: three or
// more, alike in length, most of them ending inside a sentence.
func isWrapped(text string, chunk []line) bool {
	if len(chunk) < 3 {
		return false
	}
	open := 0
	for _, l := range chunk[:len(chunk)-1] {
		s := l.In(text)
		if len(s) < 45 || len(s) > 110 {
			return false
		}
		if !terminated(s) {
			open++
		}
	}
	return open*10 >= 6*(len(chunk)-1)
}

// continues reports whether next goes on with the sentence that prev leaves open.
func continues(prev, next string) bool {
	if len(prev) < 40 || terminated(prev) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(next)
	return unicode.IsLower(r) || strings.HasSuffix(prev, ",") && !strings.HasPrefix(next, "(")
}

// terminated reports whether s ends as a sentence does, quotes and a last
// bracket such as "(Reuters)" aside.
func terminated(s string) bool {
	const bracket = 60 // bytes
	if strings.HasSuffix(s, ")") {
		from := max(0, len(s)-bracket)
		if n := strings.LastIndexByte(s[from:], '('); from+n > 0 && n >= 0 && endsSentence(s[:from+n]) {
			return true
		}
	}
	return endsSentence(s)
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’»)]*_ ")
	if s == "" {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?…:;。！？؟", r)
}

// opensItem reports whether s begins with the mark of a heading or list item.
func opensItem(s string) bool {
	_, bullet := bulletMark(s)
	return bullet || s[0] == '#' || s[0] == '|' || s[0] == '<'
}

// bulletMark returns the length of the bullet that s opens with, and whether
// there is one; a number counts as a mark of length 0, since it is worth reading.
func bulletMark(s string) (int, bool) {
	for _, mark := range [...]string{"•", "·", "‣", "▪", "●", "◦", "■", "►", "–", "-", "*", "+"} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			n := skipSpace(rest, 0)
			if n > 0 && n < len(rest) || len(mark) == len("•") && mark != "–" && rest != "" {
				return len(mark) + n, true
			}
			return 0, false
		}
	}
	n := 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return 0, n > 0 && n < 3 && len(s) > n+2 && (s[n] == '.' || s[n] == ')') && s[n+1] == ' '
}
