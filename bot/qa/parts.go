package qa

import (
	"context"
	"slices"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
)

// maxParts is how many questions of one message are answered one by one.
const maxParts = 3

// A part is one question of a message; a joined one goes on with the part before.
type part struct {
	text   string
	joined bool
}

// parts splits what a message asks into its questions: "Where did they meet, and
// what did Lavrov say?" has two. A message of more than maxParts questions is answered
// as one.
func parts(text string) []part {
	var all []part
	for _, s := range asking(text) {
		for i, c := range clauses(s) {
			all = append(all, part{c, i > 0})
		}
	}
	if len(all) > maxParts {
		return nil
	}
	return all
}

// clauses splits a sentence before an "and" that a word of question follows, and
// before a "what" or "how" that a comma parts from what is asked before.
func clauses(text string) []string {
	terms := analysis.Terms(text)
	words := folded(terms, text)
	var out []string
	from, begin := 0, 0 // the term and the byte of the part under way
	for i := 1; i < len(terms); i++ {
		j, gap := i, text[terms[i-1].End:terms[i].Start]
		switch {
		case words[i] == "and" && i+1 < len(terms):
			j++
			if words[j] == "if" && j+2 < len(terms) { // "and if so, when"
				j += 2
			}
		case strings.ContainsAny(gap, ",;") && (words[i] == "what" || words[i] == "how"):
		default:
			continue
		}
		asks := wordsOfQuestion[words[j]] || j > i && openings[words[j]] && j+1 < len(terms) && (terms[j+1].Capital || determiners[words[j+1]] || anaphora[words[j+1]])
		if !asks || !askedBefore(terms[from:i], words[from:i]) {
			continue
		}
		out = append(out, strings.Trim(text[begin:terms[i].Start], " ,;"))
		from, begin = j, terms[j].Start
		i = j
	}
	return append(out, strings.TrimSpace(text[begin:]))
}

// askedBefore reports whether words are a question that something can be asked
// besides: they open like one or ask to be told, and hold two words of weight. "When
// they met," opens none.
func askedBefore(terms []analysis.Term, words []string) bool {
	content := 0
	for _, t := range terms {
		if !t.Stop {
			content++
		}
	}
	if content < 2 {
		return false
	}
	for i, w := range words {
		switch {
		case i == 0 && openings[w], i > 0 && wordsOfQuestion[w] && (words[i-1] == "me" || words[i-1] == "know"):
			return true
		case i > 2 || !wordsOfQuestion[w]:
		case w == "when" || w == "where" || w == "why":
			return i+1 < len(words) && openings[words[i+1]]
		default:
			return true
		}
	}
	return false
}

// partStatements is how many sentences answer one question of several.
const partStatements = 2

// answerParts answers the questions of one message one after the other, without a
// model, and names those that the articles don't answer. Where they answer none, it
// abstains as from the first.
func (a *Answerer) answerParts(ctx context.Context, asked Question, f retrieval.Filter, questions []part) (Answer, error) {
	alone := *a
	alone.writer = nil
	var d draft
	var ans Answer
	var first considered
	var open []string
	foreign := false
	for i, p := range questions {
		asked.Text = p.text
		e, err := alone.consider(ctx, asked, f, p.joined)
		if err != nil {
			return Answer{}, err
		}
		if i == 0 {
			first = e
		}
		ans.Confidence, foreign = max(ans.Confidence, e.sure), foreign || e.q.foreign
		turn, from := Turn{Question: p.text}, len(d.statements)
		if e.reason != "" {
			open = append(open, p.text)
		} else {
			ans.Disagreements = append(ans.Disagreements, e.q.write(&d, e.ranked, partStatements)...)
			turn.Answer.Statements = d.statements[from:]
		}
		asked.History = append(slices.Clone(asked.History), turn)
	}
	if len(d.statements) == 0 {
		return a.abstain(ctx, first.q, first.reason, first.ranked, ans.Confidence)
	}
	ans.finish(&d)
	for _, text := range open {
		ans.Text += "\nThe articles don't say: " + strings.TrimRight(text, "?!. ") + "?"
	}
	if foreign {
		ans.Text += "\n" + matchedAlone
	}
	return ans, nil
}
