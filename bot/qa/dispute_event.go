package qa

import (
	"time"

	"crisisbot/retrieval/dates"
)

// eventGroups groups the reports of one event, in order; those of copies are left out.
// Each joins the first group that holds a report of the same event of a date that
// overlaps its own or is one that reports differ on.
func eventGroups(all []datedDeed) [][]*datedDeed {
	var out [][]*datedDeed
	index := eventIndex{}
	for i := range all {
		d := &all[i]
		if originOf(d.sentence) != d.Article.ID {
			continue
		}
		at := index.first(d)
		if at == none {
			at, out = len(out), append(out, nil)
		}
		out[at] = append(out[at], d)
		index.add(d, at)
	}
	return out
}

// An eventIndex finds reports of events by who takes part and when.
type eventIndex map[eventKey]*eventList

type eventKey struct {
	kind, phase string
	plan        bool
	name        string
}

// An eventList has the reports of one name, all and by month.
type eventList struct {
	all   []placedDeed
	month map[month][]placedDeed
}

// A placedDeed is a report and the group that it is in.
type placedDeed struct {
	*datedDeed
	group int
}

func (d *datedDeed) key(n taking) eventKey { return eventKey{d.kind, d.phase, d.plan, n.Key} }

// add adds a report.
func (x eventIndex) add(d *datedDeed, group int) {
	months := monthsOf(d.when.Range, 0)
	for _, n := range d.names {
		l := x[d.key(n)]
		if l == nil {
			l = &eventList{month: map[month][]placedDeed{}}
			x[d.key(n)] = l
		}
		p := placedDeed{d, group}
		l.all = append(l.all, p)
		for _, m := range months {
			l.month[m] = append(l.month[m], p)
		}
	}
}

// first returns the first group that a report belongs to, none if there is none.
func (x eventIndex) first(d *datedDeed) int {
	at := none
	look := func(all []placedDeed) {
		for _, o := range all {
			if o.group < at && d.sameEvent(o.datedDeed) && (d.conflicts(o.datedDeed) || d.when.Range.Overlaps(o.when.Range)) {
				at = o.group
			}
		}
	}
	kind, reach := eventKinds[d.kind], nearDays
	if d.plan {
		reach = planDays
	}
	months := monthsOf(d.when.Range, reach+1)
	for _, n := range d.names {
		l := x[d.key(n)]
		switch {
		case l == nil:
		case kind.once: // its dates may lie apart as far as they like
			look(l.all)
		default:
			for _, m := range months {
				look(l.month[m])
			}
		}
	}
	return at
}

// A month counts months from that of the year 0 on.
type month int

// monthsOf returns the months of a closed range widened by days at both ends.
func monthsOf(r dates.Range, days int) []month {
	since, err := time.Parse(time.DateOnly, r.Since)
	until, err2 := time.Parse(time.DateOnly, r.Until)
	if err != nil || err2 != nil {
		return nil
	}
	in := func(t time.Time) month { return month(t.Year()*12 + int(t.Month()) - 1) }
	var out []month
	for m, last := in(since.AddDate(0, 0, -days)), in(until.AddDate(0, 0, days)); m <= last; m++ {
		out = append(out, m)
	}
	return out
}
