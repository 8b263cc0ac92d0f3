package dates

import (
	"errors"
	"fmt"
)

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
