package article

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestSentences(t *testing.T) {
	tests := []string{ // the sentences of a text: ¦ stands for a space between two, ‖ for nothing
		"U.S. President Joe Biden spoke.¦Mr. Putin listened.",
		"Gen. Mark Milley met Lt. Col. Vindman.¦They talked.",
		"The call begins at 10 a.m. in Washington.¦It ends at 6 p.m. Moscow time.¦No one knows why.",
		"They met at 10 a.m.¦The talks lasted.",
		"J. Edgar Hoover and George W. Bush met.",
		"“We agree.”¦He said no more.",
		`"We agree."¦He said no more.`,
		"‘We agree.’¦He said no more.",
		`"The date is open. ¦There are difficulties," said Ryabkov.`,
		"It cost $1.3 billion, or 2.5 per cent.¦In 2014 it cost less.",
		"It was No. 5 on the list.¦No. 10 declined to comment.¦The answer was no.¦It was final.",
		"He waited... and left.¦He came back…¦Then he slept.",
		"“We need … Russia at the table,” he said.",
		"Said in a statement..¦From the President of Ukraine..",
		"They shook hands on Thursday, December 2, 2021, in Stockholm, Sweden.¦It was cold.",
		"(He left at once.)¦She stayed (for an hour).¦All was quiet.",
		"Prices fell.\u00a0¦The rouble rose.\u00a0",
		"He spoke to the President of Ukraine.¦Volodymyr ZhelenskyTherefore, the decisions stand.",
		"He moved to the U.S.¦The move was hard.",
		"She lives in Washington, D.C.¦Officials said so.",
		"RENO, Nev. – The fire spread.¦It was put out in Reno, Nev.¦Smith saw it.",
		"Hun Sen.¦In June he left.",
		"Apple Inc. Chief Executive Tim Cook spoke.",
		"It peaked at No.29.¦Coldplay played.",
		"“Why now?” he asked.¦“Who knows!” Blinken said.¦“Is it war?”¦She did not answer.",
		"Yahoo! (a company) fell.¦Really?¦Yes!",
		"1. Keep calm.¦2. Carry on.",
		"In such situations , it works .¦Any change can be said to be seasonal .¦`` season '' -- is a word .",
		"He said : `` Go home . ''¦They went .",
		"See Art. 5 of the treaty.¦Art is long.",
		"The rouble fell on Friday.‖The bank rose.",
		"Visit example.com for more.¦eBay did.¦iPhone sales rose.",
		"Ukraine joined in 1945.[12]¦It left.[3][4]¦Then came war.",
		"Путин сказал нет.¦Байден ответил.",
		"他来了。‖她走了。‖再见!",
		"**Bold end.**¦_Next one._¦Last",
		"Ph.D. students met Sgt. Lee vs. Smith etc. at St. Petersburg in Jan. 2022.",
		"Roe v. Wade was cited.¦The U.N.’s envoy left.",
		"\u201cA.\u201d¦\u201cB is here.\u201d",
	}
	for _, want := range tests {
		text := strings.NewReplacer("¦", " ", "‖", "").Replace(want)
		var got []string
		for _, s := range Sentences(text) {
			got = append(got, s.In(text))
		}
		var trimmed []string
		for s := range strings.SplitSeq(strings.ReplaceAll(want, "‖", "¦"), "¦") {
			trimmed = append(trimmed, strings.TrimFunc(s, isSpace))
		}
		if !slices.Equal(got, trimmed) {
			t.Errorf("%q:\n got %q\nwant %q", text, got, trimmed)
		}
	}
}

func TestSentencesCutsLongStretches(t *testing.T) {
	for name, text := range map[string]string{
		"words":    strings.Repeat("word and word ", 1000),
		"no space": strings.Repeat("Київ", 3000),
		"not UTF8": strings.Repeat("\xb3", 5000) + "x",
	} {
		at := 0
		for _, s := range Sentences(text) {
			if n := s.End - s.Start; n > maxSentence || n == 0 {
				t.Fatalf("%s: piece of %d bytes", name, n)
			}
			if strings.TrimFunc(text[at:s.Start], isSpace) != "" {
				t.Fatalf("%s: %q is in no piece", name, text[at:s.Start])
			}
			if name == "words" && s.End < len(text) && text[s.End] != ' ' {
				t.Fatalf("cut inside a word: %q", text[s.Start:s.End+3])
			}
			at = s.End
		}
		if strings.TrimSpace(text[at:]) != "" {
			t.Fatalf("%s: the end is in no piece", name)
		}
	}
}

// A sample is a text with the offsets of the last letter of each of its sentences.
type sample struct {
	text string
	ends map[int]bool
}

// TestBoundaries measures Sentences against the reference sentences of the
// public sets beside the repository. A boundary is the last letter or digit of a
// sentence, so that closing quotes don't matter.
func TestBoundaries(t *testing.T) {
	tests := []struct {
		set, file string
		samples   func(sentences []string, text string) []sample
		least     float64
	}{
		// Web pages: runs of three or more whole sentences, joined by spaces.
		{"wice/dev", "../../../shared/bench/wice/dev/docs.jsonl", runs, .99},
		// Tokenised Wikipedia, lists included, whose items end without a mark.
		{"clapnq/A", "../../../shared/bench/clapnq/A/docs.jsonl", whole, .91},
	}
	for _, tt := range tests {
		t.Run(tt.set, func(t *testing.T) {
			hit, extra, missed := 0, 0, 0
			readLines(t, tt.file, func(doc struct {
				Text      string
				Sentences []string
			}) {
				for _, s := range tt.samples(doc.Sentences, doc.Text) {
					h, e, m := s.compare()
					hit, extra, missed = hit+h, extra+e, missed+m
				}
			})
			f1 := 2 * float64(hit) / float64(2*hit+extra+missed)
			t.Logf("%s: %d boundaries, precision %.4f, recall %.4f, F1 %.4f", tt.set, hit+missed,
				float64(hit)/float64(hit+extra), float64(hit)/float64(hit+missed), f1)
			if f1 < tt.least {
				t.Errorf("F1 %.4f, want at least %.2f", f1, tt.least)
			}
		})
	}
}

// compare counts the boundaries inside a sample that Sentences finds, adds and misses.
func (s sample) compare() (hit, extra, missed int) {
	last := lastLetter(s.text)
	got := map[int]bool{}
	for _, span := range Sentences(s.text) {
		got[span.Start+lastLetter(span.In(s.text))] = true
	}
	for end := range s.ends {
		switch {
		case end == last:
		case got[end]:
			hit++
		default:
			missed++
		}
	}
	for end := range got {
		if end != last && !s.ends[end] {
			extra++
		}
	}
	return hit, extra, missed
}

func lastLetter(s string) int { return strings.LastIndexFunc(s, isWordRune) }

// readLines calls use with every line of a JSONL file, and skips the test if
// the file is not there.
func readLines[T any](t *testing.T, file string, use func(T)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Skip("public set not present: ", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		use(v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func whole(sentences []string, text string) []sample {
	s := sample{text, map[int]bool{}}
	at := 0
	for _, sentence := range sentences {
		at += strings.Index(text[at:], sentence)
		s.ends[at+lastLetter(sentence)] = true
		at += len(sentence)
	}
	return []sample{s}
}

func runs(sentences []string, _ string) []sample {
	var out []sample
	var run []string
	flush := func() {
		if len(run) >= 3 {
			s := sample{strings.Join(run, " "), map[int]bool{}}
			at := 0
			for _, sentence := range run {
				s.ends[at+lastLetter(sentence)] = true
				at += len(sentence) + 1
			}
			out = append(out, s)
		}
		run = nil
	}
	for _, s := range sentences {
		s = strings.TrimSpace(s)
		if len(s) < 30 || !strings.ContainsAny(s[len(strings.TrimRight(s, `"'”’)`))-1:], ".!?") || s[0] == '#' {
			flush()
			continue
		}
		run = append(run, s)
	}
	flush()
	return out
}
