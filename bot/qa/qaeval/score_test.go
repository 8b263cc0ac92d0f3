package qaeval

import (
	"math"
	"strings"
	"testing"

	"crisisbot/bot/qa"
)

func TestNormalise(t *testing.T) {
	for in, want := range map[string]string{
		"The U.S. and a  half-\nmoon!":   "us and half moon",
		"“The Kremlin” said: an apple.":  "“ kremlin” said apple",
		"Theatre, another, 1,000 (km)":   "theatre another 1000 km",
		"ПУТІН а the":                    "путін а",
		"":                               "",
		"a. an? the!":                    "",
		"$12 + 3 = <b>15</b> ~ ok_`x`^|": "12 3 b15b okx",
	} {
		if got := Normalise(in); got != want {
			t.Errorf("Normalise(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestContains(t *testing.T) {
	for _, tt := range []struct {
		text, answer string
		want         bool
	}{
		{"It began in October 1973, when", "October 1973", true},
		{"It began in October 19731", "October 1973", false},
		{"the price rose to nearly $12.", "$12", true},
		{"anything", "the", false},
		{"", "x", false},
	} {
		if got := Contains(tt.text, tt.answer); got != tt.want {
			t.Errorf("Contains(%q, %q) = %t", tt.text, tt.answer, got)
		}
	}
}

func TestAUROC(t *testing.T) {
	for _, tt := range []struct {
		pos, neg []float64
		want     float64
	}{
		{[]float64{2, 3}, []float64{0, 1}, 1},
		{[]float64{0}, []float64{1, 2}, 0},
		{[]float64{1, 1}, []float64{1, 1, 1}, 0.5},
		{[]float64{1, 3}, []float64{2, 1}, 0.625}, // pairs: .5 + 0 + 1 + 1 of 4
	} {
		if got := AUROC(tt.pos, tt.neg); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("AUROC(%v, %v) = %v, want %v", tt.pos, tt.neg, got, tt.want)
		}
	}
	if got := AUROC(nil, []float64{1}); !math.IsNaN(got) {
		t.Errorf("of nothing: %v", got)
	}
}

func TestRefusedAt(t *testing.T) {
	var pos []float64
	for i := range 20 {
		pos = append(pos, float64(i))
	}
	// 5 % of 20 is one: the threshold is the second lowest, 1; at 10 % it is 2.
	neg := []float64{0, 0.5, 1.5, 7}
	if got := refusedAt(pos, neg, 5); got != 0.5 {
		t.Errorf("at 5 %%: %v", got)
	}
	if got := refusedAt(pos, neg, 10); got != 0.75 {
		t.Errorf("at 10 %%: %v", got)
	}
}

const documents = `
{"id":"1","question":"When?","type":"answerable","answers":["October 1973","1973"],"evidence":[{"doc_id":"d1","quote":"October 1973"}],"context_doc_id":"d1"}

{"id":"2","question":"Where?","type":"answerable","answer":"Geneva","evidence":[{"doc_id":"d2","quote":"in Geneva"},{"doc_id":"d3","quote":"on the lake"}]}
{"id":"3","question":"Why?","type":"null","answer":"","evidence":[],"context_doc_id":"d1"}
`

const points = `
{"id":"q1","question":"Who?","type":"fact","conversation":"c1","answerable":true,"reason":"","evidence":[[{"file":"a.txt","quote":"Psaki said"},{"file":"b.txt","quote":"Psaki"}],[{"file":"a.txt","quote":"on Tuesday"}]],"note":""}
{"id":"q2","question":"And when?","type":"followup","conversation":"c1","answerable":true,"reason":"","evidence":[[{"file":"a.txt","quote":"on Tuesday"}]],"note":""}
{"id":"q3","question":"Why did he resign?","type":"false_premise","conversation":"","answerable":false,"reason":"false_premise","evidence":[[{"file":"a.txt","quote":"he stays"}]],"note":""}
{"id":"q4","question":"What is the GDP?","type":"offtopic","conversation":"","answerable":false,"reason":"off_topic","evidence":[],"note":""}
`

func read(t *testing.T, text string) []Question {
	t.Helper()
	qs, err := ReadQuestions(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return qs
}

func TestReadQuestions(t *testing.T) {
	d := read(t, documents)
	if len(d) != 3 || !d[0].Answerable || d[2].Answerable || d[0].ByPassage ||
		strings.Join(d[1].Documents, " ") != "d2 d3" || strings.Join(d[2].Documents, " ") != "d1" ||
		strings.Join(d[1].Answers, " ") != "Geneva" || len(d[2].Answers) != 0 {
		t.Errorf("documents: %+v", d)
	}
	p := read(t, points)
	if len(p) != 4 || !p[0].ByPassage || p[2].Answerable || p[2].Reason != "false_premise" || p[1].Conversation != "c1" ||
		len(p[0].Evidence) != 2 || len(p[0].Evidence[0]) != 2 || p[0].Evidence[1][0] != (Quote{"a.txt", "on Tuesday"}) {
		t.Errorf("points: %+v", p)
	}
	for _, tt := range []struct{ in, want string }{
		{"\n{", "line 2: "},
		{`{"id":"1"}`, `line 1: "id" and "question" must be given`},
		{`{"id":"1","question":"x","evidence":"y"}`, "line 1: evidence"},
	} {
		if _, err := ReadQuestions(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q gives %v, want %q", tt.in, err, tt.want)
		}
	}
}

func TestScoreByDocument(t *testing.T) {
	qs := read(t, documents)
	results := []Result{
		{Question: qs[0], Quotes: 1, Exact: 1,
			Retrieved: []Passage{{ID: "d1"}, {ID: "d1"}, {ID: "d2"}},
			Answer: qa.Answer{
				Confidence: .9,
				Statements: []qa.Statement{{Text: "It began in October 1973."}},
				Citations:  []qa.Citation{{ArticleID: "d1", Quote: "It began in October 1973."}},
			}},
		{Question: qs[1], Quotes: 1, Exact: 1,
			// documents once each: d1, d3, d4, d2: ranks 2 and 4 are relevant
			Retrieved: []Passage{{ID: "d1"}, {ID: "d3"}, {ID: "d1"}, {ID: "d4"}, {ID: "d2"}},
			Answer:    qa.Answer{Confidence: .2, Abstained: true, Nearest: []qa.Citation{{ArticleID: "d2", Quote: "They met in Geneva"}}}},
		{Question: qs[2], Answer: qa.Answer{Confidence: .2, Abstained: true}},
	}
	f := Score(results)
	ndcg2 := (1/math.Log2(3) + 1/math.Log2(5)) / (1 + 1/math.Log2(3))
	want := Retrieval{Questions: 2, Hit1: .5, Hit3: 1, Hit5: 1, Hit10: 1, MRR: .75, NDCG: round((1 + ndcg2) / 2)}
	if f.Retrieval != want {
		t.Errorf("retrieval %+v, want %+v", f.Retrieval, want)
	}
	if want := (Answers{Answered: .5, First: .5, Shown: .5, Complete: .5, Precision: .5, Recall: .5, Hit: .5, SentenceHit: 1, Characters: 21.5}); f.Answers != want {
		t.Errorf("answers %+v, want %+v", f.Answers, want)
	}
	if want := (Abstention{Refused: 1, FalseRefusals: .5, AUROC: .75}); f.Abstention != want {
		t.Errorf("abstention %+v, want %+v", f.Abstention, want)
	}
	if want := (Quotations{2, 2}); f.Quotations != want {
		t.Errorf("quotations %+v", f.Quotations)
	}
}

func TestScoreByPassage(t *testing.T) {
	qs := read(t, points)
	cite := func(file, quote string) qa.Citation {
		return qa.Citation{ArticleID: "id-" + file, File: file, Quote: quote}
	}
	results := []Result{
		{Question: qs[0],
			Retrieved: []Passage{{File: "c.txt", Text: "Psaki said so"}, {File: "b.txt", Text: "Ms. Psaki went"}},
			Answer:    qa.Answer{Citations: []qa.Citation{cite("c.txt", "Psaki said"), cite("a.txt", "Then Psaki said")}}},
		{Question: qs[1], Answer: qa.Answer{Citations: []qa.Citation{cite("a.txt", "Tuesday")}}},
		{Question: qs[2], Answer: qa.Answer{Citations: []qa.Citation{cite("a.txt", "No, he stays.")}}},
		{Question: qs[3], Answer: qa.Answer{Abstained: true, Reason: qa.NothingRelevant}},
	}
	f := Score(results)
	if want := (Retrieval{Questions: 1, Hit3: 1, Hit5: 1, Hit10: 1, MRR: .5}); f.Retrieval != want {
		t.Errorf("retrieval %+v, want %+v", f.Retrieval, want)
	}
	if want := (Answers{Answered: 1, First: .5, Shown: 1, Complete: .5, Precision: .75, Recall: .75}); f.Answers != want {
		t.Errorf("answers %+v, want %+v", f.Answers, want)
	}
	if f.Abstention.Refused != .5 || f.Abstention.FalseRefusals != 0 || f.Abstention.RightReason != 0 {
		t.Errorf("abstention %+v", f.Abstention)
	}
	want := []Type{
		{Name: "fact", Questions: 1, Answerable: 1, Answered: 1, Shown: 1, Right: 1},
		{Name: "followup", Questions: 1, Answerable: 1, Answered: 1, First: 1, Shown: 1, Complete: 1, Right: 1},
		{Name: "false_premise", Questions: 1, Answered: 1, First: 1, Shown: 1, Complete: 1, Right: 1},
		{Name: "offtopic", Questions: 1, Refused: 1, Right: 1},
	}
	for i, w := range want {
		if i >= len(f.Types) || f.Types[i] != w {
			t.Errorf("types %+v, want %+v", f.Types, want)
			break
		}
	}
}

func TestScoreOfNothing(t *testing.T) {
	if f := Score(nil); f.Questions != 0 || f.Types != nil || math.IsNaN(f.Abstention.AUROC) {
		t.Errorf("%+v", f)
	}
}
