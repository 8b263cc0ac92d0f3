package qa

import (
	"slices"
	"strings"
	"testing"
)

func TestParts(t *testing.T) {
	for text, want := range map[string][]string{
		"Where did Blinken meet Lavrov? And what did he propose about Minsk?": {"Where did Blinken meet Lavrov?", "And what did he propose about Minsk?"},
		"What does Russia want from NATO and what does the US want?":          {"What does Russia want from NATO", "what does the US want?"},
		"why did he visit the front, what was the aim":                        {"why did he visit the front", "what was the aim"},
		"Is Biden planning to travel to Kyiv, and if so when?":                {"Is Biden planning to travel to Kyiv", "when?"},
		"can someone tell me how long they met and what Biden pushed for?":    {"can someone tell me how long they met", "what Biden pushed for?"},
		// One question, whatever stands in it.
		"When Blinken met Lavrov, what did they discuss?":               {"When Blinken met Lavrov, what did they discuss?"},
		"Which theory holds today and have critics accepted?":           {"Which theory holds today and have critics accepted?"},
		"Who met in Stockholm and Riga?":                                {"Who met in Stockholm and Riga?"},
		"He met Kuleba, who spoke of restraint. Where was that?":        {"Where was that?"},
		"What did he say? Where? When was it? And how many came along?": nil,
		"Where and when did they meet?":                                 {"Where and when did they meet?"},
	} {
		var got []string
		for _, p := range parts(text) {
			got = append(got, p.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Each question of a message is answered, or named as one that is not.
func TestAnswerParts(t *testing.T) {
	lib := library(t, wordSeeds)
	ans := ask(t, lib, Question{Text: "What time does the video call begin in Washington, and how long did it go in the end?"})
	if !strings.Contains(ans.Text, "10 a.m.") {
		t.Error(ans.Text)
	}
	ans = ask(t, lib, Question{Text: "Which cities did Shoigu name? Which airline flies to Sumy?"})
	if !strings.Contains(ans.Text, "Krasny Liman") || !strings.HasSuffix(ans.Text, "\nThe articles don't say: Which airline flies to Sumy?") {
		t.Error(ans.Text)
	}
	for i, c := range ans.Citations {
		if c.Number != i+1 {
			t.Errorf("citation %d has number %d", i+1, c.Number)
		}
	}
	if ans = ask(t, lib, Question{Text: "Which airline flies to Sumy? Who bakes the best bread?"}); !ans.Abstained {
		t.Error(ans.Text)
	}
}
