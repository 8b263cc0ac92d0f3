package archive

import (
	"fmt"
	"strings"
)

// A Report says what Open, Load, Vectors or Verify found amiss and what was done.
type Report struct {
	Found    []string // one sentence each, in the order of finding; empty if all is well
	Lost     []string // ids of articles that were damaged in both copies
	SetAside []string // damaged files that were kept, for a person to look at

	Articles, Revisions, Vectors int // counted by Verify only
}

// OK reports whether nothing was amiss.
func (r Report) OK() bool { return len(r.Found) == 0 }

// String returns the report as lines for a person.
func (r Report) String() string {
	var b strings.Builder
	for _, f := range r.Found {
		fmt.Fprintln(&b, f)
	}
	for _, f := range r.SetAside {
		fmt.Fprintf(&b, "the damaged file was kept as %s\n", f)
	}
	return b.String()
}

func (a *Archive) note(format string, args ...any) {
	a.noteMu.Lock()
	defer a.noteMu.Unlock()
	a.report.Found = append(a.report.Found, fmt.Sprintf(format, args...))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
