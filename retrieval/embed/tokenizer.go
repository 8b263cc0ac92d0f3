package embed

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxWordRunes is the longest word that is cut into pieces; a longer one
// becomes a single [UNK]. It is max_input_chars_per_word of the published
// tokenizer.json of the models.
const maxWordRunes = 100

// A Tokenizer turns text into the token ids of an uncased BERT model: the
// text is cleaned, lower-cased and stripped of its accents, split at white
// space, punctuation and ideographs, and every word is cut greedily into the
// longest pieces that the vocabulary knows (WordPiece, Wu et al. 2016,
// section 4.1). The ids are those of the "tokenizers" library that the models
// were published with. It never changes, so any number of goroutines may use
// it.
type Tokenizer struct {
	head     map[string]int32 // pieces that start a word
	tail     map[string]int32 // pieces that continue one, without their "##"
	longest  int              // bytes of the longest piece
	size     int
	special  []specialToken
	cls, sep int32
	unk      int32
}

type specialToken struct {
	text string
	id   int32
}

// NewTokenizer reads the contents of a vocab.txt: one token a line, the id of
// a token being the number of its line counted from 0. It refuses a
// vocabulary that is empty, is not UTF-8, repeats a token, has a blank line
// or one with white space inside, or lacks one of [PAD] [UNK] [CLS] [SEP]
// [MASK].
func NewTokenizer(vocab string) (*Tokenizer, error) {
	if vocab == "" {
		return nil, errors.New("read vocabulary: it is empty; one token a line is needed")
	}
	if !utf8.ValidString(vocab) {
		return nil, errors.New("read vocabulary: it is not UTF-8; take the file again from its origin")
	}
	lines := strings.Count(vocab, "\n") + 1
	t := &Tokenizer{
		head: make(map[string]int32, lines),
		tail: make(map[string]int32, lines/4),
	}
	for line := range strings.Lines(vocab) {
		token := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if token == "" || strings.ContainsAny(token, " \t\r") {
			return nil, fmt.Errorf("read vocabulary: line %d is %q; one token without white space is needed", t.size+1, token)
		}
		pieces, piece := t.head, token
		if rest, ok := strings.CutPrefix(token, "##"); ok && rest != "" {
			pieces, piece = t.tail, rest
		}
		if first, ok := pieces[piece]; ok {
			return nil, fmt.Errorf("read vocabulary: line %d repeats %q of line %d", t.size+1, token, first+1)
		}
		pieces[piece] = int32(t.size)
		t.longest = max(t.longest, len(piece))
		t.size++
	}
	for _, text := range []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} {
		id, ok := t.head[text]
		if !ok {
			return nil, fmt.Errorf("read vocabulary: %s is missing among %d tokens; take the file again from its origin", text, t.size)
		}
		t.special = append(t.special, specialToken{text, id})
	}
	t.unk, t.cls, t.sep = t.head["[UNK]"], t.head["[CLS]"], t.head["[SEP]"]
	return t, nil
}

// Size returns the number of tokens; every id is in [0, Size).
func (t *Tokenizer) Size() int { return t.size }

// Encode returns the ids of text between [CLS] and [SEP], at most limit ids in
// all: what is too much is cut from the end and [SEP] kept. A limit below 2
// leaves no room for the two marks and gives no ids.
//
// Every text is accepted. Bytes that are not UTF-8 count as U+FFFD, which is
// removed like control, format and private-use characters. A special token
// written literally in the text, such as "[SEP]", becomes that token, as in
// the library that the models were published with; it can only move the
// vector of the text that it stands in.
func (t *Tokenizer) Encode(text string, limit int) []int32 {
	// A token takes four to five bytes of English; Append grows the rest.
	return t.Append(make([]int32, 0, max(0, min(limit, len(text)/4+8))), text, limit)
}

// Append is Encode into the room behind dst, which it returns extended. It
// allocates only to grow dst, so that a caller who hands the same slice in
// again, emptied, soon allocates nothing.
func (t *Tokenizer) Append(dst []int32, text string, limit int) []int32 {
	if limit < 2 {
		return dst
	}
	end := len(dst) + limit - 1 // [SEP] stands here at the latest
	dst = append(dst, t.cls)
	var w word
	for i := 0; i < len(text) && len(dst) < end; {
		if c := text[i]; c < utf8.RuneSelf {
			if c == '[' {
				if s, ok := t.specialAt(text[i:]); ok {
					dst = append(t.flush(dst, &w), s.id)
					i += len(s.text)
					continue
				}
			}
			switch asciiKind[c] {
			case dropped:
			case space:
				dst = t.flush(dst, &w)
			case punctuation:
				dst = t.flush(dst, &w)
				w.add(rune(c))
				dst = t.flush(dst, &w)
			default:
				w.add(rune(asciiLower[c]))
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		switch kindOf(r) {
		case dropped:
		case space:
			dst = t.flush(dst, &w)
		case ideograph:
			dst = t.flush(dst, &w)
			dst = t.flush(t.addFolded(dst, &w, text[i:i+n]), &w)
		default:
			dst = t.addFolded(dst, &w, text[i:i+n])
		}
		i += n
	}
	dst = t.flush(dst, &w)
	return append(dst[:min(len(dst), end)], t.sep)
}

// addFolded adds the character char, decomposed, without its accents and in
// lower case, to the word, which ends at any punctuation.
func (t *Tokenizer) addFolded(dst []int32, w *word, char string) []int32 {
	var room [4]rune
	for _, r := range fold(room[:0], char) {
		if !isPunctuation(r) {
			w.add(r)
			continue
		}
		dst = t.flush(dst, w)
		w.add(r)
		dst = t.flush(dst, w)
	}
	return dst
}

func (t *Tokenizer) specialAt(text string) (specialToken, bool) {
	for _, s := range t.special {
		if strings.HasPrefix(text, s.text) {
			return s, true
		}
	}
	return specialToken{}, false
}

// A word is the folded word being read. Runes beyond maxWordRunes are only
// counted.
type word struct {
	bytes [maxWordRunes * utf8.UTFMax]byte
	n     int // bytes used
	runes int
}

func (w *word) add(r rune) {
	w.runes++
	if w.runes > maxWordRunes {
		return
	}
	if r < utf8.RuneSelf {
		w.bytes[w.n] = byte(r)
		w.n++
		return
	}
	w.n += utf8.EncodeRune(w.bytes[w.n:], r)
}

// flush appends the pieces of the word, or [UNK] if it can't be made of known
// pieces, and empties it.
func (t *Tokenizer) flush(dst []int32, w *word) []int32 {
	rest, tooLong := w.bytes[:w.n], w.runes > maxWordRunes
	w.n, w.runes = 0, 0
	if tooLong {
		return append(dst, t.unk)
	}
	start, pieces := len(dst), t.head
	for len(rest) > 0 {
		n := min(len(rest), t.longest)
		id, ok := pieces[string(rest[:n])]
		for !ok && n > 0 {
			_, size := utf8.DecodeLastRune(rest[:n])
			n -= size
			id, ok = pieces[string(rest[:n])]
		}
		if !ok {
			return append(dst[:start], t.unk)
		}
		dst = append(dst, id)
		rest, pieces = rest[n:], t.tail
	}
	return dst
}
