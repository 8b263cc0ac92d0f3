package dates

// in returns the occurrence of a yearless period in the year y; false where
// that year has no such day.
func (x *period) in(y int) (lo, hi day, ok bool) {
	switch {
	case x.name > 12:
		m := 3 + 3*(x.name-13)
		return civil(y, m, 1), civil(y, m+3, 0), true
	case x.dom[0] == 0:
		return civil(y, x.name, 1), civil(y, x.name+1, 0), true
	case x.dom[1] > monthDays(y, x.name):
		return 0, 0, false
	}
	return civil(y, x.name, x.dom[0]), civil(y, x.name, x.dom[1]), true
}

// latest returns the last occurrence that begins on or before the pivot.
func (x *period) latest(pivot day) (lo, hi day) {
	for y := pivot.year(); ; y-- {
		if lo, hi, ok := x.in(y); ok && lo <= pivot {
			return lo.clamp(), hi.clamp()
		}
	}
}

// earliest returns the first occurrence that ends on or after the pivot.
func (x *period) earliest(pivot day) (lo, hi day) {
	for y := pivot.year() - 1; ; y++ {
		if lo, hi, ok := x.in(y); ok && hi >= pivot {
			return lo.clamp(), hi.clamp()
		}
	}
}

// yearless completes x from the anchor, for a mention at the tokens [i, j).
func (p *parser) yearless(x period, i, j int) period {
	x.basis = Yearless
	if !p.anchored {
		x.unknown = true
		return x
	}
	lo, hi := x.latest(p.anchor)
	nextLo, nextHi := x.earliest(p.anchor)
	past, ahead := p.anchor-hi, nextLo-p.anchor
	takeNext := false
	switch {
	case p.covered:
		takeNext = hi < p.first && ahead < p.first-hi
	default:
		switch p.tense(i, j) {
		case 1:
			takeNext = true
		case 0:
			// What is at hand rather than what is over half a year past.
			takeNext = ahead <= 31 && past > 183
		case -1:
			// "said the talks of January 10", printed in December: a day so far
			// back would have been given its year.
			takeNext = x.dom[0] > 0 && past > 300 && ahead <= 31
		}
	}
	if takeNext {
		lo, hi = nextLo, nextHi
	}
	x.lo, x.hi = lo, hi
	return x
}

// reach is how many tokens away a verb may stand, which bounds the work on text
// without sentences.
const reach = 60

// tense tells whether the verbs around the tokens [i, j) look back (-1) or
// ahead (+1); 0 where none does. Within the sentence, the nearest verb before
// them counts, one that looks back only without a comma between ("the text it
// had presented, and in January"); or else, where no comma is between or they
// open the sentence, the nearest verb after them.
func (p *parser) tense(i, j int) int {
	commas, k := 0, i-1
	for ; k >= max(0, i-reach) && !p.ends(k) && !p.toks[k+1].line; k-- {
		if p.is(k, prospect) && p.at(k).val == 1 && k >= i-2 {
			return -1 // "vowed on Tuesday to", unlike "vowed to answer on Tuesday"
		}
		if t := p.look(k); t > 0 || t < 0 && commas == 0 {
			return t
		}
		if p.isMark(k, ',') {
			commas++
		}
	}
	opening := i-k <= 3
	for k = j; k < min(len(p.toks), j+reach) && !p.toks[k].line && !p.ends(k); k++ {
		if t := p.look(k); t != 0 {
			return t
		}
		if p.isMark(k, ',') && !opening {
			break
		}
	}
	return 0
}

func (p *parser) look(k int) int {
	switch t := p.at(k); {
	case t.kind != word:
	case t.class == prospect, t.class == monthVerb && t.val == 5 && !t.upper && p.at(k+1).kind == word && !p.timed(k):
		return 1
	case (t.class == done || t.class == printed) && p.is(k-1, function) && p.at(k-1).val == 2: // "would be held" is left to "would"
		switch {
		case !p.is(k-2, to):
			return 0
		case p.is(k-3, done): // "had to be moved"
			return -1
		}
		return 1 // "are to be held"
	case t.class == done, t.class == printed:
		return -1
	}
	return 0
}

// ends reports whether token k ends a sentence. The point of an initial or a
// short form does not.
func (p *parser) ends(k int) bool {
	t := p.at(k)
	if t.kind != mark {
		return false
	}
	switch t.num {
	case '!', '?':
		return true
	case '.':
		prev := p.at(k - 1)
		return p.at(k+1).spaced && prev.end-prev.start > 3
	}
	return false
}

// onWeekday places a weekday by the anchor; way is -1 for "last", +1 for
// "next", 2 for "this", 0 where the tense decides.
func (p *parser) onWeekday(w, way, i, j int) period {
	x := period{prec: Day, basis: ByWeekday}
	if !p.anchored {
		x.unknown = true
		return x
	}
	back := day((p.anchor.weekday() - w + 7) % 7)
	d := p.anchor - back
	switch {
	case way < 0 && back == 0:
		d -= 7
	case way == 1:
		d += 7
	case way == 2 && back > 0 && p.tense(i, j) >= 0:
		d += 7
	case way == 0 && back > 0 && p.tense(i, j) > 0:
		d += 7
	}
	return single(d, x)
}

func single(d day, x period) period {
	x.lo, x.hi = d.clamp(), d.clamp()
	return x
}

// whole returns the calendar unit n units after the one that holds the anchor.
func (p *parser) whole(u, n int) period {
	x := period{basis: ByAnchor, prec: precisionOf[u], unknown: !p.anchored}
	if !p.anchored {
		return x
	}
	y, m, _ := p.anchor.date()
	switch u {
	case unitDay:
		x.lo = p.anchor + day(n)
		x.hi = x.lo
	case unitWeek:
		x.lo = p.anchor.monday() + day(7*n)
		x.hi = x.lo + 6
	case unitMonth:
		x.lo, x.hi = civil(y, m+n, 1), civil(y, m+n+1, 0)
	case unitQuarter:
		m = (m-1)/3*3 + 1 + 3*n
		x.lo, x.hi = civil(y, m, 1), civil(y, m+3, 0)
	case unitYear:
		x.lo, x.hi = civil(y+n, 1, 1), civil(y+n, 12, 31)
	case unitDecade:
		y = y/10*10 + 10*n
		x.lo, x.hi = civil(y, 1, 1), civil(y+9, 12, 31)
	}
	x.lo, x.hi = x.lo.clamp(), x.hi.clamp()
	return x
}

var precisionOf = [...]Precision{Day, Week, Month, Quarter, Year, Decade}

// shift moves a day by n units.
func shift(d day, u, n int) day {
	y, m, dom := d.date()
	switch u {
	case unitDay:
		return (d + day(n)).clamp()
	case unitWeek:
		return (d + day(7*n)).clamp()
	case unitQuarter:
		n *= 3
	case unitYear:
		n *= 12
	case unitDecade:
		n *= 120
	}
	first := civil(y, m+n, 1)
	y, m, _ = first.date()
	return (first + day(min(dom, monthDays(y, m))) - 1).clamp()
}

// touching returns the stretch of n units that ends (n < 0) or begins (n > 0)
// on the anchor.
func (p *parser) touching(u, n int, vague bool) period {
	x := period{basis: ByAnchor, prec: Span, vague: vague, unknown: !p.anchored}
	if p.anchored {
		x.lo, x.hi = p.anchor, p.anchor
		if n < 0 {
			x.lo = shift(p.anchor, u, n)
		} else {
			x.hi = shift(p.anchor, u, n)
		}
	}
	return x
}

// third narrows a period longer than a day to its first (0), middle (1) or last
// (2) third: ten days of a month, four months of a year.
func third(x period, n int) period {
	if x.unknown || x.prec == Day {
		return x
	}
	x.vague = true
	switch y := x.lo.year(); x.prec {
	case Year:
		x.lo, x.hi = civil(y, 1+4*n, 1), civil(y, 5+4*n, 0)
		return x
	case Decade:
		x.lo, x.hi = civil(y+(10*n+2)/3, 1, 1), civil(y+(10*n+12)/3-1, 12, 31)
		return x
	}
	size := x.hi - x.lo + 1
	lo := x.lo
	if n < 2 {
		x.hi = lo + size*day(n+1)/3 - 1
	}
	x.lo = lo + size*day(n)/3
	return x
}

// halves narrows a period to its first (1) or second (2) half by months.
func halves(x period, n int) period {
	mid := x.lo + (x.hi-x.lo+1)/2
	if x.prec == Year {
		mid = civil(x.lo.year(), 7, 1)
	}
	if n == 1 {
		x.hi = mid - 1
	} else {
		x.lo = mid
	}
	x.prec = Span
	return x
}
