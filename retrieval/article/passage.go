package article

const (
	passageBytes     = 600 // a passage is kept below this where its sentences allow
	passageSentences = 4
)

// Passages returns the passages of a reading in order. Every sentence of its
// evidence blocks lies in exactly one of them; bylines and boilerplate are in
// none. A title, a heading and a bullet are passages of their own. A passage has
// two to four sentences of one block, as even in length as the block allows, and
// one where the block has no more or where another would take it far over 600
// bytes. Its Sentences share memory with those of the reading.
func Passages(r Reading) []Passage {
	var out []Passage
	for b, block := range r.Blocks {
		if !block.Kind.Evidence() {
			continue
		}
		at := 0
		for _, n := range groups(block.Sentences) {
			sentences := block.Sentences[at : at+n]
			out = append(out, Passage{
				Span:      Span{sentences[0].Start, sentences[n-1].End},
				Kind:      block.Kind,
				Block:     b,
				Sentences: sentences,
			})
			at += n
		}
	}
	return out
}

// groups returns how many sentences each passage takes, in order: the division
// of least total cost, found by dynamic programming.
func groups(sentences []Span) []int {
	type state struct {
		cost float64
		size int // of the last group
	}
	best := make([]state, len(sentences)+1)
	for end := 1; end <= len(sentences); end++ {
		for size := 1; size <= passageSentences && size <= end; size++ {
			from := sentences[end-size].Start
			cost := best[end-size].cost + groupCost(size, sentences[end-1].End-from, len(sentences))
			if size == 1 || cost < best[end].cost {
				best[end] = state{cost, size}
			}
		}
	}
	count := 0
	for end := len(sentences); end > 0; end -= best[end].size {
		count++
	}
	sizes := make([]int, count)
	for end := len(sentences); end > 0; end -= best[end].size {
		count--
		sizes[count] = best[end].size
	}
	return sizes
}

// groupCost weighs a passage of size sentences and n bytes against the wish for
// few passages, none of a single short sentence and none too long.
func groupCost(size, n, total int) float64 {
	cost := 1.0
	if n > passageBytes && size > 1 {
		over := float64(n-passageBytes) / 100
		cost += over * over
	}
	if size == 1 && total > 1 {
		cost += 2 * max(0, 1-float64(n)/passageBytes)
	}
	even := float64(n)/passageBytes - 0.7
	return cost + even*even
}
