package qa_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"crisisbot/bot/qa"
)

// A topic that speaks of one article is that article, and nothing else is told.
func TestSummaryOfArticleInTopic(t *testing.T) {
	a := onSeeds(t)
	for topic, file := range map[string]string{
		"the epoch times story about the call":            "001_f756fb0d589bba0c.txt",
		"sum up the Newsday article":                      "002_3d849c6632361ce0.txt",
		"that badly translated report of the 7th":         "000_fbf9a5a2e21661a2.txt",
		"the piece where Russia agrees to talks":          "004_2edf54f40e381850.txt",
		"tl;dr of the moscow times article please":        "003_71b25952f2d99c83.txt",
		"summary of the article about mercenaries":        "004_2edf54f40e381850.txt",
		"what does the april report say":                  "001_f756fb0d589bba0c.txt",
		"Moscow Times":                                    "003_71b25952f2d99c83.txt",
		"reports of troops at the border":                 "",
		"peace talks":                                     "",
		"the latest story":                                "004_2edf54f40e381850.txt",
		"the report in which Lukashenko speaks of the US": "000_fbf9a5a2e21661a2.txt",
	} {
		ans, err := a.Summary(context.Background(), qa.SummaryRequest{Topic: topic, Length: qa.Short})
		if err != nil || ans.Abstained {
			t.Errorf("%q: %v, %q", topic, err, ans.Text)
			continue
		}
		titled := strings.HasPrefix(ans.Text, "“")
		if titled != (file != "") || ans.Question != topic {
			t.Errorf("%q (%q): %s", topic, ans.Question, ans.Text)
		}
		if file == "" {
			continue
		}
		found := false
		for _, c := range ans.Citations {
			found = found || c.File == file || strings.HasPrefix(file, "002") && strings.HasPrefix(c.File, "003")
		}
		if !found {
			t.Errorf("%q cites nothing of %s: %s", topic, file, ans.Text)
		}
	}
}

func TestSummaryOfSeveralArticles(t *testing.T) {
	a := onSeeds(t)
	for _, topic := range []string{"the machine-translated article", "the December story"} {
		_, err := a.Summary(context.Background(), qa.SummaryRequest{Topic: topic})
		if !errors.As(err, new(*qa.InputError)) || !strings.Contains(err.Error(), "several") {
			t.Errorf("%q: %v, want an input error that names several", topic, err)
		}
	}
}

// A short summary of a topic tells of nothing else.
func TestShortSummaryKeepsToItsTopic(t *testing.T) {
	a := onSeeds(t)
	for topic, most := range map[string]int{"SWIFT": 1, "Kuleba": 2, "Lukashenko": 3, "chemical weapons": 3, "NATO": 5, "Putin": 5} {
		ans, err := a.Summary(context.Background(), qa.SummaryRequest{Topic: topic, Length: qa.Short})
		if err != nil || len(ans.Statements) == 0 || len(ans.Statements) > most {
			t.Errorf("%q: %v, %d statements, want 1 to %d: %s", topic, err, len(ans.Statements), most, ans.Text)
		}
	}
}
