package qa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"crisisbot/prompts"
)

// A Premise says how what a question takes for granted stands to the articles.
type Premise string

const (
	PremiseHolds       Premise = "holds"
	PremiseUnsupported Premise = "unsupported" // the articles don't mention it
	PremiseFalse       Premise = "false"       // the articles contradict it
)

// A Writer has a model write statements and lets through those that pass their
// check. It is safe for concurrent use.
type Writer struct {
	gen    Generator
	budget *Budget
	random io.Reader
}

// NewWriter returns a Writer over gen; nil is no model. budget nil is no caps.
// random supplies the marks around data and must be safe for concurrent use:
// crypto/rand.Reader.
func NewWriter(gen Generator, budget *Budget, random io.Reader) *Writer {
	return &Writer{gen, budget, random}
}

// A modelKind is what a model is asked to write.
type modelKind uint8

const (
	modelAnswer modelKind = iota
	modelSummary
	modelTimeline
	modelClaim
	modelMerge
	modelRepair
)

// A modelTask is what to write about the passages of a manifest.
type modelTask struct {
	kind         modelKind
	user         string             // whose cap pays, an opaque name
	text         string             // question, topic or claim; a topic may be empty
	language     string             // ISO 639-1 code of the answer's language; "" is English
	first, last  string             // days that the articles cover
	conversation string             // what was said so far, in short
	most         int                // statements; 0 is 6
	bytes        int                // of all statements together; 0 is no bound
	brief        bool               // for a small context
	notes        []prompts.Note     // of a merge
	rejected     []prompts.Rejected // of a repair
}

// A modelDraft is what a model wrote and what was left of it. Citation n of a
// statement is Citations[n-1]. Its Verdict is that on a claim.
type modelDraft struct {
	Trace
	Statements []Statement
	Citations  []Citation
	Repaired   bool // the model was asked again

	kept []checkedStatement
}

// modelRepairTime is what must be left before the deadline to ask again; a model
// that streams has answered six statements in about that.
const modelRepairTime = 2 * time.Second

// An emitter is called with all statements that passed so far, numbered for good; nil
// is no calls.
type emitter func([]Statement, []Citation)

// draft has the model write on a task. As each statement passes its check, emit is
// called. A repair adds statements at the end. Where the error is not nil the draft
// still holds the trace, and what passed before a reply broke off; it is not a whole
// answer. The error is one of the Err values of this package, or the context's. Of a
// manifest that is too long for the model's context, the end is left out.
func (w *Writer) draft(ctx context.Context, m Manifest, t modelTask, emit emitter) (modelDraft, error) {
	d := modelDraft{Trace: Trace{Premise: PremiseHolds}}
	if w == nil || w.gen == nil {
		return d, ErrNoModel
	}
	modelDefault(&t.most, 6)
	f, err := w.fit(m, t)
	if err != nil {
		return d, err
	}
	c := newChecker(f.manifest, t.text, modelLanguage(t.language))
	head, failed, err := w.round(ctx, &d, f.manifest, f.task, f.request, c, c.one, emit)
	if errors.Is(err, ErrTooLong) { // how long its context is, the endpoint may have told only now
		shorter, fault := w.fit(m, t)
		if fault == nil && len(shorter.request.Prompt.System+shorter.request.Prompt.User) < len(f.request.Prompt.System+f.request.Prompt.User) {
			f = shorter
			head, failed, err = w.round(ctx, &d, f.manifest, f.task, f.request, c, c.one, emit)
		}
	}
	m, t = f.manifest, f.task
	d.Answerable, d.Premise, d.Verdict = head.answerable, head.premise, head.verdict
	if err != nil {
		return d, err
	}
	if end, ok := ctx.Deadline(); len(failed) > 0 && d.Answerable && (!ok || time.Until(end) > modelRepairTime) {
		if err := w.repair(ctx, &d, m, t, c, failed, emit); err != nil && errors.Is(err, context.Canceled) {
			return d, err
		}
	}
	if len(d.kept) == 0 && (len(d.Drops) > 0 || d.Answerable && d.Verdict != NotInArticles) {
		return d, ErrNothingLeft
	}
	return d, nil
}

// repair asks once more for the statements that failed. Whatever comes of it,
// those that passed stand.
func (w *Writer) repair(ctx context.Context, d *modelDraft, m Manifest, t modelTask, c *checker, failed []Drop, emit emitter) error {
	t.kind = modelRepair
	for _, f := range failed[:min(len(failed), t.most)] {
		t.rejected = append(t.rejected, prompts.Rejected{Statement: f.Draft.Text, Why: f.Why})
	}
	f, err := w.fit(m, t)
	if err != nil {
		return err
	}
	f.request.Once = true
	d.Repaired = true
	_, _, err = w.round(ctx, d, m, t, f.request, c, c.one, emit)
	return err
}

// A judge says what of a model's statement may be shown, and why it may not be as it
// is; or both, where others stand in for it.
type judge func(Draft) ([]checkedStatement, *Drop)

// one is the judge that takes a statement as it is or not at all.
func (c *checker) one(d Draft) ([]checkedStatement, *Drop) {
	kept, drop := c.check(d)
	if drop != nil {
		return nil, drop
	}
	return []checkedStatement{kept}, nil
}

// round sends one request and judges what comes back, statement by statement. What
// goes beyond the length of the task is left out.
func (w *Writer) round(ctx context.Context, d *modelDraft, m Manifest, t modelTask, r Request, c *checker, judge judge, emit emitter) (replyHead, []Drop, error) {
	var failed []Drop
	reader := &replyReader{}
	reader.statement = func(draft Draft) {
		kept, drop := judge(draft)
		if drop != nil {
			failed = append(failed, *drop)
			d.Drops = append(d.Drops, *drop)
		}
		before := len(d.kept)
		for _, k := range kept {
			switch {
			case slices.ContainsFunc(d.kept, func(o checkedStatement) bool { return foldQuote(o.Text).text == foldQuote(k.Text).text }):
				d.Drops = append(d.Drops, Drop{Draft: draft, Fault: FaultRepeat, Why: "it says the same as an earlier statement"})
			case d.full(t, k):
			default:
				d.kept = append(d.kept, k)
			}
		}
		if len(d.kept) > before {
			d.Statements, d.Citations = checkNumber(d.kept)
			if emit != nil && reader.head().answerable {
				emit(d.Statements, d.Citations)
			}
		}
	}
	c.keepSecret(r.Prompt.System)
	d.Steps = append(d.Steps, Step{r.Prompt.Name, r.Prompt.Hash(), m.shown()})
	reply, err := w.generate(ctx, t.user, r, reader.write)
	d.Usage, d.Tries = d.Usage.plus(reply.Usage), d.Tries+reply.Tries
	d.Cost += w.gen.Price(reply.Usage)
	if reply.Model != "" {
		d.Model = reply.Model
	}
	if err == nil && !reader.understood() {
		err = fmt.Errorf("%w: not in the form asked for", ErrModelBroken)
	}
	return reader.head(), failed, err
}

// full reports whether a statement would make the draft longer than its task.
func (d *modelDraft) full(t modelTask, k checkedStatement) bool {
	length := len(k.Text)
	for _, o := range d.kept {
		length += len(o.Text)
	}
	return len(d.kept) >= t.most || t.bytes > 0 && length > t.bytes
}

// generate reserves the most that a request may cost, sends it and settles.
func (w *Writer) generate(ctx context.Context, user string, r Request, delta func(string)) (Reply, error) {
	if w.budget == nil {
		return w.gen.Generate(ctx, r, delta)
	}
	modelDefault(&r.MostTokens, modelMostTokens)
	tries := 2 // a second try pays again
	if r.Once {
		tries = 1
	}
	most := Usage{In: tries * modelTokens(len(r.Prompt.System)+len(r.Prompt.User)), Out: tries * r.MostTokens}
	lent, err := w.budget.Reserve(ctx, user, Spent{most.In + most.Out, w.gen.Price(most)})
	if err != nil {
		return Reply{}, err
	}
	reply, err := w.gen.Generate(ctx, r, delta)
	if e := lent.Settle(ctx, Spent{reply.Usage.In + reply.Usage.Out, w.gen.Price(reply.Usage)}); err == nil && e != nil {
		err = e
	}
	return reply, err
}

// modelMostTokens is the most of a reply under a cap: ten statements with their
// quotes are about 1,200 tokens of English.
const modelMostTokens = 1500
