package dates

// An Anchor is what incomplete expressions are completed from.
type Anchor struct {
	// Day is "today": the day an article was printed, or the last day that the
	// articles cover. "" leaves every expression that needs it without a Range.
	Day string
	// First is the first day that the articles cover; "" in an article. With it
	// a yearless date means its latest occurrence among the covered days, or
	// else the one nearest to them. Without it the tense decides: after "said"
	// or "met" the latest occurrence up to Day, after "will" or "plans" the
	// earliest from Day on.
	First string
}

// Find returns the date expressions of text in order, without overlap. Clock
// times, counts ("2,000 troops"), durations ("seven-year conflict") and words
// that only look like dates ("may", "march on") are none. An impossible date
// such as "30 February" is left out.
//
// A date with a year needs no anchor. A yearless one may lie on the anchor's
// day. A weekday is the one before or on it, or, where the nearest verb looks
// ahead, the one on or after it; "last Friday" is before it, "next Friday"
// after it. Of the two readings of 07/12/2021 the one nearer to the anchor is
// taken, the day before the month where that is a tie, and it is Vague.
func Find(text string, anchor Anchor) []Mention {
	var buf [64]token
	var p parser
	p.read(text, anchor, buf[:0])
	var mentions [8]found
	finds := p.mentions(mentions[:0])
	if len(finds) == 0 {
		return nil
	}
	out := make([]Mention, len(finds))
	for n, f := range finds {
		out[n] = p.result(f)
	}
	return out
}

// Event returns the expression that best dates the event a sentence tells,
// given the day its article was printed; false where it holds none. The day of
// printing itself is never returned for an event without a date. A day is
// preferred to a week, month or year, a plain time to a vague one, a time to
// the name of a thing, and the first to a later one.
func Event(sentence, published string) (Mention, bool) {
	var best Mention
	low := -1
	for _, m := range Find(sentence, Anchor{Day: published}) {
		if m.Range.IsZero() {
			continue
		}
		cost := 3 * int(m.Precision)
		if m.Vague {
			cost += 7
		}
		if m.Modifier {
			cost += 4
		}
		if low < 0 || cost < low {
			best, low = m, cost
		}
	}
	return best, low >= 0
}

// period is a range being put together.
type period struct {
	lo, hi  day // firstDay and lastDay stand for open ends
	prec    Precision
	basis   Basis
	vague   bool
	unknown bool   // it needs an anchor that is not there
	name    int    // what is yearless: a month 1 to 12, or a season 13 to 16
	dom     [2]int // its days of the month, or 0
}

// found is a mention between the tokens i and j.
type found struct {
	period
	i, j     int
	bound    class // since, until, by, before, after, between, as, or unknown
	end      day   // where until, by or as bounds it, the first day of the period named
	modifier bool
}

type parser struct {
	text     string
	toks     []token
	anchor   day
	anchored bool
	first    day
	covered  bool  // first is known
	wrong    error // the first impossible date
	past     int   // the token after the last impossible date
}

// read scans text into buf, which grows as needed.
func (p *parser) read(text string, anchor Anchor, buf []token) {
	p.text, p.toks = text, scan(text, buf)
	p.anchor, p.anchored = isoDay(anchor.Day)
	p.first, p.covered = isoDay(anchor.First)
	p.covered = p.covered && p.anchored && p.first <= p.anchor
}

// mentions appends every mention, in order.
func (p *parser) mentions(to []found) []found {
	for i := 0; i < len(p.toks); {
		if f, ok := p.mention(i); ok {
			to = append(to, f)
			i = f.j
		} else {
			i = max(i+1, p.past)
		}
	}
	return to
}

func (p *parser) result(f found) Mention {
	start, end := int(p.toks[f.i].start), int(p.toks[f.j-1].end)
	return Mention{
		Start: start, End: end, Text: p.text[start:end], Range: f.iso(),
		Precision: f.prec, Basis: f.basis, Vague: f.vague, Modifier: f.modifier,
	}
}

func (x period) iso() Range {
	var r Range
	if x.unknown {
		return r
	}
	if x.lo > firstDay {
		r.Since = x.lo.String()
	}
	if x.hi < lastDay {
		r.Until = x.hi.String()
	}
	return r
}

var beyond token

func (p *parser) at(i int) *token {
	if i < 0 || i >= len(p.toks) {
		return &beyond
	}
	return &p.toks[i]
}

func (p *parser) is(i int, c class) bool    { return p.at(i).class == c && p.at(i).kind == word }
func (p *parser) isMark(i int, r rune) bool { t := p.at(i); return t.kind == mark && t.num == int32(r) }

// isDash reports a dash or hyphen.
func (p *parser) isDash(i int) bool {
	return p.isMark(i, '-') || p.isMark(i, '–') || p.isMark(i, '—')
}

// skip returns the token after i where i is a word of the class.
func (p *parser) skip(i int, c class) int {
	if p.is(i, c) {
		return i + 1
	}
	return i
}

// mention reads the date expression that starts at token i: a period, a
// stretch from one to another, or a period with the word that bounds it.
func (p *parser) mention(i int) (found, bool) {
	t := p.at(i)
	if t.kind == mark || t.kind == word && t.class == unknown {
		return found{}, false
	}
	f := found{i: i}
	switch k := i + 1; t.class {
	case since, after, before, until, by:
		f.bound = t.class
		return p.bounded(f, k)
	case as:
		if p.is(k, of) {
			f.bound = as
			return p.bounded(f, k+1)
		}
	case up:
		if p.is(k, to) {
			f.bound = until
			return p.bounded(f, k+1)
		}
	case prior:
		if p.is(k, to) {
			f.bound = before
			return p.bounded(f, k+1)
		}
	case between:
		f.bound = between
		x, k, ok := p.point(p.skip(k, the))
		if ok && x.prec == Span {
			f.period, f.j = x, k
			return f, true
		}
		if ok && p.is(k, and) {
			if y, k, ok := p.point(p.skip(k+1, the)); ok {
				f.period, f.j = p.stretch(x, y), k
				return f, true
			}
		}
		return f, false
	case from:
		x, k, ok := p.point(p.skip(k, the))
		if !ok {
			return f, false
		}
		f.bound = between
		if y, k, ok := p.otherEnd(k); ok {
			f.period, f.j = p.stretch(x, y), k
			return f, true
		}
		if end := p.at(k + 1); p.is(k, on) && (end.kind != word || end.line) || p.onwards(k) {
			f.period, f.j, f.bound = x, k+1, since
			f.hi, f.prec = lastDay, Span
			return f, true
		}
		return f, false
	case to:
		return f, false
	}
	x, k, ok := p.point(i)
	if !ok {
		return f, false
	}
	if y, k, ok := p.otherEnd(k); ok && x.prec != Span {
		f.period, f.j, f.bound = p.stretch(x, y), k, between
		return f, true
	}
	f.period, f.j, f.modifier = x, k, p.modifies(i, k)
	return f, true
}

func (p *parser) onwards(k int) bool {
	t := p.at(k)
	s := p.text[t.start:t.end]
	return s == "onward" || s == "onwards"
}

// bounded reads the period at k that f.bound opens or closes. A bound before
// the name of a thing ("after the 2014 annexation") leaves the date to be read
// alone.
func (p *parser) bounded(f found, k int) (found, bool) {
	start := p.skip(p.skip(k, about), the)
	x, end, ok := p.point(start)
	if !ok || p.modifies(start, end) && (f.bound == by || !p.article(end)) {
		return f, false
	}
	if y, k, ok := p.otherEnd(end); ok && x.prec != Span && f.bound != until {
		x, end = p.stretch(x, y), k
	}
	switch f.bound {
	case since:
		x.hi = lastDay
	case after:
		x.lo, x.hi = min(x.hi+1, lastDay), lastDay
	case before:
		x.lo, x.hi = firstDay, max(x.lo-1, firstDay)
	case until, by, as:
		f.end, x.lo = x.lo, firstDay
	}
	x.prec = Span
	f.period, f.j = x, end
	return f, true
}

// otherEnd reads "to April" and the like at k.
func (p *parser) otherEnd(k int) (period, int, bool) {
	if !p.is(k, to) && !p.is(k, until) && !p.is(k, through) && !p.isDash(k) {
		return period{}, k, false
	}
	return p.point(p.skip(k+1, the))
}

// stretch joins the two ends of a period. A year that only one of them has
// serves both, so that they follow each other.
func (p *parser) stretch(x, y period) period {
	switch {
	case x.name > 0 && !y.unknown && (x.basis == Yearless) && (x.unknown || y.basis == Stated || x.lo > y.lo):
		x.lo, x.hi = x.latest(y.lo)
		x.unknown, x.basis = false, y.basis
	case y.name > 0 && y.basis == Yearless && !x.unknown:
		y.lo, y.hi = y.earliest(x.lo)
		y.unknown, y.basis = false, x.basis
	}
	z := period{lo: x.lo, hi: y.hi, prec: Span, basis: max(x.basis, y.basis), vague: x.vague || y.vague, unknown: x.unknown || y.unknown}
	if z.lo > z.hi {
		z.lo, z.hi = min(y.lo, x.lo), max(x.hi, y.hi)
	}
	return z
}

// modifies reports whether the period at tokens [i, j) names a thing: it stands
// between a determiner or possessive and a noun, or is possessive itself.
func (p *parser) modifies(i, j int) bool {
	next := p.at(j)
	if next.kind != word || next.line || !next.spaced {
		return false
	}
	noun := next.class == unknown || next.class == story || next.class == report || next.class == numbered ||
		next.class == counted || next.class == numeral && next.val == 1 // "the April one"
	if !noun {
		return false
	}
	if p.at(j - 1).possessive() {
		return true
	}
	prev := p.at(i - 1)
	return prev.kind == word && (prev.class == the || prev.class == article || prev.class == his || prev.possessive())
}
