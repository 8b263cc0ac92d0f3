package source

import "fmt"

// A Severity says what became of the item that a Problem is about.
type Severity uint8

const (
	Refused Severity = iota // not taken: the item should have been an article
	Skipped                 // not taken: the item is none, such as a picture in a folder
	Noted                   // taken: the article follows, with something worth knowing
)

// String returns "refused", "skipped" or "noted".
func (s Severity) String() string {
	switch s {
	case Refused:
		return "refused"
	case Skipped:
		return "skipped"
	case Noted:
		return "noted"
	}
	return "unknown"
}

// A Problem is the error about one item among others. Those after it are read
// as usual. Every error that a Reader yields is a *Problem, except the
// context's.
type Problem struct {
	Place    string // file, "file:line" or URL
	Severity Severity
	Err      error
}

// Error returns place and reason.
func (p *Problem) Error() string { return p.Place + ": " + p.Err.Error() }

// Unwrap returns the reason alone.
func (p *Problem) Unwrap() error { return p.Err }

func refused(place, format string, args ...any) *Problem {
	return &Problem{place, Refused, fmt.Errorf(format, args...)}
}

func skipped(place, format string, args ...any) *Problem {
	return &Problem{place, Skipped, fmt.Errorf(format, args...)}
}

func noted(place, format string, args ...any) *Problem {
	return &Problem{place, Noted, fmt.Errorf(format, args...)}
}
