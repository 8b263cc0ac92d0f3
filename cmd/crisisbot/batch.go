package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"crisisbot/bot/qa"
)

// A request is one line of a batch. ID is a JSON string or number, null if the
// line has none; it is echoed as it came.
type request struct {
	ID           json.RawMessage `json:"id"`
	Question     string          `json:"question"` // of ask and search
	Claim        string          `json:"claim"`    // of check
	Topic        string          `json:"topic"`    // of summary and timeline
	Length       string          `json:"length"`   // of summary
	Conversation string          `json:"conversation"`
	Since        string          `json:"since"`
	Until        string          `json:"until"`
	Source       string          `json:"source"`
	Article      string          `json:"article"`

	asker qa.Asker
}

// batchError is the answer to a line that can't be answered.
type batchError struct {
	ID    json.RawMessage `json:"id"`
	Error string          `json:"error"`
}

// batch answers every line of p.in by a line on p.out, in the same order, each
// written before the next is read. A bad line gets a batchError and the rest goes
// on. The error is of reading or writing, or says that lines failed by a fault of
// ours.
func (p *program) batch(ctx context.Context, answer func(context.Context, request) (any, error)) error {
	broken := 0
	for l, err := range lines(ctx, p.in) {
		if err != nil {
			return fmt.Errorf("read the batch: %w", err)
		}
		if l.err == nil && len(bytes.TrimSpace(l.text)) == 0 {
			continue
		}
		req, err := parseRequest(l)
		var reply any
		if err == nil {
			reply, err = answer(ctx, req)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil && !errors.As(err, new(*qa.InputError)) && !errors.As(err, new(*usageError)) {
				broken++
			}
		}
		if err != nil {
			reply = batchError{req.ID, fmt.Sprintf("line %d: %v", l.number, err)}
		}
		if err := writeJSON(p.out, reply); err != nil {
			return err
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d lines could not be answered", broken)
	}
	return nil
}

// parseRequest reads a line. The request has the ID of the line even beside an
// error, where that much could be read.
func parseRequest(l line) (request, error) {
	var r request
	if l.err != nil {
		return r, usagef("%v", l.err)
	}
	if !utf8.Valid(l.text) {
		return r, usagef("not text in UTF-8")
	}
	err := json.Unmarshal(l.text, &r)
	switch {
	case len(r.ID) == 0 || string(r.ID) == "null" || r.ID[0] == '"' || r.ID[0] == '-' || '0' <= r.ID[0] && r.ID[0] <= '9':
	default:
		return request{}, usagef("id must be a string or a number")
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		if wrong.Field == "" {
			return r, usagef(`not a JSON object such as {"id":"1","question":"..."}`)
		}
		return r, usagef("%s must be a string", wrong.Field)
	}
	if err != nil {
		return r, usagef("not JSON: %v", err)
	}
	return r, nil
}

// writeJSON writes v as one line.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
