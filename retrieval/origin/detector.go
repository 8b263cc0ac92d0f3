// Package origin groups copies, reprints and rewrites of news reports, so that
// a report and its rewrite are never taken for two witnesses.
//
// Texts that share rare shingles are candidates (Broder 1997); two texts belong
// together when enough of the shorter one's sentences align in order with the
// other's, by the words they share. An article that only quotes another, or
// reports the same event in its own words, stays by itself.
package origin

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"crisisbot/retrieval/article"
)

// Options tune a Detector. The zero value means the defaults.
type Options struct {
	// Threshold is the share of the shorter text's words, weighted by
	// similarity, that must align with the other's; at most 1. Default 0.4;
	// below 0 every text that shares a phrase is taken for a copy.
	Threshold float64
	// Candidates is how many texts are compared with a new one. Default 8.
	Candidates int
}

// A Placement is where an article belongs.
type Placement struct {
	Origin string  // id of the report that it derives from; its own id when it is an original
	Match  string  // id of the article that it has most in common with; "" for none
	Share  float64 // of the words of the shorter text, what aligns with Match's, weighted by similarity; 0 to 1
	// Moved holds the new origin of each other article, by id, whose origin has
	// changed: the new article is a better original, or joins two groups, or
	// its earlier text held one together.
	Moved map[string]string
}

// A Detector groups articles as they arrive. It keeps no text, but about 6 KB for
// an article of 600 words (BenchmarkAdd). It is safe for concurrent use.
type Detector struct {
	opt   Options
	mu    sync.Mutex
	texts []*text // nil where removed
	byID  map[string]int32
	index *index
}

// A text is what is kept of an article.
type text struct {
	id       string
	print    fingerprint
	shingles []uint32
	evidence evidence
	group    *group
}

// A group is the texts of one origin. The earliest day and the longest text of its
// members are those that its original was elected by.
type group struct {
	members  []int32 // in order of arrival
	original int32
	earliest string
	longest  int
}

// New returns an empty Detector.
func New(opt Options) *Detector {
	if opt.Threshold == 0 {
		opt.Threshold = threshold
	}
	if opt.Candidates == 0 {
		opt.Candidates = 8
	}
	return &Detector{opt: opt, byID: map[string]int32{}, index: newIndex()}
}

// Find says where an article would belong, and remembers nothing. An article
// with the same id is not compared with it.
func (d *Detector) Find(a article.Article) (p Placement, ok bool) {
	print, shingles, _ := fingerprintOf(a.Text)
	d.mu.Lock()
	defer d.mu.Unlock()
	matches := d.matches(a.ID, &print, shingles)
	if len(matches) == 0 {
		return Placement{Origin: a.ID}, false
	}
	best := d.texts[matches[0].text]
	return Placement{Origin: d.texts[best.group.original].id, Match: best.id, Share: matches[0].share}, true
}

// Add places an article and remembers it. One with the id of an earlier article
// replaces that.
func (d *Detector) Add(a article.Article) Placement {
	print, shingles, _ := fingerprintOf(a.Text)
	d.mu.Lock()
	defer d.mu.Unlock()

	matches := d.matches(a.ID, &print, shingles)
	var was changes
	if at, ok := d.byID[a.ID]; ok {
		was.note(d, d.texts[at].group)
		d.remove(at)
	} else if g := d.onlyGroup(matches); g != nil {
		return d.join(a, print, shingles, g, matches)
	}
	joined := &group{}
	for _, m := range matches { // into the largest, so that a great group costs little
		if g := d.texts[m.text].group; len(g.members) > len(joined.members) {
			joined = g
		}
	}
	was.note(d, joined)
	for _, m := range matches {
		if g := d.texts[m.text].group; g != joined {
			was.note(d, g)
			for _, member := range g.members {
				d.texts[member].group = joined
			}
			joined.members = append(joined.members, g.members...)
			slices.Sort(joined.members)
		}
	}
	d.insert(a, print, shingles, joined)
	d.elect(joined)

	p := Placement{Origin: d.texts[joined.original].id, Moved: was.moved(d, a.ID)}
	if len(matches) > 0 {
		p.Match, p.Share = d.texts[matches[0].text].id, matches[0].share
	}
	return p
}

// onlyGroup returns the group of all matches, nil if there are several or none.
func (d *Detector) onlyGroup(matches []match) (g *group) {
	for _, m := range matches {
		if g != nil && d.texts[m.text].group != g {
			return nil
		}
		g = d.texts[m.text].group
	}
	return g
}

// join is Add of a new article that matches one group, whose members it looks at only
// when it changes what these are elected by: thousands may copy one report.
func (d *Detector) join(a article.Article, print fingerprint, shingles []uint32, g *group, matches []match) Placement {
	before := g.original
	at := d.insert(a, print, shingles, g)
	if e := d.texts[at].evidence; e.length > g.longest || e.day != "" && (g.earliest == "" || e.day < g.earliest) {
		d.elect(g)
	} else if e.points(g.earliest, g.longest) > d.texts[before].evidence.points(g.earliest, g.longest) {
		g.original = at
	}
	p := Placement{Origin: d.texts[g.original].id, Match: d.texts[matches[0].text].id, Share: matches[0].share}
	if g.original != before {
		was := changes{{d.texts[before].id, g.members}}
		p.Moved = was.moved(d, a.ID)
	}
	return p
}

// Restore remembers articles whose Origin is known, as from an archive at the
// start. It compares none of them, and is several times faster than Add.
func (d *Detector) Restore(articles iter.Seq[article.Article]) {
	d.mu.Lock()
	defer d.mu.Unlock()
	groups := map[string]*group{}
	for a := range articles {
		if at, ok := d.byID[a.ID]; ok {
			d.remove(at)
		}
		origin := a.Origin
		if origin == "" {
			origin = a.ID
		}
		if groups[origin] == nil {
			groups[origin] = &group{}
		}
		print, shingles, _ := fingerprintOf(a.Text)
		d.insert(a, print, shingles, groups[origin])
	}
	for origin, g := range groups {
		if at, ok := d.byID[origin]; ok && d.texts[at].group == g {
			g.original = at
		} else if len(g.members) > 0 {
			d.elect(g)
		}
	}
}

// Remove forgets an article. moved holds the new origin of each article, by id,
// whose origin it was.
func (d *Detector) Remove(id string) (moved map[string]string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok := d.byID[id]
	if !ok {
		return nil
	}
	var was changes
	was.note(d, d.texts[at].group)
	d.remove(at)
	return was.moved(d, id)
}

// A match is a text of the same origin.
type match struct {
	text  int32
	share float64
}

// matches returns the texts of one origin with the given one, best first.
func (d *Detector) matches(id string, print *fingerprint, shingles []uint32) []match {
	var matches []match
	a := newAligner(print)
	for _, c := range d.index.find(shingles, d.opt.Candidates) {
		other := d.texts[c.text]
		if other.id == id {
			continue
		}
		if share, ok := a.align(&other.print).copies(d.opt.Threshold); ok {
			matches = append(matches, match{c.text, share})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(b.share, a.share) })
	return matches
}

func (d *Detector) insert(a article.Article, print fingerprint, shingles []uint32, g *group) int32 {
	at := int32(len(d.texts))
	t := &text{id: a.ID, print: print, shingles: shingles, evidence: evidenceOf(a), group: g}
	d.texts = append(d.texts, t)
	d.byID[a.ID] = at
	d.index.add(at, t.shingles)
	g.members = append(g.members, at)
	return at
}

// remove forgets a text; its group gets another original where it was that.
func (d *Detector) remove(at int32) {
	t := d.texts[at]
	d.index.remove(at, t.shingles)
	t.group.members = slices.DeleteFunc(t.group.members, func(member int32) bool { return member == at })
	delete(d.byID, t.id)
	d.texts[at] = nil
	t.group.earliest, t.group.longest = "", 0 // the next to join elects
	if t.group.original == at && len(t.group.members) > 0 {
		d.elect(t.group)
	}
}

// elect makes the member with the most points the original, the first to arrive
// of several.
func (d *Detector) elect(g *group) {
	g.earliest, g.longest = "", 0
	for _, member := range g.members {
		e := d.texts[member].evidence
		if e.day != "" && (g.earliest == "" || e.day < g.earliest) {
			g.earliest = e.day
		}
		g.longest = max(g.longest, e.length)
	}
	most := -1
	for _, member := range g.members {
		if points := d.texts[member].evidence.points(g.earliest, g.longest); points > most {
			most, g.original = points, member
		}
	}
}

// changes remember groups and their originals, to tell later what has moved.
type changes []change

type change struct {
	origin  string
	members []int32
}

func (c *changes) note(d *Detector, g *group) {
	if len(g.members) > 0 {
		*c = append(*c, change{d.texts[g.original].id, slices.Clone(g.members)})
	}
}

// moved returns the new origin of each article but id whose origin has changed.
func (c changes) moved(d *Detector, id string) map[string]string {
	var moved map[string]string
	for _, was := range c {
		for _, member := range was.members {
			t := d.texts[member]
			if t == nil {
				continue
			}
			now := d.texts[t.group.original].id
			if now == was.origin {
				break // so are all that were in its group
			}
			if t.id == id {
				continue
			}
			if moved == nil {
				moved = map[string]string{}
			}
			moved[t.id] = now
		}
	}
	return moved
}
