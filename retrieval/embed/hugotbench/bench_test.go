// Package hugotbench compares the encoder of package embed with hugot's
// pure-Go backend on the same model. It is a module of its own, so that the
// program does not depend on hugot:
//
//	HUGOT_MODEL=/path/to/hugot-model go test -mod=mod -bench . -v
//
// export.py makes the folder.
package hugotbench

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"crisisbot/retrieval/embed"

	"github.com/knights-analytics/hugot"
	"github.com/knights-analytics/hugot/pipelines"
)

func newHugot(tb testing.TB) *pipelines.FeatureExtractionPipeline {
	tb.Helper()
	folder := os.Getenv("HUGOT_MODEL")
	if folder == "" {
		tb.Skip("HUGOT_MODEL names no folder: see export.py")
	}
	session, err := hugot.NewGoSession()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { session.Destroy() })
	p, err := hugot.NewPipeline(session, hugot.FeatureExtractionConfig{
		ModelPath:    folder,
		OnnxFilename: "model.onnx",
		Name:         "compare",
		Options:      []hugot.FeatureExtractionOption{pipelines.WithNormalization()},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func text(tokens int) string {
	words := strings.Fields(strings.Repeat("the ministers met in Geneva and spoke about the border but no date was set for a new round . ", 1+tokens/16))
	return strings.Join(words[:tokens-2], " ") // [CLS] and [SEP] are the other two
}

func TestSameVectors(t *testing.T) {
	theirs := newHugot(t)
	ours, err := embed.NewLocal(embed.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{16, 128} {
		out, err := theirs.RunPipeline([]string{text(n)})
		if err != nil {
			t.Fatal(err)
		}
		v, err := ours.EmbedQuery(context.Background(), text(n))
		if err != nil {
			t.Fatal(err)
		}
		var dot float64
		for i, f := range out.Embeddings[0] {
			dot += float64(f) * float64(v[i])
		}
		if dot < .999 {
			t.Errorf("%d tokens: cosine %.5f", n, dot)
		}
	}
}

// Both encode the same text in turn, so that a busy machine slows both.
func BenchmarkAgainstHugot(b *testing.B) {
	for _, n := range []int{16, 128} {
		b.Run(fmt.Sprintf("tokens=%d", n), func(b *testing.B) {
			theirs := newHugot(b)
			ours, err := embed.NewLocal(embed.LocalOptions{Threads: 1})
			if err != nil {
				b.Fatal(err)
			}
			texts := []string{text(n)}
			if _, err := theirs.RunPipeline(texts); err != nil { // compiles its graph for this length
				b.Fatal(err)
			}
			var hugotTime, ownTime time.Duration
			for b.Loop() {
				start := time.Now()
				if _, err := theirs.RunPipeline(texts); err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				if _, err := ours.EmbedPassages(context.Background(), texts); err != nil {
					b.Fatal(err)
				}
				hugotTime += middle.Sub(start)
				ownTime += time.Since(middle)
			}
			b.ReportMetric(hugotTime.Seconds()*1e3/float64(b.N), "hugot-ms")
			b.ReportMetric(ownTime.Seconds()*1e3/float64(b.N), "embed-ms")
			b.ReportMetric(hugotTime.Seconds()/ownTime.Seconds(), "times-faster")
		})
	}
}
