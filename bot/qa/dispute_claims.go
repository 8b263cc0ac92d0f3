package qa

import (
	"iter"
	"slices"
)

// disputeDays is how many days apart reports may be that speak of one dispute, and
// nearlyBest how near to the claim that fits an answer best others are answered too.
const (
	disputeDays = 31
	nearlyBest  = 0.75
)

// sameDispute is the cosine of two sentences from which they speak of one matter.
const sameDispute = 0.45

// replyReach is how many sentences after a claim its denial may stand that only
// points at it.
const replyReach = 2

// A sideDay is a country or body and a day of publication, from 1970 on; 0 if unknown.
type sideDay struct {
	side string
	day  int
}

// daysNear yields what is kept of a side in the days near to a report: of all days where
// either is undated.
func daysNear[T any](kept map[sideDay][]T, side string, day int) iter.Seq[T] {
	return func(yield func(T) bool) {
		each := func(all []T) bool {
			for _, x := range all {
				if !yield(x) {
					return false
				}
			}
			return true
		}
		if day == 0 {
			for at, all := range kept {
				if at.side == side && !each(all) {
					return
				}
			}
			return
		}
		if !each(kept[sideDay{side, 0}]) {
			return
		}
		for d := day - disputeDays; d <= day+disputeDays; d++ {
			if d != 0 && !each(kept[sideDay{side, d}]) {
				return
			}
		}
	}
}

// A claimIndex has the hostile claims by whom they are against.
type claimIndex map[sideDay][]*saidSentence

func (x claimIndex) add(s *saidSentence) {
	if s.harsh && !s.denial {
		for _, side := range s.against {
			x[sideDay{side, s.day}] = append(x[sideDay{side, s.day}], s)
		}
	}
}

func (x claimIndex) drop(s *saidSentence) {
	for _, side := range s.against {
		at := sideDay{side, s.day}
		if x[at] = slices.DeleteFunc(x[at], func(o *saidSentence) bool { return o == s }); len(x[at]) == 0 {
			delete(x, at)
		}
	}
}

// answers reports whether a sentence may answer a claim.
func (s *saidSentence) answers() bool { return s.denial || s.replies && s.harsh }

// answered returns the claims that a sentence denies or calls hostile, of its own
// article and of all: the one right before it that it points at, or else those nearest
// to it in meaning; none if it answers nothing.
func (x claimIndex) answered(y *saidSentence, own []*saidSentence) []*saidSentence {
	if !y.answers() {
		return nil
	}
	type match struct {
		*saidSentence
		like float64
	}
	var all []match
	most := 0.0
	for _, s := range own {
		if s == y || s.denial || s.side == y.side {
			continue
		}
		before := y.index - s.index
		right := before > 0 && before <= replyReach
		against := slices.Contains(s.against, y.side)
		switch {
		case right && (y.points || y.replies && before == 1) && (against || y.replies):
			all = append(all, match{s, 1})
		case y.denial && s.harsh && against:
			like := likeness(s, y)
			most = max(most, like)
			if right && before == 1 {
				like = 1
			}
			all = append(all, match{s, like})
		}
	}
	if y.denial {
		for s := range daysNear(x, y.side, y.day) {
			if s.Article != y.Article {
				like := likeness(s, y)
				most = max(most, like)
				all = append(all, match{s, like})
			}
		}
	}
	var out []*saidSentence
	for _, m := range all {
		if m.like >= sameDispute && m.like >= nearlyBest*most {
			out = append(out, m.saidSentence)
		}
	}
	return out
}

// likeness is the cosine of two sentences, or the share of common words where there
// is no encoder.
func likeness(x, y *saidSentence) float64 {
	if x.vector == nil || y.vector == nil {
		return 2 * jaccard(x.words, y.words)
	}
	return cosine(x.vector, y.vector)
}
