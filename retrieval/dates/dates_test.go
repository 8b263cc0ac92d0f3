package dates

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRange(t *testing.T) {
	d := Range{"2021-12-01", "2021-12-07"}
	tests := []struct {
		name      string
		got, want any
	}{
		{"first day", d.Contains("2021-12-01"), true},
		{"last day", d.Contains("2021-12-07"), true},
		{"day after", d.Contains("2021-12-08"), false},
		{"unknown day", d.Contains(""), false},
		{"unknown day, any time", Range{}.Contains(""), true},
		{"open end", Range{Since: "2021-12-01"}.Contains("2030-01-01"), true},
		{"open start", Range{Until: "2021-12-01"}.Contains("2021-12-02"), false},
		{"touching", d.Overlaps(Range{"2021-12-07", "2021-12-09"}), true},
		{"apart", d.Overlaps(Range{Since: "2021-12-08"}), false},
		{"any time", d.Overlaps(Range{}), true},
		{"empty overlaps nothing", Range{"2021-12-07", "2021-12-01"}.Overlaps(Range{}), false},
		{"empty", Range{"2021-12-07", "2021-12-01"}.Empty(), true},
		{"one day", Range{"2021-12-07", "2021-12-07"}.Empty(), false},
		{"intersection", d.Intersect(Range{Since: "2021-12-05"}), Range{"2021-12-05", "2021-12-07"}},
		{"intersection of halves", Range{Since: "2021-12-05"}.Intersect(Range{Until: "2021-12-06"}), Range{"2021-12-05", "2021-12-06"}},
		{"day", Range{"2021-12-07", "2021-12-07"}.String(), "2021-12-07"},
		{"days", d.String(), "2021-12-01 to 2021-12-07"},
		{"zero", Range{}.IsZero(), true},
		{"zero in words", Range{}.String(), "any time"},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// The calendar agrees with package time from 1800 to 2200 and at its ends.
func TestCalendar(t *testing.T) {
	for d := civil(1800, 1, 1); d <= civil(2200, 12, 31); d++ {
		want := time.Unix(int64(d)*86400, 0).UTC()
		if got := d.String(); got != want.Format(time.DateOnly) || d.weekday() != int(want.Weekday()) {
			t.Fatalf("day %d: %s, weekday %d; want %s, %d", d, got, d.weekday(), want.Format(time.DateOnly), want.Weekday())
		}
	}
	if got := firstDay.String() + " " + lastDay.String() + " " + (lastDay + 1).String(); got != "0001-01-01 9999-12-31 9999-12-31" {
		t.Error(got)
	}
	if got := shift(civil(2021, 3, 31), unitMonth, -1).String(); got != "2021-02-28" {
		t.Error("a month before 31 March 2021:", got)
	}
}

func TestParseDay(t *testing.T) {
	for s, want := range map[string]string{
		"2021-12-07": "",
		"2020-02-29": "",
		"2021-02-30": "2021-02-30: February 2021 has 28 days",
		"2021-04-31": "2021-04-31: April 2021 has 30 days",
		"2021-13-01": "2021-13-01: there is no month 13",
		"0000-01-01": "0000-01-01: there is no year 0",
		"2021-12":    `"2021-12" is no day: write it as 2021-12-07`,
		"yesterday":  `"yesterday" is no day: write it as 2021-12-07`,
		"":           `"" is no day: write it as 2021-12-07`,
	} {
		got, err := ParseDay(s)
		if want == "" && (got != s || err != nil) || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%q: %q, %v; want error %q", s, got, err, want)
		}
	}
}

func TestParseRange(t *testing.T) {
	tests := []struct{ in, want, wantErr string }{
		{"2021-12-07", "2021-12-07", ""},
		{" 2021-12 ", "2021-12-01 to 2021-12-31", ""},
		{"2021", "2021-01-01 to 2021-12-31", ""},
		{"0001", "0001-01-01 to 0001-12-31", ""},
		{"9999-12", "9999-12-01 to 9999-12-31", ""},
		{"2021-12-01..2021-12-07", "2021-12-01 to 2021-12-07", ""},
		{"2021-12..", "since 2021-12-01", ""},
		{"..2021", "until 2021-12-31", ""},
		{"7 December 2021", "2021-12-07", ""},
		{"Dec 7, 2021", "2021-12-07", ""},
		{"Dec. 7 2021", "2021-12-07", ""},
		{"on the 7th of December 2021", "2021-12-07", ""},
		{"December 2021", "2021-12-01 to 2021-12-31", ""},
		{"early December 2021", "2021-12-01 to 2021-12-10", ""},
		{"winter 2021", "2021-12-01 to 2022-02-28", ""},
		{"since April 2021", "since 2021-04-01", ""},
		{"7 грудня 2021", "2021-12-07", ""},
		{"31/12/2021", "2021-12-31", ""},

		{"2021-02-30", "", "February 2021 has 28 days"},
		{"2021-13", "", "there is no month 13"},
		{"30 February 2021", "", "February 2021 has 28 days"},
		{"31 April", "", "April has 30 days"},
		{"7 December", "", "has no year"},
		{"April", "", "has no year"},
		{"yesterday", "", "depends on the day it is said"},
		{"07/12/2021", "", "can be read two ways"},
		{"soon", "", "is no date"},
		{"7 December 2021 at noon", "", "is no date"},
		{"", "", "is no date"},
		{"2021-12-07..2021-12-01", "", "ends before it begins"},
		{"0000", "", "is no date"},
		{"2021-12-07..soon", "", "is no date"},
	}
	for _, tt := range tests {
		r, err := ParseRange(tt.in)
		if tt.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("%q: %v, %v; want an error with %q", tt.in, r, err, tt.wantErr)
			}
			continue
		}
		if err != nil || r.String() != tt.want {
			t.Errorf("%q: %v, %v; want %s", tt.in, r, err, tt.want)
		}
	}
}

func TestMentionKinds(t *testing.T) {
	tests := []struct {
		text      string
		precision Precision
		basis     Basis
		flags     string
	}{
		{"on 7 December 2021", Day, Stated, ""},
		{"on 7 December", Day, Yearless, ""},
		{"in April", Month, Yearless, ""},
		{"in April 2021", Month, Stated, ""},
		{"on Wednesday", Day, ByWeekday, ""},
		{"on Wednesday, 1 December 2021", Day, Stated, ""},
		{"yesterday", Day, ByAnchor, ""},
		{"last week", Week, ByAnchor, ""},
		{"this winter", Season, ByAnchor, ""},
		{"in the winter of 2021", Season, Stated, ""},
		{"Q1 2022", Quarter, Stated, ""},
		{"in the 1990s", Decade, Stated, ""},
		{"since 2014", Span, Stated, ""},
		{"from April to December", Span, Yearless, ""},
		{"early December", Month, Yearless, "vague"},
		{"recent weeks", Span, ByAnchor, "vague"},
		{"the 2014 annexation", Year, Stated, "modifier"},
		{"next year’s national budget", Year, ByAnchor, "modifier"},
		{"in 2014 Russia annexed", Year, Stated, ""},
		{"07/12/2021", Day, Stated, "vague"},
		{"January of the new year", Month, ByAnchor, ""},
	}
	for _, tt := range tests {
		found := Find(tt.text, Anchor{Day: "2021-12-02"})
		if len(found) != 1 {
			t.Errorf("%q: %d mentions", tt.text, len(found))
			continue
		}
		m := found[0]
		var flags []string
		if m.Vague {
			flags = append(flags, "vague")
		}
		if m.Modifier {
			flags = append(flags, "modifier")
		}
		if m.Precision != tt.precision || m.Basis != tt.basis || strings.Join(flags, " ") != tt.flags {
			t.Errorf("%q: %v, %v, %v; want %v, %v, %s", tt.text, m.Precision, m.Basis, flags, tt.precision, tt.basis, tt.flags)
		}
	}
}

func TestEvent(t *testing.T) {
	tests := []struct{ published, sentence, want string }{
		{"2021-12-02", "At a NATO meeting in Riga on Wednesday, Blinken had accused Russia of trying to destabilise Ukraine.", "2021-12-01 day weekday"},
		{"2021-12-02", "Moscow, which seized Crimea from Ukraine in 2014 and backs separatists, denied it on Thursday.", "2021-12-02 day weekday"},
		{"2021-04-14", "According to a statement, Zelensky visited a place last Thursday along the front line.", "2021-04-08 day weekday"},
		{"2021-12-22", "Ukrainian reservists attend a military exercise near Kiev, on December 18", "2021-12-18 day yearless"},
		{"2021-12-22", "Putin and Biden met for roughly two hours via video chat earlier this month.", "2021-12-01 to 2021-12-22 month relative"},
		{"2021-12-22", "The 2022 budget was passed in December.", "2021-12-01 to 2021-12-31 month yearless"},
		{"2021-12-02", "Lavrov said that the talks would be held in January.", "2022-01-01 to 2022-01-31 month yearless"},
		{"2021-12-02", "The talks are to be held in January.", "2022-01-01 to 2022-01-31 month yearless"},
		{"2021-12-02", "The units had to be moved in April.", "2021-04-01 to 2021-04-30 month yearless"},
		{"2021-12-22", "The Kremlin has denied those claims.", ""},
		{"", "Blinken accused Russia on Wednesday.", ""},
		{"", "Russia annexed Crimea in 2014.", "2014-01-01 to 2014-12-31 year stated"},
	}
	for _, tt := range tests {
		got := ""
		if m, ok := Event(tt.sentence, tt.published); ok {
			got = fmt.Sprint(m.Range, " ", m.Precision, " ", m.Basis)
		}
		if got != tt.want {
			t.Errorf("%s: %q: got %q, want %q", tt.published, tt.sentence, got, tt.want)
		}
	}
}

func TestMatches(t *testing.T) {
	wednesday := Window("What did he say on Wednesday?", Range{"2021-04-14", "2021-12-22"}, "").Events[0]
	for day, want := range map[string]bool{"2021-12-22": true, "2021-12-01": true, "2021-12-02": false, "2021-04-14": true} {
		if got := wednesday.Matches(Range{day, day}); got != want {
			t.Errorf("Wednesday matches %s: %v", day, got)
		}
	}
	if wednesday.Matches(Range{"2021-12-02", "2021-12-03"}) {
		t.Error("Wednesday matches a Thursday and Friday")
	}
}

func TestImpossibleDates(t *testing.T) {
	covered := Range{"2021-04-14", "2021-12-22"}
	for question, want := range map[string]string{
		"What happened on 30 February?":          "30 February: February has 29 days",
		"What happened on February 29, 2021?":    "29 February 2021: February 2021 has 28 days",
		"What happened on 2021-11-31?":           "31 November 2021: November has 30 days",
		"What happened on 31 November 2021?":     "31 November 2021: November has 30 days",
		"What happened on 29 February 2020?":     "",
		"What happened to 30 of the protesters?": "",
	} {
		a := Window(question, covered, "")
		got := ""
		if a.Err != nil {
			got = a.Err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", question, got, want)
		}
		if want != "" && len(a.Events) != 0 {
			t.Errorf("%q: events %s", question, show(a.Events))
		}
	}
}

func ExampleFind() {
	text := "Zelenskiy had said on Wednesday that Crimea, seized in 2014, was Ukrainian territory."
	for _, m := range Find(text, Anchor{Day: "2021-12-02"}) {
		fmt.Printf("%s: %v (%v, %v)\n", m.Text, m.Range, m.Precision, m.Basis)
	}
	// Output:
	// Wednesday: 2021-12-01 (day, weekday)
	// 2014: 2014-01-01 to 2014-12-31 (year, stated)
}

func ExampleWindow() {
	asked := Window("According to the 7 December article, what happened in Stockholm on 2 December?",
		Range{"2021-04-14", "2021-12-22"}, "")
	fmt.Println("printed:", asked.Published)
	fmt.Println("event:", asked.Events[0].Range)
	fmt.Println("words:", asked.Words)
	// Output:
	// printed: [2021-12-07]
	// event: 2021-12-02
	// words: what happened in Stockholm?
}

func ExampleParseDay() {
	_, err := ParseDay("2021-02-30")
	fmt.Println(err)
	// Output: 2021-02-30: February 2021 has 28 days
}

func ExampleEvent() {
	m, _ := Event("He visited the front last Thursday.", "2021-04-14")
	fmt.Println(m.Range, m.Basis)
	// Output: 2021-04-08 weekday
}

func FuzzFind(f *testing.F) {
	f.Add("On Monday, December 6, 2021, between 1 and 7 December", "2021-12-07", "2021-04-14")
	f.Add("the 7 December article's reports since 5 December, 2014–15, 07/12/21 http://a", "2021-12-22", "")
	f.Add("у п’ятницю 29 February mid-1990s two weeks ago the latest", "0001-01-01", "0001-01-01")
	f.Add("since next year until the end of the decade after 31 December 9999", "9999-12-31", "9999-01-01")
	f.Add("ʼ 'ʼ’s п’ʼя", "2021-12-07", "")
	f.Fuzz(func(t *testing.T, text, day, first string) {
		valid := func(what string, r Range) {
			for _, d := range []string{r.Since, r.Until} {
				if d == "" {
					continue
				}
				if _, err := ParseDay(d); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}
		}
		check := func(mentions []Mention) {
			last := 0
			for _, m := range mentions {
				if m.Start < last || m.End <= m.Start || m.End > len(text) || text[m.Start:m.End] != m.Text {
					t.Fatalf("mention %d:%d %q after %d in %q", m.Start, m.End, m.Text, last, text)
				}
				last = m.End
				valid(m.Text, m.Range)
				if m.Range.Empty() {
					t.Fatalf("%q ends before it begins: %v", m.Text, m.Range)
				}
				_, _ = m.Precision.String(), m.Basis.String()
			}
		}
		check(Find(text, Anchor{Day: day, First: first}))
		a := Window(text, Range{first, day}, "2026-03-10")
		check(a.Events)
		valid("after", a.After)
		for _, r := range a.Published {
			valid("published", r)
		}
		last := 0
		for _, c := range a.Cuts {
			if c.Start < last || c.End < c.Start || c.End > len(text) {
				t.Fatalf("cut %v after %d in %q", c, last, text)
			}
			last = c.End
		}
		if len(a.Words) > len(text)+len(a.Cuts) {
			t.Fatalf("%q grew to %q", text, a.Words)
		}
		if r, err := ParseRange(text); err == nil {
			valid("parsed", r)
		}
	})
}

var sink int

func BenchmarkFind(b *testing.B) {
	const sentence = "Ukrainian President Volodymyr Zelenskiy had said on Wednesday that Crimea was Ukrainian territory and Kiev's goal was to \"liberate\" it, after Russia's 2014 annexation."
	b.ReportAllocs()
	for b.Loop() {
		sink += len(Find(sentence, Anchor{Day: "2021-12-02"}))
	}
}

func BenchmarkFindNothing(b *testing.B) {
	const sentence = "Attending a meeting in Stockholm of the Organization for Security and Cooperation in Europe (OSCE), Lavrov accused NATO of inching its military infrastructure closer to Russia's borders."
	b.ReportAllocs()
	for b.Loop() {
		sink += len(Find(sentence, Anchor{Day: "2021-12-02"}))
	}
}

func BenchmarkWindow(b *testing.B) {
	const question = "According to the 7 December article, what did Blinken say to Lavrov in Stockholm on 2 December about the 2014 annexation?"
	b.ReportAllocs()
	for b.Loop() {
		sink += len(Window(question, Range{"2021-04-14", "2021-12-22"}, "2026-03-10").Words)
	}
}
