package qa

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// A Dispute is a disagreement between reports or speakers, with all its citations:
// Sides refer to Citations[n-1].
type Dispute struct {
	Disagreement
	Kind      string     `json:"kind"` // figure, date or account
	Citations []Citation `json:"citations"`

	told []article.Span // the date of each citation, in its article; of dates only
}

// maxSideCitations is how many sentences a side is shown with.
const maxSideCitations = 8

// Disputes lists where the articles disagree: figures for the same thing that differ
// between origins or speakers, dates of the same event that differ between origins, and
// accusations that the accused deny or return.
// Later figures are no corrections. An article, if named, restricts the list to what
// it takes part in.
func (a *Answerer) Disputes(ctx context.Context, inArticle string) ([]Dispute, error) {
	f, err := a.bounds("", "", "", inArticle)
	if err != nil {
		return nil, err
	}
	c, exchanges, err := a.disputes.claims(ctx, a)
	if err != nil {
		return nil, err
	}
	out := append(append(c.figures(), c.dates()...), accounts(exchanges)...)
	if f.Article != "" {
		out = slices.DeleteFunc(out, func(d Dispute) bool {
			return !slices.ContainsFunc(d.Citations, func(x Citation) bool { return x.ArticleID == f.Article })
		})
	}
	return out, nil
}

// A said sentence is one that tells what somebody says.
type saidSentence struct {
	*sentence
	index  int    // among all sentences of running text of its article
	who    string // as printed
	side   string // country or body that the speaker is of; "" if unknown
	denial bool
	// against are the countries and bodies that the sentence turns against.
	against []string
	points  bool            // speaks of claims told before: "these allegations"
	replies bool            // speaks of what was told before: "We see this as"
	harsh   bool            // holds a hostile word
	vector  []int8          // coded
	words   map[string]bool // content terms
	day     int             // of publication, from 1970 on; 0 if unknown
}

// A claimReading reads who says what in articles.
type claimReading struct {
	q      *inquiry
	people map[string]string
	said   []*saidSentence
	counts []quantity
	dated  []datedDeed
}

// readArticle reads who says what in an article, in order.
func (c *claimReading) readArticle(o *article.Article) {
	index := 0
	for _, p := range c.q.lib.Passages(o.ID) {
		if p.Kind == article.Title || p.Kind == article.Heading {
			continue
		}
		for n := range p.Sentences {
			c.read(plainSentence(p, n), index)
			index++
		}
	}
}

// hostile words tell what somebody is accused of.
var hostile = formSet(`accuse blame warn condemn allege allegation allegations charge charges alarm aggression aggressive invade invasion attack plot
threaten threat provoke provocation destabilize destabilise escalate escalating mass massing buildup seize annex fuel fueling meddle interfere
violate breach sabotage mercenary mercenaries`)

// accusing words make a sentence a claim against somebody where no verb of saying does.
var accusing = formSet("accuse accusation allegation allegations blame warn alarm condemn condemnation condemnations denounce criticize charge charges fear")

// disclaimers deny, beside the verbs that do.
var disclaimers = formSet("rule denied deny reject dismiss refute rejected")

// pointing words refer to a claim told before.
var pointing = formSet("allegation allegations claim claims accusation accusations charge charges warning warnings")

// read takes a sentence if it tells what a side says of another.
func (c *claimReading) read(s *sentence, index int) {
	c.counts = append(c.counts, c.q.quantities(s)...)
	times := dates.Find(s.text(), dates.Anchor{Day: s.Article.Published})
	names := c.q.namesOf(s.text(), s.terms, times)
	c.dated = append(c.dated, datedDeeds(s, names)...)
	said := &saidSentence{sentence: s, index: index}
	from, told := 0, false
	if us := c.q.utterances(s); len(us) > 0 && us[0].known() {
		u := us[0]
		said.who, from, told = u.who(), u.verb, true
		said.side = c.sideOf(said.who, s.terms, u.speaker)
	} else if t := s.terms[0]; t.Capital && c.country(t.Text) != "" && c.country(t.Text) != c.people[t.Text] {
		said.who, from, said.side = s.text()[t.Start:t.End], 1, c.country(t.Text)
	} else if n, ok := firstSubject(s, names); ok {
		said.who, from = n.text, n.last+1
		said.side = c.sideOf(n.text, s.terms, n)
	}
	if said.side == "" {
		return
	}
	for i, t := range s.terms {
		if t.Capital && i > 0 {
			continue
		}
		said.harsh = said.harsh || hostile[t.Text]
		told = told || accusing[t.Text] || disclaimers[t.Text]
		said.denial = said.denial || disclaimers[t.Text] && (t.Text != "rule" || i+1 < len(s.terms) && s.terms[i+1].Text == "out")
		said.points = said.points || pointing[t.Text] && i > 0 && (s.terms[i-1].Text == "the" || s.terms[i-1].Text == "these" || s.terms[i-1].Text == "those")
		said.replies = said.replies || i > 0 && i < 4 && t.Text == "this"
	}
	for i := from; i < len(s.terms); i++ {
		t := s.terms[i]
		if side := c.country(t.Text); side != "" && t.Capital && turnsHostile(s.terms, i) && side != said.side && !slices.Contains(said.against, side) {
			said.against = append(said.against, side)
		}
	}
	if !told {
		return
	}
	if day, err := time.Parse(time.DateOnly, s.Article.Published); err == nil {
		said.day = int(day.Unix() / (24 * 60 * 60))
	}
	said.words = contentOf(s)
	c.said = append(c.said, said)
}

// hostileReach is how many terms from a name a word may stand that tells what it is
// accused of.
const hostileReach = 6

// turnsHostile reports whether a hostile word stands near term i.
func turnsHostile(terms []analysis.Term, i int) bool {
	return slices.ContainsFunc(terms[max(0, i-hostileReach):min(len(terms), i+hostileReach+1)], func(t analysis.Term) bool { return hostile[t.Text] && !t.Capital })
}

// firstSubject returns the first name of a sentence that no preposition governs.
func firstSubject(s *sentence, names []name) (name, bool) {
	for _, n := range names {
		if !hangs(s.text(), s.terms, n) && !owns(s.text(), s.terms, n) {
			return n, true
		}
	}
	return name{}, false
}

// blocs take sides as countries do.
var blocs = formSet("nato west western eu")

func (c *claimReading) country(term string) string {
	switch {
	case len(analysis.Metonyms(term)) > 0:
		return nation(term)
	case term == "western":
		return "west"
	case blocs[term]:
		return term
	}
	return c.people[term]
}

// nation returns the one term that stands for a country and for all that news says in
// its place, and any other term as it is.
func nation(term string) string {
	least := term
	for _, m := range analysis.Metonyms(term) {
		least = min(least, m)
		for _, o := range analysis.Metonyms(m) {
			least = min(least, o)
		}
	}
	return least
}

// sideOf returns the country or body that a speaker is of.
func (c *claimReading) sideOf(who string, terms []analysis.Term, n name) string {
	own := analysis.Terms(who)
	if n.text != "" {
		own = terms[max(0, n.first-titleReach) : n.last+1]
	}
	for i := len(own) - 1; i >= 0; i-- {
		if side := c.country(own[i].Text); side != "" {
			return side
		}
	}
	return ""
}

// peopleOf returns of which country passages say that somebody is: "U.S. Secretary of
// State Antony Blinken".
func (q *inquiry) peopleOf(passages []*retrieval.Passage) map[string]string {
	votes := map[string]map[string]int{}
	q.voteFor(votes, passages)
	return elected(votes)
}

// voteFor counts how often passages say of somebody that he is of a country.
func (q *inquiry) voteFor(votes map[string]map[string]int, passages []*retrieval.Passage) {
	for _, p := range passages {
		text := p.Text()
		terms := analysis.Terms(text)
		for _, n := range q.namesOf(text, terms, nil) {
			if len(analysis.Metonyms(n.head)) > 0 || !q.lib.IsName(n.head) {
				continue
			}
			first := n.first
			for first > max(0, n.first-titleReach) && (terms[first-1].Capital || terms[first-1].Text == "of") && !strings.ContainsAny(text[terms[first-1].End:terms[first].Start], ",;:\"”“)(") {
				first--
			}
			if first > 0 && terms[first-1].Text == "in" {
				continue // "in Europe Blinken said"
			}
			for _, t := range terms[first:n.last] {
				if t.Capital && len(analysis.Metonyms(t.Text)) > 0 {
					if votes[n.head] == nil {
						votes[n.head] = map[string]int{}
					}
					votes[n.head][nation(t.Text)]++
					break
				}
			}
		}
	}
}

// elected returns for everybody the country that is said most often.
func elected(votes map[string]map[string]int) map[string]string {
	of := map[string]string{}
	for head, by := range votes {
		for side, n := range by {
			if best := of[head]; best == "" || n > by[best] || n == by[best] && side < best {
				of[head] = side
			}
		}
	}
	return of
}

// figures lists the figures for one thing that differ between origins, and those that
// two sides of one sentence hold against each other.
func (c *claimReading) figures() []Dispute {
	var out []Dispute
	for _, group := range bySubject(c.counts) {
		if sides := differing(group); sides != nil {
			var d draft
			dis := d.sidesOf(sides)
			dis.About = theNumberOf + dis.About
			out = append(out, Dispute{Disagreement: dis, Kind: "figure", Citations: d.citations})
		}
	}
	return append(out, c.opposite()...)
}

// likeFigures is how far apart two figures for one thing may be, as a ratio: what is
// farther counts something else.
const likeFigures = 3.0

// leastFigure is the smallest number that reports are held to: "two troops" of a text
// are seldom all there are.
const leastFigure = 3

// differing groups the figures for one thing by their value, in order, if reports of
// different origin differ on it; nil if they don't.
func differing(all []quantity) [][]quantity {
	most := slices.MaxFunc(all, func(a, b quantity) int { return cmp.Compare(a.number(), b.number()) }).number()
	var out [][]quantity
	of, origins := map[string]int{}, map[string]bool{}
	for _, n := range all {
		if n.number() < leastFigure || n.number()*likeFigures < most {
			continue
		}
		i, ok := of[n.value]
		if !ok {
			i, out = len(out), append(out, nil)
			of[n.value], origins[originOf(n.sentence)] = i, true
		}
		out[i] = append(out[i], n)
	}
	if len(out) < 2 || len(origins) < 2 {
		return nil
	}
	return out
}

// theNumberOf opens what a disagreement on a figure is about.
const theNumberOf = "the number of "

// figureAbout names what figures count.
func figureAbout(n quantity) string {
	if n.owner == "" {
		return n.class
	}
	return fmt.Sprintf("%s (%s)", n.class, printedCountry(n.sentence, n.owner))
}

// sidesOf writes groups of figures as the sides of a disagreement.
func (d *draft) sidesOf(groups [][]quantity) Disagreement {
	out := Disagreement{About: figureAbout(groups[0][0])}
	for _, g := range groups {
		side := Side{Value: g[0].text}
		for _, n := range g[:min(maxSideCitations, len(g))] {
			side.Citations = append(side.Citations, d.cite(n.sentence, n.sentence.span))
		}
		out.Sides = append(out.Sides, side)
	}
	return out
}

// printedCountry returns a country as a sentence prints it.
func printedCountry(s *sentence, side string) string {
	for _, t := range s.terms {
		if t.Capital && nation(t.Text) == side {
			return s.text()[t.Start:t.End]
		}
	}
	return side
}

func (n quantity) number() float64 {
	var v float64
	_, _ = fmt.Sscan(n.value, &v)
	return v
}

// opposite lists the figures of one class that two speakers of a sentence give for
// each other's side.
func (c *claimReading) opposite() []Dispute {
	var out []Dispute
	for i, n := range c.counts {
		for _, o := range c.counts[i+1:] {
			if n.sentence != o.sentence {
				break // those of a sentence follow each other
			}
			if n.class != o.class || n.owner == o.owner || n.owner == "" || o.owner == "" || n.value == o.value {
				continue
			}
			if us := c.q.utterances(n.sentence); len(us) < 2 || us[0].who() == us[1].who() {
				continue
			}
			var d draft
			at := d.cite(n.sentence, n.sentence.span)
			out = append(out, Dispute{Kind: "figure", Citations: d.citations, Disagreement: Disagreement{
				About: theNumberOf + n.class + " that each side counts of the other's",
				Sides: []Side{{Value: n.text, Citations: []int{at}}, {Value: o.text, Citations: []int{at}}},
			}})
		}
	}
	return out
}
