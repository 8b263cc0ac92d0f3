package article

import (
	"strings"
	"time"
	"unicode/utf8"
)

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
	// labels and white space may lie outside them. Blocks that are no evidence
	// have no sentences.
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
	text  string
	items []item
	prose int  // lines of running text so far
	url   bool // the line before promised an address
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

func (r *reader) classify(l line) {
	s := l.In(r.text)
	if len(r.items) == 0 {
		if n := r.leadingDate(s); n > 0 {
			r.add(line{Span: Span{l.Start, l.Start + n}, gap: true, last: true}, Byline)
			l.Start, l.gap = skipSpace(r.text, l.Start+n), true
			if l.Start >= l.End {
				return
			}
			s = l.In(r.text)
		}
	}
	promised := r.url
	r.url = false
	if key, value, ok := metaLine(s); ok {
		r.meta(l, key, value)
		return
	}
	if rest, ok := cutSource(s); ok && len(s) < 400 {
		r.source(rest)
		r.add(l, Boilerplate)
		return
	}
	if promised && isLink(s) {
		r.setURL(s)
	}
	level, body := headingMark(s)
	if level > 0 {
		l.Start += body.Start
		l.End = l.Start + body.End - body.Start
		s = l.In(r.text)
	}
	switch {
	case isBoilerplate(s):
		r.add(l, Boilerplate)
		return
	case level == 1 && !r.titled() && r.prose < headProse:
		r.add(l, Title)
		return
	case level > 0:
		r.add(l, Heading)
		return
	case isCredit(s):
		r.add(l, Boilerplate)
		r.items[len(r.items)-1].credit = true
		return
	}
	if authors, agency, ok := byline(s); ok {
		if r.Authors == nil && r.prose < headProse {
			r.Authors = authors
		}
		if r.Agency == "" {
			r.Agency = agency
		}
		r.add(l, Byline)
		return
	}
	if day, ok := dateLine(s); ok {
		if r.prose >= headProse {
			r.add(l, Heading)
			return
		}
		if r.Published == "" {
			r.Published = day
		}
		r.add(l, Byline)
		return
	}
	if n, ok := bulletMark(s); ok {
		l.Start += n
		r.add(l, Bullet)
		return
	}
	afterCredit := len(r.items) > 0 && r.items[len(r.items)-1].credit && !l.gap
	switch {
	case isPlaceLine(s):
		r.add(l, Byline)
	case afterCredit && len(s) >= 30, isCaption(s) && !(r.prose == 0 && isSlug(s)):
		if len(Sentences(s)) > 3 {
			r.add(l, Paragraph)
			break
		}
		r.add(l, Caption)
	default:
		r.add(l, Paragraph)
	}
}

func (r *reader) add(l line, k Kind) {
	r.items = append(r.items, item{line: l, kind: k})
	if k == Paragraph && l.End-l.Start >= proseBytes && terminated(l.In(r.text)) {
		r.prose++
	}
}

func (r *reader) titled() bool {
	for _, it := range r.items {
		if it.kind == Title {
			return true
		}
	}
	return false
}

// leadingDate reads "date 2021-12-07" at the start of s and returns its length, or 0.
func (r *reader) leadingDate(s string) int {
	const label, day = "date ", "2006-01-02"
	if len(s) < len(label)+len(day) || !strings.EqualFold(s[:len(label)], label) {
		return 0
	}
	n := len(label) + len(day)
	d, err := time.Parse(day, s[len(label):n])
	if err != nil || n < len(s) && skipSpace(s, n) == n {
		return 0
	}
	r.Published = d.Format(day)
	return n
}

// metaLine reads "(meta data) KEY: value", as some collections of pages have it.
func metaLine(s string) (key, value string, ok bool) {
	rest, ok := strings.CutPrefix(s, "(meta data) ")
	if !ok {
		return "", "", false
	}
	key, value, ok = strings.Cut(rest, ":")
	return key, strings.TrimSpace(value), ok
}

func (r *reader) meta(l line, key, value string) {
	switch address := strings.Contains(value, "://"); key {
	case "TITLE":
		if value != "" && !r.titled() {
			l.Start = l.End - len(value)
			r.add(l, Title)
			return
		}
	case "AUTHOR":
		if !address && value != "" && r.Authors == nil {
			r.Authors = []string{value}
		}
	case "PUBLISHER":
		if !address && r.Publisher == "" {
			r.Publisher = value
		}
	case "PUBLISHED DATETIME":
		if day, ok, _ := dateAt([]string{strings.ToLower(value)}); ok && r.Published == "" {
			r.Published = day
		}
	case "URL":
		r.setURL(value)
	}
	r.add(l, Boilerplate)
}

// cutSource cuts "Original url:", "Source:" and their like off s.
func cutSource(s string) (string, bool) {
	label, rest, ok := strings.Cut(s, ":")
	if !ok || len(label) > 20 || !sourceLabels[strings.ToLower(label)] {
		return "", false
	}
	rest = strings.TrimSpace(rest)
	return rest, rest == "" || isLink(rest) || !terminated(rest) && len(rest) <= 60
}

func (r *reader) source(rest string) {
	words := Plain(rest)
	switch {
	case rest == "":
		r.url = true
	case isLink(rest):
		r.setURL(rest)
	case isBoilerplate(words):
	case agencies[words]:
		if r.Agency == "" {
			r.Agency = words
		}
	case r.Publisher == "" && allCapitalised(words):
		r.Publisher = words
	}
}

func (r *reader) setURL(s string) {
	s = strings.Trim(s, "<>()[] ")
	if r.URL == "" && (strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")) && utf8.ValidString(s) {
		r.URL = s
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
		return 3, Span{2, len(s) - 2}
	}
	return 0, Span{}
}

// isSlug reports whether s opens with the bare name of an agency, as the first
// paragraph of a report may.
func isSlug(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	return agencies[word] && !strings.Contains(s[:min(len(s), 40)], "/")
}

// findTitle takes the first line for the title if it looks like one and none is marked.
func (r *reader) findTitle() {
	if r.titled() {
		return
	}
	for i, it := range r.items {
		if it.kind == Byline || it.kind == Boilerplate {
			continue
		}
		s := it.In(r.text)
		limit := titleBytes
		if terminated(s) && !strings.HasSuffix(s, "?") {
			limit = titleBytes / 2
		}
		if it.kind != Paragraph || len(s) > limit || !it.last && terminated(s) || len(Sentences(s)) != 1 {
			return
		}
		for _, later := range r.items[i+1:] {
			if later.kind == Paragraph && later.End-later.Start >= proseBytes {
				r.items[i].kind = Title
				return
			}
		}
		return
	}
}

// findHeadings finds the standfirst below the title and the crossheads: lines
// that stand by themselves, do not end as a sentence does, and head running text.
func (r *reader) findHeadings() {
	afterTitle := false
	for i := range r.items {
		it := &r.items[i]
		switch it.kind {
		case Title:
			afterTitle = true
		case Paragraph:
			s := it.In(r.text)
			n := len(s)
			standfirst := afterTitle && it.gap && it.last && n <= 2*titleBytes
			afterTitle = false
			if terminated(s) || !standfirst && (n > titleBytes/2 || strings.Count(s, " ") > 13) {
				continue
			}
			opens := it.gap || r.items[i-1].kind != Paragraph || terminated(r.items[i-1].In(r.text))
			heads := i+1 < len(r.items) && r.items[i+1].kind.Evidence() && (it.last || r.items[i+1].End-r.items[i+1].Start >= proseBytes)
			if opens && heads {
				it.kind = Heading
			}
		case Byline, Boilerplate:
		default:
			afterTitle = false
		}
	}
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
	return !b.gap && terminated(a.In(r.text)) == terminated(b.In(r.text))
}

// cutTail cuts a newspaper's words about itself, or an agency's contribution,
// off the last paragraph.
func (r *reader) cutTail() {
	for i := len(r.Blocks) - 1; i > 0; i-- {
		b := &r.Blocks[i]
		if b.Kind != Paragraph {
			if b.Kind.Evidence() {
				return
			}
			continue
		}
		n := len(b.Sentences)
		tail := b.Sentences[n-1]
		s := tail.In(r.text)
		if !isBoilerplate(s) && !r.describesOutlet(s) {
			return
		}
		if n == 1 {
			b.Kind, b.Sentences = Boilerplate, nil
			return
		}
		b.End, b.Sentences = b.Sentences[n-2].End, b.Sentences[:n-1]
		r.Blocks = append(r.Blocks[:i+1], append([]Block{{Span: tail, Kind: Boilerplate}}, r.Blocks[i+1:]...)...)
		return
	}
}

// describesOutlet reports whether s is a newspaper's description of itself, as
// "The Example is a daily newspaper published in Springfield."
func (r *reader) describesOutlet(s string) bool {
	if len(s) > 250 {
		return false
	}
	name, rest, ok := strings.Cut(s, " is ")
	if !ok || len(name) > 60 || !allCapitalised(name) {
		return false
	}
	for _, b := range r.Blocks {
		if b.Kind == Title && strings.Contains(b.In(r.text), name) {
			return false
		}
	}
	outlet, place := false, false
	for word := range strings.FieldsSeq(strings.ToLower(rest)) {
		switch strings.Trim(word, ".,") {
		case "newspaper", "magazine", "website", "outlet", "broadsheet", "tabloid", "publication", "daily", "weekly":
			outlet = true
		case "published", "based", "headquartered", "covering", "providing", "dedicated":
			place = outlet
		}
	}
	if !outlet || !place {
		return false
	}
	if r.Publisher == "" {
		r.Publisher = name
	}
	return true
}

func (r *reader) finish() {
	for _, b := range r.Blocks {
		if b.Kind == Title {
			r.Title = Plain(b.In(r.text))
			break
		}
	}
	for _, b := range r.Blocks {
		if r.Title != "" {
			break
		}
		if b.Kind.Evidence() {
			r.Title = shorten(Plain(b.Sentences[0].In(r.text)))
		}
	}
	if r.Published == "" && r.URL != "" {
		r.inferDate()
	}
}

// shorten cuts a sentence down to the length of a headline.
func shorten(s string) string {
	const longest = 100
	if len(s) > longest {
		cut := strings.LastIndexByte(s[:longest], ' ')
		if comma := strings.LastIndex(s[:longest], ", "); comma > longest/2 {
			cut = comma
		}
		if cut <= 0 {
			for cut = longest; cut > longest-utf8.UTFMax && !utf8.RuneStart(s[cut]); cut-- {
			}
		}
		return s[:cut] + "…"
	}
	return strings.TrimSuffix(s, ".")
}

// inferDate takes the day from an address such as https://example.com/2021/12/02/x.
func (r *reader) inferDate() {
	parts := strings.Split(r.URL, "/")
	for i := 3; i+2 < len(parts); i++ {
		if day, err := time.Parse("2006/1/2", strings.Join(parts[i:i+3], "/")); err == nil {
			r.Published, r.DateInferred = day.Format(time.DateOnly), true
			r.DateReason = "The day stands in the article's address."
			return
		}
	}
}

var sourceLabels = lineSet(`original url
	original link
	original article
	source url
	source
	url
	link
	permalink
	via
	article url`)
