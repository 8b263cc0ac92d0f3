// Package dates finds and resolves date expressions in news text and in
// questions: "December 7, 2021", "last Thursday", "early December", "since
// 2014", "the 7 December article".
//
// A hand-written scanner and grammar, standard library only. The parsers to be
// had give points in time and read the verb "may" as a month; evidence needs
// closed ranges of days with their precision, resolved by the day an article was
// printed and the tense of its verbs, and the byte span of the words.
//
// Days are ISO strings ("2006-01-02"), so they compare as strings. Weeks run
// from Monday to Sunday; winter 2021 is December 2021 to February 2022. Every
// function is pure and safe for concurrent use.
package dates

// A Range is a closed range of days. "" leaves an end open; the zero Range is
// all of time.
type Range struct{ Since, Until string }

// IsZero reports whether r is open at both ends.
func (r Range) IsZero() bool { return r == Range{} }

// Empty reports whether no day lies in r: it ends before it begins.
func (r Range) Empty() bool { return r.Since != "" && r.Until != "" && r.Since > r.Until }

// Contains reports whether an ISO day lies in r. The unknown day "" lies in the
// zero Range alone.
func (r Range) Contains(day string) bool {
	if day == "" {
		return r.IsZero()
	}
	return r.Since <= day && (r.Until == "" || day <= r.Until)
}

// Intersect returns the days that lie in both ranges; the result may be Empty.
func (r Range) Intersect(o Range) Range {
	if o.Since > r.Since {
		r.Since = o.Since
	}
	if r.Until == "" || o.Until != "" && o.Until < r.Until {
		r.Until = o.Until
	}
	return r
}

// Overlaps reports whether some day lies in both ranges.
func (r Range) Overlaps(o Range) bool {
	return !r.Empty() && !o.Empty() && !r.Intersect(o).Empty()
}

// String returns "2021-12-07", "2021-12-01 to 2021-12-07", "since 2021-12-01",
// "until 2021-12-07" or "any time".
func (r Range) String() string {
	switch {
	case r.IsZero():
		return "any time"
	case r.Until == "":
		return "since " + r.Since
	case r.Since == "":
		return "until " + r.Until
	case r.Since == r.Until:
		return r.Since
	}
	return r.Since + " to " + r.Until
}

// A Precision is the unit that an expression names. The Range of a vague one
// ("early December") is narrower than its unit.
type Precision uint8

const (
	Day Precision = iota
	Week
	Month
	Quarter
	Season
	Year
	Decade
	Span // a stretch between two ends, or open at one
)

// String returns the lower-case name of the precision, such as "month".
func (p Precision) String() string {
	return [...]string{"day", "week", "month", "quarter", "season", "year", "decade", "span"}[p]
}

// A Basis is what a resolved date rests on, from the surest to the least sure.
type Basis uint8

const (
	Stated    Basis = iota // the words alone: "7 December 2021", "in 2014"
	Yearless               // the words, with the year from the anchor: "7 December", "in April"
	ByAnchor               // counted from the anchor: "yesterday", "last month", "two weeks ago"
	ByWeekday              // a day of the week, placed by the anchor and the tense: "on Wednesday"
)

// String returns "stated", "yearless", "relative" or "weekday".
func (b Basis) String() string {
	return [...]string{"stated", "yearless", "relative", "weekday"}[b]
}

// A Mention is one date expression of a text.
type Mention struct {
	Start, End int    // bytes [Start, End) of the text; "since", "between" and the like belong to it, "in" and "on" do not
	Text       string // those bytes
	Range      Range  // the days meant; zero when the anchor that it needs is unknown
	Precision  Precision
	Basis      Basis
	Vague      bool // the ends of Range are a convention: "early December", "recent weeks"
	Modifier   bool // it names a thing rather than a time: "the 2014 annexation", "next year's budget"
}

// Matches reports whether an event on the days r may be what m means. A bare
// weekday matches every such day, since a question's "on Wednesday" may mean
// the Wednesday of any article.
func (m Mention) Matches(r Range) bool {
	if m.Range.Overlaps(r) {
		return true
	}
	if m.Basis != ByWeekday || m.Range.Since == "" || r.Since == "" || r.Since != r.Until {
		return false
	}
	a, okA := isoDay(m.Range.Since)
	b, okB := isoDay(r.Since)
	return okA && okB && m.Range.Since == m.Range.Until && a.weekday() == b.weekday()
}
