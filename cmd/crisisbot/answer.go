package main

import (
	"fmt"
	"slices"
	"strings"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// answerView prints an answer for a person: what is said, where the sources
// differ, and every source once with what is quoted from it.
type answerView struct {
	qa.Answer
	lib *retrieval.Library
}

func (v answerView) write(pg *page) {
	v.said(pg)
	if cited := v.shown(); len(cited) > 0 {
		pg.line("\n" + pg.bold(v.listName()))
		v.sources(pg, cited)
	}
	pg.line("")
	pg.para("", v.footer())
}

// writeBrief prints an answer in a conversation, which has other ways to show the
// quotations.
func (v answerView) writeBrief(pg *page) {
	v.said(pg)
	pg.line("")
	if v.Abstained && len(v.Nearest) > 0 {
		pg.line(v.listName() + ":")
	}
	for i, c := range v.shown() {
		text := pg.numbers(fmt.Sprintf("[%d] ", i+1)) + outletName(c.Publisher) + ", " + dayName(c.Published, c.DateInferred)
		if v.Abstained {
			text += ": “" + clean(c.Quote) + "”"
		}
		pg.para("  ", text)
	}
	pg.para("", v.footer())
	pg.line("")
}

// said prints the text of the answer and what belongs to it.
func (v answerView) said(pg *page) {
	pg.para("", pg.numbers(clean(v.Text)))
	if why := reasonWords[v.Reason]; v.Abstained && why != "" {
		pg.para("", why)
	}
	for _, d := range v.Disagreements {
		pg.line("\n" + pg.bold("The sources differ: "+clean(d.About)))
		for _, s := range d.Sides {
			pg.para("  ", clean(s.Value)+" "+pg.numbers(v.whoSays(s.Citations)))
		}
	}
}

// shown returns the citations in the order of their numbers, or, of an abstention,
// the nearest passages.
func (v answerView) shown() []qa.Citation {
	if v.Abstained {
		return v.Nearest
	}
	return v.Citations
}

func (v answerView) listName() string {
	if v.Abstained {
		return "What comes nearest"
	}
	return "Sources"
}

var reasonWords = map[qa.Reason]string{
	qa.NothingRelevant: "No article is about this.",
	qa.OutsidePeriod:   "The articles don't cover that time.",
	qa.NotStated:       "The articles touch on this, but don't state it.",
	qa.FalsePremise:    "The question takes for granted what the articles don't bear out.",
	qa.OffTopic:        "This is nothing that news articles could answer.",
}

// footer counts the citations and says how far the articles reach.
func (v answerView) footer() string {
	var s string
	if n := len(v.Citations); n > 0 {
		s = fmt.Sprintf("%s, %s. ", count(n, "citation"), count(v.Origins, "origin"))
	}
	if v.AsOf == "" {
		return s + "No article has a date."
	}
	return s + "The articles reach to " + dayName(v.AsOf, false) + "."
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// whoSays lists citation numbers with the outlets behind them.
func (v answerView) whoSays(numbers []int) string {
	var marks strings.Builder
	var outlets []string
	for _, n := range numbers {
		if n < 1 || n > len(v.Citations) {
			continue
		}
		fmt.Fprintf(&marks, "[%d]", n)
		if o := outletName(v.Citations[n-1].Publisher); !slices.Contains(outlets, o) {
			outlets = append(outlets, o)
		}
	}
	return marks.String() + " " + strings.Join(outlets, ", ")
}

// sources prints the articles of citations, each once, with what is quoted from
// it. The numbers are the places in the list.
func (v answerView) sources(pg *page, cited []qa.Citation) {
	var done []string
	for _, c := range cited {
		if slices.Contains(done, c.ArticleID) {
			continue
		}
		done = append(done, c.ArticleID)
		a, ok := v.lib.Article(c.ArticleID)
		if !ok { // removed meanwhile: the citation says enough
			a = &article.Article{Title: c.Title, Publisher: c.Publisher, Published: c.Published, DateInferred: c.DateInferred, URL: c.URL}
		}
		describeArticle(pg, a)
		for i, q := range cited {
			if q.ArticleID == c.ArticleID {
				pg.para("  ", pg.numbers(fmt.Sprintf("[%d] ", i+1))+"“"+clean(q.Quote)+"”")
			}
		}
	}
}

// describeArticle prints what a reader has to know of an article before its words.
func describeArticle(pg *page, a *article.Article) {
	pg.line(pg.bold(heading(a)))
	pg.para("  ", clean(a.Title))
	if a.Quality != "" {
		pg.para("  ", pg.dim("Mind: "+clean(a.Quality)+"."))
	}
	if a.Origin != "" && a.Origin != a.ID {
		pg.para("  ", pg.dim("Derives from "+clean(a.Origin)+": not a source of its own."))
	}
	if a.URL != "" {
		pg.line("  " + clean(a.URL))
	}
}

// heading names an article by its outlet and day.
func heading(a *article.Article) string {
	return outletName(a.Publisher) + ", " + dayName(a.Published, a.DateInferred)
}
