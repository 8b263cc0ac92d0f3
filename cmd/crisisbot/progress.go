package main

import (
	"fmt"
	"os"
	"time"

	"crisisbot/bot/qa"
)

const wipe = "\r\x1b[K"

// statusLine returns stderr if a person sees it: there, and only there, progress is
// shown, on one line that is wiped afterwards.
func (p *program) statusLine() (*os.File, bool) { return terminal(p.err) }

// progress returns a function that shows a count going up.
func (p *program) progress(what string) func(done, total int) {
	f, ok := p.statusLine()
	if !ok {
		return nil
	}
	var last time.Time
	return func(done, total int) {
		if done < total && time.Since(last) < 100*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(f, wipe+"%d of %d %s", done, total, what)
		if done == total {
			fmt.Fprint(f, wipe)
		}
	}
}

// stages returns a function that shows how far an answer has come, and one that
// wipes it away. Without a model, an answer is there before anyone could read that.
func (p *program) stages() (qa.Progress, func()) {
	f, ok := p.statusLine()
	if !ok || p.config.Chat.Model == "" || p.config.Offline {
		return nil, func() {}
	}
	show := func(stage qa.Stage, statements []qa.Statement, _ []qa.Citation) {
		text := string(stage)
		if n := len(statements); n > 0 {
			text += ", " + count(n, "statement") + " so far"
		}
		fmt.Fprint(f, wipe+text+" ...")
	}
	return show, func() { fmt.Fprint(f, wipe) }
}
