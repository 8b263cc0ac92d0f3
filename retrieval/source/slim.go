package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// pageSays is what the head of a page says of its article.
type pageSays struct {
	title, publisher string
	authors          []string
	published        []string // dates as stated, the most reliable first
	addresses        []string // canonical ones, the most reliable first
}

// maxLD bounds a block of JSON-LD, and maxTitle the title, in bytes. Real ones
// take some kilobytes and some hundred bytes.
const maxLD, maxTitle = 256 << 10, 2000

// slimHTML returns a page without what neither the text nor its extraction
// needs, and what the page says of itself. Formatting elements go too: a parser
// reopens unclosed ones in every later paragraph, and a small page of these
// would grow to gigabytes.
func slimHTML(page string) ([]byte, *pageSays, error) {
	var (
		slim  bytes.Buffer
		found pageSays
		metas = map[string]string{}
		times []string
		links []string
		skip  atom.Atom // element whose content is left out
		ld    bool      // inside JSON-LD
		title bool      // inside <title>
	)
	z := html.NewTokenizer(strings.NewReader(page))
	z.SetMaxBuf(maxPage)
	for elements := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return nil, nil, fmt.Errorf("read HTML: %w", err)
			}
			break
		}
		if kind == html.CommentToken || kind == html.DoctypeToken && slim.Len() > 0 {
			continue
		}
		if ld {
			if kind == html.TextToken && len(z.Raw()) <= maxLD {
				found.readLD(z.Raw())
			}
			ld = kind == html.TextToken
			continue
		}
		if skip != 0 {
			if name, _ := z.TagName(); kind == html.EndTagToken && atom.Lookup(name) == skip {
				skip = 0
			}
			continue
		}
		if kind == html.TextToken {
			raw := z.Raw()
			if title {
				raw = raw[:min(len(raw), maxTitle)]
			}
			slim.Write(raw)
			continue
		}
		token := z.Token()
		title = token.DataAtom == atom.Title && kind == html.StartTagToken
		if slices.Contains(formatting, token.DataAtom) {
			continue
		}
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			if elements++; elements > maxElements {
				return nil, nil, fmt.Errorf("%w: a page of more than %d elements", errTooLarge, maxElements)
			}
			switch token.DataAtom {
			case atom.Script:
				ld = kind == html.StartTagToken && strings.Contains(strings.ToLower(attribute(token, "type")), "ld+json")
				if !ld && kind == html.StartTagToken {
					skip = token.DataAtom
				}
				continue
			case atom.Style, atom.Svg, atom.Noscript, atom.Template, atom.Iframe, atom.Math, atom.Textarea, atom.Select:
				if kind == html.StartTagToken {
					skip = token.DataAtom
				}
				continue
			case atom.Meta:
				name := strings.ToLower(first(line(attribute(token, "property")), line(attribute(token, "name")), line(attribute(token, "itemprop"))))
				if content := attribute(token, "content"); name != "" && content != "" && metas[name] == "" {
					metas[name] = content
				}
			case atom.Link:
				if slices.Contains(strings.Fields(strings.ToLower(attribute(token, "rel"))), "canonical") {
					links = append(links, attribute(token, "href"))
				}
			case atom.Time:
				if day := attribute(token, "datetime"); day != "" && published(token) {
					times = append(times, day)
				}
			}
			token.Attr = slices.DeleteFunc(token.Attr, func(a html.Attribute) bool { return !slices.Contains(attributes, a.Key) || len(a.Val) > 4000 })
			token.Attr = token.Attr[:min(len(token.Attr), len(attributes))]
		}
		slim.WriteString(token.String())
	}
	for _, name := range []string{"article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date", "publication_date", "article.published", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date", "date"} {
		if metas[name] != "" {
			found.published = append(found.published, metas[name])
		}
	}
	found.published = append(found.published, times...)
	found.title = first(line(found.title), line(metas["og:title"]), line(metas["dc.title"]))
	found.publisher = first(line(found.publisher), line(metas["og:site_name"]), line(metas["application-name"]), line(metas["dc.publisher"]))
	if author := first(line(metas["author"]), line(metas["parsely-author"]), line(metas["dc.creator"]), line(metas["article:author"])); len(found.authors) == 0 && author != "" && !webAddress(author) {
		found.authors = splitByline(author)
	}
	found.addresses = append(append(links, found.addresses...), metas["og:url"])
	return slim.Bytes(), &found, nil
}

// formatting are the elements that a parser reopens, but for <a>.
var formatting = []atom.Atom{atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small, atom.Strike, atom.Strong, atom.Tt, atom.U}

// attributes are those by which the main text is told from the rest.
var attributes = []string{"id", "class", "role", "rel", "href", "name", "property", "itemprop", "content", "hidden", "style", "aria-hidden", "aria-modal", "type", "lang", "dir", "src", "alt"}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// published reports whether a <time> element says when the page was published.
func published(t html.Token) bool {
	for _, a := range t.Attr {
		value := strings.ToLower(a.Val)
		if a.Key == "pubdate" || a.Key == "itemprop" && value == "datepublished" || a.Key == "class" && (strings.Contains(value, "publish") || strings.Contains(value, "entry-date")) {
			return true
		}
	}
	return false
}

// readLD reads a block of JSON-LD (schema.org): the first article in it that
// has a headline or a date.
func (s *pageSays) readLD(raw []byte) {
	var doc any
	if json.Unmarshal(bytes.TrimSpace(raw), &doc) == nil {
		s.findArticle(doc, 0)
	}
}

func (s *pageSays) findArticle(node any, depth int) bool {
	if depth > 8 {
		return false
	}
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			if s.findArticle(child, depth+1) {
				return true
			}
		}
	case map[string]any:
		if isArticle(node["@type"]) && (node["headline"] != nil || node["datePublished"] != nil) {
			s.title = scalar(node["headline"])
			s.published = append(s.published, scalar(node["datePublished"]))
			s.authors = namesOf(node["author"])
			s.publisher = scalar(node["publisher"])
			if address := scalar(node["url"]); address != "" {
				s.addresses = append(s.addresses, address)
			}
			return true
		}
		for _, name := range []string{"@graph", "mainEntity", "mainEntityOfPage", "hasPart"} {
			if s.findArticle(node[name], depth+1) {
				return true
			}
		}
	}
	return false
}

func isArticle(kind any) bool {
	switch kind := kind.(type) {
	case string:
		return strings.HasSuffix(kind, "Article") || kind == "BlogPosting" || kind == "LiveBlogPosting" || kind == "Report"
	case []any:
		return slices.ContainsFunc(kind, isArticle)
	}
	return false
}

// scalar returns a string, or the "name" of an object.
func scalar(value any) string {
	switch value := value.(type) {
	case string:
		return html.UnescapeString(value)
	case map[string]any:
		name, _ := value["name"].(string)
		return html.UnescapeString(name)
	case []any:
		if len(value) > 0 {
			return scalar(value[0])
		}
	}
	return ""
}

func namesOf(value any) []string {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var names []string
	for _, item := range list {
		if name := scalar(item); name != "" && !webAddress(name) {
			names = append(names, name)
		}
	}
	return names
}
