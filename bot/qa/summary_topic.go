package qa

import (
	"context"
	"fmt"
	"slices"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
)

// topicMaterial returns the units that are about a topic, copies left out.
func (a *Answerer) topicMaterial(ctx context.Context, topic string, f retrieval.Filter) (*digest, []*unit, error) {
	q, units, err := a.topicUnits(ctx, topic, f)
	if err != nil || len(units) == 0 {
		return q, nil, err
	}
	q.central(units)
	return q, a.originals(q, units, f.Article != ""), nil
}

// topicUnits returns the units that are about a topic, none if the articles don't
// touch it.
func (a *Answerer) topicUnits(ctx context.Context, topic string, f retrieval.Filter) (*digest, []*unit, error) {
	query, err := a.lib.Query(topic, f, "")
	if err != nil {
		return nil, nil, inputErrorf("the topic names a day that does not exist: %v", err)
	}
	query.Limit = topicPassages
	query.Terms = slices.DeleteFunc(query.Terms, func(t retrieval.QueryTerm) bool { return t.Text == "mani" || t.Text == "much" }) // "how many"
	q := &digest{inquiry: newInquiry(a.lib, query.Text, query)}
	q.unframe()
	hits, err := a.lib.Search(ctx, query)
	if err != nil {
		return nil, nil, fmt.Errorf("search: %w", err)
	}
	all, err := a.weighed(ctx, q.inquiry, hits)
	if err != nil {
		return nil, nil, err
	}
	near := map[spanKey]float64{}
	people := q.people(hits)
	var ids []string
	for _, h := range hits {
		if !slices.Contains(ids, h.Article.ID) {
			ids = append(ids, h.Article.ID)
		}
	}
	for _, s := range all {
		near[s.key()] = q.nearness(s, people)
	}
	var units []*unit
	most := 0.0
	for _, id := range ids {
		for _, u := range a.unitsOf(q.inquiry, id, 0) {
			u.about = 0
			for i, s := range u.sentences {
				u.about = max(u.about, near[s.key()])
				if held := analysis.Terms(u.names[i].name); len(held) > 0 && slices.ContainsFunc(held, func(t analysis.Term) bool { return q.weight[t.Text] > 0 }) {
					u.about = max(u.about, q.wordsNear(s, people, held)) // "he" is the one asked about
				}
			}
			if n := len(units); n > 0 && units[n-1].first().Article == u.first().Article && (u.refers() || u.goesOn(units[n-1])) {
				u.about = max(u.about, pointedBack*units[n-1].about)
			}
			most = max(most, u.about)
			units = append(units, u)
		}
	}
	if most < topicBar {
		return q, nil, nil
	}
	units = slices.DeleteFunc(units, func(u *unit) bool { return u.about < topicShare*most })
	return q, units, nil
}

const (
	topicPassages = 48
	// A topic is touched where a sentence is as near as topicBar, and a sentence is
	// about it that is as near as topicShare of the nearest.
	topicBar   = 0.35
	topicShare = 0.42
	// akinShare is what a word counts of which the sentence has a synonym.
	akinShare = 0.5
	// framedShare is what a word counts that frames the matter of a topic.
	framedShare = 0.25
	// countedShare is how far a sentence comes nearer that counts what "how many" asks for.
	countedShare = 0.4
)

// framing words say what kind of telling a topic asks for, not of what: "the claims
// about the mercenaries".
var framing = formSet("role part position stance statement claim allegation accusation remark comment reaction news story report development situation event update issue matter topic")

// unframe lowers the words of a topic that only frame its matter to framedShare of
// their weight.
func (q *digest) unframe() {
	sum := 0.0
	for _, t := range q.searched {
		if framing[t] {
			q.weight[t] *= framedShare
		}
		sum += q.weight[t]
	}
	if sum == 0 {
		return
	}
	for _, t := range q.searched {
		q.weight[t] /= sum
	}
}

// goesOn reports whether a unit tells more of what the one before it tells: "Congress
// also added".
func (u *unit) goesOn(before *unit) bool {
	also := false
	for _, t := range u.first().terms {
		also = also || t.Text == "also" || t.Text == "addit" || t.Text == "further"
	}
	if !also {
		return false
	}
	for _, t := range u.first().terms {
		if t.Capital && !t.Stop && before.terms[t.Text] {
			return true
		}
	}
	return false
}

// refers reports whether a unit speaks of something told right before: "these
// allegations".
func (u *unit) refers() bool {
	terms := u.first().terms
	for i, t := range terms {
		if (t.Text == "these" || t.Text == "those" || t.Text == "this" || t.Text == "such") && i+1 < len(terms) && !terms[i+1].Stop {
			return !timeWords[terms[i+1].Text] && !pictures[terms[i+1].Text]
		}
	}
	return false
}

// pictures are what a caption points at, not what was told before.
var pictures = formSet("image photo picture photograph handout")

// people returns of whom the passages found say that they are of a country that the
// topic names: "U.S. Secretary of State Antony Blinken".
func (q *inquiry) people(hits []retrieval.Hit) map[string]string {
	of := map[string]string{}
	asked := false
	for t := range q.weight {
		asked = asked || len(analysis.Metonyms(t)) > 0
	}
	if !asked {
		return nil
	}
	for _, h := range hits {
		text := h.Passage.Text()
		terms := analysis.Terms(text)
		for _, n := range q.namesOf(text, terms, nil) {
			for _, t := range terms[max(0, n.first-titleReach):n.last] {
				if t.Text != terms[n.last].Text && len(analysis.Metonyms(t.Text)) > 0 && n.last > n.first {
					of[n.head] = nation(t.Text)
				}
			}
		}
	}
	return of
}

// nearness is how near a sentence is to a topic, in [0, 1]. Who is of a country that
// the topic names stands for it, and what counts the thing that it asks the number of
// comes nearer.
func (q *inquiry) nearness(s *sentence, people map[string]string) float64 {
	near := q.wordsNear(s, people, nil)
	if q.aligned {
		near = (near + max(0, s.x[fMaxSim])) / 2
	}
	if q.counts(s) {
		near += countedShare * (1 - near)
	}
	return near
}

// counts reports whether a sentence has a number of what "how many" asks for.
func (q *inquiry) counts(s *sentence) bool {
	for _, c := range q.counted {
		if class := classOf(c); class != "" {
			return slices.ContainsFunc(q.quantities(s), func(n quantity) bool { return n.class == class })
		}
	}
	return false
}

// wordsNear is nearness by the words of a sentence alone, with others that it stands
// for.
func (q *inquiry) wordsNear(s *sentence, people map[string]string, others []analysis.Term) float64 {
	have := map[string]bool{}
	for _, t := range append(others, s.terms...) {
		have[t.Text], have[nation(t.Text)], have[people[t.Text]] = true, true, true
	}
	cover := 0.0
	for t, w := range q.weight {
		switch {
		case have[t], have[nation(t)]:
			cover += w
		case holds(have, t):
			cover += akinShare * w
		}
	}
	return (max(cover, s.x[fCover]) + max(cover, s.x[fAround])) / 2
}
