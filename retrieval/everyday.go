package retrieval

import (
	"strings"
	"sync"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/embed"
)

// everyday holds the terms of the encoder's vocabulary that are whole words.
var everyday = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool, 20_000)
	for w := range strings.Lines(embed.Vocabulary()) {
		w = strings.TrimSuffix(w, "\n")
		if len(w) > 1 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
			out[analysis.Word(w)] = true
		}
	}
	return out
})

// Everyday reports whether a term, in the form that analysis.Word gives it, is a form
// of one of some 20,000 words that English texts use most, the names among them too.
func Everyday(term string) bool { return everyday()[term] }
