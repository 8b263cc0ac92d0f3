package archive

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

// A Record is one revision of an article with its passages, as the archive keeps
// it. Corrections of the operator and the origin are already applied to Article.
type Record struct {
	article.Article
	Passages []article.Passage

	// The rest is set by the archive and ignored by Put.
	Revision int       // 1 for the first text under this id
	Stored   time.Time // when this revision was put in, to the second
	Content  Hash      // of Text
}

// A Hash is the SHA-256 sum of a text.
type Hash [sha256.Size]byte

// HashText returns the hash of text.
func HashText(text string) Hash { return sha256.Sum256([]byte(text)) }

// String returns the hash in lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// The kinds of entries. The pair of kind and id, with the revision for articles,
// names an entry; a later one under the same name takes its place.
const (
	kindArticle = "article"
	kindEdit    = "edit"
	kindOrigin  = "origin"
	kindRemoved = "removed" // its id is the hash of the article's id
)

// An entry is the unit of durable storage: a row of the table records, and a line
// of the second copy. Its JSON form is the body whose SHA-256 sum is kept beside
// it. Seq, kind, id and revision come first, so that a row's columns can be
// checked against its body without decoding it.
type entry struct {
	Seq      int64         `json:"seq"` // grows with every entry written
	Kind     string        `json:"kind"`
	ID       string        `json:"id"`
	Revision int           `json:"revision"` // 0 unless an article
	Stored   int64         `json:"stored"`   // Unix seconds
	Origin   string        `json:"origin,omitempty"`
	Edit     *Edit         `json:"edit,omitempty"`
	Article  *articleEntry `json:"article,omitempty"`
	Passages [][]int       `json:"passages,omitempty"` // start, end, kind, block, then start and end of each sentence
}

// articleEntry is the stored form of an article: names that stay when those of
// the Go type change.
type articleEntry struct {
	File         string   `json:"file,omitempty"`
	Title        string   `json:"title,omitempty"`
	Publisher    string   `json:"publisher,omitempty"`
	Authors      []string `json:"authors,omitempty"`
	Published    string   `json:"published,omitempty"`
	DateInferred bool     `json:"date_inferred,omitempty"`
	DateReason   string   `json:"date_reason,omitempty"`
	URL          string   `json:"url,omitempty"`
	Quality      string   `json:"quality,omitempty"`
	Text         string   `json:"text"`
}

// encode returns the body of the entry, without a line break.
func (e *entry) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// A name says which entry this is.
type name struct {
	kind, id string
	revision int
}

func (e *entry) name() name { return name{e.Kind, e.ID, e.Revision} }

// bodyStart returns what the body of an entry with these columns begins with.
func bodyStart(seq int64, n name) ([]byte, error) {
	e := entry{Seq: seq, Kind: n.kind, ID: n.id, Revision: n.revision}
	b, err := e.encode()
	if err != nil {
		return nil, err
	}
	return b[:bytes.LastIndex(b, []byte(`"stored":`))], nil
}

func decodeEntry(body []byte) (*entry, error) {
	var e entry
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	if e.Kind == kindArticle && e.Article == nil {
		return nil, errors.New("an article entry without an article")
	}
	return &e, nil
}

func newArticleEntry(r Record) *entry {
	e := &entry{Kind: kindArticle, ID: r.ID, Article: &articleEntry{
		File: r.File, Title: r.Title, Publisher: r.Publisher, Authors: r.Authors,
		Published: r.Published, DateInferred: r.DateInferred, DateReason: r.DateReason,
		URL: r.URL, Quality: r.Quality, Text: r.Text,
	}}
	if len(r.Authors) == 0 {
		e.Article.Authors = nil
	}
	for _, p := range r.Passages {
		flat := []int{p.Start, p.End, int(p.Kind), p.Block}
		for _, s := range p.Sentences {
			flat = append(flat, s.Start, s.End)
		}
		e.Passages = append(e.Passages, flat)
	}
	return e
}

func (e *entry) record() (Record, error) {
	a := e.Article
	r := Record{
		Article: article.Article{
			ID: e.ID, File: a.File, Title: a.Title, Publisher: a.Publisher, Authors: a.Authors,
			Published: a.Published, DateInferred: a.DateInferred, DateReason: a.DateReason,
			URL: a.URL, Quality: a.Quality, Text: a.Text,
		},
		Revision: e.Revision,
		Stored:   time.Unix(e.Stored, 0).UTC(),
		Content:  HashText(a.Text),
	}
	if len(e.Passages) > 0 {
		r.Passages = make([]article.Passage, len(e.Passages))
	}
	for i, flat := range e.Passages {
		if len(flat) < 4 || len(flat)%2 != 0 {
			return Record{}, fmt.Errorf("passage %d has %d numbers", i, len(flat))
		}
		p := &r.Passages[i]
		p.Span = article.Span{Start: flat[0], End: flat[1]}
		p.Kind, p.Block = article.Kind(flat[2]), flat[3]
		for s := flat[4:]; len(s) > 0; s = s[2:] {
			p.Sentences = append(p.Sentences, article.Span{Start: s[0], End: s[1]})
		}
	}
	return r, nil
}

// maxID bounds an id; the longest made from a title and a URL stay far below.
const maxID = 1000

// check says in a few words what is wrong with a record that was given to Put,
// and "" if nothing is.
func (r *Record) check() string {
	switch {
	case r.ID == "":
		return "it has no id"
	case len(r.ID) > maxID:
		return fmt.Sprintf("its id is %d bytes long (at most %d)", len(r.ID), maxID)
	case strings.TrimSpace(r.Text) == "":
		return "it has no text"
	}
	if why := checkDay(r.Published); why != "" {
		return why
	}
	fields := append([]string{r.ID, r.File, r.Title, r.Publisher, r.DateReason, r.URL, r.Quality, r.Origin, r.Text}, r.Authors...)
	for _, s := range fields {
		if !utf8.ValidString(s) {
			return "it is not valid UTF-8"
		}
		if strings.ContainsRune(s, 0) {
			return "it holds a NUL character"
		}
	}
	for i, p := range r.Passages {
		if !within(p.Span, article.Span{End: len(r.Text)}) {
			return fmt.Sprintf("passage %d, [%d, %d), lies outside the text of %d bytes", i, p.Start, p.End, len(r.Text))
		}
		for _, s := range p.Sentences {
			if !within(s, p.Span) {
				return fmt.Sprintf("a sentence of passage %d, [%d, %d), lies outside it", i, s.Start, s.End)
			}
		}
	}
	return ""
}

func within(s, outer article.Span) bool {
	return outer.Start <= s.Start && s.Start < s.End && s.End <= outer.End
}

func checkDay(day string) string {
	if day == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return fmt.Sprintf("its date %q is not a day such as 2021-12-02", day)
	}
	return ""
}
