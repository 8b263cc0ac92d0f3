package embed

import (
	"context"
	"fmt"
	"strings"
	"testing"
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

// 32 passages of 128 tokens on one core and on two.
func BenchmarkEmbedPassages(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			l := newLocal(b, threads)
			texts := make([]string, 32)
			for i := range texts {
				texts[i] = textOf(b, l, 128)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := l.EmbedPassages(context.Background(), texts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "passages/s")
		})
	}
}

// What the first Local of a process waits for.
func BenchmarkUnpack(b *testing.B) {
	for b.Loop() {
		if _, err := newEncoder(weightsFile, weightsSum, vocabFile, vocabSum); err != nil {
			b.Fatal(err)
		}
	}
}
