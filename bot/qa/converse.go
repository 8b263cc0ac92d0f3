package qa

import (
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
)

// anaphora point to what was said before.
var anaphora = wordSet("he she they him her them his hers their theirs it its this that these those there then")

// backward are those that mean a name of the same question where there is one:
// "What did Kuleba say his country would show?"
var backward = wordSet("he she they his their its")

// ellipses open questions that continue one.
var ellipses = []string{"and", "what about", "how about", "but", "so", "also", "or", "who else", "what else", "any more", "anything else", "go on", "more"}

// bare words of question go on with a conversation where no name follows them.
var bare = []string{"why", "when", "where"}

// shortQuestion is how many content words a question needs to stand alone when it
// opens like the rest of one.
const shortQuestion = 3

// followsUp reports whether a question can't be understood without the one before.
func followsUp(text string) bool {
	terms := analysis.Terms(text)
	content := 0
	pointed, named := false, false
	folded := make([]string, len(terms))
	for i, t := range terms {
		folded[i] = analysis.Fold(text[t.Start:t.End])
		if !t.Stop {
			content++
		}
		named = named || t.Capital && !t.Stop && i > 0
		pointed = pointed || anaphora[folded[i]] && !(named && backward[folded[i]])
	}
	if pointed && content <= 2*shortQuestion || content == 0 {
		return true
	}
	opening := strings.Join(folded, " ") + " "
	for _, e := range ellipses {
		if strings.HasPrefix(opening, e+" ") {
			return content <= shortQuestion
		}
	}
	for _, e := range bare {
		if strings.HasPrefix(opening, e+" ") {
			return content <= shortQuestion && !named
		}
	}
	return false
}

// contextWeight is what a word of the turn before counts in the search, beside 1.
const contextWeight = 0.5

// withContext completes a follow-up from the turns before: the words of the last
// question that stood alone and the names in what was answered last. It returns the
// text to compare by meaning and the terms to search for besides its own.
func (a *Answerer) withContext(text string, history []Turn) (whole string, terms []retrieval.QueryTerm) {
	var parts []string
	add := func(s string, namesOnly bool) {
		for _, t := range contentTerms(s) {
			if namesOnly && !t.Capital && !t.Number {
				continue
			}
			terms = append(terms, retrieval.QueryTerm{Text: t.Text, Weight: contextWeight})
		}
	}
	for i := len(history) - 1; i >= 0; i-- {
		turn := history[i]
		if i == len(history)-1 && len(turn.Answer.Statements) > 0 {
			first := turn.Answer.Statements[0]
			add(first.Text, true)
			if first.Speaker != "" {
				parts = append(parts, first.Speaker)
			}
		}
		add(turn.Question, false)
		parts = append([]string{turn.Question}, parts...)
		if !followsUp(turn.Question) {
			break
		}
	}
	return text + " (" + strings.Join(parts, " ") + ")", terms
}

// continues tells the inquiry what was said before.
func (q *inquiry) continues(history []Turn, followUp bool) {
	q.said = map[spanKey]bool{}
	for _, turn := range history {
		for _, c := range turn.Answer.Citations {
			q.said[spanKey{c.ArticleID, c.Start}] = true
		}
	}
	if n := len(history); followUp && n > 0 && len(history[n-1].Answer.Citations) > 0 {
		q.last = &history[n-1].Answer.Citations[0]
		q.whose = asksWhose(q.terms)
	}
}

// A follow-up is often answered where the report goes on. Both in the unit of the
// score.
const (
	sameArticleBonus = 0.7
	goesOnBonus      = 1.5
	goesOnReach      = 700 // bytes: some four sentences
	whoseBonus       = 20  // above every other sentence
)

// continuity is what speaks for or against a sentence because of the turns before.
// A question for the time, place or number of "that" may be answered by what was cited
// already; others want something new.
func (q *inquiry) continuity(s *sentence) float64 {
	v := 0.0
	if q.whose && q.last.ArticleID == s.Article.ID && s.span.Start <= q.last.Start && q.last.End <= s.span.End {
		return whoseBonus
	}
	if q.said[s.key()] && q.expect != expectTime && q.expect != expectPlace && q.expect != expectNumber {
		v -= saidPenalty
	}
	if q.last != nil && q.last.ArticleID == s.Article.ID {
		v += sameArticleBonus
		if d := s.span.Start - q.last.End; d >= 0 && d < goesOnReach {
			v += goesOnBonus
		}
	}
	return v
}
