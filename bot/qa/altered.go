package qa

import (
	"slices"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// alters returns the bytes of the original whose quotation a copy gives in other words
// at span. A copy is never quoted for those.
func alters(lib *retrieval.Library, a *article.Article, span article.Span) (original article.Span, ok bool) {
	if a.Origin == "" || a.Origin == a.ID {
		return article.Span{}, false
	}
	for _, q := range lib.Altered(a.ID) {
		if q.Copy.Overlaps(span) {
			return q.Original, true
		}
	}
	return article.Span{}, false
}

// unaltered leaves out the sentences that alter a quotation.
func (q *inquiry) unaltered(ranked []*sentence) []*sentence {
	q.withheld = nil
	out := make([]*sentence, 0, len(ranked))
	for _, s := range ranked {
		switch _, altered := alters(q.lib, s.Article, s.span); {
		case !altered:
			out = append(out, s)
		case len(out) == 0 && q.withheld == nil && !q.admitsOriginal(s):
			q.withheld = s
		}
	}
	return out
}

// asQuoted puts the original's sentence in place of one that alters a quotation of it,
// where the original is within the bounds of the inquiry. The order stays.
func (q *inquiry) asQuoted(ranked []*sentence) []*sentence {
	out := make([]*sentence, 0, len(ranked))
	in := map[spanKey]bool{}
	for _, s := range ranked {
		if span, altered := alters(q.lib, s.Article, s.span); altered {
			s = q.quotedIn(s, span)
		}
		if !in[s.key()] {
			in[s.key()] = true
			out = append(out, s)
		}
	}
	return out
}

// quotedIn returns, for a sentence of a copy, the sentence of the original that holds
// the quotation at span, with the measures of s; s itself where the original is outside
// of the inquiry's bounds.
func (q *inquiry) quotedIn(s *sentence, span article.Span) *sentence {
	if !q.admitsOriginal(s) {
		return s
	}
	best, most := s, -1.0
	for _, p := range q.lib.Passages(s.Article.Origin) {
		for n, o := range p.Sentences {
			if !o.Overlaps(span) {
				continue
			}
			if o := plainSentence(p, n); similarity(o, s) > most {
				best, most = s.measured(o), similarity(o, s)
			}
		}
	}
	return best
}

// admitsOriginal reports whether the original that s is a copy of is within the bounds
// of the inquiry.
func (q *inquiry) admitsOriginal(s *sentence) bool {
	o, ok := q.lib.Article(s.Article.Origin)
	return ok && matches(q.query.Filter, o)
}

// withholds says why what fits best is not cited, "" if it is.
func (q *inquiry) withholds() string {
	if q.withheld == nil {
		return ""
	}
	a := q.withheld.Article
	o, ok := q.lib.Article(a.Origin)
	if !ok {
		return ""
	}
	return "What comes nearest quotes somebody in other words than the report that it copies: " + sourceLabel(a) + " copies " + sourceLabel(o) + "."
}

// measured gives another sentence the measures of s.
func (s *sentence) measured(o *sentence) *sentence {
	o.held, o.alike, o.x, o.score = s.held, s.alike, s.x, s.score
	return o
}

// withoutAltered returns the stretch of the passage of s, with s in it, in which no
// sentence alters a quotation: the passage itself if none does.
func withoutAltered(lib *retrieval.Library, s *sentence) *retrieval.Passage {
	p := s.Passage
	altered := func(span article.Span) bool {
		_, yes := alters(lib, p.Article, span)
		return yes
	}
	if !altered(p.Span) {
		return p
	}
	from, to := s.n, s.n+1
	for from > 0 && !altered(p.Sentences[from-1]) {
		from--
	}
	for to < len(p.Sentences) && !altered(p.Sentences[to]) {
		to++
	}
	cut := *p
	cut.Sentences = slices.Clone(p.Sentences[from:to])
	cut.Span = article.Span{Start: cut.Sentences[0].Start, End: cut.Sentences[len(cut.Sentences)-1].End}
	return &cut
}
