package bot

import (
	"slices"
	"strings"
	"unicode"
)

// A doc is what a message says: lines of styled spans. Its texts come from
// articles, models and members, and are never Markdown; only render makes Markdown.
type doc []line

// A line is one paragraph. A line feed inside a span begins a new line of the same
// kind.
type line struct {
	kind  kind
	spans []span
	keep  bool // on one message with the line after it, where there is room
}

type kind uint8

const (
	paragraph kind = iota
	quoted         // set off by a bar
	small          // subtext
	bullet
	heading
)

func (k kind) prefix() string {
	return [...]string{"", "> ", "-# ", "- ", "### "}[k]
}

// A span is a stretch of text in one style. A span with a link shows its text, or
// the address itself where it has none; a span with a channel mentions the channel.
type span struct {
	text    string
	style   style
	link    string // http or https; dropped if it is anything else
	channel string // snowflake
}

type style uint8

const (
	plain style = iota
	bold
	italic
	underlined
	code // as it is: a client makes no link, mention or mark of anything in it
)

func (s style) mark() string { return [...]string{"", "**", "*", "__", "`"}[s] }

// exampleAddress is the one that our own words give.
const exampleAddress = "https://example.org/news"

// inert returns spans of what is said to an asker, in a style. The addresses that the
// asker wrote, in one of own, are code in it; all others go the way of other text.
func inert(s string, st style, own ...string) []span {
	var out []span
	for at := 0; ; {
		m := addressed.FindStringIndex(s[at:])
		if m == nil {
			return append(out, span{text: s, style: st})
		}
		address := strings.TrimRight(s[at+m[0]:at+m[1]], `.,;:!?)"'»”’]`)
		if address != exampleAddress && !slices.ContainsFunc(own, func(o string) bool { return strings.Contains(o, address) }) {
			at += m[1]
			continue
		}
		out = append(out, span{text: s[:at+m[0]], style: st}, span{text: address, style: code})
		s, at = s[at+m[0]+len(address):], 0
	}
}

// inCode returns the code of a span.
func (s span) inCode() string {
	text := strings.NewReplacer("`", "'", "\n", " ").Replace(strings.TrimSpace(clean(s.text)))
	if text == "" {
		return ""
	}
	return code.mark() + text + code.mark()
}

// text returns a doc line of plain text.
func text(s string) line { return line{spans: []span{{text: s}}} }

// note returns a line of subtext.
func note(s string) line { return line{kind: small, spans: []span{{text: s}}} }

// says returns a doc of plain lines.
func says(lines ...string) doc {
	d := make(doc, len(lines))
	for i, s := range lines {
		d[i] = text(s)
	}
	return d
}

// logicalLines cleans the spans and divides each line at its line feeds. Runs of
// empty lines become one.
func (d doc) logicalLines() doc {
	var out doc
	for _, l := range d {
		current := line{kind: l.kind, keep: l.keep}
		for _, s := range l.spans {
			parts := strings.Split(clean(s.text), "\n")
			for i, part := range parts {
				if i > 0 {
					out = append(out, current)
					current = line{kind: l.kind, keep: l.keep}
				}
				s.text = part
				current.spans = append(current.spans, s)
			}
		}
		out = append(out, current)
	}
	kept := out[:0]
	for _, l := range out {
		if l.empty() && (len(kept) == 0 || kept[len(kept)-1].empty()) {
			continue
		}
		kept = append(kept, l)
	}
	return kept
}

func (l line) empty() bool {
	for _, s := range l.spans {
		if strings.TrimSpace(s.text) != "" || s.link != "" || s.channel != "" {
			return false
		}
	}
	return true
}

// markdown renders a logical line.
func (l line) markdown() string {
	if l.empty() {
		return ""
	}
	var b strings.Builder
	b.WriteString(l.kind.prefix())
	start := true
	for _, s := range l.spans {
		out := s.markdown(start)
		if out != "" {
			start = false
		}
		b.WriteString(out)
	}
	return strings.TrimRightFunc(b.String(), unicode.IsSpace)
}

func (s span) markdown(start bool) string {
	if s.channel != "" {
		if !snowflake.MatchString(s.channel) {
			return ""
		}
		return "<#" + s.channel + ">"
	}
	// Marks that touch a space are not marks, so spaces stay outside of them.
	core := strings.TrimSpace(s.text)
	if s.link != "" {
		address, ok := safeLink(s.link)
		switch label := strings.NewReplacer("[", "", "]", "").Replace(core); {
		case !ok:
		case label == "":
			return "<" + address + ">"
		default:
			return "[" + escape(label, false, false) + "](<" + address + ">)"
		}
	}
	if core == "" {
		return s.text
	}
	if s.style == code {
		return s.inCode()
	}
	lead, trail, _ := strings.Cut(s.text, core)
	escaped := escape(core, start && s.style == plain, !start)
	return lead + s.style.mark() + escaped + s.style.mark() + trail
}

// pack renders a doc as messages of at most limit UTF-16 units each, at most max of
// them, with tail whole on the last one. Where the body doesn't fit, its end gives
// way to an ellipsis; where the tail alone is too long, its end does.
func pack(body, tail doc, limit, max int) []string {
	end := strings.Join(fill(tail.logicalLines(), limit, 1), "")
	room := max
	if end != "" {
		room = max - 1
	}
	if max == 1 {
		return one(body, end, limit)
	}
	chunks := fill(body.logicalLines(), limit, max)
	switch {
	case end == "":
	case len(chunks) == 0:
		chunks = []string{end}
	case width(chunks[len(chunks)-1])+2+width(end) <= limit:
		chunks[len(chunks)-1] += "\n\n" + end
	case len(chunks) > room:
		chunks = append(fill(body.logicalLines(), limit, room), end)
	default:
		chunks = append(chunks, end)
	}
	return chunks
}

// paged divides lines into pages of at most limit UTF-16 units each.
func paged(lines doc, limit int) []doc {
	var pages []doc
	var page doc
	used := 0
	flush := func() {
		if len(page) > 0 {
			pages = append(pages, page)
		}
		page, used = nil, 0
	}
	for len(lines) > 0 {
		l := lines[0]
		w := width(l.markdown()) + 1
		switch {
		case used+w <= limit:
			page, used = append(page, l), used+w
		case used > 0:
			flush()
			continue
		default:
			head, rest := l.split(limit - 1)
			if !head.empty() {
				page = doc{head}
				flush()
				lines = append(doc{rest}, lines[1:]...)
				continue
			}
		}
		lines = lines[1:]
	}
	flush()
	return pages
}

// one packs a body and the rendered end into one message.
func one(body doc, end string, limit int) []string {
	room := limit
	if end != "" {
		room = limit - 2 - width(end)
	}
	if room < limit/10 {
		return []string{end}
	}
	whole := strings.TrimSpace(strings.Join(fill(body.logicalLines(), room, 1), "") + "\n\n" + end)
	if whole == "" {
		return nil
	}
	return []string{whole}
}

const ellipsis = "…"

// fill packs lines into at most max chunks.
func fill(lines doc, limit, max int) []string {
	var chunks []string
	var b strings.Builder
	used := 0
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			chunks = append(chunks, s)
		}
		b.Reset()
		used = 0
	}
	for len(lines) > 0 {
		l := lines[0]
		md := l.markdown()
		w := width(md)
		switch {
		case used == 0 && md == "":
			lines = lines[1:]
		case used > 0 && used+kept(lines) > limit && kept(lines) <= limit:
			flush()
		case used+w+1 <= limit:
			b.WriteString(md + "\n")
			used += w + 1
			lines = lines[1:]
		case used > limit*2/3 || used > 0 && w+1 <= limit:
			flush()
		default:
			head, rest := l.split(limit - used - 1)
			if head.empty() {
				if used == 0 && len(rest.spans) > 0 { // a link longer than a message
					rest.spans = rest.spans[1:]
				}
				flush()
				lines = append(doc{rest}, lines[1:]...)
				continue
			}
			b.WriteString(head.markdown())
			flush()
			lines = append(doc{rest}, lines[1:]...)
		}
		if len(chunks) == max && len(lines) > 0 {
			chunks[max-1] = withEllipsis(chunks[max-1], limit)
			return chunks
		}
	}
	flush()
	if len(chunks) > max {
		chunks = chunks[:max]
		chunks[max-1] = withEllipsis(chunks[max-1], limit)
	}
	return chunks
}

// kept is the width of the first line and those that it keeps with it.
func kept(lines doc) int {
	n := 0
	for _, l := range lines {
		n += width(l.markdown()) + 1
		if !l.keep {
			break
		}
	}
	return n
}

// withEllipsis marks that something follows which is not shown, on a line of its
// own, in place of the last line if there is no room.
func withEllipsis(chunk string, limit int) string {
	for width(chunk)+2 > limit {
		i := strings.LastIndexByte(chunk, '\n')
		if i < 0 {
			return ellipsis
		}
		chunk = chunk[:i]
	}
	return chunk + "\n" + ellipsis
}

// split divides a line so that the head renders in at most room UTF-16 units. The
// head is empty if not even its first word fits.
func (l line) split(room int) (head, rest line) {
	head, rest = line{kind: l.kind}, line{kind: l.kind, keep: l.keep}
	for i, s := range l.spans {
		with := line{kind: l.kind, spans: append(head.spans[:len(head.spans):len(head.spans)], s)}
		if width(with.markdown()) <= room {
			head = with
			continue
		}
		rest.spans = append(rest.spans, l.spans[i:]...)
		if s.link != "" || s.channel != "" || s.style == code {
			return head, rest
		}
		// Escaping can at most double a text, so a few halvings find what fits.
		for limit := room; limit > 0; limit -= limit/8 + 1 {
			front, back := cut(s.text, limit)
			a := s
			a.text = front
			with.spans[len(with.spans)-1] = a
			if width(with.markdown()) <= room {
				s.text = back
				rest.spans[0] = s
				return with, rest
			}
		}
		return head, rest
	}
	return head, rest
}
