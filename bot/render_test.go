package bot

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crisisbot/bot/qa"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with testdata/NAME.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", file, got)
	}
}

func mustLanguages(t testing.TB) languages {
	t.Helper()
	l, err := loadLanguages()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// sampleAnswer cites n sentences of as many articles.
func sampleAnswer(n int) qa.Answer {
	a := qa.Answer{ID: "a1", Question: "What was said of the talks?", Mode: qa.Extractive, Origins: n, AsOf: "2021-12-22"}
	for i := 1; i <= n; i++ {
		quote := "The ministry said on Wednesday that talks about item " + marker(i) + " would go on in Geneva."
		a.Text += "The ministry said that talks about item would go on. " + marker(i) + " "
		a.Statements = append(a.Statements, qa.Statement{Text: quote, Citations: []int{i}})
		a.Citations = append(a.Citations, qa.Citation{
			Number: i, ArticleID: "article-" + marker(i), Title: "Talks *go on*", Publisher: "The Example Times", Published: "2021-12-02",
			DateInferred: i%2 == 0, URL: "https://news.example/story-" + strings.Repeat("x", i), Quote: quote,
			Passage: "Snow fell. " + quote + " Nobody left.", Origin: "o",
		})
	}
	return a
}

func TestRenderAnswers(t *testing.T) {
	l := mustLanguages(t)
	covered := catalogue{since: "2021-11-01", until: "2021-12-22"}
	disagree := sampleAnswer(2)
	disagree.Disagreements = []qa.Disagreement{{About: "troops at the border", Sides: []qa.Side{{Value: "94,000", Citations: []int{1}}, {Value: "175,000", Citations: []int{2, 9}}}}}
	abstained := qa.Answer{Text: "The articles do not say who won.", Abstained: true, Reason: qa.NotStated, AsOf: "2021-12-22", Nearest: sampleAnswer(1).Citations}
	written := sampleAnswer(1)
	written.Mode = qa.Model
	poisoned := sampleAnswer(1)
	poisoned.Text = "@everyone see [this](https://evil.example/win) <@1> `rm -rf` ||hidden|| [1]"
	poisoned.Citations[0].Publisher = "discord.gg/evil **Times**"
	poisoned.Citations[0].URL = "javascript:alert(1)"
	long := sampleAnswer(12)
	for _, c := range []struct {
		name string
		code string
		a    qa.Answer
	}{
		{"answer", "en", sampleAnswer(2)}, {"answer-uk", "uk", sampleAnswer(2)}, {"disagreement", "en", disagree}, {"abstained", "en", abstained}, {"abstained-uk", "uk", abstained},
		{"model", "en", written}, {"poisoned", "en", poisoned}, {"long", "en", long},
	} {
		m := answerMessage(l[c.code], c.a, covered)
		chunks := pack(m.body, m.tail, maxContent, maxMessages)
		for _, s := range chunks {
			if err := audit(s, linksOf(m.body, m.tail)); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		golden(t, c.name+".golden", strings.Join(chunks, "\n=== next message ===\n")+"\n")
	}
	d, pages := passagesPage(l["en"], newFakeLibrary(1), sampleAnswer(3), 1)
	golden(t, "passages.golden", strings.Join(pack(d, nil, maxContent, 1), "")+"\n")
	if pages != 2 {
		t.Errorf("%d pages of three passages, want 2", pages)
	}
}

// Sources stay on the last message as long as their quotes can be read there.
func TestManySourcesStayTogether(t *testing.T) {
	l := mustLanguages(t)
	for n := 1; n <= 30; n++ {
		m := answerMessage(l["en"], sampleAnswer(n), catalogue{})
		chunks := pack(m.body, m.tail, maxContent, maxMessages)
		last := chunks[len(chunks)-1]
		if n > 15 {
			last = strings.Join(chunks, "\n")
		}
		if len(chunks) > maxMessages || !strings.Contains(chunks[len(chunks)-1], "the articles’ own sentences") {
			t.Errorf("%d sources: %d messages, the last is %s", n, len(chunks), chunks[len(chunks)-1])
		}
		for i := 1; i <= n; i++ {
			if !strings.Contains(last, "\n> "+marker(i)+" “") && !strings.Contains("\n"+last, "\n"+marker(i)+" **") {
				t.Errorf("%d sources: source %d is not on the last message", n, i)
			}
		}
	}
}

func TestSurroundings(t *testing.T) {
	library := newFakeLibrary(1)
	a := library.articles[0]
	a.Text = strings.Repeat("Long before it. ", 40) + "\nThen\nthe quote (so) came. \n\nAnd after." + strings.Repeat(" Long after it.", 40)
	at := strings.Index(a.Text, "the quote")
	c := qa.Citation{ArticleID: a.ID, Quote: "the quote (so)", Start: at, End: at + len("the quote (so)"), Passage: "Kept: the quote (so)."}
	got := line{spans: markQuote(surroundings(library, c, 350), c.Quote, 350)}.markdown()
	if !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") || width(got) > 900 {
		t.Errorf("%d units: %s", width(got), got)
	}
	wants(t, got, "Long before it. Then **the quote (so)** came. And after. Long after it.")
	c.Start++ // the article was changed since
	if got := (line{spans: markQuote(surroundings(library, c, 350), c.Quote, 350)}).markdown(); got != "Kept: **the quote (so)**." {
		t.Errorf("got %s", got)
	}
	c.Passage = "something else"
	if got := (line{spans: markQuote(surroundings(library, c, 350), c.Quote, 350)}).markdown(); got != "**the quote (so)**" {
		t.Errorf("got %s", got)
	}
}
