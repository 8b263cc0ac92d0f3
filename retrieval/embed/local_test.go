package embed

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

func newLocal(tb testing.TB, threads int) *Local {
	tb.Helper()
	l, err := NewLocal(LocalOptions{Threads: threads})
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

type goldenText struct {
	Text   string
	Vector []byte // float16
}

func readGolden(tb testing.TB) (texts []string, vectors [][]float32) {
	tb.Helper()
	file, err := os.ReadFile("testdata/encoder.golden.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(file))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var g goldenText
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			tb.Fatal(err)
		}
		v := make([]float32, len(g.Vector)/2)
		for i := range v {
			v[i] = float16(binary.LittleEndian.Uint16(g.Vector[2*i:]))
		}
		texts, vectors = append(texts, g.Text), append(vectors, v)
	}
	return texts, vectors
}

// float16 reads a finite IEEE 754 half.
func float16(h uint16) float32 {
	fraction, exponent := float64(h&0x3ff), int(h>>10&0x1f)
	v := math.Ldexp(fraction+1024, exponent-25)
	if exponent == 0 {
		v = math.Ldexp(fraction, -24)
	}
	if h>>15 == 1 {
		v = -v
	}
	return float32(v)
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// Every vector is within a cosine of .999 of the float32 model's, from the
// text on: tokenizer, weights and arithmetic.
func TestGolden(t *testing.T) {
	texts, want := readGolden(t)
	if len(texts) < 200 {
		t.Fatalf("%d texts, want 200", len(texts))
	}
	if raceDetector { // ten times slower
		texts, want = texts[len(texts)-10:], want[len(want)-10:]
	}
	got, err := newLocal(t, 0).EmbedPassages(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	low, mean := 1.0, 0.0
	for i, v := range got {
		c := cosine(v, want[i])
		if !(c >= .999) {
			t.Errorf("%.60q: cosine %.5f", texts[i], c)
		}
		low, mean = min(low, c), mean+c/float64(len(got))
	}
	t.Logf("%d texts: cosine to the float32 model at least %.5f, mean %.5f", len(got), low, mean)
}

// The portable kernels give the same vectors.
func TestPortable(t *testing.T) {
	if !simd {
		t.Skip("no other kernel on this processor")
	}
	l := newLocal(t, 0)
	texts := []string{"border", "How many soldiers are at the frontier?", strings.Repeat("no date was set. ", 5)}
	fast, err := l.EmbedPassages(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	simd = false
	defer func() { simd = true }()
	slow, err := l.EmbedPassages(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range texts {
		for j, v := range slow[i] {
			if d := math.Abs(float64(v - fast[i][j])); !(d < 1e-5) {
				t.Fatalf("%.60q: number %d is %g, and %g without SIMD", texts[i], j, fast[i][j], v)
			}
		}
	}
}

// A vector depends neither on the other texts of the call, nor on its place
// among them, nor on what else runs.
func TestOrderAndConcurrency(t *testing.T) {
	texts := []string{"a", strings.Repeat("a long text ", 10), "Kyiv", "the border", "a", strings.Repeat("x ", 40)}
	alone := make([][]float32, len(texts))
	for i, text := range texts {
		v, err := newLocal(t, 1).EmbedQuery(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(cosine(v, v)-1) > 1e-6 || math.Abs(length(v)-1) > 1e-6 {
			t.Fatalf("%q: length %v, want 1", text, length(v))
		}
		alone[i] = v
	}
	l := newLocal(t, 3)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			got, err := l.EmbedPassages(context.Background(), texts)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range texts {
				if !slices.Equal(got[i], alone[i]) {
					t.Errorf("text %d differs from the vector made alone", i)
				}
			}
		})
	}
	wg.Wait()
}

func TestPack(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		limit int
		want  string
	}{
		{nil, 10, "[]"},
		{[]int{3}, 1, "[[3]]"},
		{[]int{4, 9, 5, 1}, 10, "[[9] [5 4 1]]"},
		{[]int{5, 20, 5, 5}, 10, "[[20] [5 5] [5]]"},
		{[]int{2, 2, 2}, 100, "[[2 2 2]]"},
	} {
		inputs := make([]input, len(c.sizes))
		for i, n := range c.sizes {
			inputs[i] = input{i, make([]int32, n)}
		}
		got := [][]int{}
		for _, p := range pack(inputs, c.limit) {
			sizes := []int{}
			for _, in := range p {
				if len(in.ids) != c.sizes[in.text] {
					t.Errorf("%v: text %d has the ids of another", c.sizes, in.text)
				}
				sizes = append(sizes, len(in.ids))
			}
			got = append(got, sizes)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%v in packs of %d: %v, want %s", c.sizes, c.limit, got, c.want)
		}
	}
}

func length(v []float32) float64 {
	var square float64
	for _, f := range v {
		square += float64(f) * float64(f)
	}
	return math.Sqrt(square)
}

// What stands beyond 256 tokens does not count, and what stands before does.
func TestTruncation(t *testing.T) {
	l := newLocal(t, 0)
	full := strings.Repeat("peace ", maxTokens-marks)
	v, err := l.EmbedPassages(context.Background(), []string{
		full, full + strings.Repeat("endless war ", 1<<17), full[:len(full)-len("peace ")] + "war",
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(v[0], v[1]) {
		t.Error("words beyond the limit change the vector")
	}
	if slices.Equal(v[0], v[2]) {
		t.Error("the last word within the limit does not change the vector")
	}
}

func TestEmpty(t *testing.T) {
	l := newLocal(t, 0)
	for _, text := range []string{"", " \t\n", "\x00\u200b", "\xff"} {
		if v, err := l.EmbedQuery(context.Background(), text); !errors.Is(err, ErrEmpty) || v != nil {
			t.Errorf("%q: %v, %v, want ErrEmpty", text, v, err)
		}
	}
	v, err := l.EmbedPassages(context.Background(), []string{"one", "two", "", "four"})
	if !errors.Is(err, ErrEmpty) || !strings.Contains(err.Error(), "text 2") || v != nil {
		t.Errorf("%v, want ErrEmpty for text 2", err)
	}
	if v, err := l.EmbedPassages(context.Background(), nil); err != nil || len(v) != 0 {
		t.Errorf("no texts: %v, %v", v, err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, threads := range []int{1, 2} {
		l := newLocal(t, threads)
		if v, err := l.EmbedPassages(ctx, []string{"one", "two", "three"}); !errors.Is(err, context.Canceled) || v != nil {
			t.Errorf("%d threads: %v, %v, want the context's error", threads, v, err)
		}
	}
}

// stopAfter is a context that ends when it has been asked n times.
type stopAfter struct {
	context.Context
	n *int
}

func (c stopAfter) Err() error {
	if *c.n--; *c.n < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func TestCancelledBetweenTexts(t *testing.T) {
	n := 2
	v, err := newLocal(t, 1).EmbedPassages(stopAfter{context.Background(), &n}, []string{"one", "two", "three"})
	if !errors.Is(err, context.DeadlineExceeded) || v != nil {
		t.Errorf("%v, %v, want the context's error", v, err)
	}
}

func TestLocalOptions(t *testing.T) {
	if _, err := NewLocal(LocalOptions{Threads: -1}); err == nil {
		t.Error("-1 threads accepted")
	}
	l := newLocal(t, 0)
	if l.Dim() != 384 || l.Model() == "" {
		t.Errorf("dimension %d, model %q", l.Dim(), l.Model())
	}
}

func TestDamaged(t *testing.T) {
	flipped := bytes.Clone(weightsFile)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		name, vocab string
		file        []byte
		want        string
	}{
		{"weights", vocabFile, flipped, "weights file is damaged"},
		{"cut weights", vocabFile, weightsFile[:1000], "weights file is damaged"},
		{"no weights", vocabFile, nil, "weights file is damaged"},
		{"vocabulary", vocabFile + "x", weightsFile, "vocabulary is damaged"},
	} {
		_, err := newEncoder(c.file, weightsSum, c.vocab, vocabSum)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "again") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func ExampleLocal() {
	l, err := NewLocal(LocalOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	question, err := l.EmbedQuery(ctx, "How many soldiers are at the frontier?")
	if err != nil {
		fmt.Println(err)
		return
	}
	passages, err := l.EmbedPassages(ctx, []string{
		"Wheat prices rose for the third week.",
		"Some 90,000 troops have gathered near the border.",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range passages {
		fmt.Printf("%.1f\n", cosine(question, p))
	}
	// Output:
	// 0.1
	// 0.5
}
