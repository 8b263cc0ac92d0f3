package dates

import (
	"strings"
	"testing"
)

// show lists mentions as "text=range", separated by " | ".
func show(mentions []Mention) string {
	var parts []string
	for _, m := range mentions {
		parts = append(parts, m.Text+"="+m.Range.String())
	}
	return strings.Join(parts, " | ")
}

func TestFind(t *testing.T) {
	// The anchors of the five articles.
	const (
		dec7  = "2021-12-07" // Tuesday
		apr14 = "2021-04-14" // Wednesday
		dec2  = "2021-12-02" // Thursday
		dec22 = "2021-12-22" // Wednesday
	)
	tests := []struct{ anchor, text, want string }{
		// The starter articles' own words.
		{dec7, "date 2021-12-07 Amid growing tensions in eastern Ukraine", "2021-12-07=2021-12-07"},
		{dec7, "since Biden arrived at the White House earlier this year.", "earlier this year=2021-01-01 to 2021-12-07"},
		{dec7, "The video call will begin in Washington at 10 a.m. and in Moscow at 18:00, according to US media.", ""},
		{dec7, "Last Thursday, Blinken met with Russian Foreign Minister Sergei Lavrov in Stockholm", "Last Thursday=2021-12-02"},
		{dec7, "shake hands on Thursday, December 2, 2021, in Stockholm, Sweden", "Thursday, December 2, 2021=2021-12-02"},
		{dec7, "It’s been 8 years since the Tombs conflict in April.", "April=2021-04-01 to 2021-04-30"},
		{dec7, "have increased significantly in recent weeks.", "recent weeks=2021-11-09 to 2021-12-07"},
		{dec7, "with 50 deaths reported in 2020 and 61 in 2021.", "2020=2020-01-01 to 2020-12-31 | 2021=2021-01-01 to 2021-12-31"},
		{dec7, "deployed about 115,000 troops to the area, while Kiev has 125,000 troops", ""},
		{dec7, "On Monday, December 6, 2021, while visiting the war-torn Donetsk region", "Monday, December 6, 2021=2021-12-06"},
		{apr14, "spoke on the phone with Russian President Vladimir Putin on Tuesday, proposing", "Tuesday=2021-04-13"},
		{apr14, "The Kremlin said Wednesday that he would consider Biden’s proposal", "Wednesday=2021-04-14"},
		{apr14, "in a seven-year fierce conflict with Kiev killing 14,000 people.", ""},
		{apr14, "near Lysychans’k in the Lugansk region on April 7, 2021.", "April 7, 2021=2021-04-07"},
		{apr14, "Zelensky visited a place last Thursday along the front line", "last Thursday=2021-04-08"},
		{apr14, "On the same day Zelensky came to the forefront", ""},
		{apr14, "On April 8, 2021, Ukrainian President Volodymyr Zelensky visited", "April 8, 2021=2021-04-08"},
		{apr14, "Moscow announced on April 6 that the military had begun", "April 6=2021-04-06"},
		{apr14, "said Tuesday that military buildup was part of a preparatory training that lasted another two weeks", "Tuesday=2021-04-13"},
		{apr14, "Poland since Moscow annexed Crimea in 2014.", "2014=2014-01-01 to 2014-12-31"},
		{apr14, "called on Russia to stop strengthening its troops on Friday, reaffirming", "Friday=2021-04-09"},
		{dec2, "momentum was building Thursday for direct talks", "Thursday=2021-12-02"},
		{dec2, "that Russia may attack ex-Soviet Ukraine this winter.", "this winter=2021-12-01 to 2022-02-28"},
		{dec2, "For weeks, Western nations have been warning", ""},
		{dec2, "to make “contact” in the coming days.", "coming days=2021-12-02 to 2021-12-05"},
		{dec2, "After Russia’s invasion of Crimea in 2014, the Minsk agreement", "2014=2014-01-01 to 2014-12-31"},
		{dec2, "December 02, 2021", "December 02, 2021=2021-12-02"},
		{dec2, "met for the first time at a summit in Geneva in June but tensions", "June=2021-06-01 to 2021-06-30"},
		{dec2, "after Russia's 2014 annexation of Crimea", "2014=2014-01-01 to 2014-12-31"},
		{dec2, "At a NATO meeting in Riga on Wednesday, Blinken had accused Russia", "Wednesday=2021-12-01"},
		{dec2, "Zelenskiy had said on Wednesday that Crimea was Ukrainian territory", "Wednesday=2021-12-01"},
		{dec2, "Dmitry Peskov told reporters on Thursday.", "Thursday=2021-12-02"},
		{dec2, "<https://www.themoscowtimes.com/2021/12/02/ukraine-crisis-builds>", ""},
		{dec22, "Russia agrees to Ukraine and global security talks with US in January", "January=2022-01-01 to 2022-01-31"},
		{dec22, "Kremlin will hold security negotiations with the US in January over rising tensions", "January=2022-01-01 to 2022-01-31"},
		{dec22, "Yesterday Secretary of State Blinken said the US suggested the meeting", "Yesterday=2021-12-21"},
		{dec22, "Earlier this month Ukraine said there were 120K Russian troops", "Earlier this month=2021-12-01 to 2021-12-22"},
		{dec22, "security talks in January of the new year, Foreign Minister Sergei Lavrov said on Wednesday, as", "January of the new year=2022-01-01 to 2022-01-31 | Wednesday=2021-12-22"},
		{dec22, "It comes a day after Secretary of State Antony Blinken said", ""},
		{dec22, "Lavrov said today, ‘It is agreed that at the very start of next year bilateral contact", "today=2021-12-22 | start of next year=2022-01-01 to 2022-04-30"},
		{dec22, "close to Sumy, Ukraine, on Tuesday", "Tuesday=2021-12-21"},
		{dec22, "at a training ground near Kiev, Ukraine, on December 18", "December 18=2021-12-18"},
		{dec22, "During a Tuesday Defense Ministry meeting Shoigu", "Tuesday=2021-12-21"},
		{dec22, "in next year’s national defense budget.", "next year=2022-01-01 to 2022-12-31"},
		{dec22, "in the 2022 defense budget to keep Russia in check", "2022=2022-01-01 to 2022-12-31"},
		{dec22, "Moscow wanted to discuss a document it had presented, after the first meeting, but also in January, Lavrov said.", "January=2022-01-01 to 2022-01-31"},
		{dec22, "met for roughly two hours via video chat earlier this month, during which", "earlier this month=2021-12-01 to 2021-12-22"},
		{dec22, "Putin, clearly alarmed by the moves, vowed on Tuesday to take military-based measures", "Tuesday=2021-12-21"},

		// Days.
		{dec7, "December 7, 2021", "December 7, 2021=2021-12-07"},
		{dec7, "December 7th, 2021.", "December 7th, 2021=2021-12-07"},
		{dec7, "Dec. 7, 2021", "Dec. 7, 2021=2021-12-07"},
		{dec7, "7 December", "7 December=2021-12-07"},
		{dec7, "7 Dec. 2021 was", "7 Dec. 2021=2021-12-07"},
		{dec7, "the 7th of December", "7th of December=2021-12-07"},
		{dec7, "the seventh of December 2021", "seventh of December 2021=2021-12-07"},
		{dec7, "the twenty-first of November", "twenty-first of November=2021-11-21"},
		{dec7, "December the 3rd", "December the 3rd=2021-12-03"},
		{dec7, "on Tuesday 7 December", "Tuesday 7 December=2021-12-07"},
		{dec7, "2021/12/07 and 2021.12.06", "2021/12/07=2021-12-07 | 2021.12.06=2021-12-06"},
		{dec7, "07.12.2021", "07.12.2021=2021-12-07"},
		{dec7, "31/12/2021, 12/31/2021", "31/12/2021=2021-12-31 | 12/31/2021=2021-12-31"},
		{dec7, "07/12/2021", "07/12/2021=2021-12-07"},
		{"2021-07-10", "07/12/2021", "07/12/2021=2021-07-12"},
		{"", "07/12/2021", "07/12/2021=2021-12-07"},
		{dec22, "on the 18th, reservists", "18th=2021-12-18"},
		{dec7, "on the 18th.", "18th=2021-11-18"},
		{dec7, "in February 29 people died", "February=2021-02-01 to 2021-02-28"},
		{dec7, "on 29 February", "29 February=2020-02-29"},
		{dec7, "on 30 February or 31 June 2021", ""},
		{dec7, "In April 12 people died", "April=2021-04-01 to 2021-04-30"},
		{dec7, "on April 12 people gathered", "April 12=2021-04-12"},
		{dec7, "7 and 8 December", "7=2021-12-07 | 8 December=2021-12-08"},
		{dec7, "on December 2 and 7, they met", "December 2=2021-12-02 | 7=2021-12-07"},
		{dec7, "on December 2 and 7 soldiers died", "December 2=2021-12-02"},
		{dec7, "December 1-3, 2021", "December 1-3, 2021=2021-12-01 to 2021-12-03"},
		{dec7, "1–3 December", "1–3 December=2021-12-01 to 2021-12-03"},

		// Weekdays and the days about the anchor.
		{dec7, "on Friday", "Friday=2021-12-03"},
		{dec7, "on Tuesday", "Tuesday=2021-12-07"},
		{dec7, "last Tuesday", "last Tuesday=2021-11-30"},
		{dec7, "next Tuesday", "next Tuesday=2021-12-14"},
		{dec7, "next Friday", "next Friday=2021-12-10"},
		{dec7, "this Friday", "this Friday=2021-12-10"},
		{dec7, "Lavrov said this Friday", "this Friday=2021-12-03"},
		{dec7, "They will meet this weekend", "this weekend=2021-12-11 to 2021-12-12"},
		{dec7, "They met last weekend", "last weekend=2021-12-04 to 2021-12-05"},
		{dec7, "They will meet on Friday", "Friday=2021-12-10"},
		{dec7, "On Friday they will meet", "Friday=2021-12-10"},
		{dec7, "On Friday Lavrov said talks will follow", "Friday=2021-12-03"},
		{dec7, "Lavrov said on Friday that the U.S. will answer on Monday", "Friday=2021-12-03 | Monday=2021-12-13"},
		{dec7, "Ministers are due to meet Thursday", "Thursday=2021-12-09"},
		{dec7, "said on Monday night", "Monday night=2021-12-06"},
		{dec7, "Friday's vote", "Friday=2021-12-03"},
		{dec7, "on Friday last week", "Friday last week=2021-12-03"},
		{dec7, "on Monday of last week", "Monday of last week=2021-11-29"},
		{dec7, "the Sunday Times, on Sundays, sat on a sun bed", ""},
		{dec7, "on Sat., Dec. 4", "Sat., Dec. 4=2021-12-04"},
		{dec7, "yesterday, today and tomorrow", "yesterday=2021-12-06 | today=2021-12-07 | tomorrow=2021-12-08"},
		{dec7, "the day before yesterday", "day before yesterday=2021-12-05"},
		{dec7, "the day after tomorrow", "day after tomorrow=2021-12-09"},
		{dec7, "this morning, last night and tonight", "this morning=2021-12-07 | last night=2021-12-06 | tonight=2021-12-07"},
		{dec7, "the day after 2 December, two days before Thursday", "day after 2 December=2021-12-03 | two days before Thursday=2021-11-30"},
		{dec7, "a week after December 7, 2021", "a week after December 7, 2021=2021-12-14"},
		{dec7, "a day after Blinken said; two days before talks", ""},
		{dec7, "over the weekend", "weekend=2021-12-04 to 2021-12-05"},
		{dec7, "late on Thursday", "late on Thursday=2021-12-02"},
		{dec7, "earlier on Monday", "earlier on Monday=2021-12-06"},
		{dec7, "earlier today", "earlier today=2021-12-07"},

		// Weeks, months, seasons, years.
		{dec7, "this week", "this week=2021-12-06 to 2021-12-12"},
		{dec7, "last week", "last week=2021-11-29 to 2021-12-05"},
		{dec7, "next week", "next week=2021-12-13 to 2021-12-19"},
		{dec7, "the week of December 6", "week of December 6=2021-12-06 to 2021-12-12"},
		{dec7, "the first week of December", "first week of December=2021-12-01 to 2021-12-07"},
		{dec7, "the last week of November", "last week of November=2021-11-24 to 2021-11-30"},
		{dec7, "last month", "last month=2021-11-01 to 2021-11-30"},
		{"2022-01-10", "last month", "last month=2021-12-01 to 2021-12-31"},
		{dec7, "later this month", "later this month=2021-12-07 to 2021-12-31"},
		{dec7, "later in the year", "later in the year=2021-12-07 to 2021-12-31"},
		{dec7, "In April, Russia withdrew", "April=2021-04-01 to 2021-04-30"},
		{dec7, "last April", "last April=2021-04-01 to 2021-04-30"},
		{dec7, "next January", "next January=2022-01-01 to 2022-01-31"},
		{dec7, "last December", "last December=2020-12-01 to 2020-12-31"},
		{dec7, "this December", "this December=2021-12-01 to 2021-12-31"},
		{dec7, "met in January", "January=2021-01-01 to 2021-01-31"},
		{dec7, "December 2020", "December 2020=2020-12-01 to 2020-12-31"},
		{dec7, "April of 2021", "April of 2021=2021-04-01 to 2021-04-30"},
		{dec7, "April last year", "April last year=2020-04-01 to 2020-04-30"},
		{dec7, "2021-12", "2021-12=2021-12-01 to 2021-12-31"},
		{dec7, "early December", "early December=2021-12-01 to 2021-12-10"},
		{dec7, "in mid-December", "mid-December=2021-12-11 to 2021-12-20"},
		{dec22, "late December", "late December=2021-12-21 to 2021-12-31"},
		{dec7, "early in December", "early in December=2021-12-01 to 2021-12-10"},
		{dec7, "the end of November", "end of November=2021-11-21 to 2021-11-30"},
		{dec7, "at the end of the month", "end of the month=2021-12-21 to 2021-12-31"},
		{dec7, "the beginning of 2022", "beginning of 2022=2022-01-01 to 2022-04-30"},
		{dec7, "late last year", "late last year=2020-09-01 to 2020-12-31"},
		{dec7, "early next year", "early next year=2022-01-01 to 2022-04-30"},
		{dec7, "mid-2014", "mid-2014=2014-05-01 to 2014-08-31"},
		{dec7, "this winter", "this winter=2021-12-01 to 2022-02-28"},
		{apr14, "last winter", "last winter=2020-12-01 to 2021-02-28"},
		{dec7, "last summer", "last summer=2021-06-01 to 2021-08-31"},
		{dec7, "next spring", "next spring=2022-03-01 to 2022-05-31"},
		{dec7, "the winter of 2021", "winter of 2021=2021-12-01 to 2022-02-28"},
		{dec7, "in the winter of 2021-22", "winter of 2021-22=2021-12-01 to 2022-02-28"},
		{dec7, "in the fall", "fall=2021-09-01 to 2021-11-30"},
		{dec7, "prices fall and talks spring up", ""},
		{dec7, "the third quarter of 2021", "third quarter of 2021=2021-07-01 to 2021-09-30"},
		{dec7, "Q1 2022", "Q1 2022=2022-01-01 to 2022-03-31"},
		{dec7, "the first half of 2021", "first half of 2021=2021-01-01 to 2021-06-30"},
		{dec7, "the mid-1990s and late 1980s", "mid-1990s=1994-01-01 to 1996-12-31 | late 1980s=1987-01-01 to 1989-12-31"},
		{dec7, "in the 1990s", "1990s=1990-01-01 to 1999-12-31"},
		{dec7, "the early 1990s", "early 1990s=1990-01-01 to 1993-12-31"},
		{dec7, "the 2014 annexation", "2014=2014-01-01 to 2014-12-31"},
		{dec7, "in 1783", "1783=1783-01-01 to 1783-12-31"},

		// Counted from the anchor.
		{dec7, "in the last week", "last week=2021-11-30 to 2021-12-07"},
		{dec7, "in the next month", "next month=2021-12-07 to 2022-01-07"},
		{dec7, "He was born the next year, the previous week", ""},
		{dec7, "two weeks ago", "two weeks ago=2021-11-22 to 2021-11-28"},
		{dec7, "10 days ago", "10 days ago=2021-11-27"},
		{dec7, "a year ago", "a year ago=2020-01-01 to 2020-12-31"},
		{dec7, "a few days ago", "a few days ago=2021-12-01 to 2021-12-06"},
		{dec7, "in the past two weeks", "past two weeks=2021-11-23 to 2021-12-07"},
		{dec7, "over the last three months", "last three months=2021-09-07 to 2021-12-07"},
		{dec7, "in the next ten days", "next ten days=2021-12-07 to 2021-12-17"},
		{dec7, "The leaders will meet in two weeks", "two weeks=2021-12-20 to 2021-12-26"},
		{dec7, "he built it in two weeks", ""},
		{dec7, "within the coming weeks", "coming weeks=2021-12-07 to 2022-01-04"},
		{"2021-03-31", "over the past month", "past month=2021-02-28 to 2021-03-31"},

		// Bounds and stretches.
		{dec7, "since 2014", "since 2014=since 2014-01-01"},
		{dec7, "since early November", "since early November=since 2021-11-01"},
		{dec7, "since last Thursday", "since last Thursday=since 2021-12-02"},
		{dec7, "by late December", "by late December=until 2021-12-31"},
		{dec7, "until 10 December", "until 10 December=until 2021-12-10"},
		{dec7, "before 5 December", "before 5 December=until 2021-12-04"},
		{dec7, "after December 5", "after December 5=since 2021-12-06"},
		{dec7, "as of 7 December", "as of 7 December=until 2021-12-07"},
		{dec7, "prior to 2014", "prior to 2014=until 2013-12-31"},
		{dec7, "from 1 December on, shelling", "from 1 December on=since 2021-12-01"},
		{dec7, "after the April one", "April=2021-04-01 to 2021-04-30"},
		{dec7, "since the 2014 annexation", "2014=2014-01-01 to 2014-12-31"},
		{dec7, "between 1 and 7 December", "between 1 and 7 December=2021-12-01 to 2021-12-07"},
		{dec7, "between December 1 and 7", "between December 1 and 7=2021-12-01 to 2021-12-07"},
		{dec7, "between 28 November and 3 December", "between 28 November and 3 December=2021-11-28 to 2021-12-03"},
		{dec7, "between 2014 and 2021", "between 2014 and 2021=2014-01-01 to 2021-12-31"},
		{dec7, "from April to December", "from April to December=2021-04-01 to 2021-12-31"},
		{dec7, "from December to April", "from December to April=2020-12-01 to 2021-04-30"},
		{dec7, "April to December 2021", "April to December 2021=2021-04-01 to 2021-12-31"},
		{dec7, "November 2020 to March", "November 2020 to March=2020-11-01 to 2021-03-31"},
		{dec7, "Tuesday to Friday", "Tuesday to Friday=2021-12-03 to 2021-12-07"},
		{dec7, "2014-2015, 2014–15", "2014-2015=2014-01-01 to 2015-12-31 | 2014–15=2014-01-01 to 2015-12-31"},

		// What is no date.
		{dec7, "Russia may invade. May I ask? Theresa May spoke.", ""},
		{dec7, "Talks in May, a May visit, 9 May, May 9 and may 2021", "May=2021-05-01 to 2021-05-31 | May=2021-05-01 to 2021-05-31 | 9 May=2021-05-09 | May 9=2021-05-09 | may 2021=2021-05-01 to 2021-05-31"},
		{dec7, "May will bring talks", ""},
		{dec7, "troops may 9 times march 10 km", ""},
		{dec7, "March for peace; they march on; in March they marched", "March=2021-03-01 to 2021-03-31"},
		{dec7, "Wait a second. A second round. The second week", ""},
		{dec7, "after the fall of Constantinople, on Sunday Night Football, in 1500 BC", ""},
		{dec7, "April Ryan asked, Jan Egeland replied", ""},
		{dec7, "an august body", ""},
		{dec7, "2000 troops, 2014 km, about 2000 activists, Resolution 1970, $2014, Su-27, 2021.5, 20:21", ""},
		{dec7, "3.12 percent, 7/8 of them, 5-4 votes", ""},
		{dec7, "the next day, the same week, days later, these days, last time, the last days", ""},
		{"", "on Wednesday in April 2021", "Wednesday=any time | April 2021=2021-04-01 to 2021-04-30"},
		{"", "in April, last week, the winter", "April=any time | last week=any time"},

		// Other languages.
		{dec7, "7 грудня 2021 року", "7 грудня 2021 року=2021-12-07"},
		{dec7, "Что сказал Путин 2 декабря?", "2 декабря=2021-12-02"},
		{dec7, "у квітні", "квітні=2021-04-01 to 2021-04-30"},
		{dec7, "у п’ятницю", "п’ятницю=2021-12-03"},
		{dec7, "вчора", "вчора=2021-12-06"},
		{dec7, "з 2014 року", "з 2014 року=since 2014-01-01"},
	}
	for _, tt := range tests {
		if got := show(Find(tt.text, Anchor{Day: tt.anchor})); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.anchor, tt.text, got, tt.want)
		}
	}
	t.Log(len(tests), "expressions")
}

// Words longer than the scanner looks up, or not in lower case, would never be
// found.
func TestLexicon(t *testing.T) {
	for w := range lexicon {
		toks := scan(w, nil)
		if len(toks) != 1 || toks[0].class != lexicon[w].class {
			t.Errorf("%q is scanned as %v", w, toks)
		}
	}
}
