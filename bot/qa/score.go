package qa

import (
	"cmp"
	"math"
	"slices"
)

// The weights of a sentence's rank: a linear model of which sentence of the
// passages found holds the answer, fitted by listwise softmax on a quarter of
// squad11-A (1,144 questions), clapnq/A and our own answerable questions (weight 4),
// then rounded. Five-fold: the right sentence first for .81 of squad11-A, .65 of
// clapnq/A and .74 of our own.
var rankWeights = features{
	fAround: 4.9, fPairs: 1.5, fNames: -0.8, fType: 0.5, fTypeMiss: -0.5, fTyped: 0.8, fDated: 0.9, fGrounds: 1.1,
	fVoiced: 2, fHeadline: -0.6, fSemantic: 4.4, fTelling: 12.9,
}

// wordRankWeights are the same, fitted without an encoder: .76, .52 and .71.
var wordRankWeights = features{
	fCover: 4.5, fAlike: 2.3, fAround: 2.9, fPairs: 1.6, fNamesAround: 1.7, fType: 0.6, fTypeMiss: -0.6, fTyped: 1.6, fDated: 0.6,
	fGrounds: 1, fVoiced: 2.1, fHeadline: -0.3, fLexical: 6.6, fNew: -1.3, fFirst: 0.8,
}

// rank scores the sentences and puts the best first. What a machine garbled or a
// copy retold comes after the same said plainly.
func (q *inquiry) rank(all []*sentence) {
	w := &rankWeights
	if !q.aligned {
		w = &wordRankWeights
	}
	for _, s := range all {
		s.score = 0
		for i, v := range s.x {
			s.score += w[i] * v
		}
		if s.Article.Quality != "" {
			s.score -= qualityPenalty
		}
		if s.Article.Origin != "" && s.Article.Origin != s.Article.ID {
			s.score -= copyPenalty
		}
		if s.fragment() {
			s.score -= fragmentPenalty
		}
		if q.namesOnly(s) {
			s.score -= namesPenalty
		}
		s.score += q.continuity(s)
	}
	slices.SortStableFunc(all, func(a, b *sentence) int { return cmp.Compare(b.score, a.score) })
}

// Penalties in the unit of the score, in which the best sentence is some 2 to 4
// ahead of an unrelated one of the same passage.
const (
	qualityPenalty  = 0.2
	copyPenalty     = 0.5
	saidPenalty     = 5.0 // was cited in an earlier turn of the conversation
	fragmentPenalty = 1.5
	namesPenalty    = 1.0 // shares nothing but names with a question that has more
)

// namesOnly reports whether a sentence shares names with the question and nothing
// else, though articles have others of its words.
func (q *inquiry) namesOnly(s *sentence) bool {
	name, more := false, false
	for _, t := range q.searched {
		switch {
		case q.names[t]:
			name = name || s.held[t]
		case s.held[t] || s.alike[t]:
			return false
		default:
			more = more || q.lib.Known(t)
		}
	}
	return name && more
}

// fragment reports whether a sentence has too few words to tell anything.
func (s *sentence) fragment() bool {
	content := 0
	for _, t := range s.terms {
		if !t.Stop {
			content++
		}
	}
	return content < 4
}

// confidence is the chance, in (0, 1), that the best sentence answers the question:
// a logistic model over absolute measures, never a fused rank.
func (q *inquiry) confidence(ranked []*sentence) float64 {
	if len(ranked) == 0 {
		return 0
	}
	best := ranked[0]
	mean := 0.0
	for _, s := range ranked[:min(3, len(ranked))] {
		mean += s.score / float64(min(3, len(ranked)))
	}
	c := &confidenceModel
	if !q.aligned {
		c = &wordConfidenceModel
	}
	z := c.bias + c.margin*(best.score-mean)
	if q.lacks(ranked) {
		z += c.lacks
	}
	for i, v := range best.x {
		z += c.weights[i] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// A logistic model of whether the best sentence answers.
type logistic struct {
	bias, margin float64 // margin: of the best score over the mean of the first three
	lacks        float64 // added where the kind asked for is missing
	weights      features
	bar          float64 // below it the answer abstains
}

// confidenceModel is fitted on clapnq/A and our own questions, those with and
// without an answer weighing the same, and on the same with the evidence taken out
// (weight .3), then rounded. Five-fold AUROC: .85 on clapnq/A, .81 on our own.
var confidenceModel = logistic{
	bias: -2.9, margin: 0.24, lacks: -1.8,
	weights: features{fWeakest: 2.2, fTyped: 0.3, fNamesAround: 0.9, fUnknown: -1.2, fSemantic: 2.2, fVoiced: 0.6},
	bar:     0.22,
}

// wordConfidenceModel is the same without an encoder, fitted on null-A as well:
// .82 on clapnq/A, .97 on null-A, .81 on our own.
var wordConfidenceModel = logistic{
	bias: -3.7, margin: 0.2, lacks: -1.3,
	weights: features{fLexical: 6, fAround: 0.9, fTyped: 0.5, fNamesAround: 0.8, fVoiced: 0.9},
	bar:     0.16,
}
