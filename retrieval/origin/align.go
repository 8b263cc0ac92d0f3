package origin

import "slices"

// minSimilarity is the least similarity of two sentences that are aligned. Lower,
// sentences of different reports that share names and a phrase align by chance.
const minSimilarity = 0.34

// threshold is the default of Options.Threshold. Of reports made like those of
// TestOrigins (seeds 21 to 23: 51,600 pairs of one event, 600 copies) no two
// different ones share more than .27, and 99 of 100 copies share .42 or more; the
// rewrite among the starter articles shares .46. It is set nearer the copies
// since a wrong group hides a witness.
const threshold = 0.4

// shrink lowers the share where few words align, which happens by chance more
// often: by half for the 24 telling words of two or three sentences, by a tenth
// for the 240 of a page.
const shrink = 24

// fewWords is how many telling words, some two sentences, must align.
const fewWords = 20

// A bond is how much of two texts says the same in the same order.
type bond struct {
	first, second side
	pairs         []aligned // in order
}

// A side of a bond is what of one text aligns with the other.
type side struct {
	words int     // telling words of its aligned sentences
	cover float64 // these as a share of all, 0 to 1
	alike float64 // the same, each sentence weighted by its similarity
}

// share is high where nearly all of a text aligns, if loosely, as in a rewrite,
// or most of it closely. Reports of one event align in part, and loosely.
func (s side) share() float64 {
	return s.cover * s.alike * float64(s.words) / float64(s.words+shrink)
}

// copies reports whether one of the texts derives from the other, and the
// greater share.
func (b bond) copies(threshold float64) (share float64, ok bool) {
	share = max(b.first.share(), b.second.share())
	if b.first.words < fewWords && threshold > 0 {
		// So little can be said alike by chance: only the same text counts.
		return share, min(b.first.alike, b.second.alike) > 0.9
	}
	return share, share >= threshold
}

// aligned are the indices of two sentences in the fingerprints of two texts.
type aligned struct{ first, second int }

// An aligner compares one text with others. It is not safe for concurrent use.
type aligner struct {
	text      *fingerprint
	sentences [][]uint16 // of each word of the vocabulary
	common    []int32    // index in text's vocabulary of each word of the other's, -1 if none
	shared    []float32  // weight shared by each pair of sentences, then their similarity
	figures   []bool     // whether each pair of sentences shares a number
	best      []float32
}

func newAligner(text *fingerprint) *aligner {
	a := &aligner{text: text, sentences: make([][]uint16, len(text.vocabulary))}
	for i, sentence := range text.sentences {
		for _, word := range sentence {
			a.sentences[word] = append(a.sentences[word], uint16(i))
		}
	}
	return a
}

// align finds the sentences that the text shares with another in the same
// order. The similarity of two sentences is Dice's coefficient over the weights
// of their words, and 0 where both give numbers and share none: a copy keeps the
// figures, and what gives others reports something else. The alignment maximises the sum of similarity times length
// (dynamic programming, as for the longest common subsequence).
func (a *aligner) align(other *fingerprint) bond {
	n, m := len(a.text.sentences), len(other.sentences)
	if n == 0 || m == 0 {
		return bond{}
	}
	a.match(other)
	a.share(other)
	length := func(i, j int) float32 { return float32(len(a.text.sentences[i]) + len(other.sentences[j])) }

	// best[i*(m+1)+j] is the value of aligning the first i with the first j.
	a.best = resized(a.best, (n+1)*(m+1))
	for i := range n {
		row, next := a.best[i*(m+1):(i+1)*(m+1)], a.best[(i+1)*(m+1):(i+2)*(m+1)]
		for j := range m {
			value := max(row[j+1], next[j])
			if s := a.shared[i*m+j]; s >= minSimilarity {
				value = max(value, row[j]+s*length(i, j))
			}
			next[j+1] = value
		}
	}
	var b bond
	for i, j := n, m; i > 0 && j > 0; {
		value := a.best[i*(m+1)+j]
		switch {
		case value == a.best[(i-1)*(m+1)+j]:
			i--
		case value == a.best[i*(m+1)+j-1]:
			j--
		default:
			i, j = i-1, j-1
			b.pairs = append(b.pairs, aligned{i, j})
			b.first.add(len(a.text.sentences[i]), a.shared[i*m+j])
			b.second.add(len(other.sentences[j]), a.shared[i*m+j])
		}
	}
	slices.Reverse(b.pairs)
	b.first.finish(a.text.words)
	b.second.finish(other.words)
	return b
}

func (s *side) add(words int, similarity float32) {
	s.words += words
	s.alike += float64(words) * float64(similarity)
}

func (s *side) finish(words int) {
	s.cover = float64(s.words) / float64(words)
	s.alike /= float64(words)
}

// match fills common.
func (a *aligner) match(other *fingerprint) {
	a.common = a.common[:0]
	i := 0
	for _, word := range other.vocabulary {
		for i < len(a.text.vocabulary) && a.text.vocabulary[i] < word {
			i++
		}
		if i < len(a.text.vocabulary) && a.text.vocabulary[i] == word {
			a.common = append(a.common, int32(i))
		} else {
			a.common = append(a.common, -1)
		}
	}
}

// share fills shared with the similarities.
func (a *aligner) share(other *fingerprint) {
	n, m := len(a.text.sentences), len(other.sentences)
	a.shared, a.figures = resized(a.shared, n*m), resized(a.figures, n*m)
	for j, sentence := range other.sentences {
		for _, word := range sentence {
			own := a.common[word]
			if own < 0 {
				continue
			}
			weight := a.text.weight(int(own)) + other.weight(int(word))
			number := other.vocabulary[word]&numberBit != 0
			for _, i := range a.sentences[own] {
				a.shared[int(i)*m+j] += weight
				if number {
					a.figures[int(i)*m+j] = true
				}
			}
		}
	}
	for i := range n {
		for j := range m {
			switch s := &a.shared[i*m+j]; {
			case *s == 0:
			case a.text.numbers[i] && other.numbers[j] && !a.figures[i*m+j]:
				*s = 0
			default:
				*s /= a.text.weights[i] + other.weights[j]
			}
		}
	}
}

// resized returns n zero values, in s where it is large enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}
