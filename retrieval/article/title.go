package article

import (
	"strings"
	"unicode/utf8"
)

// findTitle takes the first line for the title if it looks like one and none is
// marked. A headline has no full stop, except behind a leading date, where some
// collections put the headline as a sentence.
func (r *reader) findTitle() {
	if r.titled {
		return
	}
	for i, it := range r.items {
		if it.kind == Byline || it.kind == Boilerplate {
			continue
		}
		s := it.In(r.text)
		stop := hasFullStop(s)
		if it.kind != Paragraph || len(s) > titleBytes || stop && !(r.dated && len(s) <= titleBytes/2) ||
			!it.last && terminated(s) || len(Sentences(s)) != 1 {
			return
		}
		for _, later := range r.items[i+1:] {
			if later.kind == Paragraph && later.End-later.Start >= proseBytes {
				r.items[i].kind = Title
				return
			}
		}
		return
	}
}

// hasFullStop reports whether s ends in a full stop that is not that of "U.S." or "Jr."
func hasFullStop(s string) bool {
	words, stop := strings.CutSuffix(strings.TrimRight(s, "\"'”’)"), ".")
	last := words[strings.LastIndexByte(words, ' ')+1:]
	return stop && !shortened[last] && (!strings.Contains(last, ".") || !isDotted(last))
}

// findHeadings finds the standfirst below the title and the crossheads: lines
// that stand by themselves, do not end as a sentence does, and head running text.
func (r *reader) findHeadings() {
	afterTitle := false
	for i := range r.items {
		it := &r.items[i]
		switch it.kind {
		case Title:
			afterTitle = true
		case Paragraph:
			s := it.In(r.text)
			n := len(s)
			standfirst := afterTitle && it.gap && it.last && n <= 2*titleBytes
			afterTitle = false
			if terminated(s) || !standfirst && (n > titleBytes/2 || strings.Count(s, " ") > 13) {
				continue
			}
			opens := it.gap || r.items[i-1].kind != Paragraph || terminated(r.items[i-1].In(r.text))
			heads := i+1 < len(r.items) && r.items[i+1].kind.Evidence() && (it.last || r.items[i+1].End-r.items[i+1].Start >= proseBytes)
			if opens && heads {
				it.kind = Heading
			}
		case Byline, Boilerplate:
		default:
			afterTitle = false
		}
	}
}

func (r *reader) finish() {
	for _, b := range r.Blocks {
		if b.Kind == Title {
			r.Title = Plain(b.In(r.text))
			break
		}
	}
	for _, b := range r.Blocks {
		if r.Title != "" {
			break
		}
		if b.Kind.Evidence() {
			r.Title = shorten(Plain(b.Sentences[0].In(r.text)))
		}
	}
	if r.Published == "" && r.URL != "" {
		r.inferDate()
	}
}

// shorten cuts a sentence down to the length of a headline.
func shorten(s string) string {
	const longest = 100
	if len(s) > longest {
		cut := strings.LastIndexByte(s[:longest], ' ')
		if comma := strings.LastIndex(s[:longest], ", "); comma > longest/2 {
			cut = comma
		}
		if cut <= 0 {
			for cut = longest; cut > longest-utf8.UTFMax && !utf8.RuneStart(s[cut]); cut-- {
			}
		}
		return s[:cut] + "…"
	}
	return strings.TrimSuffix(s, ".")
}
