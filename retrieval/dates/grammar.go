package dates

import (
	"errors"
	"fmt"
)

// point reads a period at token i that no other word bounds, and returns the
// token after it.
func (p *parser) point(i int) (period, int, bool) {
	t := p.at(i)
	if t.kind == number {
		return p.numeric(i)
	}
	if t.kind != word {
		return period{}, i, false
	}
	switch t.class {
	case month, monthAbbr, monthVerb:
		return p.monthFirst(i)
	case weekday, weekAbbr:
		return p.weekday(i, i, 0)
	case deictic:
		j := i + 1
		if p.is(j, daypart) {
			j++
		}
		return p.whole(unitDay, int(t.val)), j, true
	case towards, rolling, recent, current:
		return p.directed(i)
	case part:
		j := i + 1
		if p.isDash(j) {
			j++
		}
		return p.partOf(i, p.skip(p.skip(p.skip(j, in), on), the))
	case portion:
		if p.is(i+1, of) {
			return p.partOf(i, p.skip(i+2, the))
		}
	case earlier:
		return p.earlierOrLater(i)
	case season, fall:
		return p.season(i, i, 0)
	case quarter:
		return p.quarter(int(t.val), i+1)
	case ordinal:
		return p.ordinals(i)
	case numeral, article:
		if x, j, ok := p.dayFirst(i); ok {
			return x, j, true
		}
		return p.agoOrAhead(i)
	case unit, weekend:
		return p.units(i)
	case newYear:
		if p.is(i-1, the) && p.is(i+1, unit) && p.at(i+1).val == unitYear && !t.upper {
			return p.comingYear(), i + 2, true
		}
	}
	return period{}, i, false
}

// comingYear is "the new year": the next one, or in its first months this one.
func (p *parser) comingYear() period {
	if p.anchored {
		if _, m, _ := p.anchor.date(); m <= 3 {
			return p.whole(unitYear, 0)
		}
	}
	return p.whole(unitYear, 1)
}

// day reads a day of the month at k: "7", "7th" or "seventh".
func (p *parser) dayOfMonth(k int) (dom, next int, ord, ok bool) {
	t := p.at(k)
	switch {
	case t.kind == number && !t.junk && t.digits <= 2 && t.num >= 1 && t.num <= 31 && p.clearRight(k):
		return int(t.num), k + 1, t.ordinal, true
	case t.kind == word && (t.class == ordinal || t.class == numeral && t.val >= 20) && !t.possessive():
		if p.isDash(k+1) && p.is(k+2, ordinal) && t.val >= 20 && p.at(k+2).val < 10 {
			if d := int(t.val + p.at(k+2).val); d <= 31 {
				return d, k + 3, true, true
			}
		}
		if t.class == ordinal {
			return int(t.val), k + 1, true, true
		}
	}
	return 0, k, false, false
}

// clearRight reports whether the number at k is whole: no decimal, clock time,
// percentage or score goes on after it.
func (p *parser) clearRight(k int) bool {
	n := p.at(k + 1)
	if n.kind != mark || n.spaced {
		return true
	}
	switch n.num {
	case '%', '°', '€', '$':
		return false
	case '.', ':', ',', '/':
		after := p.at(k + 2)
		return after.kind != number || after.spaced || n.num == ',' && after.digits == 4
	}
	return true
}

// clearLeft reports whether nothing glued to the left of the number at k makes
// it part of something else: "$50", "18:00", "Su-27".
func (p *parser) clearLeft(k int) bool {
	n := p.at(k - 1)
	if p.at(k).spaced || n.kind != mark {
		return true
	}
	switch n.num {
	case '$', '€', '£', '#', '№', '%':
		return false
	case '.', ':', ',', '/', '-', '–':
		before := p.at(k - 2)
		return n.spaced || before.kind == mark || before.kind == none || before.class == part || isMonth(before.class)
	}
	return true
}

func (p *parser) isMonth(k int) bool { return p.at(k).kind == word && isMonth(p.at(k).class) }

func isMonth(c class) bool { return c == month || c == monthAbbr || c == monthVerb }

// stated returns the period of a date with its year that ends before token j,
// or false where the month has no such day.
func (p *parser) stated(y, m, d1, d2, j int) (period, bool) {
	if d := max(d1, d2); d > monthDays(y, m) {
		p.impossible(fmt.Sprintf("%d %s %d: %s has %d days", d, monthNames[m-1], y, monthOf(y, m), monthDays(y, m)), j)
		return period{}, false
	}
	x := period{lo: civil(y, m, d1), hi: civil(y, m, d2), name: m, dom: [2]int{d1, d2}}
	if d1 != d2 {
		x.prec = Span
	}
	return x, d1 <= d2
}

// impossible keeps the first reason why words that end before token j are no
// date, and has them passed over.
func (p *parser) impossible(why string, j int) {
	if p.wrong == nil {
		p.wrong = errors.New(why)
	}
	p.past = max(p.past, j)
}

// ofMonth returns the days d1 to d2 of a month, or the whole of it for 0, with
// the year at k where one stands there.
func (p *parser) ofMonth(m, d1, d2, i, k int) (period, int, bool) {
	y, basis, j, dated := p.yearAt(k)
	switch {
	case dated && basis == ByAnchor && !p.anchored:
		return period{unknown: true, basis: ByAnchor, prec: Month}, j, true
	case dated && d1 == 0:
		return period{lo: civil(y, m, 1), hi: civil(y, m+1, 0), prec: Month, basis: basis, name: m}, j, true
	case dated:
		x, ok := p.stated(y, m, d1, d2, j)
		x.basis = basis
		return x, j, ok
	}
	x := period{prec: Month, name: m, dom: [2]int{d1, d2}}
	if d1 > 0 {
		x.prec = Day
		if d1 != d2 {
			x.prec = Span
		}
		if d := max(d1, d2); d > monthDays(2000, m) {
			p.impossible(fmt.Sprintf("%d %s: %[2]s has %d days", d, monthNames[m-1], monthDays(2000, m)), k)
			return x, k, false
		}
		if d1 > d2 {
			return x, k, false
		}
	}
	return p.yearless(x, i, k), k, true
}

// yearAt reads the year that follows a month or day at k: "2021", ", 2021",
// "of 2021", "last year", "of the new year".
func (p *parser) yearAt(k int) (y int, basis Basis, next int, ok bool) {
	j := k
	comma := p.isMark(j, ',')
	if comma {
		j++
	}
	j = p.skip(j, of)
	if p.isYear(j) {
		return int(p.at(j).num), Stated, p.skip(j+1, yearWord), true
	}
	if comma {
		return 0, 0, k, false
	}
	j = p.skip(j, the)
	t := p.at(j)
	if !p.is(j+1, unit) || p.at(j+1).val != unitYear {
		return 0, 0, k, false
	}
	switch t.class {
	case towards:
		return p.anchor.year() + int(t.val), ByAnchor, j + 2, true
	case newYear:
		return p.comingYear().lo.year(), ByAnchor, j + 2, true
	}
	return 0, 0, k, false
}

// isYear reports whether the number at k can only be a year: four digits, 1500
// to 2199, that count nothing.
func (p *parser) isYear(k int) bool {
	t := p.at(k)
	if t.kind != number || t.junk || t.ordinal || t.digits != 4 || t.num < 1500 || t.num > 2199 || !p.clearRight(k) || !p.clearLeft(k) {
		return false
	}
	next := p.at(k + 1)
	if next.kind == mark && !next.spaced && (next.num == '-' || next.num == '–') && p.at(k+2).kind == number && p.at(k+2).digits != 4 {
		return false
	}
	return !(next.kind == word && (next.class == counted || next.class == unit || next.class == numeral || isMonth(next.class) && next.class != monthVerb))
}

// monthFirst reads "December 7, 2021", "Dec. 7-9", "April 2021", "April".
func (p *parser) monthFirst(i int) (period, int, bool) {
	t := p.at(i)
	m, k := int(t.val), i+1
	if t.class == monthAbbr && p.isMark(k, '.') && !p.at(k).spaced {
		k++
	}
	if t.possessive() {
		k = i + 1
	}
	d1, next, ord, ok := p.dayOfMonth(p.skip(k, the))
	if ok && (ord || !p.is(k, the)) && p.goodDay(i, next, ord) {
		d2 := d1
		if p.joins(i, next) {
			if d, after, _, ok := p.dayOfMonth(next + 1); ok && d > d1 && !p.noun(after) && !isMonth(p.at(after).class) {
				d2, next = d, after
			}
		}
		if t.class == monthVerb && !t.upper && !p.timed(i) {
			if _, _, _, dated := p.yearAt(next); !dated {
				return period{}, i, false
			}
		}
		return p.ofMonth(m, d1, d2, i, next)
	}
	if _, _, j, dated := p.yearAt(k); dated {
		if t.class == monthVerb && !t.upper && !p.timed(i) && p.at(j-1).kind != number {
			return period{}, i, false
		}
		return p.ofMonth(m, 0, 0, i, k)
	}
	if !p.bareMonth(i) {
		return period{}, i, false
	}
	return p.ofMonth(m, 0, 0, i, i+1)
}

// goodDay rejects the count in "in April 12 people died".
func (p *parser) goodDay(i, next int, ord bool) bool {
	if ord || !p.is(i-1, in) {
		return true
	}
	t := p.at(next)
	return t.kind != word || t.upper || t.class != unknown && t.class != counted
}

// noun reports a word that a count may stand before.
func (p *parser) noun(k int) bool {
	t := p.at(k)
	return t.kind == word && !t.upper && (t.class == unknown || t.class == counted || t.class == unit || t.class == report || t.class == story)
}

// timed reports a word before token i after which a month is expected.
func (p *parser) timed(i int) bool {
	switch p.at(i - 1).class {
	case in, on, since, until, before, after, during, from, between, through, part, towards, of, by, to, portion, about:
		return p.at(i-1).kind == word
	case the, and:
		if p.at(i-1).kind != word {
			return false
		}
		switch p.at(i - 2).class {
		case in, since, of, before, after, until, by, during, from, month, monthAbbr, monthVerb, between:
			return p.at(i-2).kind == word
		}
	}
	return p.isDash(i-1) && !p.at(i).spaced && p.is(i-2, part)
}

// bareMonth reports whether a month without day and year is one: "in April",
// "the April report", but not "April Ryan", "may" or "March for peace".
func (p *parser) bareMonth(i int) bool {
	t, next, prev := p.at(i), p.at(i+1), p.at(i-1)
	if p.timed(i) {
		switch t.class {
		case month:
			return !(prev.class == to || prev.class == by) || !p.nameAhead(i)
		case monthAbbr:
			return t.upper
		}
		// "in may", but "the of may" of a minister only with a capital.
		if prev.class == in || prev.class == since || prev.class == until || prev.class == during || prev.class == towards || prev.class == part || p.isDash(i-1) {
			return true
		}
		far := p.at(i - 2)
		return t.upper && (prev.class != to || far.kind == number || isMonth(far.class)) && prev.class != the && !p.nameAhead(i)
	}
	determined := prev.kind == word && (prev.class == the || prev.class == article || prev.class == his || prev.possessive())
	switch t.class {
	case monthVerb:
		return t.upper && determined && prev.class != his && next.kind == word && next.spaced && !next.upper &&
			(next.class == unknown || next.class == report || next.class == story)
	case monthAbbr:
		return false
	}
	if m := p.at(i - 1); isMonth(m.class) || p.isDash(i-1) && isMonth(p.at(i-2).class) {
		return true
	}
	if t.upper && p.nameAhead(i) && !determined {
		return false
	}
	return true
}

// nameAhead reports a capital word right after token i: "April Ryan".
func (p *parser) nameAhead(i int) bool {
	t := p.at(i + 1)
	return t.kind == word && t.upper && !t.line && t.class == unknown
}

// numeric reads the periods that begin with a number.
func (p *parser) numeric(i int) (period, int, bool) {
	t := p.at(i)
	if t.decade {
		y := int(t.num)
		return period{lo: civil(y, 1, 1), hi: civil(y+9, 12, 31), prec: Decade}, i + 1, p.clearLeft(i) && y >= 1500 && y <= 2199
	}
	if t.junk {
		return period{}, i, false
	}
	if x, j, ok := p.figures(i); ok || j > i {
		return x, j, ok
	}
	if !p.clearLeft(i) {
		return period{}, i, false
	}
	if x, j, ok := p.dayFirst(i); ok || j > i {
		return x, j, ok
	}
	if x, j, ok := p.agoOrAhead(i); ok {
		return x, j, true
	}
	if !p.isYear(i) || !p.plainYear(i) {
		return period{}, i, false
	}
	y := int(t.num)
	return period{lo: civil(y, 1, 1), hi: civil(y, 12, 31), prec: Year}, p.skip(i+1, yearWord), true
}

// plainYear weighs the words around a number that could be a year.
func (p *parser) plainYear(i int) bool {
	t, prev, next := p.at(i), p.at(i-1), p.at(i+1)
	timed := p.timed(i) || prev.kind == word && (prev.class == the || prev.class == article || prev.class == and || prev.class == as || prev.possessive())
	if prev.kind == word && (prev.class == numbered || prev.class == approx && p.noun(i+1)) || prev.kind == number {
		return false
	}
	if !timed && (t.num < 1900 || t.num > 2099) {
		return false
	}
	if next.kind == word && next.class == yearWord {
		return true
	}
	// "2000 activists" counts, "the 2000 elections" names.
	return t.num%100 != 0 || timed && prev.class != about && prev.class != to || !p.noun(i+1)
}

// figures reads "2021-12-07", "2021-12", "7/12/2021", "07.12.2021", "2014-15".
func (p *parser) figures(i int) (period, int, bool) {
	sep, b := p.at(i+1), p.at(i+2)
	if sep.kind != mark || sep.spaced || b.kind != number || b.spaced || b.junk || b.ordinal {
		return period{}, i, false
	}
	glued := p.at(i - 1)
	if !p.at(i).spaced && glued.kind == mark && p.at(i-2).kind == number && !glued.spaced {
		return period{}, i, false
	}
	a := p.at(i)
	s := rune(sep.num)
	sep2, c := p.at(i+3), p.at(i+4)
	three := sep2.kind == mark && rune(sep2.num) == s && !sep2.spaced && c.kind == number && !c.spaced && !c.ordinal && !c.junk && c.digits <= 4
	switch {
	case a.digits == 4 && three && (s == '-' || s == '/' || s == '.'):
		if b.digits > 2 || c.digits > 2 || b.num < 1 || b.num > 12 || c.num < 1 || c.num > 31 || a.num < 1 {
			return period{}, i + 5, false
		}
		x, ok := p.stated(int(a.num), int(b.num), int(c.num), int(c.num), i+5)
		return x, i + 5, ok
	case three && (s == '/' || s == '.' || s == '-') && a.digits <= 2 && b.digits <= 2 && (c.digits == 4 || c.digits == 2 && s == '/'):
		y := int(c.num)
		if c.digits == 2 {
			y += 2000
		}
		return p.shortDate(int(a.num), int(b.num), y, s == '/', i)
	case three:
		return period{}, i + 5, false
	case a.digits == 4 && (s == '-' || s == '–') && b.digits == 2 && a.num >= 1500 && a.num <= 2199 && p.clearRight(i+2):
		if s == '-' && b.num >= 1 && b.num <= 12 {
			return period{lo: civil(int(a.num), int(b.num), 1), hi: civil(int(a.num), int(b.num)+1, 0), prec: Month, name: int(b.num)}, i + 3, true
		}
		if b.num > a.num%100 {
			return years(int(a.num), int(a.num/100*100+b.num)), i + 3, true
		}
	case a.digits == 4 && (s == '-' || s == '–') && b.digits == 4 && a.num >= 1500 && a.num < b.num && b.num <= 2199 && p.clearRight(i+2):
		return years(int(a.num), int(b.num)), i + 3, true
	}
	return period{}, i, false
}

func years(from, to int) period {
	return period{lo: civil(from, 1, 1), hi: civil(to, 12, 31), prec: Span}
}

// shortDate resolves a/b/y: the day before the month with points and hyphens;
// with slashes, the only reading, or else the one nearer to the anchor.
func (p *parser) shortDate(a, b, y int, slash bool, i int) (period, int, bool) {
	j := i + 5
	if y < 1 || a < 1 || b < 1 {
		return period{}, j, false
	}
	if slash && b > 12 || slash && a <= 12 && a != b && p.monthBefore(a, b, y) {
		a, b = b, a
	}
	if b > 12 || a > 31 {
		return period{}, j, false
	}
	x, ok := p.stated(y, b, a, a, j)
	x.vague = slash && a <= 12 && a != b
	return x, j, ok
}

// monthBefore reports that a/b/y read as month a, day b is nearer to the anchor
// than as day a of month b.
func (p *parser) monthBefore(a, b, y int) bool {
	if !p.anchored || b > 12 {
		return false
	}
	dist := func(d day) day { return max(d-p.anchor, p.anchor-d) }
	return dist(civil(y, a, b)) < dist(civil(y, b, a))
}

// dayFirst reads "7 December 2021", "7th of December", "7-9 December".
func (p *parser) dayFirst(i int) (period, int, bool) {
	d1, k, ord, ok := p.dayOfMonth(i)
	if !ok {
		return period{}, i, false
	}
	// "December 2 and 7": the second is a lone number.
	if p.isMonth(i-3) && p.at(i-2).kind == number && p.is(i-1, and) && !p.isMonth(k) && (p.article(k) || !p.noun(k)) {
		return p.ofMonth(int(p.at(i-3).val), d1, d1, i, k)
	}
	if d2, next, _, ok := p.dayOfMonth(p.skip(k+1, the)); ok && (p.joins(i, k) || p.is(k, and)) {
		if j := p.skip(next, of); p.isMonth(j) && d2 > d1 {
			if p.joins(i, k) {
				return p.ofMonth(int(p.at(j).val), d1, d2, i, j+1)
			}
			// "2 and 7 December" are two dates, the first a lone number.
			x, _, ok := p.ofMonth(int(p.at(j).val), d1, d1, i, j+1)
			return x, k, ok
		}
	}
	j := p.skip(k, of)
	t := p.at(j)
	if t.kind != word || !isMonth(t.class) || !t.spaced && !p.isDash(j-1) {
		if ord && j == k && p.is(i-1, the) && (p.is(i-2, on) || p.is(i-2, since) || p.is(i-2, until)) && p.at(i).kind == number && !p.noun(k) && !p.nameAhead(k-1) {
			return p.thisDay(d1), k, true
		}
		return period{}, i, false
	}
	next := j + 1
	if t.class == monthAbbr && p.isMark(next, '.') && !p.at(next).spaced {
		if _, _, _, dated := p.yearAt(next + 1); dated {
			next++
		}
	}
	if t.class == monthVerb && !t.upper && !ord {
		if _, _, _, dated := p.yearAt(next); !dated && !p.timed(i) {
			return period{}, i, false
		}
	}
	x, end, ok := p.ofMonth(int(t.val), d1, d1, i, next)
	if !ok {
		end = next
	}
	return x, end, ok
}

// joins reports whether token k makes one stretch of the days around it: a
// dash, "to", or the "and" of "between".
func (p *parser) joins(i, k int) bool {
	return p.isDash(k) || p.is(k, to) || p.is(k, until) || p.is(k, through) ||
		p.is(k, and) && (p.is(i-1, between) || p.is(i-1, the) && p.is(i-2, between))
}

// thisDay resolves "the 7th": the latest such day up to the anchor.
func (p *parser) thisDay(d int) period {
	x := period{basis: ByAnchor, prec: Day, unknown: !p.anchored}
	if p.anchored {
		y, m, dom := p.anchor.date()
		if d > dom {
			m--
		}
		for d > int(civil(y, m+1, 1)-civil(y, m, 1)) {
			m--
		}
		x = single(civil(y, m, d), x)
	}
	return x
}

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
		j++
	}
	d := j
	if p.isMark(d, ',') {
		d++
	}
	d = p.skip(d, the)
	if n := p.at(d); n.kind == number || n.kind == word && (isMonth(n.class) || n.class == ordinal) {
		if x, next, ok := p.point(d); ok && x.prec == Day && n.line == false {
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
		switch {
		case t.class == recent && plural:
			return p.touching(u, -4+boolInt(u != unitWeek), true), k + 1, true
		case t.class == recent:
			return period{}, i, false
		case t.class == rolling && plural:
			return p.touching(u, way*(4-boolInt(u != unitWeek)), true), k + 1, true
		case t.class == rolling && way < 0:
			return p.touching(u, -1, false), k + 1, u != unitDay
		case u == unitDay || plural:
			return period{}, i, false
		case t.class == towards && way < 0 && (u == unitWeek || u == unitQuarter) && p.is(k+1, of):
			if x, j, ok := p.nth(-1, u, k+2); ok {
				return x, j, true
			}
		}
		return p.whole(u, way), k + 1, true
	case weekend:
		return p.onWeekend(way, t.class == towards, i, k+1), k + 1, true
	case daypart:
		if p.text[t.start:t.end] == "last" || p.text[t.start:t.end] == "Last" || way == 0 && t.class == towards {
			return p.whole(unitDay, way), k + 1, true
		}
	case weekday, weekAbbr:
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

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
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

// agoOrAhead reads "two weeks ago" and, where the verb looks ahead, the "two
// weeks" of "in two weeks". The period is the unit that the count leads to.
func (p *parser) agoOrAhead(i int) (period, int, bool) {
	n, vague, k, ok := p.count(i)
	if !ok || !p.is(k, unit) {
		return period{}, i, false
	}
	u := int(p.at(k).val)
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
		if way < 0 && sat+7 < p.anchor.monday()+5 && p.anchor > sat+8 {
			sat += 7
		}
	case sat > p.anchor && p.tense(i, j) <= 0 && !directed:
		sat -= 7
	}
	x.lo, x.hi = sat.clamp(), (sat + 1).clamp()
	return x
}

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
	if way == 0 {
		prev := p.at(i - 1)
		cyrillic := p.text[t.start] >= 0x80
		timed := prev.kind == word && (prev.class == in || prev.class == during || prev.class == part || prev.class == since ||
			prev.class == until || prev.class == by || prev.class == of || prev.class == the && p.timed(i))
		if !cyrillic && (!timed || t.class == fall && prev.class != the || p.noun(j) && prev.class != the) {
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
		x, j, ok := p.whole1(k + 2)
		if ok && !x.unknown {
			x = halves(x, n)
		}
		return x, j, ok
	}
	return period{}, i, false
}

// whole1 reads a month or longer at k.
func (p *parser) whole1(k int) (period, int, bool) {
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
	case t.val == unitDay && p.is(i+1, before) && p.is(i+2, deictic) && p.at(i+2).val == -1:
		return p.whole(unitDay, -2), i + 3, true
	case t.val == unitDay && p.is(i+1, after) && p.is(i+2, deictic) && p.at(i+2).val == 1:
		return p.whole(unitDay, 2), i + 3, true
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
