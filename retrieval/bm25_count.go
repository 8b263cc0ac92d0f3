package retrieval

// wordCounts are documents whose words are counted, no two with one key, ready to
// be joined to an index.
type wordCounts struct {
	docs  []wordDoc
	long  []float32        // words by doc
	ids   map[string]int32 // term -> its number here
	posts [][]posting      // by that number, ascending doc
}

// countWords counts the words of docs; of several with one key it takes the last.
func countWords(docs []WordDoc) wordCounts {
	last := make(map[string]int, len(docs))
	terms := 0
	for i, d := range docs {
		last[d.Key] = i
		terms += len(d.Terms)
	}
	c := wordCounts{docs: make([]wordDoc, 0, len(last)), long: make([]float32, 0, len(last)), ids: map[string]int32{}}
	type word struct {
		id              int32
		inside, capital uint8
	}
	words := make([]word, 0, terms) // of all docs, one after the other
	var times []int                 // how often each term stands there
	for i, d := range docs {
		if last[d.Key] != i {
			continue
		}
		before := len(words)
		for k, t := range d.Terms {
			if t.Stop {
				continue
			}
			id, ok := c.ids[t.Text]
			if !ok {
				id = int32(len(times))
				c.ids[t.Text] = id
				times = append(times, 0)
			}
			times[id]++
			w := word{id: id}
			if k > 0 && !t.Number && !d.Headline {
				w.inside = 1
				if t.Capital {
					w.capital = 1
				}
			}
			words = append(words, w)
		}
		c.docs, c.long = append(c.docs, wordDoc{d.Key, d.Place}), append(c.long, float32(len(words)-before))
	}
	room := make([]posting, len(words))
	c.posts = make([][]posting, len(times))
	for id, n := range times {
		c.posts[id], room = room[:0:n], room[n:]
	}
	for doc, long := range c.long {
		for _, w := range words[:int(long)] {
			posts := c.posts[w.id]
			if n := len(posts); n == 0 || posts[n-1].doc != int32(doc) {
				posts = append(posts, posting{doc: int32(doc)})
				c.posts[w.id] = posts
			}
			p := &posts[len(posts)-1]
			p.tf = plus(p.tf, 1)
			p.inside, p.capital = plus(p.inside, w.inside), plus(p.capital, w.capital)
		}
		words = words[int(long):]
	}
	return c
}

// plus adds without running over.
func plus[T uint8 | uint16](n, more T) T {
	if n+more < n {
		return n
	}
	return n + more
}
