//go:build unix

package qa_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"crisisbot/bot/qa"
)

// userTime is what the process has computed so far, which tells more than the time
// that passes on a busy machine.
func userTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

func benchmarkSummary(b *testing.B, next func() *qa.Answerer, r qa.SummaryRequest) {
	b.Helper()
	if _, err := next().Summary(context.Background(), r); err != nil {
		b.Fatal(err)
	}
	start := userTime(b)
	for b.Loop() {
		if _, err := next().Summary(context.Background(), r); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((userTime(b)-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

func BenchmarkSummaryOfPeriod(b *testing.B) {
	a := qa.New(manyArticles(b, 1000), qa.Options{})
	benchmarkSummary(b, func() *qa.Answerer { return a }, qa.SummaryRequest{Since: "2021"})
}

// BenchmarkSummaryOfTopic sums up a topic of the starter articles: the first that is
// asked for after they came, and one after others.
func BenchmarkSummaryOfTopic(b *testing.B) {
	r := qa.SummaryRequest{Topic: "NATO's role in the dispute"}
	b.Run("first", func(b *testing.B) {
		benchmarkSummary(b, func() *qa.Answerer { return onSeeds(b) }, r)
	})
	b.Run("later", func(b *testing.B) {
		a := onSeeds(b)
		benchmarkSummary(b, func() *qa.Answerer { return a }, r)
	})
}
