package qa

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/dates"
)

// A figure is a number that is no date, with what it counts and how exactly it is
// told.
type figure struct {
	at     int    // index of its term
	value  string // plain digits, of a time of day hours and minutes
	text   string // as printed
	units  map[string]bool
	span   string // the unit of time, distance or weight that it measures; "" if it counts something
	owner  string // the country whose it is; "" if none is named
	number float64
	bound  bound
	// low and high are the numbers that may be meant, both included.
	low, high float64
}

// A bound says on which side of the number printed the number meant lies.
type bound uint8

const (
	exact       bound = iota
	exactly           // and no other
	above             // more than
	atLeast           // or just that
	below             // fewer than
	atMost            // or just that, "as many as"
	approximate       // about
	almost            // a little less
	round             // "several hundred"
)

// boundWords are the folded words before a number that bound it, longest first.
var boundWords = []struct {
	words string
	bound bound
}{
	{"no fewer than", atLeast}, {"no less than", atLeast}, {"not less than", atLeast}, {"no more than", atMost}, {"not more than", atMost},
	{"more than", above}, {"greater than", above}, {"upwards of", above}, {"at least", atLeast}, {"a minimum of", atLeast},
	{"fewer than", below}, {"less than", below}, {"at most", atMost}, {"up to", atMost}, {"as many as", atMost}, {"as much as", atMost},
	{"a maximum of", atMost}, {"close to", approximate}, {"over", above}, {"above", above}, {"exceeding", above}, {"under", below}, {"below", below},
	{"about", approximate}, {"around", approximate}, {"roughly", approximate}, {"approximately", approximate}, {"some", approximate}, {"circa", approximate},
	{"nearly", almost}, {"almost", almost}, {"exactly", exactly}, {"precisely", exactly},
}

// bounding are their terms.
var bounding = map[string]bool{}

func init() {
	for _, b := range boundWords {
		for _, t := range analysis.Terms(b.words) {
			bounding[t.Text] = true
		}
	}
}

// roundNumbers stand for a number that is not told exactly: the power of ten, and
// the numbers that "several" of it may be.
var roundNumbers = map[string]float64{"dozen": 12, "hundr": 100, "thousand": 1000, "million": 1e6, "billion": 1e9}

// known reports whether a figure behind a definite word says only who was meant before:
// "the two leaders".
func (f figure) known(terms []analysis.Term) bool {
	return f.at > 0 && few[f.value] && definite[terms[f.at-1].Text]
}

var (
	few      = wordSet("2 3")
	definite = wordSet("the these those both their all")
)

// ordinals from the second on, as terms.
var ordinals = map[string]float64{
	"second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
	"first": 1,
}

// spans are what "an hour" is one of.
var spans = formSet("minute hour day week month year decade century kilometre kilometer mile metre meter tonne ton")

func spanOf(term string) string {
	if spans[term] {
		return term
	}
	return ""
}

// unitReach is how many content words after a figure may name what it counts.
const unitReach = 3

// figuresOf reads the numbers of a text that are no dates, in order.
func (q *inquiry) figuresOf(text string, terms []analysis.Term, times []dates.Mention) []figure {
	var out []figure
	for i, t := range terms {
		f := figure{at: i, value: t.Text, text: text[t.Start:t.End], units: map[string]bool{}}
		ordinal, isOrdinal := ordinals[t.Text]
		power, isRound := roundNumbers[t.Text]
		switch {
		case inMention(times, t) || i > 0 && clock(text, terms, i-1):
			continue
		case clock(text, terms, i):
			f.text = text[t.Start:terms[i+1].End]
			f.number = minutes(t.Text, f.text)
			f.value = strconv.FormatFloat(f.number, 'f', -1, 64)
			f.units["clock"] = true
			f.low, f.high = f.number, f.number
			out = append(out, f)
			continue
		case isOrdinal && (i == 0 || !terms[i-1].Number):
			f.number, f.low, f.high = ordinal, ordinal, ordinal
			f.value = t.Text
			f.units["ordinal"] = true
			out = append(out, f)
			continue
		case isRound:
			f.bound, f.number = round, power
			f.low, f.high = power, 10*power-1
			if i > 0 && (terms[i-1].Text == "a" || terms[i-1].Text == "the") {
				f.bound, f.low, f.high = exact, power, power
				f.value = strconv.FormatFloat(power, 'f', -1, 64)
			}
		case (t.Text == "a" || t.Text == "an") && i+1 < len(terms) && spans[terms[i+1].Text] && boundBefore(text, terms, i) != exact: // "less than an hour"
			f.number = 1
			f.text += " " + text[terms[i+1].Start:terms[i+1].End]
		case t.Number:
			n, err := strconv.ParseFloat(t.Text, 64)
			if err != nil {
				continue
			}
			f.number = n
		default:
			continue
		}
		f.owner = q.owner(terms, i)
		f.measure(text, terms)
		if n := len(out); len(f.units) == 0 && n > 0 {
			f.units, f.span = out[n-1].units, out[n-1].span // "50 deaths in 2020 and 61 in 2021"
		}
		out = append(out, f)
	}
	return out
}

// measure fills what a figure counts and how it is bounded.
func (f *figure) measure(text string, terms []analysis.Term) {
	t := terms[f.at]
	before := strings.TrimRight(text[:t.Start], " \u00a0")
	if sum := strings.TrimRight(before, "$€£"); sum != before {
		f.units["money"] = true
		f.text = before[len(sum):] + f.text
	}
	for n, j := 0, f.at+1; j < len(terms) && n < unitReach; j++ {
		o := terms[j]
		if o.Stop || o.Number || o.Capital {
			continue
		}
		if n++; n == 1 {
			f.span = spanOf(o.Text)
		}
		f.units[o.Text] = true
		if c := classOf(o.Text); c != "" {
			f.units[c] = true
		}
	}
	for j := f.at - 1; j >= 0 && (j >= f.at-unitReach || len(f.units) == 0); j-- { // "puts the troops in the east at 90,000"
		if c := classOf(terms[j].Text); c != "" {
			f.units[c] = true
		}
	}
	if f.bound == exact {
		f.bound = boundBefore(text, terms, f.at)
		if rest := text[t.End:]; strings.HasPrefix(rest, "+") || strings.HasPrefix(rest, " or more") {
			f.bound = atLeast
		}
		f.low, f.high = f.number, f.number
	}
}

// boundReach is how many words before a number may bound it.
const boundReach = 4

func boundBefore(text string, terms []analysis.Term, at int) bound {
	var words []string
	for i := max(0, at-boundReach); i < at; i++ {
		words = append(words, analysis.Fold(text[terms[i].Start:terms[i].End]))
	}
	if n := len(words); n > 0 && (words[n-1] == "a" || words[n-1] == "the") {
		words = words[:n-1]
	}
	for _, b := range boundWords {
		run := strings.Fields(b.words)
		if n := len(words) - len(run); n >= 0 && slices.Equal(words[n:], run) {
			return b.bound
		}
	}
	return exact
}

// Shares of a number: how far from it "about" still is, and what "almost" lacks.
const (
	nearShare   = 0.02
	almostShare = 0.1
)

// agrees reports whether what is told of theirs bears out what is told of ours: the
// same number, or one within our bound.
func (f figure) agrees(o figure) bool {
	if f.bound == round || o.bound == round {
		return f.bound == round && o.low >= f.low && o.high <= f.high || f.value == o.value ||
			f.bound == above && o.low >= f.number || f.bound == atLeast && o.low >= f.number || f.bound == below && o.high < f.number
	}
	if f.number == o.number {
		return !(f.bound == exactly && o.bound != exact && o.bound != exactly) && !(f.bound == above && (o.bound == below || o.bound == almost || o.bound == exact || o.bound == atMost)) &&
			!(f.bound == below && (o.bound == above || o.bound == atLeast || o.bound == exact))
	}
	n := o.number
	switch f.bound {
	case above, atLeast:
		return n > f.number && o.bound != below
	case below:
		return n < f.number && o.bound != above && o.bound != atLeast
	case atMost: // "up to" names what is nearly reached
		return n < f.number && n >= f.number/2 && o.bound != above && o.bound != atLeast
	case approximate:
		return math.Abs(n-f.number) <= nearShare*f.number
	case almost:
		return n < f.number && n >= (1-almostShare)*f.number
	}
	return false
}

// clock reports whether terms i and i+1 are a time of day: "18:00", "10 a.m.".
func clock(text string, terms []analysis.Term, i int) bool {
	if i+1 >= len(terms) || !terms[i].Number {
		return false
	}
	gap := text[terms[i].End:terms[i+1].Start]
	next := analysis.Fold(text[terms[i+1].Start:terms[i+1].End])
	return gap == ":" && terms[i+1].Number || (gap == " " || gap == "\u00a0" || gap == "") && (next == "am" || next == "pm" || next == "a.m" || next == "p.m")
}

// minutes reads a time of day as minutes from midnight.
func minutes(hours, text string) float64 {
	h, _ := strconv.ParseFloat(hours, 64)
	if _, m, ok := strings.Cut(text, ":"); ok {
		n, _ := strconv.ParseFloat(m, 64)
		return 60*h + n
	}
	h = math.Mod(h, 12)
	if strings.ContainsAny(text, "pP") {
		h += 12
	}
	return 60 * h
}

func inMention(times []dates.Mention, t analysis.Term) bool {
	return slices.ContainsFunc(times, func(m dates.Mention) bool { return m.Start < t.End && t.Start < m.End })
}

// counts reports whether two figures count the same thing.
func (f figure) counts(o figure) bool {
	if (f.span == "") != (o.span == "") {
		return false
	}
	for u := range f.units {
		if o.units[u] {
			return f.owner == "" || o.owner == "" || f.owner == o.owner
		}
	}
	return false
}

// alike reports whether two sums of money are for something that both name.
func (f figure) alike(o figure) bool {
	for u := range f.units {
		if u != "money" && o.units[u] {
			return true
		}
	}
	return false
}

func (as *assertion) compareFigures(c *comparison, times []dates.Mention) {
	theirs := as.figuresOf(c.text(), c.terms, times)
	c.given = len(as.figures) > 0
	for _, f := range as.figures {
		var other *figure
		ok, given := false, false
		for i, o := range theirs {
			if f.units["ordinal"] != o.units["ordinal"] || f.units["clock"] != o.units["clock"] {
				continue
			}
			if f.span != o.span && f.span != "" && o.span != "" && f.number == o.number {
				if other == nil {
					other = &theirs[i] // two months are no two weeks
				}
				continue
			}
			sameOwner := f.owner == "" || o.owner == "" || f.owner == o.owner
			if sameOwner && f.agrees(o) && (f.number == o.number || f.counts(o)) {
				ok, given = true, f.number == o.number
				break
			}
			if f.counts(o) && other == nil {
				other = &theirs[i]
			}
		}
		c.given = c.given && given
		terms := map[string]bool{f.value: true, as.terms[f.at].Text: true}
		unsure := other != nil && f.units["money"] && !f.alike(*other)
		switch {
		case ok:
			for t := range terms {
				c.same[t] = true
			}
			for i := f.at - 1; i >= 0 && bounding[as.terms[i].Text]; i-- {
				c.same[as.terms[i].Text] = true // "fewer than"
			}
			if f.units["clock"] {
				c.same[as.terms[f.at+1].Text] = true // p.m.
			}
		case other != nil:
			c.conflicts = append(c.conflicts, conflict{kind: "number", unsure: unsure, ours: f.text, their: other.text, terms: terms})
		case f.units["ordinal"]:
		default:
			c.missing = append(c.missing, f.text)
		}
	}
}
