package qa

import (
	"slices"
	"strings"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
)

func TestFollowsUp(t *testing.T) {
	for text, want := range map[string]bool{
		"and who answered him?":                       true,
		"What did Kuleba say his country would show?": false,
		"What did Kuleba say to him?":                 true,
		"What did his country do?":                    true,
		"why?":                                        true,
		"what about NATO?":                            true,
		"What did he say?":                            true,
		"When was that?":                              true,
		"go on":                                       true,
		"what else?":                                  true,
		"Who met Lavrov in Stockholm?":                false,
		"When did Russia annex Crimea?":               false,
		"Why did Biden call Putin in December?":       false,
		"So what did the Kremlin say about Biden's offer of a summit?":                                    false,
		"What did Blinken tell Lavrov about the troops that Russia has massed near the Ukrainian border?": false,
		"": true,
	} {
		if followsUp(text) != want {
			t.Errorf("%q: %t, want %t", text, !want, want)
		}
	}
}

// converse asks one question after the other.
func converse(t *testing.T, questions ...string) []Answer {
	t.Helper()
	var history []Turn
	var answers []Answer
	for _, text := range questions {
		ans := ask(t, library(t, wordSeeds), Question{Text: text, History: history})
		history = append(history, Turn{text, ans})
		answers = append(answers, ans)
	}
	return answers
}

func TestConversation(t *testing.T) {
	answers := converse(t, "What did Kuleba say his country would show?", "and what did he ask of its partners?")
	if got := answers[1]; got.Abstained || !strings.Contains(got.Text, "deterrence package") || got.Statements[0].Speaker != "Ukrainian Foreign Minister Dmytro Kuleba" {
		t.Errorf("%s\n%+v", got.Text, got.Statements)
	}
	answers = converse(t, "What did Lukashenko say about the American allegations?", "and about nato?")
	if got := answers[1]; !strings.Contains(got.Text, "NATO’s plans in the region “Unacceptable”") {
		t.Error(got.Text)
	}
}

// What was cited already is not said again, but for when or where it was.
func TestContinuity(t *testing.T) {
	lib := library(t, wordSeeds)
	s := sentenceOf(t, lib, "Blinken met with Russian Foreign Minister")
	first := ask(t, lib, Question{Text: "Who met Lavrov?"})
	first.Citations = []Citation{cite(s.Passage, s.span.Start, s.span.End)}
	history := []Turn{{"Who met Lavrov?", first}}
	for _, c := range []struct {
		question string
		again    bool
	}{{"and what did he say?", false}, {"and where was that?", true}, {"and when?", true}} {
		q := inquiryOf(t, lib, c.question)
		q.continues(history, true)
		if got := q.continuity(s); (got >= 0) != c.again {
			t.Errorf("%s: %g", c.question, got)
		}
		next := sentenceOf(t, lib, "urged Russia to “withdraw its forces”")
		if near, far := q.continuity(next), q.continuity(sentenceOf(t, lib, "main adversaries")); near <= far || far <= 0 {
			t.Errorf("%s: %g for what follows, %g for what stands far off", c.question, near, far)
		}
	}
	q := inquiryOf(t, lib, "Who met Lavrov in Stockholm?")
	q.continues(nil, false)
	if got := q.continuity(s); got != 0 {
		t.Errorf("without a conversation: %g", got)
	}
}

func TestWithContext(t *testing.T) {
	a := New(library(t, wordSeeds), Options{})
	history := []Turn{
		{Question: "Who is the president of Finland?"},
		{Question: "What did Lukashenko say?", Answer: Answer{Statements: []Statement{{Text: "They need a reason to attack Russia, he said.", Speaker: "Alexander Lukashenko"}}}},
		{Question: "and why?", Answer: Answer{Statements: []Statement{{Text: "It is Minsk."}}}},
	}
	whole, terms := a.withContext("and about NATO?", history)
	if want := "and about NATO? (What did Lukashenko say? and why?)"; whole != want {
		t.Errorf("%q, want %q", whole, want)
	}
	has := func(word string) bool {
		return slices.ContainsFunc(terms, func(q retrieval.QueryTerm) bool { return q.Text == analysis.Word(word) && q.Weight == contextWeight })
	}
	if !has("Lukashenko") || !has("Minsk") || has("Finland") || has("reason") {
		t.Errorf("%v", terms)
	}
}
