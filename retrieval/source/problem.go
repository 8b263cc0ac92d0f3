package source

import "fmt"

// A Severity says what became of the item that a Problem is about.
type Severity uint8

const (
	Refused Severity = iota // not taken: the item should have been an article
	Skipped                 // not taken: the item is none, such as a picture in a folder
	Noted                   // taken: the article follows, with something worth knowing
	Known                   // not read again: the item of a feed was taken before, and has not changed
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
	case Known:
		return "known"
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
	Article  string // id of the article that is Known, "" if it can't be told
}

// Error returns place and reason.
func (p *Problem) Error() string { return p.Place + ": " + p.Err.Error() }

// Unwrap returns the reason alone.
func (p *Problem) Unwrap() error { return p.Err }

func refused(place, format string, args ...any) *Problem {
	return &Problem{Place: place, Severity: Refused, Err: fmt.Errorf(format, args...)}
}

func skipped(place, format string, args ...any) *Problem {
	return &Problem{Place: place, Severity: Skipped, Err: fmt.Errorf(format, args...)}
}

func noted(place, format string, args ...any) *Problem {
	return &Problem{Place: place, Severity: Noted, Err: fmt.Errorf(format, args...)}
}
