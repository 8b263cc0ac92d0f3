package qa

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// checkArticle reads text as an article with its passages. published "" is
// taken from the text.
func checkArticle(id, text, title, published, publisher string) []*retrieval.Passage {
	r := article.Read(text)
	a := &article.Article{ID: id, File: id + ".txt", Title: r.Title, Publisher: publisher, Published: r.Published, Origin: id, Text: text}
	if title != "" {
		a.Title = title
	}
	if published != "" {
		a.Published = published
	}
	var out []*retrieval.Passage
	for i, p := range article.Passages(r) {
		out = append(out, &retrieval.Passage{Passage: p, Article: a, Ordinal: i})
	}
	return out
}

func checkSeedPassages(t testing.TB) []*retrieval.Passage {
	files, err := filepath.Glob("../../seeds/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("seeds: %v, %v", files, err)
	}
	var out []*retrieval.Passage
	for i, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		day := map[int]string{1: "2021-04-14", 4: "2021-12-22"}[i]
		out = append(out, checkArticle(strings.TrimSuffix(filepath.Base(f), ".txt"), string(b), "", day, map[int]string{1: "The Epoch Times", 2: "The Washington Newsday", 3: "The Moscow Times"}[i])...)
	}
	return out
}

// checkBenchPassages reads at most n articles of a question set beside the
// repository; none where it is absent.
func checkBenchPassages(t testing.TB, name string, n int) []*retrieval.Passage {
	f, err := os.Open(filepath.Join("../../../shared/bench", name, "docs.jsonl"))
	if err != nil {
		return nil
	}
	defer f.Close()
	var out []*retrieval.Passage
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for i := 0; lines.Scan() && i < n; i++ {
		var d struct{ ID, Title, Source, Text string }
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		out = append(out, checkArticle(d.ID, d.Text, d.Title, "2021-06-16", d.Source)...)
	}
	return out
}

// A madeStatement is a sentence of a passage, and the number of that passage in
// a manifest of its neighbours.
type madeStatement struct {
	passages Manifest
	text     string
	sentence string
}

// checkSound says that a sentence can stand alone as a statement: of a length,
// whole, with no pronoun for a subject and no layout.
func checkSound(s string) bool {
	words := strings.Fields(s)
	if len(words) < 7 || len(words) > 40 || len(s) > 400 || checkPlain(s) != "" || !strings.HasSuffix(strings.TrimRight(s, `"”’'»`), ".") {
		return false
	}
	first := checkFirst.MatchString(s) && !checkLeansBack.MatchString(s)
	even := strings.Count(s, `"`)%2 == 0 && strings.Count(s, "“") == strings.Count(s, "”") && strings.Count(s, "‘") == 0
	return first && even
}

var (
	checkFirst     = regexp.MustCompile(`^["“‘']?[A-Z]`)
	checkLeansBack = regexp.MustCompile(`^["“‘']?(?:He|She|They|It|I|We|You|This|That|These|Those|There|His|Her|Their|No|Yes)\b`)
)

// checkHonest returns sound sentences of passages, verbatim or lightly changed by
// rule, each cited to its passage.
func checkHonest(rng *rand.Rand, passages []*retrieval.Passage) []madeStatement {
	var out []madeStatement
	for i, p := range passages {
		for _, span := range p.Sentences {
			s := strings.Join(strings.Fields(span.In(p.Article.Text)), " ")
			if !checkSound(s) || checkOrders(s) {
				continue
			}
			if l := newCheckLine(s, p.Article.Published); slices.ContainsFunc(l.cues, func(c checkCue) bool { return c.pronoun }) {
				continue
			}
			near := Manifest{p}
			for _, o := range passages[max(0, i-2):min(len(passages), i+3)] {
				if o != p {
					near = append(near, o)
				}
			}
			out = append(out, madeStatement{near, s, s})
			if r := checkReworded(rng, s, p.Article.Published); r != s {
				out = append(out, madeStatement{near, r, s})
			}
		}
	}
	return out
}

var checkGrouped = regexp.MustCompile(`\b(\d{1,3}),(000)\b`)

// checkReworded changes a sentence so that it still says the same.
func checkReworded(rng *rand.Rand, s, published string) string {
	changes := []func(string) string{
		func(s string) string { return checkGrouped.ReplaceAllString(s, "${1}K") },
		func(s string) string { return checkGrouped.ReplaceAllString(s, "$1 $2") },
		func(s string) string {
			return strings.NewReplacer("U.S. ", "American ", "Kiev", "Kyiv", "Zhelensky", "Zelenskyy", "Lugansk", "Luhansk", "Donbass", "Donbas").Replace(s)
		},
		func(s string) string { // "X said Y" for "said": another word of report
			return strings.NewReplacer(" said ", " stated ", " told ", " said to ", " announced ", " said ").Replace(s)
		},
		func(s string) string { // the day for the weekday
			for _, m := range slices.Backward(dates.Find(s, dates.Anchor{Day: published})) {
				if m.Basis == dates.ByWeekday && m.Precision == dates.Day && m.Range.Since != "" {
					d, err := time.Parse(time.DateOnly, m.Range.Since)
					if err == nil {
						s = s[:m.Start] + d.Format("2 January 2006") + s[m.End:]
					}
				}
			}
			return s
		},
		func(s string) string { // a leading "However, "
			if m := checkLead.FindString(s); m != "" {
				r := []rune(s[len(m):])
				r[0] = unicode.ToUpper(r[0])
				return string(r)
			}
			return s
		},
		func(s string) string { return strings.NewReplacer("“", `"`, "”", `"`, "’", "'").Replace(s) },
		func(s string) string { // "X said Y." as "According to X, Y."
			if m := checkSaidThat.FindStringSubmatch(s); m != nil && !strings.Contains(m[1], ",") {
				return "According to " + m[1] + ", " + m[2]
			}
			return s
		},
		func(s string) string {
			return strings.NewReplacer(" big ", " large ", " near ", " close to ", " about ", " some ", " also ", " ", " recently ", " ").Replace(s)
		},
	}
	for _, i := range rng.Perm(len(changes))[:4] {
		if c := changes[i](s); checkSameQuotations(s, c) {
			s = c
		}
	}
	return s
}

// checkSameQuotations reports whether a and b quote the same words.
func checkSameQuotations(a, b string) bool {
	words := func(s string) (out []string) {
		for _, q := range checkQuotations(s) {
			out = append(out, foldQuote(s[q.Start:q.End]).text)
		}
		return out
	}
	return slices.Equal(words(a), words(b))
}

var checkLead = regexp.MustCompile(`^(?:However|Instead|Meanwhile|In fact|Also|Additionally|In addition|Then|Indeed|Moreover|On the other hand|In this sense), `)

var checkSaidThat = regexp.MustCompile(`^([A-Z][^"“,]{3,60}) (?:said|says) that ([a-z].*)$`)

// An alteration makes exactly one thing of a statement untrue.
type checkAlteration struct {
	kind string
	make func(rng *rand.Rand, m madeStatement, pool *checkPool) (string, bool)
}

// A checkPool holds what to alter with: names and numbers of all articles.
type checkPool struct{ names, numbers []string }

var (
	checkNumberRun = regexp.MustCompile(`\b\d[\d,]*(?:\.\d+)?\b`)
	checkMonths    = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	checkWeekdays  = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
)

// checkNames returns the places of names in s, dates and openings left out.
func checkNames(s string) [][2]int {
	var out [][2]int
	l := newCheckLine(s, "")
	for i := 0; i < len(l.units); i++ {
		if l.units[i].class != nameUnit || checkRoles[l.units[i].text] {
			continue
		}
		from := i
		for i+1 < len(l.units) && l.units[i+1].class == nameUnit && l.text[l.units[i].end:l.units[i+1].start] == " " && !checkRoles[l.units[i+1].text] {
			i++
		}
		out = append(out, [2]int{l.units[from].start, l.units[i].end})
	}
	return out
}

func newCheckPool(passages []*retrieval.Passage) *checkPool {
	p := &checkPool{}
	for _, q := range passages {
		for _, n := range checkNames(q.Text()) {
			if w := q.Text()[n[0]:n[1]]; len(w) > 3 && len(w) < 30 {
				p.names = append(p.names, w)
			}
		}
		p.numbers = append(p.numbers, checkNumberRun.FindAllString(q.Text(), -1)...)
	}
	return p
}

// checkOther draws from names, half of them from the passage itself, one that
// shares no word with old or the sentence.
func checkOther(rng *rand.Rand, m madeStatement, pool *checkPool, old string) (string, bool) {
	shared := func(a, b string) bool {
		for _, x := range analysis.Terms(a) {
			for _, y := range analysis.Terms(b) {
				if x.Text == y.Text {
					return true
				}
			}
		}
		return false
	}
	var near []string
	text := m.passages[0].Text()
	for _, n := range checkNames(text) {
		near = append(near, text[n[0]:n[1]])
	}
	for range 20 {
		from := pool.names
		if len(near) > 0 && rng.IntN(2) == 0 {
			from = near
		}
		if w := from[rng.IntN(len(from))]; !shared(w, m.text) && checkShare(w, old) {
			return w, true
		}
	}
	return "", false
}

// checkShare reports that neither of two names is the seat of the other's country.
func checkShare(a, b string) bool {
	return !checkEqualSpeakers(newCheckLine("x "+a, "").units, newCheckLine("x "+b, "").units)
}

func checkSameNumber(a, b string) bool {
	number := func(s string) float64 {
		f, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
		if err != nil {
			return math.NaN()
		}
		return f
	}
	return number(a) == number(b)
}

var checkAlterations = []checkAlteration{
	{"number", func(rng *rand.Rand, m madeStatement, pool *checkPool) (string, bool) {
		var at [][]int
		found := dates.Find(m.text, dates.Anchor{})
		for _, n := range checkNumberRun.FindAllStringIndex(m.text, -1) {
			if !slices.ContainsFunc(found, func(d dates.Mention) bool { return d.Start <= n[0] && n[1] <= d.End }) {
				at = append(at, n)
			}
		}
		if len(at) == 0 {
			return "", false
		}
		n := at[rng.IntN(len(at))]
		old := m.text[n[0]:n[1]]
		var new string
		switch rng.IntN(3) {
		case 0: // another digit
			b := []byte(old)
			i := rng.IntN(len(b))
			if b[i] < '0' || b[i] > '9' {
				return "", false
			}
			b[i] = '1' + (b[i]-'0'+byte(rng.IntN(7)))%9
			new = string(b)
		case 1: // ten times as many
			new = old + "0"
		default:
			near := checkNumberRun.FindAllString(m.passages[0].Text(), -1)
			if new = pool.numbers[rng.IntN(len(pool.numbers))]; rng.IntN(2) == 0 {
				new = near[rng.IntN(len(near))]
			}
		}
		if checkSameNumber(new, old) || strings.Contains(m.text, new) {
			return "", false
		}
		return m.text[:n[0]] + new + m.text[n[1]:], true
	}},
	{"date", func(rng *rand.Rand, m madeStatement, _ *checkPool) (string, bool) {
		found := dates.Find(m.text, dates.Anchor{Day: m.passages[0].Article.Published})
		if len(found) == 0 {
			return "", false
		}
		d := found[rng.IntN(len(found))]
		if d.Range.Since == "" {
			return "", false
		}
		words := strings.Fields(d.Text)
		i := rng.IntN(len(words))
		w := strings.Trim(words[i], ",.")
		old := w
		if k := slices.Index(checkMonths, w); k >= 0 {
			w = checkMonths[(k+1+rng.IntN(11))%12]
		} else if k := slices.Index(checkWeekdays, w); k >= 0 {
			w = checkWeekdays[(k+1+rng.IntN(6))%7]
		} else if len(w) == 4 && (w[:2] == "20" || w[:2] == "19") {
			w = fmt.Sprint(1990 + rng.IntN(33))
		} else if n := len(w); n > 0 && n <= 2 && w[0] >= '1' && w[0] <= '9' {
			w = fmt.Sprint(1 + rng.IntN(28))
		} else {
			return "", false
		}
		if w == old {
			return "", false
		}
		return m.text[:d.Start] + strings.Replace(d.Text, old, w, 1) + m.text[d.End:], true
	}},
	{"name", func(rng *rand.Rand, m madeStatement, pool *checkPool) (string, bool) {
		names := checkNames(m.text)
		if len(names) == 0 {
			return "", false
		}
		n := names[rng.IntN(len(names))]
		w, ok := checkOther(rng, m, pool, m.text[n[0]:n[1]])
		return m.text[:n[0]] + w + m.text[n[1]:], ok
	}},
	{"speaker", func(rng *rand.Rand, m madeStatement, pool *checkPool) (string, bool) {
		l := newCheckLine(m.text, "")
		if len(l.cues) == 0 {
			return "", false
		}
		c := l.cues[rng.IntN(len(l.cues))]
		for _, n := range checkNames(m.text) {
			if slices.ContainsFunc(c.speakers, func(u checkUnit) bool { return u.start == n[0] && u.class == nameUnit }) {
				w, ok := checkOther(rng, m, pool, m.text[n[0]:n[1]])
				return m.text[:n[0]] + w + m.text[n[1]:], ok
			}
		}
		return "", false
	}},
	{"quoted word", func(rng *rand.Rand, m madeStatement, pool *checkPool) (string, bool) {
		quoted := checkQuotations(m.text)
		if len(quoted) == 0 {
			return "", false
		}
		q := quoted[rng.IntN(len(quoted))]
		words := regexp.MustCompile(`\p{L}{3,}`).FindAllStringIndex(m.text[q.Start:q.End], -1)
		if len(words) == 0 {
			return "", false
		}
		w := words[rng.IntN(len(words))]
		others := regexp.MustCompile(`\b[a-z]{3,}\b`).FindAllString(m.passages[rng.IntN(len(m.passages))].Text(), -1)
		if len(others) == 0 {
			return "", false
		}
		new := others[rng.IntN(len(others))]
		if strings.EqualFold(new, m.text[q.Start+w[0]:q.Start+w[1]]) {
			return "", false
		}
		return m.text[:q.Start+w[0]] + new + m.text[q.Start+w[1]:], true
	}},
}

// TestCheckerFigures measures how many honest statements pass and how many with
// one thing altered are caught. Statements are sentences of the seeds and, where
// they are present, of the web pages and encyclopaedia articles beside the
// repository.
func TestCheckerFigures(t *testing.T) {
	const seed = 7
	each := 2000
	if testing.Short() {
		each = 200
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	seeds := checkSeedPassages(t)
	wide := slices.Concat(seeds, checkBenchPassages(t, "wice/dev", 120), checkBenchPassages(t, "squad/squad20-A", 120))
	pool := newCheckPool(wide)
	verdict := func(m madeStatement, text string) *Drop {
		_, drop := newChecker(m.passages, "", "English").check(Draft{Text: text, Citations: []int{1}})
		return drop
	}

	var sound []madeStatement
	for _, set := range []struct {
		name     string
		passages []*retrieval.Passage
	}{{"seeds", seeds}, {"seeds and question sets", wide}} {
		sound = sound[:0]
		made := checkHonest(rng, set.passages)
		faults := map[Fault]int{}
		for _, m := range made {
			if d := verdict(m, m.text); d != nil {
				faults[d.Fault]++
				if *checkShow {
					t.Logf("%s %s\n   %s\n   %s", d.Fault, d.Why, m.text, m.sentence)
				}
			} else {
				sound = append(sound, m)
			}
		}
		share := float64(len(sound)) / float64(len(made))
		t.Logf("honest statements of %s that pass: %.2f %% (n = %d, seed %d; lost to %v)", set.name, 100*share, len(made), seed, faults)
		if share < 0.98 {
			t.Errorf("honest statements of %s: %.2f %% pass, want 98 %%", set.name, 100*share)
		}
	}

	measure := func(a checkAlteration) (caught, n int) {
		for range 200 * each {
			if n == each {
				break
			}
			m := sound[rng.IntN(len(sound))]
			text, ok := a.make(rng, m, pool)
			if !ok {
				continue
			}
			n++
			if d := verdict(m, text); d != nil {
				caught++
			} else if *checkShow {
				t.Logf("missed %s\n   %s\n   %s\n   %s", a.kind, text, m.sentence, m.passages[0].Text())
			}
		}
		t.Logf("altered %s caught: %.2f %% (n = %d, seed %d)", a.kind, 100*float64(caught)/float64(n), n, seed)
		return caught, n
	}
	caughtAll, all := 0, 0
	for _, a := range checkAlterations {
		caught, n := measure(a)
		caughtAll, all = caughtAll+caught, all+n
	}
	t.Logf("altered statements caught: %.2f %% (n = %d, seed %d)", 100*float64(caughtAll)/float64(all), all, seed)
	if float64(caughtAll) < 0.99*float64(all) {
		t.Errorf("altered statements caught: %d of %d, want 99 %%", caughtAll, all)
	}
	for _, a := range checkOmissions {
		if caught, n := measure(a); float64(caught) < 0.95*float64(n) {
			t.Errorf("altered %s caught: %d of %d, want 95 %%", a.kind, caught, n)
		}
	}
}

// checkOmissions lose or add a whole word that turns the sense.
var checkOmissions = []checkAlteration{
	{"attribution (left out)", func(rng *rand.Rand, m madeStatement, _ *checkPool) (string, bool) {
		if t := checkSaidThat.FindStringSubmatch(m.text); t != nil {
			return strings.ToUpper(t[2][:1]) + t[2][1:], len(newCheckLine(t[2], "").cues) == 0
		}
		if t := checkSaidAfter.FindStringSubmatch(m.text); t != nil {
			return t[1] + ".", len(newCheckLine(t[1], "").cues) == 0
		}
		return "", false
	}},
	{"negation (left out or put in)", func(rng *rand.Rand, m madeStatement, _ *checkPool) (string, bool) {
		l := newCheckLine(m.text, "")
		if l.denies() {
			return checkNot.ReplaceAllString(m.text, ""), len(l.not) == 1 && len(l.quoted) == 0 && checkNot.MatchString(m.text)
		}
		at := checkAuxiliary.FindStringIndex(m.text)
		if at == nil || len(l.quoted) > 0 {
			return "", false
		}
		return m.text[:at[1]] + " not" + m.text[at[1]:], true
	}},
}

var (
	checkSaidAfter = regexp.MustCompile(`^([A-Z][^"“”]{30,}), (?:(?:said|says) [\w.’ ]{3,40}|[\w.’ ]{3,40} (?:said|says))\.$`)
	checkNot       = regexp.MustCompile(`\b(?:not|never) `)
	checkAuxiliary = regexp.MustCompile(`\b(?:has|have|had|is|are|was|were|will|would|can|could)\b`)
)
