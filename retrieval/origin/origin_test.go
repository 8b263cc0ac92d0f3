package origin

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

var setSeed = flag.Uint64("seed", 1, "seed of the made set")

// outcome counts links between articles of one origin.
type outcome struct {
	linked, right int // links that were made, and that are right
	found         int // copies that have the origin of what they were made from
	missed        map[string]int
	wrong         []string
}

// run adds a made set, copies among the rest, and compares origins.
func run(d *Detector, set made) outcome {
	all := append(append(set.different[:0:0], set.different...), set.copies...)
	for _, a := range all {
		d.Add(a)
	}
	root := func(id string) string {
		if of, ok := set.of[id]; ok {
			return of
		}
		return id
	}
	o := outcome{missed: map[string]int{}}
	groups := map[*group][]string{}
	for _, t := range d.texts {
		groups[t.group] = append(groups[t.group], t.id)
	}
	for _, ids := range groups {
		for i, a := range ids {
			for _, b := range ids[:i] {
				o.linked++
				if root(a) == root(b) {
					o.right++
				} else if len(o.wrong) < 20 {
					o.wrong = append(o.wrong, a+" "+b)
				}
			}
		}
	}
	for c, of := range set.of {
		if d.texts[d.byID[c]].group == d.texts[d.byID[of]].group {
			o.found++
		} else {
			o.missed[set.kind[c]]++
		}
	}
	return o
}

func (o outcome) precision() float64 { return float64(o.right) / float64(max(1, o.linked)) }

func TestOrigins(t *testing.T) {
	const n, copies = 2000, 200
	set := makeSet(t, *setSeed, n, copies)
	o := run(New(Options{}), set)
	recall := float64(o.found) / copies
	t.Logf("origins: n %d different + %d copies, seed %d: recall %.3f, precision %.3f of %d links", len(set.different), copies, *setSeed, recall, o.precision(), o.linked)
	if recall < 0.95 || o.precision() < 0.98 {
		t.Errorf("want recall >= .95 at precision >= .98; missed %v; wrong:\n%s", o.missed, strings.Join(o.wrong, "\n"))
	}
	if len(set.different) < n {
		t.Errorf("only %d articles were made", len(set.different))
	}
}

// The harness must fail a detector that takes every shared phrase for a copy,
// and one that finds nothing.
func TestOriginsNegativeControl(t *testing.T) {
	set := makeSet(t, *setSeed, 400, 40)
	if o := run(New(Options{Threshold: -1}), set); o.precision() > 0.5 {
		t.Errorf("threshold 0: precision %.3f of %d links, want a failure", o.precision(), o.linked)
	}
	if o := run(New(Options{Threshold: 1.1}), set); o.found > 4 {
		t.Errorf("threshold above 1: %d of 40 copies found, want a failure", o.found)
	}
}

func seeds(t testing.TB) []article.Article {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "seeds", "*.txt"))
	if err != nil || len(paths) != 5 {
		t.Fatalf("%d starter articles, %v", len(paths), err)
	}
	var articles []article.Article
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read := article.Read(string(content))
		articles = append(articles, article.Article{
			ID: filepath.Base(path)[:3], Text: string(content), Published: read.Published, Authors: append(read.Authors, read.Agency), URL: read.URL,
		})
	}
	return articles
}

// The rewrite 002 and the report 003 have one origin, 003, in whatever order the
// starter articles come; the others have their own.
func TestSeeds(t *testing.T) {
	articles := seeds(t)
	want := map[string]string{"000": "000", "001": "001", "002": "003", "003": "003", "004": "004"}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		rng.Shuffle(len(articles), func(i, j int) { articles[i], articles[j] = articles[j], articles[i] })
		d := New(Options{})
		got := map[string]string{}
		for _, a := range articles {
			p := d.Add(a)
			got[a.ID] = p.Origin
			maps.Copy(got, p.Moved)
		}
		if !maps.Equal(got, want) {
			t.Fatalf("origins %v, want %v", got, want)
		}
	}
}

func TestAlteredQuotesOfSeeds(t *testing.T) {
	articles := seeds(t)
	original, rewrite := articles[3], articles[2]
	want := [][2]string{
		{"nightmare scenario of a military confrontation was returning", "nightmare scenario of a military clash"},
		{"likely the presidents will speak directly", "the presidents will certainly communicate personally"},
		{"The date has not yet been agreed.", "The date has yet to be determined."},
		{"There is no movement on bilateral affairs", "There is no advance on bilateral issues"},
		{"The situation in Europe is very alarming,", "The situation in Europe is really concerning,"},
		{"It's clear that this will be one of the main topics", "It’s evident that this will be a major topic"},
		{"deep concerns about Russia's plans", "grave concerns"},
		{"serious consequences", "severe consequences"},
		{"decides to pursue confrontation.", "decides to continue confrontation."},
		{"facilitate", "assist"},
		{"full implementation", "full execution"},
		{"The best way to avert a crisis is through diplomacy,", "Diplomacy is the greatest approach to avoid a crisis,"},
	}
	found := AlteredQuotes(original, rewrite)
	for i, q := range found {
		o, c := q.Original.In(original.Text), q.Copy.In(rewrite.Text)
		if i >= len(want) || !strings.HasPrefix(o, want[i][0]) || !strings.HasPrefix(c, want[i][1]) {
			t.Errorf("%d: %q became %q", i, o, c)
		}
	}
	if len(found) != len(want) {
		t.Errorf("%d altered quotations, want %d", len(found), len(want))
	}
	if found := AlteredQuotes(original, original); len(found) != 0 {
		t.Errorf("%d quotations differ from themselves", len(found))
	}
}

func TestAlteredQuotes(t *testing.T) {
	const before = "The mayor of Harvale opened the rebuilt bridge over the river on Monday morning.\n\n"
	const after = "\n\nEngineers had worked for eleven months to replace the piers that the flood washed away."
	for _, test := range []struct{ name, original, copied, want string }{
		{"same", `"We organise a feast," Mayor Voss told the crowd in Harvale.`, `“We organize a feast”, Mayor Voss told the crowd in Harvale.`, ""},
		{"shortened", `"We shall rebuild every house in this town," Mayor Voss told the crowd.`, `"We shall ... rebuild every house," Mayor Voss told the crowd.`, ""},
		{"brackets", `"They will get their money," Mayor Voss told the crowd in Harvale.`, `"[The farmers] will get their money," Mayor Voss told the crowd in Harvale.`, ""},
		{"swapped", `"They will get their money," Mayor Voss told the crowd in Harvale.`, `"They will receive their funds," Mayor Voss told the crowd in Harvale.`, "They will get their money, > They will receive their funds,"},
		{"negated", `Mayor Voss told the crowd in Harvale: "It is not over".`, `Mayor Voss told the crowd in Harvale: "It is over".`, "It is not over > It is over"},
		{"single marks", `Mayor Voss told the crowd in Harvale it was the officials' ‘finest hour’ by far.`, `Mayor Voss told the crowd in Harvale it was the officials' 'greatest hour' by far.`, "finest hour > greatest hour"},
		{"guillemets", `Mayor Voss told the crowd in Harvale it was «a great day» for all.`, `Mayor Voss told the crowd in Harvale it was «a grand day» for all.`, "a great day > a grand day"},
		{"added", `Mayor Voss told the crowd in Harvale that all was well.`, `Mayor Voss told the crowd in Harvale that "everything is fine".`, ""},
		{"left out", `"They will get their money," Mayor Voss told the crowd in Harvale.`, `Mayor Voss spoke to the crowd in Harvale about money.`, ""},
		{"over paragraphs", "Mayor Voss told the crowd in Harvale: “We waited long.\n\n“Now the bridge stands again,” she said.", "Mayor Voss told the crowd in Harvale: “We waited ages.\n\n“Now the bridge stands again,” she said.", "We waited long. > We waited ages."},
	} {
		t.Run(test.name, func(t *testing.T) {
			original, copied := article.Article{Text: before + test.original + after}, article.Article{Text: before + test.copied + after}
			var got []string
			for _, q := range AlteredQuotes(original, copied) {
				got = append(got, q.Original.In(original.Text)+" > "+q.Copy.In(copied.Text))
			}
			if strings.Join(got, "; ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// body is a text of its own for each n.
func body(n int) string {
	rng := rand.New(rand.NewPCG(uint64(n), 99))
	return makeWords(rng, 1)[0].Text
}

func TestOriginalIsChosenByEvidence(t *testing.T) {
	base := article.Article{ID: "first", Text: body(1), Published: "2022-01-05", Publisher: "The Daily Example"}
	with := func(change func(*article.Article)) article.Article {
		a := base
		a.ID = "later"
		change(&a)
		return a
	}
	cut := base.Text[:len(base.Text)*2/3]
	for _, test := range []struct {
		name  string
		later article.Article
		want  string
	}{
		{"nothing to choose by", with(func(a *article.Article) {}), "first"},
		{"earlier", with(func(a *article.Article) { a.Published, a.Text = "2022-01-04", cut }), "later"},
		{"later", with(func(a *article.Article) { a.Published, a.URL = "2022-01-06", "https://example.com" }), "first"},
		{"unknown day", with(func(a *article.Article) { a.Published = "" }), "first"},
		{"inferred day", with(func(a *article.Article) { a.DateInferred = true }), "first"},
		{"published by an agency", with(func(a *article.Article) { a.Publisher = "Reuters" }), "later"},
		{"byline of an agency", with(func(a *article.Article) { a.Authors = []string{"Ann Lee", "AFP"} }), "later"},
		{"dateline of an agency", with(func(a *article.Article) { a.Text = "KYIV, Jan 5 (Reuters) - " + a.Text }), "later"},
		{"address", with(func(a *article.Article) { a.URL = "https://example.com" }), "later"},
		{"cut", with(func(a *article.Article) { a.Text = cut }), "first"},
		{"machine-translated", with(func(a *article.Article) { a.Quality, a.URL = "machine-translated", "https://example.com" }), "first"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := New(Options{})
			if p := d.Add(base); p.Origin != "first" || p.Match != "" || p.Moved != nil {
				t.Fatalf("the first article: %+v", p)
			}
			found, ok := d.Find(test.later)
			if !ok || found.Origin != "first" || found.Match != "first" {
				t.Errorf("Find = %+v, %v", found, ok)
			}
			p := d.Add(test.later)
			if p.Origin != test.want || p.Match != "first" || p.Share < 0.4 {
				t.Errorf("placement %+v, want origin %s", p, test.want)
			}
			if moved := p.Moved["first"] == "later"; moved != (test.want == "later") || len(p.Moved) > 1 {
				t.Errorf("moved %v", p.Moved)
			}
		})
	}
}

func TestGroupsJoinReviseRemove(t *testing.T) {
	whole := body(2)
	half := strings.Index(whole[len(whole)/2:], "\n") + len(whole)/2
	top := article.Article{ID: "top", Text: whole[:half], Published: "2022-01-05"}
	end := article.Article{ID: "end", Text: whole[half:], Published: "2022-01-05"}
	all := article.Article{ID: "all", Text: whole, Published: "2022-01-05"}
	d := New(Options{})
	d.Add(top)
	if p := d.Add(end); p.Origin != "end" {
		t.Fatalf("halves that share nothing: %+v", p)
	}
	p := d.Add(all)
	if p.Origin != "all" || !maps.Equal(p.Moved, map[string]string{"top": "all", "end": "all"}) {
		t.Errorf("what joins two groups: %+v", p)
	}
	all.Text = body(3)
	if p = d.Add(all); p.Origin != "all" || !maps.Equal(p.Moved, map[string]string{"top": "top", "end": "top"}) {
		t.Errorf("revised to another text: %+v", p)
	}
	if moved := d.Remove("top"); !maps.Equal(moved, map[string]string{"end": "end"}) {
		t.Errorf("original removed: moved %v", moved)
	}
	if moved := d.Remove("top"); moved != nil {
		t.Errorf("removed twice: moved %v", moved)
	}
	if _, ok := d.Find(article.Article{ID: "x", Text: top.Text}); ok {
		t.Error("a removed text is found")
	}
	if p, ok := d.Find(article.Article{ID: "x", Text: end.Text}); !ok || p.Origin != "end" {
		t.Errorf("what is left is not found: %+v", p)
	}
	for _, id := range []string{"end", "all"} {
		d.Remove(id)
	}
	if len(d.index.heads) != 0 || len(d.index.free) != len(d.index.postings) {
		t.Errorf("%d shingles are left in an empty index", len(d.index.heads))
	}
}

func TestRestore(t *testing.T) {
	set := makeSet(t, 4, 200, 40)
	all := append(slices.Clone(set.different), set.copies...)
	d := New(Options{})
	origins := map[string]string{}
	for _, a := range all {
		p := d.Add(a)
		origins[a.ID] = p.Origin
		maps.Copy(origins, p.Moved)
	}
	for i := range all {
		all[i].Origin = origins[all[i].ID]
	}
	restored := New(Options{})
	restored.Restore(slices.Values(all))
	for i, c := range makeSet(t, 4, 200, 80).copies {
		c.ID = fmt.Sprint("new ", i)
		want, _ := d.Find(c)
		if got, _ := restored.Find(c); got.Origin != want.Origin || got.Share != want.Share {
			t.Errorf("copy %d: %+v after restoring, %+v before", i, got, want)
		}
	}
}

// What quotes a sentence or two of a report is no copy of it.
func TestQuotedInPart(t *testing.T) {
	wire, own := body(4), body(5)
	lines := strings.SplitAfter(wire, "\n")
	quoting := strings.Replace(own, "\n", "\nReuters reported: \""+strings.TrimSpace(lines[3])+"\"\n"+lines[7], 1)
	d := New(Options{})
	d.Add(article.Article{ID: "wire", Text: wire})
	if p := d.Add(article.Article{ID: "own", Text: quoting}); p.Origin != "own" {
		t.Errorf("placement %+v", p)
	}
}

func TestShortTexts(t *testing.T) {
	d := New(Options{})
	d.Add(article.Article{ID: "flash", Text: "Explosion heard near the harbour of Odd Haven, mayor says."})
	for text, want := range map[string]string{
		"Explosion heard near the harbour of Odd Haven, mayor says.":          "flash",
		"Explosion heard near the airport of Odd Haven, police says.":         "x",
		"Fire reported near the harbour of Odd Haven, several people injured": "x",
		"":       "x",
		"Short.": "x",
	} {
		if p, _ := d.Find(article.Article{ID: "x", Text: text}); p.Origin != want {
			t.Errorf("%q: %+v, want origin %s", text, p, want)
		}
	}
}

// Each of thousands of copies of one article finds it.
func TestManyCopies(t *testing.T) {
	const n = 3000
	text := body(6)
	d := New(Options{})
	for i := range n {
		p := d.Add(article.Article{ID: fmt.Sprint(i), Text: text + fmt.Sprintf("\n\nCopy number %d of this report was printed here.", i)})
		if p.Origin != "0" || p.Moved != nil {
			t.Fatalf("copy %d: %+v", i, p)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	d := New(Options{})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				a := article.Article{ID: fmt.Sprint(w, " ", i), Text: body(i)}
				d.Add(a)
				d.Find(a)
				if i%10 == 0 {
					d.Remove(a.ID)
				}
			}
		})
	}
	wg.Wait()
	groups := map[*group]int{}
	for _, text := range d.texts {
		if text != nil {
			groups[text.group]++
		}
	}
	if len(groups) != 45 {
		t.Errorf("%d groups, want one for each of the 45 texts that are left", len(groups))
	}
}

func TestSentences(t *testing.T) {
	text := "Mr. Voss met U.S. envoy J. Hale on Dec. 2. \"We agreed.\" It rose 1.5 percent (see above.) Then\nA heading\n\nЩо далі? Ніхто не знає… Кінець"
	var got []string
	for _, s := range sentences(text) {
		got = append(got, s.In(text))
	}
	want := []string{"Mr. Voss met U.S. envoy J. Hale on Dec. 2.", `"We agreed."`, "It rose 1.5 percent (see above.)", "Then", "A heading", "Що далі?", "Ніхто не знає… Кінець"}
	if !slices.Equal(got, want) {
		t.Errorf("sentences %q, want %q", got, want)
	}
}

func TestWords(t *testing.T) {
	for _, test := range [][2]string{
		{"The U.S. presidents", "US president"},
		{"13,000 dead", "13000 DEAD!"},
		{"Ukraine’s officials", "ukraine official"},
		{"Президента України", "президентові україни"},
		{"said that it is", ""},
	} {
		if a, b := words(nil, test[0]), words(nil, test[1]); !slices.Equal(a, b) {
			t.Errorf("words of %q and %q differ: %v, %v", test[0], test[1], a, b)
		}
	}
	if a, b := words(nil, "1.5 percent"), words(nil, "15 percent"); slices.Equal(a, b) {
		t.Error("1.5 is 15")
	}
}

func FuzzOrigin(f *testing.F) {
	for _, a := range seeds(f) {
		f.Add(strings.ToValidUTF8(a.Text[:700], ""), a.Text[300:1200])
	}
	f.Add("“a \xff ‘b\n", "\"")
	f.Fuzz(func(t *testing.T, original, copied string) {
		d := New(Options{})
		d.Add(article.Article{ID: "a", Text: original})
		p := d.Add(article.Article{ID: "b", Text: copied})
		if p.Share < 0 || p.Share > 1 || p.Origin != "a" && p.Origin != "b" {
			t.Fatalf("placement %+v", p)
		}
		for _, q := range AlteredQuotes(article.Article{Text: original}, article.Article{Text: copied}) {
			if q.Copy.Start >= q.Copy.End || q.Original.Start >= q.Original.End {
				t.Fatalf("empty quotation %+v", q)
			}
			if utf8.ValidString(copied) && !utf8.ValidString(q.Copy.In(copied)) {
				t.Fatalf("cut character in %q", q.Copy.In(copied))
			}
		}
	})
}
