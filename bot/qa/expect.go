package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

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
	{"what hour", expectTime}, {"which hour", expectTime}, {"what date", expectTime}, {"what month", expectTime}, {"what time", expectTime}, {"what century", expectTime},
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
	folded := folded(terms, text)
	best, at := expectAny, len(folded)
	for _, row := range interrogatives {
		if i := findRun(folded, strings.Fields(row.words)); i >= 0 && i < at && asks(terms, folded, text, i) {
			best, at = row.expect, i
		}
	}
	if best == expectAny && len(folded) > 0 && openings[folded[0]] {
		return expectYesNo
	}
	return best
}

// asks reports whether the word of question at i asks, and does not join a clause to
// a question that another word opens: "Could it come up when they speak?"
func asks(terms []analysis.Term, folded []string, text string, i int) bool {
	if i == 0 || !conjunctions[folded[i]] || !openings[folded[0]] && !wordsOfQuestion[folded[0]] {
		return true
	}
	return introducers[folded[i-1]] || strings.ContainsAny(text[terms[i-1].End:terms[i].Start], ",.;:?!")
}

var (
	conjunctions    = wordSet("who whom whose when where why") // they may be
	wordsOfQuestion = wordSet("what which how who whom whose when where why")
	introducers     = wordSet("and or but so me us know in at on to from by for with since until")
)

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

// typed tests more strictly than met whether a sentence holds what is asked for: 1
// if a figure stands beside what is counted or a time is new, .3 for any other
// figure, -1 if there is none, 0 if neither is asked for.
func (q *inquiry) typed(s *sentence) float64 {
	if q.expect != expectNumber && q.expect != expectTime {
		return 0
	}
	if q.measure == timeOfDay {
		for i := range s.terms {
			if clock(s.text(), s.terms, i) {
				return 1
			}
		}
		return -1
	}
	mentions := dates.Find(s.text(), dates.Anchor{Day: s.Article.Published})
	if q.measure == duration {
		mentions = nil // "two weeks" is both
	}
	within := func(t analysis.Term) bool {
		return slices.ContainsFunc(mentions, func(m dates.Mention) bool { return m.Start <= t.Start && t.End <= m.End })
	}
	best := -1.0
	for i, t := range s.terms {
		if _, asked := q.weight[t.Text]; asked || t.Stop && !quantityWords[t.Text] || within(t) != (q.expect == expectTime) {
			continue
		}
		if q.expect == expectTime {
			return 1
		}
		if !t.Number && !quantityWords[t.Text] {
			continue
		}
		best = max(best, 0.3)
		near := s.terms[max(0, i-2):min(len(s.terms), i+6)]
		if q.measure.known() {
			if q.measure.met(s, i) {
				return 1
			}
			continue
		}
		if len(q.counted) == 0 || slices.ContainsFunc(near, func(o analysis.Term) bool {
			return slices.ContainsFunc(q.counted, func(c string) bool { return sameCount(c, o.Text) })
		}) {
			return 1
		}
	}
	return best
}

// sameCount reports whether two words are for the same that is counted.
func sameCount(a, b string) bool {
	return a == b || classOf(a) != "" && classOf(a) == classOf(b) || analysis.Synonyms(a)[b]
}

// quantityWords count without a figure.
var quantityWords = formSet("several dozens dozen hundreds hundred thousands thousand millions million half dozens none few most twice many")

// A measure is what the figure asked for is measured in.
type measure uint8

const (
	anyMeasure measure = iota
	money
	length
	duration
	timeOfDay
)

func (u measure) known() bool { return u != anyMeasure }

// unitWords are the words that stand behind a figure of a unit.
var unitWords = map[measure]map[string]bool{
	money:    formSet("dollar dollars euro euros rouble ruble roubles rubles hryvnia hryvnias pound pounds yuan yen cents usd eur"),
	length:   formSet("kilometre kilometer kilometres km mile miles metre meter metres feet yards"),
	duration: formSet("second seconds minute minutes hour hours day days week weeks month months year years decade decades century centuries"),
}

// costs are the words that make "how much" ask for money.
var costs = formSet("cost spend pay paid price money worth dollar dollars euro euros cash budget fund funds funding aid expensive invest earn charge fine tax revenue salary")

// met reports whether the figure at term i has the measure.
func (u measure) met(s *sentence, i int) bool {
	t := s.terms[i]
	if u == money && t.Start > 0 && strings.ContainsAny(s.text()[max(0, t.Start-3):t.Start], "$€£¥") {
		return true
	}
	for _, o := range s.terms[i+1 : min(len(s.terms), i+4)] {
		if unitWords[u][o.Text] {
			return true
		}
	}
	return false
}

// measureOf reads off the question in which unit its figure is.
func measureOf(terms []analysis.Term, folded []string) measure {
	for i := 0; i+1 < len(folded); i++ {
		if folded[i] == "what" && (folded[i+1] == "time" || folded[i+1] == "hour") || folded[i] == "which" && folded[i+1] == "hour" {
			return timeOfDay
		}
		if folded[i] != "how" {
			continue
		}
		switch folded[i+1] {
		case "far":
			return length
		case "long":
			return duration
		case "much":
			if slices.ContainsFunc(terms, func(t analysis.Term) bool { return costs[t.Text] }) {
				return money
			}
		}
	}
	return anyMeasure
}

// strongReasons tell a reason whatever stands around them.
var strongReasons = []string{"because", "due to", "in order to", "so that", "as a result", "in response", "reason", "aimed at", "with the aim", "in retaliation", "thanks to", "owing to", "caused by", "to avoid", "to prevent", "to ensure", "to protect", "purpose", "motivated", "on the grounds", "in protest"}

// grounds tests for a reason: 1 if one is told, 0 where words may tell one, -1
// where none does; 0 if none is asked for.
func (q *inquiry) grounds(s *sentence) float64 {
	if q.expect != expectReason {
		return 0
	}
	text := strings.ToLower(s.text())
	for _, w := range strongReasons {
		if strings.Contains(text, w) {
			return 1
		}
	}
	if q.expect.met(q, s) {
		return 0
	}
	return -1
}

// sortWords stand between a word of question and what is asked for: "what kind of
// weapons".
var sortWords = formSet("kind sort type name number exact other many much longer later more")

// answeredByName are the nouns whose kind a name tells, so that an answer need not
// say them: "which country".
var answeredByName = formSet(`country nation state city town village place region area capital organisation organization agency outlet newspaper body
group leader minister president official politician diplomat person people man woman guy day date year month time hour week one side reason part way
thing point official spokesman spokeswoman`)

// focus returns the nouns that a question asks for: "bank system" of "which bank
// system".
func focus(terms []analysis.Term) []string {
	for i, t := range terms {
		if t.Text != "which" && t.Text != "what" && !(t.Text == "how" && i+1 < len(terms) && (terms[i+1].Text == "mani" || terms[i+1].Text == "much")) {
			continue
		}
		var out []string
		for _, n := range terms[i+1:] {
			switch {
			case sortWords[n.Text] || n.Text == "of" && len(out) == 0:
				continue
			case !n.Stop && !n.Number && !n.Capital && len(out) < 2:
				out = append(out, n.Text)
				continue
			}
			break
		}
		return out
	}
	return nil
}

// lacks reports whether nothing in the best sentences is of the kind asked for: no
// figure of what is counted, none of the speaker's words, or a noun asked for that no
// article has.
func (q *inquiry) lacks(ranked []*sentence) bool {
	none := func(feature, of int) bool {
		return !slices.ContainsFunc(ranked[:min(of, len(ranked))], func(s *sentence) bool { return s.x[feature] >= 1 })
	}
	if q.expect == expectNumber && none(fTyped, maxStatements) || q.expect == expectSaying && none(fVoiced, voices) {
		return true
	}
	return len(q.focus) > 0 && !slices.ContainsFunc(q.focus, func(f string) bool {
		return answeredByName[f] || q.lib.Known(f) || len(q.lib.KnownSynonyms(f)) > 0
	})
}

// voices is how many of the best sentences may be the speaker's.
const voices = 6
