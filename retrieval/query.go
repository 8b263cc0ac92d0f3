package retrieval

import (
	"cmp"
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// A Query is a question made ready for a search.
type Query struct {
	Text   string // what is compared by meaning: the question without the outlet it names
	Filter Filter
	Terms  []QueryTerm
	Events []dates.Mention // times of events: a preference, no condition
	Latest bool            // prefer the newest reports
	After  dates.Range     // a time asked about that begins after the last report; zero if none
	Limit  int             // hits wanted; 10 if zero
}

// Query reads a question: what it looks for, of which outlet and of which days. A
// bound in flags narrows what the question itself says. today is the asker's day,
// "" if unknown. The error explains an impossible date in the question.
func (l *Library) Query(question string, flags Filter, today string) (Query, error) {
	asked := dates.Window(question, l.Covered(), today)
	if asked.Err != nil {
		return Query{}, asked.Err
	}
	q := Query{Text: question, Filter: flags, Events: asked.Events, Latest: asked.Latest, After: asked.After}
	q.Filter.Published = intersect(flags.Published, asked.Published)
	words := asked.Words
	if flags.Publisher == "" {
		if name, rest, ok := l.namedPublisher(question); ok {
			q.Filter.Publisher, q.Text = NormalPublisher(name), rest
			if _, rest, ok = l.namedPublisher(words); ok {
				words = rest
			}
		}
	}
	q.Terms = l.Terms(words)
	for _, e := range q.Events {
		for _, t := range analysis.Terms(e.Text) {
			if !t.Stop {
				q.Terms = addTerm(q.Terms, QueryTerm{t.Text, eventWeight})
			}
		}
	}
	return q, nil
}

// intersect returns the days that lie in one of a and in one of b; none means all
// of time.
func intersect(a, b []dates.Range) []dates.Range {
	if len(a) == 0 || len(b) == 0 {
		return append(slices.Clone(a), b...)
	}
	var out []dates.Range
	for _, x := range a {
		for _, y := range b {
			out = append(out, x.Intersect(y)) // one that is empty admits nothing
		}
	}
	return out
}

// namedPublisher finds the one outlet that the question names in full, and
// returns the question without it. A name of one word, which may be a city or a
// speaker as well, counts only where it is said to report; an outlet named beside
// another is compared, not asked for.
func (l *Library) namedPublisher(question string) (name, rest string, ok bool) {
	terms := analysis.Terms(question)
	folded := make([]string, len(terms))
	for i, t := range terms {
		folded[i] = analysis.Fold(question[t.Start:t.End])
	}
	for _, p := range l.Publishers() {
		words := strings.Fields(NormalPublisher(p))
		i := indexRun(folded, words)
		if i < 0 || len(words) == 1 && !reports(folded, i) {
			continue
		}
		if ok {
			return "", "", false
		}
		name, ok = p, true
		first, next := i, i+len(words)
		for first > 0 && reportWords[folded[first-1]] {
			first--
		}
		from, to := terms[first].Start, terms[next-1].End
		for j := next; j < len(terms) && reportWords[folded[j]] && terms[j].Start-to < 3; j++ {
			to = terms[j].End
		}
		rest = question[:from] + " " + question[to:]
	}
	return name, rest, ok
}

var reportWords = map[string]bool{
	"the": true, "according": true, "to": true, "in": true, "by": true, "article": true, "report": true, "story": true, "piece": true, "articles": true, "reports": true,
}

// reports reports whether the name at i is spoken of as an outlet.
func reports(words []string, i int) bool {
	after := i+1 < len(words) && (words[i+1] == "article" || words[i+1] == "report" || words[i+1] == "story" || words[i+1] == "piece")
	before := i >= 2 && words[i-1] == "to" && words[i-2] == "according"
	return after || before
}

func indexRun(words, run []string) int {
	for i := 0; len(run) > 0 && i+len(run) <= len(words); i++ {
		if slices.Equal(words[i:i+len(run)], run) {
			return i
		}
	}
	return -1
}

// Terms returns the terms by which a question is searched: function words left
// out, words that only name the kind of answer ("year", "name") at less weight,
// and a misspelt word replaced by the known one nearest to it.
func (l *Library) Terms(question string) []QueryTerm {
	var terms []QueryTerm
	for _, t := range analysis.Terms(question) {
		if t.Stop {
			continue
		}
		q := QueryTerm{t.Text, 1}
		if focusWords[t.Text] {
			q.Weight = focusWeight
		}
		if t.Number || l.passages.Known(t.Text) {
			terms = addTerm(terms, q)
			continue
		}
		if known := l.KnownSynonyms(t.Text); len(known) > 0 {
			for _, s := range known[:min(synonymsSearched, len(known))] {
				terms = addTerm(terms, QueryTerm{s, q.Weight * synonymWeight})
			}
			continue
		}
		if near := l.passages.Nearest(t.Text); near != "" {
			q = QueryTerm{near, q.Weight * misspeltWeight}
		}
		terms = addTerm(terms, q)
	}
	return terms
}

// KnownSynonyms returns the synonyms of a term that articles hold, the most frequent
// first.
func (l *Library) KnownSynonyms(term string) []string {
	var known []string
	for s := range analysis.Synonyms(term) {
		if l.passages.Known(s) {
			known = append(known, s)
		}
	}
	slices.SortFunc(known, func(a, b string) int { return cmp.Or(cmp.Compare(l.IDF(a), l.IDF(b)), cmp.Compare(a, b)) })
	return known
}

func addTerm(terms []QueryTerm, t QueryTerm) []QueryTerm {
	if slices.ContainsFunc(terms, func(o QueryTerm) bool { return o.Text == t.Text }) {
		return terms
	}
	return append(terms, t)
}

// Weights of terms beside 1 for a word of the question. On squad11-A, hit@1 of
// the word search is .840 with none of them, .843 with the nearest known word, and
// .842 with focus words at .3 to .5.
const (
	focusWeight    = 0.5
	misspeltWeight = 0.8
	synonymWeight  = 0.5

	synonymsSearched = 2 // for a word that no article has
	eventWeight      = 0.6
)

// focusWords, stemmed, ask for a kind of answer and seldom stand in it.
var focusWords = map[string]bool{
	"year": true, "name": true, "type": true, "term": true, "kind": true, "mani": true, "much": true, "happen": true,
	"call": true, "know": true, "anoth": true, "often": true, "use": true, "one": true, "thing": true, "word": true,
	"articl": true, "report": true, "accord": true, "news": true, "stori": true,
}
