package bot

import (
	"strings"
	"unicode"

	"crisisbot/retrieval/analysis"
)

// What a word of the statement counts in a stretch of its quotation: figures and
// names are what a reader looks for.
const (
	wordWeight = 1
	nameWeight = 4
)

// excerpt returns a quotation cut to at most limit UTF-16 units: the first stretch of
// whole words that holds most of what is said in about, an ellipsis on each side where
// something is left out. A limit too small for that cuts the end.
func excerpt(quote, about string, limit int) string {
	if width(quote) <= limit {
		return quote
	}
	said := map[string]bool{}
	for _, t := range analysis.Terms(about) {
		said[t.Text] = said[t.Text] || !t.Stop
	}
	terms := analysis.Terms(quote)
	value := func(from, to int) int {
		v, counted := 0, map[string]bool{}
		for i, t := range terms {
			if t.Start < from || t.End > to || !said[t.Text] || counted[t.Text] {
				continue
			}
			counted[t.Text] = true
			if t.Number || t.Capital && i > 0 {
				v += nameWeight
			} else {
				v += wordWeight
			}
		}
		return v
	}
	starts, ends := fields(quote)
	best, found := 0, ""
	last := 0
	for first := range starts {
		room := limit
		if first > 0 {
			room--
		}
		last = max(last, first)
		for last < len(ends) && width(quote[starts[first]:ends[last]]) < room { // the ellipsis at the end takes one
			last++
		}
		end := len(quote)
		if width(quote[starts[first]:]) > room {
			if last == first {
				continue
			}
			end = ends[last-1]
		}
		if v := value(starts[first], end); v > best || found == "" {
			best, found = v, cutOut(quote, starts[first], end)
		}
		if end == len(quote) {
			break
		}
	}
	if found == "" || best == 0 {
		return shorten(quote, limit)
	}
	return found
}

// cutOut returns quote[from:to] with an ellipsis for what is left out.
func cutOut(quote string, from, to int) string {
	out := strings.TrimRightFunc(quote[from:to], unicode.IsSpace)
	if from > 0 {
		out = ellipsis + out
	}
	if to < len(quote) {
		out += ellipsis
	}
	return out
}

// fields returns where the words of a text begin and end.
func fields(text string) (starts, ends []int) {
	inside := false
	for i, r := range text {
		switch space := unicode.IsSpace(r); {
		case !space && !inside:
			starts, inside = append(starts, i), true
		case space && inside:
			ends, inside = append(ends, i), false
		}
	}
	if inside {
		ends = append(ends, len(text))
	}
	return starts, ends
}
