package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
	"crisisbot/bot/discordtest/player"
)

// shownInReadme are the steps of the session that README shows, by how they begin.
var shownInReadme = []string{"ann #general: /ask question: How many", "ann #general: /ask question: Who won", "ann #general: /check", "olha #general: /check", "mia #general: /crisis-admin feeds add", "mia #general: /crisis-admin feeds list"}

// TestSession plays a session with the real binary, as it comes, and compares what
// people see with the golden file, and with what README shows of it.
func TestSession(t *testing.T) {
	if raceDetector {
		t.Skip("the encoder is slow under the race detector; TestServe does the same without it")
	}
	t.Parallel()
	s := discordtest.New(t, discordtest.Options{Patience: serveTimeout})
	site, _ := newsSite(t)
	var out bytes.Buffer
	p := player.New(s, &out, 400*time.Millisecond, serveTimeout)
	startServe(t, s, filepath.Join(t.TempDir(), "data"), "EMBEDDING_MODEL=", "FETCH_ALLOW=127.0.0.0/8")
	newsroom{Server: s, guild: p.Guild()}.ready(t)
	script := read(t, filepath.Join("testdata", "discord", "session.txt"))
	for old, now := range map[string]string{"FEED": site.URL + "/feed.xml", "PAGE": site.URL + "/lighthouse"} {
		script = strings.ReplaceAll(script, old, now)
	}
	if err := p.Play(t.Context(), strings.NewReader(script)); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(out.String(), strings.TrimPrefix(site.URL, "http://"), "harbour.example")
	for _, changing := range []struct{ pattern, by string }{
		{`\d{1,2} \pL+ 20(?:2[6-9]|[3-9]\d)(?: р\.)?(?:, \d\d:\d\d UTC)?`, "NOW"}, // the day of the test
		{`<#\d+>`, "<#THREAD>"},
	} {
		got = regexp.MustCompile(changing.pattern).ReplaceAllString(got, changing.by)
	}
	golden := filepath.Join("testdata", "discord", "session.golden")
	if *update {
		writeFile(t, golden, got)
	}
	if want := read(t, golden); got != want {
		t.Errorf("the session differs; with -update:\n%s", firstDifference(got, want))
	}

	var shown []string
	for step := range strings.SplitSeq(got, "\n\n") {
		step = strings.Trim(step, "\n")
		for _, begin := range shownInReadme {
			if strings.HasPrefix(step, begin) {
				shown = append(shown, step)
			}
		}
	}
	if len(shown) < len(shownInReadme) {
		t.Fatalf("README shows %d steps of the session, it has %d of them", len(shownInReadme), len(shown))
	}
	block := "$ go run ./bot/discordtest/play -- ./crisisbot serve\n\n" + strings.Join(shown, "\n\n") + "\n"
	readme := filepath.Join("..", "..", "README.md")
	text := read(t, readme)
	before, rest, found := strings.Cut(text, "$ go run ./bot/discordtest/play")
	_, after, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("README shows no session")
	}
	if want := before + block + "```" + after; text != want {
		if *update {
			writeFile(t, readme, want)
		} else {
			t.Error("README shows another session; run this test with -update")
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// firstDifference returns some lines from where two texts part.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return "got\n" + strings.Join(a[i:min(len(a), i+8)], "\n") + "\nwant\n" + strings.Join(b[i:min(len(b), i+8)], "\n")
}
