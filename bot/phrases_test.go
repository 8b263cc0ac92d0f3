package bot

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"crisisbot/bot/qa"
	"crisisbot/retrieval"
	"crisisbot/retrieval/article"
	"crisisbot/seeds"
)

// Every phrase is one that is still said: its longest part stands in the code of
// those who answer.
func TestPhrasesAreSaid(t *testing.T) {
	code := ""
	for _, pattern := range []string{"qa/*.go", "../retrieval/*.go", "../retrieval/dates/*.go", "../retrieval/source/*.go", "../cmd/crisisbot/serve_*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range names {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(name, "_test.go") {
				code += strings.ReplaceAll(string(raw), `\"`, `"`)
			}
		}
	}
	subjects := regexp.MustCompile(`the (?:question|topic|claim) |another (?:number|speaker|date|place|office) |(?:publisher|article) |since|until`)
	files, err := filepath.Glob("phrases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, name := range files {
		var table map[string]string
		raw, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(raw, &table)
		}
		if err != nil {
			t.Fatal(name, err)
		}
		for english, said := range table {
			longest := ""
			for _, part := range gap.Split(subjects.ReplaceAllString(english, "{9}"), -1) {
				if len(part) > len(longest) {
					longest = part
				}
			}
			if !strings.Contains(code, strings.TrimSpace(longest)) {
				t.Errorf("%s: nobody says %q any more: %q", name, english, longest)
			}
			for _, g := range gap.FindAllString(said, -1) {
				if !strings.Contains(english, g) {
					t.Errorf("%s: %q has %s, which the English has not", name, said, g)
				}
			}
		}
	}
}

// What those who answer really say comes out in Ukrainian, but for names and
// quotations.
func TestRetell(t *testing.T) {
	uk := mustLanguages(t)["uk"]
	for said, want := range map[string]string{
		"The articles don't say: none of them states this. They cover 14 April 2021 to 22 December 2021.":            "Статті про це не кажуть: жодна з них цього не стверджує. Вони охоплюють час від 14 квітня 2021 р. до 22 грудня 2021 р.",
		"The articles give another number for this: 115,000, not 200,000.":                                           "Статті називають інше число: 115,000, а не 200,000.",
		"A report without a named outlet, 22 December 2021 (date inferred) says so.":                                 "Так пише Видання не названо, 22 грудня 2021 р. (дату визначено за змістом).",
		"Of 2 statements, 0 are supported, 1 contradicted and 1 not in the articles. The articles say the opposite.": "Тверджень — 2: підтверджено — 0, спростовано — 1, немає у статтях — 1. Статті кажуть протилежне.",
		"since: \"soon\" is no date: write it so":                                                                    "Початок періоду: \"soon\" — не дата: напишіть її як 2021-12-07, 2021-12 або 2021",
		"The day's spending cap is reached: these are sentences of the articles.":                                    "Денну межу витрат вичерпано: це речення самих статей.",
		"The articles don't say, and this asks for something else. I call nobody.":                                   "Статті про це не кажуть, і питають тут про інше. Я нікого не кличу.",
		"Of 9 events, 2 are told in the articles' own words.":                                                        "Подій — 9, словами самих статей розказано — 2.",
		"Something that nobody foresaw.":                                                                             "Something that nobody foresaw.",
	} {
		if got := uk.retell(said); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", said, got, want)
		}
	}
	for said, want := range map[string]string{
		"this can't be followed: https://a.example/x: the server answers 404 Not Found": "За цим стежити не можна: https://a.example/x: сервер відповідає 404 Not Found",
		"a reason that nobody foresaw: none":                                            "a reason that nobody foresaw: none",
	} {
		if got := uk.retellError(said); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", said, got, want)
		}
	}
	if en := mustLanguages(t)["en"]; en.retell("since: x") != "since: x" {
		t.Error("English is retold")
	}
}

// Answers, verdicts and refusals of the real answerer, on the starter articles.
func TestRetellWhatIsAnswered(t *testing.T) {
	lib := retrieval.New(nil)
	all, err := seeds.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if _, err := lib.Add(t.Context(), article.Article{ID: s.ID, Title: s.Title, Publisher: s.Publisher, Published: s.Published, DateInferred: s.DateInferred, Origin: s.Origin, Text: s.Text}); err != nil {
			t.Fatal(err)
		}
	}
	answerer := qa.New(lib, qa.Options{})
	uk := mustLanguages(t)["uk"]
	outlets := strings.NewReplacer("The Epoch Times", "", "The Moscow Times", "", "The Washington Newsday", "")
	titles := regexp.MustCompile(`"[^"]*"`)
	english := func(s string) bool { // a function word is none of a name or quotation
		s = titles.ReplaceAllString(outlets.Replace(s), "")
		for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
			switch w {
			case "the", "The", "not", "is", "of", "this", "articles", "write", "and":
				return true
			}
		}
		return false
	}
	n := 0
	check := func(about, said string) {
		t.Helper()
		if said != "" {
			n++
			if got := uk.retell(said); english(got) {
				t.Errorf("%s: still in English: %s", about, got)
			}
		}
	}
	input := func(about string, err error) {
		t.Helper()
		var e *qa.InputError
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", about, err)
			return
		}
		check(about, e.Error())
	}
	ctx := context.Background()
	for _, q := range []qa.Question{
		{Text: "Who won the football match?"}, {Text: "What did Lavrov say about Mars?"}, {Text: "Why did Putin refuse to meet Biden in Geneva?"}, {Text: "What happened in 2023?"},
		{Text: "What did Blinken say about consequences?", Source: "Washington Newsday"},
		{Text: "Хто зустрічався у Стокгольмі?"}, {Text: "How many tanks were lost?"}, {Text: "What happened?", Since: "2019", Until: "2020"},
	} {
		a, err := answerer.Answer(ctx, q)
		if err != nil {
			t.Fatal(q.Text, err)
		}
		if a.Abstained && a.Reason != qa.FalsePremise { // that tells what an article says
			check(q.Text, a.Text)
		}
	}
	for _, q := range []qa.Question{{}, {Text: "?!"}, {Text: "<@1>"}, {Text: strings.Repeat("why ", 3000)}, {Text: "Why?", Since: "soon"}, {Text: "Why?", Since: "2021-02-30"}, {Text: "Why?", Since: "2021-13"},
		{Text: "Why?", Since: "2022", Until: "2021"}, {Text: "Why?", Until: "7/12/2021"}, {Text: "Why?", Source: "Nobody's Herald"}, {Text: "Why?", Article: "no such article"}} {
		_, err := answerer.Answer(ctx, q)
		input(q.Text+q.Since+q.Until+q.Source, err)
	}
	for _, claim := range []string{"There are 200,000 Russian troops at the border.", "Putin and Biden met in Vienna.", "The conflict has killed about 13,000 people.", "The talks were about whales.", "Biden and Putin met for the first time in Geneva in June.",
		"I think this is bad. There are 500,000 Russian troops at the border.", "Blinken met Lavrov in Stockholm.", "Ukraine did not say that there are Russian troops."} {
		v, err := answerer.Check(ctx, qa.CheckRequest{Text: claim})
		if err != nil {
			t.Fatal(claim, err)
		}
		check(claim, v.Why)
		for _, p := range v.Parts {
			check(claim, p.Why)
		}
	}
	for _, claim := range []string{"Who met?", "Tell me more!"} {
		_, err := answerer.Check(ctx, qa.CheckRequest{Text: claim})
		input(claim, err)
	}
	for _, r := range []qa.SummaryRequest{{}, {Topic: "talks", Length: "huge"}} {
		_, err := answerer.Summary(ctx, r)
		input("summary", err)
	}
	empty, err := answerer.Summary(ctx, qa.SummaryRequest{Since: "2019", Until: "2019"})
	if err != nil {
		t.Fatal(err)
	}
	check("summary", empty.Text)
	for _, r := range []qa.TimelineRequest{{Since: "1999", Until: "1999"}, {Topic: "whales"}} {
		a, err := answerer.Timeline(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		check("timeline", a.Text)
	}
	t.Logf("n = %d texts", n)
}
