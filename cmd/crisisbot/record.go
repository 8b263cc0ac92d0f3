package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"crisisbot/bot/qa"
)

type recordCommand struct {
	Show   recordShow   `cmd:"" default:"withargs" help:"Show how an answer came about."`
	List   recordList   `cmd:"" help:"List the answers that are kept, newest first."`
	Remove recordRemove `cmd:"" help:"Delete records of the terminal's answers."`
}

func (recordCommand) Help() string {
	return `An answer is kept with how it came about until it expires (KEEP_HOURS): what was
asked, what a language model was shown, what it wrote, what was dropped and why, and
what it cost. Answers of the terminal and of Discord are found alike.

Examples:

    crisisbot ask --verbose "Who met in Geneva?"
    crisisbot record list
    crisisbot record k3yk3yk3yk3yk3yk3yk3yk3yk3
    crisisbot record k3yk3yk3yk3yk3yk3yk3yk3yk3 --json
    crisisbot record remove --all`
}

type recordShow struct {
	ID   string `arg:"" help:"Id of the answer."`
	JSON bool   `name:"json" help:"Print one JSON object."`
}

func (c *recordShow) Run(ctx context.Context, p *program) error {
	r, err := p.findRecord(c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(p.out, r)
	}
	return p.page().print(recordView{r}.write)
}

type recordList struct {
	Limit int  `default:"20" help:"How many at most; 0 is all."`
	JSON  bool `name:"json" help:"Print one JSON object a line."`
}

func (c *recordList) Run(ctx context.Context, p *program) error {
	if c.Limit < 0 {
		return usagef("--limit must not be negative")
	}
	all, err := p.allRecords()
	if err != nil {
		return err
	}
	if c.Limit > 0 && len(all) > c.Limit {
		all = all[:c.Limit]
	}
	if c.JSON {
		for _, r := range all {
			if err := writeJSON(p.out, r); err != nil {
				return err
			}
		}
		return nil
	}
	return p.page().print(func(pg *page) {
		if len(all) == 0 {
			pg.line("No answer is kept.")
		}
		for _, r := range all {
			pg.line(pg.bold(r.ID) + "  " + recordTime(r.At) + "  " + string(r.Kind) + ", " + string(recordView{r}.mode()))
			pg.para("  ", clean(recordView{r}.asked()))
		}
	})
}

type recordRemove struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Ids of answers."`
	All bool     `help:"All of the terminal's."`
}

func (c *recordRemove) Run(ctx context.Context, p *program) error {
	f := p.records()
	switch {
	case c.All == (len(c.IDs) > 0):
		return usagef("name the answers to delete, or all of them by --all")
	case c.All:
		all, err := f.all()
		if err != nil {
			return err
		}
		for _, r := range all {
			c.IDs = append(c.IDs, r.ID)
		}
	}
	for _, id := range c.IDs {
		if !recordID.MatchString(id) {
			return usagef("%q is no id of an answer: it has 26 letters and digits (crisisbot record list)", id)
		}
	}
	n, err := f.remove(c.IDs...)
	if err != nil {
		return err
	}
	if n < len(c.IDs) {
		p.warn("%s not found; what people asked on Discord they delete themselves, by /mydata forget", count(len(c.IDs)-n, "answer"))
	}
	return p.page().print(func(pg *page) { pg.line("Deleted " + count(n, "record") + ".") })
}

// recordView prints a record for a person.
type recordView struct{ qa.Record }

func (v recordView) asked() string {
	if v.Verdict != nil {
		return v.Verdict.Claim
	}
	return v.Answer.Question
}

func (v recordView) mode() qa.Mode {
	if v.Verdict != nil {
		return v.Verdict.Mode
	}
	return v.Answer.Mode
}

func recordTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func (v recordView) write(pg *page) {
	pg.line(pg.bold(v.ID))
	pg.para("  ", fmt.Sprintf("%s, %s; kept until %s", v.Kind, recordTime(v.At), recordTime(v.Expires)))
	pg.para("  ", "Asked: "+clean(v.asked()))
	if v.Verdict != nil {
		pg.para("  ", "Verdict: "+rulingWords(v.Verdict.Verdict)+". "+clean(v.Verdict.Why))
		v.source(pg, v.Verdict.Note, v.Verdict.Citations)
	} else {
		v.answer(pg)
	}
	v.trace(pg)
}

func (v recordView) answer(pg *page) {
	a := v.Answer
	if a.Abstained {
		pg.para("  ", fmt.Sprintf("Abstained (%s): %s", a.Reason, clean(a.Text)))
	}
	for _, s := range a.Statements {
		who := ""
		if s.Speaker != "" {
			who = fmt.Sprintf(" (%s of %s)", s.Stance, clean(s.Speaker))
		}
		pg.para("  ", "- "+clean(s.Text)+" "+pg.numbers(marks(s.Citations))+who)
	}
	v.source(pg, a.Note, a.Citations)
}

func (v recordView) source(pg *page, note string, citations []qa.Citation) {
	if note != "" {
		pg.para("  ", clean(note))
	}
	for _, c := range citations {
		pg.para("  ", pg.numbers(fmt.Sprintf("[%d]", c.Number))+fmt.Sprintf(" %s, bytes %d to %d", clean(c.ArticleID), c.Start, c.End))
	}
}

func (v recordView) trace(pg *page) {
	pg.line("")
	t := v.Trace
	if t == nil {
		pg.line("No language model was asked.")
		return
	}
	pg.para("", pg.bold("Language model: "+clean(t.Model)))
	if t.Failure != "" {
		pg.para("  ", "Not used: "+clean(t.Failure))
	}
	if t.Cached {
		pg.para("  ", "Written for an earlier asker; this answer cost nothing.")
	}
	pg.para("  ", fmt.Sprintf("%d tokens in, %d out, cost %.6f, %s", t.Usage.In, t.Usage.Out, t.Cost, count(t.Tries, "request")))
	for _, s := range t.Steps {
		pg.para("  ", fmt.Sprintf("Prompt %s, sha256 %s, %s", clean(s.Prompt), clean(s.Hash), count(len(s.Passages), "passage")))
		for i, m := range s.Passages {
			pg.para("    ", fmt.Sprintf("%d. %s, bytes %d to %d", i+1, clean(m.Article), m.Start, m.End))
		}
	}
	if len(t.Drops) > 0 {
		pg.line("  Dropped:")
	}
	for _, d := range t.Drops {
		pg.para("    ", fmt.Sprintf("- %s %s", clean(d.Draft.Text), marks(d.Draft.Citations)))
		pg.para("      ", strings.ToUpper(string(d.Fault[:1]))+string(d.Fault[1:])+": "+clean(d.Why))
	}
}
