package dates

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
		if p.is(j, daypart) && p.at(j).val == 0 {
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

// dayOfMonth reads a day of the month at k: "7", "7th" or "seventh".
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

// noun reports a word that a count may stand before.
func (p *parser) noun(k int) bool {
	t := p.at(k)
	return t.kind == word && !t.upper && (t.class == unknown || t.class == counted || t.class == unit || t.class == report || t.class == story)
}

// nameAhead reports a capital word right after token i: "April Ryan".
func (p *parser) nameAhead(i int) bool {
	t := p.at(i + 1)
	return t.kind == word && t.upper && !t.line && t.class == unknown
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
