package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
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
			out[i] = jsonArticleOf(a, len(lib.Passages(a.ID)))
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
	ID       string `arg:"" help:"Id or file name of the article."`
	Revision int    `placeholder:"N" help:"An earlier text of the article, from 1."`
	JSON     bool   `name:"json" help:"Print one JSON object."`
}

func (articlesShow) Help() string {
	return `A citation gives bytes of the text that the article had then: when it was revised
since, --revision shows that text.

Example:

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
	v, err := p.articleView(ctx, lib, id, c.Revision)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(p.out, v.json())
	}
	return p.page().print(v.write)
}

// An articleView is one revision of an article as it is shown.
type articleView struct {
	*article.Article
	passages  []article.Passage
	revision  int
	revisions []archive.Revision // of the article; none if it isn't stored
	altered   []jsonAltered      // of the newest revision
}

// articleView returns a revision of an article, the newest if revision is 0.
func (p *program) articleView(ctx context.Context, lib *retrieval.Library, id string, revision int) (v articleView, err error) {
	v.Article, _ = lib.Article(id)
	v.altered = []jsonAltered{}
	for _, q := range lib.Passages(id) {
		v.passages = append(v.passages, q.Passage)
	}
	a, err := p.openArchive(ctx, archive.Options{ReadOnly: true})
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	v.revisions, err = a.Revisions(ctx, id)
	if err != nil && !errors.Is(err, archive.ErrNotFound) {
		return v, err
	}
	if v.revision = 1; len(v.revisions) > 0 {
		v.revision = v.revisions[len(v.revisions)-1].Number
	}
	if revision == 0 || revision == v.revision {
		v.altered = alteredBy(lib, v.Article)
		return v, nil
	}
	r, err := a.Article(ctx, id, revision)
	if errors.Is(err, archive.ErrNotFound) {
		return v, usagef("there is no revision %d of %s: it has %s", revision, id, count(v.revision, "revision"))
	}
	v.Article, v.passages, v.revision = &r.Article, r.Passages, revision
	return v, err
}

// A jsonAltered is a quotation that a copy gives in other words than its original. The
// bytes are those of the words between the quotation marks.
type jsonAltered struct {
	Quote         string `json:"quote"`
	Start         int    `json:"start"`
	End           int    `json:"end"`
	Original      string `json:"original"`
	OriginalStart int    `json:"original_start"`
	OriginalEnd   int    `json:"original_end"`
}

// alteredBy lists the quotations that an article alters, none if it is no copy.
func alteredBy(lib *retrieval.Library, a *article.Article) []jsonAltered {
	out := []jsonAltered{}
	original, ok := lib.Article(a.Origin)
	if !ok {
		return out
	}
	for _, q := range lib.Altered(a.ID) {
		out = append(out, jsonAltered{q.Copy.In(a.Text), q.Copy.Start, q.Copy.End, q.Original.In(original.Text), q.Original.Start, q.Original.End})
	}
	return out
}

func (v articleView) write(pg *page) {
	describeArticle(pg, v.Article)
	pg.para("  ", pg.dim(clean(v.ID)+", "+count(len(v.passages), "passage")))
	for _, r := range v.revisions {
		if n := len(v.revisions); n > 1 && r.Number == v.revision {
			pg.para("  ", fmt.Sprintf("Revision %d of %d, stored on %s.", r.Number, n, dayName(r.Stored.Format(time.DateOnly), false)))
		}
	}
	if v.DateReason != "" {
		pg.para("  ", clean(v.DateReason))
	}
	if n := len(v.altered); n > 0 {
		pg.line("")
		pg.para("  ", count(n, "quotation")+" in other words than in the original, never cited:")
		for _, q := range v.altered {
			pg.para("    ", "“"+clean(q.Quote)+"”")
			pg.para("      ", pg.dim("where it is “"+clean(q.Original)+"”"))
		}
	}
	for i, s := range v.passages {
		pg.line("\n" + pg.dim(fmt.Sprintf("%d. %s, bytes %d to %d", i+1, s.Kind, s.Start, s.End)))
		pg.para("   ", clean(s.In(v.Text)))
	}
}

func (v articleView) json() jsonArticleText {
	out := jsonArticleText{
		jsonArticle: jsonArticleOf(v.Article, len(v.passages)),
		File:        v.File, Authors: v.Authors, DateReason: v.DateReason, Quality: v.Quality, Text: v.Text,
		Revision: v.revision, Revisions: max(1, len(v.revisions)), Altered: v.altered,
	}
	for i, s := range v.passages {
		out.Contents = append(out.Contents, jsonPassage{i + 1, s.Kind.String(), s.Start, s.End, s.In(v.Text)})
	}
	return out
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
	Revision   int           `json:"revision"`
	Revisions  int           `json:"revisions"`
	Altered    []jsonAltered `json:"altered"`
	Contents   []jsonPassage `json:"contents"`
}

type jsonPassage struct {
	Number int    `json:"number"`
	Kind   string `json:"kind"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Text   string `json:"text"`
}

func jsonArticleOf(a *article.Article, passages int) jsonArticle {
	return jsonArticle{a.ID, a.Title, a.Publisher, a.Published, a.DateInferred, a.URL, a.Origin, passages}
}
