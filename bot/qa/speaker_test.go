package qa

import (
	"slices"
	"strings"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

func sentenceFrom(text string) *sentence {
	span := article.Span{End: len(text)}
	return plainSentence(&retrieval.Passage{
		Article: &article.Article{ID: "a", Text: text},
		Passage: article.Passage{Span: span, Sentences: []article.Span{span}},
	}, 0)
}

func TestAttribute(t *testing.T) {
	for _, c := range []struct {
		text    string
		speaker string
	}{
		// the subject stands before its verb, and not every name there is it
		{"Blinken said the talks would go on.", "Blinken"},
		{"Ukrainian Foreign Minister Dmytro Kuleba, who also met Blinken, said his country would wait.", "Ukrainian Foreign Minister Dmytro Kuleba"},
		{"Moscow, which seized Crimea in 2014 and backs fighters near Kiev, has strongly denied the plan.", "Moscow"},
		{"Russian Foreign Minister Sergei Lavrov on Thursday called for guarantees.", "Russian Foreign Minister Sergei Lavrov"},
		{"At a meeting in Riga on Wednesday, Blinken had accused Russia of trying to unsettle Ukraine.", "Blinken"},
		{"Biden reaffirmed his goal in a meeting with Putin, saying the summit could address it.", "Biden"},
		{"On the day Zelensky came, Kremlin official Dmitry Kozak rebelled against it, saying Russia would act.", "Dmitry Kozak"},
		{"The Pentagon was forced to deny the report.", "Pentagon"},
		{"Yesterday Secretary of State Blinken said so.", "Secretary of State Blinken"},
		{"Lawmakers in Congress responded to the move.", "Lawmakers in Congress"},
		{"US Secretary of State Antony Blinken and his French and German counterparts called on Russia to stop.", "US Secretary of State Antony Blinken and his French and German counterparts"},
		// behind a quotation
		{`"Diplomacy is the best way," Blinken said.`, "Blinken"},
		{`"Our problems are multiplying," said Russia's Deputy Foreign Minister Sergei Ryabkov.`, "Russia's Deputy Foreign Minister Sergei Ryabkov"},
		{`Our problems are multiplying," said Sergei Ryabkov on Monday.`, "Sergei Ryabkov"},
		{`‘We don’t want it,’ government-run news outlet TASS reported Shoigu as saying.`, "Shoigu"},
		{`"We see a threat," Kremlin spokesman Dmitry Peskov told reporters.`, "Kremlin spokesman Dmitry Peskov"},
		{`“Ukraine said no,” the statement said.`, "the statement"},
		// bodies and offices
		{"The Ukrainian government said there were 120,000 soldiers.", "Ukrainian government"},
		{"Russia’s defense minister said Tuesday that it was a drill.", "Russia’s defense minister"},
		{"A senior U.S. official said Blinken had proposed a meeting.", "senior U.S. official"},
		{"The Russian Foreign Ministry says Kiev has troops there.", "Russian Foreign Ministry"},
		{"As recently as today the State Department told AFP that it goes on.", "State Department"},
		{"For weeks, Western nations have been warning of an attack.", "Western nations"},
		// according to
		{"According to the White House, President Joe Biden called Putin.", "White House"},
		{"The call will begin at 10 a.m., according to US media.", "US media"},
		{"On the other hand, according to his US envoy, Jen Psaki, Biden will speak.", "Jen Psaki"},
		{"According to a statement, President Zelensky visited the front.", "a statement"},
		{"According to the minister, Russia will attack.", "the minister"},
		{"It rose to 50, according to the AFP news agency.", "AFP news agency"},
		// nobody speaks
		{"Putin and Biden met at a summit in Geneva.", ""},
		{"They were to discuss allegations raised by Kiev in Sweden.", ""},
		{"Shoigu (right, pictured with President Vladimir Putin) made a stunning accusation.", ""},
		{"The video call was the second since Biden took office.", ""},
		{"Russia was accused of trying to unsettle Ukraine.", ""},
		{"Both parties have condemned Growth in numbers.", ""},
		{`The plan "Blinken said no" failed.`, ""},
		{"Said in a statement.", ""},
		{"", ""},
	} {
		if at := attribute(sentenceFrom(c.text)); at.speaker != c.speaker || at.pronoun {
			t.Errorf("%s\n\tspeaker %q (pronoun %t), want %q", c.text, at.speaker, at.pronoun, c.speaker)
		}
	}
	for _, text := range []string{
		"He said that Moscow wants guarantees.", `"It is alarming," he added.`, `"It is alarming," said he.`,
		`It is so," he was quoted as saying by Russian news agencies.`, "According to him, it is so.", "But she called on Kiev to wait.",
	} {
		if at := attribute(sentenceFrom(text)); !at.pronoun || at.speaker != "" {
			t.Errorf("%q: %+v, want a pronoun", text, at)
		}
	}
}

func TestAttributeDenial(t *testing.T) {
	for text, want := range map[string]bool{
		"The Pentagon has denied these claims.":          true,
		"Peskov rejected the warnings.":                  true,
		"Blinken said Russia denied it.":                 false,
		"Blinken warned of consequences.":                false,
		"The Kremlin denies that the army is a threat.":  true,
		"The denial came late, Blinken said.":            false,
		`Blinken said: "They denied it."`:                false,
		"The claim was denied by nobody, Blinken added.": false,
	} {
		if at := attribute(sentenceFrom(text)); at.denial != want {
			t.Errorf("%q: denial %t, want %t", text, at.denial, want)
		}
	}
}

// Every form in which news prints a verb of saying is known.
func TestSayingVerbs(t *testing.T) {
	for _, form := range strings.Fields(`said told stated announced claimed accused warned denied rejected declared argued insisted added suggested
called urged asked demanded promised vowed pledged predicted confirmed described expressed reaffirmed stressed emphasized admitted acknowledged
condemned criticized blamed alleged remarked replied responded answered threatened proposed agreed dismissed refuted repeated explained wrote`) {
		s := sentenceFrom("Blinken " + form + " that.")
		if at := attribute(s); at.speaker != "Blinken" {
			t.Errorf("%s: speaker %q", form, at.speaker)
		}
	}
}

func TestQuotations(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`"Bad," he said. "Very bad."`, `"Bad,"|"Very bad."`},
		{`We go," he said.`, `We go,"`},
		{`He said: "We go. And`, `"We go. And`},
		{`‘We don’t want it,’ he said of the allies’ plan.`, `‘We don’t want it,’`},
		{`“A ‘small’ plan,” he said.`, `“A ‘small’ plan,”`},
		{`the soldiers’ boots and Kiev's plan`, ``},
		{``, ``},
		{`"`, `"`},
	} {
		var got []string
		for _, s := range quotations(c.text) {
			got = append(got, s.In(c.text))
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q, want %s", c.text, got, c.want)
		}
	}
}

func TestOpensWithPronoun(t *testing.T) {
	for text, want := range map[string]bool{
		"He denied it.": true, "But they left.": true, "So it goes.": true, "This is new.": true, "Their talks failed.": true,
		"It said no.": true, "It was agreed that talks go on.": false, "It's clear that they met.": true, "Talks failed.": false, "But talks failed.": false, "": false,
	} {
		if got := opensWithPronoun(analysis.Terms(text)); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

func TestIsPerson(t *testing.T) {
	for name, want := range map[string]bool{
		"Blinken": true, "Foreign Minister Sergei Lavrov": true, "Russia's Deputy Foreign Minister Sergei Ryabkov": true,
		"Moscow": false, "Russian": false, "White House": false, "Ukrainian government": false, "State Department": false, "the statement": false, "": false,
	} {
		if isPerson(name) != want {
			t.Errorf("%q: %t, want %t", name, !want, want)
		}
	}
}

// A statement that only has a pronoun is shown with who is meant and with the
// sentence that names him.
func TestPronounIsResolved(t *testing.T) {
	lib := printedStories(t, article.Article{Published: "2021-12-02", Text: `Envoys meet

Envoy Anna Berg, who also met Minister Jan Kos, said the harbour stays open. She called on the neighbours to open the lighthouse road.

Poland has rejected the plan for the ferry. He also spoke of the new ferry timetable.
`})
	for _, c := range []struct {
		question, speaker, text string
		cited                   []string
	}{
		{"What about the lighthouse road?", "Envoy Anna Berg", "Envoy Anna Berg called on", []string{"She called on", "Envoy Anna Berg, who"}},
		{"What about the ferry timetable?", "Envoy Anna Berg", "Envoy Anna Berg also spoke", nil},
	} {
		q := inquiryOf(t, lib, c.question)
		var d draft
		s := sentenceOf(t, lib, strings.TrimSuffix(strings.TrimPrefix(c.question, "What about the "), "?"))
		d.add(q, s)
		st := d.statements[0]
		if st.Speaker != c.speaker || st.Stance != Claim || !strings.HasPrefix(st.Text, c.text) {
			t.Errorf("%+v, want speaker %s and %s", st, c.speaker, c.text)
		}
		for i, part := range c.cited {
			if !strings.HasPrefix(d.citations[st.Citations[i]-1].Quote, part) {
				t.Errorf("citation %d is %q, want %q", i+1, d.citations[i].Quote, part)
			}
		}
	}
}

// What stands inside a quotation of several sentences is laid to its speaker,
// whether named behind it or before.
func TestSpeakerOfALongQuotation(t *testing.T) {
	lib := printedStories(t, article.Article{Published: "2021-12-02", Text: `Envoys meet

"The ferry date has not been agreed. There are problems with the calendar," said Envoy Anna Berg.

Minister Jan Kos told reporters: "The lighthouse is closed. The harbour road will follow soon."

The bakery opened. "Nobody knows whose bread that is."
`})
	for part, want := range map[string]string{
		"ferry date": "Envoy Anna Berg", "harbour road": "Minister Jan Kos", "whose bread": "",
	} {
		var d draft
		d.add(inquiryOf(t, lib, "What about the "+part+"?"), sentenceOf(t, lib, part))
		st := d.statements[0]
		if st.Speaker != want || want != "" && (st.Stance != Claim || len(st.Citations) != 2) {
			t.Errorf("%s: %+v, want speaker %q", part, st, want)
		}
	}
}

// A sentence whose pronoun nobody can be found for brings the one before it; a
// caption takes no context from the paragraph above it.
func TestContextOfAPronoun(t *testing.T) {
	lib := printedStories(t, article.Article{Published: "2021-12-02", Text: `Ferry stopped

The ferry stopped in March. This was the third time in a decade.
`})
	var d draft
	d.add(inquiryOf(t, lib, "Was it the third time?"), sentenceOf(t, lib, "third time"))
	if st := d.statements[0]; st.Text != "The ferry stopped in March. This was the third time in a decade." || !slices.Equal(st.Citations, []int{1, 2}) {
		t.Errorf("%+v", st)
	}
}
