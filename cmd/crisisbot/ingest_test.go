package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crisisbot/retrieval/archive"
)

// writeNews writes n articles of some words as JSONL, no two alike.
func writeNews(t testing.TB, n, words int) string {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 3))
	var b bytes.Buffer
	for i := range n {
		var text strings.Builder
		for w := range words {
			fmt.Fprintf(&text, "word%04d", r.IntN(5000))
			switch {
			case w%60 == 59:
				text.WriteString(`.\n\nThe `)
			case w%20 == 19:
				text.WriteString(". Then ")
			default:
				text.WriteString(" ")
			}
		}
		fmt.Fprintf(&b, `{"id":"made-%d","title":"Report %d","published_at":"2022-01-01","text":"%s."}`+"\n", i, i, strings.TrimSpace(text.String()))
	}
	file := filepath.Join(t.TempDir(), "news.jsonl")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// What ingest has acknowledged is there after it was killed, and the same command
// again finishes the work.
func TestIngestKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills processes")
	}
	const articles, kills = 2000, 8
	news, data := writeNews(t, articles, 60), t.TempDir()
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	acknowledged := map[string]bool{}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for range kills {
		cmd := exec.Command(exe, "--data", data, "ingest", "--json", news)
		cmd.Args[0] = "crisisbot" // which makes the test binary the program
		cmd.Env = append(os.Environ(), "EMBEDDING_MODEL="+noEncoder)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		left := 1 + r.IntN(articles)
		for s := bufio.NewScanner(out); s.Scan(); left-- {
			var line jsonOutcome
			if err := json.Unmarshal(s.Bytes(), &line); err != nil || line.Status == "refused" {
				t.Errorf("%s: %v", s.Bytes(), err)
			}
			acknowledged[line.ArticleID] = true
			if left == 0 {
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait() // killed, or done already
	}
	if len(acknowledged) == 0 {
		t.Fatal("nothing was acknowledged")
	}
	a, err := archive.Open(t.Context(), data, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for rec, err := range a.Load(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		kept[rec.ID] = true
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for id := range acknowledged {
		if !kept[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	t.Logf("%d kills, %d articles acknowledged, %d kept", kills, len(acknowledged), len(kept))
	status, out, errs := command(t, data, "ingest", news)
	if status != done || !strings.Contains(out, fmt.Sprintf("holds %d articles", articles+5)) {
		t.Errorf("at last: status %d: %s%s", status, out, errs)
	}
}

// An ingestion that was cut short is told of until one has ended.
func TestIngestCutShort(t *testing.T) {
	t.Parallel()
	data, news := t.TempDir(), writeNews(t, 3, 60)
	a, err := archive.Open(t.Context(), data, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2022, 1, 2, 3, 4, 0, 0, time.UTC)
	if err := a.SetRun(t.Context(), archive.Run{Places: []string{news}, Place: news, Started: began, Done: 2, Total: 3}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	const told = "ingest of %s (begun 2 January 2022, 03:04; 2 of about 3 items)"
	doctor := func() string {
		_, out, _ := command(t, data, "doctor", "--json", "--offline")
		return out
	}
	if out := doctor(); !strings.Contains(out, fmt.Sprintf(told, news)+" has not ended") {
		t.Errorf("doctor: %s", out)
	}
	missing := filepath.Join(data, "missing")
	if _, _, errs := command(t, data, "ingest", missing); !strings.Contains(errs, fmt.Sprintf(told, news)+" was cut short. What it stored is kept\n") {
		t.Errorf("ingest of something else: %s", errs)
	}
	if out := doctor(); strings.Contains(out, "has not ended") {
		t.Errorf("doctor, after the end: %s", out)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stdout := writerFunc(func(b []byte) (int, error) {
		cancel() // by ctrl-C at the first line
		return len(b), nil
	})
	var errs bytes.Buffer
	env := environment(map[string]string{"EMBEDDING_MODEL": noEncoder, "CRISISBOT_DATA": data})
	big := writeNews(t, 3000, 60)
	if status := run(ctx, []string{"ingest", "--json", big}, env, strings.NewReader(""), stdout, &errs); status != failed || !strings.Contains(errs.String(), "the same command goes on from there") {
		t.Errorf("interrupted: status %d: %s", status, errs.String())
	}
	status, out, again := command(t, data, "ingest", big)
	if status != done || !strings.Contains(again, "this one goes on from there") || !strings.Contains(out, "unchanged") {
		t.Errorf("again: status %d: %s%s", status, out, again)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// command runs crisisbot in this process, by words alone.
func command(t *testing.T, data string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env := environment(map[string]string{"EMBEDDING_MODEL": noEncoder, "CRISISBOT_DATA": data})
	status = run(t.Context(), args, env, strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

// While another process writes, the archive can be read but not changed.
func TestBesideAWriter(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if status, _, errs := command(t, data, "articles"); status != done {
		t.Fatal(errs)
	}
	a, err := archive.Open(t.Context(), data, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	status, out, errs := command(t, data, "articles")
	if status != done || !strings.Contains(out, "5 articles") {
		t.Errorf("articles: status %d: %s%s", status, out, errs)
	}
	status, out, errs = command(t, data, "ingest", writeNews(t, 1, 60))
	if status != failed || out != "" || !strings.Contains(errs, "another process is writing") {
		t.Errorf("ingest: status %d: %s%s", status, out, errs)
	}
}

func BenchmarkIngest(b *testing.B) {
	news := writeNews(b, b.N, 600)
	data := b.TempDir()
	var errs bytes.Buffer
	env := environment(map[string]string{"CRISISBOT_DATA": data})
	b.ResetTimer()
	if run(b.Context(), []string{"ingest", "--background", news}, env, strings.NewReader(""), &errs, &errs) != done {
		b.Fatal(errs.String())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}
