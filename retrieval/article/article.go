// Package article is the shape of a news article and the reading of its text:
// blocks with their kind, sentences with byte offsets, and the passages of two
// to four sentences that can be searched and cited. It imports nothing of ours,
// so that every room of retrieval shares these words.
package article

// An Article is one report as it was received. Text is kept byte for byte:
// every offset in this program counts bytes of Text, and every quotation is a
// substring of it.
type Article struct {
	ID        string   // readable and stable, such as "moscow-times-2021-12-02-ukraine-crisis-builds"
	File      string   // base name of the file it was read from; "" if none
	Title     string   // as printed, or made from the first sentence
	Publisher string   // the outlet; "" if unknown
	Authors   []string // bylines, in printed order
	Published string   // day of publication, "2006-01-02"; "" if unknown
	// DateInferred says that Published is not stated in the article;
	// DateReason then says in one sentence what it was inferred from.
	DateInferred bool
	DateReason   string
	URL          string // canonical address; "" if unknown
	Quality      string // "" for a clean text, or words such as "machine-translated"
	Origin       string // id of the report that this one copies; its own ID when it is an original
	Text         string
}

// A Kind is what a block of an article is.
type Kind uint8

const (
	Paragraph   Kind = iota // running text
	Title                   // the headline, once, at the top
	Heading                 // a crosshead or standfirst inside the article
	Byline                  // authors, date line, agency line
	Caption                 // words below a picture: evidence, but never quoted as running text
	Bullet                  // an item of a list
	Boilerplate             // "Read Full Article", "Related article", credits alone, links: not evidence
)

// String returns the lower-case name of the kind, such as "paragraph".
func (k Kind) String() string {
	switch k {
	case Paragraph:
		return "paragraph"
	case Title:
		return "title"
	case Heading:
		return "heading"
	case Byline:
		return "byline"
	case Caption:
		return "caption"
	case Bullet:
		return "bullet"
	case Boilerplate:
		return "boilerplate"
	}
	return "unknown"
}

// Evidence reports whether a block of this kind may be cited.
func (k Kind) Evidence() bool {
	return k == Paragraph || k == Caption || k == Bullet || k == Title || k == Heading
}

// A Span is a half-open range of bytes [Start, End) of an article's Text.
type Span struct{ Start, End int }

// In returns the bytes of text that the span covers.
func (s Span) In(text string) string { return text[s.Start:s.End] }

// Overlaps reports whether the spans have a byte in common.
func (s Span) Overlaps(o Span) bool { return s.Start < o.End && o.Start < s.End }

// A Block is a stretch of the text that was set as one: a paragraph, a caption,
// a bullet. Sentences lie inside it, in order, without overlap.
type Block struct {
	Span
	Kind      Kind
	Sentences []Span
}

// A Passage is a citable stretch of one article: two to four sentences of one
// block (one, where the block has no more).
type Passage struct {
	Span
	Kind      Kind
	Block     int // index of its block in the article
	Sentences []Span
}
