package dates

// weekday reads the day of the week at k of a mention that starts at i, with
// the date or week that follows it; way is -1 for "last", +1 for "next".
func (p *parser) weekday(i, k, way int) (period, int, bool) {
	t := p.at(k)
	w, j := int(t.val), k+1
	short := t.class == weekAbbr
	if short && p.isMark(j, '.') && !p.at(j).spaced {
		j++
	}
	if p.is(j, daypart) {
		if n := p.at(j); n.val == 1 || n.upper {
			return period{}, i, false // "Saturday afternoons", "Sunday Night Football"
		}
		j++
	}
	d := j
	if p.isMark(d, ',') {
		d++
	}
	d = p.skip(d, the)
	if n := p.at(d); n.kind == number || n.kind == word && (isMonth(n.class) || n.class == ordinal) {
		if x, next, ok := p.point(d); ok && x.prec == Day && !n.line {
			return x, next, true
		}
	}
	if short && !(t.upper && (j > k+1 || k > i || p.is(i-1, on) || p.is(i-1, since) || p.is(i-1, until))) {
		return period{}, i, false
	}
	if n := p.at(k + 1); n.kind == word && n.class == paper && n.upper && t.upper {
		return period{}, i, false
	}
	if way == 0 {
		n := p.skip(j, of)
		if way := p.at(n); p.is(n, towards) && p.is(n+1, unit) && p.at(n+1).val == unitWeek {
			x := p.whole(unitWeek, int(way.val))
			x.prec = Day
			return single(x.lo+day((w+6)%7), x), n + 2, true
		}
	}
	if short && p.isMark(j-1, '.') {
		j--
	}
	return p.onWeekday(w, way, i, j), j, true
}

// directed reads what follows "last", "this", "next", "past", "coming",
// "recent" or "current".
func (p *parser) directed(i int) (period, int, bool) {
	t, k := p.at(i), i+1
	way := int(t.val)
	n := p.at(k)
	if n.kind != word && n.kind != number || n.line {
		return period{}, i, false
	}
	switch n.class {
	case unit:
		u := int(n.val)
		plural := p.text[n.end-1] == 's'
		few := 3 // what "recent years" are taken for
		if u == unitWeek {
			few = 4
		}
		switch {
		case t.class == recent && plural:
			return p.touching(u, -few, true), k + 1, true
		case t.class == recent:
			return period{}, i, false
		case t.class == rolling && plural:
			return p.touching(u, way*few, true), k + 1, true
		case t.class == rolling && way < 0:
			return p.touching(u, -1, false), k + 1, u != unitDay
		case u == unitDay || plural:
			return period{}, i, false
		case t.class == towards && way < 0 && (u == unitWeek || u == unitQuarter) && p.is(k+1, of):
			if x, j, ok := p.nth(-1, u, k+2); ok {
				return x, j, true
			}
		case t.class == towards && way != 0 && p.is(i-1, the):
			// "in the last week" ends today; "the next year" of a tale is not ours.
			timed := p.is(i-2, in) || p.is(i-2, about) || p.is(i-2, during) || p.is(i-2, of)
			return p.touching(u, way, false), k + 1, timed
		}
		return p.whole(u, way), k + 1, true
	case weekend:
		return p.onWeekend(way, t.class == towards, i, k+1), k + 1, true
	case daypart:
		if t.class == towards && way <= 0 && n.val == 0 {
			return p.whole(unitDay, way), k + 1, true
		}
	case weekday, weekAbbr:
		if t.class == towards && way == 0 {
			way = 2
		}
		return p.weekday(i, k, way)
	case month, monthVerb, monthAbbr:
		if t.class == current || t.class == recent {
			break
		}
		if _, _, ord, ok := p.dayOfMonth(k + 1); ok && !ord && p.at(k+1).kind == number {
			return p.monthFirst(k)
		}
		if _, _, _, dated := p.yearAt(k + 1); dated {
			return p.monthFirst(k)
		}
		return p.nearMonth(int(n.val), way), k + 1, true
	case season, fall:
		if t.class != recent {
			return p.season(i, k, way+10)
		}
	}
	if t.class == recent || t.class == current || way == 0 {
		return period{}, i, false
	}
	count, vague, k, ok := p.count(k)
	if !ok || !p.is(k, unit) {
		return period{}, i, false
	}
	return p.touching(int(p.at(k).val), way*count, vague), k + 1, true
}

// count reads a small number at k: "two", "3", "a few", "a couple of".
func (p *parser) count(k int) (n int, vague bool, next int, ok bool) {
	t := p.at(k)
	switch {
	case t.kind == number && !t.junk && !t.ordinal && t.digits <= 3 && t.num > 0 && p.clearRight(k) && p.clearLeft(k):
		return int(t.num), false, k + 1, true
	case p.is(k, article) && p.is(k+1, numeral) && (p.at(k+1).val == 0 || p.at(k+1).val == 2):
		return p.count(k + 1)
	case p.is(k, article):
		return 1, false, k + 1, true
	case p.is(k, numeral) && t.val == 0:
		return 3, true, k + 1, true
	case p.is(k, numeral):
		return int(t.val), false, p.skip(k+1, of), true
	}
	return 0, false, k, false
}

// agoOrAhead reads "two weeks ago", "two days after 7 December" and, where the
// verb looks ahead, the "two weeks" of "in two weeks". The period is the unit
// that the count leads to.
func (p *parser) agoOrAhead(i int) (period, int, bool) {
	n, vague, k, ok := p.count(i)
	if !ok || !p.is(k, unit) {
		return period{}, i, false
	}
	u := int(p.at(k).val)
	if x, j, ok := p.away(n, u, k+1); ok {
		x.vague = x.vague || vague
		return x, j, true
	}
	if p.is(k+1, ago) {
		n = -n
		k++
	} else if !p.is(i-1, in) || p.tense(i, k+1) <= 0 || p.noun(k+1) || p.isDash(k+1) {
		return period{}, i, false
	}
	x := p.whole(u, n)
	if vague && p.anchored {
		x.vague = true
		x.lo, x.hi = min(shift(p.anchor, u, n*2), shift(p.anchor, u, n/2)), max(shift(p.anchor, u, n*2), shift(p.anchor, u, n/2))
	}
	return x, k + 1, true
}

// away reads "before yesterday" or "after 7 December" at k, and returns the
// days n units away from there.
func (p *parser) away(n, u, k int) (period, int, bool) {
	way := 1
	switch {
	case p.is(k, before):
		way = -1
	case !p.is(k, after):
		return period{}, k, false
	}
	start := p.skip(k+1, the)
	x, j, ok := p.point(start)
	if !ok || x.prec != Day {
		return x, k, false
	}
	if !x.unknown {
		x.lo, x.hi = shift(x.lo, u, way*n), shift(x.hi, u, way*n)
	}
	x.name = 0
	return x, j, true
}

// nearMonth resolves "last April", "this April", "next April".
func (p *parser) nearMonth(m, way int) period {
	x := period{prec: Month, basis: ByAnchor, name: m, unknown: !p.anchored}
	if !p.anchored {
		return x
	}
	y, now, _ := p.anchor.date()
	switch {
	case way < 0 && m >= now:
		y--
	case way > 0 && m <= now:
		y++
	}
	x.lo, x.hi, _ = x.in(y)
	return x
}

// onWeekend resolves a weekend: the one of "last", "this" and "next", and
// without such a word the latest that has begun or, looking ahead, the next.
func (p *parser) onWeekend(way int, directed bool, i, j int) period {
	x := period{prec: Span, basis: ByAnchor, unknown: !p.anchored}
	if !p.anchored {
		return x
	}
	sat := p.anchor.monday() + 5
	switch {
	case directed && way != 0:
		sat += day(7 * way)
	case sat > p.anchor:
		if t := p.tense(i, j); t < 0 || t == 0 && !directed {
			sat -= 7
		}
	}
	x.lo, x.hi = sat.clamp(), (sat + 1).clamp()
	return x
}
