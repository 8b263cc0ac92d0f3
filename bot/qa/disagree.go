package qa

import (
	"slices"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// A quantity is a figure of a sentence, with what it counts and whose it is.
type quantity struct {
	*sentence
	value string // plain digits
	text  string // as printed
	class string // what is counted
	owner string // the country or name nearest to it; "" if none
}

// countedClasses groups the words for what news counts, so that "troops" and
// "soldiers" are one.
var countedClasses = map[string]map[string]bool{
	"troops":   formSet("troops soldiers forces servicemen personnel fighters"),
	"deaths":   formSet("dead killed killing deaths died lives toll casualties victims"),
	"wounded":  formSet("wounded injured"),
	"refugees": formSet("refugees displaced fled"),
	"weapons":  formSet("tanks missiles aircraft jets drones vehicles warships ships"),
	"money":    formSet("dollars euros aid funds budget"),
}

// ownedClasses are counted for each side of a conflict.
var ownedClasses = map[string]bool{"troops": true, "weapons": true, "money": true}

// classReach is how many words may stand between a figure and what it counts.
const classReach = 4

// quantities reads the figures of a sentence that are no dates.
func (q *inquiry) quantities(s *sentence) []quantity {
	text := s.text()
	mentions := dates.Find(text, dates.Anchor{Day: s.Article.Published})
	var out []quantity
	for i, t := range s.terms {
		if !t.Number || slices.ContainsFunc(mentions, func(m dates.Mention) bool { return m.Start < t.End && t.Start < m.End }) {
			continue
		}
		n := quantity{sentence: s, value: t.Text, text: text[t.Start:t.End]}
		for d := 1; d <= classReach && n.class == ""; d++ {
			for _, j := range []int{i + d, i - d} {
				if j >= 0 && j < len(s.terms) && n.class == "" {
					n.class = classOf(s.terms[j].Text)
				}
			}
		}
		if n.class == "" {
			continue
		}
		if ownedClasses[n.class] {
			n.owner = q.owner(s.terms, i)
		}
		out = append(out, n)
	}
	return out
}

func classOf(term string) string {
	for class, words := range countedClasses {
		if words[term] {
			return class
		}
	}
	return ""
}

// owner returns the country nearest to the figure at i, looking ahead to what it
// counts and then back to the subject; a capital stands for its country.
func (q *inquiry) owner(terms []analysis.Term, i int) string {
	at := func(j int) string {
		if j < 0 || j >= len(terms) || !terms[j].Capital || terms[j].Stop {
			return ""
		}
		if len(analysis.Metonyms(terms[j].Text)) == 0 {
			return ""
		}
		return country(terms[j].Text)
	}
	for d := 1; d <= 2; d++ {
		if o := at(i + d); o != "" {
			return o
		}
	}
	for d := 1; d <= 5; d++ {
		if o := at(i - d); o != "" {
			return o
		}
	}
	return ""
}

// country returns the one term that stands for a country and for all that news says
// in its place, and any other term as it is.
func country(term string) string {
	least := term
	for _, m := range analysis.Metonyms(term) {
		least = min(least, m)
		for _, o := range analysis.Metonyms(m) {
			least = min(least, o)
		}
	}
	return least
}

// figureGap is how far behind the best sentence in score another figure for the
// same thing may stand and still belong to the question.
const figureGap = 8.0

// disagreements finds figures for the same thing that reports of different origin
// give differently, among the sentences near the ones chosen. It returns the
// sentences of every side.
func (q *inquiry) disagreements(ranked, chosen []*sentence) (about string, sides []quantity) {
	for _, c := range chosen {
		for _, have := range q.quantities(c) {
			sides = []quantity{have}
			for _, s := range ranked {
				if s.score < ranked[0].score-figureGap {
					break
				}
				for _, other := range q.quantities(s) {
					if other.class == have.class && other.owner == have.owner && originOf(s) != originOf(c) && !hasValue(sides, other.value) {
						sides = append(sides, q.ofOriginal(ranked, other))
					}
				}
			}
			if len(sides) > 1 {
				return have.class, sides
			}
		}
	}
	return "", nil
}

// ofOriginal returns the same figure in the original, if n stands in a copy of it
// and the original was found too.
func (q *inquiry) ofOriginal(ranked []*sentence, n quantity) quantity {
	for _, o := range q.quantities(q.preferOriginal(ranked, n.sentence)) {
		if o.class == n.class && o.value == n.value {
			return o
		}
	}
	return n
}

func hasValue(sides []quantity, value string) bool {
	return slices.ContainsFunc(sides, func(o quantity) bool { return o.value == value })
}
