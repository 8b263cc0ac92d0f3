// Package prompts holds every text that is sent to a language model: one
// template a prompt and one typed function that renders it. Articles, questions
// and earlier replies are data. They stand between two lines that carry a mark
// drawn anew for each prompt, which occurs in none of them, so that nothing
// inside can pose as an instruction by closing the data early.
package prompts

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"
)

// A Prompt is what one request sends.
type Prompt struct {
	Name   string          // of the template, such as "answer"
	System string          // the rules; no word of it comes from an article or a user
	User   string          // the task and its data
	Schema json.RawMessage // JSON Schema of the reply, strict: every property is required
}

// Hash returns the SHA-256 of the prompt in hexadecimal, by which a record of an
// answer names it.
func (p Prompt) Hash() string {
	h := sha256.Sum256([]byte(p.System + "\x00" + p.User + "\x00" + string(p.Schema)))
	return hex.EncodeToString(h[:])
}

// A Passage is a numbered stretch of an article. Number, Published and Text are
// needed, except that Published may be empty where the day is unknown.
type Passage struct {
	Number            int // as it is cited, from 1
	Outlet            string
	Title             string
	Published         string // day, "2006-01-02"
	DateInferred      bool
	MachineTranslated bool
	Origin            string // passages of one origin are one report, such as "A"
	Text              string
}

// A Turn is an earlier question of the conversation and the text that answered it.
type Turn struct{ Question, Answer string }

// A Rejected statement failed its check for the reason Why, a clause such as
// `the number 125000 is not in the cited passages`.
type Rejected struct{ Statement, Why string }

// About is what every prompt on passages has.
type About struct {
	Language    string // of the statements, a name such as "English"
	First, Last string // first and last day that the articles cover
	Passages    []Passage
	Brief       bool // fewer rules, for a small model or context
}

// An Asked question with all that an answer may draw on.
type Asked struct {
	About
	Question     string
	Conversation string // summary of the conversation so far; may be empty
}

// A FollowUp is a question that may lean on earlier turns.
type FollowUp struct {
	Question    string
	Turns       []Turn // oldest first
	First, Last string
	Brief       bool // for a small model or context
}

// A Summarised topic. Topic may be empty: then it is the whole of the passages.
type Summarised struct {
	About
	Topic     string
	Sentences int // at most
}

// A Note is a statement of an earlier step, checked.
type Note struct {
	Number int // as it is cited, from 1
	Text   string
}

// Merged notes make one summary. Passages is not used.
type Merged struct {
	About
	Topic     string
	Sentences int // at most
	Notes     []Note
}

// A Dated topic, for a timeline.
type Dated struct {
	About
	Topic  string
	Events int // at most
}

// A Claimed sentence that the articles may support or contradict.
type Claimed struct {
	About
	Claim string
}

// A Repaired reply: the statements that failed, to be written again. First and Last
// are not used; Task may be empty.
type Repaired struct {
	About
	Task     string // the question, topic or claim
	Rejected []Rejected
}

// Answer renders the prompt that answers a question. random supplies the mark.
func Answer(random io.Reader, q Asked) (Prompt, error) {
	return render(random, "answer", q.form(statementsSchema), q, q.missing(), need("Question", q.Question))
}

// Rewrite renders the prompt that makes a question stand alone, in English, with
// the days and the language that it asks for.
func Rewrite(random io.Reader, q FollowUp) (Prompt, error) {
	return render(random, "followup", followupSchema, q,
		need("Question", q.Question), need("First", q.First), need("Last", q.Last))
}

// Summary renders the prompt that summarises passages.
func Summary(random io.Reader, q Summarised) (Prompt, error) {
	return render(random, "summary", q.form(statementsSchema), q, q.missing(), needPositive("Sentences", q.Sentences))
}

// Merge renders the prompt that makes one summary of the notes of several.
func Merge(random io.Reader, q Merged) (Prompt, error) {
	missing := []error{need("Language", q.Language), need("First", q.First), need("Last", q.Last), needPositive("Sentences", q.Sentences)}
	if len(q.Notes) == 0 {
		missing = append(missing, errors.New("field Notes is empty"))
	}
	for i, n := range q.Notes {
		missing = append(missing, needPositive(fmt.Sprintf("Notes[%d].Number", i), n.Number), need(fmt.Sprintf("Notes[%d].Text", i), n.Text))
	}
	return render(random, "merge", q.form(statementsSchema, q.numbers()...), q, missing...)
}

func (q Merged) numbers() []int {
	var out []int
	for _, n := range q.Notes {
		out = append(out, n.Number)
	}
	return out
}

// Timeline renders the prompt that orders what passages tell by date.
func Timeline(random io.Reader, q Dated) (Prompt, error) {
	return render(random, "timeline", q.form(statementsSchema), q, q.missing(), needPositive("Events", q.Events))
}

// Claim renders the prompt that holds a claim against passages.
func Claim(random io.Reader, q Claimed) (Prompt, error) {
	return render(random, "claim", q.form(claimSchema), q, q.missing(), need("Claim", q.Claim))
}

// Repair renders the prompt that asks once more for statements that failed.
func Repair(random io.Reader, q Repaired) (Prompt, error) {
	missing := []error{need("Language", q.Language), checkPassages(q.Passages)}
	if len(q.Rejected) == 0 {
		missing = append(missing, errors.New("field Rejected is empty"))
	}
	for i, r := range q.Rejected {
		missing = append(missing, need(fmt.Sprintf("Rejected[%d].Statement", i), r.Statement), need(fmt.Sprintf("Rejected[%d].Why", i), r.Why))
	}
	return render(random, "repair", q.form(statementsSchema), q, missing...)
}

//go:embed *.tmpl *.json
var files embed.FS

var (
	templates        = template.Must(template.New("").Option("missingkey=error").ParseFS(files, "*.tmpl"))
	statementsSchema = schema("statements.json")
	claimSchema      = schema("claim.json")
	followupSchema   = schema("followup.json")
)

// brief bounds a schema to what a small model can be trusted with: few statements,
// the numbers that there are, and no quotation, which code finds better.
func brief(schema json.RawMessage, numbers []int) json.RawMessage {
	allowed, err := json.Marshal(numbers)
	if err != nil {
		panic(err) // integers can be written
	}
	s := string(schema)
	for _, r := range [][2]string{
		{`"citations": {"type": "array", "items": {"type": "integer"}}`, `"citations": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "integer", "enum": ` + string(allowed) + `}}`},
		{`"quote": {"type": "string"}`, `"quote": {"type": "string", "enum": [""]}`},
		{"\"statements\": {\n      \"type\": \"array\",", "\"statements\": {\n      \"type\": \"array\", \"maxItems\": 3,"},
	} {
		if !strings.Contains(s, r[0]) {
			panic("prompts: a schema lacks " + r[0])
		}
		s = strings.Replace(s, r[0], r[1], 1)
	}
	return json.RawMessage(s)
}

func schema(file string) json.RawMessage {
	b, err := files.ReadFile(file)
	if err == nil && !json.Valid(b) {
		err = errors.New("no JSON")
	}
	if err != nil {
		panic(fmt.Sprintf("prompts: %s: %v", file, err))
	}
	return b
}

// filled is what a template sees: the input's own fields under In.
type filled struct {
	Mark string
	In   any
}

// form returns the schema of a reply that may cite what is numbered so.
func (a About) form(full json.RawMessage, numbers ...int) json.RawMessage {
	if !a.Brief {
		return full
	}
	for _, p := range a.Passages {
		numbers = append(numbers, p.Number)
	}
	if len(numbers) == 0 {
		return full // which the caller is told is an error
	}
	return brief(full, numbers)
}

// missing names the fields that are needed and empty.
func (a About) missing() error {
	return errors.Join(need("Language", a.Language), need("First", a.First), need("Last", a.Last), checkPassages(a.Passages))
}

func render(random io.Reader, name string, schema json.RawMessage, in any, missing ...error) (Prompt, error) {
	if err := errors.Join(missing...); err != nil {
		return Prompt{}, fmt.Errorf("prompt %s: %w", name, err)
	}
	taken, err := json.Marshal(in)
	if err != nil {
		return Prompt{}, fmt.Errorf("prompt %s: %w", name, err)
	}
	m, err := mark(random, string(taken))
	if err != nil {
		return Prompt{}, fmt.Errorf("prompt %s: %w", name, err)
	}
	p := Prompt{Name: name, Schema: schema}
	for _, part := range []struct {
		name string
		text *string
	}{{"/system", &p.System}, {"/user", &p.User}} {
		var b strings.Builder
		if err := templates.ExecuteTemplate(&b, name+part.name, filled{m, in}); err != nil {
			return Prompt{}, fmt.Errorf("prompt %s: %w", name, err)
		}
		*part.text = strings.TrimSpace(b.String()) + "\n"
	}
	return p, nil
}

func need(field, value string) error {
	if strings.TrimSpace(value) == "" {
		return fmt.Errorf("field %s is empty", field)
	}
	return nil
}

func needPositive(field string, n int) error {
	if n < 1 {
		return fmt.Errorf("field %s is %d, not positive", field, n)
	}
	return nil
}

func checkPassages(ps []Passage) error {
	if len(ps) == 0 {
		return errors.New("field Passages is empty")
	}
	for i, p := range ps {
		if p.Number < 1 {
			return fmt.Errorf("field Passages[%d].Number is %d, not positive", i, p.Number)
		}
		if err := need(fmt.Sprintf("Passages[%d].Text", i), p.Text); err != nil {
			return err
		}
	}
	return nil
}

// mark draws 96 random bits in hexadecimal until they occur in no data. The data
// is searched in its JSON form, which leaves hexadecimal digits as they are.
func mark(random io.Reader, data string) (string, error) {
	const tries = 8 // one would do; a source of randomness that repeats itself must not hang us
	data = strings.ToLower(data)
	for range tries {
		var b [12]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("drawing the mark of the data: %w", err)
		}
		if m := hex.EncodeToString(b[:]); !strings.Contains(data, m) {
			return m, nil
		}
	}
	return "", errors.New("drawing the mark of the data: every one drawn occurs in the data")
}
