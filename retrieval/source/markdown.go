package source

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFrontMatter bounds the lines between the two "---"; real ones stay far below.
const maxFrontMatter = 64 << 10

// frontMatter holds the fields that name an article, under the names that the
// common site generators and clippers use.
type frontMatter struct {
	Title     line  `yaml:"title"`
	Date      line  `yaml:"date"`
	Published line  `yaml:"published"`
	PubAt     line  `yaml:"published_at"`
	Author    names `yaml:"author"`
	Authors   names `yaml:"authors"`
	Byline    names `yaml:"byline"`
	Publisher line  `yaml:"publisher"`
	Source    line  `yaml:"source"`
	Site      line  `yaml:"site"`
	URL       line  `yaml:"url"`
	Canonical line  `yaml:"canonical"`
	CanonURL  line  `yaml:"canonical_url"`
	Link      line  `yaml:"link"`
}

// line is a scalar of any type, as it was written. Anything else is ignored.
type line string

func (l *line) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		*l = line(strings.TrimSpace(n.Value))
	}
	return nil
}

// names is a scalar, a list of scalars, or a list of mappings with a "name".
type names []string

func (ns *names) UnmarshalYAML(n *yaml.Node) error {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, node := range nodes {
		var name line
		switch node.Kind {
		case yaml.ScalarNode:
			_ = name.UnmarshalYAML(node)
		case yaml.MappingNode:
			for i := 0; i+1 < len(node.Content); i += 2 {
				if node.Content[i].Value == "name" {
					_ = name.UnmarshalYAML(node.Content[i+1])
				}
			}
		}
		if name != "" {
			*ns = append(*ns, string(name))
		}
	}
	return nil
}

// readMarkdown reads Markdown with or without YAML front matter. The body is
// kept as it was written.
func readMarkdown(text string, d *draft) error {
	matter, body, err := splitFrontMatter(text)
	if err != nil {
		return err
	}
	var fm frontMatter
	if err := yaml.Unmarshal([]byte(matter), &fm); err != nil {
		return fmt.Errorf("front matter: %w", err)
	}
	d.Title = first(fm.Title)
	d.Publisher = first(fm.Publisher, fm.Source, fm.Site)
	d.URL = first(fm.Canonical, fm.CanonURL, fm.URL, fm.Link, line(d.URL))
	if webAddress(d.Publisher) { // clippers write the page's address as "source"
		d.URL, d.Publisher = first(line(d.URL), line(d.Publisher)), ""
	}
	for _, authors := range []names{fm.Authors, fm.Author, fm.Byline} {
		if len(authors) > 0 {
			d.Authors = authors
			break
		}
	}
	d.date(first(fm.Published, fm.PubAt, fm.Date))
	d.Text = body
	return nil
}

// splitFrontMatter separates the YAML between two lines "---" at the start from
// the body. Without these lines all is body.
func splitFrontMatter(text string) (matter, body string, err error) {
	rest := strings.TrimLeft(text, "\ufeff \t\r\n")
	if strings.HasPrefix(rest, "+++\n") || strings.HasPrefix(rest, "+++\r\n") {
		return "", "", errors.New("front matter in TOML is not read; write it in YAML between two lines ---")
	}
	opening, after, found := strings.Cut(rest, "\n")
	if !found || strings.TrimRight(opening, " \t\r") != "---" {
		return "", text, nil
	}
	for at := 0; at < len(after) && at <= maxFrontMatter; {
		end := strings.IndexByte(after[at:], '\n')
		next := at + end + 1
		if end < 0 {
			end, next = len(after)-at, len(after)
		}
		if l := strings.TrimRight(after[at:at+end], " \t\r"); l == "---" || l == "..." {
			return after[:at], after[next:], nil
		}
		at = next
	}
	if strings.Contains(opening, "\r") || looksLikeFields(after) {
		return "", "", fmt.Errorf("front matter is not closed by a line --- within %s", size(maxFrontMatter))
	}
	return "", text, nil
}

// looksLikeFields reports whether a text starts with a "name: value" line, and
// so tells front matter from a horizontal rule.
func looksLikeFields(text string) bool {
	firstLine, _, _ := strings.Cut(text, "\n")
	name, _, found := strings.Cut(firstLine, ":")
	return found && name != "" && !strings.ContainsAny(name, " \t")
}

func first(values ...line) string {
	for _, v := range values {
		if v != "" {
			return string(v)
		}
	}
	return ""
}
