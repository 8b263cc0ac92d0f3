// Package qa decides what may be said: it turns a question into a checked, cited
// answer from the articles of a library, or into an abstention that says why. It
// knows no Discord, no vector store and no SQL. Everything here is safe for
// concurrent use.
package qa

import "crisisbot/retrieval"

// A Question is what somebody asked, with the bounds they set.
type Question struct {
	ID      string
	Text    string
	History []Turn // earlier turns of the same conversation, oldest first
	Since   string // day of publication, "2006-01-02"; "" is open
	Until   string
	Source  string // publisher
	Article string // id, file, or a reader's words for it

	Asker
}

// An Asker is on whose behalf something is asked. The zero value is a user alone.
type Asker struct {
	User string // whose spending cap a model's work counts against; an opaque name
	// Scope names a place all of whose readers may be given the same answer, such as
	// the public channels of a server; an opaque name. "" is the user alone.
	Scope    string
	Progress Progress // told how far the answer has come; may be nil
}

// A Turn is an earlier question of a conversation and what was answered.
type Turn struct {
	Question string
	Answer   Answer
}

// A Reason says why an answer abstains.
type Reason string

const (
	NothingRelevant Reason = "nothing_relevant" // no passage is about this
	OutsidePeriod   Reason = "outside_period"   // asked about a time that the articles don't cover
	NotStated       Reason = "not_stated"       // the articles speak of the matter but don't say this
	FalsePremise    Reason = "false_premise"    // the question takes for granted what the articles deny
	OffTopic        Reason = "off_topic"        // no question that articles could answer
)

// A Mode says who wrote an answer.
type Mode string

const (
	Extractive Mode = "extractive" // sentences of the articles themselves
	Model      Mode = "model"      // a language model, every statement checked
)

// A Stance says how a statement stands to the world.
type Stance string

const (
	Report Stance = "report" // told by the outlet in its own voice
	Claim  Stance = "claim"  // said by the speaker named
	Denial Stance = "denial" // denied by the speaker named
)

// An Answer is what a reader is shown. Text, Statements and Citations are made
// from one array, so their numbers always agree: citation n is Citations[n-1].
// The JSON form is a contract (README, "The answer as JSON").
type Answer struct {
	ID            string         `json:"id"`
	Question      string         `json:"question"`
	Text          string         `json:"text"`
	Abstained     bool           `json:"abstained"`
	Reason        Reason         `json:"reason"`
	Mode          Mode           `json:"mode"`
	Statements    []Statement    `json:"statements"`
	Citations     []Citation     `json:"citations"`
	Disagreements []Disagreement `json:"disagreements"`
	Origins       int            `json:"origins"` // independent reports among the citations
	AsOf          string         `json:"as_of"`   // last day that the articles cover
	Nearest       []Citation     `json:"nearest"` // what comes closest, when abstained
	TookMS        int64          `json:"took_ms"`
	Note          string         `json:"note,omitempty"`     // why no model wrote it, where one should have
	Language      string         `json:"language,omitempty"` // ISO 639-1 code of Text; "" is English, as all quotations are
	Trace         *Trace         `json:"-"`                  // the model's part, for the record; nil if none was asked
	Confidence    float64        `json:"confidence"`         // that the best passage answers, in [0, 1]
}

// A Statement is one sentence of an answer and the citations that bear it.
type Statement struct {
	Text      string `json:"text"`
	Citations []int  `json:"citations"`
	Speaker   string `json:"speaker"` // "" if told by the outlet
	Stance    Stance `json:"stance"`
	Date      string `json:"date,omitempty"` // of the event: a day, month or year
}

// A Citation is a verbatim quotation of a stored article.
type Citation struct {
	Number       int    `json:"number"`
	ArticleID    string `json:"article_id"`
	File         string `json:"file"`
	Title        string `json:"title"`
	Publisher    string `json:"publisher"`
	Published    string `json:"published"`
	DateInferred bool   `json:"date_inferred"`
	URL          string `json:"url"`
	Quote        string `json:"quote"`   // exactly Text[Start:End] of the article
	Start        int    `json:"start"`   // byte offset
	End          int    `json:"end"`     // byte offset
	Passage      string `json:"passage"` // the sentences around the quote
	Origin       string `json:"origin"`  // id of the report that the article copies, or its own
}

// A Disagreement lays side by side what different origins say of one thing.
type Disagreement struct {
	About string `json:"about"`
	Sides []Side `json:"sides"`
}

// A Side is one value of a disagreement and who gives it.
type Side struct {
	Value     string `json:"value"`
	Citations []int  `json:"citations"`
}

// cite quotes the bytes [start, end) of a passage's article.
func cite(p *retrieval.Passage, start, end int) Citation {
	a := p.Article
	return Citation{
		ArticleID: a.ID, File: a.File, Title: a.Title, Publisher: a.Publisher,
		Published: a.Published, DateInferred: a.DateInferred, URL: a.URL,
		Quote: a.Text[start:end], Start: start, End: end,
		Passage: p.Text(), Origin: a.Origin,
	}
}
