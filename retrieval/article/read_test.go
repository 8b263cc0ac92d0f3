package article

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// seedTexts returns the texts of the starter articles by file name.
func seedTexts(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../../seeds/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no starter articles: %v", err)
	}
	texts := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(f)] = string(b)
	}
	return texts
}

func TestReadSeedsGolden(t *testing.T) {
	for name, text := range seedTexts(t) {
		var b strings.Builder
		r := Read(text)
		fmt.Fprintf(&b, "title %q\npublished %q\nauthors %q\nagency %q\npublisher %q\nurl %q\n\n", r.Title, r.Published, r.Authors, r.Agency, r.Publisher, r.URL)
		for _, block := range r.Blocks {
			fmt.Fprintf(&b, "%-11s %d  %s\n", block.Kind, len(block.Sentences), firstBytes(block.In(text), 70))
			if len(block.Sentences) > 1 {
				for _, s := range block.Sentences {
					fmt.Fprintf(&b, "               %s\n", firstBytes(s.In(text), 50))
				}
			}
		}
		b.WriteString("\npassages")
		for _, p := range Passages(r) {
			fmt.Fprintf(&b, " %d", len(p.Sentences))
		}
		b.WriteString("\n")
		compareGolden(t, filepath.Join("testdata", strings.TrimSuffix(name, ".txt")+".golden"), b.String())
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it and run go test -update if it is right. Got:\n%s", path, got)
	}
}

func firstBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// checkReading fails t unless every promise about spans holds.
func checkReading(t *testing.T, text string, r Reading) {
	t.Helper()
	valid := utf8.ValidString(text)
	at := 0
	check := func(what string, s, within Span) {
		if s.Start < within.Start || s.End > within.End || s.Start >= s.End {
			t.Fatalf("%s %v is empty or outside %v", what, s, within)
		}
		if in := s.In(text); trim(text, s) != s {
			t.Fatalf("%s %q has white space at an end", what, in)
		} else if valid && !utf8.ValidString(in) {
			t.Fatalf("%s %v cuts a character", what, s)
		}
	}
	passages := Passages(r)
	for i, b := range r.Blocks {
		check("block", b.Span, Span{at, len(text)})
		at = b.End
		if !b.Kind.Evidence() {
			if b.Sentences != nil {
				t.Fatalf("%s block has sentences", b.Kind)
			}
			continue
		}
		from := b.Start
		var inPassages []Span
		for len(passages) > 0 && passages[0].Block == i {
			p := passages[0]
			check("passage", p.Span, b.Span)
			if len(p.Sentences) > passageSentences {
				t.Fatalf("passage of %d sentences", len(p.Sentences))
			}
			if p.Start != p.Sentences[0].Start || p.End != p.Sentences[len(p.Sentences)-1].End || p.Kind != b.Kind {
				t.Fatalf("passage %v does not fit its sentences", p)
			}
			inPassages = append(inPassages, p.Sentences...)
			passages = passages[1:]
		}
		if !slices.Equal(inPassages, b.Sentences) {
			t.Fatalf("passages hold %v, block holds %v", inPassages, b.Sentences)
		}
		for _, s := range b.Sentences {
			check("sentence", s, Span{from, b.End})
			if s.End-s.Start > maxSentence {
				t.Fatalf("sentence of %d bytes", s.End-s.Start)
			}
			if strings.IndexFunc(text[from:s.Start], isWordRune) >= 0 {
				t.Fatalf("letters outside sentences: %q", text[from:s.Start])
			}
			from = s.End
		}
		if strings.IndexFunc(text[from:b.End], isWordRune) >= 0 {
			t.Fatalf("letters outside sentences: %q", text[from:b.End])
		}
	}
	if len(passages) > 0 {
		t.Fatalf("%d passages of no evidence block", len(passages))
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range seedTexts(f) {
		f.Add(text)
	}
	for _, s := range []string{"", "\ufeff", "a\r\n\r\nb\rc\u2028d", "\xff\xfe. A", "# T\n\n* a\n1. b\n\n== H ==\n", "(meta data) TITLE: x y", "date 2021-12-07", "By [A B for AFP](#)", "x (A / B via Reuters)", "**\u00a0**", "“A.” B said… C? ‘D’ [12] E"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkReading(t, text, Read(text))
		Plain(text)
	})
}

func BenchmarkRead(b *testing.B) {
	var all strings.Builder
	for _, text := range seedTexts(b) {
		all.WriteString(text + "\n\n")
	}
	text := all.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Passages(Read(text))
	}
}
