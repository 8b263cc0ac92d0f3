package qa

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

// A checkFold is a text with typographic quotation marks, dashes and spaces
// made plain and letters made small, and where each byte of it stands in the
// original.
type checkFold struct {
	text       string
	start, end []int32 // of the original rune behind each byte of text
}

func foldQuote(s string) checkFold {
	var f checkFold
	var b strings.Builder
	b.Grow(len(s))
	f.start, f.end = make([]int32, 0, len(s)), make([]int32, 0, len(s))
	put := func(out string, i, n int) {
		b.WriteString(out)
		for range len(out) {
			f.start, f.end = append(f.start, int32(i)), append(f.end, int32(i+n))
		}
	}
	space := true // leading spaces are left out
	var buf [utf8.UTFMax]byte
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r):
			if !space {
				put(" ", i, n)
			}
			space = true
			i += n
			continue
		case r == '*' || unicode.Is(unicode.Cf, r): // emphasis, soft hyphens
			i += n
			continue
		case checkQuoteMark(r):
			put("'", i, n)
		case unicode.Is(unicode.Pd, r) || r == '−':
			put("-", i, n)
		case r == '…':
			put("...", i, n)
		case r == utf8.RuneError && n == 1:
			put("\ufffd", i, n)
		case r < utf8.RuneSelf:
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			put(string(append(buf[:0], byte(r))), i, n)
		default:
			put(string(utf8.AppendRune(buf[:0], unicode.ToLower(r))), i, n)
		}
		space = false
		i += n
	}
	f.text = b.String()
	return f
}

// checkQuoteMark reports quotation marks, apostrophes and what is used as such.
func checkQuoteMark(r rune) bool {
	switch r {
	case '\'', '"', '‘', '’', '‚', '‛', '“', '”', '„', '‟', '«', '»', '‹', '›', '′', '″', '`', '´', '＂', '＇':
		return true
	}
	return false
}

// locate finds quote in f between word boundaries and returns the bytes of the
// original that it covers: the first place that fits. Marks and punctuation
// around the quote may differ.
func (f checkFold) locate(quote string, fits func(article.Span) bool) (article.Span, bool) {
	q := strings.TrimSpace(foldQuote(quote).text)
	const around = " '.,;:!?-"
	for _, q := range [...]string{q, strings.Trim(q, "' "), strings.Trim(q, around)} {
		if q == "" {
			return article.Span{}, false
		}
		for from := 0; ; {
			i := strings.Index(f.text[from:], q)
			if i < 0 {
				break
			}
			i += from
			j := i + len(q)
			if !checkInWord(f.text, i) && !checkInWord(f.text, j) {
				if span := (article.Span{Start: int(f.start[i]), End: int(f.end[j-1])}); fits(span) {
					return span, true
				}
			}
			from = i + 1
		}
	}
	return article.Span{}, false
}

// checkInWord reports whether a word goes on across byte i.
func checkInWord(s string, i int) bool {
	if i <= 0 || i >= len(s) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i:])
	wordy := func(r rune) bool { return checkWordRune(r) || unicode.Is(unicode.Mn, r) }
	return wordy(before) && wordy(after)
}

// checkQuotations returns the bytes between quotation marks, those of double
// marks first. A double mark that is never closed quotes to the end; one that
// was opened before the text quotes from the start. Apostrophes are no marks, and
// single marks that are never closed are none either.
func checkQuotations(s string) []article.Span {
	return checkMarked(checkMarked(nil, s, true), s, false)
}

func checkMarked(out []article.Span, s string, double bool) []article.Span {
	open, done := -1, 0
	prev := ' '
	for i, n := 0, 0; i < len(s); i += n {
		var r rune
		r, n = utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		opens, closes := checkOpens(r, prev, next, double), checkCloses(r, prev, next, double)
		switch {
		case opens && (open < 0 || !closes): // a second opening: the first was never closed
			open = i + n
		case closes && open >= 0:
			out = append(out, article.Span{Start: open, End: i})
			open, done = -1, i+n
		case closes && double && done == 0:
			out = append(out, article.Span{Start: 0, End: i})
			done = i + n
		}
		prev = r
	}
	if open >= 0 && open < len(s) && double {
		out = append(out, article.Span{Start: open, End: len(s)})
	}
	return out
}

func checkWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func checkOpens(r, prev, next rune, double bool) bool {
	switch r {
	case '“', '„', '«', '‹':
		return double
	case '"', '＂', '″':
		return double && !unicode.IsSpace(next) && !checkWordRune(prev)
	case '\'', '‘', '`':
		return !double && !checkWordRune(prev) && unicode.IsLetter(next)
	}
	return false
}

func checkCloses(r, prev, next rune, double bool) bool {
	switch r {
	case '”', '»', '›':
		return double
	case '"', '＂', '″', '“':
		return double && !unicode.IsSpace(prev)
	case '\'', '’':
		return !double && !unicode.IsSpace(prev) && !checkWordRune(next)
	}
	return false
}
