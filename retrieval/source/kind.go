package source

import (
	"bytes"
	"path/filepath"
	"strings"
)

type kind uint8

const (
	unknown kind = iota
	plain
	markdown
	jsonl
)

// kinds names the files that hold articles, for messages.
const kinds = ".txt, .md, .jsonl, each also with .gz"

// kindOfName tells the kind of a file by its extension.
func kindOfName(name string) kind {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(name, ".gz"))) {
	case ".txt", ".text":
		return plain
	case ".md", ".markdown":
		return markdown
	case ".jsonl", ".ndjson":
		return jsonl
	}
	return unknown
}

// kindOf tells the kind by the first bytes where they are plain enough, else
// by the extension, else takes it for plain text.
func kindOf(name string, start []byte) kind {
	byName := kindOfName(name)
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
	switch {
	case byName == jsonl || byName == markdown:
		return byName
	case bytes.HasPrefix(start, []byte("{\"")):
		return jsonl
	case bytes.HasPrefix(start, []byte("---\n")) || bytes.HasPrefix(start, []byte("---\r\n")):
		return markdown
	}
	return plain
}
