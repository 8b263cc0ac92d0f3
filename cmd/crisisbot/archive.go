package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"crisisbot/retrieval/archive"
)

type backupCommand struct {
	File string `arg:"" help:"File to write; it must not be there."`
}

func (backupCommand) Help() string {
	return `Example:

    crisisbot backup crisisbot-2022-01-10.backup`
}

func (c *backupCommand) Run(ctx context.Context, p *program) (err error) {
	if _, err := p.openLibrary(ctx, nil); err != nil { // which puts in the starter articles
		return err
	}
	a, err := p.openArchive(ctx, archive.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Backup(ctx, c.File); err != nil {
		return err
	}
	return p.page().print(func(pg *page) { pg.para("", "Written to "+clean(c.File)+".") })
}

type restoreCommand struct {
	File string `arg:"" help:"A file that backup wrote."`
}

func (restoreCommand) Help() string {
	return `Makes the archive in the data folder, which must not hold one.

Example:

    crisisbot --data recovered restore crisisbot-2022-01-10.backup`
}

func (c *restoreCommand) Run(ctx context.Context, p *program) error {
	report, err := archive.Restore(ctx, c.File, p.config.Data)
	if err != nil {
		return err
	}
	for _, found := range report.Found {
		p.warn("archive: %s", found)
	}
	lib, err := p.openLibrary(ctx, nil)
	if err != nil {
		return err
	}
	return p.page().print(func(pg *page) {
		pg.para("", fmt.Sprintf("Restored %s to %s.", count(len(lib.Articles()), "article"), clean(p.config.Data)))
	})
}

type verifyCommand struct {
	JSON bool `name:"json" help:"Print one JSON object."`
}

func (verifyCommand) Help() string {
	return `Reads everything and checks every sum. What is damaged is mended, as far as it
can be, when the archive is opened to be written, as by ingest or serve.

Example:

    crisisbot verify`
}

func (c *verifyCommand) Run(ctx context.Context, p *program) (err error) {
	a, err := archive.Open(ctx, p.config.Data, archive.Options{ReadOnly: true, Now: p.now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	report, err := a.Verify(ctx)
	if err != nil {
		return err
	}
	opened := a.Report() // what was mended in passing
	report.Found = append(opened.Found, report.Found...)
	report.Lost, report.SetAside = append(opened.Lost, report.Lost...), append(opened.SetAside, report.SetAside...)
	if c.JSON {
		err = writeJSON(p.out, jsonReport{report.OK(), report.Articles, report.Revisions, report.Vectors, notNil(report.Found), notNil(report.Lost), notNil(report.SetAside)})
	} else {
		err = p.page().print(func(pg *page) {
			for line := range strings.Lines(report.String()) {
				pg.para("", clean(line))
			}
			if report.OK() {
				pg.line("All is as it was written.")
			}
			pg.line(fmt.Sprintf("%s in %s, %s.", count(report.Articles, "article"), count(report.Revisions, "revision"), count(report.Vectors, "vector")))
		})
	}
	if err == nil && !report.OK() {
		err = errors.New("the archive was damaged")
	}
	return err
}

// A jsonReport is the form in which verify prints what it found.
type jsonReport struct {
	OK        bool     `json:"ok"`
	Articles  int      `json:"articles"`
	Revisions int      `json:"revisions"`
	Vectors   int      `json:"vectors"`
	Found     []string `json:"found"`
	Lost      []string `json:"lost"`
	SetAside  []string `json:"set_aside"`
}

func notNil(s []string) []string { return append([]string{}, s...) }
