package qa

import "testing"

func TestSentenceTells(t *testing.T) {
	for text, want := range map[string]bool{
		"Blinken, according to a senior US official.":                                      false,
		"What else, “Reaffirms US support for the territory of Ukraine”.":                  false,
		"Afghanistan, Iran or Libya, According to the Russian news agency TASS.":           false,
		"Unclassified document from US services showing operations, which is annexed.":     false,
		"Putin and Biden met for the first time at a summit in Geneva.":                    true,
		"Kiev wants guarantees from its partners.":                                         true,
		"The Kremlin denies that the army is a threat.":                                    true,
		"\"The best way to avert a crisis is through diplomacy,\" Blinken said.":           true,
		"The call will begin at 10 a.m., according to US media.":                           true,
		"Momentum was building Thursday for direct talks between the two leaders.":         true,
		"Lawmakers in Congress responded to the move by increasing the amount of the aid.": true,
	} {
		if got := sentenceFrom(text).tells(); got != want {
			t.Errorf("%q tells: %t", text, got)
		}
	}
}

func TestTrimmedSentence(t *testing.T) {
	for text, want := range map[string]string{
		"They met to discuss a number of conflicts. did.": "They met to discuss a number of conflicts.",
		"It was “maintaining fighting spirit.” said in.":  "It was “maintaining fighting spirit.”",
		"This is so..":                    "This is so.",
		"They met in the U.S. yesterday.": "They met in the U.S. yesterday.",
		"They met.":                       "They met.",
	} {
		if got := sentenceFrom(text).trimmed().text(); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestSpelledDays(t *testing.T) {
	for text, want := range map[string]string{
		"He said so on Wednesday in Riga.":        "He said so on Wednesday (1 December) in Riga.",
		"He will come yesterday, he said.":        "He will come yesterday (1 December), he said.",
		"“We meet on Friday,” he said.":           "“We meet on Friday,” he said.",
		"On December 1, 2021 they met.":           "On December 1, 2021 they met.",
		"They met in June and will meet in July.": "They met in June and will meet in July.",
	} {
		if got := spelledDays(text, "2021-12-02"); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got := spelledDays("On Friday.", ""); got != "On Friday." {
		t.Errorf("undated: %q", got)
	}
}
