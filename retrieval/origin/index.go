package origin

import (
	"cmp"
	"math"
	"slices"
)

// maxScanned bounds the postings that one search looks at, the rarest shingles
// first and of each the latest texts. Enough for a copy in a collection where every phrase is common.
const maxScanned = 1_000

// An index lists for each shingle the texts that hold it, the latest first. It
// takes 12 bytes a posting and about 20 for each distinct shingle.
type index struct {
	heads    map[uint32]int32 // last posting of a shingle
	postings []posting
	free     []int32
	scores   []float32 // scratch, by text
}

type posting struct {
	text int32
	next int32 // -1 at the end
	rank int32 // postings from here to the end
}

func newIndex() *index { return &index{heads: map[uint32]int32{}} }

func (x *index) add(text int32, shingles []uint32) {
	for int(text) >= len(x.scores) {
		x.scores = append(x.scores, 0)
	}
	for _, shingle := range shingles {
		p := posting{text, -1, 1}
		if head, ok := x.heads[shingle]; ok {
			p.next, p.rank = head, x.postings[head].rank+1
		}
		at := int32(len(x.postings))
		if n := len(x.free); n > 0 {
			at, x.free = x.free[n-1], x.free[:n-1]
			x.postings[at] = p
		} else {
			x.postings = append(x.postings, p)
		}
		x.heads[shingle] = at
	}
}

func (x *index) remove(text int32, shingles []uint32) {
	for _, shingle := range shingles {
		last := int32(-1)
		head, ok := x.heads[shingle]
		for at := head; ok && at >= 0; at = x.postings[at].next {
			if x.postings[at].text != text {
				last = at
				continue
			}
			for before := head; before != at; before = x.postings[before].next {
				x.postings[before].rank--
			}
			switch next := x.postings[at].next; {
			case last >= 0:
				x.postings[last].next = next
			case next >= 0:
				x.heads[shingle] = next
			default:
				delete(x.heads, shingle)
			}
			x.free = append(x.free, at)
			break
		}
	}
}

// A candidate is a text that shares shingles; score sums how rare they are.
type candidate struct {
	text  int32
	score float32
}

// find returns the n texts that share the most and rarest shingles, best first,
// of several with one score the first to arrive.
func (x *index) find(shingles []uint32, n int) []candidate {
	lists := make([]posting, 0, len(shingles))
	for _, shingle := range shingles {
		if head, ok := x.heads[shingle]; ok {
			lists = append(lists, posting{next: head, rank: x.postings[head].rank})
		}
	}
	slices.SortStableFunc(lists, func(a, b posting) int { return cmp.Compare(a.rank, b.rank) })
	var touched []int32
	scanned := 0
	for _, list := range lists {
		if scanned += int(list.rank); scanned > maxScanned && len(touched) > 0 {
			break
		}
		rarity := float32(math.Log1p(float64(len(x.scores)) / float64(list.rank)))
		at := list.next
		for range min(int(list.rank), maxScanned) {
			text := x.postings[at].text
			if x.scores[text] == 0 {
				touched = append(touched, text)
			}
			x.scores[text] += rarity
			at = x.postings[at].next
		}
	}
	best := make([]candidate, 0, n+1)
	for _, text := range touched {
		c := candidate{text, x.scores[text]}
		x.scores[text] = 0
		at := len(best)
		for at > 0 && (best[at-1].score < c.score || best[at-1].score == c.score && best[at-1].text > c.text) {
			at--
		}
		if at < n {
			best = slices.Insert(best, at, c)
			best = best[:min(n, len(best))]
		}
	}
	return best
}
