package qa

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// A digest is the inquiry by which the material of a summary is read, and what its
// words add to one.
type digest struct {
	*inquiry
	concepts map[string]float64
	similar  [][]float32 // cosines of the units; nil without an encoder
}

// central weighs units by how much of what the material keeps coming back to they
// hold: the inverse frequency of a word over the library times the number of
// origins, or within one article of units, that tell of it.
func (q *digest) central(units []*unit) {
	q.concepts = map[string]float64{}
	told := map[string]map[string]bool{}
	within := map[string]int{}
	for _, u := range units {
		for t := range u.terms {
			if told[t] == nil {
				told[t] = map[string]bool{}
			}
			told[t][originOf(u.first())] = true
			within[t]++
		}
	}
	for t, by := range told {
		q.concepts[t] = q.lib.IDF(t) * (math.Log2(1+float64(len(by))) + math.Log2(1+float64(within[t])) - 1)
	}
}

// originals leaves out what a copy says where the report that it copies is among the
// material. What a copy alone tells by altering a quotation is told by the original.
func (a *Answerer) originals(q *digest, units []*unit, alone bool) []*unit {
	has := map[string]bool{}
	for _, u := range units {
		has[u.first().Article.ID] = true
	}
	var out []*unit
	for _, u := range units {
		span, altered := u.alters(a.lib)
		switch origin := originOf(u.first()); {
		case origin != u.first().Article.ID && has[origin]:
		case !altered:
			out = append(out, u)
		case alone:
			if o := a.unitAt(q, origin, span); o != nil && !slices.ContainsFunc(out, o.overlaps) {
				out = append(out, o.standingFor(u))
			}
		}
	}
	return out
}

// standingFor makes u count as much as the unit of a copy in whose place it is.
func (u *unit) standingFor(o *unit) *unit {
	u.place, u.about, u.opens, u.garbled, u.disorder = o.place, o.about, o.opens, o.garbled, o.disorder
	return u
}

// alters is alters of a unit.
func (u *unit) alters(lib *retrieval.Library) (original article.Span, ok bool) {
	for _, s := range u.sentences {
		if original, ok = alters(lib, s.Article, s.span); ok {
			break
		}
	}
	return original, ok
}

// unitAt returns the unit of an article that holds the first words at span, nil if there
// is none.
func (a *Answerer) unitAt(q *digest, id string, span article.Span) *unit {
	for _, u := range a.unitsOf(q.inquiry, id, 0) {
		if slices.ContainsFunc(u.sentences, func(s *sentence) bool { return s.span.Overlaps(span) }) {
			return u
		}
	}
	return nil
}

func jaccard(a, b map[string]bool) float64 {
	both := 0
	for t := range a {
		if b[t] {
			both++
		}
	}
	if len(a)+len(b) == both {
		return 0
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

// selectUnits takes the units that together tell most, at most n bytes and most of them:
// greedily the one that adds most for the share of either that it uses up (submodular
// choice, Lin and Bilmes 2011). One that tells on from a unit that is in takes its place. What a
// unit adds is the words that are not yet told, and how much nearer the units left out
// come to one that is in. The lead of an article counts before its end, what is near to
// the topic before what is far, clean text before garbled, and an origin not heard
// before one heard often. They come back in the order of the articles' days and of
// reading.
func selectUnits(q *digest, units []*unit, n, most int) []*unit {
	told := map[string]int{}
	heard := map[string]int{}
	near := make([]float64, len(units)) // of each unit to the nearest one chosen
	prior := make([]float64, len(units))
	wordsMost, nearMost := 0.0, 0.0
	for i, u := range units {
		prior[i] = u.prior()
	}
	words := func(u *unit) float64 {
		sum := 0.0
		for t := range u.terms {
			sum += q.concepts[t] * math.Pow(toldAgain, float64(told[t]))
		}
		return sum
	}
	closer := func(j int) float64 {
		sum := 0.0
		for i, s := range q.similar[j] {
			sum += prior[i] * max(0, float64(s)-near[i])
		}
		return sum
	}
	for j, u := range units {
		wordsMost = max(wordsMost, words(u))
		if q.similar != nil {
			nearMost = max(nearMost, closer(j))
		}
	}
	share := meaningShare
	if len(q.weight) > 0 {
		share = topicMeaning
	}
	taken := make([]bool, len(units))
	var in []int
	count := 0
	for {
		best, extends, top := -1, -1, 0.0
		for j, u := range units {
			if taken[j] {
				continue
			}
			k, ok := q.placeFor(units, in, j)
			if !ok {
				continue
			}
			bytes, statements := u.bytes, 1
			if k >= 0 {
				bytes, statements = u.bytes-units[in[k]].bytes, 0
			}
			if count+bytes > n || len(in)+statements > most {
				continue
			}
			gain := words(u) / wordsMost
			if q.similar != nil {
				gain = (1-share)*gain + share*closer(j)/nearMost
			}
			cost := max(float64(bytes)/float64(n), float64(statements)/float64(most))
			gain *= prior[j] / math.Pow(cost, lengthPower)
			gain *= math.Pow(heardAgain, float64(heard[originOf(u.first())]))
			if gain > top {
				best, extends, top = j, k, gain
			}
		}
		if best < 0 {
			break
		}
		u := units[best]
		taken[best] = true
		if extends >= 0 {
			count -= units[in[extends]].bytes
			in[extends] = best
		} else {
			in = append(in, best)
		}
		count += u.bytes
		heard[originOf(u.first())]++
		for t := range u.terms {
			told[t]++
		}
		if q.similar != nil {
			for i, s := range q.similar[best] {
				near[i] = max(near[i], float64(s))
			}
		}
	}
	var chosen []*unit
	for _, i := range in {
		chosen = append(chosen, units[i])
	}
	inOrder(chosen)
	return chosen
}

// placeFor reports whether unit j tells something else than those chosen, and which of
// them, by its place in them, it would stand in for because it holds the same sentences
// and more; -1 for none.
func (q *digest) placeFor(units []*unit, in []int, j int) (k int, ok bool) {
	k = -1
	for n, i := range in {
		switch {
		case k < 0 && units[j].extends(units[i]):
			k = n
		case q.repeats(units, i, j):
			return -1, false
		}
	}
	return k, true
}

// extends reports whether a unit holds every sentence of another and more.
func (u *unit) extends(o *unit) bool {
	if len(u.sentences) <= len(o.sentences) {
		return false
	}
	for _, s := range o.sentences {
		if !slices.ContainsFunc(u.sentences, func(x *sentence) bool { return x.key() == s.key() }) {
			return false
		}
	}
	return true
}

// repeats reports whether units i and j tell the same: in the same words, or so near
// in meaning and words that only another number could set them apart.
func (q *digest) repeats(units []*unit, i, j int) bool {
	a, b := units[i], units[j]
	if a.overlaps(b) {
		return true
	}
	common := jaccard(a.terms, b.terms)
	if common >= repeated {
		return true
	}
	return q.similar != nil && float64(q.similar[i][j]) >= repeatedMeaning && common >= repeatedWords && a.speaker == b.speaker && !a.otherFigure(b)
}

// otherFigure reports whether one of two units has a number that the other lacks.
func (u *unit) otherFigure(o *unit) bool {
	numbers := func(u *unit) map[string]bool {
		set := map[string]bool{}
		for _, s := range u.sentences {
			for _, t := range s.terms {
				if t.Number {
					set[t.Text] = true
				}
			}
		}
		return set
	}
	a, b := numbers(u), numbers(o)
	for n := range a {
		if !b[n] {
			return len(b) > 0
		}
	}
	return false
}

// weightiest returns the n units that hold most for their length of what the material
// keeps coming back to, in their order.
func (q *digest) weightiest(units []*unit, n int) []*unit {
	weight := make(map[*unit]float64, len(units))
	for _, u := range units {
		for t := range u.terms {
			weight[u] += q.concepts[t]
		}
		weight[u] *= u.prior() / math.Pow(float64(u.bytes), lengthPower)
	}
	ranked := slices.Clone(units)
	slices.SortStableFunc(ranked, func(a, b *unit) int { return cmp.Compare(weight[b], weight[a]) })
	kept := map[*unit]bool{}
	for _, u := range ranked[:n] {
		kept[u] = true
	}
	return slices.DeleteFunc(slices.Clone(units), func(u *unit) bool { return !kept[u] })
}

// leads marks the unit that opens the running text of each article.
func leads(units []*unit) {
	seen := map[*article.Article]bool{}
	for _, u := range units {
		if s := u.first(); s.Kind == article.Paragraph && !seen[s.Article] {
			seen[s.Article], u.opens = true, true
		}
	}
}

// compare fills how near the units are to each other in meaning, if the library has
// an encoder.
func (a *Answerer) compare(ctx context.Context, q *digest, units []*unit) error {
	texts := make([]string, len(units))
	for i, u := range units {
		texts[i] = u.text()
	}
	v, err := a.lib.Vectors(ctx, texts)
	if err != nil || v == nil {
		return err
	}
	titles := make([]string, len(units))
	for i, u := range units {
		titles[i] = cmp.Or(u.first().Article.Title, u.first().Article.ID)
	}
	t, err := a.lib.Vectors(ctx, titles)
	if err != nil {
		return err
	}
	for i, u := range units {
		u.titled = max(0, dot(v[i], t[i]))
	}
	q.similar = make([][]float32, len(units))
	for i := range units {
		q.similar[i] = make([]float32, len(units))
		for j := range units {
			q.similar[i][j] = float32(dot(v[i], v[j]))
		}
	}
	return nil
}

func dot(a, b []float32) float64 {
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return float64(sum)
}

func (u *unit) text() string {
	var parts []string
	for _, s := range u.sentences {
		parts = append(parts, s.text())
	}
	return strings.Join(parts, " ")
}

// Of the greedy choice: rounded from the best of 500 random settings on the own
// summary tasks, of which TestSummaries tells how much is covered.
const (
	toldAgain  = 0.8 // what a word told before still adds
	heardAgain = 0.9 // what a sentence of an origin heard before still counts
	repeated   = 0.5 // share of common words from which a unit says what another says
	// The same, where the cosine of the two is at least repeatedMeaning.
	repeatedWords   = 0.2
	repeatedMeaning = 0.74
	lengthPower     = 1.2  // of the length, by which the gain is divided
	leadWeight      = 0.2  // what the first sentence counts more than the last
	leadHalf        = 12.0 // sentences after which half of that is gone
	openWeight      = 2.2  // what the sentence counts that opens the text
	titleWeight     = 0.3  // what nearness to the headline adds
	garbled         = 0.75 // what a garbled sentence counts
	disordered      = 0.6  // what a sentence counts for each word with a misplaced capital
	captioned       = 0.8  // what a caption counts
	bulleted        = 1.4  // what an item of the outlet's own list counts
	counting        = 1.3  // what a sentence with a figure counts
	saying          = 1.5  // what a sentence counts that names who says it
	topicPower      = 3.0  // of the nearness to the topic
	pointedBack     = 0.75 // how near "these allegations" is to what the sentence before is near to
	// Share of meaning in the gain, the rest being words: of all material, and of a
	// topic's, which is alike in meaning anyway.
	meaningShare = 0.8
	topicMeaning = 0.5
)

// prior is what a unit counts before what it tells is looked at.
func (u *unit) prior() float64 {
	p := 1 + leadWeight*math.Exp2(-float64(u.place)/leadHalf)
	if u.opens {
		p *= openWeight
	}
	p *= 1 + titleWeight*u.titled
	if u.garbled {
		p *= garbled
	}
	for range min(2, u.disorder) {
		p *= disordered
	}
	if u.first().Kind == article.Caption {
		p *= captioned
	}
	if u.first().Kind == article.Bullet {
		p *= bulleted
	}
	if u.figures {
		p *= counting
	}
	if u.says {
		p *= saying
	}
	return p * math.Pow(u.about, topicPower)
}

func (u *unit) overlaps(o *unit) bool {
	for _, s := range u.sentences {
		if slices.ContainsFunc(o.sentences, func(x *sentence) bool { return x.key() == s.key() }) {
			return true
		}
	}
	return false
}

// inOrder sorts units by the day of their article and their place in it: what opens
// the text before a list on top of it, captions last.
func inOrder(units []*unit) {
	slices.SortStableFunc(units, func(x, y *unit) int {
		a, b := x.first(), y.first()
		return cmp.Or(
			cmp.Compare(cmp.Or(a.Article.Published, "9999"), cmp.Or(b.Article.Published, "9999")),
			cmp.Compare(a.Article.ID, b.Article.ID),
			-cmp.Compare(first(x), first(y)),
			cmp.Compare(caption(a), caption(b)),
			cmp.Compare(a.span.Start, b.span.Start))
	})
}

func first(u *unit) int {
	if u.opens {
		return 1
	}
	return 0
}

func caption(s *sentence) int {
	if s.Kind == article.Caption {
		return 1
	}
	return 0
}
