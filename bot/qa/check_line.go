package qa

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// A checkClass is what a unit of a sentence is, as far as checks care.
type checkClass uint8

const (
	plainUnit checkClass = iota
	numberUnit
	dateUnit
	nameUnit
	perhapsName // a capital where any word has one, such as the first of a sentence
)

// A checkUnit is a content word, or a whole date.
type checkUnit struct {
	text       string // as analysis compares it; of a date, its bytes in lower case
	class      checkClass
	date       checkDate // of a date
	start, end int       // bytes of the line
	shown      string    // as printed
}

// A checkLine is one sentence as the checks see it.
type checkLine struct {
	text     string
	units    []checkUnit
	cues     []checkCue
	not      []int          // index of the unit that follows each "not", "never", "without", ...
	quoted   []article.Span // bytes inside quotation marks
	pronoun  []int          // index of the unit that follows each "he", "she", "they"
	mentions []checkDate
}

func newCheckLine(text, published string) *checkLine {
	l := &checkLine{text: text, quoted: checkQuotations(text)}
	for _, m := range dates.Find(text, dates.Anchor{Day: published}) {
		l.mentions = append(l.mentions, checkDate{m})
	}
	terms := analysis.Append(make([]analysis.Term, 0, len(text)/5+1), text)
	l.units = make([]checkUnit, 0, len(terms))
	opening, next := true, 0
	for i, t := range terms {
		if i > 0 {
			opening = checkSentenceBreak(text[terms[i-1].End:t.Start])
		}
		for next < len(l.mentions) && l.mentions[next].End <= t.Start {
			next++
		}
		if next < len(l.mentions) && t.Start >= l.mentions[next].Start {
			m := l.mentions[next]
			if n := len(l.units); n == 0 || l.units[n-1].class != dateUnit || l.units[n-1].start != m.Start {
				l.units = append(l.units, checkUnit{text: strings.ToLower(m.Text), class: dateUnit, date: m, start: m.Start, end: m.End, shown: m.Text})
			}
			continue
		}
		shown := text[t.Start:t.End]
		if checkNegators[t.Text] || checkShortNot(shown) {
			l.not = append(l.not, len(l.units))
			continue
		}
		if t.Stop {
			if checkPronouns[t.Text] {
				l.pronoun = append(l.pronoun, len(l.units))
			}
			continue
		}
		u := checkUnit{text: t.Text, start: t.Start, end: t.End, shown: shown}
		switch {
		case t.Number || strings.ContainsAny(shown, "0123456789") || checkCounts[t.Text]:
			u.class = numberUnit
		case t.Capital && opening && !checkAcronym(shown):
			u.class = perhapsName
		case t.Capital:
			u.class = nameUnit
		}
		l.units = append(l.units, u)
	}
	l.findCues()
	return l
}

// checkSentenceBreak reports whether the bytes between two words end a sentence
// or open a quotation, after which any word is printed with a capital.
func checkSentenceBreak(between string) bool {
	for i, r := range between {
		switch r {
		case '!', '?', ':', '“', '"', '‘', '«', '„', '\n', '•', '…':
			return true
		case '.':
			if i+1 < len(between) {
				return true
			}
		}
	}
	return false
}

func checkAcronym(w string) bool {
	upper := 0
	for _, r := range w {
		if unicode.IsUpper(r) {
			upper++
		}
	}
	return upper >= 2
}

// checkShortNot reports "isn't" and its like.
func checkShortNot(w string) bool {
	return strings.HasSuffix(w, "n't") || strings.HasSuffix(w, "n’t") || w == "cannot"
}

// set returns the comparable forms of words given as they are written.
func checkSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[analysis.Word(w)] = true
	}
	return out
}

var (
	checkNegators = checkSet("not no never none neither nor without cannot nobody nothing nowhere hardly")
	checkPronouns = checkSet("he she they we i it")
	// Words that count without digits.
	checkCounts = checkSet("first second third fourth fifth sixth seventh eighth ninth tenth half double doubled triple tripled quarter dozen dozens hundred hundreds thousand thousands million millions billion billions twice")
	// Words that open sentences of a summary and claim nothing by themselves.
	checkOpeners = checkSet(`according meanwhile however both several many officials reports reporters authorities leaders talks tensions
		articles sources meanwhile later earlier additionally moreover furthermore overall similarly separately despite asked following speaking
		one another others western eastern today yesterday people`)
)

// same reports whether two units say the same.
func (u checkUnit) same(o checkUnit) bool {
	if u.class == dateUnit && o.class == dateUnit {
		return u.text == o.text || u.date.bears(o.date)
	}
	return u.text == o.text && (u.class == dateUnit) == (o.class == dateUnit)
}

// A checkDate is a date expression of a text.
type checkDate struct{ dates.Mention }

// bears reports whether the date o of an article is enough to state d: they are
// the same days, or d names a longer unit that holds them.
func (d checkDate) bears(o checkDate) bool {
	if d.Range == o.Range {
		return !d.Range.IsZero() && d.consistent()
	}
	if d.Precision == dates.Span || d.Basis == dates.ByAnchor || d.Vague {
		return d.Range.Until == "" && d.Range.Since != "" && d.Range.Since == o.Range.Since
	}
	return checkWithin(o.Range, d.Range) && d.consistent()
}

// consistent reports whether a day of the week that d names is that of its date.
func (d checkDate) consistent() bool {
	if d.Range.Since != d.Range.Until {
		return true
	}
	day, err := time.Parse(time.DateOnly, d.Range.Since)
	if err != nil {
		return true
	}
	for w := time.Sunday; w <= time.Saturday; w++ {
		if w != day.Weekday() && strings.Contains(d.Text, w.String()) {
			return false
		}
	}
	return true
}

// checkWithin reports whether all days of inner, which must have both ends, lie
// in outer.
func checkWithin(inner, outer dates.Range) bool {
	if inner.Since == "" || inner.Until == "" || outer.Since == "" {
		return false
	}
	return outer.Since <= inner.Since && (outer.Until == "" || inner.Until <= outer.Until)
}

// overlap counts the units of l that o has too, and returns which of o they are.
func (l *checkLine) overlap(o *checkLine) (n int, of []bool) {
	of = make([]bool, len(o.units))
	for _, u := range l.units {
		hit := false
		for j, v := range o.units {
			if u.same(v) {
				hit, of[j] = true, true
			}
		}
		if hit {
			n++
		}
	}
	return n, of
}

// inQuotes reports whether unit i stands inside quotation marks.
func (l *checkLine) inQuotes(i int) bool {
	for _, q := range l.quoted {
		if l.units[i].start >= q.Start && l.units[i].end <= q.End {
			return true
		}
	}
	return false
}

// A checkSource is a passage as the checks see it.
type checkSource struct {
	passage *retrieval.Passage
	fold    checkFold
	lines   []*checkLine // its sentences; none where it speaks to a machine
	spans   []article.Span
	meta    []checkUnit // of the headline and the outlet
	quoted  []article.Span
}

// checkLookBack is how many bytes before a passage are searched for whom its
// first pronouns mean: two sentences of news.
const checkLookBack = 400

// newCheckSource reads a passage. Its sentences are read only where they are
// evidence.
func newCheckSource(p *retrieval.Passage, evidence bool) *checkSource {
	a := p.Article
	text := p.Text()
	s := &checkSource{passage: p, fold: foldQuote(text), quoted: checkQuotations(text)}
	spans := p.Sentences
	if len(spans) == 0 {
		spans = []article.Span{p.Span}
	}
	if !evidence {
		spans = nil
	}
	for _, span := range spans {
		sentence := span.In(a.Text)
		line := newCheckLine(sentence, a.Published)
		line.quoted = line.quoted[:0]
		for _, q := range s.quoted { // a quotation may go over sentences
			q.Start, q.End = max(q.Start+p.Start-span.Start, 0), min(q.End+p.Start-span.Start, len(sentence))
			if q.Start < q.End {
				line.quoted = append(line.quoted, q)
			}
		}
		s.lines, s.spans = append(s.lines, line), append(s.spans, span)
	}
	for _, about := range []string{a.Title, a.Publisher} {
		if !checkOrders(about) {
			s.meta = append(s.meta, newCheckLine(about, a.Published).units...)
		}
	}
	return s
}

// checkOrdersIn reports whether a passage or a sentence of it speaks to a machine.
func checkOrdersIn(p *retrieval.Passage) bool {
	return checkOrders(p.Text()) || slices.ContainsFunc(p.Sentences, func(s article.Span) bool { return checkOrders(s.In(p.Article.Text)) })
}

// locate finds quote in the passage and returns its bytes of the article.
func (s *checkSource) locate(quote string) (article.Span, bool) {
	return s.locateWhere(quote, checkAnywhere)
}

// locateSaid is locate for words in quotation marks.
func (s *checkSource) locateSaid(quote string) (article.Span, bool) {
	return s.locateWhere(quote, s.said)
}

func (s *checkSource) locateWhere(quote string, fits func(article.Span) bool) (article.Span, bool) {
	shift := func(span article.Span) article.Span {
		return article.Span{Start: span.Start + s.passage.Start, End: span.End + s.passage.Start}
	}
	span, ok := s.fold.locate(quote, func(span article.Span) bool { return fits(shift(span)) })
	return shift(span), ok
}

func checkAnywhere(article.Span) bool { return true }

// before returns the names in the sentences before the passage, whom its first
// pronouns may mean.
func (s *checkSource) before() []checkUnit {
	p, text := s.passage, s.passage.Article.Text
	from := max(0, p.Start-checkLookBack)
	for from < p.Start && !utf8.RuneStart(text[from]) {
		from++
	}
	units := newCheckLine(text[from:p.Start], "").units
	return slices.DeleteFunc(units, func(u checkUnit) bool { return u.class != nameUnit && u.class != perhapsName })
}
