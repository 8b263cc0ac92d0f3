package qa

import (
	"context"
	"errors"
	"slices"

	"crisisbot/retrieval"
)

// materialShare is how much a model reads for what it writes, in bytes of the
// sentences that an extractive summary would take.
const materialShare = 3

// summaryStatements is how many statements a model writes for a length.
var summaryStatements = map[Length]int{Short: 5, Medium: 9, Long: 15}

// writeSummary has the model write on the material, if there is one, and else takes
// sentences. told are the units whose sentences are cited. Where the model says that
// the material is not about the topic, the answer abstains and has no text.
func (a *Answerer) writeSummary(ctx context.Context, r SummaryRequest, q *digest, units []*unit, n int) (ans Answer, d draft, told []*unit, err error) {
	written, err := a.modelSummary(ctx, r, q, units, n)
	if errors.Is(ctx.Err(), context.Canceled) {
		return Answer{}, draft{}, nil, ctx.Err()
	}
	if !errors.Is(err, ErrNoModel) {
		ans.Trace = joined(q.rewrite, written.ended(err))
	}
	switch {
	case err == nil && len(written.Statements) > 0:
		ans.Mode = Model
		d = a.drafted(written.Statements, written.Citations)
		told = slices.DeleteFunc(slices.Clone(units), func(u *unit) bool { return !u.cited(d.citations) })
		ans.Text = plainText(d.statements)
		ans.Language = q.answered()
	case err == nil && r.Topic != "":
		ans.Mode, ans.Abstained, ans.Reason = Model, true, NotStated
	default:
		ans.Note = fallback(err)
		most := topicStatements
		if r.Topic == "" {
			most = wholeStatements
		}
		told = selectUnits(q, units, n, most[r.length()])
		for _, u := range told {
			d.addUnit(q.inquiry, u)
		}
		ans.Text = d.text()
	}
	ans.Statements = d.statements
	return ans, d, told, nil
}

func (a *Answerer) modelSummary(ctx context.Context, r SummaryRequest, q *digest, units []*unit, n int) (modelDraft, error) {
	if a.writer == nil {
		return modelDraft{}, ErrNoModel
	}
	ctx, cancel := context.WithTimeout(ctx, a.modelTime)
	defer cancel()
	task := a.task(modelSummary, r.Asker, r.Topic, q.language)
	task.most, task.bytes = summaryStatements[r.length()], n
	return a.writer.inSteps(ctx, unitManifest(a.lib, selectUnits(q, units, materialShare*n, len(units))), task, r.emitter())
}

// unitManifest numbers the passages of units, in their order, but for those that speak
// to a machine, and without the sentences that alter a quotation.
func unitManifest(lib *retrieval.Library, units []*unit) Manifest {
	var m Manifest
	seen := map[spanKey]bool{}
	for _, u := range units {
		for _, s := range u.sentences {
			p := withoutAltered(lib, s)
			key := spanKey{p.Article.ID, p.Start}
			if !seen[key] && !checkOrdersIn(p) {
				m = append(m, p)
			}
			seen[key] = true
		}
	}
	return m
}

// cited reports whether a sentence of the unit is cited.
func (u *unit) cited(citations []Citation) bool {
	return slices.ContainsFunc(u.sentences, func(s *sentence) bool {
		return slices.ContainsFunc(citations, func(c Citation) bool {
			return c.ArticleID == s.Article.ID && c.Start < s.span.End && s.span.Start < c.End
		})
	})
}

// drafted returns a draft that goes on from statements of the model.
func (a *Answerer) drafted(statements []Statement, citations []Citation) draft {
	d := draft{statements: statements, citations: citations}
	for _, c := range citations {
		article, _ := a.lib.Article(c.ArticleID)
		d.passages = append(d.passages, article)
	}
	return d
}
