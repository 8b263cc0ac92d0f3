package dates

import (
	"strings"
	"unicode"
)

// A Cut is a stretch of bytes [Start, End) of a question.
type Cut struct{ Start, End int }

// Asked is what a question demands of time: of the articles' days on the one
// hand, of the events' days on the other.
type Asked struct {
	// Published holds the days on which the articles asked for were printed,
	// any of the ranges; empty where the question does not say. It comes from
	// "the 7 December article", "reports since 5 December", "reported in
	// April", "as of 7 December", "by late December" and their like.
	Published []Range
	// Latest asks for the newest reports first: "latest", "now", "currently".
	Latest bool
	// Events are the other times, each a preference and no condition; Start and
	// End count bytes of the question. Days such as "yesterday" are counted from
	// the last covered day.
	Events []Mention
	// After is the first period asked about that begins after the last covered
	// day, for "the articles end on ..."; zero where there is none. A year that
	// names a thing ("the 2022 budget") is none.
	After Range
	// Words is the question without these expressions, for a search by words.
	// The names of things keep their year ("the 2014 annexation").
	Words string
	Cuts  []Cut // what Words leaves out, in order
	// Err explains the first impossible date, such as "30 February: February
	// has 29 days"; nil where every date exists.
	Err error
}

// Window reads the times in a question about articles printed on the covered
// days. The asker's own day, today, may be "": with it "today", "this year" and
// the like are also counted from that day to tell whether they lie After the
// articles.
func Window(question string, covered Range, today string) Asked {
	var tokens [64]token
	var mentions [8]found
	var references [8]reference
	var p parser
	p.read(question, Anchor{Day: covered.Until, First: covered.Since}, tokens[:0])
	finds := p.mentions(mentions[:0])
	asked := Asked{Err: p.wrong}
	var limit Range
	refs := p.references(finds, references[:0])
	for n, f := range finds {
		r, ref := f.iso(), refs[n]
		if after := p.beyondCoverage(f, today); !after.IsZero() && asked.After.IsZero() && (ref.ok || !f.modifier) {
			asked.After = after
		}
		if ref.ok && !ref.sure && p.covered && f.hi < p.first {
			ref = reference{i: f.i, j: f.j} // "by 2014", "the 2014 report": no article is that old
		}
		switch {
		case !ref.ok || f.unknown:
			asked.Events = append(asked.Events, p.result(f))
		case r.Since == "" || r.Until == "":
			limit = limit.Intersect(r)
		default:
			asked.Published = append(asked.Published, r)
		}
		ref.cut = ref.ok || !f.modifier
		refs[n] = ref
		asked.Latest = asked.Latest || !ref.ok && f.j == f.i+1 && p.is(f.i, deictic) && p.at(f.i).val == 0
	}
	switch {
	case len(asked.Published) == 0 && !limit.IsZero():
		asked.Published = append(asked.Published, limit)
	default:
		for n := range asked.Published {
			asked.Published[n] = asked.Published[n].Intersect(limit)
		}
	}
	p.cut(&asked, refs)
	return asked
}

// beyondCoverage returns the period that f means where it begins after the
// anchor: as stated, or counted from today.
func (p *parser) beyondCoverage(f found, today string) Range {
	if !p.anchored {
		return Range{}
	}
	if f.basis == Stated {
		if f.end > p.anchor { // "by summer 2023"
			f.lo = f.end
		}
		if f.lo > p.anchor {
			return f.iso()
		}
		return Range{}
	}
	if f.basis != ByAnchor || today == "" {
		return Range{}
	}
	now := *p
	now.anchor, now.anchored = isoDay(today)
	now.covered = false
	if g, ok := now.mention(f.i); ok && !g.unknown && g.lo > p.anchor {
		return g.iso()
	}
	return Range{}
}

// reference is what a mention says of the articles' own days: its words and
// those around it are the tokens [i, j).
type reference struct {
	i, j  int
	ok    bool
	sure  bool // an article is named, so that the day is one even outside the covered days
	ahead bool // the article is named after the date
	cut   bool
}

// references tells for each mention whether it dates articles. A date before
// "and" shares the noun of the date after it, as in "the 2 and the 7 December
// articles", so the last is read first.
func (p *parser) references(finds []found, to []reference) []reference {
	for range finds {
		to = append(to, reference{})
	}
	for n := len(finds) - 1; n >= 0; n-- {
		f := finds[n]
		r := p.refers(f)
		if !r.ok && n+1 < len(finds) && to[n+1].ahead && f.basis != ByWeekday && p.joined(f.j, finds[n+1].i) {
			r = reference{i: f.i, j: finds[n+1].i, ok: true, sure: to[n+1].sure, ahead: true}
		}
		to[n] = r
	}
	// "articles since 1 December and before 5 December"
	for n := 1; n < len(finds); n++ {
		if f := finds[n]; !to[n].ok && f.bound != unknown && to[n-1].ok && !to[n-1].ahead && p.joined(finds[n-1].j, f.i) {
			to[n] = reference{i: finds[n-1].j, j: f.j, ok: true, sure: to[n-1].sure}
		}
	}
	return to
}

func (p *parser) joined(i, j int) bool {
	if p.isMark(i, ',') {
		i++
	}
	i = p.skip(i, and)
	return p.skip(i, the) == j
}

func (p *parser) refers(f found) reference {
	r := reference{i: f.i, j: f.j}
	if f.basis == ByWeekday {
		return r
	}
	// "the 7 December Moscow Times article"
	k := f.j
	for k < f.j+3 && p.capital(k) {
		k++
	}
	if p.article(k) && !p.at(k).line {
		r.j, r.ok, r.ahead = k+1, true, true
		r.sure = p.is(k, story) || k == f.j && f.prec != Year
		return r
	}
	if f.bound == by || f.bound == as {
		r.ok = true
		return r
	}
	// "the article by AFP of 2 December", "reports since 5 December"
	if f.modifier {
		return r
	}
	k = f.i - 1
	attached := p.is(k, of) || p.is(k, from)
	for p.is(k, the) || p.is(k, in) || p.is(k, on) || p.is(k, of) || p.is(k, from) || p.is(k, about) || p.is(k, during) {
		k--
	}
	verb := p.is(k, printed)
	if verb {
		r.i, r.ok = k, p.at(k).val > 0
		k--
		if p.article(k) {
			r.i, r.ok, r.sure = k, true, true
			return r
		}
	}
	gap := k
	for gap-k < 6 && (p.capital(k) || p.is(k, paper) || gap-k > 0 && (p.is(k, by) || p.is(k, from) || p.is(k, in) || p.is(k, the) || p.is(k, and))) {
		k--
		if gap-k >= 6 {
			break
		}
	}
	if p.article(k) && (attached || p.at(k).val == 0 || !p.asksDo(k)) {
		r.i, r.ok, r.sure = k, true, p.is(k, story)
	}
	return r
}

// asksDo reports a "did" or "does" before token k, as in "What did Ukraine
// report".
func (p *parser) asksDo(k int) bool {
	for k--; k >= 0; k-- {
		if t := p.at(k); (t.class == done || t.class == function) && t.val == 1 {
			return true
		}
	}
	return false
}

func (p *parser) article(k int) bool { return p.is(k, story) || p.is(k, report) }

func (p *parser) capital(k int) bool {
	t := p.at(k)
	return t.kind == word && t.upper && (t.class == unknown || t.class == paper) && t.val == 0
}

// cut sets Latest, Cuts and Words.
func (p *parser) cut(a *Asked, refs []reference) {
	n := 0
	for i := 0; i < len(p.toks); {
		for n < len(refs) && (refs[n].j <= i || !refs[n].cut) {
			n++
		}
		if n < len(refs) && refs[n].i <= i {
			a.Cuts = p.cutOut(a.Cuts, p.leadIn(refs[n].i), refs[n].j)
			i = refs[n].j
			continue
		}
		j := i
		switch t := p.at(i); t.class {
		case current:
			a.Latest = true
		case newest:
			j = i + 1
		case nowadays:
			j = i + 1
		case towards:
			if t.val < 0 && p.article(i+1) {
				j = i + 1
			}
		case most:
			if p.is(i+1, recent) {
				j = i + 2
			}
		}
		if j == i {
			i++
			continue
		}
		a.Latest = true
		if p.article(j) {
			j++
		}
		start := i
		if p.is(i, nowadays) {
			if p.is(i-1, by) || p.is(i-1, until) {
				start--
			} else if p.is(i-1, of) && p.is(i-2, as) {
				start -= 2
			}
		} else if t := p.at(j); p.article(j-1) || t.kind != word || t.class != unknown {
			start = p.leadIn(i)
		}
		a.Cuts = p.cutOut(a.Cuts, start, j)
		i = j
	}
	a.Words = without(p.text, a.Cuts)
}

// leadIn returns the first of the small words that lead into token i.
func (p *parser) leadIn(i int) int {
	for i > 0 {
		switch t := p.at(i - 1); {
		case t.kind != word:
			return i
		case t.class == in, t.class == on, t.class == at, t.class == during, t.class == of, t.class == from, t.class == about, t.class == the, t.class == forWord:
			i--
		case t.class == to && p.is(i-2, accord):
			i -= 2
		case t.class == unit && t.val == unitYear && p.at(i).kind == number: // "the year 2014"
			i--
		default:
			return i
		}
	}
	return i
}

func (p *parser) cutOut(cuts []Cut, i, j int) []Cut {
	c := Cut{int(p.toks[i].start), int(p.toks[j-1].tail)}
	if len(cuts) > 0 && cuts[len(cuts)-1].End > c.Start {
		c.Start = cuts[len(cuts)-1].End
	}
	return append(cuts, c)
}

// without returns text less the cuts and the spaces and commas that they leave
// behind; "" where no word is left.
func without(text string, cuts []Cut) string {
	if len(cuts) == 0 {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	from := 0
	for n := 0; n <= len(cuts); n++ {
		to := len(text)
		if n < len(cuts) {
			to = cuts[n].Start
		}
		piece := strings.TrimSpace(text[from:to])
		if b.Len() == 0 {
			piece = strings.TrimLeft(piece, " ,;:")
		}
		if piece != "" {
			if b.Len() > 0 && !strings.ContainsRune(",.;:?!)", rune(piece[0])) {
				b.WriteByte(' ')
			}
			b.WriteString(piece)
		}
		if n < len(cuts) {
			from = cuts[n].End
		}
	}
	if words := b.String(); strings.ContainsFunc(words, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return words
	}
	return ""
}
