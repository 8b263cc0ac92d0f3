package origin

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

// numberBit is set in the hash of a number, and in that of no other word.
const numberBit = 1 << 31

// stemLetters is how many of its first letters a word counts by, so that
// endings don't matter.
const stemLetters = 6

// sentences returns the sentences of a text: simpler and some hundred times
// faster than a parser, and enough to align two texts with each other.
func sentences(text string) []article.Span {
	var spans []article.Span
	start := 0
	cut := func(end int) {
		if s := strings.TrimSpace(text[start:end]); s != "" {
			at := start + strings.Index(text[start:end], s)
			spans = append(spans, article.Span{Start: at, End: at + len(s)})
		}
		start = end
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			cut(i + 1)
		case '.', '!', '?':
			end := i + 1
			for end < len(text) {
				r, size := utf8.DecodeRuneInString(text[end:])
				if !strings.ContainsRune(".!?\"”’»)]*_", r) {
					break
				}
				end += size
			}
			next := strings.TrimLeft(text[end:min(len(text), end+16)], " \u00a0\u202f")
			r, _ := utf8.DecodeRuneInString(next)
			parted := len(next) < min(len(text)-end, 16) || end == len(text)
			if parted && !unicode.IsLower(r) && !(text[i] == '.' && end == i+1 && abbreviated(text[start:i])) {
				cut(end)
			}
			i = end - 1
		}
	}
	cut(len(text))
	return spans
}

// abbreviated reports whether the last word of s, which a full stop follows, is
// an initial, part of "U.S" or a title before a name.
func abbreviated(s string) bool {
	word := s[strings.LastIndexAny(s, " \u00a0.(\"“")+1:]
	if r, size := utf8.DecodeRuneInString(word); size == len(word) && unicode.IsUpper(r) {
		return true
	}
	switch word {
	case "Mr", "Mrs", "Ms", "Dr", "St", "Gen", "Lt", "Col", "Capt", "Sgt", "Maj", "Sen", "Rep", "Gov", "Prof", "No", "Jan", "Feb", "Mar", "Apr", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec":
		return true
	}
	return false
}

// words appends the hashes of the telling words of s to dst, in their order:
// letters in one case, at most the first six of a word; numbers whole, without
// separators; "U.S." as "US"; no function words.
func words(dst []uint32, s string) []uint32 {
	const offset, prime = 2166136261, 16777619 // FNV-1a, over code points
	h, n := uint32(offset), 0
	number := true
	for i := 0; i <= len(s); {
		r, size := rune(' '), 1
		if i < len(s) {
			if r = rune(s[i]); r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(s[i:])
			}
		}
		i += size
		switch {
		case 'a' <= r && r <= 'z':
			number = false
		case 'A' <= r && r <= 'Z':
			number = false
			r |= 0x20
		case '0' <= r && r <= '9':
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.Is(unicode.M, r)):
			number = false
			r = unicode.ToLower(r)
		case r >= utf8.RuneSelf && unicode.IsDigit(r):
		default:
			if i < len(s) && n > 0 {
				if number && r == ',' && digit(s[i]) || !number && r == '.' && initials(s, i) {
					continue
				}
				if number && r == '.' && digit(s[i]) {
					h = (h ^ '.') * prime
					continue
				}
			}
			if number && n > 0 {
				dst = append(dst, h|numberBit)
			} else if h &^= numberBit; n > 1 && !common[h] {
				dst = append(dst, h)
			}
			h, n, number = offset, 0, true
			continue
		}
		if n++; n <= stemLetters || number {
			h = (h ^ uint32(r)) * prime
		}
	}
	return dst
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// initials reports whether the full stop before s[i:] stands inside "U.S".
func initials(s string, i int) bool {
	single := i < 3 || !alpha(s[i-3])
	return single && alpha(s[i]) && (i+1 == len(s) || !alpha(s[i+1]))
}

func alpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// common holds the hashes of English function words and of the verbs that
// introduce speech, which every report shares.
var common = map[uint32]bool{}

func init() {
	for _, word := range strings.Fields(`
		a an the this that these those it its he she they them their his her him we our you your i me my who whom whose which what
		and or but nor so if then than as at by for from in into of off on onto out over to up down with without within about above
		after against along among around before behind below between beyond during except inside near since through throughout till
		toward towards under until upon via while is are was were be been being am do does did done have has had having will would
		shall should can could may might must not no yes also just only very more most much many some any all both each every few
		other others another such same own too there here when where why how said says say saying told added stated according`) {
		for _, h := range words(nil, word) {
			common[h] = true
		}
	}
}
