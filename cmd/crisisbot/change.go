package main

import (
	"context"
	"errors"
	"fmt"

	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/dates"
)

type articlesRemove struct {
	IDs []string `arg:"" name:"id" help:"Id or file name of an article."`
}

func (articlesRemove) Help() string {
	return `Removes text, passages and vectors, and the answers kept that quote them. Backups that were made before keep them.
A starter article that was removed does not come back.

Example:

    crisisbot articles remove 2021-12-22-russia-agrees-to-talks`
}

func (c *articlesRemove) Run(ctx context.Context, p *program) error {
	return p.change(ctx, func(lib *retrieval.Library) error {
		ids, err := findArticles(lib, c.IDs)
		if err != nil {
			return err
		}
		n, err := p.forgetAnswers(ctx, ids...) // first, so that none is left by a kill in between
		if err != nil {
			return fmt.Errorf("forget the answers that quote the articles: %w", err)
		}
		if err := lib.Remove(ctx, ids...); err != nil {
			return err
		}
		said := "Removed " + count(len(ids), "article")
		if n > 0 {
			said += ", and " + count(n, "answer") + " that quoted from there"
		}
		return p.page().print(func(pg *page) { pg.para("", said+".") })
	})
}

type articlesEdit struct {
	ID        string   `arg:"" help:"Id or file name of the article."`
	Title     *string  `help:"The headline."`
	Publisher *string  `help:"The outlet; empty for unknown."`
	Authors   []string `name:"author" sep:"none" help:"An author, in printed order; may be repeated."`
	Published *string  `placeholder:"DAY" help:"Day of publication, such as 2021-12-02; empty for unknown."`
	URL       *string  `name:"url" help:"Address; empty for unknown."`
	Quality   *string  `help:"Words such as machine-translated; empty for a clean text."`
}

func (articlesEdit) Help() string {
	return `The correction outlives later versions of the article. The text stays as it is.

Example:

    crisisbot articles edit 000_fbf9a5a2e21661a2.txt --published 2021-12-07 --publisher "The Example Times"`
}

func (c *articlesEdit) Run(ctx context.Context, p *program) error {
	e := archive.Edit{Title: c.Title, Publisher: c.Publisher, URL: c.URL, Quality: c.Quality}
	if c.Published != nil {
		day := *c.Published
		if day != "" {
			r, err := dates.ParseRange(day)
			if err != nil || r.Since != r.Until {
				return usagef("published: %q is not a day such as 2021-12-02", day)
			}
			day = r.Since
		}
		e.Published = &day
	}
	if c.Authors != nil {
		e.Authors = &c.Authors
	}
	if e == (archive.Edit{}) {
		return usagef("nothing to correct: name at least one of --title, --publisher, --author, --published, --url and --quality")
	}
	if c.Title != nil && *c.Title == "" {
		return usagef("an article needs a title")
	}
	return p.change(ctx, func(lib *retrieval.Library) error {
		ids, err := findArticles(lib, []string{c.ID})
		if err != nil {
			return err
		}
		if err := lib.Edit(ctx, ids[0], e); err != nil {
			return err
		}
		a, _ := lib.Article(ids[0])
		return p.page().print(func(pg *page) { describe(pg, lib, a) })
	})
}

// change opens the archive to be written, without vectors: they stay as they are.
func (p *program) change(ctx context.Context, f func(*retrieval.Library) error) (err error) {
	a, err := p.openToChange(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	lib, err := p.libraryOf(ctx, a, nil)
	if err != nil {
		return err
	}
	if err := f(lib); err != nil {
		return err
	}
	p.saveWords(lib)
	return nil
}

func findArticles(lib *retrieval.Library, names []string) ([]string, error) {
	ids := make([]string, len(names))
	for i, name := range names {
		id, err := lib.FindArticle(name)
		if err != nil {
			return nil, usagef("%v", err)
		}
		ids[i] = id
	}
	return ids, nil
}
