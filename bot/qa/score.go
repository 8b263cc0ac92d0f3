package qa

import (
	"cmp"
	"math"
	"slices"
)

// The weights of a sentence's rank: a linear model of which sentence of the
// passages found holds the answer, fitted by listwise softmax on a quarter of
// squad11-A (1,144 questions) and the answerable questions of the own set (weight
// 4), then rounded. Shares of the first kind of words ("cover", the passage's
// BM25, the cosine of whole sentences) added nothing.
var rankWeights = features{
	fAround: 5.7, fPairs: 1.4, fType: 0.8, fTypeMiss: -0.85, fSemantic: 9.5, fMaxSim: 10,
}

// wordRankWeights are the same, fitted without an encoder: .79 of squad11-A.
var wordRankWeights = features{
	fCover: 5, fAround: 3.4, fPairs: 1.3, fType: 0.85, fTypeMiss: -0.85,
	fLexical: 2, fNew: -1, fFirst: 2.3,
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
		s.score += q.continuity(s)
	}
	slices.SortStableFunc(all, func(a, b *sentence) int { return cmp.Compare(b.score, a.score) })
}

// Penalties in the unit of the score, in which the best sentence is some 2 to 4
// ahead of an unrelated one of the same passage.
const (
	qualityPenalty  = 0.2
	copyPenalty     = 0.5
	saidPenalty     = 3.0 // was cited in an earlier turn of the conversation
	fragmentPenalty = 1.5
)

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
	for i, v := range best.x {
		z += c.weights[i] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// A logistic model of whether the best sentence answers.
type logistic struct {
	bias, margin float64 // margin: of the best score over the mean of the first three
	weights      features
	bar          float64 // below it the answer abstains
}

// confidenceModel is fitted on clapnq/A and the own set, the questions with and
// without an answer weighing the same. AUROC: .85 on clapnq/A, .98 on null-A, which
// it never saw, .80 on the own set. The bar refuses an eighth of the own set's
// answerable questions.
var confidenceModel = logistic{
	bias: -3.74, margin: 0.26,
	weights: features{fWeakest: 1.97, fTyped: 1.08, fNamesAround: 0.81, fUnknown: -0.1, fSemantic: 3.87},
	bar:     0.30,
}

// wordConfidenceModel is the same without an encoder, fitted on null-A as well and
// rounded. AUROC: .967 on null-A, .78 on the own set, a tenth of whose answerable
// questions the bar refuses.
var wordConfidenceModel = logistic{
	bias: -2.77, margin: 0.2,
	weights: features{fLexical: 3, fAround: 3, fTyped: 0.4, fNamesAround: 0.5},
	bar:     0.26,
}
