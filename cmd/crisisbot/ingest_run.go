package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"crisisbot/retrieval/archive"
)

// tellCutShort says how far an earlier ingestion came that did not end.
func (in *ingestion) tellCutShort(ctx context.Context, places []string) error {
	r, cut, err := in.archive.Run(ctx)
	if err != nil || !cut {
		return err
	}
	more := ""
	if slices.Equal(r.Places, absolute(places)) {
		more = "; this one goes on from there, and tells what it finds stored as unchanged"
	}
	in.p.warn("an earlier %s was cut short. What it stored is kept%s", runName(r), more)
	return nil
}

// runName says what an ingestion reads, since when, and how far it has come.
func runName(r archive.Run) string {
	s := "ingest of " + clean(r.Place)
	if n := len(r.Places) - 1; n > 0 {
		s += " and " + count(n, "other place")
	}
	s += " (begun " + dayName(r.Started.Format(time.DateOnly), false) + r.Started.Format(", 15:04; ")
	if r.Total > 0 {
		return s + fmt.Sprintf("%d of about %s)", r.Done, count(r.Total, "item"))
	}
	return s + count(r.Done, "item") + ")"
}

// absolute names places in a way that doesn't depend on the current folder.
func absolute(places []string) []string {
	out := make([]string, len(places))
	for i, place := range places {
		out[i] = place
		if path, err := filepath.Abs(place); err == nil && !webAddress(place) {
			out[i] = path
		}
	}
	return out
}

// tellArchive has the archive know how far the ingestion is, once a second.
func (in *ingestion) tellArchive(ctx context.Context) error {
	if time.Since(in.told) < time.Second {
		return nil
	}
	in.told = time.Now()
	return in.archive.SetRun(ctx, in.run)
}

// unendedRun returns the ingestion that is under way or was cut short; nil if none.
func (p *program) unendedRun(ctx context.Context) (_ *archive.Run, err error) {
	a, err := p.openArchive(ctx, archive.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	r, ok, err := a.Run(ctx)
	if err != nil || !ok {
		return nil, err
	}
	return &r, nil
}
