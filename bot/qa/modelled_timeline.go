package qa

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"crisisbot/retrieval"
	"crisisbot/retrieval/dates"
)

// wordEvents has the model tell the events of a timeline in its own words. Which
// events there are, their days and their order are the code's: a statement is of the
// event whose dated sentence it cites, and one of no event is dropped. The events
// that are missing keep the sentence of their article, as all do where the error is
// not nil.
func (a *Answerer) wordEvents(ctx context.Context, r TimelineRequest, q *digest, events []*event) (map[*event]checkedStatement, *Trace, error) {
	if a.writer == nil {
		return nil, nil, ErrNoModel
	}
	ctx, cancel := context.WithTimeout(ctx, a.modelTime)
	defer cancel()
	task := a.task(modelTimeline, r.Asker, r.Topic, q.language)
	var units []*unit
	for _, e := range events {
		units = append(units, e.unit)
	}
	m := unitManifest(a.lib, units)
	if len(m) == 0 {
		return nil, nil, ErrNoModel
	}
	task.most = 2 * stepSize
	groups, err := a.writer.groups(m, task)
	if err != nil {
		return nil, nil, err
	}
	drafts, err := a.writer.eachGroup(ctx, groups, task)
	var trace *Trace
	words := map[*event]checkedStatement{}
	var shown []Statement
	for i := range drafts {
		d := &drafts[i]
		for _, k := range d.kept {
			e, why := eventOf(events, k)
			if e != nil && words[e].Text == "" {
				words[e] = k
				shown = append(shown, k.Statement)
			} else if e == nil {
				d.Drops = append(d.Drops, Drop{Draft{Text: k.Text, Date: k.Date, Citations: k.from}, FaultDate, why})
			}
		}
		trace = joined(trace, &d.Trace)
	}
	if err == nil && len(words) == 0 {
		err = ErrNothingLeft
	}
	if err != nil {
		trace.Failure = err.Error()
		return nil, trace, err
	}
	r.Progress.tell(Checking, shown, nil)
	return words, trace, nil
}

// eventOf returns the event that a statement tells: one whose dated sentence it cites
// first. Of several dates in that sentence it is the one that the statement gives. It
// returns nil, and why, where the statement can't be given a day by that.
func eventOf(events []*event, k checkedStatement) (*event, string) {
	var of []*event
	first := k.cited[0]
	for _, e := range events {
		if s := e.dated; s.Article.ID == first.ArticleID && first.Start < s.span.End && s.span.Start < first.End {
			of = append(of, e)
		}
	}
	if len(of) == 0 {
		return nil, "the sentence that it cites tells of no event with a date"
	}
	told := dates.Find(k.Text, dates.Anchor{Day: of[0].dated.Article.Published})
	agrees := func(e *event) bool {
		return slices.ContainsFunc(told, func(m dates.Mention) bool { return m.Range == e.Range || checkDate{m}.bears(checkDate{e.Mention}) })
	}
	if len(told) > 0 {
		if i := slices.IndexFunc(of, agrees); i >= 0 {
			return of[i], ""
		}
		return nil, "the sentence that it cites gives another date"
	}
	if i := slices.IndexFunc(of, func(e *event) bool { return e.label() == k.Date }); i >= 0 {
		return of[i], ""
	}
	if len(of) == 1 {
		return of[0], ""
	}
	return nil, "the sentence that it cites gives several dates"
}

// reword puts the words of the model in the place of an event's sentence. The event
// keeps its day and its citations, and has those of the words too.
func (d *draft) reword(st *Statement, k checkedStatement, sentences func(Citation) *sentence) {
	st.Text, st.Speaker, st.Stance = k.Text, k.Speaker, k.Stance
	for _, c := range k.cited {
		if s := sentences(c); s != nil {
			if n := d.cite(s, s.span); !slices.Contains(st.Citations, n) {
				st.Citations = append(st.Citations, n)
			}
		}
	}
}

// sentenceOf returns the sentence that a citation quotes or begins in, nil if its
// article is gone.
func (q *inquiry) sentenceOf(c Citation) *sentence {
	for _, p := range q.lib.Passages(c.ArticleID) {
		if i := sentenceAt(p, c.Start); i >= 0 {
			return plainSentence(p, i)
		}
	}
	return nil
}

// sentenceAt returns the sentence of a passage that holds a byte of the article, -1 if
// none does.
func sentenceAt(p *retrieval.Passage, at int) int {
	for i, s := range p.Sentences {
		if s.Start <= at && at < s.End {
			return i
		}
	}
	return -1
}

// howTold says in the answer who worded the events.
func (ans *Answer) howTold(language string, words map[*event]checkedStatement, events int, trace *Trace, err error) {
	ans.Trace = trace
	switch {
	case err != nil:
		ans.Note = fallback(err)
	case len(words) > 0:
		ans.Mode, ans.Language = Model, language
		if left := events - len(words); left > 0 {
			ans.Note = fmt.Sprintf("Of %d events, %d are told in the articles' own words.", events, left)
		}
	}
}

// stopped reports that whoever asked no longer waits.
func stopped(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }
