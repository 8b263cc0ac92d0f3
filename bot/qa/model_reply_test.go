package qa

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func readReply(text string, size int) ([]Draft, *replyReader) {
	var got []Draft
	r := &replyReader{statement: func(d Draft) { got = append(got, d) }}
	for len(text) > 0 {
		n := min(size, len(text))
		r.write(text[:n])
		text = text[n:]
	}
	return got, r
}

func TestReplyReader(t *testing.T) {
	one := Draft{Text: `Says "no" [x] {y}`, Citations: []int{1, 2}, Quote: "q", Speaker: "s", Stance: Claim, Date: "2021", English: "e"}
	b, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	two := Draft{Text: "Two.", Citations: []int{3}}
	const second = `{"text": "Two.", "citations": [3]}`
	for name, c := range map[string]struct {
		text string
		want []Draft
	}{
		"plain":              {`{"answerable": true, "premise": "holds", "statements": [` + string(b) + `,` + second + `]}`, []Draft{one, two}},
		"fenced":             {"```json\n{\"statements\": [" + string(b) + "]}\n```", []Draft{one}},
		"prose around":       {"Sure! Here is {the} JSON [as asked]: {\"statements\" : [ " + string(b) + " ] }. I hope \"statements\": helps.", []Draft{one}},
		"bare list":          {"[" + second + "]", []Draft{two}},
		"fenced bare list":   {"```json\n[ " + second + "]\n```", []Draft{two}},
		"cut in the second":  {`{"statements": [` + second + `,{"text": "Tw`, []Draft{two}},
		"key inside a text":  {`{"premise": "\"statements\": [{\"text\": \"no\"}]", "statements": [` + second + `]}`, []Draft{two}},
		"wrong types":        {`{"statements": [{"text": "Two.", "citations": "[3]", "quote": null, "speaker": 7, "stance": []}]}`, []Draft{two}},
		"no object":          {`{"statements": ["Two.", 7, null, ` + second + `]}`, []Draft{two}},
		"no text":            {`{"statements": [{"citations": [1]}, {"text": ["x"]}, ` + second + `]}`, []Draft{two}},
		"broken object":      {`{"statements": [{"text": nonsense}, ` + second + `]}`, []Draft{two}},
		"empty":              {`{"answerable": false, "premise": "holds", "statements": []}`, nil},
		"nothing":            {"I cannot help with that.", nil},
		"escaped at the end": {`{"statements": [{"text": "a\\", "citations": [1]}]}`, []Draft{{Text: `a\`, Citations: []int{1}}}},
	} {
		for _, size := range []int{1, 2, 7, 1 << 20} {
			if got, _ := readReply(c.text, size); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%s by %d bytes: %+v, want %+v", name, size, got, c.want)
			}
		}
	}
}

// TestReplyReaderAtOnce: a statement is given by the byte that closes it.
func TestReplyReaderAtOnce(t *testing.T) {
	given := 0
	r := &replyReader{statement: func(Draft) { given++ }}
	r.write(`{"statements": [{"text": "One.", "citations": [1]`)
	if given != 0 {
		t.Fatal("given before it closed")
	}
	if r.write("}"); given != 1 {
		t.Fatal("not given when it closed")
	}
}

func TestReplyReaderBounds(t *testing.T) {
	many := `{"statements": [` + strings.Repeat(`{"text": "x", "citations": [1]},`, 500) + `]}`
	if got, _ := readReply(many, 100); len(got) != replyMostStatements {
		t.Errorf("%d statements of one reply", len(got))
	}
	long := `{"statements": [{"text": "` + strings.Repeat("x", replyMostObject) + `", "citations": [1]}]}`
	if got, _ := readReply(long, 100); len(got) != 0 {
		t.Error("a statement of any length is read")
	}
}

func TestReplyHead(t *testing.T) {
	for text, want := range map[string]replyHead{
		modelGood: {true, PremiseHolds, ""},
		`{"answerable": false, "premise": "false", "statements": []}`: {false, PremiseFalse, ""},
		`{"answerable": "false", "premise": "unsupported"`:            {false, PremiseUnsupported, ""},
		`{"verdict": "contradicted", "statements": []}`:               {true, PremiseHolds, "contradicted"},
		`{"verdict": "maybe"}`:                                        {true, PremiseHolds, ""},
	} {
		if _, r := readReply(text, 9); r.head() != want {
			t.Errorf("%s: %+v, want %+v", text, r.head(), want)
		}
	}
}

func FuzzReplyReader(f *testing.F) {
	f.Add(modelGood, 3)
	f.Add("```[{\"text\":\"\\", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		size = 1 + (size&0xff)%50
		small, _ := readReply(text, size)
		whole, r := readReply(text, len(text)+1)
		if !reflect.DeepEqual(small, whole) {
			t.Fatalf("%d pieces give %+v, one gives %+v", size, small, whole)
		}
		r.head()
		for _, d := range whole {
			if d.Text == "" {
				t.Fatal("a statement without a text")
			}
		}
	})
}
