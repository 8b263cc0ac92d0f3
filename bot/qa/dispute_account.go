package qa

import (
	"cmp"
	"slices"
	"strings"
)

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

// An accountGroup holds the exchanges about one matter.
type accountGroup struct {
	exchanges []exchange
	last      int           // the place of the last among all exchanges
	into      *accountGroup // that it was joined to; nil if to none
}

// joined is the group that a group is part of by now.
func (g *accountGroup) joined() *accountGroup {
	for g.into != nil {
		g = g.into
	}
	return g
}

// grouped joins the exchanges about one matter: between the same two sides, with
// claims or answers alike. The groups come in the order of their last exchanges.
func grouped(all []exchange) [][]exchange {
	type placed struct {
		exchange
		in *accountGroup
	}
	seen := map[sideDay][]placed{} // by who answers
	var groups []*accountGroup
	for i, e := range all {
		var in []*accountGroup
		for o := range daysNear(seen, e.answer.side, e.answer.day) {
			if g := o.in.joined(); !slices.Contains(in, g) && o.alike(e) {
				in = append(in, g)
			}
		}
		slices.SortFunc(in, func(a, b *accountGroup) int { return cmp.Compare(a.last, b.last) })
		if len(in) == 0 {
			in = append(in, &accountGroup{})
			groups = append(groups, in[0])
		}
		first := in[0]
		for _, g := range in[1:] {
			first.exchanges = append(first.exchanges, g.exchanges...)
			g.into = first
		}
		first.exchanges, first.last = append(first.exchanges, e), i
		at := sideDay{e.answer.side, e.answer.day}
		seen[at] = append(seen[at], placed{e, first})
	}
	groups = slices.DeleteFunc(groups, func(g *accountGroup) bool { return g.into != nil })
	slices.SortFunc(groups, func(a, b *accountGroup) int { return cmp.Compare(a.last, b.last) })
	var out [][]exchange
	for _, g := range groups {
		out = append(out, g.exchanges)
	}
	return out
}

// alike reports whether two exchanges that one side answers share a sentence, or have
// claims or answers near in meaning.
func (e exchange) alike(o exchange) bool {
	return e.answer == o.answer || e.claim == o.claim || likeness(e.claim, o.claim) >= sameDispute || likeness(e.answer, o.answer) >= sameDispute
}

// accountDispute writes a group of exchanges as two sides.
func accountDispute(group []exchange) Dispute {
	var d draft
	distinct := func(of func(exchange) *saidSentence) (out []*saidSentence) {
		in := map[*saidSentence]bool{}
		for _, e := range group {
			if s := of(e); !in[s] {
				in[s] = true
				out = append(out, s)
			}
		}
		return out
	}
	claims := distinct(func(e exchange) *saidSentence { return e.claim })
	answers := distinct(func(e exchange) *saidSentence { return e.answer })
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
