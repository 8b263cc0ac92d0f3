package source

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// A record is one line of JSONL. Other fields are ignored.
type record struct {
	ID        text `json:"id"`
	Title     text `json:"title"`
	Source    text `json:"source"`
	Published text `json:"published_at"`
	URL       text `json:"url"`
	Text      text `json:"text"`
}

// text is a JSON string; a number counts as its digits, null as "".
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		return nil
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case b[0] == '-' || '0' <= b[0] && b[0] <= '9':
		*t = text(b)
		return nil
	}
	return errors.New("a field that must be a string is none")
}

// readJSONL reads an article from every line that is not blank. Of the lines with
// one id the first counts: with the others, every reading would make revisions.
func (r *Reader) readJSONL(ctx context.Context, place, name string, from *bufio.Reader, out *output) {
	lines := map[string]int{} // by id
	for number := 1; ctx.Err() == nil && !out.stopped; number++ {
		line, err := readLine(ctx, from, r.opt.MaxBytes)
		at := fmt.Sprintf("%s:%d", place, number)
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return
		case errors.Is(err, errLineTooLong):
			out.problem(refused(at, "%w: more than %s", err, size(r.opt.MaxBytes)))
			continue
		case err != nil && !errors.Is(err, io.EOF):
			if ctx.Err() == nil {
				out.problem(refused(at, "%w; the rest of the file was not read", reason(err)))
			}
			return
		}
		if number == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			r.readRecord(at, name, line, number, lines, out)
		}
	}
}

func (r *Reader) readRecord(at, name string, line []byte, number int, lines map[string]int, out *output) {
	var rec record
	if err := json.Unmarshal(line, &rec); err != nil {
		out.problem(refused(at, "not a JSON object of the expected form: %w", err))
		return
	}
	if err := checkID(string(rec.ID)); err != nil {
		out.problem(refused(at, "%w", err))
		return
	}
	if rec.ID != "" {
		if first, taken := lines[string(rec.ID)]; taken {
			out.problem(refused(at, "its id %q is that of line %d already", rec.ID, first))
			return
		}
		lines[string(rec.ID)] = number
	}
	if !utf8.Valid(line) {
		out.problem(noted(at, "bytes that are invalid in utf-8 were replaced by U+FFFD"))
	}
	d := draft{place: at}
	d.ID, d.File, d.Title, d.Publisher, d.URL = string(rec.ID), name, string(rec.Title), string(rec.Source), string(rec.URL)
	d.date(string(rec.Published))
	d.Text = string(rec.Text)
	r.finish(&d, out)
}

var errLineTooLong = errors.New("line too long")

// readLine reads a line of at most limit bytes. Of a longer one it reads on to
// the end, keeps nothing and returns errLineTooLong.
func readLine(ctx context.Context, from *bufio.Reader, limit int64) ([]byte, error) {
	var line []byte
	for long := false; ; {
		part, err := from.ReadSlice('\n')
		if long = long || int64(len(line)+len(part)) > limit; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		case long:
			return nil, errLineTooLong
		}
		return line, err
	}
}
