package qa

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// An assertion is a statement made ready for comparing sentences with it.
type assertion struct {
	*inquiry
	self    *sentence // the statement itself, read as a sentence of its own
	times   []dates.Mention
	figures []figure
	names   []name
	said    []utterance
	denied  map[string]bool // content terms in the scope of a negation
	// predicates are the content terms in lower case: what is said of somebody.
	predicates map[string]bool
	verb       string      // the first of them after the subject, if it is no verb of saying
	known      dates.Range // days that the articles cover
	deeds      []deed
	people     map[string]string   // of which country somebody is, in the articles found
	offices    map[string]office   // what the statement says that somebody is, by surname
	held       map[string][]office // what the articles found say that people are
}

// newAssertion reads a statement. The times in it are those of the event, but for
// one that names a report ("the April article"); an outlet that is named is where the
// sentences are looked for.
func (a *Answerer) newAssertion(text string, f retrieval.Filter) *assertion {
	known := a.lib.Covered()
	query := retrieval.Query{Text: text, Filter: f, Limit: candidatePassages}
	if asked := dates.Window(text, known, ""); asked.Err == nil && len(asked.Published) > 0 {
		query.Filter.Published = append(query.Filter.Published, asked.Published...)
		text = asked.Words
	}
	if named, err := a.lib.Query(text, f, ""); err == nil && f.Publisher == "" && named.Filter.Publisher != "" {
		query.Filter.Publisher, text = named.Filter.Publisher, named.Text
	}
	text = (&inquiry{lib: a.lib}).asPrinted(text)
	text = onTheClock(active(saidBy(text, a.lib.IsName), a.lib.IsName))
	query.Text, query.Terms = text, a.lib.Terms(text)
	as := &assertion{inquiry: newInquiry(a.lib, text, query), known: known}
	own := &article.Article{Text: text, Published: as.known.Until}
	span := article.Span{Start: 0, End: len(text)}
	as.self = &sentence{
		Passage: &retrieval.Passage{Passage: article.Passage{Span: span, Sentences: []article.Span{span}}, Article: own},
		span:    span, terms: as.terms,
	}
	as.times = dates.Find(text, dates.Anchor{Day: as.known.Until, First: as.known.Since})
	as.figures = slices.DeleteFunc(as.figuresOf(text, as.terms, as.times), func(f figure) bool { return f.known(as.terms) })
	as.names = as.namesOf(text, as.terms, as.times)
	as.said = as.utterances(as.self)
	as.denied = denials(as.terms, text)
	as.predicates = map[string]bool{}
	for _, t := range as.terms {
		if !t.Stop && !t.Capital && !t.Number && !inMention(as.times, t) {
			as.predicates[t.Text] = true
		}
	}
	as.verb = as.mainVerb()
	as.offices = as.inquiry.offices(text, as.terms, as.names)
	return as
}

// mainVerb returns the first verb after the first name that tells what is done, or ""
// if that is one of saying.
func (as *assertion) mainVerb() string {
	if len(as.names) == 0 {
		return ""
	}
	c := newClause(as.text, as.terms)
	for i, t := range as.terms {
		if i <= as.names[0].last || !c.finite(i) || persons[t.Text] {
			continue
		}
		if officeFields[t.Text] != "" || t.Text == "deputi" || strings.HasPrefix(c.gap(i-1), "'s") || strings.HasPrefix(c.gap(i-1), "’s") {
			continue // Russia's deputy foreign minister
		}
		if t.Stop || t.Capital || t.Number || refusals[t.Text] || inMention(as.times, t) {
			continue
		}
		if sayingVerbs[t.Text] || speechVerbs[t.Text] {
			return ""
		}
		if lightVerbs[t.Text] {
			continue
		}
		return t.Text
	}
	return ""
}

// lightVerbs tell little: "hold a meeting" is to meet.
var lightVerbs = formSet("hold take make have give get put go come do set cost")

// speechVerbs tell that somebody spoke, not what was said.
var speechVerbs = formSet("speak talk mention tell say discuss")

// evidenceFor returns the sentences that bear most of a statement, best first.
func (a *Answerer) evidenceFor(ctx context.Context, text string, f retrieval.Filter) (*assertion, []*sentence, error) {
	as := a.newAssertion(text, f)
	hits, err := a.lib.Search(ctx, as.query)
	if err != nil {
		return nil, nil, fmt.Errorf("search: %w", err)
	}
	all, err := a.weighed(ctx, as.inquiry, hits)
	if err != nil {
		return nil, nil, err
	}
	for _, s := range all {
		s.score = as.bearing(s)
		if s.Article.Quality != "" {
			s.score -= garbledLess
		}
		if originOf(s) != s.Article.ID {
			s.score -= copyLess
		}
	}
	slices.SortStableFunc(all, func(a, b *sentence) int { return cmp.Compare(b.score, a.score) })
	all = as.unaltered(all)
	if err := as.readParties(ctx, all); err != nil {
		return nil, nil, err
	}
	return as, all, nil
}

// How many people of the best sentences are looked up, and in how many passages each.
const (
	peopleLooked = 16
	peopleFound  = 24
)

// readParties looks up of which country the people of the statement and of the best
// sentences are and which office they hold, and reads with that who does what in the
// statement.
func (as *assertion) readParties(ctx context.Context, ranked []*sentence) error {
	var heads []string
	add := func(names []name) {
		for _, n := range names {
			if len(heads) < peopleLooked && len(analysis.Metonyms(n.head)) == 0 && as.lib.IsName(n.head) && !slices.Contains(heads, n.head) {
				heads = append(heads, n.head)
			}
		}
	}
	add(as.names)
	for _, s := range ranked[:min(evidenceLooked, len(ranked))] {
		add(as.namesOf(s.text(), s.terms, nil))
	}
	var passages []*retrieval.Passage
	for _, head := range heads {
		hits, err := as.lib.Search(ctx, retrieval.Query{Terms: []retrieval.QueryTerm{{Text: head, Weight: 1}}, Limit: peopleFound})
		if err != nil {
			return fmt.Errorf("look up who is named: %w", err)
		}
		for _, h := range hits {
			if !slices.Contains(passages, h.Passage) {
				passages = append(passages, h.Passage)
			}
		}
	}
	as.people = as.peopleOf(passages)
	as.held = as.profile(passages)
	as.deeds = newClause(as.text, as.terms).deeds(as.people)
	return nil
}

// What a garbled sentence or one of a copy is put behind, in shares of bearing, so
// that the same said plainly comes first.
const (
	garbledLess = 0.02
	copyLess    = 0.05
)

// bearing is the chance, in (0, 1), that a sentence belongs to the evidence for the
// statement: logistic models fitted on wice/dev, where in five-fold
// cross-validation the sentences picked by them have F1 .66 with an encoder and .64
// without.
func (as *assertion) bearing(s *sentence) float64 {
	if !as.aligned {
		return logit(-3.4 + 8.1*s.x[fCover] + 1.9*as.figureShare(s))
	}
	return logit(-4.3 + 4.8*s.x[fCover] + 4.0*s.x[fMaxSim] + 1.9*as.figureShare(s))
}

func logit(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// figureShare is the share of the statement's numbers that a sentence holds, 0 if
// there are none.
func (as *assertion) figureShare(s *sentence) float64 {
	want, have := map[string]bool{}, map[string]bool{}
	for _, t := range as.terms {
		if t.Number {
			want[t.Text] = true
		}
	}
	for _, t := range s.terms {
		have[t.Text] = true
	}
	if len(want) == 0 {
		return 0
	}
	return as.share(want, have)
}

// Of the sentences of an article, those are evidence that bear at least evidenceShare
// of what the best bears, and evidenceLeast, at most evidenceMost of them: the best
// values on wice/dev, where two thirds of the claims have one or two such sentences.
const (
	evidenceShare = 0.7
	evidenceLeast = 0.15
	evidenceMost  = 3
)

// Evidence returns the sentences of the articles that bear a claim, best first, at
// least one where any passage fits, and how much of the claim they bear, in [0, 1]:
// comparable between claims.
func (a *Answerer) Evidence(ctx context.Context, c CheckRequest) ([]Citation, float64, error) {
	if err := CheckText("claim", c.Text); err != nil {
		return nil, 0, err
	}
	f, err := a.bounds(c.Since, c.Until, c.Source, c.Article)
	if err != nil {
		return nil, 0, err
	}
	as, ranked, err := a.evidenceFor(ctx, c.Text, f)
	if err != nil {
		return nil, 0, err
	}
	var out []Citation
	for i, s := range ranked[:min(evidenceMost, len(ranked))] {
		if i > 0 && (s.score < evidenceShare*ranked[0].score || s.score < evidenceLeast) {
			break
		}
		c := cite(s.Passage, s.span.Start, s.span.End)
		c.Number = i + 1
		out = append(out, c)
	}
	return out, as.supportOf(ranked), nil
}

// supportLooked is how many sentences together may support a claim.
const supportLooked = 6

// supportOf is the share of the statement's weight that its best sentences hold
// together, with how near in meaning the nearest is.
func (as *assertion) supportOf(ranked []*sentence) float64 {
	held := map[string]bool{}
	near := 0.0
	for _, s := range ranked[:min(supportLooked, len(ranked))] {
		for t := range s.held {
			held[t] = true
		}
		near = max(near, s.x[fMaxSim])
	}
	cover := 0.0
	for t := range held {
		cover += as.weight[t]
	}
	if !as.aligned {
		return cover
	}
	return (cover + near) / 2
}

// around returns the terms that a sentence is read with: those of its passage, of
// the two sentences before it and of its headline.
func (as *assertion) context(s *sentence) map[string]bool {
	set := termSet(nil, analysis.Terms(s.Passage.Text()))
	for _, b := range as.before(s, 2) {
		set = termSet(set, b.terms)
	}
	return termSet(set, analysis.Terms(s.Article.Title))
}
