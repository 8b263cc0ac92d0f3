package qa

import (
	"cmp"
	"slices"
	"strings"
)

// replyReach is how many sentences after a claim its denial may stand that only
// points at it.
const replyReach = 2

// sameDispute is the cosine of two sentences from which they speak of one matter.
const sameDispute = 0.45

// An exchange is a claim against a side and what that side answers.
type exchange struct{ claim, answer *saidSentence }

// accounts lists the matters of which one side says what the other denies, or says of
// the first.
func accounts(all []exchange) []Dispute {
	var out []Dispute
	for _, group := range grouped(all) {
		out = append(out, accountDispute(group))
	}
	return out
}

// answers reports whether a sentence may answer a claim.
func (s *saidSentence) answers() bool { return s.denial || s.replies && s.harsh }

// answered returns the claims of all that a sentence denies or calls hostile: the one right
// before it that it points at, or else those nearest to it in meaning; none if it
// answers nothing.
func answered(all []*saidSentence, y *saidSentence) []*saidSentence {
	if !y.answers() {
		return nil
	}
	var out []*saidSentence
	most := 0.0
	like := map[*saidSentence]float64{}
	for _, x := range all {
		if x == y || x.denial || x.side == y.side || apart(x, y) > disputeDays {
			continue
		}
		before := y.index - x.index
		right := x.Article == y.Article && before > 0 && before <= replyReach
		switch {
		case right && (y.points || y.replies && before == 1) && (slices.Contains(x.against, y.side) || y.replies):
			like[x] = 1
		case y.denial && x.harsh && slices.Contains(x.against, y.side):
			like[x] = likeness(x, y)
			most = max(most, like[x])
			if right && before == 1 {
				like[x] = 1
			}
		}
	}
	for _, x := range all {
		if v := like[x]; v >= sameDispute && v >= nearlyBest*most {
			out = append(out, x)
		}
	}
	return out
}

// disputeDays is how many days apart reports may be that speak of one dispute, and
// nearlyBest how near to the claim that fits an answer best others are answered too.
const (
	disputeDays = 31
	nearlyBest  = 0.75
)

// apart counts the days between two reports, 0 where one is undated.
func apart(a, b *saidSentence) int {
	if a.day == 0 || b.day == 0 {
		return 0
	}
	return max(a.day-b.day, b.day-a.day)
}

// likeness is the cosine of two sentences, or the share of common words where there
// is no encoder.
func likeness(x, y *saidSentence) float64 {
	if x.vector == nil || y.vector == nil {
		return 2 * jaccard(x.words, y.words)
	}
	return cosine(x.vector, y.vector)
}

// grouped joins the exchanges about one matter: between the same two sides, with
// claims or answers alike.
func grouped(all []exchange) [][]exchange {
	var groups [][]exchange
	for _, e := range all {
		var in []int
		for i, g := range groups {
			if slices.ContainsFunc(g, func(o exchange) bool {
				return o.answer == e.answer || o.answer.side == e.answer.side && apart(o.answer, e.answer) <= disputeDays &&
					(o.claim == e.claim || likeness(o.claim, e.claim) >= sameDispute || likeness(o.answer, e.answer) >= sameDispute)
			}) {
				in = append(in, i)
			}
		}
		joined := []exchange{e}
		for _, i := range slices.Backward(in) {
			joined = append(groups[i], joined...)
			groups = slices.Delete(groups, i, i+1)
		}
		groups = append(groups, joined)
	}
	return groups
}

// accountDispute writes a group of exchanges as two sides.
func accountDispute(group []exchange) Dispute {
	var d draft
	var claims, answers []*saidSentence
	add := func(to *[]*saidSentence, s *saidSentence) {
		if !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
	}
	for _, e := range group {
		add(&claims, e.claim)
		add(&answers, e.answer)
	}
	side := func(said []*saidSentence) Side {
		slices.SortStableFunc(said, func(a, b *saidSentence) int {
			return cmp.Or(cmp.Compare(a.Article.Published, b.Article.Published), cmp.Compare(a.Article.ID, b.Article.ID), cmp.Compare(a.index, b.index))
		})
		var s Side
		var who []string
		for _, x := range said {
			if len(s.Citations) == maxSideCitations {
				break
			}
			if !slices.ContainsFunc(who, func(o string) bool { return strings.HasSuffix(o, lastWord(x.who)) }) {
				who = append(who, x.who)
			}
			s.Citations = append(s.Citations, d.cite(x.sentence, x.span))
		}
		s.Value = strings.Join(who, ", ")
		return s
	}
	about := "what " + answers[0].who + " is accused of"
	if !slices.ContainsFunc(answers, func(s *saidSentence) bool { return s.denial }) {
		about = "what " + claims[0].who + " said"
	}
	out := Dispute{Kind: "account", Disagreement: Disagreement{About: about}}
	out.Sides = []Side{side(claims), side(answers)}
	out.Citations = d.citations
	return out
}

func lastWord(name string) string { return name[strings.LastIndexByte(name, ' ')+1:] }
