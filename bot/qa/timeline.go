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
	"crisisbot/retrieval/dates"
)

// A TimelineRequest asks for the dated events of a topic, or of everything.
type TimelineRequest struct {
	ID      string
	Topic   string // "" is everything
	Since   string // day of the event, not of publication; "" is open
	Until   string
	Source  string // publisher
	Article string // id, file, or a reader's words for it
	Limit   int    // events; 0 is maxEvents

	Asker
}

// maxEvents is how many events a timeline shows where it is not told otherwise.
const maxEvents = 60

// Timeline lists events with their own dates, oldest first, each cited; what several
// reports tell is one event. An event whose day no article tells is left out: the day
// of a report is never taken for the day of what it tells. Statement.Date is the date
// in the precision told: a day, month or year.
func (a *Answerer) Timeline(ctx context.Context, r TimelineRequest) (Answer, error) {
	start := time.Now()
	if r.Topic != "" {
		if err := CheckText("topic", r.Topic); err != nil {
			return Answer{}, err
		}
	}
	if r.Limit < 0 {
		return Answer{}, inputErrorf("a timeline of %d events can't be made: ask for 1 or more", r.Limit)
	}
	window, err := parseWindow(r.Since, r.Until)
	if err != nil {
		return Answer{}, err
	}
	f, err := a.bounds("", "", r.Source, r.Article)
	if err != nil {
		return Answer{}, err
	}
	key := r.asking(TimelineKind, r.Topic, f, nil, window, r.Limit)
	ans, err := remember(ctx, a.cache, key, r.Asker, Answer.again, func(ctx context.Context, by Asker) (Answer, bool, error) {
		r.Asker = by
		ans, err := a.timeline(ctx, r, f, window)
		return ans, ans.Mode == Model, err
	})
	if err != nil {
		return Answer{}, err
	}
	ans.ID, ans.Question = r.ID, strings.Join(slices.DeleteFunc([]string{r.Topic, r.Article, r.Source, period(r.Since, r.Until)}, func(s string) bool { return s == "" }), ", ")
	ans.AsOf = a.lib.Covered().Until
	ans.TookMS = time.Since(start).Milliseconds()
	return ans.complete(), nil
}

func (a *Answerer) timeline(ctx context.Context, r TimelineRequest, f retrieval.Filter, window dates.Range) (Answer, error) {
	r.Progress.tell(Searching, nil, nil)
	topic, language, translated := a.english(ctx, r.Asker, r.Topic)
	q, units, err := a.timelineMaterial(ctx, topic, f)
	if err != nil {
		return Answer{}, err
	}
	units = slices.DeleteFunc(units, func(u *unit) bool {
		_, altered := u.alters(a.lib)
		return altered
	})
	q.language, q.rewrite, q.foreign = language, translated, foreign(topic)
	return a.tellEvents(ctx, r, q, units, window)
}

func (a *Answerer) timelineMaterial(ctx context.Context, topic string, f retrieval.Filter) (*digest, []*unit, error) {
	if topic != "" {
		return a.topicUnits(ctx, topic, f)
	}
	q := &digest{inquiry: newInquiry(a.lib, "", retrieval.Query{Filter: f})}
	var units []*unit
	for _, o := range a.lib.Articles() {
		if matches(f, o) {
			units = append(units, a.unitsOf(q.inquiry, o.ID, 0)...)
		}
	}
	return q, units, nil
}

func (a *Answerer) tellEvents(ctx context.Context, r TimelineRequest, q *digest, units []*unit, window dates.Range) (Answer, error) {
	if len(units) == 0 {
		return a.nothing(ctx, r.Topic, q)
	}
	all := merge(q.events(units))
	inside := slices.DeleteFunc(slices.Clone(all), func(e *event) bool { return !e.Range.Overlaps(window) })
	if len(inside) == 0 {
		return noEvents(r, all, window), nil
	}
	inside = foremost(inside, cmp.Or(r.Limit, maxEvents))
	words, trace, err := a.wordEvents(ctx, r, q, inside)
	if stopped(ctx) {
		return Answer{}, ctx.Err()
	}
	var d draft
	var lines []string
	for _, e := range inside {
		d.addEvent(q.inquiry, e)
		st := &d.statements[len(d.statements)-1]
		if k, ok := words[e]; ok {
			d.reword(st, k, q.sentenceOf)
		}
		line := "- " + e.when() + ": " + st.Text
		for _, n := range st.Citations {
			line += fmt.Sprintf(" [%d]", n)
		}
		lines = append(lines, line)
	}
	ans := Answer{Statements: d.statements, Citations: d.citations, Text: strings.Join(lines, "\n"), Origins: origins(d.citations)}
	ans.howTold(q.answered(), words, len(inside), joined(q.rewrite, trace), err)
	return ans, nil
}

// addEvent writes an event as a statement that cites every report of it.
func (d *draft) addEvent(q *inquiry, e *event) {
	d.addUnit(q, e.unit)
	st := &d.statements[len(d.statements)-1]
	st.Date = e.label()
	if e.words != "" {
		st.Text = e.words
	}
	for _, u := range e.also {
		for _, s := range u.sentences {
			if n := d.cite(s, s.span); !slices.Contains(st.Citations, n) {
				st.Citations = append(st.Citations, n)
			}
		}
	}
}

// noEvents abstains and shows the events nearest to the time asked about.
func noEvents(r TimelineRequest, all []*event, window dates.Range) Answer {
	ans := Answer{Abstained: true, Reason: OutsidePeriod, Text: "The articles date no event in this time."}
	if len(all) == 0 {
		ans.Reason, ans.Text = NotStated, "The articles give no date for this."
		return ans
	}
	near := slices.Clone(all)
	slices.SortStableFunc(near, func(x, y *event) int {
		return cmp.Compare(daysOutside(window.Since, window.Until, x.Range.Since), daysOutside(window.Since, window.Until, y.Range.Since))
	})
	for _, e := range near[:min(nearestShown, len(near))] {
		s := e.dated
		c := cite(s.Passage, s.span.Start, s.span.End)
		c.Number = len(ans.Nearest) + 1
		ans.Nearest = append(ans.Nearest, c)
	}
	ans.Text += fmt.Sprintf(" What they date lies between %s and %s.", all[0].when(), all[len(all)-1].when())
	return ans
}

// matches reports whether an article passes a filter.
func matches(f retrieval.Filter, o *article.Article) bool {
	return f.Match(retrieval.Place{Article: o.ID, Publisher: retrieval.NormalPublisher(o.Publisher), Published: o.Published})
}
