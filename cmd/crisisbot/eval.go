package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"crisisbot/bot/qa/qaeval"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
)

type evalCommand struct {
	File string `arg:"" help:"Questions, one JSON object a line."`
	JSON bool   `name:"json" help:"Print one JSON object."`
	Runs string `name:"run" placeholder:"FILE" help:"Also write what was answered, one JSON object a line, for another scorer."`
}

func (evalCommand) Help() string {
	return `Examples:

    crisisbot eval bot/qa/testdata/questions.jsonl
    EMBEDDING_MODEL=none crisisbot eval --json ../shared/bench/squad/squad11-A/queries.jsonl

Where a file docs.jsonl lies beside the questions, they are put to its documents,
otherwise to the archive.`
}

func (c *evalCommand) Run(ctx context.Context, p *program) error {
	questions, err := readQuestions(c.File)
	if err != nil {
		return err
	}
	encoder, err := p.openEncoder(ctx)
	if err != nil {
		return err
	}
	lib, err := p.openEvalLibrary(ctx, filepath.Join(filepath.Dir(c.File), "docs.jsonl"), encoder)
	if err != nil {
		return err
	}
	answerer, err := p.answerer(ctx, lib)
	if err != nil {
		return err
	}
	results, err := qaeval.Run(ctx, lib, answerer, questions, p.progress("questions"))
	if err != nil {
		return err
	}
	if c.Runs != "" {
		if err := writeRuns(c.Runs, results); err != nil {
			return err
		}
	}
	r := report{
		File: filepath.ToSlash(c.File), Articles: len(lib.Articles()), Encoder: "none",
		Figures: qaeval.Score(results), P50: percentile(results, 50), P95: percentile(results, 95),
	}
	if encoder != nil {
		r.Encoder = encoder.Model()
	}
	if c.JSON {
		return writeJSON(p.out, r)
	}
	return p.page().print(r.write)
}

func readQuestions(file string) ([]qaeval.Question, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	questions, err := qaeval.ReadQuestions(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(questions) == 0 {
		return nil, usagef("%s holds no question", file)
	}
	return questions, nil
}

// openEvalLibrary returns the documents of a set, or the archive if the set has
// none of its own.
func (p *program) openEvalLibrary(ctx context.Context, docs string, encoder retrieval.Embedder) (*retrieval.Library, error) {
	var lib *retrieval.Library
	_, err := os.Stat(docs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		lib, err = p.openLibrary(ctx, encoder)
	case err == nil:
		var all []article.Article
		if all, err = p.readDocuments(ctx, docs); err == nil {
			lib = retrieval.New(encoder)
			_, err = lib.Add(ctx, all...)
		}
	}
	if err != nil {
		return nil, err
	}
	return lib, lib.Encode(ctx, p.progress("passages encoded"))
}

// readDocuments reads the articles of a set; one that is refused spoils it.
func (p *program) readDocuments(ctx context.Context, file string) ([]article.Article, error) {
	var all []article.Article
	for a, err := range source.New(source.Options{Now: p.now}).Read(ctx, file) {
		if problem := (*source.Problem)(nil); errors.As(err, &problem) && problem.Severity == source.Noted {
			p.logf("%v", problem)
			continue
		}
		if err != nil {
			return nil, err
		}
		a.Origin = cmp.Or(a.Origin, a.ID)
		all = append(all, a)
	}
	return all, nil
}

// writeRuns writes the results in the form that scorers of public sets read.
func writeRuns(file string, results []qaeval.Result) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, f.Close()) }()
	type citation struct {
		DocID string `json:"doc_id"`
		Quote string `json:"quote"`
	}
	for _, r := range results {
		out := struct {
			ID         string     `json:"id"`
			Retrieved  []string   `json:"retrieved"`
			Texts      []string   `json:"retrieved_text"`
			Scores     []float64  `json:"scores"`
			Confidence float64    `json:"confidence"`
			Sentence   string     `json:"sentence"`
			Abstained  bool       `json:"abstained"`
			Citations  []citation `json:"citations"`
		}{
			ID: r.ID, Confidence: r.Answer.Confidence, Sentence: r.Sentence(), Abstained: r.Answer.Abstained,
			Retrieved: []string{}, Texts: []string{}, Scores: []float64{}, Citations: []citation{},
		}
		for _, h := range r.Retrieved {
			out.Retrieved, out.Texts, out.Scores = append(out.Retrieved, h.ID), append(out.Texts, h.Text), append(out.Scores, h.Score)
		}
		for _, c := range r.Answer.Citations {
			out.Citations = append(out.Citations, citation{c.ArticleID, c.Quote})
		}
		if err := writeJSON(f, out); err != nil {
			return err
		}
	}
	return nil
}

// percentile returns the time that p percent of the answers took at most, in
// milliseconds.
func percentile(results []qaeval.Result, p int) float64 {
	took := make([]time.Duration, len(results))
	for i, r := range results {
		took[i] = r.Took
	}
	slices.Sort(took)
	return float64(took[(len(took)-1)*p/100].Microseconds()) / 1e3
}

// A report is what eval prints.
type report struct {
	File     string         `json:"file"`
	Articles int            `json:"articles"`
	Encoder  string         `json:"encoder"`
	Figures  qaeval.Figures `json:"figures"`
	P50      float64        `json:"p50_ms"` // time of an answer
	P95      float64        `json:"p95_ms"`
}

func (r report) write(pg *page) {
	r.table(pg)
	pg.line(fmt.Sprintf("time        p50 %.1f ms  p95 %.1f ms an answer", r.P50, r.P95))
}

// table prints all but the times, which differ from run to run.
func (r report) table(pg *page) {
	f := r.Figures
	pg.line(fmt.Sprintf("%s: %d questions, %d answerable and %d not, of %s; encoder %s",
		r.File, f.Questions, f.Answerable, f.Unanswerable, count(r.Articles, "article"), r.Encoder))
	v := f.Retrieval
	retrieval := fmt.Sprintf("retrieval   hit@1 %.3f  hit@3 %.3f  hit@5 %.3f  hit@10 %.3f  MRR@10 %.3f", v.Hit1, v.Hit3, v.Hit5, v.Hit10, v.MRR)
	if v.NDCG > 0 {
		retrieval += fmt.Sprintf("  nDCG@10 %.3f", v.NDCG)
	}
	pg.line(retrieval)
	a := f.Answers
	pg.line(fmt.Sprintf("answers     answered %.3f  evidence first %.3f  shown %.3f  complete %.3f", a.Answered, a.First, a.Shown, a.Complete))
	if a.Characters > 0 {
		pg.line(fmt.Sprintf("            first statement holds the answer %.3f, refusals counted by their nearest %.3f, mean length %.0f", a.Hit, a.SentenceHit, a.Characters))
	}
	pg.line(fmt.Sprintf("citations   precision %.3f  recall %.3f  exact quotations %d of %d", a.Precision, a.Recall, f.Quotations.Exact, f.Quotations.Shown))
	b := f.Abstention
	refusals := fmt.Sprintf("refusals    false %.3f", b.FalseRefusals)
	if f.Unanswerable > 0 {
		refusals = fmt.Sprintf("refusals    right %.3f  false %.3f  AUROC %.3f  at 5 %% false %.3f  at 10 %% false %.3f",
			b.Refused, b.FalseRefusals, b.AUROC, b.RefusedAt5, b.RefusedAt10)
	}
	if b.RightReason > 0 {
		refusals += fmt.Sprintf("  right reason %.3f", b.RightReason)
	}
	pg.line(refusals)
	pg.line("")
	pg.line("type           questions  answered  first  shown  complete  refused  right")
	for _, t := range f.Types {
		pg.line(fmt.Sprintf("%-14s %9d %9d %6d %6d %9d %8d %6d", t.Name, t.Questions, t.Answered, t.First, t.Shown, t.Complete, t.Refused, t.Right))
	}
}
