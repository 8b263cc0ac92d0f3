package qa

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// oneArticle are the words by which a reader means one article, in the singular:
// "reports" are many.
var oneArticle = wordSet("article story piece report text post item writeup column dispatch")

// summarising words ask for a summary and tell nothing of what it is about.
var summarising = formSet("sum up summary summarise summarize recap gist tldr tl dr overview brief short quick long please give what does say tell explain outline digest about main point happen")

// articleMeant returns the id of the article that a topic speaks of as one: "the Epoch
// Times story about the call", "that badly translated report of the 7th"; "" where it
// speaks of none. An *InputError says that it may mean several.
func (a *Answerer) articleMeant(ctx context.Context, topic string) (string, error) {
	terms := analysis.Terms(topic)
	singular := false
	for i, t := range terms {
		if oneArticle[analysis.Fold(topic[t.Start:t.End])] && i > 0 && !t.Number {
			singular = true
		}
	}
	if !singular && !a.namesOutlet(topic) {
		return "", nil
	}
	id, unknown := a.FindArticle(topic)
	if unknown == nil {
		return id, nil
	}
	if !singular {
		return "", nil
	}
	left, terms, text := a.described(topic)
	if len(terms) == 0 && len(left) < len(a.lib.Articles()) {
		return "", unknown // of several articles of an outlet, a day or a quality, any
	}
	return a.articleAbout(ctx, left, text), nil
}

// described returns the articles of the outlet, days and quality that words name, and
// what else they say.
func (a *Answerer) described(words string) ([]*article.Article, []analysis.Term, string) {
	left, rest := a.narrow(words, a.lib.Articles())
	terms := slices.DeleteFunc(contentTerms(rest), func(t analysis.Term) bool { return articleWords[t.Text] || summarising[t.Text] })
	return left, terms, strings.Join(wordsOf(rest, terms), " ")
}

// namesOutlet reports whether a topic is an outlet and nothing more.
func (a *Answerer) namesOutlet(topic string) bool {
	for _, p := range a.lib.Publishers() {
		if from, to, ok := nameIn(topic, p); ok {
			rest := contentTerms(topic[:from] + " " + topic[to:])
			return !slices.ContainsFunc(rest, func(t analysis.Term) bool { return !summarising[t.Text] && !articleWords[t.Text] })
		}
	}
	return false
}

// articleLead is how far ahead of the next origin, as a ratio, an article must be to be
// the one that a description means.
const articleLead = 1.3

// articleAbout returns the one of some articles whose passages fit a description best,
// "" if none does so clearly better than any other report.
func (a *Answerer) articleAbout(ctx context.Context, left []*article.Article, text string) string {
	hits, err := a.lib.Search(ctx, retrieval.Query{Text: text, Terms: a.lib.Terms(text), Limit: candidatePassages})
	if err != nil {
		return ""
	}
	score := map[string]float64{}
	best := map[string]*article.Article{}
	var order []string
	for _, h := range hits {
		if !slices.Contains(left, h.Article) {
			continue
		}
		o := originID(h.Article)
		if best[o] == nil || best[o].ID != o && h.Article.ID == o {
			if best[o] == nil {
				order = append(order, o)
			}
			best[o] = h.Article
		}
		score[o] = max(score[o], h.Score)
	}
	slices.SortStableFunc(order, func(x, y string) int { return cmp.Compare(score[y], score[x]) })
	if len(order) == 0 || len(order) > 1 && score[order[0]] < articleLead*score[order[1]] {
		return ""
	}
	return best[order[0]].ID
}

func wordsOf(text string, terms []analysis.Term) []string {
	var out []string
	for _, t := range terms {
		out = append(out, text[t.Start:t.End])
	}
	return out
}

// garbledWords describe the quality of a text that a machine translated.
var garbledWords = formSet("translated translation garbled machine gibberish clumsy")

// dayOfMonth is a day that is told without its month: "of the 7th".
var dayOfMonth = regexp.MustCompile(`\b(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)\b`)

// narrowFurther keeps the articles of the quality and the day of a month that words
// name, and returns what is left of the words.
func narrowFurther(left []*article.Article, rest string) ([]*article.Article, string) {
	keep := func(f func(*article.Article) bool) bool {
		some := slices.DeleteFunc(slices.Clone(left), func(o *article.Article) bool { return !f(o) })
		if len(some) > 0 {
			left = some
		}
		return len(some) > 0
	}
	terms := analysis.Terms(rest)
	for i := len(terms) - 1; i >= 0; i-- {
		if t := terms[i]; garbledWords[t.Text] && keep(func(o *article.Article) bool { return o.Quality != "" }) {
			from := t.Start
			if i > 0 && strings.HasSuffix(rest[terms[i-1].Start:terms[i-1].End], "ly") {
				from = terms[i-1].Start // badly translated
			}
			rest = rest[:from] + " " + rest[t.End:]
		}
	}
	if m := dayOfMonth.FindStringSubmatchIndex(rest); m != nil {
		day, _ := strconv.Atoi(rest[m[2]:m[3]])
		if keep(func(o *article.Article) bool {
			return len(o.Published) == len("2021-12-07") && o.Published[8:] == twoDigits(day)
		}) {
			rest = rest[:m[0]] + " " + rest[m[1]:]
		}
	}
	return left, rest
}

func twoDigits(n int) string {
	s := strconv.Itoa(n)
	if len(s) < 2 {
		return "0" + s
	}
	return s
}
