package qa

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// The plain definitions, which compare each with all, of what the indexes find.

func plainBySubject(all []quantity) [][]quantity {
	var out [][]quantity
	for _, n := range all {
		if originOf(n.sentence) != n.Article.ID {
			continue
		}
		i := slices.IndexFunc(out, func(g []quantity) bool {
			return g[0].class == n.class && g[0].owner == n.owner && slices.ContainsFunc(g, func(o quantity) bool { return plainMatter(o, n) })
		})
		if i < 0 {
			i, out = len(out), append(out, nil)
		}
		out[i] = append(out[i], n)
	}
	return out
}

func plainMatter(a, b quantity) bool {
	stated := func(n quantity) (out []dates.Range) {
		for _, m := range dates.Find(n.sentence.text(), dates.Anchor{Day: n.Article.Published}) {
			if m.Basis == dates.Stated && !m.Range.IsZero() {
				out = append(out, m.Range)
			}
		}
		return out
	}
	if here, there := stated(a), stated(b); len(here) > 0 && len(there) > 0 &&
		!slices.ContainsFunc(here, func(r dates.Range) bool { return slices.ContainsFunc(there, r.Overlaps) }) {
		return false
	}
	here, there := countries(a.terms), countries(b.terms)
	if len(here) > 0 || len(there) > 0 {
		return slices.ContainsFunc(here, func(c string) bool { return slices.Contains(there, c) })
	}
	return jaccard(contentOf(a.sentence), contentOf(b.sentence)) >= matterShare
}

func plainEventGroups(all []datedDeed) [][]*datedDeed {
	var out [][]*datedDeed
	for i := range all {
		d := &all[i]
		if originOf(d.sentence) != d.Article.ID {
			continue
		}
		at := slices.IndexFunc(out, func(g []*datedDeed) bool {
			return slices.ContainsFunc(g, func(o *datedDeed) bool {
				return d.sameEvent(o) && (d.conflicts(o) || d.when.Range.Overlaps(o.when.Range))
			})
		})
		if at < 0 {
			at, out = len(out), append(out, nil)
		}
		out[at] = append(out[at], d)
	}
	return out
}

func apart(a, b *saidSentence) int {
	if a.day == 0 || b.day == 0 {
		return 0
	}
	return max(a.day-b.day, b.day-a.day)
}

func plainAnswered(all []*saidSentence, y *saidSentence) []*saidSentence {
	most := 0.0
	like := map[*saidSentence]float64{}
	for _, x := range all {
		if !y.answers() || x == y || x.denial || x.side == y.side || apart(x, y) > disputeDays {
			continue
		}
		before := y.index - x.index
		right := x.Article == y.Article && before > 0 && before <= replyReach
		switch against := slices.Contains(x.against, y.side); {
		case right && (y.points || y.replies && before == 1) && (against || y.replies):
			like[x] = 1
		case y.denial && x.harsh && against:
			like[x] = likeness(x, y)
			most = max(most, like[x])
			if right && before == 1 {
				like[x] = 1
			}
		}
	}
	var out []*saidSentence
	for _, x := range all {
		if v := like[x]; v >= sameDispute && v >= nearlyBest*most {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, inReadingOrder)
	return out
}

func plainGrouped(all []exchange) [][]exchange {
	var groups [][]exchange
	for _, e := range all {
		var in []int
		for i, g := range groups {
			if slices.ContainsFunc(g, func(o exchange) bool {
				return o.answer.side == e.answer.side && apart(o.answer, e.answer) <= disputeDays && o.alike(e)
			}) {
				in = append(in, i)
			}
		}
		joined := []exchange{e}
		for _, i := range slices.Backward(in) {
			joined = append(slices.Clone(groups[i]), joined...)
			groups = slices.Delete(groups, i, i+1)
		}
		groups = append(groups, joined)
	}
	return groups
}

// rivalArticles writes n articles of two outlets and their copies that tell figures, dated
// events, accusations and denials of few countries, persons and words, so that many of
// them agree or differ. Every twentieth is undated.
func rivalArticles(n int, seed uint64) []article.Article {
	r := rand.New(rand.NewPCG(seed, 7))
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	word := func() string { return newsWord(r.IntN(300)) }
	words := func(most int) string {
		var out []string
		for range 1 + r.IntN(most) {
			out = append(out, word())
		}
		return strings.Join(out, " ")
	}
	first := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	articles := make([]article.Article, n)
	for i := range articles {
		day := first.AddDate(0, 0, r.IntN(900))
		country := func() string { return one("Russia", "Moscow", "Ukraine", "Kyiv", "China", "Iran", "Poland", "Belarus") }
		person := func() string { return one("Marek ", "Anna ", "", "") + newsName(r.IntN(4)) }
		date := func() string {
			at := day.AddDate(0, 0, r.IntN(90)-40)
			if r.IntN(2) == 0 { // near to where a month begins
				at = time.Date(at.Year(), at.Month(), r.IntN(4)-1, 0, 0, 0, 0, time.UTC)
			}
			return one(at.Format("on 2 January"), at.Format("on 2 January 2006"), at.Format("in January 2006"), at.Format("in 2006"), at.AddDate(-r.IntN(4), 0, 0).Format("in 2006"), "between 2015 and 2019", "on Monday", "")
		}
		var b strings.Builder
		fmt.Fprintf(&b, "Report %d of %s\n\n", i, word())
		for range 2 + r.IntN(4) {
			switch r.IntN(5) {
			case 0:
				fmt.Fprintf(&b, "%s %s %d %s %s %s.", one("The "+word(), country()), word(), 3+r.IntN(50), one("troops", "soldiers", "tanks", "dead", "missiles", "refugees"), words(14), date())
			case 1:
				fmt.Fprintf(&b, "The %s %s %d people %s %s.", words(4), one("killed", "wounded", "displaced"), 3+r.IntN(50), words(10), date())
			case 2:
				fmt.Fprintf(&b, "%s %s %s in %s %s.", person(), one("met", "met", "will meet", "visited", "called"), person(), one("Moscow", "Minsk"), date())
			case 3:
				fmt.Fprintf(&b, "%s %s %s %s.", country(), one("annexed", "seized", "invaded", "will hold talks with"), one(country(), newsName(r.IntN(5))), date())
			case 4:
				deed := func() string { return one("aggression", "sabotage", "plotting") + " near the " + newsWord(r.IntN(40)) }
				fmt.Fprintf(&b, "%s accused %s of %s. %s %s.", country(), country(), deed(), country(), one("denied the claims", "denied "+deed(), "denied "+deed(), "said this was a provocation"))
			}
			b.WriteString(one(" ", "\n\n"))
		}
		o := article.Article{ID: fmt.Sprintf("r%05d", i), Publisher: one("One", "Two"), Published: day.Format(time.DateOnly), Text: b.String()}
		if o.Origin = o.ID; i > 0 && r.IntN(6) == 0 {
			o.Origin = articles[r.IntN(i)].Origin
		}
		if r.IntN(20) == 0 {
			o.Published = ""
		}
		articles[i] = o
	}
	return articles
}

// same reports whether two groupings hold the same in the same order.
func same[T any](a, b [][]T, equal func(x, y T) bool) bool {
	return slices.EqualFunc(a, b, func(g, h []T) bool { return slices.EqualFunc(g, h, equal) })
}

// What the indexes find is what comparing each with all finds, in the same order.
func TestIndexedAsPlain(t *testing.T) {
	subjects, events, matters, merged := 0, 0, 0, 0
	for seed := range uint64(3) {
		lib := retrieval.New(nil)
		all := rivalArticles(600, seed)
		a := New(lib, Options{})
		changed := rivalArticles(20, seed+100)
		for _, part := range [][]article.Article{all[:150], all[150:151], all[151:], changed} {
			if _, err := lib.Add(t.Context(), part...); err != nil {
				t.Fatal(err)
			}
			if err := a.Reconcile(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		c, exchanges, err := a.disputes.claims(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		for _, y := range c.said {
			if got, want := a.disputes.answers[y], plainAnswered(c.said, y); !slices.Equal(got, want) {
				t.Errorf("seed %d: %q answers %d claims, want %d", seed, y.text(), len(got), len(want))
			}
		}
		figures := plainBySubject(c.counts)
		if !same(bySubject(c.counts), figures, func(x, y quantity) bool { return x == y }) {
			t.Errorf("seed %d: other groups of figures", seed)
		}
		dated := plainEventGroups(c.dated)
		if !same(eventGroups(c.dated), dated, func(x, y *datedDeed) bool { return x == y }) {
			t.Errorf("seed %d: other groups of events", seed)
		}
		accounts := plainGrouped(exchanges)
		if !same(grouped(exchanges), accounts, func(x, y exchange) bool { return x == y }) {
			t.Errorf("seed %d: other groups of accounts", seed)
		}
		subjects, events, matters = subjects+len(figures), events+len(dated), matters+len(accounts)
		for _, g := range accounts {
			merged = max(merged, len(g))
		}
		t.Logf("seed %d: %d figures of %d subjects, %d dates of %d events, %d exchanges on %d matters", seed, len(c.counts), len(figures), len(c.dated), len(dated), len(exchanges), len(accounts))
	}
	if subjects < 100 || events < 100 || matters < 40 || merged < 4 {
		t.Errorf("%d subjects, %d events, %d matters: too few to tell", subjects, events, matters)
	}
}
