package bot

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is the longest run of combining marks kept on one letter. Arabic,
// Hebrew, Thai and Vietnamese need three at most; longer runs paint over the lines
// around them.
const maxMarks = 4

// clean returns text without what a reader can't see but a client obeys: control,
// bidi and tag characters, invisible fillers, zero-width characters where no script
// needs them, and long runs of combining marks. Line and paragraph separators
// become line feeds, other space controls spaces. Ordinary text of any language,
// Ukrainian, Arabic and Persian included, comes back unchanged.
func clean(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	var last rune // last rune written
	marks := 0
	for i, r := range text {
		switch {
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				continue // a broken byte
			}
		case r == '\r':
			if strings.HasPrefix(text[i+1:], "\n") {
				continue
			}
			r = '\n'
		case r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
			r = '\n'
		case r == '\t', r == '\u2800':
			r = ' '
		case r == '\u200c', r == '\u200d':
			if !joins(last, text[i+utf8.RuneLen(r):]) {
				continue
			}
		case r != '\n' && hidden(r):
			continue
		}
		if unicode.Is(unicode.M, r) {
			if marks++; marks > maxMarks || (last == r && isVariation(r)) {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// hidden reports whether a rune is invisible and not a joiner, space or line feed.
// The Cf signs of Arabic and Syriac that span the digits after them are visible.
func hidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point):
		return true
	case r == '\u034f', r == '\u115f', r == '\u1160', r == '\u17b4', r == '\u17b5', r == '\u3164', r == '\uffa0':
		return true
	case r >= 0xe0000 && r <= 0xe0fff: // tags and supplementary variation selectors
		return true
	}
	return r >= '\u180b' && r <= '\u180f' // Mongolian selectors
}

func isVariation(r rune) bool { return r >= '\ufe00' && r <= '\ufe0f' }

// joins reports whether a zero-width joiner or non-joiner between last and rest is
// part of the spelling: between letters or marks of a script that joins, or inside
// an emoji.
func joins(last rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	return joining(last) && joining(next) || pictograph(last) && pictograph(next)
}

func joining(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
		unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Mongolian)
}

func pictograph(r rune) bool {
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) && r > 0xffff || r == '\ufe0f'
}

var (
	addressed = regexp.MustCompile(`(?i)[a-z][a-z0-9+.\-]*://\S*|\b(?:www\.|mailto:|javascript:|data:text)\S*|[\p{L}\p{N}\-]+(?:\.[\p{L}\p{N}\-]+)*\.\p{L}{2,}(?::\d+)?/\S*`)
	mailed    = regexp.MustCompile(`[^\s@<>]+@[^\s@<>]+\.\p{L}{2,}`)
	domain    = regexp.MustCompile(`(\p{L}{2,}|\p{N})\.(\p{L}{2,})`)
	everyone  = regexp.MustCompile(`(?i)@(everyone|here)`)
)

// unlink replaces addresses that a client would turn into a link or an invite, and
// e-mail addresses. A name with a dot, such as Gazeta.ru, stays: it is never linked.
func unlink(text string) string {
	if !strings.ContainsAny(text, ":@/") && !strings.Contains(strings.ToLower(text), "www.") {
		return text // the patterns are slow, and most texts hold nothing for them
	}
	for {
		next := addressed.ReplaceAllStringFunc(text, func(found string) string {
			kept := strings.TrimRight(found, `.,;:!?)"'»”’]`)
			return "[link]" + found[len(kept):]
		})
		next = mailed.ReplaceAllString(next, "[e-mail]")
		if next == text {
			return text
		}
		text = next
	}
}

// escape returns one line of cleaned text as Markdown that shows exactly that text:
// no mention, link, formatting, list, quote or heading survives in it. start says
// that the text begins a line, joined that it follows other text.
func escape(text string, start, joined bool) string {
	text = unlink(text)
	if strings.Contains(text, "@") {
		text = everyone.ReplaceAllString(text, "@\u200b$1")
	}
	var b strings.Builder
	b.Grow(len(text) + 8)
	if start {
		text = escapeStart(&b, text)
	}
	var last rune
	for i, r := range text {
		switch r {
		case '\\', '*', '_', '~', '`', '|':
			b.WriteByte('\\')
		case '(':
			if last == ']' || i == 0 && joined {
				b.WriteByte('\\')
			}
		case '<':
			b.WriteByte('\\')
			if rest := text[i+1:]; rest == "" || rest[0] != ' ' && (rest[0] < '0' || rest[0] > '9') {
				b.WriteString("<\u200b")
				last = r
				continue
			}
		case ':', '/':
			rest := text[i+1:]
			if i == 0 && joined && (r == '/' || rest == "" || rest[0] == '/') || strings.HasPrefix(text[i:], "://") { // it may complete an address begun before
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
		last = r
	}
	if last == '@' { // the next span may begin with a name
		b.WriteString("\u200b")
	}
	return dotted(b.String())
}

// dotted escapes the dots of names such as Gazeta.ru.
func dotted(text string) string {
	for i := 1; i < len(text)-1; i++ {
		if text[i] == '.' && text[i-1] > ' ' && text[i+1] > '9' {
			return domain.ReplaceAllString(text, `$1\.$2`)
		}
	}
	return text
}

var listStart = regexp.MustCompile(`^\s*(?:[#>+\-*•]|\d+[.)])`)

// escapeStart writes the beginning of a line that would make it a heading, list,
// quote or subtext, escaped, and returns what is left to write.
func escapeStart(b *strings.Builder, text string) string {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	found := listStart.FindString(text)
	if found == "" || strings.HasSuffix(found, "*") {
		return text
	}
	sign, n := utf8.DecodeLastRuneInString(found)
	b.WriteString(found[:len(found)-n])
	if sign < utf8.RuneSelf {
		b.WriteByte('\\')
	}
	b.WriteRune(sign)
	return text[len(found):]
}

// width counts UTF-16 code units, Discord's strictest reading of "characters".
func width(text string) int {
	n := len(text)
	for _, r := range text {
		n += utf16Width(r) - utf8.RuneLen(r)
	}
	return n
}

func utf16Width(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// shorten returns text cut to at most limit UTF-16 units, at a space where one is
// near, with an ellipsis in place of what is gone.
func shorten(text string, limit int) string {
	if width(text) <= limit {
		return text
	}
	head, _ := divide(text, max(limit-1, 0), false)
	return strings.TrimRightFunc(head, unicode.IsSpace) + "…"
}

// cut divides text so that the head has at most limit UTF-16 units: after the last
// sentence or space of its second half, else between two letters.
func cut(text string, limit int) (head, rest string) { return divide(text, limit, true) }

// divide is cut, and looks for the end of a sentence only if it is told to.
func divide(text string, limit int, sentences bool) (head, rest string) {
	if width(text) <= limit {
		return text, ""
	}
	used, end, space, stop := 0, 0, -1, -1
	for i, r := range text {
		if !unicode.Is(unicode.M, r) && r != '\u200d' {
			end = i
		}
		if used += utf16Width(r); used > limit {
			break
		}
		if unicode.IsSpace(r) && i > 0 {
			space = i
			if sentences && strings.ContainsRune(".!?…", rune(text[i-1])) {
				stop = i
			}
		}
	}
	switch {
	case stop > end/2:
		return text[:stop], text[stop+1:]
	case space > end/2:
		return text[:space], strings.TrimLeftFunc(text[space:], unicode.IsSpace)
	case end == 0: // one huge cluster: divide it between runes
		for i := range text {
			if width(text[:i]) > limit {
				break
			}
			end = i
		}
		if end == 0 {
			_, end = utf8.DecodeRuneInString(text)
		}
	}
	return text[:end], text[end:]
}
