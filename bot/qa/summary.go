package qa

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// A SummaryRequest asks for a summary of an article, of a topic or of a period, or
// of a topic within an article or a period.
type SummaryRequest struct {
	ID      string
	Topic   string
	Article string // id, file, or a reader's words for it: "the Moscow Times story"
	Since   string // day of publication; "" is open
	Until   string
	Source  string // publisher
	Length  Length // "" is Medium

	Asker
}

func (r SummaryRequest) length() Length { return cmp.Or(r.Length, Medium) }

// A Length is how much a summary tells.
type Length string

const (
	Short  Length = "short"
	Medium Length = "medium"
	Long   Length = "long"
)

// lengths is how many bytes each length has at most: a phone's screen, a message, and
// what an embed of Discord holds with its citations; and how many statements, of a
// topic and of all that an article or a period holds.
var (
	lengths         = map[Length]int{Short: 1300, Medium: 2400, Long: 4000}
	topicStatements = map[Length]int{Short: 5, Medium: 14, Long: 24}
	wholeStatements = map[Length]int{Short: 9, Medium: 18, Long: 30}
)

// Summary writes a summary, by the model if there is one, else from sentences of the
// articles. A topic that speaks of one article ("the Epoch Times story about the
// call") is that article, and the text begins with its title. What the articles don't touch, and a period without articles, is an abstention with what comes nearest. An
// *InputError says what is wrong with the request.
func (a *Answerer) Summary(ctx context.Context, r SummaryRequest) (Answer, error) {
	start, asked := time.Now(), r.subject()
	if r.Topic != "" && r.Article == "" {
		id, err := a.articleMeant(ctx, r.Topic)
		if err != nil {
			return Answer{}, err
		}
		if id != "" {
			r.Topic, r.Article = "", id
		}
	}
	f, n, err := a.summaryBounds(r)
	if err != nil {
		return Answer{}, err
	}
	key := r.asking(SummaryKind, r.Topic, f, nil, r.length())
	ans, err := remember(ctx, a.cache, key, r.Asker, Answer.again, func(ctx context.Context, by Asker) (Answer, bool, error) {
		r.Asker = by
		ans, err := a.summarise(ctx, r, f, n)
		a.showKept(&ans, f)
		return ans, ans.Mode == Model, err
	})
	if err != nil {
		return Answer{}, err
	}
	ans.ID, ans.Question = r.ID, asked
	ans.AsOf = a.lib.Covered().Until
	ans.TookMS = time.Since(start).Milliseconds()
	return ans.complete(), nil
}

// summaryBounds reads the bounds and the length of a request.
func (a *Answerer) summaryBounds(r SummaryRequest) (f retrieval.Filter, sentences int, err error) {
	if r.Topic == "" && r.Article == "" && r.Since == "" && r.Until == "" && r.Source == "" {
		return f, 0, inputErrorf("say what to summarise: a topic, an article or a period")
	}
	if r.Topic != "" {
		if err := CheckText("topic", r.Topic); err != nil {
			return f, 0, err
		}
	}
	sentences, ok := lengths[r.length()]
	if !ok {
		return f, 0, inputErrorf("there is no length %q: it is short, medium or long", r.Length)
	}
	f, err = a.bounds(r.Since, r.Until, r.Source, r.Article)
	return f, sentences, err
}

// subject names what is summarised.
func (r SummaryRequest) subject() string {
	return strings.Join(slices.DeleteFunc([]string{r.Topic, r.Article, r.Source, period(r.Since, r.Until)}, func(s string) bool { return s == "" }), ", ")
}

func period(since, until string) string {
	switch {
	case since == "" && until == "":
		return ""
	case until == "":
		return "since " + since
	case since == "":
		return "until " + until
	}
	return since + " to " + until
}

func (a *Answerer) summarise(ctx context.Context, r SummaryRequest, f retrieval.Filter, n int) (Answer, error) {
	r.Progress.tell(Searching, nil, nil)
	topic, language, translated := a.english(ctx, r.Asker, r.Topic)
	q, units, err := a.material(ctx, topic, f)
	if err != nil {
		return Answer{}, err
	}
	q.language, q.rewrite, q.foreign = language, translated, foreign(topic)
	if len(units) == 0 {
		return a.nothing(ctx, topic, q)
	}
	if topic != "" {
		units = nearest(units, aboutShare[r.length()])
	}
	differ := units
	if len(units) > comparedUnits {
		units = q.weightiest(units, comparedUnits)
	}
	if err := a.compare(ctx, q, units); err != nil {
		return Answer{}, fmt.Errorf("compare sentences: %w", err)
	}
	ans, d, chosen, err := a.writeSummary(ctx, r, q, units, n)
	if err != nil {
		return Answer{}, err
	}
	if ans.Abstained {
		none, err := a.nothing(ctx, r.Topic, q)
		none.Mode, none.Trace = ans.Mode, ans.Trace
		return none, err
	}
	for _, group := range q.differences(differ, chosen) {
		dis := d.sidesOf(group)
		ans.Disagreements = append(ans.Disagreements, dis)
		ans.Text += "\n" + disagreementText(dis, d.citations)
	}
	if o, ok := a.lib.Article(f.Article); ok && topic == "" && o.Title != "" {
		ans.Text = "“" + shown(o.Title) + "”\n" + ans.Text
	}
	ans.Citations = d.citations
	ans.Origins = origins(d.citations)
	return ans, nil
}

// aboutShare is how near to a topic, as a share of the nearest, a sentence must be for
// a summary of a length: what is short tells of nothing else.
var aboutShare = map[Length]float64{Short: 0.6, Medium: 0.5, Long: 0.42}

// nearest leaves out the units that are farther from the topic than a share of the
// nearest.
func nearest(units []*unit, share float64) []*unit {
	most := 0.0
	for _, u := range units {
		most = max(most, u.about)
	}
	return slices.DeleteFunc(slices.Clone(units), func(u *unit) bool { return u.about < share*most })
}

// comparedUnits is how many units are compared with each other; of more, those that
// tell most by their words. To encode 150 sentences takes half a second.
const comparedUnits = 150

// differences returns the figures of the chosen units on which the material differs,
// by what they count and by value.
func (q *digest) differences(units, chosen []*unit) [][][]quantity {
	var all []quantity
	shown := map[spanKey]bool{}
	for _, u := range chosen {
		for _, s := range u.sentences {
			shown[s.key()] = true
		}
	}
	for _, u := range units {
		if !u.figures {
			continue
		}
		for _, s := range u.sentences {
			all = append(all, q.quantities(s)...)
		}
	}
	var out [][][]quantity
	for _, group := range bySubject(all) {
		if !slices.ContainsFunc(group, func(n quantity) bool { return shown[n.key()] }) {
			continue
		}
		if sides := differing(group); sides != nil {
			out = append(out, sides)
		}
	}
	return out
}

// material returns the units that a summary may be made of, and the inquiry by which
// they are read. Without a topic every sentence within the bounds is one.
func (a *Answerer) material(ctx context.Context, topic string, f retrieval.Filter) (*digest, []*unit, error) {
	if topic != "" {
		return a.topicMaterial(ctx, topic, f)
	}
	q := &digest{inquiry: newInquiry(a.lib, "", retrieval.Query{Filter: f})}
	var articles []*article.Article
	for _, o := range a.lib.Articles() {
		if matches(f, o) {
			articles = append(articles, o)
		}
	}
	lead := 0
	if len(articles) > wholeArticles {
		lead = leadPassages
	}
	var units []*unit
	for _, o := range articles {
		units = append(units, a.unitsOf(q.inquiry, o.ID, lead)...)
	}
	q.central(units)
	leads(units)
	return q, a.originals(q, units, len(articles) == 1), nil
}

// Of a period with more articles than wholeArticles only the first passages of each
// are read: news puts the matter first, and 1,000 articles stay within two seconds.
const (
	wholeArticles = 40
	leadPassages  = 4
)

// nothing abstains from a summary: because the period is empty, or because no
// passage is about the topic.
func (a *Answerer) nothing(ctx context.Context, topic string, q *digest) (Answer, error) {
	if topic == "" {
		covered := a.lib.Covered()
		ans := Answer{Abstained: true, Reason: OutsidePeriod, Text: "There are no articles in this period."}
		if covered.Since != "" {
			ans.Text += fmt.Sprintf(" The articles cover %s to %s.", Day(covered.Since), Day(covered.Until))
			for _, o := range a.closest(q.query.Filter) {
				p := a.lib.Passages(o.ID)
				if len(p) == 0 {
					continue
				}
				if _, altered := alters(a.lib, o, p[0].Span); !altered {
					c := cite(p[0], p[0].Start, p[0].End)
					c.Number = len(ans.Nearest) + 1
					ans.Nearest = append(ans.Nearest, c)
				}
			}
		}
		return ans, nil
	}
	ranked, err := a.find(ctx, q.inquiry)
	if err != nil {
		return Answer{}, err
	}
	why := NothingRelevant
	if len(ranked) == 0 && len(q.query.Filter.Published) > 0 {
		why = OutsidePeriod
	}
	return a.abstain(ctx, q.inquiry, why, ranked, 0)
}

// closest returns the articles published nearest to a period, at most nearestShown.
func (a *Answerer) closest(f retrieval.Filter) []*article.Article {
	var all []*article.Article
	away := map[*article.Article]int{}
	for _, o := range a.lib.Articles() {
		if o.Published == "" {
			continue
		}
		all = append(all, o)
		for i, r := range f.Published {
			if d := daysOutside(r.Since, r.Until, o.Published); i == 0 || d < away[o] {
				away[o] = d
			}
		}
	}
	slices.SortStableFunc(all, func(x, y *article.Article) int { return cmp.Compare(away[x], away[y]) })
	return all[:min(nearestShown, len(all))]
}

// daysOutside counts the days from a day to the nearer end of a period; 0 inside.
func daysOutside(since, until, day string) int {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	gap := 0
	if s, err := time.Parse(time.DateOnly, since); err == nil && at.Before(s) {
		gap = int(s.Sub(at).Hours() / 24)
	}
	if u, err := time.Parse(time.DateOnly, until); err == nil && at.After(u) {
		gap = int(at.Sub(u).Hours() / 24)
	}
	return gap
}
