package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"

	"github.com/clipperhouse/displaywidth"
	"golang.org/x/term"

	"crisisbot/bot/qa"
)

// A page is a text for a person, made to the width of where it is shown and
// coloured only on a terminal.
type page struct {
	w      io.Writer
	b      bytes.Buffer
	width  int // columns
	colour bool
}

const (
	plainWidth = 80  // where nobody says
	mostWidth  = 100 // longer lines are hard to read
)

func (p *program) page() *page {
	pg := &page{w: p.out, width: plainWidth}
	if f, ok := terminal(p.out); ok {
		pg.colour = !p.config.NoColour
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			pg.width = min(w, mostWidth)
		}
	}
	return pg
}

// terminal returns the file behind a stream if that is a terminal.
func terminal(stream any) (*os.File, bool) {
	f, ok := stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// print writes the page by one call.
func (pg *page) print(write func(*page)) error {
	write(pg)
	_, err := pg.w.Write(pg.b.Bytes())
	pg.b.Reset()
	return err
}

func (pg *page) line(s string) { pg.b.WriteString(s + "\n") }

func (pg *page) style(code, s string) string {
	if !pg.colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (pg *page) bold(s string) string { return pg.style("1", s) }
func (pg *page) dim(s string) string  { return pg.style("2", s) }

// mark sets a stretch of text off, where there are no colours by signs.
func (pg *page) mark(s string) string {
	if !pg.colour {
		return ">>>" + s + "<<<"
	}
	return pg.style("1;33", s)
}

var citationNumber = regexp.MustCompile(`\[\d+\]`)

// numbers colours the citation numbers in a text of ours.
func (pg *page) numbers(s string) string {
	return citationNumber.ReplaceAllStringFunc(s, func(n string) string { return pg.style("36", n) })
}

// para prints a text in lines that fit, each after indent.
func (pg *page) para(indent, text string) {
	for _, l := range wrap(text, pg.width-len(indent)) {
		pg.line(indent + l)
	}
}

// quote prints a quotation behind a bar, which no text can be confused with, and
// its number before the first line.
func (pg *page) quote(number int, text string) {
	before := fmt.Sprintf("  [%d] ", number)
	for _, l := range wrap(text, pg.width-len(before)-2) {
		pg.line(pg.numbers(before) + pg.dim("│ ") + l)
		before = strings.Repeat(" ", len(before))
	}
}

// columns measures a text as a terminal shows it: styles take no room.
var columns = displaywidth.Options{ControlSequences: true}.String

// wrap cuts a text between words into lines of at most width columns. A longer
// word has a line of its own.
func wrap(text string, width int) []string {
	width = max(width, 20)
	var out []string
	var l strings.Builder
	used := 0
	for _, w := range strings.Fields(text) {
		n := columns(w)
		if used > 0 && used+1+n > width {
			out = append(out, l.String())
			l.Reset()
			used = 0
		}
		if used > 0 {
			l.WriteByte(' ')
			used++
		}
		l.WriteString(w)
		used += n
	}
	if used > 0 {
		out = append(out, l.String())
	}
	return out
}

// clean is scrub with single spaces between the words and none around them.
func clean(s string) string { return strings.Join(strings.Fields(scrub(s)), " ") }

// scrub takes out of a text what could steer a terminal or hide in it: control,
// format and direction characters.
func scrub(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r) && r != '\u200c' && r != '\u200d': // joiners shape letters
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// dayName writes an ISO day for a person.
func dayName(iso string, inferred bool) string {
	if iso == "" {
		return "undated"
	}
	day := clean(qa.Day(iso))
	if inferred {
		day += " (date inferred)"
	}
	return day
}

// outletName writes a publisher for a person.
func outletName(publisher string) string {
	if publisher == "" {
		return "Unknown outlet"
	}
	return clean(publisher)
}
