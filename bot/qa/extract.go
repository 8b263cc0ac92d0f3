package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

const (
	maxStatements = 3
	maxText       = 250 // characters of a statement: what a phone shows at a glance
	maxWhole      = 400 // characters of one that makes no sense cut
	// A further sentence may stay behind the best by scoreGap, and by more where it
	// holds of the question what those chosen lack: by addedGap times that share of
	// the question's weight.
	scoreGap = 1.0
	addedGap = 6.0
	// alike is the share of common words from which two sentences say the same.
	alike = 0.5
)

// choose takes the best sentence and those that add to it: near to it in score,
// told in other words, of other reports before more of the same.
func (q *inquiry) choose(ranked []*sentence) []*sentence {
	chosen := []*sentence{q.preferOriginal(ranked, ranked[0])}
	rest := slices.Clone(ranked[1:])
	for len(chosen) < maxStatements {
		var next *sentence
		best := 0.0
		for _, s := range rest {
			if s.score < ranked[0].score-scoreGap-addedGap*q.added(s, chosen) || !q.adds(s, chosen) {
				continue
			}
			overlap := 0.0
			sameOrigin := 0.0
			for _, c := range chosen {
				overlap = max(overlap, similarity(s, c))
				if originOf(s) == originOf(c) {
					sameOrigin = originPenalty
					if s.Article.ID != c.Article.ID { // a copy and its original
						overlap *= 2
					}
				}
			}
			if overlap >= alike || s.x[fNew] == 0 {
				continue
			}
			if value := s.score - overlapPenalty*overlap - sameOrigin; next == nil || value > best {
				next, best = s, value
			}
		}
		if next == nil {
			break
		}
		rest = slices.DeleteFunc(rest, func(s *sentence) bool { return s == next })
		original := q.preferOriginal(ranked, next)
		if !slices.ContainsFunc(chosen, func(c *sentence) bool { return similarity(c, original) >= alike }) {
			chosen = append(chosen, original)
		}
	}
	return chosen
}

// added returns the share of the question's weight that a sentence holds, itself or in
// a synonym, and those chosen don't.
func (q *inquiry) added(s *sentence, chosen []*sentence) float64 {
	sum := 0.0
	for _, t := range q.searched {
		if (s.held[t] || s.alike[t]) && !slices.ContainsFunc(chosen, func(c *sentence) bool { return c.held[t] || c.alike[t] }) {
			sum += q.weight[t]
		}
	}
	return sum
}

// adds reports whether a sentence may stand beside those chosen: it holds a figure
// where the best one answers with one, more than names of the question where the best
// one does, and is no headline of a report quoted already.
func (q *inquiry) adds(s *sentence, chosen []*sentence) bool {
	best := chosen[0]
	if q.expect == expectNumber && s.x[fTyped] < best.x[fTyped] || q.namesOnly(s) && !q.namesOnly(best) {
		return false
	}
	return s.Kind != article.Title && s.Kind != article.Heading ||
		!slices.ContainsFunc(chosen, func(c *sentence) bool { return c.Article == s.Article })
}

// Penalties of maximal marginal relevance (Carbonell and Goldstein 1998), in the
// unit of the score.
const (
	overlapPenalty = 4.0
	originPenalty  = 0.5
)

func originOf(s *sentence) string {
	if s.Article.Origin != "" {
		return s.Article.Origin
	}
	return s.Article.ID
}

// preferOriginal returns, for a sentence of a copy, the sentence of the original
// that says the same, if there is one within the bounds of the inquiry.
func (q *inquiry) preferOriginal(ranked []*sentence, s *sentence) *sentence {
	if originOf(s) == s.Article.ID || !q.admitsOriginal(s) {
		return s
	}
	best, most := s, retold
	for _, o := range ranked {
		if v := similarity(o, s); o.Article.ID == s.Article.Origin && v >= most {
			best, most = o, v
		}
	}
	for _, p := range q.lib.Passages(s.Article.Origin) {
		for n := range p.Sentences {
			o := s.measured(plainSentence(p, n))
			if v := similarity(o, s); v > most {
				best, most = o, v
			}
		}
	}
	return best
}

// retold is the share of common words from which a sentence of a copy is its
// original's retold; unrelated sentences of the seeds' two reports share less than
// .15.
const retold = 0.2

// similarity is the share of common content words of two sentences (Jaccard).
func similarity(a, b *sentence) float64 {
	in := map[string]bool{}
	for _, t := range a.terms {
		if !t.Stop {
			in[t.Text] = true
		}
	}
	both, all := 0, len(in)
	seen := map[string]bool{}
	for _, t := range b.terms {
		if t.Stop || seen[t.Text] {
			continue
		}
		seen[t.Text] = true
		if in[t.Text] {
			both++
		} else {
			all++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(both) / float64(all)
}

func (s *sentence) key() spanKey { return spanKey{s.Article.ID, s.span.Start} }

// A spanKey names a sentence of an article.
type spanKey struct {
	article string
	start   int
}

// shorten returns the part of a long sentence that answers: a run of clauses
// within maxText that holds most of the question's weight and the kind of words
// asked for. Clauses that say who speaks, or that deny, are never cut off: where
// they don't fit, the sentence stays whole. So does one of up to maxWhole whose part
// that answers can't be read alone.
func (q *inquiry) shorten(s *sentence) article.Span {
	text := s.text()
	if len([]rune(text)) <= maxText {
		return s.span
	}
	cuts := clauseStarts(text)
	var best, alone article.Span // of all parts, and of those that can be read alone
	bestValue, aloneValue := -1.0, -1.0
	for i, from := range cuts {
		for j := i + 1; j <= len(cuts); j++ {
			to := len(text)
			if j < len(cuts) {
				to = cuts[j]
			}
			part := article.Span{Start: from, End: from + len(strings.TrimRight(text[from:to], " ,;:–—"))}
			if len([]rune(part.In(text))) > maxText {
				break
			}
			v := q.partValue(s, part)
			better := func(than float64, old article.Span) bool {
				return v > than+1e-9 || v > than-1e-9 && part.End-part.Start > old.End-old.Start
			}
			if better(bestValue, best) {
				best, bestValue = part, v
			}
			if standsAlone(text, from) && better(aloneValue, alone) {
				alone, aloneValue = part, v
			}
		}
	}
	switch {
	case bestValue < 0:
		return s.span
	case aloneValue > bestValue-1e-9:
		best = alone
	case len([]rune(text)) <= maxWhole:
		return s.span
	}
	return article.Span{Start: s.span.Start + best.Start, End: s.span.Start + best.End}
}

// standsAlone reports whether what begins at a cut can be read without the clauses
// before it: the beginning, what follows a semicolon, and a "but" or "while" that has
// a subject of its own.
func standsAlone(text string, from int) bool {
	before := strings.TrimRight(text[:from], " \u00a0")
	if from == 0 || strings.HasSuffix(before, ";") {
		return true
	}
	words := analysis.Terms(text[from:min(len(text), from+60)])
	return len(words) > 1 && (words[0].Text == "but" || words[0].Text == "while") && (words[1].Capital || words[1].Text == "the" || words[1].Text == "a")
}

// partValue is what a part of a sentence is worth, or -1 if it must not stand
// alone.
func (q *inquiry) partValue(s *sentence, part article.Span) float64 {
	value := 0.0
	kind := 0.0
	held := map[string]bool{}
	for i, t := range s.terms {
		inside := t.Start >= part.Start && t.End <= part.End
		if !inside && (sayingVerbs[t.Text] && !t.Capital || negations[t.Text] || t.Text == "accord") {
			return -1
		}
		if !inside {
			continue
		}
		if w, asked := q.weight[t.Text]; asked && !held[t.Text] {
			held[t.Text] = true
			value += w
		}
		if q.expect.term(q, s, i) {
			kind = 0.5
		}
	}
	return value + kind
}

var negations = wordSet("not no never nor neither without denied deny nobody nothing")

// clauseStarts returns the bytes at which clauses begin: 0, and after a comma,
// semicolon, colon or dash that a space follows. What goes on with a figure or a
// capital may be a date or one more of a list, and begins none.
func clauseStarts(text string) []int {
	starts := []int{0}
	for i, r := range text {
		var n int
		switch r {
		case ',', ';', ':':
			n = 1
		case '–', '—':
			n = len(string(r))
		default:
			continue
		}
		rest := text[i+n:]
		trimmed := strings.TrimLeft(rest, " \u00a0")
		if rest == trimmed || trimmed == "" || trimmed[0] >= '0' && trimmed[0] <= '9' || trimmed[0] >= 'A' && trimmed[0] <= 'Z' {
			continue
		}
		starts = append(starts, len(text)-len(trimmed))
	}
	return starts
}

// contentTerms returns the distinct content terms of a text, in order.
func contentTerms(text string) []analysis.Term {
	var out []analysis.Term
	seen := map[string]bool{}
	for _, t := range analysis.Terms(text) {
		if !t.Stop && !seen[t.Text] {
			seen[t.Text] = true
			out = append(out, t)
		}
	}
	return out
}
