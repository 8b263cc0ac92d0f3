package qa

import (
	"math"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// A sentence is one sentence of a passage that was found, and how it fits the
// question.
type sentence struct {
	*retrieval.Passage
	n     int // its place in the passage
	span  article.Span
	terms []analysis.Term
	held  map[string]bool // the question's terms that it holds
	alike map[string]bool // those of which it holds a synonym
	x     features
	score float64 // the higher the likelier it answers; comparable inside a question
}

func (s *sentence) text() string { return s.span.In(s.Article.Text) }

// features are the measures of one sentence against one question, each in [0, 1]
// unless said.
type features [featureCount]float64

const (
	fCover       = iota // share of the question's weight that the sentence holds
	fAlike              // share of which it holds but a synonym
	fAround             // share held by the sentence and its neighbours together, synonyms at alikeShare
	fPairs              // share of the question's neighbouring words that stand near each other
	fNames              // share of its names and numbers; 1 if it has none
	fNamesAround        // the same, in the passage and its neighbours
	fType               // holds the kind of words that would answer
	fTypeMiss           // doesn't, though the kind is known
	fTyped              // a figure or time where one is asked for: 1 fits, .3 may fit, -1 none; 0 if not asked for
	fGrounds            // a reason where one is asked for: 1 told, 0 perhaps, -1 none; 0 if not asked for
	fVoiced             // the words are those of the speaker asked for
	fDated              // tells of the days that the question names: 1, of others only: -1
	fHeadline           // is a title or heading
	fLexical            // of the passage
	fSemantic           // of the passage
	fNew                // brings words that the question lacks
	fFirst              // 1/(1+rank of the passage)
	fMaxSim             // late interaction, in [-1, 1]
	fWeakest            // the question's content token that is matched least, in [-1, 1]
	fTelling            // late interaction by the tokens that tell the sentences apart, in [-1, 1]
	fUnknown            // share of the question's weight that no article holds
	featureCount
)

// candidatePassages is how many passages a question's sentences are taken from.
const candidatePassages = 12

// weigh measures the sentences of a passage that was found at a rank from 0;
// align, if not nil, is their late interaction with the question.
func (q *inquiry) weigh(hit retrieval.Hit, rank int, align []retrieval.Alignment) []*sentence {
	out := make([]*sentence, len(hit.Sentences))
	for i, span := range hit.Sentences {
		s := &sentence{Passage: hit.Passage, n: i, span: span, terms: analysis.Terms(span.In(hit.Article.Text)), held: map[string]bool{}, alike: map[string]bool{}}
		q.weighWords(s)
		if align != nil {
			s.x[fMaxSim], s.x[fWeakest], s.x[fTelling] = align[i].MaxSim, align[i].Weakest, align[i].Telling
		}
		s.x[fLexical], s.x[fSemantic] = hit.Lexical, hit.Semantic
		s.x[fFirst] = 1 / float64(1+rank)
		s.x[fUnknown] = q.unknown
		if q.expect.known() {
			if q.expect.met(q, s) {
				s.x[fType] = 1
			} else {
				s.x[fTypeMiss] = 1
			}
		}
		out[i] = s
	}
	around := q.around(hit.Passage)
	for _, s := range out {
		s.x[fNames] = q.share(q.names, termSet(nil, s.terms))
		s.x[fNamesAround] = q.share(q.names, around)
		s.x[fTyped] = q.typed(s)
		s.x[fVoiced], s.x[fDated], s.x[fGrounds] = q.voiced(s), q.dated(s), q.grounds(s)
		if s.Kind == article.Title || s.Kind == article.Heading {
			s.x[fHeadline] = 1
		}
	}
	for i, s := range out {
		for _, t := range q.searched {
			switch {
			case s.held[t] || i > 0 && out[i-1].held[t] || i+1 < len(out) && out[i+1].held[t]:
				s.x[fAround] += q.weight[t]
			case s.alike[t] || i > 0 && out[i-1].alike[t] || i+1 < len(out) && out[i+1].alike[t]:
				s.x[fAround] += alikeShare * q.weight[t]
			}
		}
	}
	return out
}

// alikeShare is what a synonym counts beside the word itself.
const alikeShare = 0.5

// weighWords fills the features that come from the words of the sentence alone.
func (q *inquiry) weighWords(s *sentence) {
	var fresh, pairs float64
	last, lastAt := "", 0
	for i, t := range s.terms {
		if t.Stop {
			continue
		}
		if _, asked := q.weight[t.Text]; !asked {
			fresh++
			for _, a := range q.synonyms[t.Text] {
				s.alike[a] = true
			}
			continue
		}
		s.held[t.Text] = true
		if last != "" && i-lastAt <= 3 && (q.pairs[[2]string{last, t.Text}] || q.pairs[[2]string{t.Text, last}]) {
			pairs++
		}
		last, lastAt = t.Text, i
	}
	for _, t := range q.searched {
		switch {
		case s.held[t]:
			s.x[fCover] += q.weight[t]
		case s.alike[t]:
			s.x[fAlike] += q.weight[t]
		}
	}
	if len(q.pairs) > 0 {
		s.x[fPairs] = math.Min(1, pairs/float64(len(q.pairs)))
	}
	s.x[fNew] = math.Min(1, fresh/5)
}

// around returns the terms of a passage and of the ones beside it, and the names
// that news says in their place.
func (q *inquiry) around(p *retrieval.Passage) map[string]bool {
	set := map[string]bool{}
	all := q.lib.Passages(p.Article.ID)
	for o := max(0, p.Ordinal-1); o <= min(len(all)-1, p.Ordinal+1); o++ {
		set = termSet(set, analysis.Terms(all[o].Text()))
	}
	return set
}

func termSet(set map[string]bool, terms []analysis.Term) map[string]bool {
	if set == nil {
		set = map[string]bool{}
	}
	for _, t := range terms {
		set[t.Text] = true
		for _, m := range analysis.Metonyms(t.Text) {
			set[m] = true
		}
	}
	return set
}

// share returns how much of a set is in another, 1 for the empty set.
func (q *inquiry) share(of, held map[string]bool) float64 {
	if len(of) == 0 {
		return 1
	}
	n := 0
	for t := range of {
		if held[t] {
			n++
		}
	}
	return float64(n) / float64(len(of))
}
