package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"crisisbot/bot"
	"crisisbot/bot/qa"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/source"
)

func newServed(t *testing.T) *served {
	t.Helper()
	p := &program{err: &bytes.Buffer{}, now: time.Now, config: config{Data: t.TempDir(), Embedding: embeddingConfig{Model: noEncoder}}}
	p.log = p.newLog(nil)
	a, err := p.openArchive(t.Context(), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	lib, err := p.libraryOf(t.Context(), a, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &served{p: p, lib: lib, archive: a, reader: source.New(source.Options{}), log: p.log, wake: make(chan struct{}, 1)}
}

const damReport = "# Dam at Odd Haven closed\n\ndate 2021-12-20\n\nThe dam at Odd Haven was closed on Monday, the port authority said. Ships wait outside.\n"

// What a manager uploads is kept; addresses that are none, files of this machine
// among them, are refused with what to do.
func TestServedIngest(t *testing.T) {
	s := newServed(t)
	before := len(s.lib.Articles())
	for _, tt := range []struct {
		upload bot.Upload
		status string
		err    string
	}{
		{bot.Upload{Name: "report.md", Body: []byte(damReport)}, "added", ""},
		{bot.Upload{Name: "../../report.md", Body: []byte(damReport)}, "unchanged", ""},
		{bot.Upload{Name: "empty.txt"}, "refused", ""},
		{bot.Upload{URL: "serve_articles_test.go"}, "", "write it in full"},
		{bot.Upload{URL: "file:///proc/self/environ"}, "", "write it in full"},
		{bot.Upload{URL: "http://127.0.0.1:1/x"}, "refused", ""},
	} {
		got, err := s.Ingest(t.Context(), tt.upload)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%+v: %v", tt.upload, err)
			}
			continue
		}
		if err != nil || len(got) != 1 || got[0].Status != tt.status || (got[0].Why != "") != (tt.status == "refused") {
			t.Errorf("%s%s: %+v, %v; want %s", tt.upload.Name, tt.upload.URL, got, err, tt.status)
		}
	}
	if n := len(s.lib.Articles()) - before; n != 1 {
		t.Errorf("%d articles were added", n)
	}
	if len(s.wake) != 1 {
		t.Error("nobody is told to encode")
	}
}

// An article of a feed is kept, and so is what is known of the feed.
func TestServedFeeds(t *testing.T) {
	s := newServed(t)
	a := article.Article{ID: "odd-haven", Title: "Dam at Odd Haven closed", Publisher: "Example Wire", Published: "2021-12-20", Text: damReport}
	for range 2 {
		if err := s.take(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := s.lib.Article(a.ID); !ok {
		t.Error("the article is not in the library")
	}
	states := feedStates{s.archive}
	want := source.FeedState{ETag: `"1"`, LastModified: "Mon", Next: time.Unix(1e9, 0).UTC(), Failures: 2, Seen: []string{"a", "b"}}
	if err := states.SetFeedState(t.Context(), "https://example.org/feed", want); err != nil {
		t.Fatal(err)
	}
	if got, err := states.FeedState(t.Context(), "https://example.org/feed"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("state %+v, %v", got, err)
	}
	if got, err := states.FeedState(t.Context(), "https://example.org/other"); err != nil || !reflect.DeepEqual(got, source.FeedState{}) {
		t.Errorf("state of an unknown feed %+v, %v", got, err)
	}
}

// Two processes that spend from one account lose nothing and pass no cap.
func TestSpendFileShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "spend.json")
	const each, most, limit = 60, 10, 1000
	var all sync.WaitGroup
	for range 2 {
		b, err := qa.NewBudget(t.Context(), qa.Caps{DayTokens: limit}, spendFile{path, t.Errorf}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			all.Go(func() {
				for range each {
					if r, err := b.Reserve(t.Context(), "ann", qa.Spent{Tokens: most}); err == nil {
						if err := r.Settle(t.Context(), qa.Spent{Tokens: most}); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
	}
	all.Wait()
	got, err := spendFile{path, t.Errorf}.read()
	if err != nil || got.All.Tokens != limit || got.Users["ann"].Tokens != limit {
		t.Errorf("spent %+v, %v; want the cap of %d, asked for %d", got, err, limit, 4*each*most)
	}
}

func TestMetricsFormat(t *testing.T) {
	var out strings.Builder
	writeMetrics(&out, append([]metric{
		{"questions_total", "Questions accepted.", 3, ""}, {"spent_money", "What these cost.", 0.25, ""},
		{"outcomes_total", "By outcome.", 1, `form="ask"`}, {"outcomes_total", "By outcome.", 2e9, `form="check"`},
	}, histogram("answer_seconds", "Time.", bot.Latency{Counts: []int64{2, 0, 0, 0, 0, 0, 0, 0, 0, 1}, Total: 20 * time.Second})...))
	want := "# HELP crisisbot_questions_total Questions accepted.\n# TYPE crisisbot_questions_total counter\ncrisisbot_questions_total 3\n" +
		"# HELP crisisbot_spent_money What these cost.\n# TYPE crisisbot_spent_money gauge\ncrisisbot_spent_money 0.25\n"
	want += "# HELP crisisbot_outcomes_total By outcome.\n# TYPE crisisbot_outcomes_total counter\ncrisisbot_outcomes_total{form=\"ask\"} 1\ncrisisbot_outcomes_total{form=\"check\"} 2e+09\n" +
		"# HELP crisisbot_answer_seconds Time.\n# TYPE crisisbot_answer_seconds histogram\n"
	for _, class := range []string{"0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "15", "+Inf"} {
		n := 2
		if class == "+Inf" {
			n = 3
		}
		want += fmt.Sprintf("crisisbot_answer_seconds_bucket{le=%q} %d\n", class, n)
	}
	want += "crisisbot_answer_seconds_sum 20\ncrisisbot_answer_seconds_count 3\n"
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}
