package qa

import (
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// An inquiry is a question made ready for weighing sentences.
type inquiry struct {
	text     string
	query    retrieval.Query
	terms    []analysis.Term     // of the text, in order
	weight   map[string]float64  // of the terms searched for; they add up to 1
	synonyms map[string][]string // term -> the terms searched for of which it is a synonym
	searched []string            // the terms of weight, in order: sums over a map differ in their last digit
	unknown  float64             // of that, what no article holds
	pairs    map[[2]string]bool  // neighbouring content words
	names    map[string]bool     // names and numbers: what evidence should not lack
	expect   expect
	measure  measure  // what the figure asked for is measured in
	speaker  []string // whose words are asked for: terms of a name
	focus    []string // the nouns asked for
	counted  []string // what "how many" or "how much" asks to count, at most two words
	lib      *retrieval.Library
	aligned  bool             // the sentences were compared token by token
	language string           // ISO 639-1 code, where a model told it; "" is English
	rewrite  *Trace           // of the model that made the question stand alone; nil if none did
	lost     time.Duration    // in waiting for a model that did not make it so
	foreign  bool             // not in the language of the articles
	said     map[spanKey]bool // cited in earlier turns
	last     *Citation        // the first of the turn before, if this question follows it up
	whose    bool             // it asks who said what last cites
	withheld *sentence        // what would have come first, but alters a quotation; see unaltered
}

func newInquiry(lib *retrieval.Library, text string, query retrieval.Query) *inquiry {
	q := &inquiry{
		text: text, query: query, terms: analysis.Terms(text),
		weight: map[string]float64{}, synonyms: map[string][]string{}, pairs: map[[2]string]bool{}, names: map[string]bool{},
	}
	q.expect = expected(q.terms, text)
	q.lib = lib
	q.counted = counted(q.terms)
	q.focus = focus(q.terms)
	q.measure = measureOf(q.terms, folded(q.terms, text))
	q.speaker = askedSpeaker(q.terms, text, lib.IsName)
	total := 0.0
	for _, t := range query.Terms {
		w := t.Weight * lib.IDF(t.Text)
		q.searched = append(q.searched, t.Text)
		q.weight[t.Text] = w
		total += w
		if !lib.Known(t.Text) {
			q.unknown += w
		}
		for o := range analysis.Synonyms(t.Text) {
			q.synonyms[o] = append(q.synonyms[o], t.Text)
		}
	}
	if total > 0 {
		q.unknown /= total
		for t := range q.weight {
			q.weight[t] /= total
		}
	}
	prev := ""
	times := dates.Find(text, dates.Anchor{Day: lib.Covered().Until})
	for i, t := range q.terms {
		if t.Stop {
			continue
		}
		if prev != "" {
			q.pairs[[2]string{prev, t.Text}] = true
		}
		prev = t.Text
		if _, searched := q.weight[t.Text]; searched && !inMention(times, t) && (t.Capital && i > 0 || t.Number || lib.IsName(t.Text)) {
			q.names[t.Text] = true
		}
	}
	return q
}

// counted returns what stands after "how many" or "how much", at most two terms, names
// left out where another is there: "troops" of "Russian troops".
func counted(terms []analysis.Term) []string {
	var out, names []string
	for i, t := range terms {
		if i == 0 || terms[i-1].Text != "how" || t.Text != "mani" && t.Text != "much" {
			continue
		}
		for _, n := range terms[i+1:] {
			if n.Stop || len(out)+len(names) == 2 {
				break
			}
			if n.Capital || len(analysis.Metonyms(n.Text)) > 0 {
				names = append(names, n.Text)
			} else {
				out = append(out, n.Text)
			}
		}
		break
	}
	if len(out) == 0 {
		return names
	}
	return out
}

// folded returns the words of terms as they are printed, folded.
func folded(terms []analysis.Term, text string) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = analysis.Fold(text[t.Start:t.End])
	}
	return out
}
