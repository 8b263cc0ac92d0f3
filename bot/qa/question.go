package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// An inquiry is a question made ready for weighing sentences.
type inquiry struct {
	text     string
	query    retrieval.Query
	terms    []analysis.Term    // of the text, in order
	weight   map[string]float64 // of the terms searched for; they add up to 1
	searched []string           // the terms of weight, in order: sums over a map differ in their last digit
	unknown  float64            // of that, what no article holds
	pairs    map[[2]string]bool // neighbouring content words
	names    map[string]bool    // names and numbers: what evidence should not lack
	expect   expect
	counted  []string // what "how many" or "how much" asks to count, at most two words
	lib      *retrieval.Library
	aligned  bool             // the sentences were compared token by token
	language string           // ISO 639-1 code, where a model told it; "" is English
	rewrite  *Trace           // of the model that made the question stand alone; nil if none did
	foreign  bool             // not in the language of the articles
	said     map[spanKey]bool // cited in earlier turns
	last     *Citation        // the first of the turn before, if this question follows it up
}

func newInquiry(lib *retrieval.Library, text string, query retrieval.Query) *inquiry {
	q := &inquiry{
		text: text, query: query, terms: analysis.Terms(text),
		weight: map[string]float64{}, pairs: map[[2]string]bool{}, names: map[string]bool{},
	}
	q.expect = expected(q.terms, text)
	q.lib = lib
	q.counted = counted(q.terms)
	total := 0.0
	for _, t := range query.Terms {
		w := t.Weight * lib.IDF(t.Text)
		q.searched = append(q.searched, t.Text)
		q.weight[t.Text] = w
		total += w
		if !lib.Known(t.Text) {
			q.unknown += w
		}
	}
	if total > 0 {
		q.unknown /= total
		for t := range q.weight {
			q.weight[t] /= total
		}
	}
	prev := ""
	for i, t := range q.terms {
		if t.Stop {
			continue
		}
		if prev != "" {
			q.pairs[[2]string{prev, t.Text}] = true
		}
		prev = t.Text
		if _, searched := q.weight[t.Text]; searched && (t.Capital && i > 0 || t.Number || lib.IsName(t.Text)) {
			q.names[t.Text] = true
		}
	}
	return q
}

// counted returns the two terms after "how many" or "how much": "Russian troops".
func counted(terms []analysis.Term) []string {
	var out []string
	for i, t := range terms {
		if i == 0 || terms[i-1].Text != "how" || t.Text != "mani" && t.Text != "much" {
			continue
		}
		for _, n := range terms[i+1:] {
			if n.Stop || len(out) == 2 {
				break
			}
			out = append(out, n.Text)
		}
		break
	}
	return out
}

// expect is the kind of words that answer a question.
type expect uint8

const (
	expectAny    expect = iota
	expectPerson        // who
	expectNumber        // how many, how much, how long
	expectTime          // when, what year
	expectPlace         // where, which country
	expectReason        // why
	expectSaying        // what did somebody say
	expectYesNo         // did, is, has
)

// known reports whether a sentence can be tested for the kind.
func (e expect) known() bool { return e != expectAny && e != expectYesNo }

// interrogatives tells the kind by a run of folded words; "*" stands for any one
// word. The run that begins first in the question decides, a longer one before a
// shorter one.
var interrogatives = []struct {
	words  string
	expect expect
}{
	{"what is the number", expectNumber}, {"how many", expectNumber}, {"how much", expectNumber}, {"how long", expectNumber},
	{"how big", expectNumber}, {"how large", expectNumber}, {"how old", expectNumber}, {"how far", expectNumber},
	{"how often", expectNumber}, {"how high", expectNumber}, {"how strong", expectNumber}, {"what number", expectNumber},
	{"what percentage", expectNumber}, {"what percent", expectNumber}, {"what share", expectNumber}, {"death toll", expectNumber},
	{"what year", expectTime}, {"which year", expectTime}, {"what day", expectTime}, {"which day", expectTime},
	{"what date", expectTime}, {"what month", expectTime}, {"what time", expectTime}, {"what century", expectTime},
	{"how soon", expectTime}, {"how early", expectTime}, {"how late", expectTime}, {"how recently", expectTime},
	{"what country", expectPlace}, {"which country", expectPlace}, {"what city", expectPlace}, {"which city", expectPlace},
	{"what cities", expectPlace}, {"which cities", expectPlace}, {"what place", expectPlace}, {"which region", expectPlace},
	{"what region", expectPlace}, {"what town", expectPlace}, {"which towns", expectPlace}, {"what countries", expectPlace},
	{"which countries", expectPlace}, {"how come", expectReason}, {"what reason", expectReason},
	{"what did * * * say", expectSaying}, {"what did * * say", expectSaying}, {"what did * say", expectSaying},
	{"what does * say", expectSaying}, {"what do * say", expectSaying}, {"what has * said", expectSaying},
	{"what did * * tell", expectSaying}, {"what did * tell", expectSaying}, {"what did * call", expectSaying},
	{"how did * * respond", expectSaying}, {"how did * respond", expectSaying}, {"how did * react", expectSaying},
	{"who", expectPerson}, {"whom", expectPerson}, {"whose", expectPerson}, {"when", expectTime}, {"where", expectPlace},
	{"why", expectReason},
}

// openings are the verbs that open a question to be answered by yes or no.
var openings = map[string]bool{
	"did": true, "does": true, "do": true, "is": true, "are": true, "was": true, "were": true, "has": true, "have": true,
	"had": true, "will": true, "would": true, "can": true, "could": true, "should": true,
}

// expected reads off the question which kind of words would answer it.
func expected(terms []analysis.Term, text string) expect {
	folded := make([]string, len(terms))
	for i, t := range terms {
		folded[i] = analysis.Fold(text[t.Start:t.End])
	}
	best, at := expectAny, len(folded)
	for _, row := range interrogatives {
		if i := findRun(folded, strings.Fields(row.words)); i >= 0 && i < at {
			best, at = row.expect, i
		}
	}
	if best == expectAny && len(folded) > 0 && openings[folded[0]] {
		return expectYesNo
	}
	return best
}

// findRun returns where the run of words stands in text, -1 if nowhere.
func findRun(text, run []string) int {
search:
	for i := 0; i+len(run) <= len(text); i++ {
		for j, w := range run {
			if w != "*" && text[i+j] != w {
				continue search
			}
		}
		return i
	}
	return -1
}

// timeWords, stemmed, tell a time without a figure.
var timeWords = wordSet(`januari februari march april may june juli august septemb octob novemb decemb
monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow week month year winter spring summer autumn centuri decad`)

// placeWords stand before a place.
var placeWords = wordSet("in at near to from between around outside")

// reasonWords tell a reason or a purpose.
var reasonWords = []string{"because", "due to", " since ", "in order to", "so that", "as a result", "in response", "reason", "aimed at", " to ", " amid ", " over "}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// met reports whether a sentence holds words of the kind that the question lacks.
func (e expect) met(q *inquiry, s *sentence) bool {
	switch e {
	case expectReason:
		text := s.text()
		for _, w := range reasonWords {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	case expectSaying:
		return strings.ContainsAny(s.text(), "\"“”‘’") || newClause(s.text(), s.terms).saying() >= 0
	}
	for i := range s.terms {
		if e.term(q, s, i) {
			return true
		}
	}
	return false
}

// term reports whether term i of a sentence is of the kind, and not the
// question's own.
func (e expect) term(q *inquiry, s *sentence, i int) bool {
	t := s.terms[i]
	if _, asked := q.weight[t.Text]; asked || t.Stop {
		return false
	}
	named := t.Capital && i > 0 && !timeWords[t.Text]
	switch e {
	case expectNumber:
		return t.Number
	case expectTime:
		return timeWords[t.Text] || t.Number && len(t.Text) == len("2021") && (t.Text[0] == '1' || t.Text[0] == '2')
	case expectPerson:
		return named
	case expectPlace:
		return named && placeWords[s.terms[i-1].Text]
	}
	return false
}

// typed tests more strictly than met whether a sentence holds the figure or the
// time that is asked for: 1 if a figure stands beside what is counted or a time is
// new, .3 for any other figure, -1 if there is none, 0 if neither is asked for.
func (q *inquiry) typed(s *sentence) float64 {
	if q.expect != expectNumber && q.expect != expectTime {
		return 0
	}
	mentions := dates.Find(s.text(), dates.Anchor{Day: s.Article.Published})
	within := func(t analysis.Term) bool {
		return slices.ContainsFunc(mentions, func(m dates.Mention) bool { return m.Start <= t.Start && t.End <= m.End })
	}
	best := -1.0
	for i, t := range s.terms {
		if _, asked := q.weight[t.Text]; asked || t.Stop || within(t) != (q.expect == expectTime) {
			continue
		}
		if q.expect == expectTime {
			return 1
		}
		if !t.Number {
			continue
		}
		best = max(best, 0.3)
		if len(q.counted) == 0 || slices.ContainsFunc(s.terms[max(0, i-2):min(len(s.terms), i+6)], func(o analysis.Term) bool { return slices.Contains(q.counted, o.Text) }) {
			return 1
		}
	}
	return best
}
