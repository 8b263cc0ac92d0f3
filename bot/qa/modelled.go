package qa

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"crisisbot/prompts"
	"crisisbot/retrieval"
)

// A Stage is how far an answer has come.
type Stage string

const (
	Searching Stage = "searching"
	Writing   Stage = "writing"
	Checking  Stage = "checking"
)

// A Progress is told of an answer on its way. Statements are those that passed
// their check so far, numbered for good; before the first it has none.
type Progress func(stage Stage, statements []Statement, citations []Citation)

func (p Progress) tell(stage Stage, statements []Statement, citations []Citation) {
	if p != nil {
		p(stage, statements, citations)
	}
}

const (
	// A prompt shows few passages, so that a flood of near-copies can't push out
	// the rest, and a small model isn't lost.
	manifestSize      = 8
	manifestPerOrigin = 2

	modelTime    = 10 * time.Second // for writing, the repair included, where Options don't say
	rewriteShare = 0.4              // of that time, beside it, for making a follow-up stand alone
)

// manifest numbers the passages that a model may cite: those of the best
// sentences, originals for their copies, few of one origin, none that speaks to a
// machine, and no sentence that alters a quotation.
func (q *inquiry) manifest(ranked []*sentence) Manifest {
	var m Manifest
	seen := map[spanKey]bool{}
	perOrigin := map[string]int{}
	single := q.query.Filter.Article != ""
	for _, s := range ranked {
		s = q.preferOriginal(ranked, s)
		p := withoutAltered(q.lib, s)
		if key := (spanKey{p.Article.ID, p.Start}); !seen[key] && !checkOrdersIn(p) && (single || perOrigin[originOf(s)] < manifestPerOrigin) {
			seen[key] = true
			perOrigin[originOf(s)]++
			m = append(m, p)
		}
		if len(m) == manifestSize {
			break
		}
	}
	return m
}

// compose has the model write, if there is one, and else takes the sentences
// themselves.
func (a *Answerer) compose(ctx context.Context, asked Question, f retrieval.Filter, e considered, questions []part) (Answer, error) {
	written, err := a.model(ctx, asked, e.q, e.ranked)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Answer{}, ctx.Err()
	case err != nil:
		ans, failed := a.unwritten(ctx, asked, f, e, questions)
		ans.Note, ans.Trace = fallback(err), written.Trace
		return ans, failed
	case written.Abstained:
		ans, err := a.abstain(ctx, e.q, written.Reason, e.ranked, e.sure)
		ans.Mode, ans.Trace = written.Mode, written.Trace
		return ans, err
	}
	written.Confidence = e.sure
	return written, nil
}

// unwritten answers with sentences of the articles, several questions one by one.
func (a *Answerer) unwritten(ctx context.Context, asked Question, f retrieval.Filter, e considered, questions []part) (Answer, error) {
	if len(questions) > 1 {
		return a.answerParts(ctx, asked, f, questions)
	}
	ans := e.q.answerFrom(e.ranked, e.sure)
	if e.q.foreign {
		ans.Text += "\n" + matchedAlone
	}
	return ans, nil
}

// model has the language model write the answer from the manifest. Its error is a
// reason to answer without it.
func (a *Answerer) model(ctx context.Context, asked Question, q *inquiry, ranked []*sentence) (Answer, error) {
	if a.writer == nil {
		return Answer{}, ErrNoModel
	}
	ctx, cancel := context.WithTimeout(ctx, a.modelTime-q.lost)
	defer cancel()
	task := a.task(modelAnswer, asked.Asker, essence(asked.Text), q.language)
	task.conversation = summarise(asked.History)
	d, err := a.writer.draft(ctx, q.manifest(ranked), task, asked.emitter())
	ans := Answer{Trace: d.ended(err)}
	if err != nil {
		return ans, err
	}
	ans.Mode = Model
	switch {
	case d.Premise == PremiseFalse && len(d.Statements) == 0:
		ans.Abstained, ans.Reason = true, FalsePremise
	case !d.Answerable || len(d.Statements) == 0:
		ans.Abstained, ans.Reason = true, NotStated
	default:
		ans.Statements, ans.Citations = d.Statements, d.Citations
		ans.Origins = origins(d.Citations)
		ans.Text = plainText(d.Statements)
		if ans.Language = q.answered(); ans.Language == "" {
			ans.Text = premiseWords[d.Premise] + ans.Text
		}
	}
	return ans, nil
}

// answered is the language of a model's answer, "" for English.
func (q *inquiry) answered() string {
	if q.language == "en" {
		return ""
	}
	return q.language
}

// premiseWords name what a question takes for granted without right, before the
// answer.
var premiseWords = map[Premise]string{
	PremiseFalse:       "The articles tell otherwise than the question takes for granted: ",
	PremiseUnsupported: "The articles do not mention what the question takes for granted. ",
}

// task begins a task for the model.
func (a *Answerer) task(kind modelKind, by Asker, text, language string) modelTask {
	covered := a.lib.Covered()
	by.Progress.tell(Writing, nil, nil)
	return modelTask{kind: kind, user: by.User, text: text, language: language, first: covered.Since, last: covered.Until}
}

// emitter tells the asker of statements as they pass.
func (by Asker) emitter() emitter {
	return func(s []Statement, c []Citation) { by.Progress.tell(Checking, s, c) }
}

// ended returns the trace of a draft whose work was used, or not because of err.
func (d *modelDraft) ended(err error) *Trace {
	if err != nil {
		d.Failure = err.Error()
	}
	return &d.Trace
}

// plainText writes statements one after the other, each with its citations.
func plainText(statements []Statement) string {
	var b strings.Builder
	for i, st := range statements {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(st.Text)
		for _, n := range st.Citations {
			fmt.Fprintf(&b, " [%d]", n)
		}
	}
	return b.String()
}

// standalone has the model make a follow-up, or a text in another language, stand
// alone in English. It returns false where that can't be done; the text is then read
// without a model.
func (a *Answerer) standalone(ctx context.Context, by Asker, text string, history []Turn) (modelQuestion, bool) {
	if a.writer == nil {
		return modelQuestion{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(rewriteShare*float64(a.modelTime)))
	defer cancel()
	covered := a.lib.Covered()
	m, err := a.writer.rewrite(ctx, by.User, text, modelTurns(history), covered.Since, covered.Until)
	return m, err == nil
}

// english has the model translate a topic or claim in another language. language is
// the code of that; "" is English, or a text that was left as it is.
func (a *Answerer) english(ctx context.Context, by Asker, text string) (in, language string, trace *Trace) {
	if !foreign(text) {
		return text, "", nil
	}
	m, ok := a.standalone(ctx, by, text, nil)
	if !ok || checkTranslation(text, m.Text) != "" {
		return text, "", m.trace
	}
	return m.Text, m.Language, m.trace
}

// rememberedTurns is how many turns a model is shown of a conversation.
const rememberedTurns = 3

func modelTurns(history []Turn) []prompts.Turn {
	var turns []prompts.Turn
	for _, t := range history[max(0, len(history)-rememberedTurns):] {
		turns = append(turns, prompts.Turn{Question: t.Question, Answer: t.Answer.Text})
	}
	return turns
}

func summarise(history []Turn) string {
	var b strings.Builder
	for _, t := range modelTurns(history) {
		fmt.Fprintf(&b, "Asked: %s\nAnswered: %s\n", t.Question, t.Answer)
	}
	return b.String()
}

// fallback says in words for the reader why no model wrote the answer, "" where
// none is configured.
func fallback(err error) string {
	why := failure(err)
	if why == "" {
		return ""
	}
	return why + ": these are sentences of the articles."
}

// failure says in words for the reader why a model's work was not used, "" where none
// is configured.
func failure(err error) string {
	switch {
	case err == nil || errors.Is(err, ErrNoModel):
		return ""
	case errors.Is(err, ErrOverBudget):
		return "The day's spending cap is reached"
	case errors.Is(err, ErrNothingLeft):
		return "What the language model wrote did not pass the check"
	}
	return "The language model does not answer"
}
