package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
)

type ingestCommand struct {
	Places     []string `arg:"" name:"path|url|feed" help:"Files, folders, web pages or feeds."`
	JSON       bool     `name:"json" help:"Print one JSON object an article, once it is safely stored."`
	Background bool     `help:"Leave the vectors for later: until then, the new articles are found by words alone."`
}

func (ingestCommand) Help() string {
	return `Examples:

    crisisbot ingest articles/ more.jsonl
    crisisbot ingest https://example.org/news/story.html https://example.org/feed.xml

Text, Markdown, HTML, JSONL and feeds are read; a folder is walked. Ingesting
again changes nothing that has not changed. What is refused is told with its
reason and stops nothing else; the status is 1 if nothing could be taken.`
}

// ingestBatch is how many articles are stored at once: few enough to be told soon.
const ingestBatch = 32

func (c *ingestCommand) Run(ctx context.Context, p *program) (err error) {
	encoder, err := p.openEncoder(ctx)
	if err != nil {
		return err
	}
	a, err := p.openArchive(ctx, archive.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	lib, err := p.libraryOf(ctx, a, encoder)
	if err != nil {
		return err
	}
	in := &intake{program: p, lib: lib, json: c.JSON, page: p.page(), counts: map[retrieval.Status]int{}}
	if err := in.readAll(ctx, c.Places); err != nil {
		return err
	}
	if !c.Background {
		if err := lib.Encode(ctx, p.progress("passages encoded")); err != nil {
			return err
		}
	}
	return in.finish()
}

// An intake stores articles as they are read and tells what became of each.
type intake struct {
	*program
	lib     *retrieval.Library
	json    bool
	page    *page
	pending []article.Article
	counts  map[retrieval.Status]int
}

func (in *intake) readAll(ctx context.Context, places []string) error {
	ids := source.NewIDs()
	for _, a := range in.lib.Articles() {
		ids.Add(*a)
	}
	reader := source.New(source.Options{IDs: ids, Now: in.now})
	for _, place := range places {
		for a, err := range reader.Read(ctx, place) {
			if err := in.take(ctx, place, a, err); err != nil {
				return err
			}
		}
		if err := in.store(ctx, place); err != nil {
			return err
		}
	}
	return nil
}

// take keeps one article in mind, or tells why it isn't one.
func (in *intake) take(ctx context.Context, place string, a article.Article, err error) error {
	if problem := (*source.Problem)(nil); errors.As(err, &problem) {
		if problem.Severity == source.Refused {
			return in.tell(ingested{Status: retrieval.Refused, Why: problem.Unwrap().Error(), Source: problem.Place})
		}
		in.logf("%s: %v", problem.Severity, problem)
		return nil
	}
	if err != nil {
		return err
	}
	in.pending = append(in.pending, a)
	if len(in.pending) < ingestBatch {
		return nil
	}
	return in.store(ctx, place)
}

// store keeps what is pending and tells it once that is safe.
func (in *intake) store(ctx context.Context, place string) error {
	outcomes, err := in.lib.Add(ctx, in.pending...)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		from := cmp.Or(in.pending[i].File, in.pending[i].URL, place)
		if err := in.tell(ingested{o.ID, o.Status, o.Why, from}); err != nil {
			return err
		}
	}
	in.pending = in.pending[:0]
	return nil
}

// ingested is what is told of an article.
type ingested struct {
	ArticleID string           `json:"article_id"`
	Status    retrieval.Status `json:"status"`
	Why       string           `json:"why"`
	Source    string           `json:"source"`
}

func (in *intake) tell(i ingested) error {
	in.counts[i.Status]++
	if in.json {
		return writeJSON(in.out, i)
	}
	return in.page.print(func(pg *page) {
		text := fmt.Sprintf("%-10s %s", i.Status, clean(cmp.Or(i.ArticleID, i.Source)))
		if i.Why != "" {
			text += ": " + clean(i.Why)
		}
		pg.line(text)
	})
}

// finish counts, and fails if nothing could be taken.
func (in *intake) finish() error {
	taken, told := 0, make([]string, 0, len(in.counts))
	for _, s := range slices.Sorted(maps.Keys(in.counts)) {
		told = append(told, fmt.Sprintf("%d %s", in.counts[s], s))
		if s != retrieval.Refused {
			taken += in.counts[s]
		}
	}
	if taken == 0 {
		return fmt.Errorf("nothing was taken: %s", cmp.Or(strings.Join(told, ", "), "no article was found"))
	}
	if in.json {
		return nil
	}
	return in.page.print(func(pg *page) { pg.line(strings.Join(told, ", ") + ".") })
}
