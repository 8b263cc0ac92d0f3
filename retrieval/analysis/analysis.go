// Package analysis turns text into the terms that search, alignment and checks
// compare: Unicode words, lower case, without accents, in one spelling of every
// name, with inflections removed, and numbers in one form. It imports nothing
// of ours and keeps no state but a bounded cache, so every function is safe for
// concurrent use.
package analysis

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

// A Term is one word of a text in the form in which words are compared.
type Term struct {
	Text       string // folded, in the table's spelling, stemmed
	Start, End int    // bytes of the text that it stands for
	Stop       bool   // a function word: no evidence by itself
	Number     bool   // Text is a number in plain digits, such as "115000" or "2.5"
	Capital    bool   // begins with an upper-case letter as printed
}

// Terms returns the terms of text in reading order, function words included.
// Multi-word names of the spelling table ("United States") become one term.
func Terms(text string) []Term {
	return Append(make([]Term, 0, len(text)/5), text)
}

// Append appends the terms of text to dst and returns the extended slice.
func Append(dst []Term, text string) []Term {
	first := len(dst)
	it := words.FromString(text)
	for it.Next() {
		w := it.Value()
		if !wordlike(w) {
			continue
		}
		dst = appendWord(dst, first, w, it.Start())
	}
	return dst
}

// appendWord adds the word w that begins at byte start. Terms before index
// first belong to another text and are never joined with.
func appendWord(dst []Term, first int, w string, start int) []Term {
	trimmed := trimPossessive(w)
	t := normal(trimmed)
	t.Start, t.End = start, start+len(trimmed)
	if n := len(dst); n > first {
		prev := dst[n-1]
		// "the us" is the country; "us" alone is the pronoun.
		if trimmed == "us" && prev.Text == "the" {
			t.Text, t.Stop = unitedStates, false
		}
		if name, ok := phrases[t.Text][prev.Text]; ok && start-prev.End <= 3 {
			t.Text, t.Start, t.Stop = name, prev.Start, false
			t.Capital = prev.Capital
			dst = dst[:n-1]
		} else if prev.Number && t.Number && start-prev.End <= 2 && grouped(prev.Text, trimmed) {
			t.Text, t.Start = prev.Text+t.Text, prev.Start
			dst = dst[:n-1]
		} else if prev.Number && start-prev.End <= 3 {
			if unit, ok := magnitudes[t.Text]; ok {
				t.Text, t.Start, t.Number = scale(prev.Text, unit), prev.Start, true
				dst = dst[:n-1]
			}
		}
	}
	return append(dst, t)
}

// Word returns the comparable form of a single word.
func Word(w string) string { return normal(trimPossessive(w)).Text }

func wordlike(w string) bool {
	for i := 0; i < len(w); i++ {
		c := w[i]
		if c >= utf8.RuneSelf {
			r, _ := utf8.DecodeRuneInString(w[i:])
			return unicode.IsLetter(r) || unicode.IsNumber(r)
		}
		if 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' {
			return true
		}
		if c != '_' {
			return false
		}
	}
	return false
}

func trimPossessive(w string) string {
	for _, s := range [...]string{"'s", "’s", "'S", "’S"} {
		if t, ok := strings.CutSuffix(w, s); ok && t != "" {
			return t
		}
	}
	return w
}

// cacheLimit bounds the words whose form is remembered: about 10 MB. News text
// repeats itself; 100,000 passages hold some 60,000 different words.
const cacheLimit = 1 << 16

// The forms of words are looked up far more often than found out, so the map that
// everybody reads is never written to: new words wait in another, and now and then
// both become one.
var (
	cache   atomic.Pointer[map[string]Term] // Terms without their place
	waiting = map[string]Term{}
	waitMu  sync.Mutex
)

func init() { cache.Store(&map[string]Term{}) }

func normal(w string) Term {
	known := *cache.Load()
	if t, ok := known[w]; ok {
		return t
	}
	if len(w) > 32 || len(known) >= cacheLimit {
		return analyse(w)
	}
	waitMu.Lock()
	defer waitMu.Unlock()
	if t, ok := waiting[w]; ok {
		return t
	}
	w = strings.Clone(w) // not to keep the text that it is part of
	t := analyse(w)
	waiting[w] = t
	if known = *cache.Load(); len(waiting) > 64+len(known)/4 {
		both := make(map[string]Term, len(known)+len(waiting))
		maps.Copy(both, known)
		maps.Copy(both, waiting)
		cache.Store(&both)
		clear(waiting)
	}
	return t
}

func analyse(w string) Term {
	r, _ := utf8.DecodeRuneInString(w)
	t := Term{Capital: unicode.IsUpper(r) || unicode.IsTitle(r)}
	if n, ok := number(w); ok {
		t.Text, t.Number = n, true
		return t
	}
	switch w { // in lower case it is a pronoun
	case "US", "U.S", "U.S.A":
		t.Text = unitedStates
		return t
	}
	f := Fold(w)
	if f != "" && f[0] >= utf8.RuneSelf {
		f = romanise(f)
	}
	if name, ok := spellings[f]; ok {
		t.Text = name
		return t
	}
	if stops[f] {
		t.Text, t.Stop = f, true
		return t
	}
	if base, ok := irregular[f]; ok {
		f = base
	}
	t.Text = english.Stem(f, false)
	if name, ok := spellings[t.Text]; ok { // "Zelenskys"
		t.Text = name
	}
	return t
}

// Fold returns s in lower case without accents, apostrophes and the dots of
// abbreviations: "Élysée" and "elysee", "U.S." and "us" are the same.
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c == '\'' || c == '.' || c == '_' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '.', r == '_', r == '\u00ad':
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ø' || r == 'Ø':
			b.WriteByte('o')
		case r == 'ł' || r == 'Ł':
			b.WriteByte('l')
		case r == 'ı':
			b.WriteByte('i')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// IsStop reports whether a folded word is a function word.
func IsStop(w string) bool { return stops[w] }

// IsWord reports whether w begins like a word or a number, not like a mark.
func IsWord(w string) bool { return wordlike(w) }
