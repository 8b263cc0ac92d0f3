package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// A meter shows on a terminal how far a work is, with its rate and an estimate. A
// nil meter shows nothing.
type meter struct {
	bar *progressbar.ProgressBar
	w   io.Writer
}

// meter returns nil if stderr is no terminal. A total of -1 is unknown.
func (p *program) meter(what string, total int) *meter {
	f, ok := terminal(p.err)
	if !ok {
		return nil
	}
	return &meter{w: f, bar: progressbar.NewOptions(total,
		progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionSetWidth(20), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString(""),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
	)}
}

// set shows that done of total are done. What can't be shown is no reason to stop.
func (m *meter) set(done, total int) {
	if m == nil {
		return
	}
	if total != m.bar.GetMax() {
		m.bar.ChangeMax(total)
	}
	_ = m.bar.Set(done)
}

// clear takes the meter off the terminal until it is set again.
func (m *meter) clear() {
	if m != nil {
		_ = m.bar.Clear()
	}
}

// progress returns a meter's set, nil where nobody would see it.
func (p *program) progress(what string) func(done, total int) {
	m := p.meter(what, -1)
	if m == nil {
		return nil
	}
	return m.set
}

// took says how long a work took and how many went through it a second.
func took(n int, what string, d time.Duration) string {
	s := fmt.Sprintf("%s in %s", count(n, what), d.Round(10*time.Millisecond))
	if d > time.Second {
		s += fmt.Sprintf(", %.0f a second", float64(n)/d.Seconds())
	}
	return s
}
