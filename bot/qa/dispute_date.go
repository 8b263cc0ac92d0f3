package qa

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// Bounds of how far apart the dates of what may be one event lie: of one that could as
// well be two of a kind, and of a plan.
const (
	nearDays = 3
	planDays = 62
	// aheadDays is how far ahead a plan without a year may lie.
	aheadDays = 183
)

// sameEvent reports whether two reports tell of one event, whatever their dates: of one
// kind and phase, with nobody and nothing that only one of them could know of the other.
func (d *datedDeed) sameEvent(o *datedDeed) bool {
	if d.kind != o.kind || d.phase != o.phase || d.plan != o.plan {
		return false
	}
	both, parties, known := 0, 0, false
	for _, n := range d.names {
		for _, x := range o.names {
			if n.Key != x.Key {
				continue
			}
			if len(n.Given) > 0 && len(x.Given) > 0 && !slices.ContainsFunc(n.Given, func(g string) bool { return slices.Contains(x.Given, g) }) {
				return false
			}
			both++
			if !n.Place && !x.Place {
				parties++
			}
			known = known || len(n.Given) > 0 && len(x.Given) > 0
		}
	}
	if parties == 0 || both < len(d.names) && both < len(o.names) {
		return false
	}
	kind := eventKinds[d.kind]
	if kind.person && !known && (d.Article.Published == "" || o.Article.Published == "" || daysApart(d.Article.Published, o.Article.Published) > disputeDays) {
		return false // two of one surname
	}
	if kind.mutual && !d.plan && parties < 2 {
		return false
	}
	if both >= 2 && !kind.object {
		return true
	}
	if both < 2 && !kind.once && !d.plan {
		return false
	}
	shared := 0
	for t := range d.words {
		if holds(o.words, t) {
			shared++
		}
	}
	return shared == len(d.words) || shared == len(o.words)
}

// conflicts reports whether the dates of two reports of one event exclude each other,
// and lie no farther apart than those of one event.
func (d *datedDeed) conflicts(o *datedDeed) bool {
	if d.when.Range.Overlaps(o.when.Range) || originOf(d.sentence) == originOf(o.sentence) {
		return false
	}
	a, b := d, o
	if a.when.Range.Since > b.when.Range.Since {
		a, b = b, a
	}
	gap := daysIn(dates.Range{Since: a.when.Range.Until, Until: b.when.Range.Since}) - 1
	kind := eventKinds[d.kind]
	days := d.when.Precision == dates.Day && o.when.Precision == dates.Day
	switch {
	case kind.lasting && gap < 2:
		return false
	case d.plan: // both told before either day, and not long apart
		told := max(a.Article.Published, b.Article.Published)
		return a.Article.Published != "" && b.Article.Published != "" && told < a.when.Range.Since && gap <= planDays && daysApart(a.Article.Published, b.Article.Published) <= disputeDays
	case kind.once:
		return true
	}
	return days && gap <= nearDays
}

// yearOn is a range a year later.
func yearOn(r dates.Range) dates.Range {
	for _, day := range []*string{&r.Since, &r.Until} {
		if t, err := time.Parse(time.DateOnly, *day); err == nil {
			*day = t.AddDate(1, 0, 0).Format(time.DateOnly)
		}
	}
	return r
}

func daysApart(a, b string) int {
	return daysIn(dates.Range{Since: min(a, b), Until: max(a, b)}) - 1
}

// differingDates groups the reports of one event by their date, in order, if those of
// different origin exclude each other; nil if they don't. A report that gives two of
// the dates tells that the event came twice.
func differingDates(group []*datedDeed) [][]*datedDeed {
	byPrecision := slices.Clone(group)
	slices.SortStableFunc(byPrecision, func(a, b *datedDeed) int { return cmp.Compare(a.when.Precision, b.when.Precision) })
	var out [][]*datedDeed
	side := map[string]int{} // by origin
	for _, d := range byPrecision {
		i := slices.IndexFunc(out, func(g []*datedDeed) bool { return g[0].when.Range == d.when.Range })
		if i < 0 {
			if slices.ContainsFunc(out, func(g []*datedDeed) bool { return g[0].when.Range.Overlaps(d.when.Range) }) {
				continue
			}
			if slices.ContainsFunc(out, func(g []*datedDeed) bool { return !d.sameEvent(g[0]) || !d.conflicts(g[0]) }) {
				return nil
			}
			i, out = len(out), append(out, nil)
		}
		if n, told := side[originOf(d.sentence)]; told && n != i {
			return nil
		}
		side[originOf(d.sentence)] = i
		out[i] = append(out[i], d)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// inWords is the date of an event as an answer shows it.
func (d *datedDeed) inWords() string { return (&event{Mention: d.when, dated: d.sentence}).when() }

// dateAbout names an event by its kind and who takes part in it.
func dateAbout(d *datedDeed) string {
	var who []string
	for _, n := range d.names[:min(shownNames, len(d.names))] {
		who = append(who, n.Text)
	}
	about := theDateOf + d.kind
	if d.phase != "" {
		about = theDateOf + d.phase + " of the " + d.kind
	}
	return about + " (" + strings.Join(who, ", ") + ")"
}

// theDateOf opens what a disagreement on a date is about.
const theDateOf = "the date of the "

// shownNames is how many of those who take part name an event.
const shownNames = 4

// dates lists the events that reports of different origin date differently.
func (c *claimReading) dates() []Dispute {
	var out []Dispute
	for _, group := range eventGroups(c.dated) {
		sides := differingDates(group)
		if sides == nil {
			continue
		}
		slices.SortStableFunc(sides, func(a, b []*datedDeed) int { return cmp.Compare(a[0].Article.Published, b[0].Article.Published) })
		var d draft
		fullest := slices.MaxFunc(group, func(a, b *datedDeed) int { return cmp.Compare(len(a.names), len(b.names)) })
		dis := Disagreement{About: dateAbout(fullest)}
		var told []article.Span
		for _, g := range sides {
			side := Side{Value: g[0].inWords()}
			for _, x := range g[:min(maxSideCitations, len(g))] {
				n := d.cite(x.sentence, x.sentence.span)
				side.Citations = append(side.Citations, n)
				if n > len(told) {
					told = append(told, x.span)
				}
			}
			dis.Sides = append(dis.Sides, side)
		}
		out = append(out, Dispute{Disagreement: dis, Kind: "date", Citations: d.citations, told: told})
	}
	return out
}
