package source

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/publicsuffix"
)

const (
	maxPage     = 3 << 20 // bytes of HTML; reading takes up to fourteen times as much (TestBombs)
	maxElements = 40_000  // of a page; long ones have 5,000
	minText     = 100     // bytes of an article's main text; less is a menu or a notice
)

// readHTML reads the article of a web page: its main text, as paragraphs,
// captions, headings and list items on lines of their own, below the title.
func readHTML(page string, d *draft) (err error) {
	if len(page) > maxPage {
		return fmt.Errorf("%w: a page of more than %s", errTooLarge, size(maxPage))
	}
	defer func() {
		// One page on which the extractor fails must not stop the others.
		if p := recover(); p != nil {
			err = fmt.Errorf("the page could not be taken apart: %v", p)
		}
	}()
	slim, said, err := slimHTML(page)
	if err != nil {
		return err
	}
	doc, err := html.Parse(bytes.NewReader(slim))
	if err != nil {
		return fmt.Errorf("read HTML: %w", err)
	}
	base, err := url.Parse(d.URL)
	if err != nil || d.URL == "" {
		base = nil
	}
	parser := readability.NewParser()
	parser.DisableJSONLD = true // read below, with authors, publisher and address
	found, err := parser.ParseAndMutate(doc, base)
	if err != nil {
		return fmt.Errorf("read HTML: %w", err)
	}
	if found.Node == nil {
		return errors.New("no article was found on the page")
	}
	body := renderText(found.Node)
	if len(body) < minText {
		return errors.New("no article was found on the page")
	}
	d.web = true
	said.complete(d, base)
	if d.Title == "" {
		d.Title = oneLine(found.Title(), 500)
	}
	if len(d.Authors) == 0 {
		d.Authors = splitByline(found.Byline())
	}
	if d.Publisher == "" {
		d.Publisher = found.SiteName()
	}
	d.Title = withoutSite(d.Title, d.Publisher)
	d.Text = body
	if d.Title != "" && !startsWith(body, d.Title) {
		d.Text = "# " + d.Title + "\n\n" + body
	}
	return nil
}

// withoutSite cuts the name of the outlet off the end of a page's title, as in
// "Ferry stops | Harbour Post".
func withoutSite(title, publisher string) string {
	rest, ok := cutSuffixFold(title, oneLine(publisher, 200))
	if !ok || publisher == "" {
		return title
	}
	for _, mark := range []string{" | ", " - ", " – ", " — ", " · ", " :: "} {
		if t := strings.TrimSuffix(rest, mark); t != rest && t != "" {
			return t
		}
	}
	return title
}

func cutSuffixFold(s, suffix string) (string, bool) {
	at := len(s) - len(suffix)
	if at < 0 || !strings.EqualFold(s[at:], suffix) {
		return s, false
	}
	return s[:at], true
}

// startsWith reports whether the first line of a text is the title.
func startsWith(text, title string) bool {
	line, _, _ := strings.Cut(text, "\n")
	return strings.EqualFold(strings.TrimLeft(line, "# "), title)
}

// complete sets what a page says of itself. An address that the page gives
// itself counts only within its own site: a page cannot pass for another's.
func (s *pageSays) complete(d *draft, base *url.URL) {
	if d.Title == "" {
		d.Title = oneLine(s.title, 500)
	}
	if len(d.Authors) == 0 {
		d.Authors = s.authors
	}
	if d.Publisher == "" {
		d.Publisher = s.publisher
	}
	for _, stated := range s.published {
		if d.Published != "" {
			break
		}
		d.date(stated)
	}
	for _, address := range s.addresses {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			continue
		}
		if base != nil {
			u = base.ResolveReference(u)
		}
		if webAddress(u.String()) && (base == nil || sameSite(u, base)) && (len(u.Path) > 1 || u.RawQuery != "" || base == nil || len(base.Path) <= 1) {
			u.Fragment = ""
			d.URL = u.String()
			return
		}
	}
}

// sameSite reports whether two addresses belong to one registered domain.
func sameSite(a, b *url.URL) bool {
	if strings.EqualFold(a.Host, b.Host) {
		return true
	}
	siteA, errA := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	siteB, errB := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	return errA == nil && errB == nil && siteA == siteB
}

// splitByline parts "By Ann Lee, Bo Cho and Cy Diaz" into names. What holds
// digits is no name but a date.
func splitByline(byline string) []string {
	byline = oneLine(byline, 500)
	for _, label := range []string{"By ", "by ", "BY ", "By: ", "Par ", "Von "} {
		byline = strings.TrimPrefix(byline, label)
	}
	var names []string
	for name := range strings.SplitSeq(strings.NewReplacer(" and ", ",", " & ", ",", "|", ",", ";", ",").Replace(byline), ",") {
		if name = strings.TrimSpace(name); name != "" && len(name) < 100 && !strings.ContainsAny(name, "0123456789") {
			names = append(names, name)
		}
	}
	return names
}

// renderText renders elements as plain text: blocks parted by a blank line,
// headings with "##", captions with "Caption:", list items with "•" on lines that
// follow each other.
func renderText(n *html.Node) string {
	var w textWriter
	w.render(n)
	w.end()
	var b strings.Builder
	for i, block := range w.blocks {
		switch {
		case i == 0:
		case strings.HasPrefix(block, "• ") && strings.HasPrefix(w.blocks[i-1], "• "):
			b.WriteString("\n")
		default:
			b.WriteString("\n\n")
		}
		b.WriteString(block)
	}
	return b.String()
}

type textWriter struct {
	blocks []string
	lines  []string // of the current block, finished ones
	line   strings.Builder
	prefix string // of the current block
}

func (w *textWriter) render(n *html.Node) {
	if n.Type == html.TextNode {
		w.line.WriteString(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\t' || r == '\r' {
				return ' '
			}
			return r
		}, n.Data))
		return
	}
	block, prefix := false, ""
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Head, atom.Noscript, atom.Iframe, atom.Svg, atom.Button, atom.Form, atom.Select, atom.Textarea, atom.Template, atom.Video, atom.Audio, atom.Object:
		return
	case atom.Br:
		w.endLine()
		return
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		block, prefix = true, "## "
	case atom.Li:
		block, prefix = true, "• "
	case atom.Figcaption, atom.Caption:
		block, prefix = true, "Caption: "
	case atom.Td, atom.Th:
		w.line.WriteString(" ")
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Main, atom.Aside, atom.Header, atom.Footer, atom.Nav, atom.Blockquote, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd,
		atom.Figure, atom.Table, atom.Tr, atom.Pre, atom.Hr, atom.Address, atom.Details, atom.Summary, atom.Center, atom.Fieldset:
		block = true
	}
	if block {
		outer := w.prefix
		w.end()
		if prefix == "" && (n.DataAtom == atom.P || n.DataAtom == atom.Div) {
			prefix = outer // a paragraph in a list item or caption
		}
		w.prefix = prefix
		defer func() {
			w.end()
			w.prefix = ""
		}()
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		w.render(child)
	}
}

func (w *textWriter) endLine() {
	if s := strings.Join(strings.Fields(w.line.String()), " "); s != "" {
		w.lines = append(w.lines, s)
	}
	w.line.Reset()
}

func (w *textWriter) end() {
	w.endLine()
	if len(w.lines) > 0 {
		w.blocks = append(w.blocks, w.prefix+strings.Join(w.lines, "\n"))
		w.lines, w.prefix = nil, ""
	}
}
