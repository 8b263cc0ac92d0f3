package qa

import (
	"slices"
	"strings"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
)

// long is a filler clause of some 90 characters.
const long = "the harbour master counted every boat and every barrel on every quay of the old northern port"

func TestShorten(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, c := range []struct {
		name, question, text string
		want                 string // "" is all of it
	}{
		{"short", "Who met Lavrov?", "Blinken met Lavrov in Stockholm, where they talked.", ""},
		{"the first clauses answer", "When did Lavrov meet Blinken?", "Blinken met Lavrov in Stockholm, " + long + ", " + long + ", " + long + ".", "Blinken met Lavrov in Stockholm, " + long + ", " + long},
		{"the speaker stands behind", "Who met Lavrov?", "Blinken met Lavrov in Stockholm, " + long + ", " + long + ", " + long + ", officials said.", ""},
		{"the source stands behind", "Who met Lavrov?", "Blinken met Lavrov in Stockholm, " + long + ", " + long + ", " + long + ", according to the ministry.", ""},
		{"a denial stands behind", "Who met Lavrov?", "Blinken met Lavrov in Stockholm, " + long + ", " + long + ", " + long + ", but they did not talk.", ""},
		{"the rest stands alone", "Who met Lavrov?", long + ", " + long + ", " + long + "; the envoys met Lavrov in Stockholm", "the envoys met Lavrov in Stockholm"},
		{"the rest hangs on a subject", "Who met Lavrov?", "In the port, " + long + ", " + long + ", " + long + ", meeting Lavrov in Stockholm.", ""},
		{"no clause fits", "Who met Lavrov?", strings.Repeat("Lavrov met and met and met ", 20), ""},
	} {
		s := sentenceFrom(c.text)
		got := inquiryOf(t, lib, c.question).shorten(s).In(c.text)
		want := c.want
		if want == "" {
			want = c.text
		}
		if !strings.HasPrefix(got, strings.TrimSuffix(want, long)) || c.want == "" && got != want {
			t.Errorf("%s: %q, want %q", c.name, got, want)
		}
	}
}

// Over the sentences of the starter articles: a part lies in its sentence, at the
// bounds of runes, within the limit unless it is the whole, and lacks no negation
// and no verb of saying.
func TestShortenSeeds(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, asked := range ownQuestions(t) {
		q := inquiryOf(t, lib, asked.Question)
		for _, a := range lib.Articles() {
			for _, p := range lib.Passages(a.ID) {
				for n := range p.Sentences {
					s := plainSentence(p, n)
					span := q.shorten(s)
					if span.Start < s.span.Start || span.End > s.span.End || span.Start >= span.End || !strings.Contains(s.text(), span.In(a.Text)) {
						t.Fatalf("%s: part %v of %v", asked.ID, span, s.span)
					}
					if span == s.span {
						continue
					}
					if n := len([]rune(span.In(a.Text))); n > maxText {
						t.Errorf("%s: a part of %d characters: %q", asked.ID, n, span.In(a.Text))
					}
					rest := a.Text[s.span.Start:span.Start] + a.Text[span.End:s.span.End]
					for _, w := range []string{" said", " says", " not ", "denied", "never", "ccording"} {
						if strings.Contains(rest, w) {
							t.Errorf("%s: %q cuts off %q", asked.ID, span.In(a.Text), rest)
						}
					}
				}
			}
		}
	}
}

func TestClauseStarts(t *testing.T) {
	for text, want := range map[string]int{
		"":                             1,
		"One clause.":                  1,
		"One, and two; and three.":     3,
		"On June 3, 2021, they met.":   2,
		"Kiev, Minsk, Riga and more.":  1,
		"a 1,000 men – and a few more": 2,
		"10:30 is late, no?":           2,
		"ends with a comma, ":          1,
	} {
		if got := clauseStarts(text); len(got) != want {
			t.Errorf("%q: %v, want %d", text, got, want)
		}
	}
}

func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"Blinken met Lavrov", "Lavrov met Blinken", 1},
		{"Blinken met Lavrov", "The ferry stopped", 0},
		{"", "", 0},
		{"the of", "Lavrov", 0},
		{"Lavrov Lavrov Lavrov", "Lavrov Kuleba", 0.5},
	} {
		if got := similarity(sentenceFrom(c.a), sentenceFrom(c.b)); got != c.want {
			t.Errorf("%q and %q: %g, want %g", c.a, c.b, got, c.want)
		}
	}
}

// ranks makes sentences of articles, best first, half a point apart.
func ranks(q *inquiry, lib *retrieval.Library, ids ...string) []*sentence {
	var ranked []*sentence
	for i, id := range ids {
		ordinal := 0
		if at := strings.IndexByte(id, '#'); at >= 0 {
			ordinal = int(id[at+1] - '0')
			id = id[:at]
		}
		s := q.weigh(retrieval.Hit{Passage: lib.Passages(id)[ordinal]}, i, nil)[0]
		s.score = 10 - 0.5*float64(i)
		ranked = append(ranked, s)
	}
	return ranked
}

func chosenTexts(chosen []*sentence) []string {
	var out []string
	for _, s := range chosen {
		out = append(out, s.Article.ID+": "+s.text())
	}
	return out
}

func TestChoose(t *testing.T) {
	const ferry = "The northern ferry stopped sailing because engineers found rust."
	lib := printedStories(t,
		article.Article{ID: "first", Text: ferry + "\n\nPassengers now take a bus along the coast road.\n"},
		article.Article{ID: "again", Text: "Engineers found rust, because of which the northern ferry stopped sailing.\n"},
		article.Article{ID: "copy", Origin: "first", Text: "The ferry in the north stopped because rust was found by engineers.\n"},
		article.Article{ID: "second-copy", Origin: "first", Text: "Because engineers found rust the northern ferry has stopped.\n"},
		article.Article{ID: "other", Text: "Mayor Kos promised tickets for another ship within weeks.\n"},
		article.Article{ID: "headed", Title: "Ferry stops after rust discovery", Text: "Ferry stops after rust discovery\n\nHundreds of commuters missed trains on the first morning.\n"},
	)
	q := inquiryOf(t, lib, "Why did the northern ferry stop?")
	for _, c := range []struct {
		name string
		from []string
		want []string // ids
	}{
		{"the same twice is shown once", []string{"first", "again", "other"}, []string{"first", "other"}},
		{"an original for its copy", []string{"copy", "other"}, []string{"first", "other"}},
		{"an original for its copies, once", []string{"other", "copy", "second-copy"}, []string{"other", "first"}},
		{"further sentences of a report", []string{"first", "first#1", "other"}, []string{"first", "first", "other"}},
		{"no headline beside its article", []string{"headed#1", "headed#0", "other"}, []string{"headed", "other"}},
		{"a headline alone", []string{"headed#0"}, []string{"headed"}},
		{"no more than three", []string{"first", "first#1", "other", "headed#1"}, []string{"first", "first", "other"}},
	} {
		chosen := q.choose(ranks(q, lib, c.from...))
		var ids []string
		seen := map[spanKey]bool{}
		for _, s := range chosen {
			ids = append(ids, s.Article.ID)
			if seen[s.key()] {
				t.Errorf("%s: %q twice", c.name, s.text())
			}
			seen[s.key()] = true
		}
		slices.Sort(ids[1:])
		slices.Sort(c.want[1:])
		if !slices.Equal(ids, c.want) {
			t.Errorf("%s: %q, want %v", c.name, chosenTexts(chosen), c.want)
		}
	}
}

// A search for the copy alone keeps to it.
func TestChooseKeepsToTheCopyAskedFor(t *testing.T) {
	lib := library(t, wordSeeds)
	for _, q := range []Question{
		{Text: "What did Blinken predict about the presidents?", Source: "The Washington Newsday"},
		{Text: "What did Blinken predict about the presidents?", Article: "washington-newsday-2021-12-02-ukraine-crisis-intensifying"},
	} {
		for _, c := range ask(t, lib, q).Citations {
			if c.Publisher != "The Washington Newsday" {
				t.Errorf("cites %s", c.ArticleID)
			}
		}
	}
}

// Another report comes before more of the same that fits a little better.
func TestChooseSpreadsOverOrigins(t *testing.T) {
	lib := printedStories(t,
		article.Article{Text: "The northern ferry stopped sailing because engineers found rust.\n\nPassengers of the ferry now take a bus along the coast road.\n"},
		article.Article{Text: "Mayor Kos promised tickets for another ferry within weeks.\n"})
	q := inquiryOf(t, lib, "Why did the northern ferry stop?")
	ranked := ranks(q, lib, "story-a", "story-a#1", "story-b")
	ranked[2].score = ranked[1].score - originPenalty/2
	if chosen := q.choose(ranked); len(chosen) != 3 || chosen[1].Article.ID != "story-b" {
		t.Errorf("%q", chosenTexts(chosen))
	}
}

// What trails far behind the best is no part of the answer.
func TestChooseLeavesOutTheFarBehind(t *testing.T) {
	lib := printedStories(t,
		article.Article{Text: "The northern ferry stopped sailing because engineers found rust.\n"},
		article.Article{Text: "Mayor Kos promised tickets for another ship within weeks.\n"})
	q := inquiryOf(t, lib, "Why did the northern ferry stop?")
	ranked := ranks(q, lib, "story-a", "story-b")
	ranked[1].score = ranked[0].score - scoreGap - 0.1
	if chosen := q.choose(ranked); len(chosen) != 1 {
		t.Errorf("%q", chosenTexts(chosen))
	}
}
