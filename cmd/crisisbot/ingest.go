package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
)

type ingestCommand struct {
	Places     []string `arg:"" optional:"" name:"place" help:"File, folder, or address of a page or feed."`
	JSON       bool     `name:"json" help:"Print one JSON object a line for every article, once it is safely stored."`
	Background bool     `help:"Leave the search by meaning to serve: don't wait for the vectors."`
}

func (ingestCommand) Help() string {
	return `Takes plain text, Markdown, HTML, JSONL (one object a line with id, title,
source, published_at, url and text), RSS and Atom. What is there already is
unchanged, so the same command may be repeated, after an interruption too. What
is refused is told with its reason and stops nothing else; the status is 1 if
nothing could be taken. Without a place, only missing vectors are made.

Examples:

    crisisbot ingest reports/ extra.jsonl
    crisisbot ingest https://example.org/feed.xml`
}

func (c *ingestCommand) Run(ctx context.Context, p *program) (err error) {
	var encoder retrieval.Embedder
	if !c.Background {
		if encoder, err = p.openEncoder(ctx); err != nil {
			return err
		}
	}
	a, err := p.openToChange(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	lib, err := p.libraryOf(ctx, a, encoder)
	if err != nil {
		return err
	}
	in := &ingestion{p: p, lib: lib, archive: a, reader: p.reader(lib, feedStates{a}), json: c.JSON, counts: map[retrieval.Status]int{}}
	if len(c.Places) > 0 {
		if err := in.readAll(ctx, c.Places); err != nil {
			return err
		}
	}
	p.saveWords(lib)
	if err := p.encodeAll(ctx, lib); err != nil {
		return err
	}
	if !c.Background {
		if err := qa.New(lib, qa.Options{}).Reconcile(ctx); err != nil {
			return err
		}
	}
	if n := in.counts[retrieval.Refused]; n > 0 && n == in.all() {
		return fmt.Errorf("nothing was taken: %s refused", count(n, "item"))
	}
	return nil
}

// encodeAll computes all vectors that are missing, and says how many they were.
func (p *program) encodeAll(ctx context.Context, lib *retrieval.Library) error {
	e := lib.Encoding()
	missing := e.Total - e.Done
	if missing == 0 {
		return nil
	}
	if other := otherModels(e); other != "" {
		p.warn("%s to encode anew%s", count(missing, "passage"), other)
	}
	start := time.Now()
	if err := lib.Encode(ctx, p.progress("encoding passages")); err != nil {
		if e := lib.Encoding(); ctx.Err() != nil {
			p.warn("cut short: %d of %s cannot be searched by meaning yet: run %q to go on", e.Total-e.Done, count(e.Total, "passage"), "crisisbot ingest")
		}
		return err
	}
	p.logf("encoded %s", took(missing, "passage", time.Since(start)))
	return nil
}

// ingestBatch is how many articles are stored together at most: enough that the
// disk is no limit, few enough to be acknowledged within a second.
const ingestBatch = 256

// An ingestion adds what it reads and counts what became of it.
type ingestion struct {
	p       *program
	lib     *retrieval.Library
	archive *archive.Archive
	reader  *source.Reader
	json    bool
	meter   *meter
	run     archive.Run // how far it is
	told    time.Time   // when the archive was told
	counts  map[retrieval.Status]int
	skipped int
}

// readAll adds the articles found at the places and shows the summary, also of an
// ingestion that is cut short.
func (in *ingestion) readAll(ctx context.Context, places []string) (err error) {
	if err := in.tellCutShort(ctx, places); err != nil {
		return err
	}
	start := time.Now()
	in.run = archive.Run{Places: absolute(places), Started: in.p.now()}
	for _, place := range places {
		if err = in.read(ctx, place); err != nil {
			break
		}
	}
	if !in.json {
		err = errors.Join(err, in.print(time.Since(start)))
	}
	switch {
	case err == nil:
		return in.archive.EndRun(ctx)
	case ctx.Err() != nil && in.all() > 0:
		in.p.warn("cut short: what is told above is kept, and the same command goes on from there")
	}
	return err
}

// reader returns a reader that gives an article of the library the id that it has
// there. What it remembers of feeds may be nil.
func (p *program) reader(lib *retrieval.Library, feeds source.FeedStates) *source.Reader {
	ids := source.NewIDs()
	for _, a := range lib.Articles() {
		ids.Add(*a)
	}
	return source.New(source.Options{IDs: ids, Feeds: feeds, Now: p.now, AllowNetworks: p.config.Fetch.Networks, AllowHosts: p.config.Fetch.Hosts})
}

// A found item is an article or the reason why there is none.
type found struct {
	article article.Article
	place   string
	err     error
}

// read adds the articles found at a place. It stores together what was read while
// the batch before was being stored, so that nothing waits for a slow source. Of the
// web, the next article is read when the last is stored, so that only what is stored
// is remembered as read.
func (in *ingestion) read(ctx context.Context, place string) error {
	in.run.Place, in.run.Done, in.run.Total = place, 0, expected(place)
	in.told = time.Time{}
	if err := in.tellArchive(ctx); err != nil {
		return err
	}
	in.meter = in.p.meter("reading "+place, in.run.Total)
	defer func() { in.meter.clear() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	items, stored := make(chan found, ingestBatch), make(chan struct{})
	go func() {
		defer close(items)
		for item, err := range in.reader.ReadItems(ctx, place) {
			select {
			case items <- found{item.Article, item.Place, err}:
			case <-ctx.Done():
				return
			}
			if err != nil || !webAddress(place) {
				continue
			}
			select {
			case <-stored:
			case <-ctx.Done():
				return
			}
		}
	}()
	for first := range items {
		batch := []found{first}
	more:
		for len(batch) < ingestBatch {
			select {
			case item, ok := <-items:
				if !ok {
					break more
				}
				batch = append(batch, item)
			default:
				break more
			}
		}
		articles, err := in.add(ctx, batch)
		if err != nil {
			return err
		}
		if articles > 0 && webAddress(place) {
			select {
			case stored <- struct{}{}:
			case <-ctx.Done():
			}
		}
	}
	return ctx.Err()
}

// add stores a batch, then says so. It returns how many articles there were.
func (in *ingestion) add(ctx context.Context, batch []found) (int, error) {
	var articles []article.Article
	for _, item := range batch {
		if item.err == nil {
			articles = append(articles, item.article)
		}
	}
	outcomes, err := in.lib.Add(ctx, articles...)
	if err != nil {
		return 0, err
	}
	in.meter.clear()
	for _, item := range batch {
		if item.err != nil {
			err = in.problem(item.err)
		} else {
			err = in.outcome(outcomes[0], cmp.Or(item.article.URL, item.place))
			outcomes = outcomes[1:]
		}
		if err != nil {
			return 0, err
		}
	}
	in.meter.set(in.run.Done, max(in.run.Total, in.run.Done))
	return len(articles), in.tellArchive(ctx)
}

// A jsonOutcome is the line that ingest prints for an article.
type jsonOutcome struct {
	ArticleID string           `json:"article_id"`
	Status    retrieval.Status `json:"status"`
	Why       string           `json:"why"`
	Source    string           `json:"source"`
}

func (in *ingestion) outcome(o retrieval.Outcome, from string) error {
	in.counts[o.Status]++
	in.run.Done++
	if in.json {
		return writeJSON(in.p.out, jsonOutcome{o.ID, o.Status, o.Why, from})
	}
	switch {
	case o.Status == retrieval.Refused:
		in.p.warn("%s: refused: %s", clean(from), clean(o.Why))
	case o.Why != "":
		in.p.logf("%s %s: %s", o.Status, clean(cmp.Or(o.ID, from)), clean(o.Why))
	default:
		in.p.logf("%s %s", o.Status, clean(o.ID))
	}
	return nil
}

// problem reports what is no article.
func (in *ingestion) problem(err error) error {
	var p *source.Problem
	if !errors.As(err, &p) {
		return err
	}
	if p.Severity == source.Known {
		return in.outcome(retrieval.Outcome{ID: p.Article, Status: retrieval.Unchanged, Why: p.Err.Error()}, p.Place)
	}
	in.p.warn("%s: %v: %v", clean(p.Place), p.Severity, clean(p.Err.Error()))
	switch p.Severity {
	case source.Skipped:
		in.skipped++
	case source.Refused:
		in.counts[retrieval.Refused]++
		in.run.Done++
		if in.json {
			return writeJSON(in.p.out, jsonOutcome{"", retrieval.Refused, p.Err.Error(), p.Place})
		}
	}
	return nil
}

// all counts the items that were articles, or should have been.
func (in *ingestion) all() (n int) {
	for _, c := range in.counts {
		n += c
	}
	return n
}

// print shows the summary.
func (in *ingestion) print(d time.Duration) error {
	return in.p.page().print(func(pg *page) {
		for _, s := range []retrieval.Status{retrieval.Added, retrieval.Updated, retrieval.Unchanged, retrieval.Copied, retrieval.Refused} {
			pg.line(fmt.Sprintf("%-10s %7d", s, in.counts[s]))
		}
		if in.skipped > 0 {
			pg.line(fmt.Sprintf("%-10s %7d", "skipped", in.skipped))
		}
		pg.line("")
		pg.para("", took(in.all(), "item", d)+"; the archive holds "+count(len(in.lib.Articles()), "article")+" now.")
		if e := in.lib.Encoding(); e.Model == "" && in.p.config.Embedding.Model != noEncoder {
			pg.para("", "They are searched by their words; by their meaning once serve has encoded them, or the next ingest.")
		}
	})
}

// expected guesses how many items there are at a place, to estimate when they
// will have been read: the lines of JSONL, one for any other file. -1 is unknown.
func expected(place string) int {
	if strings.Contains(place, "://") {
		return -1
	}
	n := 0
	err := filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
		case strings.HasSuffix(path, ".jsonl"):
			n += countLines(path)
		default:
			n++
		}
		return nil
	})
	if err != nil {
		return -1
	}
	return n
}

func countLines(file string) int {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	n := 0
	for b := make([]byte, 1<<20); ; {
		size, err := f.Read(b)
		n += bytes.Count(b[:size], []byte("\n"))
		if err != nil {
			return n
		}
	}
}
