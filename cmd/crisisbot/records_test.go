package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/qa"
)

func TestRecordFolder(t *testing.T) {
	t.Parallel()
	now := time.Now()
	f := recordFolder{filepath.Join(t.TempDir(), "records"), time.Hour, func() time.Time { return now }}
	if all, err := f.all(); err != nil || len(all) != 0 {
		t.Fatalf("before the first: %v, %v", all, err)
	}
	first, second := newID(), newID()
	if !recordID.MatchString(first) || first == second {
		t.Fatalf("ids %q, %q", first, second)
	}
	put := func(id string) {
		t.Helper()
		if err := f.put(qa.Record{ID: id, Kind: qa.AnswerKind, Answer: &qa.Answer{Question: "Who?"}}); err != nil {
			t.Fatal(err)
		}
	}
	put(first)
	info, err := os.Stat(f.path(first))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	r, ok, err := f.get(first)
	if err != nil || !ok || r.Answer.Question != "Who?" || !r.Expires.Equal(r.At.Add(time.Hour)) {
		t.Errorf("%+v, %v, %v", r, ok, err)
	}
	if err := os.WriteFile(f.path(newID()), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err := f.all(); err != nil || len(all) != 1 {
		t.Errorf("beside a damaged file: %d records, %v", len(all), err)
	}
	now = now.Add(time.Hour + time.Second)
	if _, ok, _ := f.get(first); ok {
		t.Error("an expired record is given")
	}
	put(second)
	entries, err := os.ReadDir(f.dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files after the sweep, %v", len(entries), err)
	}
	if n, err := f.remove(first, second); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
}

// The record of an answer that a model wrote tells what it was shown, what was dropped
// and why, and what it cost; and the key is in none of it.
func TestRecordOfModel(t *testing.T) {
	t.Parallel()
	url := chatServer(t, "At a NATO meeting in Riga on Wednesday, Blinken had accused Russia of 900 attacks.")
	env := environment(map[string]string{
		"EMBEDDING_MODEL": noEncoder, "CHAT_MODEL": "stub", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "sesame", "CRISISBOT_DATA": t.TempDir(),
		"CHAT_PRICE_IN": "2", "CHAT_PRICE_OUT": "10",
	})
	output := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if status := run(t.Context(), args, env, strings.NewReader(""), &out, &errs); status != done {
			t.Fatalf("%q: status %d, %s", args, status, &errs)
		}
		return out.String() + errs.String()
	}
	asked := output("ask", "--verbose", "Where did Blinken accuse Russia?")
	_, id, ok := strings.Cut(asked, "crisisbot record ")
	if id = strings.TrimSpace(id[:min(len(id), 26)]); !ok || !recordID.MatchString(id) {
		t.Fatalf("no id in %s", asked)
	}
	for _, want := range []string{`dropped (number: the number "900" is not in the cited passages)`, "not used: no statement"} {
		if !strings.Contains(asked, want) {
			t.Errorf("--verbose lacks %q:\n%s", want, asked)
		}
	}
	shown := strings.Join(strings.Fields(output("record", id)), " ")
	for _, want := range []string{
		id, "answer, 20", "Asked: Where did Blinken accuse Russia?", "Language model: stub-1", "Not used: no statement", "1800 tokens in, 100 out, cost 0.004600, 2 requests",
		"Prompt answer, sha256 ", "Prompt repair, sha256 ", " 1. moscow-times-2021-12-02-ukraine-crisis-builds, bytes ", "Number: the number \"900\" is not", "did not pass the check",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("the record lacks %q:\n%s", want, shown)
		}
	}
	if js := output("record", "--json", id); !strings.Contains(js, `"drops":[{"draft":{"text":"At a NATO meeting`) || !strings.Contains(js, `"usage":{"in":1800,"out":100}`) {
		t.Errorf("as JSON: %s", js)
	}
	if strings.Contains(asked+shown, "sesame") {
		t.Error("the key is printed")
	}
}

// With an article go the answers kept that quote it, and no others.
func TestRemoveForgetsAnswers(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, question := range []string{"Who met in Geneva?", "How many troops are at the border?"} {
		if status, _, errs := command(t, data, "ask", question); status != done {
			t.Fatal(errs)
		}
	}
	left := func() (files, traces int) {
		paths, err := filepath.Glob(filepath.Join(data, recordsFolder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if files++; bytes.Contains(b, []byte("moscow-times-2021-12-02-ukraine-crisis-builds")) {
				traces++
			}
		}
		return files, traces
	}
	files, traces := left()
	if files != 2 || traces == 0 {
		t.Fatalf("%d records, %d of them quote the article", files, traces)
	}
	status, out, errs := command(t, data, "articles", "remove", "003_71b25952f2d99c83.txt")
	if status != done || !strings.Contains(out, "that quoted from there") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
	if now, quoting := left(); now != files-traces || quoting != 0 {
		t.Errorf("%d records are left of %d, %d quote the article", now, files, quoting)
	}
}
