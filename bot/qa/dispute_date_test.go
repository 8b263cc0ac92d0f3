package qa

import (
	"strings"
	"testing"

	"crisisbot/retrieval/article"
)

// What the archive keeps is shown where an answer or summary cites a side of it, though
// the other side's article is not among what was found, and within the bounds asked for.
func TestKeptDisputesShown(t *testing.T) {
	filler := strings.Repeat("The harbour of Bergen was busy, and fishermen sold herring on the quay.\n\n", 5)
	lib := printedStories(t,
		article.Article{Publisher: "One", Published: "2021-12-02", Text: "Talks in the north\n\nMarek Dolan and Ilse Brandt met in Oslo on Thursday 2 December.\n"},
		article.Article{Publisher: "Two", Published: "2021-12-03", Text: "Herring prices rise\n\n" + filler + "On Wednesday, Brandt met Dolan in Oslo.\n"})
	a := New(lib, Options{})
	q := Question{Text: "Where did Marek Dolan and Ilse Brandt meet?"}
	ask := func(q Question) Answer {
		ans, err := a.Answer(t.Context(), q)
		if err != nil || ans.Abstained {
			t.Fatalf("%+v %v", ans, err)
		}
		return ans
	}
	if ans := ask(q); len(ans.Disagreements) != 0 {
		t.Errorf("nothing is kept yet: %+v", ans.Disagreements)
	}
	if err := a.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	const line = "The reports differ on the date of the meeting (Marek Dolan, Ilse Brandt, Oslo): 2 December 2021 [1] against 1 December 2021 [2]."
	ans := ask(q)
	if !strings.HasSuffix(ans.Text, line) || ans.Origins != 2 || len(ans.Citations) != 2 || ans.Citations[1].Quote != "On Wednesday, Brandt met Dolan in Oslo." {
		t.Errorf("%s\n%+v", ans.Text, ans.Citations)
	}
	q.Source = "One"
	if ans := ask(q); len(ans.Disagreements) != 0 {
		t.Errorf("shown beyond the publisher asked for: %+v", ans.Disagreements)
	}
	sum, err := a.Summary(t.Context(), SummaryRequest{Topic: "Marek Dolan and Ilse Brandt", Length: Short})
	if err != nil || len(sum.Disagreements) != 1 {
		t.Errorf("%s\n%v", sum.Text, err)
	}
}

// dateDisputes writes the dates that the reports of a library differ on as
// "about: side, side".
func dateDisputes(t *testing.T, a *Answerer) string {
	t.Helper()
	all, err := a.Disputes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range all {
		if d.Kind != "date" {
			continue
		}
		var sides []string
		for _, s := range d.Sides {
			sides = append(sides, s.Value)
			if len(s.Citations) == 0 {
				t.Errorf("%s is not cited", s.Value)
			}
		}
		out = append(out, d.About+": "+strings.Join(sides, ", "))
	}
	return strings.Join(out, "; ")
}

func TestDateDisputes(t *testing.T) {
	meeting := "the date of the meeting "
	for _, c := range []struct {
		name   string
		a, b   string
		days   [2]string // of publication
		origin string    // of b; "" is its own
		want   string
	}{
		{
			name: "days", a: "Marek Dolan and Ilse Brandt met in Oslo on Thursday 2 December.", b: "Ilse Brandt met Marek Dolan in Oslo on Wednesday, a spokesman said.",
			want: meeting + "(Marek Dolan, Ilse Brandt, Oslo): 2 December 2021, 1 December 2021",
		},
		{
			name: "a day that opens the sentence", a: "On 2 December, Dolan met Brandt in Oslo.", b: "The meeting between Dolan and Brandt in Oslo was held on 1 December.",
			want: meeting + "(Dolan, Brandt, Oslo): 2 December 2021, 1 December 2021",
		},
		{
			name: "months of a plan", a: "Officials said talks between Norway and Sweden would be held in Geneva in January.", b: "Norway and Sweden will hold talks in Geneva in February.",
			want: meeting + "(Norway, Sweden, Geneva): January 2022, February 2022",
		},
		{
			name: "years", a: "The government of Norway, which annexed Svalbard in 2014, denied this.", b: "Svalbard was annexed by Norway in 2016.",
			want: "the date of the seizure (Norway, Svalbard): 2014, 2016",
		},
		{
			name: "another word for it", a: "Norway seized Svalbard in March 2014.", b: "The annexation of Svalbard by Norway in 2016 was condemned.",
			want: "the date of the seizure (Norway, Svalbard): March 2014, 2016",
		},
		{
			name: "a death", a: "Marek Dolan died on 3 May 2019.", b: "The poet Marek Dolan died on 5 May 2019 at home.",
			want: "the date of the death (Marek Dolan): 3 May 2019, 5 May 2019",
		},
		{
			name: "the start of talks", a: "Talks between Norway and Sweden began in Geneva on 1 December.", b: "Talks between Norway and Sweden started in Geneva on 2 December.",
			want: "the date of the start of the meeting (Norway, Sweden, Geneva): 1 December 2021, 2 December 2021",
		},
		{
			name: "titles and an aside", a: "U.S. Secretary of State Ilse Brandt and Foreign Minister Marek Dolan held talks in Oslo on Thursday.",
			b:    "Marek Dolan, the Norwegian minister, met Brandt on Wednesday on the sidelines of a conference.",
			want: meeting + "(Ilse Brandt, Marek Dolan, Oslo): 2 December 2021, 1 December 2021",
		},
		{
			name: "a call to come", a: "President Dolan will hold a video call with Brandt on Tuesday, his office said.", b: "Dolan and Brandt are due to hold a video call on Wednesday.",
			want: "the date of the call (Dolan, Brandt): 7 December 2021, 8 December 2021",
		},
		{
			name: "what was signed", a: "The ministry said Norway and Sweden signed a truce on Monday.", b: "Sweden and Norway signed the truce on Tuesday.",
			want: "the date of the signing (Norway, Sweden): 29 November 2021, 30 November 2021",
		},
		{
			name: "a visit", a: "Dolan visited Svalbard on 12 November.", b: "President Marek Dolan made a visit to Svalbard on 15 November.",
			want: "the date of the visit (Dolan, Svalbard): 12 November 2021, 15 November 2021",
		},
		{name: "a day within the month", a: "Dolan and Brandt met in Oslo on 2 December.", b: "Dolan and Brandt met in Oslo in December."},
		{name: "the same day, told otherwise", a: "Dolan and Brandt met in Oslo on Thursday.", b: "Dolan and Brandt met in Oslo on 2 December."},
		{name: "a copy", a: "Dolan and Brandt met in Oslo on 2 December.", b: "Dolan and Brandt met in Oslo on 1 December.", origin: "story-a"},
		{name: "with somebody else", a: "Dolan met Brandt in Oslo on 2 December.", b: "Dolan met Pereira in Oslo on 1 December."},
		{name: "elsewhere", a: "Dolan met Brandt in Oslo on 2 December.", b: "Dolan met Brandt in Bergen on 1 December."},
		{name: "a second meeting", a: "Dolan met Brandt in Oslo on 2 December.", b: "Dolan met Brandt again in Oslo on 1 December."},
		{name: "by number", a: "Dolan and Brandt held a second meeting in Oslo on 2 December.", b: "Dolan and Brandt held a meeting in Oslo on 1 December."},
		{name: "weekly", a: "Dolan and Brandt held a weekly meeting in Oslo on 2 December.", b: "Dolan and Brandt held a meeting in Oslo on 1 December."},
		{name: "one report knows both", a: "Dolan met Brandt in Oslo on 2 December.", b: "Dolan met Brandt in Oslo on 1 December.\n\nDolan met Brandt in Oslo on 2 December."},
		{name: "postponed", a: "Norway and Sweden will hold talks in Oslo in January.", b: "The talks between Norway and Sweden in Oslo were postponed from January to February."},
		{name: "a plan and what came of it", a: "Norway and Sweden will hold talks in Oslo on 5 December.", b: "Norway and Sweden held talks in Oslo on 6 December.", days: [2]string{"2021-12-02", "2021-12-07"}},
		{name: "what may be", a: "Norway and Sweden may hold talks in Oslo in January.", b: "Norway and Sweden will hold talks in Oslo in February."},
		{name: "begun and ended", a: "Talks between Norway and Sweden began in Geneva on 1 December.", b: "Talks between Norway and Sweden ended in Oslo on 2 December."},
		{name: "a day of saying", a: "Dolan said on Wednesday that he met Brandt in Oslo.", b: "Dolan met Brandt in Oslo on Thursday."},
		{name: "another deed's day", a: "Dolan met Brandt in Oslo and returned to Bergen on 2 December.", b: "Dolan met Brandt in Oslo on 1 December."},
		{name: "not met", a: "Dolan did not meet Brandt in Oslo on 2 December.", b: "Dolan met Brandt in Oslo on 1 December."},
		{name: "far apart", a: "Dolan met Brandt in Oslo on 2 December.", b: "Dolan met Brandt in Oslo on 2 August."},
		{name: "two of a name", a: "Marek Dolan died on 3 May 2019.", b: "Anna Dolan died on 5 May 2011."},
		{name: "one of many", a: "The League of Norway founded a school in 1990.", b: "The League of Norway founded a newspaper in 1994."},
		{name: "something else signed", a: "Norway and Sweden signed a truce on Monday.", b: "Norway and Sweden signed a contract on Tuesday."},
		{name: "a meeting of many", a: "Ministers of Norway met in Geneva on Tuesday.", b: "Ministers of Norway met in Geneva on Wednesday."},
		{name: "somebody unnamed", a: "He died in Geneva on 3 May 2019.", b: "She died in Geneva on 5 May 2011."},
		{name: "two calls of one article's sentence", a: "Dolan held a call with Brandt on Thursday and with Pereira on Wednesday.", b: "Dolan held a call with Pereira on Thursday."},
		{name: "a visit of two days", a: "Dolan visited Oslo with Brandt on 2 December.", b: "Dolan visited Oslo with Brandt on 1 December."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.days[0] == "" {
				c.days = [2]string{"2021-12-02", "2021-12-03"}
			}
			lib := printedStories(t,
				article.Article{Publisher: "One", Published: c.days[0], Text: c.a + "\n"},
				article.Article{Publisher: "Two", Published: c.days[1], Origin: c.origin, Text: c.b + "\n"})
			if got := dateDisputes(t, New(lib, Options{})); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
