package dates

// season reads the season at k of a mention that starts at i. way is 9, 10 or
// 11 after "last", "this" or "next", 0 without such a word.
func (p *parser) season(i, k, way int) (period, int, bool) {
	t := p.at(k)
	x := period{prec: Season, name: 13 + int(t.val)}
	j := k + 1
	if y, basis, next, ok := p.yearAt(j); ok {
		if basis == ByAnchor && !p.anchored {
			return period{prec: Season, basis: ByAnchor, unknown: true}, next, true
		}
		x.lo, x.hi, _ = x.in(y)
		x.basis = basis
		return x, next, true
	}
	// "the winter of 2021-22"
	if y, next, ok := p.figures(p.skip(j, of)); ok && y.prec == Span {
		x.lo, x.hi, _ = x.in(y.lo.year())
		return x, next, true
	}
	if way == 0 {
		prev := p.at(i - 1)
		cyrillic := p.text[t.start] >= 0x80
		timed := prev.kind == word && (prev.class == in || prev.class == during || prev.class == part || prev.class == since ||
			prev.class == until || prev.class == by || prev.class == of || prev.class == the && p.timed(i))
		if !cyrillic && (!timed || p.is(j, of) || t.class == fall && prev.class != the || p.noun(j) && prev.class != the) {
			return x, i, false
		}
		return p.yearless(x, i, j), j, true
	}
	x.basis = ByAnchor
	if !p.anchored {
		x.unknown = true
		return x, j, true
	}
	lo, hi := x.latest(p.anchor)
	nextLo, nextHi := x.earliest(p.anchor)
	switch {
	case way == 9 && hi >= p.anchor:
		lo, hi = x.latest(lo - 1)
	case way == 10 && nextLo-p.anchor < p.anchor-hi, way == 11 && nextLo > p.anchor:
		lo, hi = nextLo, nextHi
	case way == 11:
		lo, hi = x.earliest(nextHi + 1)
	}
	x.lo, x.hi = lo, hi
	return x, j, true
}

// quarter reads what follows "Q3" or "third quarter".
func (p *parser) quarter(n, k int) (period, int, bool) {
	y, basis, j, ok := p.yearAt(k)
	if !ok || n < 1 || n > 4 {
		return period{}, k, false
	}
	x := period{lo: civil(y, 3*n-2, 1), hi: civil(y, 3*n+1, 0), prec: Quarter, basis: basis}
	x.unknown = basis == ByAnchor && !p.anchored
	return x, j, true
}

// ordinals reads "seventh of December", "first week of December", "third
// quarter of 2021", "first half of 2021".
func (p *parser) ordinals(i int) (period, int, bool) {
	if x, j, ok := p.dayFirst(i); ok {
		return x, j, true
	}
	n, k := int(p.at(i).val), i+1
	switch {
	case p.is(k, unit) && p.at(k).val == unitQuarter:
		if x, j, ok := p.quarter(n, k+1); ok {
			return x, j, true
		}
	case p.is(k, unit) && p.at(k).val == unitWeek && p.is(k+1, of):
		return p.nth(n, unitWeek, k+2)
	case p.is(k, half) && p.is(k+1, of) && n <= 2:
		x, j, ok := p.monthOrYear(k + 2)
		if ok && !x.unknown {
			x = halves(x, n)
		}
		return x, j, ok
	}
	return period{}, i, false
}

// monthOrYear reads a month or a year at k.
func (p *parser) monthOrYear(k int) (period, int, bool) {
	x, j, ok := p.point(p.skip(k, the))
	return x, j, ok && (x.prec == Month || x.prec == Year)
}

// nth returns the nth week (the last for -1) of the month at k: the days 1 to
// 7, 8 to 14 and so on, or its last seven; or the last quarter of a year.
func (p *parser) nth(n, u, k int) (period, int, bool) {
	x, j, ok := p.point(p.skip(k, the))
	if !ok || x.prec != Month && x.prec != Year || u == unitQuarter && x.prec != Year || n > 4 {
		return period{}, k, false
	}
	if x.unknown {
		return x, j, true
	}
	switch {
	case u == unitQuarter:
		x.lo, x.prec = civil(x.hi.year(), 10, 1), Quarter
	case n < 0:
		x.lo, x.prec = x.hi-6, Week
	default:
		x.lo += day(7 * (n - 1))
		x.hi, x.prec = x.lo+6, Week
	}
	x.name = 0
	return x, j, true
}

// partOf reads the period at k of which token i names a part.
func (p *parser) partOf(i, k int) (period, int, bool) {
	t := p.at(i)
	x, j, ok := period{}, k, false
	if n := p.at(k); p.is(k, unit) && n.val != unitDay && p.is(k-1, the) && p.text[n.end-1] != 's' {
		x, j, ok = p.whole(int(n.val), 0), k+1, true
	} else {
		x, j, ok = p.point(k)
	}
	if !ok || x.prec == Span {
		return x, i, false
	}
	if t.class == portion && x.prec == Day {
		return x, i, false
	}
	x = third(x, int(t.val))
	x.name = 0
	return x, j, true
}

// earlierOrLater reads "earlier this month", "later in the year", "earlier on
// Thursday".
func (p *parser) earlierOrLater(i int) (period, int, bool) {
	k := p.skip(p.skip(i+1, on), in)
	x, j, ok := period{}, k, false
	if n := p.at(p.skip(k, the)); k > i+1 && p.is(k, the) && n.class == unit && n.kind == word && p.text[n.end-1] != 's' {
		x, j, ok = p.whole(int(n.val), 0), k+2, true
	} else {
		x, j, ok = p.point(k)
	}
	if !ok || x.unknown || x.prec == Day || !p.anchored {
		return x, j, ok
	}
	if p.anchor < x.lo || p.anchor > x.hi {
		return x, j, true
	}
	x.vague, x.name = true, 0
	if p.at(i).val < 0 {
		x.hi = p.anchor
	} else {
		x.lo = p.anchor
	}
	return x, j, true
}

// units reads "week of December 6", "day before yesterday", "day after
// tomorrow" and "the weekend".
func (p *parser) units(i int) (period, int, bool) {
	t := p.at(i)
	switch {
	case t.class == weekend && p.is(i-1, the):
		return p.onWeekend(0, false, i, i+1), i + 1, true
	case t.class != unit:
	case t.val == unitDay && p.is(i-1, the):
		return p.away(1, unitDay, i+1)
	case t.val == unitWeek && p.is(i+1, of):
		x, j, ok := p.point(p.skip(i+2, the))
		if !ok || x.prec != Day || x.unknown {
			return x, j, ok && x.prec == Day
		}
		x.lo = x.lo.monday()
		x.hi, x.prec, x.name = x.lo+6, Week, 0
		return x, j, true
	}
	return period{}, i, false
}
