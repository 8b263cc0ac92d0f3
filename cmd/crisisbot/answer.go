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
	v.evidence(pg)
}

// evidence prints the citations, or what comes nearest, and how far the articles
// reach.
func (v answerView) evidence(pg *page) {
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
		pg.para("  ", pg.numbers(fmt.Sprintf("[%d] ", i+1))+outletName(c.Publisher)+", "+dayName(c.Published, c.DateInferred))
		if v.Abstained {
			pg.para("      ", clean(c.Quote))
		}
	}
	pg.para("", v.footer())
	pg.line("")
}

// said prints the text of the answer, and side by side what its sources tell
// differently.
func (v answerView) said(pg *page) {
	for l := range strings.Lines(v.Text) {
		pg.para("", pg.numbers(clean(l)))
	}
	if v.Note != "" {
		pg.para("", pg.dim(clean(v.Note)))
	}
	for _, d := range v.Disagreements {
		pg.line("\n" + pg.bold("The sources differ: "+clean(d.About)))
		for _, s := range d.Sides {
			pg.para("  ", clean(s.Value)+"  "+pg.numbers(v.whoSays(s.Citations)))
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

// footer counts the citations and says how far the articles reach.
func (v answerView) footer() string {
	var s string
	if n := len(v.Citations); n > 0 && v.Origins > 0 {
		s = fmt.Sprintf("%s, %s. ", count(n, "citation"), count(v.Origins, "origin"))
	}
	if v.Language != "" && len(v.Citations) > 0 {
		s += "The quotations are in English, as in the articles. "
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

// marks writes citation numbers.
func marks(numbers []int) string {
	var b strings.Builder
	for _, n := range numbers {
		fmt.Fprintf(&b, "[%d]", n)
	}
	return b.String()
}

// whoSays lists citations by their outlets and days.
func (v answerView) whoSays(numbers []int) string {
	var who []string
	for _, n := range numbers {
		if 1 <= n && n <= len(v.Citations) {
			c := v.Citations[n-1]
			who = append(who, fmt.Sprintf("[%d] %s, %s", n, outletName(c.Publisher), dayName(c.Published, c.DateInferred)))
		}
	}
	return strings.Join(who, "; ")
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
				pg.quote(i+1, clean(q.Quote))
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
