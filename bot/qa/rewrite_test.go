package qa

import "testing"

func TestCompleted(t *testing.T) {
	lib := library(t, wordSeeds)
	a := New(lib, Options{Now: evalDay})
	zelensky := Answer{Statements: []Statement{{Text: "On April 8 President Volodymyr Zelensky visited the front.", Citations: []int{1}}}}
	for _, c := range []struct {
		before   string
		answered Answer
		text     string
		want     string
		alone    bool
	}{
		{"What did Lavrov accuse NATO of in Stockholm?", Answer{}, "and Kuleba?", "What did Kuleba accuse NATO of in Stockholm", true},
		{"What did Lukashenko say about the allegations?", Answer{}, "and about nato?", "What did Lukashenko say about nato", true},
		{"How many troops did Ukraine count in late December?", Answer{}, "what about earlier in december?", "How many troops did Ukraine count earlier in december", true},
		{"When did Zelensky visit the front line in April?", Answer{}, "why did he go there?", "why Zelensky visit the front line in April", true},
		{"Did Russia agree to talks?", Answer{}, "when?", "when Russia agree to talks", true},
		{"Who went to the front in Donbas?", zelensky, "did anyone criticise him for it?", "did anyone criticise Zelensky for it", false},
		{"What did Biden promise about red lines?", Answer{}, "and what will he focus on in the call?", "and what will Biden focus on in the call", false},
		{"What did Biden promise about red lines?", Answer{}, "who said that?", "who said that?", false},
		{"What did Biden promise about red lines?", Answer{}, "Who took Crimea from Ukraine in 2014?", "Who took Crimea from Ukraine in 2014?", false},
	} {
		got, alone := a.completed(c.text, []Turn{{Question: c.before, Answer: c.answered}})
		if got != c.want || alone != c.alone {
			t.Errorf("%q, %q: %q %t, want %q %t", c.before, c.text, got, alone, c.want, c.alone)
		}
	}
}

// Who said what was cited last is told from there.
func TestWhoSaidThat(t *testing.T) {
	answers := converse(t, "What will Biden focus on?", "who said that?")
	last := answers[1]
	if last.Abstained || len(last.Citations) == 0 || last.Citations[0].Quote != answers[0].Citations[0].Quote {
		t.Errorf("%s\n%s", answers[0].Text, last.Text)
	}
}
