package embed

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// textOf returns a text of exactly n tokens.
func textOf(tb testing.TB, l *Local, n int) string {
	tb.Helper()
	words := strings.Fields(strings.Repeat("the ministers met in Geneva and spoke about the border but no date was set for a new round . ", 1+n/16))
	text := strings.Join(words[:n-marks], " ")
	if got := len(l.encoder.tokenizer.Encode(text, maxTokens)); got != n {
		tb.Fatalf("%d tokens, want %d", got, n)
	}
	return text
}

// One text at a time on one core.
func BenchmarkEmbed(b *testing.B) {
	for _, n := range []int{16, 32, 64, 128, 256} {
		b.Run(fmt.Sprintf("tokens=%d", n), func(b *testing.B) {
			l := newLocal(b, 1)
			text := textOf(b, l, n)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.EmbedQuery(context.Background(), text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// 36 sentences of 10 to 45 tokens, on one core.
func BenchmarkSentences(b *testing.B) {
	l := newLocal(b, 1)
	var texts []string
	for n := 10; n <= 45; n++ {
		texts = append(texts, textOf(b, l, n))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.EmbedPassages(context.Background(), texts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "sentences/s")
}

// 16 passages of 128 tokens on one core and on two, in turn, so that a busy
// machine slows both.
func BenchmarkTwoCores(b *testing.B) {
	one, two := newLocal(b, 1), newLocal(b, 2)
	texts := make([]string, 16)
	for i := range texts {
		texts[i] = textOf(b, one, 128)
	}
	var single, double time.Duration
	for b.Loop() {
		for l, took := range map[*Local]*time.Duration{one: &single, two: &double} {
			start := time.Now()
			if _, err := l.EmbedPassages(context.Background(), texts); err != nil {
				b.Fatal(err)
			}
			*took += time.Since(start)
		}
	}
	passages := float64(b.N * len(texts))
	b.ReportMetric(passages/single.Seconds(), "passages/s-one")
	b.ReportMetric(passages/double.Seconds(), "passages/s-two")
	b.ReportMetric(single.Seconds()/double.Seconds(), "times-faster")
}

// What the first Local of a process waits for.
func BenchmarkUnpack(b *testing.B) {
	for b.Loop() {
		if _, err := newEncoder(weightsFile, weightsSum, vocabFile, vocabSum); err != nil {
			b.Fatal(err)
		}
	}
}
