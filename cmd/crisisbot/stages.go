package main

import (
	"fmt"

	"crisisbot/bot/qa"
)

// wipe empties the line of a terminal.
const wipe = "\r\x1b[K"

// stages returns a function that shows on a terminal how far an answer has come,
// and one that wipes it away. Without a model, an answer is there before anyone
// could read that.
func (p *program) stages() (qa.Progress, func()) {
	f, ok := terminal(p.err)
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
