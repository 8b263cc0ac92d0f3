package dates

import (
	"strings"
	"testing"
)

func TestWindow(t *testing.T) {
	covered := Range{"2021-04-14", "2021-12-22"}
	const today = "2026-03-10"
	tests := []struct {
		question  string
		published string // ranges joined by " | "
		events    string // as show
		words     string
		flags     string // "latest", "after RANGE"
	}{
		// The articles' own days.
		{"What did Blinken say in the December 2 story?", "2021-12-02", "", "What did Blinken say?", ""},
		{"What does the 7 December article say about Lukashenko?", "2021-12-07", "", "What does say about Lukashenko?", ""},
		{"According to the April report, how many people died?", "2021-04-01 to 2021-04-30", "", "how many people died?", ""},
		{"How many troops were there as of 7 December?", "until 2021-12-07", "", "How many troops were there?", ""},
		{"How many troops were massed by late December?", "until 2021-12-31", "", "How many troops were massed?", ""},
		{"What do articles since Dec 10 say about mercenaries?", "since 2021-12-10", "", "What do say about mercenaries?", ""},
		{"Do reports before 5 December mention Lukashenko?", "until 2021-12-04", "", "Do mention Lukashenko?", ""},
		{"What was reported in April about Zelensky?", "2021-04-01 to 2021-04-30", "", "What was about Zelensky?", ""},
		{"What did the Moscow Times article of 2 December say on Minsk?", "2021-12-02", "", "What did the Moscow Times say on Minsk?", ""},
		{"What did the article by The Moscow Times on 2 December say?", "2021-12-02", "", "What did say?", ""},
		{"Summarise the 7 December Washington Newsday article", "2021-12-07", "", "Summarise", ""},
		{"Compare the 2 December and the 7 December articles", "2021-12-02 | 2021-12-07", "", "Compare", ""},
		{"Compare the 2 and 7 December articles", "2021-12-02 | 2021-12-07", "", "Compare", ""},
		{"Compare the December 2 and December 7 reports", "2021-12-02 | 2021-12-07", "", "Compare", ""},
		{"Compare the December 2 and 7 articles", "2021-12-02 | 2021-12-07", "", "Compare", ""},
		{"Summarise the articles published between 1 and 7 December", "2021-12-01 to 2021-12-07", "", "Summarise", ""},
		{"Articles since 1 December and before 5 December on NATO", "2021-12-01 to 2021-12-04", "", "on NATO", ""},
		{"What do last month's articles say?", "2021-11-01 to 2021-11-30", "", "What do say?", "after 2026-02-01 to 2026-02-28"},
		{"What did the article from March 2020 say?", "2020-03-01 to 2020-03-31", "", "What did say?", ""},
		{"What does the January 2022 article say?", "2022-01-01 to 2022-01-31", "", "What does say?", "after 2022-01-01 to 2022-01-31"},
		{"What is the latest on the talks?", "", "", "What is on the talks?", "latest"},
		{"What does the most recent article say about Sumy?", "", "", "What does say about Sumy?", "latest"},
		{"How many troops are now at the border?", "", "", "How many troops are at the border?", "latest"},
		{"What is Putin currently demanding?", "", "", "What is Putin demanding?", "latest"},
		{"Newest reports on NATO?", "", "", "on NATO?", "latest"},

		{"What has changed since the 7 December article?", "since 2021-12-07", "", "What has changed?", ""},
		{"What did articles before the 7 December report say?", "until 2021-12-06", "", "What did articles say?", ""},
		{"What did the State Department report on 21 December?", "", "21 December=2021-12-21", "What did the State Department report?", ""},
		{"What did the report of 21 December say?", "2021-12-21", "", "What did say?", ""},
		{"What does the last article say about Sumy?", "", "", "What does say about Sumy?", "latest"},
		{"How many troops have been deployed until now?", "", "", "How many troops have been deployed?", "latest"},
		{"Про що стаття від 7 грудня?", "2021-12-07", "", "Про що?", ""},
		{"Compare reports from 2 December with reports from 22 December", "2021-12-02 | 2021-12-22", "", "Compare with", ""},
		{"What is the current situation?", "", "", "What is the current situation?", "latest"},
		{"What did the CIA's 2021 report claim?", "2021-01-01 to 2021-12-31", "", "What did the CIA's claim?", ""},
		{"What does a 2013 report on Nigeria suggest?", "", "2013=2013-01-01 to 2013-12-31", "What does a 2013 report on Nigeria suggest?", ""},

		{"News of the last two weeks?", "2021-12-08 to 2021-12-22", "", "", "after 2026-02-24 to 2026-03-10"},

		// The events' days.
		{"How many died in the year 2020?", "", "2020=2020-01-01 to 2020-12-31", "How many died?", ""},
		{"Who spoke on Saturday afternoons?", "", "", "Who spoke on Saturday afternoons?", ""},
		{"What happened in April?", "", "April=2021-04-01 to 2021-04-30", "What happened?", ""},
		{"Whom did Blinken meet on 2 December?", "", "2 December=2021-12-02", "Whom did Blinken meet?", ""},
		{"What did Russia annex in 2014?", "", "2014=2014-01-01 to 2014-12-31", "What did Russia annex?", ""},
		{"What did Lavrov say on Wednesday about talks?", "", "Wednesday=2021-12-22", "What did Lavrov say about talks?", ""},
		{"What did Putin threaten last week?", "", "last week=2021-12-13 to 2021-12-19", "What did Putin threaten?", "after 2026-03-02 to 2026-03-08"},
		{"What did Putin say yesterday?", "", "yesterday=2021-12-21", "What did Putin say?", "after 2026-03-09"},
		{"How many died in 2020?", "", "2020=2020-01-01 to 2020-12-31", "How many died?", ""},
		{"How many deaths were reported in 2020?", "", "2020=2020-01-01 to 2020-12-31", "How many deaths were reported?", ""},
		{"Who reacted to Russia's 2014 annexation of Crimea?", "", "2014=2014-01-01 to 2014-12-31", "Who reacted to Russia's 2014 annexation of Crimea?", ""},
		{"What does the 2014 UN report say?", "", "2014=2014-01-01 to 2014-12-31", "What does the 2014 UN report say?", ""},
		{"What does the 2022 defense budget prohibit?", "", "2022=2022-01-01 to 2022-12-31", "What does the 2022 defense budget prohibit?", ""},
		{"When in January will the talks be held?", "", "January=2022-01-01 to 2022-01-31", "When will the talks be held?", ""},
		{"Which talks are planned for January?", "", "January=2022-01-01 to 2022-01-31", "Which talks are planned?", ""},
		{"What happened in December?", "", "December=2021-12-01 to 2021-12-31", "What happened?", ""},
		{"What had happened by 2014?", "", "by 2014=until 2014-12-31", "What had happened?", ""},
		{"How has it changed since 5 December?", "", "since 5 December=since 2021-12-05", "How has it changed?", ""},
		{"What happened between 1 and 7 December?", "", "between 1 and 7 December=2021-12-01 to 2021-12-07", "What happened?", ""},

		// Times after the articles.
		{"What happened in March 2022?", "", "March 2022=2022-03-01 to 2022-03-31", "What happened?", "after 2022-03-01 to 2022-03-31"},
		{"Who won the war in 2023?", "", "2023=2023-01-01 to 2023-12-31", "Who won the war?", "after 2023-01-01 to 2023-12-31"},
		{"What has happened since February 2022?", "", "since February 2022=since 2022-02-01", "What has happened?", "after since 2022-02-01"},
		{"How many soldiers were lost by summer 2023?", "until 2023-08-31", "", "How many soldiers were lost?", "after 2023-06-01 to 2023-08-31"},
		{"What is happening today?", "", "today=2021-12-22", "What is happening?", "latest after 2026-03-10"},
		{"What did NATO decide this year?", "", "this year=2021-01-01 to 2021-12-31", "What did NATO decide?", "after 2026-01-01 to 2026-12-31"},
		{"What was said in December 2021?", "", "December 2021=2021-12-01 to 2021-12-31", "What was said?", ""},

		// Without time, and in other languages.
		{"May I ask who leads the Donbas separatists?", "", "", "May I ask who leads the Donbas separatists?", ""},
		{"How many of the 120,000 troops may march?", "", "", "How many of the 120,000 troops may march?", ""},
		{"Що сказав Лавров 2 грудня?", "", "2 грудня=2021-12-02", "Що сказав Лавров?", ""},
		{"Что было в апреле 2021 года?", "", "апреле 2021 года=2021-04-01 to 2021-04-30", "Что было?", ""},
		{"", "", "", "", ""},
	}
	for _, tt := range tests {
		a := Window(tt.question, covered, today)
		var published, flags []string
		for _, r := range a.Published {
			published = append(published, r.String())
		}
		if a.Latest {
			flags = append(flags, "latest")
		}
		if !a.After.IsZero() {
			flags = append(flags, "after "+a.After.String())
		}
		check := func(what, got, want string) {
			if got != want {
				t.Errorf("%q: %s\n got %q\nwant %q", tt.question, what, got, want)
			}
		}
		check("published", strings.Join(published, " | "), tt.published)
		check("events", show(a.Events), tt.events)
		check("words", a.Words, tt.words)
		check("flags", strings.Join(flags, " "), tt.flags)
		if a.Err != nil {
			t.Errorf("%q: %v", tt.question, a.Err)
		}
	}
}
