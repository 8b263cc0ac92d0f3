package main

import (
	"bytes"
	"io"
	"log/slog"
	"time"
)

// newLog returns a log for a person on a terminal, and as JSON otherwise. Nothing
// that is in secrets gets through it.
func (p *program) newLog(secrets []string) *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: plainDurations}
	if p.verbose {
		o.Level = slog.LevelDebug
	}
	w := veil{p.err, secrets}
	if _, ok := terminal(p.err); ok {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// plainDurations writes durations as people do, in JSON too.
func plainDurations(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.String(a.Key, a.Value.Duration().Round(time.Millisecond).String())
	}
	return a
}

// A veil hides secrets in what is written through it, a whole entry at a time.
type veil struct {
	w       io.Writer
	secrets []string
}

func (v veil) Write(b []byte) (int, error) {
	if _, err := v.w.Write([]byte(v.hide(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (v veil) hide(b []byte) []byte {
	for _, s := range v.secrets {
		b = bytes.ReplaceAll(b, []byte(s), []byte("[secret]"))
	}
	return b
}
