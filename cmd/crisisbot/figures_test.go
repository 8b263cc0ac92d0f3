package main

import (
	"bytes"
	"io"
	"os"
	"testing"
	"time"

	"crisisbot/bot/qa"
	"crisisbot/bot/qa/qaeval"
)

const (
	ownSet     = "../../bot/qa/testdata/questions.jsonl"
	ownFigures = "../../bot/qa/testdata/figures.golden"
)

// evalDay is the day on which the questions are asked.
func evalDay() time.Time { return time.Date(2022, 1, 10, 12, 0, 0, 0, time.UTC) }

// The figures of the own set are a golden file, so that every change of ranking,
// citing or refusing shows in the diff: go test ./cmd/crisisbot -update
func TestFigures(t *testing.T) {
	if testing.Short() || raceDetector {
		t.Skip("a measurement of the whole, not of races")
	}
	t.Parallel()
	questions, err := readQuestions(ownSet)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	for _, model := range []string{noEncoder, ""} {
		p := &program{out: &got, err: io.Discard, now: evalDay, config: config{Data: t.TempDir(), Embedding: embeddingConfig{Model: model}}}
		encoder, err := p.openEncoder(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		lib, err := p.openLibrary(t.Context(), encoder)
		if err != nil {
			t.Fatal(err)
		}
		if err := lib.Encode(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		results, err := qaeval.Run(t.Context(), lib, qa.New(lib, qa.Options{Now: p.now}), questions, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Exact != r.Quotes {
				t.Errorf("%s: %d of %d quotations are exact", r.ID, r.Exact, r.Quotes)
			}
		}
		r := report{File: "questions.jsonl", Articles: len(lib.Articles()), Encoder: "none", Figures: qaeval.Score(results)}
		if encoder != nil {
			r.Encoder = encoder.Model()
		}
		if err := p.page().print(r.table); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
	}
	if *update {
		writeFile(t, ownFigures, got.String())
		return
	}
	want, err := os.ReadFile(ownFigures)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the figures changed; if for the better, run this test with -update.\ngot\n%swant\n%s", got.Bytes(), want)
	}
}
