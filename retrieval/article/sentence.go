package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences returns the sentences of s in order. Spans are tight (no white
// space at either end), do not overlap, and together cover every letter and
// digit of s. A closing quote or bracket belongs to the sentence it closes. A
// line break is white space like any other. A stretch of more than 1,000 bytes
// without a sentence end is cut between words.
func Sentences(s string) []Span { return appendSentences(nil, s, Span{0, len(s)}) }

// appendSentences appends the sentences of text within s to dst.
func appendSentences(dst []Span, text string, s Span) []Span {
	text = text[:s.End]
	first, start := len(dst), skipSpace(text, s.Start)
	for i := start; i < len(text); {
		if !mayEnd[text[i]] || terminator(text[i:]) == 0 {
			i++
			continue
		}
		end, ok := sentenceEnd(text, start, i)
		if ok {
			dst = appendPieces(dst, first, text, Span{start, end})
			start = skipSpace(text, end)
			end = start
		}
		i = end
	}
	return appendPieces(dst, first, text, Span{start, len(text)})
}

var mayEnd = [256]bool{'.': true, '!': true, '?': true, 0xE2: true, 0xE3: true, 0xEF: true, 0xD8: true}

// terminator returns the length of the sentence-ending mark that s opens with, or 0.
func terminator(s string) int {
	switch s[0] {
	case '.', '!', '?':
		return 1
	case 0xE2, 0xE3, 0xEF, 0xD8:
		for _, mark := range [...]string{"…", "。", "！", "？", "؟"} {
			if strings.HasPrefix(s, mark) {
				return len(mark)
			}
		}
	}
	return 0
}

// sentenceEnd decides whether the marks at text[i:] end the sentence that began
// at start. If so it returns the end of the sentence with its closing quotes;
// otherwise the offset to go on from.
func sentenceEnd(text string, start, i int) (int, bool) {
	marks := i
	for marks < len(text) {
		n := terminator(text[marks:])
		if n == 0 {
			break
		}
		marks += n
	}
	end := skipClosers(text, marks)
	next := skipSpace(text, end)
	if next == len(text) {
		return len(text), true
	}
	spaced := i > start && isSpaceAt(text, i) // tokenised text: "word . Next"
	if next == end {
		return marks, text[i:marks] == "。" || missingSpace(text, i, end)
	}
	if spaced {
		if strings.HasPrefix(text[next:], "'' ") || strings.HasPrefix(text[next:], ") ") ||
			strings.HasPrefix(text[next:], `" `) && oddQuotes(text, start, i) {
			end = next + strings.IndexByte(text[next:], ' ')
			if next = skipSpace(text, end); next == len(text) {
				return len(text), true
			}
		}
	}
	word, after := nextWord(text, next)
	r, _ := utf8.DecodeRuneInString(word)
	switch {
	case word == "":
		return end, !strings.ContainsRune(",;:)", rune(text[next]))
	case unicode.IsLower(r):
		camel := len(word) > 1 && unicode.IsUpper(rune(word[1])) // iPhone, eBay
		return pick(end, marks, camel || spaced && end == marks && text[i:marks] == ".")
	}
	closed := strings.Trim(text[marks:end], " )]") // quotes and emphasis
	switch mark := text[i:marks]; {
	case strings.HasPrefix(mark, "..."), strings.HasPrefix(mark, "…"):
		return pick(end, marks, (!spaced || end > marks) && unicode.IsUpper(r))
	case mark == "." && closed == "":
		return pick(end, marks, !abbreviated(text, start, i, next, word, after))
	case mark != "." && end > marks:
		return pick(end, marks, !speechFollows(text[next:]))
	case mark != ".":
		return pick(end, marks, text[next] != '(')
	}
	return end, true
}

func pick(end, goOn int, ok bool) (int, bool) {
	if ok {
		return end, true
	}
	return goOn, false
}

// missingSpace reports whether the mark at i ends a sentence although the next
// one follows without white space, as in "fell on Friday.The rouble".
func missingSpace(text string, i, end int) bool {
	if end != i+1 || i < 3 || !unicode.IsUpper(rune(text[end])) {
		return false
	}
	for _, c := range []byte(text[i-3 : i]) {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	word, after := nextWord(text, end)
	return starters[word] && after < len(text) && isSpaceAt(text, after+1)
}

// speechFollows reports whether s goes on with a short subject and a verb of
// saying, as in `Blinken asked.` after a question in quotes.
func speechFollows(s string) bool {
	for i := range 4 {
		word, after := nextWord(s, 0)
		if word == "" || after >= len(s) || i == 0 && starters[word] {
			return false
		}
		if speech[word] {
			return s[after] == '.' || s[after] == ','
		}
		if s[after] != ' ' {
			return false
		}
		s = s[after+1:]
	}
	return false
}

// speech holds verbs that name a speaker after a quotation.
var speech = set(`said says asked asks told tells added adds wrote writes replied warned insisted declared tweeted shouted continued concluded remarked stated`)

// nextWord returns the letters or digits of the first word at or after i,
// behind opening quotes, brackets and dashes, and the offset of its end.
func nextWord(text string, i int) (string, int) {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !strings.ContainsRune("\"'`“‘„«([{*_-–—•·¿¡$€£#@<>", r) && !isSpace(r) {
			break
		}
		i += n
	}
	start := i
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		i += n
	}
	return text[start:i], i
}

// skipClosers returns the offset behind the closing quotes, brackets, emphasis
// and reference marks at i.
func skipClosers(text string, i int) int {
	for i < len(text) {
		switch {
		case strings.IndexByte("\"')]}*_", text[i]) >= 0:
			i++
		case strings.HasPrefix(text[i:], "”"), strings.HasPrefix(text[i:], "’"):
			i += len("”")
		case strings.HasPrefix(text[i:], "»"):
			i += len("»")
		case text[i] == '[':
			n := 1
			for i+n < len(text) && n < 5 && text[i+n] >= '0' && text[i+n] <= '9' {
				n++
			}
			if n == 1 || i+n >= len(text) || text[i+n] != ']' {
				return i
			}
			i += n + 1
		default:
			return i
		}
	}
	return i
}

func oddQuotes(text string, start, i int) bool {
	return strings.Count(text[max(start, i-maxSentence):i], `"`)%2 == 1
}
