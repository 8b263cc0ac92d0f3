package qa

import (
	"cmp"
	"math"
	"slices"

	"crisisbot/retrieval/dates"
)

// bySubject groups figures by what they count and whose it is, in order; those of
// copies are left out. Each joins the first group that holds one of its matter: of the
// same class and owner, in a sentence that speaks of one country with its own or, where
// neither names any, shares words with it, and does not give other years.
func bySubject(all []quantity) [][]quantity {
	figures := make([]matter, 0, len(all))
	for _, n := range all {
		if originOf(n.sentence) == n.Article.ID {
			figures = append(figures, matterOf(n))
		}
	}
	indexes := map[matterKey]*wordIndex{}
	for i := range figures {
		if f := &figures[i]; f.countries == nil {
			key := f.key("")
			if indexes[key] == nil {
				indexes[key] = newWordIndex()
			}
			indexes[key].count(f.words)
		}
	}
	var out [][]quantity
	named := map[matterKey]*yearIndex{}
	for i := range figures {
		f := &figures[i]
		at := none
		if f.countries == nil {
			at = indexes[f.key("")].first(f)
		}
		for _, c := range f.countries {
			at = min(at, named[f.key(c)].first(f.stated))
		}
		if at == none {
			at, out = len(out), append(out, nil)
		}
		out[at] = append(out[at], f.quantity)
		if f.countries == nil {
			indexes[f.key("")].add(f, at)
		}
		for _, c := range f.countries {
			key := f.key(c)
			if named[key] == nil {
				named[key] = newYearIndex()
			}
			named[key].add(f.stated, at)
		}
	}
	return out
}

// none is the group of a figure that fits into none.
const none = math.MaxInt

// matterShare is the share of common words from which two sentences that name no
// country may count one thing; two pages of an encyclopedia share less.
const matterShare = 0.15

// A matter is a figure with all that tells whether another counts the same.
type matter struct {
	quantity
	countries []string // that the sentence names
	words     []string // content terms; those of a sentence that names no country
	ranks     []int32  // of the words, the rarest first
	stated    []dates.Range
}

type matterKey struct{ class, owner, country string }

func matterOf(n quantity) matter {
	s := matter{quantity: n, countries: countries(n.terms)}
	if s.countries == nil {
		for t := range contentOf(n.sentence) {
			s.words = append(s.words, t)
		}
	}
	for _, m := range dates.Find(n.sentence.text(), dates.Anchor{Day: n.Article.Published}) {
		if m.Basis == dates.Stated && !m.Range.IsZero() {
			s.stated = append(s.stated, m.Range)
		}
	}
	return s
}

func (s *matter) key(country string) matterKey { return matterKey{s.class, s.owner, country} }

// otherYears reports whether two sentences give dates with a year, and none in common.
func otherYears(here, there []dates.Range) bool {
	return len(here) > 0 && len(there) > 0 && !slices.ContainsFunc(here, func(r dates.Range) bool { return slices.ContainsFunc(there, r.Overlaps) })
}

// A yearIndex finds the first group that holds a figure which gives no other years.
type yearIndex struct {
	any, undated int // the first group of all, and of those without a date
	dated        map[dates.Range]int
}

func newYearIndex() *yearIndex {
	return &yearIndex{any: none, undated: none, dated: map[dates.Range]int{}}
}

func (x *yearIndex) add(stated []dates.Range, group int) {
	x.any = min(x.any, group)
	if len(stated) == 0 {
		x.undated = min(x.undated, group)
	}
	for _, r := range stated {
		if have, ok := x.dated[r]; !ok || group < have {
			x.dated[r] = group
		}
	}
}

// first returns the first group, none if there is none. Its cost is bounded by how many
// dates there are, not by how many figures.
func (x *yearIndex) first(stated []dates.Range) int {
	if x == nil {
		return none
	}
	if len(stated) == 0 {
		return x.any
	}
	at := x.undated
	for r, group := range x.dated {
		if group < at && slices.ContainsFunc(stated, r.Overlaps) {
			at = group
		}
	}
	return at
}

// A wordIndex finds the first group that holds a figure whose sentence shares words
// with another, at least matterShare of those of both. Two that do have one in common
// among the rarest of each, all but as many as must be shared (prefix filtering,
// Chaudhuri, Ganti and Kaushik 2006): only those are looked up.
type wordIndex struct {
	counts map[string]int
	rank   map[string]int32 // by how rare it is
	by     map[int32][]int  // places in members, by rare word
	// members are the figures added, and groups where they are.
	members []*matter
	groups  []int
	seen    []int // the last query that a member was compared in
	queries int
}

func newWordIndex() *wordIndex {
	return &wordIndex{counts: map[string]int{}, by: map[int32][]int{}}
}

// count takes note of the words of a figure. All are counted before the first is added.
func (x *wordIndex) count(words []string) {
	for _, w := range words {
		x.counts[w]++
	}
}

// ranked sets the ranks of the words of a figure.
func (x *wordIndex) ranked(f *matter) {
	if x.rank == nil {
		var words []string
		for w := range x.counts {
			words = append(words, w)
		}
		slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(x.counts[a], x.counts[b]), cmp.Compare(a, b)) })
		x.rank = make(map[string]int32, len(words))
		for i, w := range words {
			x.rank[w] = int32(i)
		}
	}
	f.ranks = make([]int32, 0, len(f.words))
	for _, w := range f.words {
		f.ranks = append(f.ranks, x.rank[w])
	}
	slices.Sort(f.ranks)
}

// rare returns the words of which a figure that shares enough has one.
func rare(ranks []int32) []int32 {
	shared := 1
	for shared < len(ranks) && !sharesMatter(shared, len(ranks)) {
		shared++
	}
	return ranks[:max(0, len(ranks)-shared+1)]
}

func sharesMatter(both, either int) bool { return float64(both)/float64(either) >= matterShare }

// first returns the first group, none if there is none.
func (x *wordIndex) first(f *matter) int {
	x.ranked(f)
	x.queries++
	at := none
	for _, w := range rare(f.ranks) {
		for _, m := range x.by[w] {
			if x.groups[m] >= at || x.seen[m] == x.queries {
				continue
			}
			x.seen[m] = x.queries
			o := x.members[m]
			if both := common(f.ranks, o.ranks); sharesMatter(both, len(f.ranks)+len(o.ranks)-both) && !otherYears(f.stated, o.stated) {
				if at = x.groups[m]; at == 0 {
					return at
				}
			}
		}
	}
	return at
}

// add adds a figure, whose words first has ranked.
func (x *wordIndex) add(f *matter, group int) {
	for _, w := range rare(f.ranks) {
		x.by[w] = append(x.by[w], len(x.members))
	}
	x.members, x.groups, x.seen = append(x.members, f), append(x.groups, group), append(x.seen, 0)
}

// common counts what two ascending lists have in common.
func common(a, b []int32) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}
