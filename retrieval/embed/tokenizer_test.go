package embed

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

var goldenPath = flag.String("golden", "testdata/tokenizer.golden.jsonl", "texts and the ids that they must get, made by testdata/tokenizer_golden.py")

// testVocab is read once; its text is 232 kB.
var testVocab = sync.OnceValues(func() (string, error) {
	b, err := os.ReadFile("model/vocab.txt")
	return string(b), err
})

func newTestTokenizer(tb testing.TB) *Tokenizer {
	tb.Helper()
	vocab, err := testVocab()
	if err != nil {
		tb.Fatal(err)
	}
	t, err := NewTokenizer(vocab)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestTokenizerGolden(t *testing.T) {
	tok := newTestTokenizer(t)
	f, err := os.Open(*goldenPath)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	texts, wrong := 0, 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		row := struct {
			Text  string
			IDs   []int32
			Limit int
		}{Limit: 512}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		texts++
		if got := tok.Encode(row.Text, row.Limit); !slices.Equal(got, row.IDs) {
			if wrong++; wrong <= 20 {
				t.Errorf("Encode(%+q, %d)\n got %v\nwant %v", row.Text, row.Limit, got, row.IDs)
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if texts < 200 {
		t.Errorf("%d texts, want at least 200", texts)
	}
	t.Logf("%d of %d texts differ", wrong, texts)
}

func TestTokenizerEveryRune(t *testing.T) {
	tok := newTestTokenizer(t)
	golden, err := os.ReadFile("testdata/tokenizer_runes.golden")
	if err != nil {
		t.Fatal(err)
	}
	var ids []int32
	var text, printed []byte
	blocks := 0
	for line := range strings.Lines(string(golden)) {
		var first rune
		var want uint32
		if _, err := fmt.Sscanf(line, "%x %x", &first, &want); err != nil {
			t.Fatal(err)
		}
		blocks++
		var sum uint32
		for r := first; r < first+0x1000; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			text = append(utf8.AppendRune(append(text[:0], 'a'), r), 'b')
			ids = tok.Append(ids[:0], string(text), 512)
			printed = printed[:0]
			for _, id := range ids {
				printed = append(strconv.AppendInt(printed, int64(id), 10), ' ')
			}
			printed[len(printed)-1] = '\n'
			sum = crc32.Update(sum, crc32.IEEETable, printed)
		}
		if sum != want {
			t.Errorf("the ids around one of U+%04X to U+%04X have changed", first, first+0xFFF)
		}
	}
	if blocks != 272 {
		t.Errorf("%d blocks of 4,096 code points, want 272", blocks)
	}
}

func TestTokenizerInvalidUTF8(t *testing.T) {
	tok := newTestTokenizer(t)
	for _, test := range []struct{ text, same string }{
		{"\xff", ""},
		{"sum\xffmit", "summit"},
		{"sum\xe2\x82mit", "summit"},
		{"caf\xc3", "caf"},
		{"\xed\xa0\x80surrogate", "surrogate"},
		{"\xc0\xafoverlong", "overlong"},
		{"\xf4\x90\x80\x80beyond", "beyond"},
		{"\xe2[SEP]", "[SEP]"},
		{"[S\xffEP]", "[S\u200bEP]"}, // removed after special tokens are looked for
	} {
		got, want := tok.Encode(test.text, 512), tok.Encode(test.same, 512)
		if !slices.Equal(got, want) {
			t.Errorf("Encode(%q) = %v, want %v as for %q", test.text, got, want, test.same)
		}
	}
}

func TestTokenizerLimit(t *testing.T) {
	tok := newTestTokenizer(t)
	for _, limit := range []int{-1, 0, 1} {
		if got := tok.Encode("word", limit); len(got) != 0 {
			t.Errorf("Encode with limit %d = %v, want nothing", limit, got)
		}
	}
	text := strings.Repeat("Counterrevolutionaries [MASK] demilitarised 😀 北京. ", 5)
	whole := tok.Encode(text, 1<<20)
	for limit := 2; limit <= len(whole)+1; limit++ {
		got := tok.Encode(text, limit)
		n := min(limit, len(whole))
		want := append(slices.Clone(whole[:n-1]), tok.sep)
		if !slices.Equal(got, want) {
			t.Fatalf("limit %d: got %v, want %v", limit, got, want)
		}
	}
}

func TestTokenizerAppend(t *testing.T) {
	tok := newTestTokenizer(t)
	got := tok.Append([]int32{7, 8}, "hello world", 3)
	if want := []int32{7, 8, 101, 7592, 102}; !slices.Equal(got, want) {
		t.Errorf("Append = %v, want %v", got, want)
	}
	ids := make([]int32, 0, 1024)
	text := "MOSCOW (Reuters) — Café Зеленський 北京 한국 [MASK] " + strings.Repeat("z", 200)
	if n := testing.AllocsPerRun(100, func() { ids = tok.Append(ids[:0], text, 512) }); n != 0 {
		t.Errorf("%v allocations a text, want 0", n)
	}
}

func TestNewTokenizerErrors(t *testing.T) {
	vocab, err := testVocab()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, vocab, want string }{
		{"empty", "", "empty"},
		{"not UTF-8", vocab + "\xff\n", "not UTF-8"},
		{"zeros", strings.Repeat("\x00", 100), "missing"},
		{"repeated", vocab + "the\n", `line 30523 repeats "the" of line 1997`},
		{"repeated piece", vocab + "##s\n", `repeats "##s"`},
		{"blank line", "[PAD]\n\n[UNK]\n", "line 2"},
		{"last line blank", vocab + "\n", "line 30523"},
		{"two on a line", "[PAD] [UNK]\n", "line 1"},
		{"cut short", vocab[:700], "[UNK] is missing"},
		{"other case", strings.ToLower(vocab[:1100]), "missing"},
		{"JSON", `{"model":{"vocab":{"[PAD]":0}}}`, "missing"},
	} {
		if _, err := NewTokenizer(test.vocab); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.name, err, test.want)
		}
	}
}

func TestNewTokenizerLineEnds(t *testing.T) {
	vocab, err := testVocab()
	if err != nil {
		t.Fatal(err)
	}
	want := newTestTokenizer(t)
	if want.Size() != 30522 {
		t.Errorf("Size() = %d, want 30522", want.Size())
	}
	for name, changed := range map[string]string{
		"CRLF":             strings.ReplaceAll(vocab, "\n", "\r\n"),
		"no final newline": strings.TrimSuffix(vocab, "\n"),
	} {
		got, err := NewTokenizer(changed)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		const text = "unaffable ～ [SEP]"
		if a, b := got.Encode(text, 64), want.Encode(text, 64); got.Size() != want.Size() || !slices.Equal(a, b) {
			t.Errorf("%s: %d tokens and %v, want %d and %v", name, got.Size(), a, want.Size(), b)
		}
	}
}

func FuzzTokenizer(f *testing.F) {
	tok := newTestTokenizer(f)
	golden, err := os.ReadFile("testdata/tokenizer.golden.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(golden) {
		var row struct{ Text string }
		if err := json.Unmarshal(line, &row); err != nil {
			f.Fatal(err)
		}
		f.Add(row.Text, 16)
	}
	f.Add("[SEP\xe2\x82", 3)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit %= 1024
		got := tok.Encode(text, limit)
		if limit < 2 {
			if len(got) != 0 {
				t.Fatalf("limit %d: %v", limit, got)
			}
			return
		}
		if len(got) < 2 || len(got) > limit || got[0] != tok.cls || got[len(got)-1] != tok.sep {
			t.Fatalf("limit %d: %v", limit, got)
		}
		for _, id := range got {
			if id < 0 || int(id) >= tok.Size() {
				t.Fatalf("id %d is out of range", id)
			}
		}
		if again := tok.Append(make([]int32, 0, 1), text, limit); !slices.Equal(got, again) {
			t.Fatalf("%v, then %v", got, again)
		}
		if blank := len(got) == 2; limit > 2 && isBlank(text) != blank {
			t.Fatalf("isBlank(%q) = %v, but the ids are %v", text, isBlank(text), got)
		}
		whole := tok.Encode(text, 1<<30)
		if cut := append(slices.Clone(whole[:min(limit, len(whole))-1]), tok.sep); !slices.Equal(got, cut) {
			t.Fatalf("limit %d: %v, want %v", limit, got, cut)
		}
	})
}

func BenchmarkTokenizer(b *testing.B) {
	tok := newTestTokenizer(b)
	for _, bench := range []struct{ name, text string }{
		{"English", strings.Repeat("Russia has massed about 175,000 troops near Ukraine’s border, U.S. officials said on Friday, and warned of “severe” costs. ", 8)},
		{"Ukrainian", strings.Repeat("Президент України Володимир Зеленський заявив про переговори. ", 8)},
	} {
		b.Run(bench.name+"/128", func(b *testing.B) {
			ids := tok.Encode(bench.text, 128)
			if len(ids) != 128 {
				b.Fatalf("%d ids, want 128", len(ids))
			}
			b.ReportAllocs()
			for b.Loop() {
				ids = tok.Append(ids[:0], bench.text, 128)
			}
		})
	}
}

func BenchmarkNewTokenizer(b *testing.B) {
	vocab, err := testVocab()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewTokenizer(vocab); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleTokenizer() {
	vocab, err := os.ReadFile("model/vocab.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := NewTokenizer(string(vocab))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Encode("Café, unaffable!", 512)) // [CLS] cafe , una ##ffa ##ble ! [SEP]
	fmt.Println(t.Encode("Café, unaffable!", 5))
	// Output:
	// [101 7668 1010 14477 20961 3468 999 102]
	// [101 7668 1010 14477 102]
}
