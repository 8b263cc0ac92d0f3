package qa

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"crisisbot/prompts"
)

const (
	stepSize   = 12  // passages of a group; of an answer's manifest, fewer are to the point
	mostSteps  = 4   // groups of passages that are written on at the same time
	notesShare = 1.5 // statements of all groups together, for each of the whole
	stepsShare = 0.6 // of the time until the deadline, for the groups; the rest is for making one of them
)

// A noted statement passed its check in a group of a manifest.
type noted struct {
	checkedStatement
	number int // as a note, from 1
	group  int
}

// groups parts a manifest where the model's context, or the size of a prompt, is full,
// at most mostSteps times; what is left is left out.
func (w *Writer) groups(m Manifest, t modelTask) ([]Manifest, error) {
	var out []Manifest
	parts := (len(m) + stepSize - 1) / stepSize
	for len(m) > 0 && len(out) < mostSteps {
		size := (len(m) + parts - 1) / max(parts, 1) // alike, so that none has a passage alone
		f, err := w.fit(m[:min(size, stepSize)], t)
		if err != nil {
			return nil, err
		}
		out = append(out, f.manifest)
		m, parts = m[len(f.manifest):], max(parts-1, 1)
	}
	return out, nil
}

// eachGroup writes on every group at the same time and returns the drafts in the order
// of the groups. Numbers of passages are those of the group. A group of which nothing
// passed is an empty draft; any other fault of half of them or more is the error.
func (w *Writer) eachGroup(ctx context.Context, groups []Manifest, t modelTask) ([]modelDraft, error) {
	drafts, errs := make([]modelDraft, len(groups)), make([]error, len(groups))
	atOnce(len(groups), func(i int) { drafts[i], errs[i] = w.draft(ctx, groups[i], t, nil) })
	failed := 0
	var first error
	for _, err := range errs {
		if errors.Is(err, context.Canceled) {
			return drafts, err
		}
		if err != nil && !errors.Is(err, ErrNothingLeft) {
			failed++
			first = cmp.Or(first, err)
		}
	}
	if 2*failed >= len(groups) && failed > 0 {
		return drafts, first
	}
	return drafts, nil
}

// atOnce calls f with 0 to n-1 at the same time and waits for all. A panic of one is a
// panic of the caller, who may be prepared for it.
func atOnce(n int, f func(int)) {
	var wg sync.WaitGroup
	panics := make([]any, n)
	for i := range n {
		wg.Go(func() {
			defer func() { panics[i] = recover() }()
			f(i)
		})
	}
	wg.Wait()
	for _, v := range panics {
		if v != nil {
			panic(v)
		}
	}
}

// inSteps is draft for a summary of a manifest that one prompt may not hold: the
// model writes notes on each group of passages, then one summary of the notes. What it
// makes of notes is checked against the passages that they cite; where that fails, or
// the second step does, the notes stand.
func (w *Writer) inSteps(ctx context.Context, m Manifest, t modelTask, emit emitter) (modelDraft, error) {
	if w == nil || w.gen == nil {
		return modelDraft{}, ErrNoModel
	}
	groups, err := w.groups(m, t)
	if err != nil {
		return modelDraft{}, err
	}
	if len(groups) < 2 {
		return w.draft(ctx, m, t, emit)
	}
	part := t
	part.most = int(notesShare*float64(t.most))/len(groups) + 1
	part.bytes = 0
	until := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		until, cancel = context.WithTimeout(ctx, time.Duration(stepsShare*float64(time.Until(end))))
		defer cancel()
	}
	drafts, err := w.eachGroup(until, groups, part)
	d := modelDraft{Trace: Trace{Answerable: false, Premise: PremiseHolds}}
	var notes []noted
	m = slices.Concat(groups...)
	offset := 0
	for i, g := range drafts {
		d.Trace = *joined(&d.Trace, &g.Trace)
		for _, k := range g.kept {
			for j := range k.from {
				k.from[j] += offset
			}
			notes = append(notes, noted{k, len(notes) + 1, i})
		}
		offset += len(groups[i])
	}
	d.Answerable, d.Premise = len(notes) > 0, PremiseHolds
	switch {
	case err != nil:
		return d, err
	case len(notes) == 0 && len(d.Drops) > 0:
		return d, ErrNothingLeft
	case len(notes) == 0:
		return d, nil
	}
	return d, w.merge(ctx, &d, m, t, notes, emit)
}

// merge has the model make one summary of notes.
func (w *Writer) merge(ctx context.Context, d *modelDraft, m Manifest, t modelTask, notes []noted, emit emitter) error {
	t.kind = modelMerge
	for _, n := range notes {
		t.notes = append(t.notes, prompts.Note{Number: n.number, Text: n.Text})
	}
	f, err := w.fit(nil, t)
	if err == nil {
		c := newChecker(m, t.text, modelLanguage(t.language))
		_, _, err = w.round(ctx, d, m, t, f.request, c, c.overNotes(notes), emit)
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	if err == nil && len(d.kept) > 0 {
		return nil
	}
	d.kept = nil
	for _, n := range inTurn(notes) {
		if !d.full(t, n.checkedStatement) {
			d.kept = append(d.kept, n.checkedStatement)
		}
	}
	d.Statements, d.Citations = checkNumber(d.kept)
	if emit != nil {
		emit(d.Statements, d.Citations)
	}
	return nil
}

// inTurn orders notes so that those of all groups come in turn: the first of each,
// then the second. Their order inside a group is that of importance.
func inTurn(notes []noted) []noted {
	rank := map[int]int{} // by group
	place := make(map[int]int, len(notes))
	for _, n := range notes {
		place[n.number] = rank[n.group]
		rank[n.group]++
	}
	out := slices.Clone(notes)
	slices.SortStableFunc(out, func(a, b noted) int { return cmp.Compare(place[a.number], place[b.number]) })
	return out
}

// overNotes judges statements that cite notes: each against the passages that its
// notes cite. Where one fails, its notes stand in for it.
func (c *checker) overNotes(notes []noted) judge {
	return func(d Draft) ([]checkedStatement, *Drop) {
		if len(d.Citations) == 0 {
			return nil, &Drop{Draft: d, Fault: FaultCitation, Why: "it cites no note"}
		}
		var behind []checkedStatement
		var from []int
		for _, n := range d.Citations {
			if n < 1 || n > len(notes) {
				return nil, &Drop{Draft: d, Fault: FaultCitation, Why: fmt.Sprintf("there is no note %d", n)}
			}
			note := notes[n-1].checkedStatement
			behind = append(behind, note)
			for _, p := range note.from {
				if !slices.Contains(from, p) {
					from = append(from, p)
				}
			}
		}
		whole := d
		whole.Citations, whole.Quote = from, ""
		kept, drop := c.check(whole)
		if drop != nil {
			drop.Draft = d
			return behind, drop
		}
		return []checkedStatement{kept}, nil
	}
}
