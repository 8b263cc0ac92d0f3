package qa

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// answer finds the evidence and writes the answer from it, or abstains. Several
// questions of one message are answered one by one where no model writes: there is none,
// it fails, or it isn't asked since the articles don't answer them all in one.
func (a *Answerer) answer(ctx context.Context, asked Question, f retrieval.Filter) (Answer, error) {
	asked.Progress.tell(Searching, nil, nil)
	questions := parts(asked.Text)
	if a.writer == nil && len(questions) > 1 {
		return a.answerParts(ctx, asked, f, questions)
	}
	e, err := a.consider(ctx, asked, f, false)
	if err != nil {
		return Answer{}, err
	}
	if e.q.language != "" {
		questions = nil // what was searched for is the model's text, which is never shown
	}
	var ans Answer
	switch {
	case e.reason == "":
		ans, err = a.compose(ctx, asked, f, e, questions)
	case len(questions) > 1:
		ans, err = a.answerParts(ctx, asked, f, questions)
	default:
		ans, err = a.abstain(ctx, e.q, e.reason, e.ranked, e.sure)
	}
	ans.Trace = joined(e.q.rewrite, ans.Trace)
	return ans, err
}

// A considered question has its evidence, best first, and whether that answers.
type considered struct {
	q      *inquiry
	ranked []*sentence
	sure   float64
	reason Reason // "" if it answers
}

// consider finds the evidence for a question and judges it. A joined question goes on
// with the turn before it.
func (a *Answerer) consider(ctx context.Context, asked Question, f retrieval.Filter, joined bool) (considered, error) {
	q, err := a.inquire(ctx, asked, f, joined)
	if err != nil {
		return considered{}, err
	}
	ranked, err := a.find(ctx, q)
	if err != nil {
		return considered{}, err
	}
	if q.periodOnly() {
		ranked = q.ofPeriod(ranked)
	}
	sure := q.confidence(ranked)
	return considered{q, ranked, sure, q.abstains(ranked, sure)}, nil
}

// inquire makes the question ready: its times and outlet read, a follow-up
// completed from the turns before it.
func (a *Answerer) inquire(ctx context.Context, asked Question, f retrieval.Filter, joined bool) (*inquiry, error) {
	text := essence(asked.Text)
	follow, alien := len(asked.History) > 0 && (joined || followsUp(text)), foreign(text)
	language := ""
	var rewrite *Trace
	var lost time.Duration
	if follow || alien {
		began := time.Now()
		m, ok := a.standalone(ctx, asked.Asker, text, asked.History)
		rewrite = m.trace
		if ok {
			_, err := a.lib.Query(m.Text, f, "")
			ok = err == nil // a day that doesn't exist is the model's, not the asker's
		}
		if ok {
			text, language, follow, alien = m.Text, m.Language, false, false
			if r := (dates.Range{Since: m.Since, Until: m.Until}); !r.IsZero() && len(f.Published) == 0 {
				f.Published = []dates.Range{r}
			}
		} else {
			lost = time.Since(began)
		}
	}
	alone := false
	if follow {
		text, alone = a.completed(text, asked.History)
	}
	query, err := a.lib.Query(text, f, "")
	if err != nil {
		return nil, inputErrorf("the question names a day that does not exist: %v", err)
	}
	if follow && !alone {
		whole, more := a.withContext(text, asked.History)
		for _, t := range more {
			if a.lib.Known(t.Text) && !slices.ContainsFunc(query.Terms, func(o retrieval.QueryTerm) bool { return o.Text == t.Text }) {
				query.Terms = append(query.Terms, t)
			}
		}
		query.Text = whole
	}
	q := newInquiry(a.lib, text, query)
	q.foreign, q.language, q.rewrite, q.lost = alien, language, rewrite, lost
	q.continues(asked.History, followsUp(essence(asked.Text)))
	return q, nil
}

// abstains returns why the sentences don't answer, "" if they do.
func (q *inquiry) abstains(ranked []*sentence, sure float64) Reason {
	if len(ranked) == 0 {
		if len(q.query.Filter.Published) > 0 || q.periodOnly() {
			return OutsidePeriod
		}
		return NothingRelevant
	}
	if q.outcome() || !q.query.After.IsZero() && (q.past() || !q.tells(ranked, q.query.After)) {
		return OutsidePeriod
	}
	if q.contradiction(ranked) != nil {
		return FalsePremise
	}
	if q.unnamed() || len(q.counted) > 0 && !counts(ranked) {
		return NotStated
	}
	bar := confidenceModel.bar
	if !q.aligned {
		bar = wordConfidenceModel.bar
	}
	least := bar
	if q.last != nil {
		least *= followUpBar
	}
	if sure >= least {
		if q.vacant(ranked) || q.last == nil && (q.namesApart(ranked, sure/bar) || sure < unsure*bar && q.namesAlone(ranked)) {
			return NotStated
		}
		return ""
	}
	if q.periodOnly() {
		return ""
	}
	return q.whyNot(ranked[0])
}

// whyNot tells apart the reasons of an abstention, which is decided already. A question
// that names whom or what the articles speak of is never called off their topic.
func (q *inquiry) whyNot(best *sentence) Reason {
	known := false
	for _, t := range q.terms {
		known = known || q.names[t.Text] && q.lib.Known(t.Text)
	}
	far := best.x[fMaxSim] < near
	switch {
	case !known && far && q.unknown >= strange:
		return OffTopic
	case !known && far && best.x[fAround] < 1-strange, best.x[fNamesAround] == 0:
		return NothingRelevant
	}
	return NotStated
}

// followUpBar lowers the bar for a turn that goes on with the one before: it has few
// words of its own that evidence could hold.
const followUpBar = 0.7

// periodOnly reports whether a question names a time and nothing else: "What
// happened in April?"
func (q *inquiry) periodOnly() bool {
	if len(q.query.Events) == 0 || len(q.query.Terms) == 0 {
		return false
	}
	for _, t := range q.terms {
		inside := slices.ContainsFunc(q.query.Events, func(m dates.Mention) bool { return m.Start <= t.Start && t.End <= m.End })
		if !inside && !t.Stop && !vagueWords[t.Text] {
			return false
		}
	}
	return true
}

var vagueWords = formSet("happen happened go going event events news report reported week day month date crisis")

// ofPeriod keeps the sentences that tell of the time asked about, those that name
// it before others of the reports printed then.
func (q *inquiry) ofPeriod(ranked []*sentence) []*sentence {
	var named, printed []*sentence
	for _, s := range ranked {
		within := func(r dates.Range) bool {
			return slices.ContainsFunc(q.query.Events, func(m dates.Mention) bool { return !m.Range.IsZero() && m.Range.Overlaps(r) })
		}
		e, dated := dates.Event(s.text(), s.Article.Published)
		switch {
		case dated && e.Precision <= dates.Month && within(e.Range):
			named = append(named, s)
		case s.Article.Published != "" && within(dates.Range{Since: s.Article.Published, Until: s.Article.Published}):
			printed = append(printed, s)
		}
	}
	return append(named, printed...)
}

// What tells apart the reasons of an abstention, which is decided already: most of
// the question's weight unknown, and no sentence near it in meaning.
const (
	strange = 0.6
	near    = 0.5
)

// tells reports whether one of the best sentences itself speaks of a time in r.
func (q *inquiry) tells(ranked []*sentence, r dates.Range) bool {
	for _, s := range ranked[:min(maxStatements, len(ranked))] {
		for _, m := range dates.Find(s.text(), dates.Anchor{Day: s.Article.Published}) {
			if !m.Vague && !m.Modifier && m.Precision <= dates.Month && m.Range.Overlaps(r) {
				return true
			}
		}
	}
	return false
}

// past reports whether the question asks what has happened. Articles can tell of
// plans for a time after them, but not what came of them.
func (q *inquiry) past() bool {
	for _, t := range q.terms {
		if pastWords[analysis.Fold(q.text[t.Start:t.End])] {
			return true
		}
	}
	return false
}

var pastWords = wordSet("did was were had happened came went won lost said began ended fell took became")

// unnamed reports whether the question names with a capital what no article
// mentions.
func (q *inquiry) unnamed() bool {
	for i, t := range q.terms {
		if t.Capital && !t.Stop && i > 0 && !timeWords[t.Text] && q.weight[t.Text] > 0 && !q.lib.Known(t.Text) && len(analysis.Metonyms(t.Text)) == 0 {
			return true
		}
	}
	return false
}

// counts reports whether one of the best sentences holds a figure at all.
func counts(ranked []*sentence) bool {
	for _, s := range ranked[:min(maxStatements, len(ranked))] {
		if s.x[fTyped] >= 0 {
			return true
		}
	}
	return false
}

// presupposing words open questions that take their matter for granted.
var presupposing = [][]string{{"why"}, {"how", "come"}, {"what", "make"}, {"how", "did"}, {"how", "has"}, {"when", "did"}, {"when", "does"}}

// replyVerbs are those of questions that take nothing for granted but what they ask
// of: "How did the Kremlin respond?"
var replyVerbs = formSet("respond react answer reply")

// contradiction returns the sentence, of those that fit best, that denies what a
// question takes for granted: one of the two is negated and the other is not, or the
// sentence says the opposite of the question's verb about the same name. It is nil
// if there is none, or if the best sentence tells the time or the reason asked for.
func (q *inquiry) contradiction(ranked []*sentence) *sentence {
	folded := make([]string, len(q.terms))
	for i, t := range q.terms {
		folded[i] = t.Text
		if replyVerbs[t.Text] {
			return nil
		}
	}
	if !slices.ContainsFunc(presupposing, func(run []string) bool { return findRun(folded, run) >= 0 }) {
		return nil
	}
	best := ranked[0]
	if q.expect == expectTime && best.x[fTyped] > 0 && best.x[fCover] >= opposedCover {
		return nil
	}
	if best.x[fMaxSim] >= sameMatter && negated(q.terms, nil) != negated(best.terms, q.weight) {
		return best
	}
	for _, s := range ranked[:min(contradictors, len(ranked))] {
		if q.opposes(s) {
			return s
		}
	}
	return nil
}

// contradictors is how many of the best sentences may contradict the question.
const contradictors = 6

// opposes reports whether a sentence says the opposite of a word of the question
// that it lacks, and shares a name with the question.
func (q *inquiry) opposes(s *sentence) bool {
	if len(q.names) > 0 && !slices.ContainsFunc(s.terms, func(t analysis.Term) bool { return q.names[t.Text] }) {
		return false
	}
	for _, t := range q.terms {
		if t.Stop || s.held[t.Text] {
			continue
		}
		for _, o := range s.terms {
			if analysis.Opposites(t.Text)[o.Text] && s.x[fCover]+s.x[fAlike] >= opposedCover*(1-q.weight[t.Text]) {
				return true
			}
		}
	}
	return false
}

// opposedCover is the share of the question's other weight that a sentence holds at
// least where it tells the opposite.
const opposedCover = 0.4

// sameMatter is the MaxSim from which a sentence is about what the question tells,
// not only about its subject. On the own set it is above .65 for the evidence of
// three answerable questions of four.
const sameMatter = 0.58

// answerFrom makes the answer from the sentences chosen.
func (q *inquiry) answerFrom(ranked []*sentence, sure float64) Answer {
	var d draft
	ans := Answer{Confidence: sure}
	ans.Disagreements = q.write(&d, ranked, maxStatements)
	ans.finish(&d)
	return ans
}

// write adds the sentences chosen, at most so many, to a draft and returns in which
// figures the reports disagree.
func (q *inquiry) write(d *draft, ranked []*sentence, most int) []Disagreement {
	chosen := q.choose(ranked)
	chosen = chosen[:min(most, len(chosen))]
	about, sides := q.disagreements(ranked, chosen)
	for _, s := range chosen {
		d.add(q, s)
	}
	if len(sides) == 0 {
		return nil
	}
	dis := Disagreement{About: about}
	for _, side := range sides {
		if !slices.ContainsFunc(chosen, func(s *sentence) bool { return s.key() == side.key() }) {
			d.add(q, side.sentence)
			chosen = append(chosen, side.sentence)
		}
		dis.Sides = append(dis.Sides, Side{Value: side.text, Citations: []int{d.numberOf(side)}})
	}
	return []Disagreement{dis}
}

// finish writes a draft out.
func (ans *Answer) finish(d *draft) {
	ans.Statements, ans.Citations = d.statements, d.citations
	ans.Origins = origins(d.citations)
	ans.Text = d.text()
	for _, dis := range ans.Disagreements {
		ans.Text += "\n" + disagreementText(dis, d.citations)
	}
}

// numberOf returns the citation that shows a figure; one is added if none does.
func (d *draft) numberOf(n quantity) int {
	for _, c := range d.citations {
		if c.ArticleID == n.Article.ID && c.Start <= n.span.Start && n.span.End <= c.End {
			return c.Number
		}
	}
	return d.cite(n.sentence, n.sentence.span)
}

func disagreementText(d Disagreement, citations []Citation) string {
	parts := make([]string, len(d.Sides))
	for i, s := range d.Sides {
		parts[i] = fmt.Sprintf("%s [%d]", s.Value, s.Citations[0])
	}
	about := d.About
	if !strings.HasPrefix(about, theDateOf) && !strings.HasPrefix(about, theNumberOf) {
		about = theNumberOf + about
	}
	return fmt.Sprintf("The reports differ on %s: %s.", about, strings.Join(parts, " against "))
}

// correctedFirst puts the sentence that corrects a false premise first.
func (q *inquiry) correctedFirst(ranked []*sentence, why Reason) []*sentence {
	if why != FalsePremise {
		return ranked
	}
	c := q.contradiction(ranked)
	if c == nil || c == ranked[0] {
		return ranked
	}
	out := []*sentence{c}
	for _, s := range ranked {
		if s != c {
			out = append(out, s)
		}
	}
	return out
}

// abstain says that the articles don't say, why, and what comes nearest.
func (a *Answerer) abstain(ctx context.Context, q *inquiry, why Reason, ranked []*sentence, sure float64) (Answer, error) {
	ans := Answer{Abstained: true, Reason: why, Confidence: sure}
	if len(ranked) == 0 && why == OutsidePeriod {
		// Nothing in the period: what comes nearest lies outside it.
		wide := *q
		wide.query.Filter.Published = nil
		var err error
		if ranked, err = a.find(ctx, &wide); err != nil {
			return Answer{}, err
		}
	}
	var chosen []*sentence
	if why != OffTopic && len(ranked) > 0 {
		chosen = q.choose(q.correctedFirst(ranked, why))
		for i, s := range chosen {
			c := cite(s.Passage, s.span.Start, s.span.End)
			c.Number = i + 1
			ans.Nearest = append(ans.Nearest, c)
		}
	}
	covered := a.lib.Covered()
	var period string
	if covered.Since != "" {
		period = fmt.Sprintf(" They cover %s to %s.", Day(covered.Since), Day(covered.Until))
	}
	switch {
	case q.foreign && (why == NotStated || why == NothingRelevant):
		ans.Text = "The articles don't say, as far as the words that I can match tell." + period
	case why == OutsidePeriod:
		ans.Text = "The articles don't say: the question is about a time that they don't cover." + period
	case (why == NotStated || why == NothingRelevant) && q.withholds() != "":
		ans.Text = "The articles don't say in words that can be cited. " + q.withholds() + period
	case why == NotStated:
		ans.Text = "The articles don't say: none of them states this." + period
	case why == FalsePremise:
		ans.Text = "The articles don't say so: what comes nearest tells it differently." + period
	case why == OffTopic:
		ans.Text = "The articles don't say: this is not something that they report on."
	default:
		ans.Text = "The articles don't say: no passage is about this." + period
	}
	if why == FalsePremise && len(chosen) > 0 {
		var d draft
		d.add(q, chosen[0])
		ans.Text += " " + sourceLabel(chosen[0].Article) + ": " + d.statements[0].Text
	}
	if q.foreign {
		ans.Text += " " + matchedAlone
	}
	return ans, nil
}

// matchedAlone says how a question in another language was searched for without a model.
const matchedAlone = "The question was matched by names, numbers and dates alone: the articles are in English. Ask in English to find more."

// nearestShown is how many articles or passages stand in for what the articles
// don't say.
const nearestShown = 3
