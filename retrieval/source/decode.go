package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// minConfidence is the least confidence, in percent, of a guessed character set.
const minConfidence = 25

// decode returns content as UTF-8. The character set is taken from a byte order
// mark, contentType or a <meta> element; failing these it is guessed, and note
// says so. Bytes that are invalid in it become U+FFFD, with a note.
func decode(content []byte, contentType string) (text, note string, err error) {
	if isBinary(content) {
		return "", "", fmt.Errorf("not a text but %s", http.DetectContentType(content))
	}
	enc, name, stated := charset.DetermineEncoding(content, contentType)
	valid, wide := utf8.Valid(content), bytes.IndexFunc(content, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0
	switch {
	case valid && (wide || !stated || name == "utf-8"):
		return strings.TrimPrefix(string(content), "\ufeff"), "", nil
	case stated:
	case mostlyUTF8(content):
		name, enc = "utf-8", encoding.Nop
	default:
		guess, err := chardet.NewTextDetector().DetectBest(content[:min(len(content), 64<<10)])
		if err == nil && guess.Confidence >= minConfidence {
			enc, name = charset.Lookup(guess.Charset)
		}
		if enc == nil || err != nil || guess.Confidence < minConfidence {
			return "", "", errUnknownSet
		}
		note = "its character set is not stated, and was taken for " + name
	}
	decoded, err := enc.NewDecoder().Bytes(content)
	if err != nil {
		return "", "", fmt.Errorf("decode %s: %w", name, err)
	}
	text = strings.ToValidUTF8(string(decoded), "\ufffd")
	switch damaged := strings.ContainsAny(text, "\ufffd\u0080\u0081\u008d\u008f\u0090\u009d"); {
	case damaged && note != "":
		return "", "", errUnknownSet
	case damaged:
		note = fmt.Sprintf("bytes that are invalid in %s were replaced by U+FFFD", name)
	}
	return strings.TrimPrefix(text, "\ufeff"), note, nil
}

func utf16Mark(content []byte) bool {
	return bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff})
}

// isBinary reports whether content starts like a picture, an archive, a PDF...
func isBinary(content []byte) bool {
	if utf16Mark(content) {
		return false
	}
	kind := http.DetectContentType(content)
	return !strings.HasPrefix(kind, "text/") && kind != "application/json"
}

// mostlyUTF8 reports whether most characters beyond ASCII are valid UTF-8, as
// in a text that was cut or damaged.
func mostlyUTF8(content []byte) bool {
	valid, invalid := 0, 0
	for len(content) > 0 {
		r, size := utf8.DecodeRune(content)
		if r == utf8.RuneError && size == 1 {
			invalid++
		} else if size > 1 {
			valid++
		}
		content = content[size:]
	}
	return valid >= 4*invalid
}

var errUnknownSet = errors.New("neither UTF-8 nor in a character set that could be recognised; convert it to UTF-8")

var errTooLarge = errors.New("too large")

// readAll reads at most limit bytes; more is an error that wraps errTooLarge.
func readAll(from io.Reader, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(from, limit+1))
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("%w: more than %s", errTooLarge, size(limit))
	}
	return content, err
}

func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
