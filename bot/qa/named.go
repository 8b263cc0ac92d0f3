package qa

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// articleWords are how readers speak of an article; they tell none apart.
var articleWords = formSet("article story piece report text post item news one published printed wrote title called headline")

// latestWords and firstWords pick by the date.
var (
	latestWords = wordSet("latest newest last recent")
	firstWords  = wordSet("first oldest earliest")
)

// titleShare is the share of a reader's words, by their weight, that an article must
// hold to be the one meant, and how far it must be ahead of the next.
const (
	titleShare = 0.6
	titleLead  = 0.1
)

// FindArticle returns the id of the article that somebody means by its id or file
// name, its address, its outlet ("the Moscow Times story"), its day ("the 7 December
// article"), its place ("the latest article") or what it is about. An *InputError
// names the articles that come nearest.
func (a *Answerer) FindArticle(words string) (string, error) {
	id, unknown := a.lib.FindArticle(words)
	if unknown == nil {
		return id, nil
	}
	all := a.lib.Articles()
	for _, o := range all {
		if o.URL != "" && strings.Trim(words, "<> ") == o.URL {
			return o.ID, nil
		}
	}
	if len(all) == 0 {
		return "", asInput(unknown)
	}
	left, rest := a.narrow(words, all)
	named := len(left) < len(all)
	terms := slices.DeleteFunc(contentTerms(rest), func(t analysis.Term) bool { return articleWords[t.Text] || summarising[t.Text] })
	if named && len(left) == 1 && len(terms) == 0 {
		return left[0].ID, nil
	}
	if len(terms) == 0 {
		if named {
			return "", ambiguous(words, left)
		}
		return "", noArticle(words, a.resembling(unknown), all)
	}
	scores := a.aboutness(terms, left)
	order := make([]int, len(left))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(scores[j], scores[i]) })
	best := order[0]
	switch {
	case len(left) == 1 && named && scores[best] > 0:
		return left[best].ID, nil
	case scores[best] < titleShare:
		near := make([]*article.Article, len(order))
		for n, i := range order {
			near[n] = left[i]
		}
		if scores[best] == 0 {
			near = a.resembling(unknown)
		}
		return "", noArticle(words, near, all)
	}
	tied := []*article.Article{left[best]}
	for _, i := range order[1:] {
		if scores[i] > scores[best]-titleLead && originID(left[i]) != originID(left[best]) {
			tied = append(tied, left[i])
		}
	}
	if len(tied) > 1 {
		return "", ambiguous(words, tied)
	}
	for _, i := range order { // of a report and its copies, the report
		if originID(left[best]) == left[i].ID && scores[i] > scores[best]-titleLead {
			return left[i].ID, nil
		}
	}
	return left[best].ID, nil
}

// narrow keeps the articles of the outlet, the days and the place in time that words
// name, and returns what is left of the words.
func (a *Answerer) narrow(words string, all []*article.Article) ([]*article.Article, string) {
	covered := a.lib.Covered()
	left, rest := all, words
	keep := func(f func(*article.Article) bool) bool {
		some := slices.DeleteFunc(slices.Clone(left), func(o *article.Article) bool { return !f(o) })
		if len(some) > 0 {
			left = some
		}
		return len(some) > 0
	}
	found := dates.Find(words, dates.Anchor{Day: covered.Until, First: covered.Since})
	for i := len(found) - 1; i >= 0; i-- {
		m := found[i]
		if keep(func(o *article.Article) bool { return o.Published != "" && m.Range.Contains(o.Published) }) {
			rest = rest[:m.Start] + " " + rest[m.End:]
		}
	}
	for _, p := range a.lib.Publishers() {
		if from, to, ok := nameIn(rest, p); ok && keep(func(o *article.Article) bool { return o.Publisher == p }) {
			rest = rest[:from] + " " + rest[to:]
		}
	}
	for _, t := range analysis.Terms(rest) {
		f := analysis.Fold(rest[t.Start:t.End])
		latest := latestWords[f]
		if !latest && !firstWords[f] {
			continue
		}
		dated := slices.DeleteFunc(slices.Clone(left), func(o *article.Article) bool { return o.Published == "" })
		if len(dated) == 0 {
			continue
		}
		slices.SortStableFunc(dated, func(x, y *article.Article) int { return cmp.Compare(x.Published, y.Published) })
		day := dated[0].Published
		if latest {
			day = dated[len(dated)-1].Published
		}
		keep(func(o *article.Article) bool { return o.Published == day })
		rest = rest[:t.Start] + " " + rest[t.End:]
		break
	}
	return narrowFurther(left, rest)
}

// leastOutlet is how many letters the last word of an outlet's name has at least to
// stand for it: "Newsday".
const leastOutlet = 6

// nameIn finds an outlet's name, its last two words or its last in a text.
func nameIn(text, name string) (from, to int, ok bool) {
	run := strings.Fields(retrieval.NormalPublisher(name))
	terms := analysis.Terms(text)
	folded := make([]string, len(terms))
	for i, t := range terms {
		folded[i] = analysis.Fold(text[t.Start:t.End])
	}
	last := run[max(0, len(run)-1):]
	if len(run) > 0 && (len(last[0]) < leastOutlet || ordinary(analysis.Word(last[0]))) {
		last = nil // "Times", "Post" are of many
	}
	for _, r := range [][]string{run, run[max(0, len(run)-2):], last} {
		if i := findRun(folded, r); len(r) > 0 && i >= 0 {
			return terms[i].Start, terms[i+len(r)-1].End, true
		}
	}
	return 0, 0, false
}

// aboutness returns for each article the share of the terms' weight that it holds,
// a word of the headline or of its first passages counting in full.
func (a *Answerer) aboutness(terms []analysis.Term, articles []*article.Article) []float64 {
	const lead = 4 // passages
	out := make([]float64, len(articles))
	total := 0.0
	for _, t := range terms {
		total += a.lib.IDF(t.Text)
	}
	for i, o := range articles {
		head := termSet(nil, analysis.Terms(o.Title))
		body := map[string]bool{}
		for n, p := range a.lib.Passages(o.ID) {
			if n < lead {
				head = termSet(head, analysis.Terms(p.Text()))
			} else {
				body = termSet(body, analysis.Terms(p.Text()))
			}
		}
		for _, t := range terms {
			switch {
			case head[t.Text]:
				out[i] += a.lib.IDF(t.Text)
			case body[t.Text]:
				out[i] += a.lib.IDF(t.Text) / 2
			}
		}
		if total > 0 {
			out[i] /= total
		}
	}
	return out
}

func originID(a *article.Article) string { return cmp.Or(a.Origin, a.ID) }

// resembling returns the articles whose ids come near to what was asked for.
func (a *Answerer) resembling(err error) []*article.Article {
	var out []*article.Article
	if unknown := (*retrieval.UnknownError)(nil); errors.As(err, &unknown) {
		for _, id := range unknown.Near {
			if o, ok := a.lib.Article(id); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

// nearNamed is how many articles an error names.
const nearNamed = 3

func noArticle(words string, near, all []*article.Article) error {
	switch len(near) {
	case 0:
		return inputErrorf("there is no article %q: there is, for instance, %s", words, strings.Join(labels(all), ", "))
	case 1:
		return inputErrorf("there is no article %q: did you mean %s?", words, labels(near)[0])
	}
	return inputErrorf("there is no article %q: did you mean one of %s?", words, strings.Join(labels(near), ", "))
}

func ambiguous(words string, of []*article.Article) error {
	return inputErrorf("%q may mean several articles: %s; add a word of the title or its id", words, strings.Join(labels(of), ", "))
}

// labels name the first articles as readers know them: an id only where there is no
// title.
func labels(articles []*article.Article) []string {
	var out []string
	for _, o := range articles[:min(nearNamed, len(articles))] {
		name := o.ID
		if o.Title != "" {
			name = strconv.Quote(o.Title)
		}
		out = append(out, name+" ("+sourceLabel(o)+")")
	}
	return out
}
