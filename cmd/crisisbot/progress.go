package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"crisisbot/bot/qa"
)

// statusLine returns stderr if a person sees it: there, and only there, progress is
// shown, on one line that is wiped afterwards.
func (p *program) statusLine() (*os.File, bool) { return terminal(p.err) }

// A meter shows on the status line how far a work is, with its rate and an
// estimate. A nil meter shows nothing.
type meter struct{ bar *progressbar.ProgressBar }

// meter returns nil if nobody would see it. A total of -1 is unknown.
func (p *program) meter(what string, total int) *meter {
	f, ok := p.statusLine()
	if !ok {
		return nil
	}
	return &meter{progressbar.NewOptions(total,
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
	if d > time.Second && float64(n) >= d.Seconds() {
		s += fmt.Sprintf(", %.0f a second", float64(n)/d.Seconds())
	}
	return s
}

// asker is the user of the terminal, who sees how far an answer has come until the
// function returned is called.
func (p *program) asker() (qa.Asker, func()) {
	progress, done := p.stages()
	return qa.Asker{Progress: progress}, done
}

// stages returns a function that shows how far an answer has come, its statements as
// each passes its check, and one that wipes it away for the whole answer. Without a
// model, an answer is there before anyone could read that.
func (p *program) stages() (qa.Progress, func()) {
	f, ok := p.statusLine()
	if !ok || p.config.Chat.Model == "" || p.config.Offline {
		return nil, func() {}
	}
	l := &live{w: f, width: plainWidth, height: plainHeight}
	if w, h, err := term.GetSize(int(f.Fd())); err == nil && w > 0 && h > 1 {
		l.width, l.height = min(w, mostWidth), h
	}
	return l.show, l.wipe
}

// plainHeight is how many lines a terminal has that doesn't say.
const plainHeight = 24

// A live area is what stands on the last lines of a terminal until it is wiped.
type live struct {
	w             io.Writer
	width, height int
	drawn         int // lines
}

// show draws the statements so far and what is being done, in the place of what it
// drew before. Of more than the terminal holds, the last lines are drawn.
func (l *live) show(stage qa.Stage, statements []qa.Statement, _ []qa.Citation) {
	var lines []string
	for _, s := range statements {
		lines = append(lines, wrap(clean(s.Text)+" "+marks(s.Citations), l.width-1)...)
	}
	lines = append(lines, string(stage)+" ...")
	lines = lines[max(0, len(lines)-l.height+1):]
	l.wipe()
	fmt.Fprint(l.w, strings.Join(lines, "\n"))
	l.drawn = len(lines)
}

func (l *live) wipe() {
	if l.drawn > 1 {
		fmt.Fprintf(l.w, "\x1b[%dA", l.drawn-1)
	}
	if l.drawn > 0 {
		fmt.Fprint(l.w, "\r\x1b[J")
	}
	l.drawn = 0
}
