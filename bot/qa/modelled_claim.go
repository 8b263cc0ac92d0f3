package qa

import (
	"context"
	"errors"
	"slices"
)

// ruleModelled is rule with the model's judgement. A claim is supported only where
// model and code agree: the code's comparison found nothing that conflicts, and either
// it finds the claim borne too, or the claim itself passes the check of a statement
// against the passages that the model quotes and one of the sentences comes near it. So no verdict of a model can make a
// claim with another number, day, name or speaker supported.
func (a *Answerer) ruleModelled(ctx context.Context, c CheckRequest, text, language string, r ruling) (ruling, *Trace, error) {
	if a.writer == nil || len(r.ranked) == 0 {
		return r, nil, ErrNoModel
	}
	m := r.as.manifest(r.ranked)
	if len(m) == 0 {
		return r, nil, ErrNoModel
	}
	task := a.task(modelClaim, c.Asker, text, language)
	task.most = 4
	d, err := a.writer.draft(ctx, m, task, c.emitter())
	trace := d.ended(err)
	if err != nil {
		return r, trace, err
	}
	evidence := r.as.quoted(d.Citations)
	switch d.Verdict {
	case Supported:
		agreed := r.verdict == Supported || r.verdict != Contradicted && r.as.nearlySupported(evidence) && passes(m, text, d.kept)
		switch {
		case agreed && r.verdict != Supported:
			r.cited, r.near = evidence, nil
			r.why = r.as.reportedBy(evidence[0])
			fallthrough
		case agreed:
			r.verdict = Supported
		}
	case Contradicted:
		if r.verdict != Contradicted && len(evidence) > 0 {
			r.verdict, r.cited, r.near = Contradicted, evidence, nil
			r.why = "The articles tell it otherwise: " + d.Statements[0].Text
		}
	case NotInArticles:
		if r.verdict == Supported {
			r.verdict, r.near, r.cited = NotInArticles, r.cited, nil
			r.why = "The articles touch this, but do not say all of it."
		}
	}
	return r, trace, nil
}

// agreeBar is the fit from which a sentence supports where a model says so too. With
// the bar of the code alone nothing would be gained by a model; with none, one that
// supports everything got "was a comedian before he became president" through.
const agreeBar = 0.45

// nearlySupported reports whether one of the sentences says what the statement does,
// if less nearly than the code alone would want.
func (as *assertion) nearlySupported(evidence []*sentence) bool {
	return slices.ContainsFunc(evidence, func(s *sentence) bool {
		c := as.compare(s)
		return len(c.conflicts) == 0 && len(c.missing) == 0 && !c.unreal && c.fit >= agreeBar
	})
}

// passes reports whether a claim may be stated on the passages that kept statements
// cite.
func passes(m Manifest, claim string, kept []checkedStatement) bool {
	var from []int
	for _, k := range kept {
		for _, n := range k.from {
			if !slices.Contains(from, n) {
				from = append(from, n)
			}
		}
	}
	_, drop := newChecker(m, "", "").check(Draft{Text: claim, Citations: from})
	return drop == nil
}

// quoted returns the whole sentences that citations quote, each once, in order.
func (q *inquiry) quoted(citations []Citation) []*sentence {
	var out []*sentence
	for _, c := range citations {
		if s := q.sentenceOf(c); s != nil && !slices.ContainsFunc(out, func(o *sentence) bool { return o.key() == s.key() }) {
			out = append(out, s)
		}
	}
	return out
}

// reportedBy says who tells what supports the statement.
func (as *assertion) reportedBy(s *sentence) string {
	return as.whySupported(as.compare(s))
}

// claimNote says who judged a message's claims, "" where a model judged all that it
// could or none is configured.
func claimNote(err error) string {
	why := failure(err)
	if why == "" {
		return ""
	}
	return why + ": the verdict comes from comparing words, numbers, names and dates."
}

// judged adds what the model's part in a verdict was.
func (v *Verdict) judged(trace *Trace, err error) {
	v.Trace = joined(v.Trace, trace)
	switch {
	case err == nil:
		v.Mode = Model
	case !errors.Is(err, ErrNoModel) && v.Note == "":
		v.Note = claimNote(err)
	}
}
