package origin

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

// An AlteredQuote is a quotation in a copy whose words are not those that the
// original quotes at the same place. The spans hold the words between the
// quotation marks, in the texts of the two articles.
type AlteredQuote struct{ Original, Copy article.Span }

// AlteredQuotes returns the altered quotations of a copy, in the order of its
// text. Differences of case, punctuation, British and American -ise, and what
// the copy marks itself, by an ellipsis or square brackets, alter nothing.
// Quotations that the original doesn't have at all are left out: a copy may add
// to a report without altering it.
func AlteredQuotes(original, copy article.Article) []AlteredQuote {
	own, _, ownSpans := fingerprintOf(copy.Text)
	other, _, otherSpans := fingerprintOf(original.Text)
	pairs := newAligner(&own).align(&other).pairs
	changed := withoutVerbatim(copy.Text, original.Text)
	missing := withoutVerbatim(original.Text, copy.Text)

	// Quotations at the same place that share the most words belong together,
	// then those of like length there, in order, then much the same ones anywhere.
	var links []link
	near := func(i, j int) bool {
		for _, p := range pairs {
			if ownSpans[p.first].Overlaps(changed[i]) && otherSpans[p.second].Overlaps(missing[j]) {
				return true
			}
		}
		return false
	}
	here, there := quotesOf(copy.Text, changed), quotesOf(original.Text, missing)
	for i, q := range here {
		for j, m := range there {
			if near(i, j) {
				if l := contained(q.telling, m.telling); l >= 0.3 {
					links = append(links, link{i, j, 2 + l})
				} else if max(q.length, m.length) <= 3*min(q.length, m.length) {
					links = append(links, link{i, j, 1})
				}
			} else if dice(q.words, m.words) >= 0.5 {
				links = append(links, link{i, j, 0})
			}
		}
	}
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(b.likeness, a.likeness) })

	var found []AlteredQuote
	usedCopy, usedOriginal := map[int]bool{}, map[int]bool{}
	for _, l := range links {
		if !usedCopy[l.copy] && !usedOriginal[l.original] {
			usedCopy[l.copy], usedOriginal[l.original] = true, true
			found = append(found, AlteredQuote{Original: missing[l.original], Copy: changed[l.copy]})
		}
	}
	slices.SortFunc(found, func(a, b AlteredQuote) int { return a.Copy.Start - b.Copy.Start })
	return found
}

// A quote is what is compared of a quotation.
type quote struct {
	length  int      // bytes
	words   []string // all, in plain form
	telling []uint32 // hashes of the telling ones
}

func quotesOf(text string, spans []article.Span) []quote {
	quotes := make([]quote, len(spans))
	for i, span := range spans {
		s := span.In(text)
		quotes[i] = quote{len(s), plainWords(s), words(nil, s)}
	}
	return quotes
}

// A link says that one quotation may have been made from another, by their
// indices.
type link struct {
	copy, original int
	likeness       float64
}

func shared[T comparable](a, b []T) (n float64) {
	for _, word := range a {
		if slices.Contains(b, word) {
			n++
		}
	}
	return n
}

// contained is the share of the shorter list that the other holds.
func contained[T comparable](a, b []T) float64 {
	return shared(a, b) / float64(max(1, min(len(a), len(b))))
}

// dice is Dice's coefficient of two lists.
func dice[T comparable](a, b []T) float64 {
	return 2 * shared(a, b) / float64(max(1, len(a)+len(b)))
}

// maxQuotes and maxQuoteBytes bound the cost of a hostile text. News quotations
// are some dozens of words long.
const maxQuotes, maxQuoteBytes = 300, 2000

// withoutVerbatim returns the quotations of text whose words are not in other.
func withoutVerbatim(text, other string) []article.Span {
	words := " " + strings.Join(plainWords(other), " ") + " "
	quotes := quotations(text)
	quotes = quotes[:min(len(quotes), 4*maxQuotes)]
	quotes = slices.DeleteFunc(quotes, func(q article.Span) bool {
		return q.End-q.Start > maxQuoteBytes || verbatim(q.In(text), words)
	})
	return quotes[:min(len(quotes), maxQuotes)]
}

// verbatim reports whether the words of quote stand in words, in one piece or in
// those that ellipses and brackets part.
func verbatim(quote, words string) bool {
	for {
		open := strings.IndexByte(quote, '[')
		if open < 0 {
			break
		}
		length := strings.IndexByte(quote[open:], ']')
		if length < 0 {
			break
		}
		quote = quote[:open] + "…" + quote[open+length+1:]
	}
	for piece := range strings.SplitSeq(strings.ReplaceAll(quote, "...", "…"), "…") {
		if piece := plainWords(piece); len(piece) > 0 && !strings.Contains(words, " "+strings.Join(piece, " ")+" ") {
			return false
		}
	}
	return true
}

var apostrophes = strings.NewReplacer("’", "", "'", "")

// plainWords returns the words of s in lower case, without apostrophes.
func plainWords(s string) []string {
	s = apostrophes.Replace(strings.ToLower(s))
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) })
	for i, word := range words {
		if len(word) > 5 {
			words[i] = strings.ReplaceAll(word, "z", "s")
		}
	}
	return words
}

// quotations returns what stands between quotation marks, in the order of the
// text. A quotation ends with its line at the latest; one in curly marks or
// guillemets that goes on in the next paragraph has no mark at the end.
func quotations(text string) []article.Span {
	var spans []article.Span
	start, closers, open := -1, "", false
	before := ' '
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		after, _ := utf8.DecodeRuneInString(text[i+size:])
		switch {
		case r == '\n':
			if open && start < i {
				spans = append(spans, article.Span{Start: start, End: i})
			}
			start, open = -1, false
		case start < 0:
			if closers = closersOf(r, before, after); closers != "" {
				start, open = i+size, r != '"' && r != '\'' && r != '‘'
			}
		case strings.ContainsRune(closers, r) && !(apostrophe(r) && word(after)):
			if start < i {
				spans = append(spans, article.Span{Start: start, End: i})
			}
			start, open = -1, false
		}
		before = r
		i += size
	}
	if open && start < len(text) {
		spans = append(spans, article.Span{Start: start, End: len(text)})
	}
	return spans
}

// closersOf returns the marks that may close the quotation which r opens, "" if
// r opens none. Careless texts close “ with another “.
func closersOf(r, before, after rune) string {
	switch r {
	case '“', '„':
		return "”“\""
	case '"':
		return "\"”"
	case '«':
		return "»"
	case '‘', '\'':
		if !word(before) && word(after) {
			return "’'"
		}
	}
	return ""
}

func apostrophe(r rune) bool { return r == '’' || r == '\'' }

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
