package dates

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
