package source

import (
	"bytes"
	"mime"
	"path/filepath"
	"strings"
)

type kind uint8

const (
	unknown kind = iota
	plain
	markdown
	jsonl
	webPage
	feed
)

// kinds names the files that hold articles, for messages.
const kinds = ".txt, .md, .html, .jsonl, .rss, .atom, .xml, each also with .gz"

// kindOfName tells the kind of a file by its extension.
func kindOfName(name string) kind {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(name, ".gz"))) {
	case ".txt", ".text":
		return plain
	case ".md", ".markdown":
		return markdown
	case ".jsonl", ".ndjson":
		return jsonl
	case ".html", ".htm", ".xhtml":
		return webPage
	case ".rss", ".atom", ".xml":
		return feed
	}
	return unknown
}

// kindOf tells the kind of a file or web page by the first bytes where they are
// plain enough, else by the extension or the content type, else takes it for
// plain text.
func kindOf(name, contentType string, start []byte) kind {
	byName := kindOfName(name)
	if byName == unknown {
		byName = kindOfType(contentType)
	}
	start = bytes.TrimSpace(bytes.TrimPrefix(start[:min(len(start), 4<<10)], []byte("\ufeff")))
	opening := strings.ToLower(string(start))
	switch {
	case byName == jsonl || byName == markdown:
		return byName
	case isFeed(opening):
		return feed
	case strings.HasPrefix(opening, "<!doctype html") || strings.HasPrefix(opening, "<html") || strings.HasPrefix(opening, "<?xml") && strings.Contains(opening, "<html"):
		return webPage
	case byName != unknown:
		return byName
	case strings.HasPrefix(opening, "{\""):
		return jsonl
	case strings.HasPrefix(opening, "---\n") || strings.HasPrefix(opening, "---\r\n"):
		return markdown
	}
	return plain
}

// isFeed reports whether the root element of a text is a feed's.
func isFeed(opening string) bool {
	for {
		end := ""
		switch {
		case strings.HasPrefix(opening, "<?"):
			end = "?>"
		case strings.HasPrefix(opening, "<!--"):
			end = "-->"
		default:
			return strings.HasPrefix(opening, "<rss") || strings.HasPrefix(opening, "<feed") || strings.HasPrefix(opening, "<rdf:rdf")
		}
		_, rest, found := strings.Cut(opening, end)
		if !found {
			return false
		}
		opening = strings.TrimSpace(rest)
	}
}

func kindOfType(contentType string) kind {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return unknown
	}
	switch mediaType {
	case "text/html", "application/xhtml+xml":
		return webPage
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml":
		return feed
	case "text/markdown":
		return markdown
	case "application/jsonl", "application/x-ndjson", "application/x-jsonlines":
		return jsonl
	}
	return unknown
}
