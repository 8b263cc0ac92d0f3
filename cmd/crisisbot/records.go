package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"crisisbot/bot"
	"crisisbot/bot/qa"
)

// A recordFolder keeps how the answers of the terminal came about, each in a file of
// its own that only its owner may read, until it expires. Any number of processes may
// use it.
type recordFolder struct {
	dir  string
	keep time.Duration
	now  func() time.Time
}

const (
	recordsFolder = "records" // in the data folder
	recordSuffix  = ".json"
	keptHours     = 24 // of answers, where KEEP_HOURS doesn't say
)

func (p *program) records() recordFolder {
	hours := cmp.Or(p.config.Discord.KeepHours, keptHours)
	return recordFolder{filepath.Join(p.config.Data, recordsFolder), time.Duration(hours) * time.Hour, p.now}
}

// newID names an answer.
func newID() string { return strings.ToLower(rand.Text()) }

var recordID = regexp.MustCompile(`^[a-z0-9]{26}$`)

func (f recordFolder) path(id string) string { return filepath.Join(f.dir, id+recordSuffix) }

// put keeps a record and deletes those that have expired.
func (f recordFolder) put(r qa.Record) error {
	r.At = f.now().UTC()
	r.Expires = r.At.Add(f.keep)
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	if err := replaceFile(f.path(r.ID), b); err != nil {
		return err
	}
	return errors.Join(os.Chtimes(f.path(r.ID), r.At, r.At), f.sweep())
}

// sweep deletes the files that were written longer ago than records are kept.
func (f recordFolder) sweep() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && f.now().Sub(info.ModTime()) > f.keep {
			err = os.Remove(filepath.Join(f.dir, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process was faster
			return err
		}
	}
	return nil
}

// get returns a record, false if there is none or it has expired.
func (f recordFolder) get(id string) (qa.Record, bool, error) {
	var r qa.Record
	b, err := os.ReadFile(f.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return r, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	return r, err == nil && f.now().Before(r.Expires), err
}

// all returns every record that has not expired, in any order; files that can't be
// read are left out.
func (f recordFolder) all() ([]qa.Record, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []qa.Record
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), recordSuffix); ok && recordID.MatchString(id) {
			if r, ok, err := f.get(id); ok && err == nil {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// remove deletes records and reports how many there were.
func (f recordFolder) remove(ids ...string) (int, error) {
	n := 0
	for _, id := range ids {
		switch err := os.Remove(f.path(id)); {
		case err == nil:
			n++
		case !errors.Is(err, fs.ErrNotExist):
			return n, err
		}
	}
	return n, nil
}

// forgetArticles deletes the records that quote any of some articles, those that can't
// be read too, and reports how many there were.
func (f recordFolder) forgetArticles(ids ...string) (int, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	n := 0
	for _, e := range entries {
		path := filepath.Join(f.dir, e.Name())
		b, err := os.ReadFile(path)
		if err == nil && slices.ContainsFunc(ids, func(id string) bool {
			name, err := json.Marshal(id)
			return err != nil || bytes.Contains(b, name)
		}) {
			n++
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, err
		}
	}
	return n, nil
}

// forgetAnswers deletes what terminal and bot keep of answers that quote any of some
// articles, and reports how many there were. The bot is not running.
func (p *program) forgetAnswers(ctx context.Context, ids ...string) (int, error) {
	n, err := p.records().forgetArticles(ids...)
	if err != nil {
		return n, err
	}
	more, err := bot.ForgetArticles(ctx, filepath.Join(p.config.Data, botFolder), p.records().keep, ids...)
	return n + more, err
}

// keepAnswer keeps how an answer came about. That it can't be kept is no reason not to
// show it.
func (p *program) keepAnswer(kind qa.Kind, a qa.Answer) {
	p.keepRecord(qa.Record{ID: a.ID, Kind: kind, Answer: &a, Trace: a.Trace})
}

func (p *program) keepVerdict(v qa.Verdict) {
	p.keepRecord(qa.Record{ID: v.ID, Kind: qa.ClaimKind, Verdict: &v, Trace: v.Trace})
}

func (p *program) keepRecord(r qa.Record) {
	if err := p.records().put(r); err != nil {
		p.logf("how this answer came about is not kept: %v", err)
		return
	}
	p.logf("kept as %s: crisisbot record %s", r.ID, r.ID)
}

// findRecord looks for a record among those of the terminal and those of the bot.
func (p *program) findRecord(id string) (qa.Record, error) {
	if !recordID.MatchString(id) {
		return qa.Record{}, usagef("%q is no id of an answer: it has 26 letters and digits (crisisbot record list)", id)
	}
	r, ok, err := p.records().get(id)
	if err == nil && !ok {
		r, ok, err = bot.ReadRecord(filepath.Join(p.config.Data, botFolder), id, p.now())
	}
	switch {
	case err != nil:
		return r, fmt.Errorf("record %s: %w", id, err)
	case !ok:
		return r, usagef("there is no answer %s: it may have expired (records are kept for %d hours, KEEP_HOURS)", id, int(p.records().keep.Hours()))
	}
	return r, nil
}

// allRecords returns the records of terminal and bot, newest first.
func (p *program) allRecords() ([]qa.Record, error) {
	own, err := p.records().all()
	if err != nil {
		return nil, err
	}
	bots, err := bot.ReadRecords(filepath.Join(p.config.Data, botFolder), p.now())
	if err != nil {
		return nil, err
	}
	all := append(own, bots...)
	slices.SortFunc(all, func(a, b qa.Record) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}
