package qa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// The lines of the evaluation set in testdata, whose README says what each
// field means.
type (
	setQuote struct {
		File  string `json:"file"`
		Quote string `json:"quote"`
	}
	setQuestion struct {
		ID           string       `json:"id"`
		Question     string       `json:"question"`
		Type         string       `json:"type"`
		Conversation string       `json:"conversation"`
		Answerable   bool         `json:"answerable"`
		Reason       string       `json:"reason"`
		Evidence     [][]setQuote `json:"evidence"`
		Note         string       `json:"note"`
	}
	setClaim struct {
		ID       string       `json:"id"`
		Claim    string       `json:"claim"`
		Verdict  string       `json:"verdict"`
		Why      string       `json:"why"`
		Evidence [][]setQuote `json:"evidence"`
	}
	setSummary struct {
		ID   string `json:"id"`
		Task struct {
			Topic   string `json:"topic"`
			Article string `json:"article"`
			Since   string `json:"since"`
			Until   string `json:"until"`
			Length  string `json:"length"`
		} `json:"task"`
		Points []struct {
			Point    string     `json:"point"`
			Evidence []setQuote `json:"evidence"`
		} `json:"points"`
	}
	setEvent struct {
		ID        string     `json:"id"`
		Event     string     `json:"event"`
		Date      string     `json:"date"`
		Precision string     `json:"precision"`
		Evidence  []setQuote `json:"evidence"`
		Note      string     `json:"note"`
	}
	setDisagreement struct {
		ID    string `json:"id"`
		About string `json:"about"`
		Kind  string `json:"kind"`
		Sides []struct {
			Value    string     `json:"value"`
			Evidence []setQuote `json:"evidence"`
		} `json:"sides"`
		Note string `json:"note"`
	}
)

// readSet decodes testdata/name line by line and refuses unknown fields.
func readSet[T any](t *testing.T, name string) []T {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	for i, line := range bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n")) {
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		var one T
		if err := d.Decode(&one); err != nil {
			t.Fatalf("%s line %d: %v", name, i+1, err)
		}
		all = append(all, one)
	}
	return all
}

// setArticles returns the texts of the five articles by base name.
func setArticles(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "seeds", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no articles found: %v", err)
	}
	texts := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(f)] = string(b)
	}
	return texts
}

// checkQuotes reports an empty list and every quote that is not an exact
// substring of its article.
func checkQuotes(t *testing.T, texts map[string]string, id string, quotes []setQuote) {
	t.Helper()
	if len(quotes) == 0 {
		t.Errorf("%s: a list of evidence is empty", id)
	}
	for _, q := range quotes {
		text, ok := texts[q.File]
		switch {
		case !ok:
			t.Errorf("%s: no article %q", id, q.File)
		case q.Quote == "" || q.Quote != strings.TrimSpace(q.Quote):
			t.Errorf("%s: quote %q is empty or has spaces around it", id, q.Quote)
		case !strings.Contains(text, q.Quote):
			t.Errorf("%s: %q does not occur in %s", id, q.Quote, q.File)
		}
	}
}

// checkNew reports a text that is empty or was seen before, in any case.
func checkNew(t *testing.T, seen map[string]bool, id string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		s = strings.ToLower(s)
		if s == "" || seen[s] {
			t.Errorf("%s: %q is empty or occurs twice", id, s)
		}
		seen[s] = true
	}
}

func checkCounts(t *testing.T, got, least map[string]int) {
	t.Helper()
	for kind, n := range least {
		if got[kind] < n {
			t.Errorf("%d of %q, want at least %d", got[kind], kind, n)
		}
	}
	for kind := range got {
		if least[kind] == 0 {
			t.Errorf("unknown kind %q", kind)
		}
	}
}

func TestSetQuestions(t *testing.T) {
	texts := setArticles(t)
	count, seen := map[string]int{}, map[string]bool{}
	closed, last := map[string]bool{}, ""
	for _, q := range readSet[setQuestion](t, "questions.jsonl") {
		checkNew(t, seen, q.ID, q.ID, q.Conversation+": "+q.Question)
		count[q.Type]++
		for _, point := range q.Evidence {
			checkQuotes(t, texts, q.ID, point)
		}
		if hasEvidence := len(q.Evidence) > 0; hasEvidence != (q.Answerable || q.Reason == "false_premise") {
			t.Errorf("%s: evidence belongs to answerable questions and false premises, and to no others", q.ID)
		}
		reasons := []string{"nothing_relevant", "outside_period", "not_stated", "false_premise", "off_topic"}
		if q.Answerable && q.Reason != "" || !q.Answerable && !slices.Contains(reasons, q.Reason) {
			t.Errorf("%s: answerable is %t with reason %q", q.ID, q.Answerable, q.Reason)
		}
		if q.Conversation != last {
			if closed[q.Conversation] {
				t.Errorf("%s: conversation %s was left and taken up again", q.ID, q.Conversation)
			}
			closed[last] = last != ""
		}
		if goesOn := q.Conversation != "" && q.Conversation == last; goesOn != (q.Type == "followup") {
			t.Errorf("%s: type %q, but goes on with a conversation: %t", q.ID, q.Type, goesOn)
		}
		last = q.Conversation
	}
	checkCounts(t, count, map[string]int{
		"fact": 25, "paraphrase": 20, "spelling": 10, "attribution": 15, "time": 12, "multi": 10,
		"unanswerable": 18, "offtopic": 5, "false_premise": 8, "injection": 6, "followup": 12, "later": 4,
	})
}

// A paraphrase shares no content word with the quotes that answer it, so that
// only its meaning leads to them.
func TestSetParaphrases(t *testing.T) {
	names := setNames(setArticles(t))
	for _, q := range readSet[setQuestion](t, "questions.jsonl") {
		if q.Type != "paraphrase" {
			continue
		}
		asked := contentStems(q.Question, names)
		for _, point := range q.Evidence {
			for _, e := range point {
				for stem, word := range contentStems(e.Quote, names) {
					if asked[stem] != "" {
						t.Errorf("%s: %q of the question is %q in %q", q.ID, asked[stem], word, e.Quote)
					}
				}
			}
		}
	}
}

func TestContentStems(t *testing.T) {
	names := map[string]bool{"kyiv": true}
	for _, c := range []struct {
		text string
		want string
	}{
		{"Is Kyiv building up its forces?", "[build forc]"},
		{"The army's buildings, and 14,000 soldiers", "[000 14 arm build soldi]"},
		{"denied denies deny", "[den]"},
	} {
		var stems []string
		for stem := range contentStems(c.text, names) {
			stems = append(stems, stem)
		}
		slices.Sort(stems)
		if got := fmt.Sprint(stems); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func setWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// setNames returns, in lower case, the words that are capitalised wherever they
// occur in the articles.
func setNames(texts map[string]string) map[string]bool {
	names := map[string]bool{}
	for _, text := range texts {
		for _, w := range setWords(text) {
			names[strings.ToLower(w)] = true
		}
	}
	for _, text := range texts {
		for _, w := range setWords(text) {
			if !unicode.IsUpper([]rune(w)[0]) {
				delete(names, strings.ToLower(w))
			}
		}
	}
	return names
}

var setStopWords = strings.Fields(`a about after again against all also although am an and any are as at be because been before being but by can could
 d did do does doing don during each else for from get got had has have having he her him his how i if in into is it its ll
 may me might more most must my no nor not of off on only or other our out over own re s shall she should so some such t than that
 the their them then there these they this those to too under until up ve very was we were what when where which while who whom whose
 why will with would yet you your`)

// contentStems maps the crude stem of each content word of text to the word:
// stop words and names are no content, and endings are cut so greedily that two
// forms of a word meet even where two words do.
func contentStems(text string, names map[string]bool) map[string]string {
	stems := map[string]string{}
	for _, w := range setWords(strings.ToLower(text)) {
		if names[w] || slices.Contains(setStopWords, w) {
			continue
		}
		stem := w
		for _, end := range []string{"ations", "ation", "ings", "ing", "ments", "ment", "ers", "ies", "ied", "er", "ed", "es", "ly", "s", "e", "y"} {
			if cut, ok := strings.CutSuffix(w, end); ok && len(cut) >= 3 {
				stem = cut
				break
			}
		}
		stems[stem] = w
	}
	return stems
}

func TestSetClaims(t *testing.T) {
	texts := setArticles(t)
	count, seen := map[string]int{}, map[string]bool{}
	for _, c := range append(readSet[setClaim](t, "claims.jsonl"), readSet[setClaim](t, "claims_hard.jsonl")...) {
		checkNew(t, seen, c.ID, c.ID, c.Claim)
		count[c.Verdict]++
		if c.Why == "" {
			t.Errorf("%s: no reason", c.ID)
		}
		if (len(c.Evidence) == 0) != (c.Verdict == "not_in_articles") {
			t.Errorf("%s: %s with %d points of evidence", c.ID, c.Verdict, len(c.Evidence))
		}
		for _, point := range c.Evidence {
			checkQuotes(t, texts, c.ID, point)
		}
	}
	checkCounts(t, count, map[string]int{"supported": 15, "contradicted": 15, "not_in_articles": 15})
}

func TestSetSummaries(t *testing.T) {
	texts := setArticles(t)
	all, seen := readSet[setSummary](t, "summaries.jsonl"), map[string]bool{}
	if len(all) < 14 {
		t.Errorf("%d tasks, want at least 14", len(all))
	}
	for _, s := range all {
		checkNew(t, seen, s.ID, s.ID, fmt.Sprint(s.Task))
		if s.Task.Topic+s.Task.Article+s.Task.Since+s.Task.Until == "" {
			t.Errorf("%s: nothing says what to summarise", s.ID)
		}
		for _, day := range []string{s.Task.Since, s.Task.Until} {
			if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
				t.Errorf("%s: %v", s.ID, err)
			}
		}
		if !slices.Contains([]string{"short", "medium", "long"}, s.Task.Length) {
			t.Errorf("%s: length %q", s.ID, s.Task.Length)
		}
		if n := len(s.Points); n < 4 || n > 8 {
			t.Errorf("%s: %d points, want 4 to 8", s.ID, n)
		}
		for _, p := range s.Points {
			checkNew(t, seen, s.ID, s.ID+": "+p.Point)
			checkQuotes(t, texts, s.ID, p.Evidence)
		}
	}
}

func TestSetEvents(t *testing.T) {
	texts := setArticles(t)
	all, seen := readSet[setEvent](t, "events.jsonl"), map[string]bool{}
	if len(all) < 28 {
		t.Errorf("%d events, want at least 28", len(all))
	}
	layouts := map[string]string{"day": "2006-01-02", "month": "2006-01", "year": "2006"}
	for _, e := range all {
		checkNew(t, seen, e.ID, e.ID, e.Event)
		if layout, ok := layouts[e.Precision]; !ok {
			t.Errorf("%s: precision %q", e.ID, e.Precision)
		} else if _, err := time.Parse(layout, e.Date); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		checkQuotes(t, texts, e.ID, e.Evidence)
	}
}

func TestSetDisagreements(t *testing.T) {
	texts := setArticles(t)
	count, seen := map[string]int{}, map[string]bool{}
	for _, d := range readSet[setDisagreement](t, "disagreements.jsonl") {
		count[d.Kind]++
		checkNew(t, seen, d.ID, d.ID, d.About)
		if len(d.Sides) < 2 {
			t.Errorf("%s: %d sides, want at least 2", d.ID, len(d.Sides))
		}
		for _, side := range d.Sides {
			checkNew(t, seen, d.ID, d.ID+": "+side.Value)
			checkQuotes(t, texts, d.ID, side.Evidence)
		}
	}
	checkCounts(t, count, map[string]int{"figure": 3, "account": 7, "quotation": 5, "minor": 1})
}
