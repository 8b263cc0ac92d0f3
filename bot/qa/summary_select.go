package qa

import (
	"cmp"
	"context"
	"fmt"
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
// material, and of a copy alone the quotations that it alters.
func (a *Answerer) originals(q *digest, units []*unit, alone bool) []*unit {
	has := map[string]bool{}
	for _, u := range units {
		has[u.first().Article.ID] = true
	}
	var out []*unit
	for _, u := range units {
		art := u.first().Article
		switch copied := originOf(u.first()) != art.ID; {
		case copied && has[originOf(u.first())]:
			continue
		case copied && alone && u.quotes():
			if o := a.original(q, u); o != nil {
				o.place, o.about = u.place, u.about
				out = append(out, o)
			}
			continue
		}
		out = append(out, u)
	}
	return out
}

// quotes reports whether a unit quotes somebody's words.
func (u *unit) quotes() bool {
	return slices.ContainsFunc(u.sentences, func(s *sentence) bool { return strings.ContainsAny(s.text(), "\"“‘") })
}

// original returns the unit of the original report that says what a unit of its copy
// does, nil if there is none.
func (a *Answerer) original(q *digest, u *unit) *unit {
	var best *unit
	most := alike / 2
	for _, o := range q.unitsOf(originOf(u.first()), 0) {
		if s := jaccard(o.terms, u.terms); s > most {
			best, most = o, s
		}
	}
	return best
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

// topicMaterial returns the units that are about a topic.
func (a *Answerer) topicMaterial(ctx context.Context, topic string, f retrieval.Filter) (*digest, []*unit, error) {
	query, err := a.lib.Query(topic, f, "")
	if err != nil {
		return nil, nil, inputErrorf("the topic names a day that does not exist: %v", err)
	}
	query.Limit = topicPassages
	q := &digest{inquiry: newInquiry(a.lib, query.Text, query)}
	hits, err := a.lib.Search(ctx, query)
	if err != nil {
		return nil, nil, fmt.Errorf("search: %w", err)
	}
	align, err := a.lib.Align(ctx, q.text, hits)
	if err != nil {
		return nil, nil, fmt.Errorf("compare sentences: %w", err)
	}
	q.aligned = align != nil
	near := map[spanKey]float64{}
	var ids []string
	for i, h := range hits {
		var al []retrieval.Alignment
		if align != nil {
			al = align[i]
		}
		if !slices.Contains(ids, h.Article.ID) {
			ids = append(ids, h.Article.ID)
		}
		for _, s := range q.weigh(h, i, al) {
			near[s.key()] = q.nearness(s)
		}
	}
	var units []*unit
	most := 0.0
	for _, id := range ids {
		for _, u := range q.unitsOf(id, 0) {
			u.about = 0
			for _, s := range u.sentences {
				u.about = max(u.about, near[s.key()])
			}
			if n := len(units); n > 0 && u.refers() && units[n-1].first().Article == u.first().Article {
				u.about = max(u.about, P.Anaphora*units[n-1].about)
			}
			most = max(most, u.about)
			units = append(units, u)
		}
	}
	if most < topicBar {
		return q, nil, nil
	}
	units = slices.DeleteFunc(units, func(u *unit) bool { return u.about < P.TopicShare*most })
	q.central(units)
	return q, a.originals(q, units, len(ids) == 1), nil
}

const (
	topicPassages = 48
	// A topic is touched where a sentence is as near as topicBar, and a sentence is
	// about it that is as near as topicShare of the nearest.
	topicBar   = 0.35
	topicShare = 0.5
)

// refers reports whether a unit speaks of something told right before: "these
// allegations".
func (u *unit) refers() bool {
	terms := u.first().terms
	for i, t := range terms {
		if (t.Text == "these" || t.Text == "those" || t.Text == "this" || t.Text == "such") && i+1 < len(terms) && !terms[i+1].Stop {
			return true
		}
	}
	return false
}

// nearness is how near a sentence is to a topic, in [0, 1].
func (q *inquiry) nearness(s *sentence) float64 {
	words := (s.x[fCover] + s.x[fAround]) / 2
	if !q.aligned {
		return words
	}
	return (words + max(0, s.x[fMaxSim])) / 2
}

// selectUnits takes the units that together tell most, at most n bytes: greedily
// the one that adds most of what is not yet told (submodular coverage, Lin and
// Bilmes 2011), with the lead of an article before its end, what is near to the topic
// before what is far, clean text before garbled, and an origin not heard before one
// heard often. They come back in the order of the articles' days and of reading.
func selectUnits(q *digest, units []*unit, n int) []*unit {
	told := map[string]int{}
	heard := map[string]int{}
	var chosen []*unit
	left := slices.Clone(units)
	for count := 0; len(left) > 0; {
		best, most := -1, 0.0
		for i, u := range left {
			if count+u.bytes > n || slices.ContainsFunc(chosen, func(c *unit) bool { return c.overlaps(u) || jaccard(c.terms, u.terms) >= P.Repeated }) {
				continue
			}
			gain := 0.0
			for t := range u.terms {
				gain += q.concepts[t] * math.Pow(P.ToldAgain, float64(told[t]))
			}
			gain *= u.prior() / math.Pow(float64(u.bytes)/100, P.LengthPower)
			gain *= math.Pow(P.HeardAgain, float64(heard[originOf(u.first())]))
			if gain > most {
				best, most = i, gain
			}
		}
		if best < 0 {
			break
		}
		u := left[best]
		left = slices.Delete(left, best, best+1)
		chosen = append(chosen, u)
		count += u.bytes
		heard[originOf(u.first())]++
		for t := range u.terms {
			told[t]++
		}
	}
	inOrder(chosen)
	return chosen
}

// Of the greedy choice, on the own summary tasks.
var P = struct {
	ToldAgain, HeardAgain, Repeated, LengthPower, LeadWeight, LeadHalf, Garbled, Captioned, TopicPower, TopicShare, Figures, Speaker, Anaphora, Bullet, TypedBoost, CosW float64
}{0.35, 0.95, 0.5, 0.8, 0.6, 6.0, 0.9, 0.6, 2.0, 0.5, 1.2, 1.1, 0.85, 1, 1.3, 0.3}

// prior is what a unit counts before what it tells is looked at.
func (u *unit) prior() float64 {
	p := 1 + P.LeadWeight*math.Exp2(-float64(u.place)/P.LeadHalf)
	if u.first().Article.Quality != "" {
		p *= P.Garbled
	}
	if u.first().Kind == article.Caption {
		p *= P.Captioned
	}
	if u.first().Kind == article.Bullet {
		p *= P.Bullet
	}
	if u.figures {
		p *= P.Figures
	}
	if u.says {
		p *= P.Speaker
	}
	return p * math.Pow(u.about, P.TopicPower)
}

func (u *unit) overlaps(o *unit) bool {
	for _, s := range u.sentences {
		if slices.ContainsFunc(o.sentences, func(x *sentence) bool { return x.key() == s.key() }) {
			return true
		}
	}
	return false
}

// inOrder sorts units by the day of their article and their place in it, captions
// after the running text.
func inOrder(units []*unit) {
	slices.SortStableFunc(units, func(x, y *unit) int {
		a, b := x.first(), y.first()
		return cmp.Or(
			cmp.Compare(cmp.Or(a.Article.Published, "9999"), cmp.Or(b.Article.Published, "9999")),
			cmp.Compare(a.Article.ID, b.Article.ID),
			cmp.Compare(caption(a), caption(b)),
			cmp.Compare(a.span.Start, b.span.Start))
	})
}

func caption(s *sentence) int {
	if s.Kind == article.Caption {
		return 1
	}
	return 0
}
