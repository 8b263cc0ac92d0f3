package qa

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// Bars of the checks. TestCheckerFigures and TestCheckerOnClaims print what they
// catch and what they lose. At 0.6 instead of 0.5 of the words, three of 21 true
// claims in words of their own were lost; no more false ones were caught.
const (
	checkCovered     = 0.50 // share of a statement's words that its passages hold
	checkCoveredNear = 0.40 // the same, for the two best sentences of them
	checkStrange     = 4    // words in a row that the passages don't have; quotations of other texts, such as our rules, are longer
	checkShort       = 4    // words of a statement too short to hold a word of its own
	checkToldShare   = 0.60 // share of the words in common that must be told by a cue to be somebody's words
	checkAligned     = 0.60 // share of a statement's units found in order, to compare word by word
	checkGap         = 6    // units without a partner between two that have one, to compare those
)

// A checkEvidence is what the cited passages hold about one statement.
type checkEvidence struct {
	sources []*checkSource
	stated  map[string]*checkLine // the statement, its dates counted from the day of each source
	lines   []checkMatch          // every sentence of evidence, the best first
}

// A checkMatch is a sentence of a source beside the statement.
type checkMatch struct {
	source *checkSource
	span   article.Span // of the article
	line   *checkLine
	common int    // units of the statement that it has
	hits   []bool // which of its units those are
}

func newCheckEvidence(text string, sources []*checkSource) *checkEvidence {
	e := &checkEvidence{sources: sources, stated: map[string]*checkLine{}}
	for _, s := range sources {
		l := e.stated[s.passage.Article.Published]
		if l == nil {
			l = newCheckLine(text, s.passage.Article.Published)
			e.stated[s.passage.Article.Published] = l
		}
		for i, line := range s.lines {
			n, hits := l.overlap(line)
			e.lines = append(e.lines, checkMatch{s, s.spans[i], line, n, hits})
		}
	}
	slices.SortStableFunc(e.lines, func(a, b checkMatch) int { return b.common - a.common })
	return e
}

func (e *checkEvidence) line(s *checkSource) *checkLine { return e.stated[s.passage.Article.Published] }

// any returns the statement as read with the first source's date.
func (e *checkEvidence) any() *checkLine { return e.line(e.sources[0]) }

// has reports whether some unit of the evidence, or of the articles' headlines
// and outlets, fits.
func (e *checkEvidence) has(fits func(checkUnit) bool) bool {
	for _, m := range e.lines {
		if slices.ContainsFunc(m.line.units, fits) {
			return true
		}
	}
	return slices.ContainsFunc(e.sources, func(s *checkSource) bool { return slices.ContainsFunc(s.meta, fits) })
}

// numbers: every number of the statement is one of the evidence.
func (e *checkEvidence) numbers() (Fault, string) {
	for _, u := range e.any().units {
		if u.class == numberUnit && !e.has(func(v checkUnit) bool { return v.class == numberUnit && v.text == u.text }) {
			return FaultNumber, fmt.Sprintf("the number %q is not in the cited passages", u.shown)
		}
	}
	return "", ""
}

// checkOwnWords is how many words of an article may be quoted as its own.
const checkOwnWords = 4

// quotations: what stands in quotation marks does so, word for word, in a cited
// passage. The outlet's own words may be quoted too where nobody is said to have
// said them, if they are enough to be a quotation.
func (e *checkEvidence) quotations() (Fault, string) {
	l := e.any()
	for _, q := range l.quoted {
		words := strings.Trim(l.text[q.Start:q.End], " .,;:!?")
		if words == "" {
			continue
		}
		said := slices.ContainsFunc(e.sources, func(s *checkSource) bool { _, ok := s.locateSaid(words); return ok })
		if said && len(newCheckLine(words, "").units) > 0 {
			continue
		}
		if !slices.ContainsFunc(e.sources, func(s *checkSource) bool { _, ok := s.locate(words); return ok }) {
			return FaultQuotation, fmt.Sprintf("the words %q are not, letter by letter, in the cited passages", words)
		}
		if len(l.cues) > 0 || len(strings.Fields(words)) < checkOwnWords {
			return FaultQuotation, fmt.Sprintf("the words %q are the article's own, not a quotation", words)
		}
	}
	return "", ""
}

// said reports whether a stretch of the article stands in quotation marks.
func (s *checkSource) said(span article.Span) bool {
	for _, q := range s.quoted {
		if q.Start+s.passage.Start <= span.Start && span.End <= q.End+s.passage.Start {
			return true
		}
	}
	return false
}

// names: every proper name of the statement is one of the evidence, and two
// that stand together do so there.
func (e *checkEvidence) names() (Fault, string) {
	l := e.any()
	for i, u := range l.units {
		if u.class != nameUnit && u.class != perhapsName {
			continue
		}
		if !e.has(func(v checkUnit) bool { return v.text == u.text }) && !e.acronym(u) && !e.stands(l, i) {
			if u.class == perhapsName && !l.nameLike(i) {
				continue
			}
			return FaultName, fmt.Sprintf("the name %q is not in the cited passages", u.shown)
		}
		if i > 0 && l.text[l.units[i-1].end:u.start] == " " && e.strangers(l.units[i-1], u) {
			return FaultName, fmt.Sprintf("the cited passages name nobody %q", l.units[i-1].shown+" "+u.shown)
		}
	}
	return "", ""
}

// checkWhere are the words after which a city is the place and not the
// government that sits there.
var checkWhere = regexp.MustCompile(`(?i)\b(?:in|at|near|to|from|around|outside|towards?|into|over|across|inside|of|visited|left|reached)(?: the)? $`)

// stands reports whether name i of the statement stands for another that the
// evidence has: the country for its government's seat or the reverse, or a first
// name that the same article prints elsewhere before the surname.
func (e *checkEvidence) stands(l *checkLine, i int) bool {
	u := l.units[i]
	if checkSeats[u.text] != "" && !checkWhere.MatchString(l.text[:u.start]) {
		return e.has(func(v checkUnit) bool { return v.canonical() == u.canonical() })
	}
	if i+1 == len(l.units) || l.text[u.end:l.units[i+1].start] != " " || !l.units[i+1].person() {
		return false
	}
	full := l.text[u.start:l.units[i+1].end]
	return slices.ContainsFunc(e.sources, func(s *checkSource) bool { return strings.Contains(s.passage.Article.Text, full) }) &&
		e.has(func(v checkUnit) bool { return v.text == l.units[i+1].text })
}

// acronym reports whether u abbreviates a name of the evidence: "OSCE".
func (e *checkEvidence) acronym(u checkUnit) bool {
	if !checkAcronym(u.shown) {
		return false
	}
	want := strings.ToUpper(strings.ReplaceAll(u.shown, ".", ""))
	for _, m := range e.lines {
		units := m.line.units
		for i := range units {
			for n := 0; n < len(want) && i+n < len(units) && strings.HasPrefix(strings.ToUpper(units[i+n].shown), want[n:n+1]); n++ {
				if units[i+n].class == plainUnit {
					break
				}
				if n == len(want)-1 {
					return true
				}
			}
		}
	}
	return false
}

// strangers reports whether a and b, next to each other in the statement, are
// parts of different names in the evidence: a always goes before another name
// and b always after another, as in "Joe Putin" of "Joe Biden" and "Vladimir Putin".
func (e *checkEvidence) strangers(a, b checkUnit) bool {
	if a.class != nameUnit && a.class != perhapsName || checkRoles[a.text] || checkSeats[a.text] != "" {
		return false
	}
	otherAfter, otherBefore := false, false
	for _, m := range e.lines {
		units := m.line.units
		for i, u := range units {
			next := i+1 < len(units) && m.line.joined(i) && units[i+1].class == nameUnit
			switch {
			case u.text == a.text:
				if !next {
					return false
				}
				for j := i + 1; j < len(units) && j <= i+3 && m.line.joined(j-1) && units[j].class == nameUnit; j++ {
					if units[j].text == b.text {
						return false
					}
				}
				otherAfter = true
			case next && units[i+1].text == b.text:
				otherBefore = otherBefore || u.class == nameUnit || u.class == perhapsName
			}
		}
	}
	return otherAfter && otherBefore
}

// dates: every date of the statement is one that a cited passage gives, or the
// day of its article where the passage gives none for the same matter.
func (e *checkEvidence) dates() (Fault, string) {
	for i, m := range e.any().mentions {
		if !slices.ContainsFunc(e.sources, func(s *checkSource) bool { return e.dated(s, i) }) {
			return FaultDate, fmt.Sprintf("the date %q is not in the cited passages", m.Text)
		}
	}
	return "", ""
}

// dated reports whether source s bears the statement's date i.
func (e *checkEvidence) dated(s *checkSource, i int) bool {
	mentions := e.line(s).mentions
	if i >= len(mentions) {
		return false
	}
	m := mentions[i]
	text := strings.ToLower(m.Text)
	for _, l := range s.lines {
		for _, o := range l.mentions {
			if strings.ToLower(o.Text) == text || m.bears(o) {
				return true
			}
		}
	}
	for _, u := range s.meta {
		if u.class == dateUnit && (u.text == text || m.bears(u.date)) {
			return true
		}
	}
	published := s.passage.Article.Published
	if m.Basis == dates.ByWeekday || m.Basis == dates.ByAnchor || !m.consistent() || !checkWithin(dates.Range{Since: published, Until: published}, m.Range) {
		return false
	}
	// The day of the article stands for the day of the event only where the
	// sentence about it names no other day.
	for _, best := range e.lines {
		if best.source == s {
			return !slices.ContainsFunc(best.line.mentions, func(o checkDate) bool { return o.Precision == dates.Day && !o.Modifier })
		}
	}
	return true
}

// content: most words of the statement are words of the passages, and most of
// those of its two best sentences; so are those of each sentence of it; and
// nowhere do several in a row come from elsewhere.
func (e *checkEvidence) content() (Fault, string) {
	l := e.any()
	total, near, anywhere, strange, longest := 0, 0, 0, 0, 0
	part, partHeld := 0, 0 // of the statement's present sentence
	whole := true
	var missing []string
	for i, u := range l.units {
		if i > 0 && checkFullStop(l.text[l.units[i-1].end:u.start]) {
			whole = whole && float64(partHeld) >= checkCovered*float64(part)
			part, partHeld = 0, 0
		}
		if speaks, _ := checkSpeaks(u, l.text); speaks && !l.inQuotes(i) {
			continue
		}
		total, part = total+1, part+1
		fits := func(v checkUnit) bool { return u.same(v) }
		if u.class == dateUnit || e.has(fits) {
			anywhere, partHeld, strange = anywhere+1, partHeld+1, 0
		} else {
			missing = append(missing, u.shown)
			strange++
			longest = max(longest, strange)
		}
		for _, m := range e.lines[:min(2, len(e.lines))] {
			if slices.ContainsFunc(m.line.units, fits) {
				near++
				break
			}
		}
	}
	whole = whole && float64(partHeld) >= checkCovered*float64(part)
	if total < 2 || total < checkShort && len(missing) > 0 || !whole || longest >= checkStrange || float64(anywhere) < checkCovered*float64(total) || float64(near) < checkCoveredNear*float64(total) {
		if len(missing) > 6 {
			missing = missing[:6]
		}
		return FaultContent, fmt.Sprintf("the cited passages do not say this (not in them: %s)", strings.Join(missing, ", "))
	}
	return "", ""
}

// checkFullStop reports whether the bytes between two words end a sentence: an
// abbreviation has no space of its own after its dot that a small letter or
// figure follows, but telling that apart would open a door.
func checkFullStop(between string) bool {
	i := strings.IndexAny(between, ".!?")
	return i >= 0 && strings.ContainsAny(between[i:], " \u00a0")
}

// order: where the statement follows a sentence word by word, no number, date or
// name stands in the place of another of its kind.
func (e *checkEvidence) order() (Fault, string) {
	var pairs [][2]int
	var mine, theirs *checkLine
	for _, m := range e.lines[:min(3, len(e.lines))] {
		l := e.line(m.source)
		if p := checkAlign(l.units, m.line.units); len(p) > len(pairs) {
			pairs, mine, theirs = p, l, m.line
		}
	}
	if len(pairs) == 0 || float64(len(pairs)) < checkAligned*float64(len(mine.units)) {
		return "", ""
	}
	a, b := slices.Clone(mine.units), slices.Clone(theirs.units) // those without a partner keep their text
	for _, p := range pairs {
		a[p[0]].text, b[p[1]].text = "", ""
	}
	i, j := 0, 0
	for _, p := range append(pairs, [2]int{len(a), len(b)}) {
		if p[0]-i <= checkGap && p[1]-j <= checkGap {
			for _, x := range a[i:p[0]] {
				for _, y := range b[j:p[1]] {
					if x.rivals(y) && !slices.ContainsFunc(b, x.same) && !slices.ContainsFunc(a, y.same) {
						return x.fault(), fmt.Sprintf("it says %q where the passage says %q", x.shown, y.shown)
					}
				}
			}
		}
		i, j = p[0]+1, p[1]+1
	}
	return "", ""
}

// rivals reports whether u and o are of a kind, so that one in the place of the
// other says something else.
func (u checkUnit) rivals(o checkUnit) bool {
	name := func(u checkUnit) bool { return u.class == nameUnit || u.class == perhapsName }
	number := func(u checkUnit) bool {
		return u.class == numberUnit || u.class == dateUnit && strings.Trim(u.text, "0123456789") == ""
	}
	if name(u) && name(o) {
		return u.canonical() != o.canonical()
	}
	return number(u) && number(o) || u.class == dateUnit && o.class == dateUnit
}

// fault returns which fault an untrue unit of this class is.
func (u checkUnit) fault() Fault {
	switch u.class {
	case numberUnit:
		return FaultNumber
	case dateUnit:
		return FaultDate
	}
	return FaultName
}

// checkAlign returns a longest common subsequence of a and b as pairs of
// indices, in order.
func checkAlign(a, b []checkUnit) [][2]int {
	w := len(b) + 1
	length := make([]int16, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i].same(b[j]) {
				length[i*w+j] = length[(i+1)*w+j+1] + 1
			} else {
				length[i*w+j] = max(length[(i+1)*w+j], length[i*w+j+1])
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].same(b[j]) && length[i*w+j] == length[(i+1)*w+j+1]+1:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case length[(i+1)*w+j] >= length[i*w+j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// speakers: what the passage gives as somebody's words the statement gives as
// theirs, and nobody is said to have said what the passage gives to another.
func (e *checkEvidence) speakers(d Draft) (Fault, string) {
	l := e.any()
	if w := strings.TrimSpace(d.Speaker); w != "" {
		for _, u := range newCheckLine(w, "").units {
			fits := func(v checkUnit) bool { return v.canonical() == u.canonical() }
			if !e.has(fits) && !checkOutlets[u.text] && !e.acronym(u) {
				return FaultSpeaker, fmt.Sprintf("the speaker %q is not in the cited passages", w)
			}
		}
	}
	if len(e.lines) == 0 {
		return "", ""
	}
	// Of sentences that fit about equally well, one that bears the statement is enough.
	var why string
	for _, m := range e.lines {
		if 4*m.common < 3*e.lines[0].common {
			break
		}
		why = e.attributed(m)
		if why == "" {
			break
		}
	}
	if why != "" {
		return FaultSpeaker, why
	}
	for _, c := range l.cues {
		if len(c.speakers) == 0 || e.outlet(c.speakers) {
			continue
		}
		if !e.says(c.speakers) {
			return FaultSpeaker, fmt.Sprintf("the cited passages do not attribute this to %q", checkShown(c.speakers))
		}
	}
	return "", ""
}

// attributed says why the statement loses whose words sentence m gives.
func (e *checkEvidence) attributed(m checkMatch) string {
	l := e.line(m.source)
	for _, c := range m.line.cues {
		told, all := m.told(c)
		if all == 0 || float64(told) < checkToldShare*float64(all) {
			continue
		}
		commits := checkCommits[m.line.units[c.unit].text] && len(l.units) > 0 && l.speaker(0) && checkEqualSpeakers(l.units[:l.runEnd(0)], c.speakers)
		if len(l.cues) == 0 && !commits {
			return fmt.Sprintf("the passage says who said this (%s), the statement does not", checkShown(c.speakers))
		}
	}
	return ""
}

// told counts the units in common that cue c gives as somebody's words, and all
// of them, the cue and its speakers left out.
func (m checkMatch) told(c checkCue) (told, all int) {
	for i, hit := range m.hits {
		if hit && i != c.unit && !slices.ContainsFunc(c.speakers, func(u checkUnit) bool { return u.start == m.line.units[i].start }) {
			all++
			if c.from <= i && i < c.to {
				told++
			}
		}
	}
	return told, all
}

// says reports whether somebody among speakers says something in a sentence
// that bears the statement, or is whom a pronoun there can mean.
func (e *checkEvidence) says(speakers []checkUnit) bool {
	for n, m := range e.lines {
		if n > 0 && m.common*2 < e.lines[0].common {
			break
		}
		for _, c := range m.line.cues {
			// A sentence about little of the statement must tell some of it.
			if told, _ := m.told(c); told == 0 && 4*m.common < 3*e.lines[0].common {
				continue
			}
			if checkEqualSpeakers(speakers, c.speakers) || c.pronoun && m.source.named(speakers, m.span) {
				return true
			}
		}
		// A sentence inside a quotation has its speaker in another.
		if len(m.line.cues) == 0 && m.source.said(article.Span{Start: m.span.Start + 1, End: m.span.End - 1}) && m.source.tells(speakers) {
			return true
		}
	}
	return false
}

// named reports whether one of speakers is named in the passage before the
// sentence at span, or shortly before the passage.
func (s *checkSource) named(speakers []checkUnit, span article.Span) bool {
	for i, l := range s.lines {
		if s.spans[i].Start < span.Start && checkEqualSpeakers(speakers, l.units) {
			return true
		}
	}
	return checkEqualSpeakers(speakers, s.before())
}

// tells reports whether one of speakers says something anywhere in the passage.
func (s *checkSource) tells(speakers []checkUnit) bool {
	for _, l := range s.lines {
		for _, c := range l.cues {
			if checkEqualSpeakers(speakers, c.speakers) || c.pronoun && s.named(speakers, article.Span{Start: s.passage.End}) {
				return true
			}
		}
	}
	return false
}

// outlet reports whether the speakers are the outlet itself.
func (e *checkEvidence) outlet(speakers []checkUnit) bool {
	for _, u := range speakers {
		if checkOutlets[u.text] {
			return true
		}
		for _, s := range e.sources {
			for _, v := range newCheckLine(s.passage.Article.Publisher, "").units {
				if v.text == u.text && u.class != plainUnit {
					return true
				}
			}
		}
	}
	return false
}

func checkShown(units []checkUnit) string {
	var words []string
	for _, u := range units {
		words = append(words, u.shown)
	}
	return strings.Join(words, " ")
}

// polarity: a "not" or a denial that governs words in common is in both.
func (e *checkEvidence) polarity() (Fault, string) {
	if len(e.lines) == 0 {
		return "", ""
	}
	m := e.lines[0]
	l := e.line(m.source)
	denied := slices.ContainsFunc(e.lines, func(o checkMatch) bool { return 2*o.common >= m.common && o.line.denies() })
	const near, reach = 2, 4 // units; a "not" governs the verb or noun right after it, a denial what follows
	_, mine := m.line.overlap(l)
	for _, at := range l.not {
		if !denied && checkAnyTrue(mine, at, at+near) {
			return FaultNegation, "the passage does not negate this, the statement does"
		}
	}
	if l.denies() {
		if len(l.not) == 0 && !denied {
			return FaultNegation, "the statement denies what the passage does not"
		}
		return "", ""
	}
	for _, at := range m.line.not {
		if checkAnyTrue(m.hits, at, at+near) {
			return FaultNegation, "the passage negates this, the statement does not"
		}
	}
	for _, c := range m.line.cues {
		if c.denial && checkAnyTrue(m.hits, c.unit+1, c.unit+1+reach) {
			return FaultNegation, "the passage says that this is denied, the statement does not"
		}
	}
	return "", ""
}

func checkAnyTrue(of []bool, from, to int) bool {
	return slices.Contains(of[min(from, len(of)):min(to, len(of))], true)
}

// attribution returns whose words the statement gives, in its own words, and
// how.
func (e *checkEvidence) attribution(d Draft) (string, Stance) {
	l := e.any()
	for _, c := range l.cues {
		if len(c.speakers) == 0 || e.outlet(c.speakers) {
			continue
		}
		stance := Claim
		if c.denial {
			stance = Denial
		}
		if w := strings.TrimSpace(d.Speaker); w != "" {
			return w, stance
		}
		return l.named(c), stance
	}
	return "", Report
}

// named returns the speaker of a cue as printed, "" where it is not certain: it
// must stand right before or after the cue.
func (l *checkLine) named(c checkCue) string {
	from := slices.IndexFunc(l.units, func(u checkUnit) bool { return u.start == c.speakers[0].start })
	to := l.runEnd(from)
	if c.pronoun || !l.speaker(from) || to != c.unit && from != c.unit+1 {
		return ""
	}
	return l.text[l.units[from].start:l.units[to-1].end]
}

var checkISODate = regexp.MustCompile(`^\d{4}(?:-\d{2}){0,2}$`)

// eventDate returns the date proposed for the event if the evidence has it, ""
// otherwise.
func (e *checkEvidence) eventDate(day string) string {
	if !checkISODate.MatchString(day) {
		return ""
	}
	r, err := dates.ParseRange(day)
	if err != nil {
		return ""
	}
	event := checkDate{dates.Mention{Text: day, Range: r}}
	for _, s := range e.sources {
		for _, l := range append([]*checkLine{e.line(s)}, s.lines...) {
			for _, m := range l.mentions {
				if event.bears(m) {
					return day
				}
			}
		}
	}
	return ""
}

// citations returns a verbatim citation of each source that bears the
// statement: the quote where there is one, else the sentence that fits best.
func (e *checkEvidence) citations(quoted *checkSource, at article.Span) []Citation {
	var out []Citation
	if quoted != nil {
		out = append(out, cite(quoted.passage, at.Start, at.End))
	}
	for n, m := range e.lines {
		if m.source == quoted || slices.ContainsFunc(e.lines[:n], func(o checkMatch) bool { return o.source == m.source }) {
			continue
		}
		// A passage that has little of what the best one has bears nothing.
		if n == 0 || m.common*2 >= e.lines[0].common {
			out = append(out, cite(m.source.passage, m.span.Start, m.span.End))
		}
	}
	return out
}
