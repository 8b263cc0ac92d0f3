package qa

import "testing"

func TestActive(t *testing.T) {
	isName := library(t, wordSeeds).IsName
	for in, want := range map[string]string{
		"Russia was accused by Blinken in Riga of trying to destabilise Ukraine.":           "Blinken accused Russia in Riga of trying to destabilise Ukraine.",
		"Zelensky was accused of playing with fire by Dmitry Kozak.":                        "Dmitry Kozak accused Zelensky of playing with fire.",
		"The security talks in January were proposed by Moscow and accepted by Washington.": "Moscow proposed the security talks in January and accepted by Washington.",
		"NATO's plans were called unacceptable by Lukashenko.":                              "Lukashenko called NATO's plans unacceptable.",
		"Sending troops has been ruled out by Biden.":                                       "Biden ruled out sending troops.",
		"Lavrov said that Moscow was accused by Ukraine of plotting.":                       "Lavrov said that Ukraine accused Moscow of plotting.",
		"The sentence was spoken by the U.S. Secretary of State.":                           "the U.S. Secretary of State spoken the sentence.",
		"The talks were held by Friday.":                                                    "The talks were held by Friday.",
		"No date was named by Ryabkov.":                                                     "No date was named by Ryabkov.",
		"Lavrov says Moscow was accused by Ukraine.":                                        "Lavrov says Moscow was accused by Ukraine.",
		"The meeting that was proposed by Blinken took place.":                              "The meeting that was proposed by Blinken took place.",
		"Ukraine joined NATO.":                                                              "Ukraine joined NATO.",
	} {
		if got := active(in, isName); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", in, got, want)
		}
	}
}

func TestSaidBy(t *testing.T) {
	isName := library(t, wordSeeds).IsName
	for in, want := range map[string]string{
		"According to Lavrov, the talks begin in January.": "Lavrov says that the talks begin in January.",
		"The talks begin in January, according to Lavrov.": "Lavrov says that the talks begin in January.",
		"Crimea is Ukrainian, according to Zelensky":       "Zelensky says that Crimea is Ukrainian",
		"It went according to plan.":                       "It went according to plan.",
	} {
		if got := saidBy(in, isName); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"It begins at 10 in the morning.":                  "It begins at 10 a.m.",
		"It begins at 6 o'clock in the evening, they say.": "It begins at 6 p.m., they say.",
		"Troops gathered in the morning.":                  "Troops gathered in the morning.",
	} {
		if got := onTheClock(in); got != want && got != want+"." {
			t.Errorf("%s became %s", in, got)
		}
	}
}
