package main

import (
	"context"
	"fmt"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

type articlesCommand struct {
	List articlesList `cmd:"" default:"withargs" help:"List the articles, oldest first."`
	Show articlesShow `cmd:"" help:"Show an article with its passages."`

	Edit   articlesEdit   `cmd:"" help:"Correct what is known about an article."`
	Remove articlesRemove `cmd:"" help:"Remove articles for good."`
}

func (articlesCommand) Help() string {
	return `Examples:

    crisisbot articles
    crisisbot articles --json
    crisisbot articles --disagreements
    crisisbot articles show moscow-times-2021-12-02-ukraine-crisis-builds
    crisisbot articles edit 2021-12-07-biden-putin-video-call --publisher "The Example Times"
    crisisbot articles remove 2021-12-07-biden-putin-video-call`
}

type articlesList struct {
	JSON          bool `name:"json" help:"Print one JSON array."`
	Disagreements bool `help:"List what the articles tell differently instead."`
}

func (c *articlesList) Run(ctx context.Context, p *program) error {
	if c.Disagreements {
		return c.disagreements(ctx, p)
	}
	lib, err := p.openLibrary(ctx, nil)
	if err != nil {
		return err
	}
	all := lib.Articles()
	if c.JSON {
		out := make([]jsonArticle, len(all))
		for i, a := range all {
			out[i] = jsonArticleOf(lib, a)
		}
		return writeJSON(p.out, out)
	}
	return p.page().print(func(pg *page) {
		for _, a := range all {
			describe(pg, lib, a)
		}
		days := lib.Covered()
		pg.line("")
		pg.para("", fmt.Sprintf("%s, from %s to %s.", count(len(all), "article"), dayName(days.Since, false), dayName(days.Until, false)))
	})
}

// disagreements lists what the articles tell differently.
func (c *articlesList) disagreements(ctx context.Context, p *program) error {
	lib, err := p.openSearchable(ctx)
	if err != nil {
		return err
	}
	all, err := qa.New(lib, qa.Options{}).Disputes(ctx, "")
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(p.out, append([]qa.Dispute{}, all...))
	}
	return p.page().print(func(pg *page) {
		for _, d := range all {
			v := answerView{qa.Answer{Disagreements: []qa.Disagreement{d.Disagreement}, Citations: d.Citations}, lib}
			v.said(pg)
			v.sources(pg, d.Citations)
		}
		pg.line("")
		pg.para("", count(len(all), "disagreement")+".")
	})
}

// describe prints what is known about an article.
func describe(pg *page, lib *retrieval.Library, a *article.Article) {
	describeArticle(pg, a)
	pg.para("  ", pg.dim(clean(a.ID)+", "+count(len(lib.Passages(a.ID)), "passage")))
}

type articlesShow struct {
	ID   string `arg:"" help:"Id or file name of the article."`
	JSON bool   `name:"json" help:"Print one JSON object."`
}

func (articlesShow) Help() string {
	return `Example:

    crisisbot articles show 003_71b25952f2d99c83.txt`
}

func (c *articlesShow) Run(ctx context.Context, p *program) error {
	lib, err := p.openLibrary(ctx, nil)
	if err != nil {
		return err
	}
	id, err := lib.FindArticle(c.ID)
	if err != nil {
		return usagef("%v", err)
	}
	a, _ := lib.Article(id)
	passages := lib.Passages(id)
	if c.JSON {
		out := jsonArticleText{jsonArticle: jsonArticleOf(lib, a), File: a.File, Authors: a.Authors, DateReason: a.DateReason, Quality: a.Quality, Text: a.Text}
		for i, s := range passages {
			out.Contents = append(out.Contents, jsonPassage{i + 1, s.Kind.String(), s.Start, s.End, s.Text()})
		}
		return writeJSON(p.out, out)
	}
	return p.page().print(func(pg *page) {
		describe(pg, lib, a)
		if a.DateReason != "" {
			pg.para("  ", clean(a.DateReason))
		}
		for i, s := range passages {
			pg.line("\n" + pg.dim(fmt.Sprintf("%d. %s, bytes %d to %d", i+1, s.Kind, s.Start, s.End)))
			pg.para("   ", clean(s.Text()))
		}
	})
}

// A jsonArticle is the form in which articles are listed.
type jsonArticle struct {
	ID           string `json:"id"`
	Title        string `json:"title"`
	Publisher    string `json:"publisher"`
	Published    string `json:"published"`
	DateInferred bool   `json:"date_inferred"`
	URL          string `json:"url"`
	Origin       string `json:"origin"`
	Passages     int    `json:"passages"`
}

// A jsonArticleText is the form in which one article is shown.
type jsonArticleText struct {
	jsonArticle
	File       string        `json:"file"`
	Authors    []string      `json:"authors"`
	DateReason string        `json:"date_reason"`
	Quality    string        `json:"quality"`
	Text       string        `json:"text"`
	Contents   []jsonPassage `json:"contents"`
}

type jsonPassage struct {
	Number int    `json:"number"`
	Kind   string `json:"kind"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Text   string `json:"text"`
}

func jsonArticleOf(lib *retrieval.Library, a *article.Article) jsonArticle {
	return jsonArticle{a.ID, a.Title, a.Publisher, a.Published, a.DateInferred, a.URL, a.Origin, len(lib.Passages(a.ID))}
}
