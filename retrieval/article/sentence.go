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
		return pick(end, marks, camel || spaced && text[i:marks] == ".")
	}
	switch mark := text[i:marks]; {
	case strings.HasPrefix(mark, "..."), strings.HasPrefix(mark, "…"):
		return pick(end, marks, !spaced && unicode.IsUpper(r))
	case mark == "." && end == marks && !spaced:
		return pick(end, marks, !abbreviated(text, start, i, word, after))
	case mark != "." && end > marks:
		return pick(end, marks, !speechFollows(text[next:]))
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

// abbreviated reports whether the full stop at i only shortens the word before
// it; word is the next word and after the offset of its end.
func abbreviated(text string, start, i int, word string, after int) bool {
	from := i
	for from > start && i-from < 24 && !isSpaceAt(text, from) && !strings.ContainsRune("-/([\"'", rune(text[from-1])) {
		from--
	}
	token := strings.TrimLeft(text[from:i], "“‘«—–*_ ")
	starter := starters[word] && (after >= len(text) || text[after] != '.' && text[after] != '-')
	digit := word[0] >= '0' && word[0] <= '9'
	switch {
	case token == "":
		return false
	case allDigits(token):
		return from == start && len(token) <= 3 // "1. First item"
	case token == "a.m" || token == "p.m":
		return digit || !starter && (clockWords[word] || strings.HasPrefix(strings.ToLower(text[min(after+1, len(text)):]), "time"))
	case strings.Contains(token, "."):
		for part := range strings.SplitSeq(token, ".") {
			if len(part) > 3 || part == "" {
				return false
			}
		}
		return !starter
	case titles[token]:
		return true
	case numbered[token]:
		return digit || strings.Trim(word, "IVXLC") == ""
	case shortened[token]:
		return !starter
	case len(token) == 1 || utf8.RuneCountInString(token) == 1:
		r, _ := utf8.DecodeRuneInString(token)
		return token != "I" && unicode.IsUpper(r) && !starter
	}
	return false
}

// speechFollows reports whether s goes on with a short subject and a verb of
// saying, as in `Blinken asked.` after a question in quotes.
func speechFollows(s string) bool {
	for range 4 {
		word, after := nextWord(s, 0)
		if speech[word] {
			return true
		}
		if word == "" || after >= len(s) || s[after] != ' ' {
			return false
		}
		s = s[after+1:]
	}
	return false
}

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

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// isSpace counts the invisible marks that web pages leave behind as white space.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' || r == '\u2060'
}

// isSpaceAt reports whether the rune that ends at offset i is white space.
func isSpaceAt(text string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:min(i, len(text))])
	return isSpace(r)
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

// trim returns s without white space at its ends.
func trim(text string, s Span) Span {
	s.Start = min(skipSpace(text[:s.End], s.Start), s.End)
	s.End = s.Start + len(strings.TrimRightFunc(s.In(text), isSpace))
	return s
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var (
	// titles never end a sentence: a name follows.
	titles = set(`Mr Mrs Ms Mx Dr Prof Gen Col Lt Sgt Cpl Pvt Maj Capt Cmdr Cdr Adm Brig Sen Sens Rep Reps Gov Pres Rev Hon Messrs Mme Mlle Amb Supt Det Insp Fr Mt Ft vs v`)
	// numbered words end a sentence unless a number follows.
	numbered = set(`No Nos no nos Art Arts Sec Vol Fig Ch ch p pp c ca approx para`)
	// shortened words end a sentence only before a word that often opens one.
	shortened = set(`Inc Corp Ltd Co Cos Bros Jr Sr etc al cf est Ave Blvd Rd St Ste Dept Univ Assn Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
		Mon Tue Tues Wed Thu Thur Thurs Fri Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev Okla
		Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo`)
	starters = set(`The A An In On At By For From With He She It They We I You This That These Those There But And So Or If When While As After
		Before Since Although Though However Meanwhile Moreover Also Both Its His Her Their Our My According Earlier Later Last Now Then Once What Who Why How
		Where Not To Some Many Most All Several Such During Among Despite Because Until Instead Still Yet Another Each Every Here Today Yesterday`)
	clockWords = set(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Wed Thu Fri Sat Sun January February March April May June July August
		September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec GMT UTC EST EDT ET CT PT PST PDT CST CET CEST EET MSK BST IST JST KST`)
	speech = set(`said says asked asks told tells added adds wrote writes replied warned insisted declared tweeted shouted continued concluded remarked stated`)
)
