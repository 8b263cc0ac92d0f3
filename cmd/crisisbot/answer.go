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
	pg.para("", clean(v.Text))
	if v.Abstained {
		if why := reasonWords[v.Reason]; why != "" {
			pg.para("", why)
		}
		if len(v.Nearest) > 0 {
			pg.line("\n" + pg.bold("What comes nearest"))
			v.sources(pg, v.Nearest, false)
		}
	}
	for _, d := range v.Disagreements {
		pg.line("\n" + pg.bold("The sources differ: "+clean(d.About)))
		for _, s := range d.Sides {
			pg.para("  ", clean(s.Value)+" "+v.whoSays(s.Citations))
		}
	}
	if len(v.Citations) > 0 {
		pg.line("\n" + pg.bold("Sources"))
		v.sources(pg, v.Citations, true)
	}
	pg.line("")
	pg.para("", v.footer())
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

// sources prints the articles of citations, each once, with the quotations, which
// carry their numbers if they are numbered.
func (v answerView) sources(pg *page, cited []qa.Citation, numbered bool) {
	var shown []string
	for _, c := range cited {
		if slices.Contains(shown, c.ArticleID) {
			continue
		}
		shown = append(shown, c.ArticleID)
		a, ok := v.lib.Article(c.ArticleID)
		if !ok { // removed since: what the citation says must do
			a = &article.Article{ID: c.ArticleID, Title: c.Title, Publisher: c.Publisher, Published: c.Published, DateInferred: c.DateInferred, URL: c.URL, Origin: c.Origin}
		}
		pg.line(pg.bold(heading(a)))
		pg.para("  ", clean(a.Title))
		if a.Quality != "" {
			pg.para("  ", "Mind: "+clean(a.Quality)+".")
		}
		if a.Origin != "" && a.Origin != a.ID {
			pg.para("  ", "Derives from: "+clean(a.Origin)+", so no source of its own.")
		}
		if a.URL != "" {
			pg.line("  " + clean(a.URL))
		}
		for _, q := range cited {
			if q.ArticleID != c.ArticleID {
				continue
			}
			mark := ""
			if numbered {
				mark = fmt.Sprintf("[%d] ", q.Number)
			}
			pg.para("  ", mark+"“"+clean(q.Quote)+"”")
		}
	}
}

// heading names an article by its outlet and day.
func heading(a *article.Article) string {
	return outletName(a.Publisher) + ", " + dayName(a.Published, a.DateInferred)
}
