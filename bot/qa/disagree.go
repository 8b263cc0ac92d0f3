package qa

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// A quantity is a figure of a sentence, with what it counts and whose it is.
type quantity struct {
	*sentence
	value string // plain digits
	text  string // as printed
	class string // what is counted
	span  article.Span
	owner string // the country or name nearest to it; "" if none
}

// countedClasses groups the words for what news counts, so that "troops" and
// "soldiers" are one.
var countedClasses = map[string]map[string]bool{
	"troops":   formSet("troops soldiers forces servicemen personnel fighters"),
	"deaths":   formSet("dead killed killing deaths died lives toll"),
	"wounded":  formSet("wounded injured"),
	"refugees": formSet("refugees displaced fled"),
	"tanks":    formSet("tanks"),
	"missiles": formSet("missiles rockets"),
	"aircraft": formSet("aircraft jets planes"),
	"drones":   formSet("drones"),
	"ships":    formSet("warships ships"),
}

// ownedClasses are counted for each side of a conflict.
var ownedClasses = map[string]bool{"troops": true, "tanks": true, "missiles": true, "aircraft": true, "drones": true, "ships": true}

// year matches a bare number that is rather a year than a count.
var year = regexp.MustCompile(`^(19|20)\d\d$`)

// nthFigure matches a place in an order.
var nthFigure = regexp.MustCompile(`^\d+(st|nd|rd|th)$`)

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// classReach is how many words may stand between a figure and what it counts.
const classReach = 4

// quantities reads the figures of a sentence that are no dates.
func (q *inquiry) quantities(s *sentence) []quantity {
	text := s.text()
	mentions := dates.Find(text, dates.Anchor{Day: s.Article.Published})
	var out []quantity
	for i, t := range s.terms {
		if !t.Number || year.MatchString(text[t.Start:t.End]) || slices.ContainsFunc(mentions, func(m dates.Mention) bool { return m.Start < t.End && t.Start < m.End }) {
			continue
		}
		if i+1 < len(s.terms) && (spans[s.terms[i+1].Text] || i == 0 && strings.HasPrefix(text[t.End:], ":")) {
			continue // "45 minutes"; an item of a list
		}
		if nthFigure.MatchString(text[t.Start:t.End]) || t.Start > 1 && text[t.Start-1] == '-' && isLetter(text[t.Start-2]) {
			continue // "the 8th Squadron", "J-20"
		}
		n := quantity{sentence: s, value: t.Text, text: text[t.Start:t.End], span: article.Span{Start: s.span.Start + t.Start, End: s.span.Start + t.End}}
		for d := 1; d <= classReach && n.class == ""; d++ {
			for _, j := range []int{i + d, i - d} {
				if j >= 0 && j < len(s.terms) && n.class == "" && (s.terms[j].Text != "live" || text[s.terms[j].Start:s.terms[j].End] == "lives") {
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
		if j < 0 || j >= len(terms) {
			return ""
		}
		return country(terms[j])
	}
	for d := 1; d <= 2; d++ {
		if o := at(i + d); o != "" {
			return o
		}
	}
	for d := 1; d <= 5; d++ {
		if i-d >= 0 && !terms[i-d].Capital && sayingVerbs[terms[i-d].Text] {
			break // who tells the figure isn't whose it is
		}
		if o := at(i - d); o != "" {
			return o
		}
	}
	return ""
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
					if have.sameThing(other) && !slices.ContainsFunc(sides, func(o quantity) bool { return o.value == other.value || originOf(o.sentence) == originOf(s) }) {
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

// sameThing reports whether two figures count the same: the same class of the same
// owner, of the same order of magnitude, in sentences that don't speak of different
// countries.
func (n quantity) sameThing(o quantity) bool {
	if n.class != o.class || n.owner != o.owner {
		return false
	}
	a, errA := strconv.ParseFloat(n.value, 64)
	b, errB := strconv.ParseFloat(o.value, 64)
	if errA != nil || errB != nil || max(a, b) >= 10*min(a, b) {
		return false
	}
	here, there := countries(n.terms), countries(o.terms)
	return len(here) == 0 || len(there) == 0 || slices.ContainsFunc(here, func(c string) bool { return slices.Contains(there, c) })
}

// countries returns the countries that terms name, a capital for its country.
func countries(terms []analysis.Term) []string {
	var out []string
	for i := range terms {
		if c := country(terms[i]); c != "" {
			out = append(out, c)
		}
	}
	return out
}

// country returns one of the names of the country that a term names, the same for
// all of them; "" if it names none.
func country(t analysis.Term) string {
	if !t.Capital || t.Stop || len(analysis.Metonyms(t.Text)) == 0 {
		return ""
	}
	return nation(t.Text)
}
