package article

import "strings"

// A Reading is what the text of an article says about itself, and how it is
// laid out. Every field but Blocks is "" or nil where the text does not say.
type Reading struct {
	Title     string // the headline as printed, without markup; else made from the first sentence
	Published string // day of publication, "2006-01-02"
	// DateInferred says that Published was not printed but taken from the
	// article's address; DateReason then says so.
	DateInferred bool
	DateReason   string
	Authors      []string // bylines, in printed order
	Agency       string   // the news agency of the byline, such as "AFP"
	Publisher    string
	URL          string
	// Blocks are in order and do not overlap. The marks of lists and headings,
	// labels, credits beside a caption and white space lie outside them. Blocks
	// that are no evidence have no sentences.
	Blocks []Block
}

// Read reads the text of an article. It accepts any bytes and takes time in
// proportion to their number. Line ends may be LF, CRLF, CR, U+2028 or U+2029.
//
// Paragraphs are parted by blank lines. Inside such a stretch a sentence that
// goes over lines is joined, and neighbouring lines of one sentence each make
// one block, since some texts put every sentence on its own line. What could be
// either evidence or furniture is read as evidence.
func Read(text string) Reading {
	r := reader{text: text}
	for _, l := range lines(text) {
		r.classify(l)
	}
	r.findTitle()
	r.findHeadings()
	r.build()
	r.cutTail()
	r.finish()
	return r.Reading
}

type reader struct {
	Reading
	text   string
	items  []item
	prose  int  // lines of running text so far
	titled bool // there is a title among the items
	dated  bool // the text opens with "date 2006-01-02"
	url    bool // the line before promised an address
}

// An item is a line with its kind.
type item struct {
	line
	kind   Kind
	credit bool // names the maker of a picture, and no more
}

const (
	headProse  = 3   // a date line counts as the date of publication before this many lines of prose
	proseBytes = 60  // a line of running text has at least this many
	titleBytes = 200 // a headline has at most this many
)

// classify gives the next line its kind and takes from it what it says about
// the article.
func (r *reader) classify(l line) {
	if len(r.items) == 0 {
		l = r.cutLeadingDate(l)
		if l.Start >= l.End {
			return
		}
	}
	if r.takeMetadata(l) {
		return
	}
	level, words := headingMark(l.In(r.text))
	if level > 0 {
		l.Span = Span{l.Start + words.Start, l.Start + words.End}
	}
	s := l.In(r.text)
	switch {
	case isBoilerplate(s):
		r.add(l, Boilerplate)
	case level == 1 && !r.titled && r.prose < headProse:
		r.add(l, Title)
	case level > 0:
		r.add(l, Heading)
	case isCredit(s):
		r.add(l, Boilerplate)
		r.items[len(r.items)-1].credit = true
	case r.takeByline(l), r.takeDate(l):
	case isPlaceLine(s):
		r.add(l, Byline)
	case r.takeBullet(l), r.takeCaption(l):
	default:
		r.add(l, Paragraph)
	}
}

func (r *reader) takeBullet(l line) bool {
	n, ok := bulletMark(l.In(r.text))
	if ok {
		l.Start += n
		r.add(l, Bullet)
	}
	return ok
}

func (r *reader) takeCaption(l line) bool {
	s := l.In(r.text)
	words, ok := caption(s)
	switch {
	case len(r.items) > 0 && r.items[len(r.items)-1].credit && !l.gap && l.last && len(s) >= 30:
		ok = true // a credit and one line make a stretch of their own
	case r.prose == 0 && isSlug(s):
		ok = false
	}
	if !ok || len(s) > titleBytes && len(Sentences(s)) > 3 {
		return false
	}
	l.Span = Span{l.Start + words.Start, l.Start + words.End}
	r.add(l, Caption)
	return true
}

func (r *reader) add(l line, k Kind) {
	r.items = append(r.items, item{line: l, kind: k})
	r.titled = r.titled || k == Title
	if k == Paragraph && l.End-l.Start >= proseBytes && terminated(l.In(r.text)) {
		r.prose++
	}
}

// headingMark returns the level of the heading that s is by its marks ("## x",
// "== x ==", "**x**"), 0 if none, and the words of it.
func headingMark(s string) (int, Span) {
	for _, mark := range [...]string{"#", "="} {
		n := len(s) - len(strings.TrimLeft(s, mark))
		if n == 0 || n > 6 {
			continue
		}
		if mark == "=" && (n < 2 || !strings.HasSuffix(s, "==")) {
			continue
		}
		body := trim(s, Span{n, len(strings.TrimRight(s, mark))})
		if body.Start > n && body.Start < body.End {
			return n, body
		}
	}
	if len(s) > 4 && len(s) < 120 && strings.HasPrefix(s, "**") && strings.HasSuffix(s, "**") && strings.Count(s, "**") == 2 && !terminated(s) {
		if body := trim(s, Span{2, len(s) - 2}); body.Start < body.End {
			return 3, body
		}
	}
	return 0, Span{}
}

// isSlug reports whether s opens with the bare name of an agency, as the first
// paragraph of a report may.
func isSlug(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	return agencies[word] && !strings.Contains(s[:min(len(s), 40)], "/")
}

// build turns the items into blocks.
func (r *reader) build() {
	var before *item // of the block that was last added
	for i := range r.items {
		it := &r.items[i]
		b := Block{Span: it.Span, Kind: it.kind}
		if b.Kind.Evidence() {
			b.Sentences = appendSentences(nil, r.text, it.Span)
		}
		if len(b.Sentences) == 0 && b.Kind.Evidence() {
			b.Kind = Boilerplate
		}
		if before != nil && r.together(before, it) && len(b.Sentences) == 1 && b.Kind == Paragraph {
			prev := &r.Blocks[len(r.Blocks)-1]
			prev.End = b.End
			prev.Sentences = append(prev.Sentences, b.Sentences...)
		} else {
			r.Blocks = append(r.Blocks, b)
		}
		before = nil
		if b.Kind == Paragraph && len(b.Sentences) == 1 {
			before = it
		}
	}
}

// together reports whether two lines of one sentence each belong to one block:
// both running text, or both short.
func (r *reader) together(a, b *item) bool {
	return !b.gap && isProse(a.In(r.text)) == isProse(b.In(r.text))
}

func isProse(s string) bool { return terminated(s) && !strings.HasSuffix(s, ":") }
