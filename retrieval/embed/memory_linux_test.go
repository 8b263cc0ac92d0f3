package embed

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// resident returns how much memory the process holds, in MB.
func resident(tb testing.TB) float64 {
	tb.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		tb.Skip(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kb float64
	if _, err := fmt.Sscanf(rest, "%f kB", &kb); err != nil {
		tb.Skip(err)
	}
	return kb / 1000
}

// The encoder adds less than 120 MB to a process that had not loaded it; run
// alone (-run TestMemory) this counts the weights too.
func TestMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes memory of its own")
	}
	debug.FreeOSMemory()
	before := resident(t)
	l := newLocal(t, 2)
	texts := make([]string, 4)
	for i := range texts {
		texts[i] = strings.Repeat("peace ", maxTokens)
	}
	if _, err := l.EmbedPassages(context.Background(), texts); err != nil {
		t.Fatal(err)
	}
	more := resident(t) - before
	t.Logf("%.0f MB more", more)
	if more > 120 {
		t.Errorf("%.0f MB more, want at most 120", more)
	}
}
