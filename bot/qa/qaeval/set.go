// Package qaeval measures answers: how often the right passage is found, the right
// words are cited, and a question that the articles don't answer is refused. Run
// asks the questions, Score counts; Score is pure, so a figure is a function of what
// was answered.
//
// The measures are those of public question sets: hit@k, MRR and nDCG@10 over
// documents (Järvelin and Kekäläinen 2002, binary gain), answers by whole-token
// containment after the normalisation of SQuAD (Rajpurkar et al. 2016), abstention
// by the area under the ROC curve and by the share of unanswerable questions
// refused at a fixed share of false refusals.
package qaeval

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Question of a set, with what is known to be right about it.
type Question struct {
	ID           string
	Text         string
	Type         string // of the set's own naming, such as "paraphrase"
	Conversation string // "", or the conversation of which it is a turn; turns follow each other
	Answerable   bool
	Reason       string // why the articles don't answer it, in the words of an abstention
	// Answers are the accepted wordings, of which one is enough; empty where
	// the set has none.
	Answers []string
	// Evidence are the points that an answer needs, each a list of quotations of
	// which one is enough. A false premise has the evidence that corrects it.
	Evidence [][]Quote
	// Documents are the ids of the documents that hold the evidence.
	Documents []string
	// ByPassage says that the documents are few and long, so that a search is
	// judged by the passages that it finds.
	ByPassage bool
}

// A Quote is a stretch of a document, named by the id or the file of an article.
type Quote struct{ Document, Text string }

// unanswerable are the types of questions without an answer in sets that don't say
// it otherwise.
var unanswerable = []string{"unanswerable", "null", "null_query", "no-answer"}

// ReadQuestions reads one JSON object a line, in either of two forms: "evidence" is
// a list of {"doc_id","quote"}, or a list of points, each a list of
// {"file","quote"}, beside "answerable". An error names the line.
func ReadQuestions(r io.Reader) ([]Question, error) {
	var all []Question
	s := bufio.NewScanner(r)
	s.Buffer(nil, 16<<20)
	for n := 1; s.Scan(); n++ {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		q, err := readQuestion(s.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, q)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	return all, nil
}

func readQuestion(line []byte) (Question, error) {
	var raw struct {
		ID, Question, Type, Conversation, Reason string
		Answerable                               *bool
		Answer                                   string
		Answers                                  []string
		Evidence                                 json.RawMessage
		ContextDocID                             string `json:"context_doc_id"`
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		return Question{}, err
	}
	if raw.ID == "" || raw.Question == "" {
		return Question{}, fmt.Errorf(`"id" and "question" must be given`)
	}
	q := Question{
		ID: raw.ID, Text: raw.Question, Type: raw.Type, Conversation: raw.Conversation, Reason: raw.Reason,
		Answers:    raw.Answers,
		Answerable: !slices.Contains(unanswerable, raw.Type),
	}
	if raw.Answerable != nil {
		q.Answerable = *raw.Answerable
	}
	if len(q.Answers) == 0 && raw.Answer != "" {
		q.Answers = []string{raw.Answer}
	}
	var err error
	if q.Evidence, q.ByPassage, err = readEvidence(raw.Evidence); err != nil {
		return Question{}, err
	}
	for _, point := range q.Evidence {
		for _, quote := range point {
			if !slices.Contains(q.Documents, quote.Document) {
				q.Documents = append(q.Documents, quote.Document)
			}
		}
	}
	if len(q.Documents) == 0 && raw.ContextDocID != "" {
		q.Documents = []string{raw.ContextDocID}
	}
	return q, nil
}

// readEvidence reads both forms, and reports whether it found points in files. A
// list of quotations is a list of points of one.
func readEvidence(b json.RawMessage) (evidence [][]Quote, inFiles bool, err error) {
	if len(b) == 0 {
		return nil, false, nil
	}
	var points [][]struct{ File, Quote string }
	if json.Unmarshal(b, &points) == nil {
		for _, point := range points {
			var quotes []Quote
			for _, q := range point {
				quotes = append(quotes, Quote{q.File, q.Quote})
			}
			evidence = append(evidence, quotes)
		}
		return evidence, len(points) > 0, nil
	}
	var list []struct {
		DocID string `json:"doc_id"`
		Quote string
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, false, fmt.Errorf("evidence: %w", err)
	}
	for _, q := range list {
		evidence = append(evidence, []Quote{{q.DocID, q.Quote}})
	}
	return evidence, false, nil
}
