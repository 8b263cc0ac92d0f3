package qa

import (
	"slices"

	"crisisbot/retrieval"
)

// knownDisputes are the disagreements on dates as of one state of the articles.
type knownDisputes struct {
	revision uint64
	all      []Dispute
}

// known returns the disagreements on dates that are kept. It reads no article: one that
// came since the last Reconcile takes no part. While a Reconcile runs, it returns what
// was known before. Figures are not among them: an answer compares those of all that it
// found.
func (k *disputeKeeper) known(a *Answerer) []Dispute {
	last := k.latest.Load()
	if last != nil && last.revision == a.lib.Revision() || !k.mu.TryLock() {
		if last == nil {
			return nil
		}
		return last.all
	}
	defer k.mu.Unlock()
	if !k.loaded {
		k.load(a, a.lib.Articles())
		k.loaded, k.revision = true, unread
	}
	now := &knownDisputes{revision: a.lib.Revision()}
	now.all = k.reading(a).dates()
	k.latest.Store(now)
	return now.all
}

// unread is the revision of a keeper that has loaded what was kept and read nothing.
const unread = ^uint64(0)

// showKept adds to an answer the kept disagreements on dates of which it cites a side, as far as
// the sides lie within the bounds of the question.
func (a *Answerer) showKept(ans *Answer, f retrieval.Filter) {
	if ans.Abstained {
		return
	}
	cited := ans.Citations
	for _, d := range a.disputes.known(a) {
		if !slices.ContainsFunc(cited, d.toldBy) || slices.ContainsFunc(ans.Disagreements, func(have Disagreement) bool { return d.shownBy(have, ans.Citations) }) {
			continue
		}
		dis := Disagreement{About: d.About}
		var more []Citation
		for _, s := range d.Sides {
			side := Side{Value: s.Value}
			for _, n := range s.Citations {
				c := d.Citations[n-1]
				if !f.Match(retrieval.Place{Article: c.ArticleID, Publisher: retrieval.NormalPublisher(c.Publisher), Published: c.Published}) {
					continue
				}
				at := slices.IndexFunc(ans.Citations, func(have Citation) bool { return d.at(n, have) })
				if at >= 0 {
					side.Citations = append(side.Citations, ans.Citations[at].Number)
				} else if len(side.Citations) == 0 { // one more that shows the side is enough
					c.Number = len(ans.Citations) + len(more) + 1
					more = append(more, c)
					side.Citations = append(side.Citations, c.Number)
				}
			}
			if len(side.Citations) > 0 {
				dis.Sides = append(dis.Sides, side)
			}
		}
		if len(dis.Sides) < 2 {
			continue
		}
		ans.Citations = append(slices.Clone(ans.Citations), more...)
		ans.Origins = origins(ans.Citations)
		ans.Disagreements = append(slices.Clone(ans.Disagreements), dis)
		if ans.Mode != Model { // the text of a model stays as it was checked
			ans.Text += "\n" + disagreementText(dis, ans.Citations)
		}
	}
}

// at reports whether a citation holds the date that the nth of the dispute does.
func (d Dispute) at(n int, c Citation) bool {
	return c.ArticleID == d.Citations[n-1].ArticleID && c.Start <= d.told[n-1].Start && d.told[n-1].End <= c.End
}

// toldBy reports whether a citation holds a date of the dispute.
func (d Dispute) toldBy(c Citation) bool {
	for n := range d.Citations {
		if d.at(n+1, c) {
			return true
		}
	}
	return false
}

// shownBy reports whether a disagreement of an answer is the dispute, or part of it.
func (d Dispute) shownBy(have Disagreement, citations []Citation) bool {
	sides := 0
	for _, s := range have.Sides {
		if slices.ContainsFunc(s.Citations, func(n int) bool { return d.toldBy(citations[n-1]) }) {
			sides++
		}
	}
	return sides > 1
}
