package qa

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval"
	"crisisbot/retrieval/dates"
)

// Options tune an Answerer. Its zero value means the defaults.
type Options struct {
	// Now returns the asker's time; "" days are never compared with it otherwise.
	// nil means time.Now.
	Now func() time.Time
	// Writer has a language model write the answers; nil leaves them to sentences of
	// the articles.
	Writer *Writer
	// ModelTime is how long the model may write on one answer, the repair included;
	// 0 is 10 s. The generator's own limits come on top.
	ModelTime time.Duration
}

// An Answerer answers questions from a library.
type Answerer struct {
	lib       *retrieval.Library
	now       func() time.Time
	writer    *Writer
	modelTime time.Duration
	cache     *cache // of what the writer wrote; nil without one
	disputes  *disputeKeeper
	units     *unitKeeper
}

// New returns an Answerer over a library, which may grow while it answers.
func New(lib *retrieval.Library, o Options) *Answerer {
	if o.Now == nil {
		o.Now = time.Now
	}
	modelDefault(&o.ModelTime, modelTime)
	a := &Answerer{lib: lib, now: o.Now, writer: o.Writer, modelTime: o.ModelTime, disputes: &disputeKeeper{}, units: &unitKeeper{}}
	if a.writer != nil {
		a.cache = newCache(a.now, lib.Revision)
	}
	return a
}

// An InputError says in one line what is wrong with a question and what to do.
// Everything else that Answer returns is a fault of ours.
type InputError struct{ msg string }

func (e *InputError) Error() string { return e.msg }

func inputErrorf(format string, args ...any) error {
	return &InputError{fmt.Sprintf(format, args...)}
}

// MaxQuestion is the longest question in bytes: four times what Discord lets a
// member write.
const MaxQuestion = 8000

// Answer answers a question. Where the articles don't say, the Answer abstains;
// that is no error. An *InputError means that the question can't be asked this way.
func (a *Answerer) Answer(ctx context.Context, q Question) (Answer, error) {
	start := time.Now()
	if err := reviewText(AnswerKind, q.Text); err != nil {
		return Answer{}, err
	}
	filter, err := a.bounds(q.Since, q.Until, q.Source, q.Article)
	if err != nil {
		return Answer{}, err
	}
	if d := refuse(q.Text); d != nil {
		ans := d.answer()
		ans.ID, ans.Question = q.ID, q.Text
		ans.AsOf = a.lib.Covered().Until
		ans.TookMS = time.Since(start).Milliseconds()
		return ans.complete(), nil
	}
	key := q.asking(AnswerKind, essence(q.Text), filter, q.History)
	ans, err := remember(ctx, a.cache, key, q.Asker, Answer.again, func(ctx context.Context, by Asker) (Answer, bool, error) {
		q.Asker = by
		ans, err := a.answer(ctx, q, filter)
		a.showKept(&ans, filter)
		return ans, ans.Mode == Model, err
	})
	if err != nil {
		return Answer{}, err
	}
	ans.ID, ans.Question = q.ID, q.Text
	ans.AsOf = a.lib.Covered().Until
	ans.TookMS = time.Since(start).Milliseconds()
	return ans.complete(), nil
}

// CheckText refuses a text that can't be a question, topic or claim; what names it
// in the error.
func CheckText(what, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return inputErrorf("the %s is empty: write what you want to know", what)
	case len(text) > MaxQuestion:
		return inputErrorf("the %s has %d bytes, at most %d are read: ask one thing at a time", what, len(text), MaxQuestion)
	case !utf8.ValidString(text):
		return inputErrorf("the %s is not text in UTF-8", what)
	}
	letters := false
	for _, r := range text {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return inputErrorf("the %s holds control characters (%U): send plain text", what, r)
		}
		letters = letters || unicode.IsLetter(r) || unicode.IsNumber(r)
	}
	if !letters {
		return inputErrorf("the %s holds no word: write what you want to know", what)
	}
	return nil
}

// Bounds reads what the asker set outside the question: days, publisher and article.
// An *InputError says what is wrong with them.
func Bounds(lib *retrieval.Library, q Question) (retrieval.Filter, error) {
	var f retrieval.Filter
	window, err := parseWindow(q.Since, q.Until)
	if err != nil {
		return f, err
	}
	if !window.IsZero() {
		f.Published = []dates.Range{window}
	}
	if q.Source != "" {
		if f.Publisher, err = lib.Publisher(q.Source); err != nil {
			return f, asInput(err)
		}
	}
	if q.Article != "" {
		if f.Article, err = lib.FindArticle(q.Article); err != nil {
			return f, asInput(err)
		}
	}
	return f, nil
}

func asInput(err error) error {
	if unknown := (*retrieval.UnknownError)(nil); errors.As(err, &unknown) {
		return &InputError{unknown.Error()}
	}
	return err
}

// parseWindow reads two bounds, each a day, month or year in digits or words; a
// month as the upper bound means its last day.
func parseWindow(since, until string) (dates.Range, error) {
	var w dates.Range
	for _, b := range []struct {
		name, text string
		set        func(dates.Range)
	}{
		{"since", since, func(r dates.Range) { w.Since = r.Since }},
		{"until", until, func(r dates.Range) { w.Until = r.Until }},
	} {
		if b.text == "" {
			continue
		}
		r, err := dates.ParseRange(b.text)
		if err != nil {
			return w, inputErrorf("%s: %v", b.name, err)
		}
		b.set(r)
	}
	if w.Empty() {
		return w, inputErrorf("the period ends (%s) before it begins (%s)", w.Until, w.Since)
	}
	return w, nil
}

// complete makes every empty list an empty JSON array.
func (a Answer) complete() Answer {
	if a.Statements == nil {
		a.Statements = []Statement{}
	}
	if a.Citations == nil {
		a.Citations = []Citation{}
	}
	if a.Disagreements == nil {
		a.Disagreements = []Disagreement{}
	}
	if a.Nearest == nil {
		a.Nearest = []Citation{}
	}
	if a.Mode == "" {
		a.Mode = Extractive
	}
	return a
}
