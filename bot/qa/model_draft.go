package qa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
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
)

// A modelTask is what to write about the passages of a manifest.
type modelTask struct {
	kind         modelKind
	user         string // whose cap pays, an opaque name
	text         string // question, topic or claim; a topic may be empty
	language     string // ISO 639-1 code of the answer's language; "" is English
	first, last  string // days that the articles cover
	conversation string // what was said so far, in short
	most         int    // statements of a summary or timeline; 0 is 6
}

// A modelDraft is what a model wrote and what was left of it. Citation n of a
// statement is Citations[n-1]. Everything but the statements and citations is for
// the record of the answer.
type modelDraft struct {
	Statements []Statement `json:"statements"`
	Citations  []Citation  `json:"citations"`
	Answerable bool        `json:"answerable"` // by the model's word
	Premise    Premise     `json:"premise"`
	Verdict    string      `json:"verdict,omitempty"` // of a claim: supported, contradicted or not_in_articles
	Drops      []Drop      `json:"drops"`             // in order, those of the repair last
	Repaired   bool        `json:"repaired"`          // the model was asked again
	Model      string      `json:"model"`
	Prompt     string      `json:"prompt"` // hash of the first prompt
	Usage      Usage       `json:"usage"`
	Cost       float64     `json:"cost"`
	Tries      int         `json:"tries"`

	kept []checkedStatement
}

// modelRepairTime is what must be left before the deadline to ask again; a model
// that streams has answered six statements in about that.
const modelRepairTime = 2 * time.Second

// draft has the model write on a task. As each statement passes its check, emit
// is called with all that have, numbered for good; nil is no calls. A repair adds
// statements at the end. Where the error is not nil the draft still holds the
// record, and what passed before a reply broke off; it is not a whole answer. The
// error is one of the Err values of this package, or the context's.
func (w *Writer) draft(ctx context.Context, m Manifest, t modelTask, emit func([]Statement, []Citation)) (modelDraft, error) {
	d := modelDraft{Premise: PremiseHolds}
	if w == nil || w.gen == nil {
		return d, ErrNoModel
	}
	modelDefault(&t.most, 6)
	prompt, err := w.prompt(m, t)
	if err != nil {
		return d, err
	}
	d.Prompt = prompt.Hash()
	c := newChecker(m, t.text, modelLanguage(t.language))
	head, failed, err := w.round(ctx, &d, c, t.user, Request{Prompt: prompt}, emit)
	d.Answerable, d.Premise, d.Verdict = head.answerable, head.premise, head.verdict
	if err != nil {
		return d, err
	}
	if end, ok := ctx.Deadline(); len(failed) > 0 && d.Answerable && (!ok || time.Until(end) > modelRepairTime) {
		if err := w.repair(ctx, &d, m, c, t, failed, emit); err != nil && errors.Is(err, context.Canceled) {
			return d, err
		}
	}
	if len(d.kept) == 0 && (len(d.Drops) > 0 || d.Answerable && d.Verdict != "not_in_articles") {
		return d, ErrNothingLeft
	}
	return d, nil
}

// repair asks once more for the statements that failed. Whatever comes of it,
// those that passed stand.
func (w *Writer) repair(ctx context.Context, d *modelDraft, m Manifest, c *checker, t modelTask, failed []Drop, emit func([]Statement, []Citation)) error {
	q := prompts.Repaired{Question: t.text, Language: modelLanguage(t.language), Passages: modelPassages(m)}
	if strings.TrimSpace(q.Question) == "" {
		q.Question = "What do the passages say?"
	}
	for _, f := range failed[:min(len(failed), t.most)] {
		q.Rejected = append(q.Rejected, prompts.Rejected{Statement: f.Draft.Text, Why: f.Why})
	}
	prompt, err := prompts.Repair(w.random, q)
	if err != nil {
		return err
	}
	d.Repaired = true
	_, _, err = w.round(ctx, d, c, t.user, Request{Prompt: prompt, Once: true}, emit)
	return err
}

// round sends one request and checks what comes back, statement by statement.
func (w *Writer) round(ctx context.Context, d *modelDraft, c *checker, user string, r Request, emit func([]Statement, []Citation)) (replyHead, []Drop, error) {
	var failed []Drop
	reader := &replyReader{}
	reader.statement = func(draft Draft) {
		kept, drop := c.check(draft)
		if drop == nil && slices.ContainsFunc(d.kept, func(k checkedStatement) bool { return foldQuote(k.Text).text == foldQuote(kept.Text).text }) {
			drop = &Drop{Draft: draft, Fault: FaultRepeat, Why: "it says the same as an earlier statement"}
		}
		switch {
		case drop == nil:
			d.kept = append(d.kept, kept)
			d.Statements, d.Citations = checkNumber(d.kept)
			if emit != nil && reader.head().answerable {
				emit(d.Statements, d.Citations)
			}
		default:
			d.Drops = append(d.Drops, *drop)
			if drop.Fault != FaultRepeat {
				failed = append(failed, *drop)
			}
		}
	}
	c.keepSecret(r.Prompt.System)
	reply, err := w.generate(ctx, user, r, reader.write)
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

func (w *Writer) prompt(m Manifest, t modelTask) (prompts.Prompt, error) {
	language, passages := modelLanguage(t.language), modelPassages(m)
	switch t.kind {
	case modelSummary:
		return prompts.Summary(w.random, prompts.Summarised{Topic: t.text, Language: language, Sentences: t.most, First: t.first, Last: t.last, Passages: passages})
	case modelTimeline:
		return prompts.Timeline(w.random, prompts.Dated{Topic: t.text, Language: language, Events: t.most, First: t.first, Last: t.last, Passages: passages})
	case modelClaim:
		return prompts.Claim(w.random, prompts.Claimed{Claim: t.text, Language: language, First: t.first, Last: t.last, Passages: passages})
	}
	return prompts.Answer(w.random, prompts.Asked{Question: t.text, Language: language, First: t.first, Last: t.last, Conversation: t.conversation, Passages: passages})
}

// modelPassages numbers the passages as the manifest does and names origins A, B, C
// and so on.
func modelPassages(m Manifest) []prompts.Passage {
	origins := map[string]string{}
	out := make([]prompts.Passage, 0, len(m))
	for i, p := range m {
		a := p.Article
		origin, ok := origins[a.Origin]
		if !ok {
			origin = string(rune('A' + len(origins)%26))
			origins[a.Origin] = origin
		}
		out = append(out, prompts.Passage{
			Number: i + 1, Outlet: a.Publisher, Title: a.Title, Published: a.Published, DateInferred: a.DateInferred,
			MachineTranslated: strings.Contains(a.Quality, "machine-translated"), Origin: origin, Text: p.Text(),
		})
	}
	return out
}

// A modelQuestion is a question made to stand alone.
type modelQuestion struct {
	Text         string // in English; for searching only, never shown
	Since, Until string // days, "" is open
	Language     string // ISO 639-1 code of the question's language
}

// modelMostQuestion is the longest rewritten question in bytes.
const modelMostQuestion = 500

var modelDay = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// rewrite has the model make a question stand alone, in English.
func (w *Writer) rewrite(ctx context.Context, user, question string, turns []prompts.Turn, first, last string) (modelQuestion, error) {
	var out modelQuestion
	if w == nil || w.gen == nil {
		return out, ErrNoModel
	}
	prompt, err := prompts.Rewrite(w.random, prompts.FollowUp{Question: question, Turns: turns, First: first, Last: last})
	if err != nil {
		return out, err
	}
	reply, err := w.generate(ctx, user, Request{Prompt: prompt, MostTokens: 200}, func(string) {})
	if err != nil {
		return out, err
	}
	var got struct{ Question, Since, Until, Language string }
	from, to := strings.IndexByte(reply.Text, '{'), strings.LastIndexByte(reply.Text, '}')
	if from < 0 || to < from || json.Unmarshal([]byte(reply.Text[from:to+1]), &got) != nil {
		return out, fmt.Errorf("%w: not in the form asked for", ErrModelBroken)
	}
	text := strings.Join(strings.Fields(got.Question), " ")
	if text == "" || len(text) > modelMostQuestion || checkRunes(text) != "" {
		return out, fmt.Errorf("%w: no question came back", ErrModelBroken)
	}
	out = modelQuestion{Text: text, Language: "en"}
	if _, ok := modelLanguages[got.Language]; ok {
		out.Language = got.Language
	}
	day := func(s string) string {
		if _, err := time.Parse(time.DateOnly, s); err != nil || !modelDay.MatchString(s) {
			return ""
		}
		return s
	}
	if out.Since, out.Until = day(got.Since), day(got.Until); out.Until != "" && out.Since > out.Until {
		out.Since, out.Until = "", ""
	}
	return out, nil
}

// modelLanguages are the languages that an answer may be written in. The name
// goes into the rules of a prompt, so it never comes from a user or a model.
var modelLanguages = map[string]string{
	"ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
	"es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
	"id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch",
	"no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sr": "Serbian", "sv": "Swedish",
	"tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}

// modelLanguage returns the name of a language, English for a code not known.
func modelLanguage(code string) string {
	if name, ok := modelLanguages[code]; ok {
		return name
	}
	return modelLanguages["en"]
}
