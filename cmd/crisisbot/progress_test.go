package main

import (
	"strings"
	"testing"

	"crisisbot/bot/qa"
)

// Statements stand on the terminal as they pass, in the place of what stood there, and
// all is wiped in the end; text can't steer the terminal.
func TestLive(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	l := &live{w: &b, width: 40, height: 4}
	next := func(f func()) string {
		b.Reset()
		f()
		return b.String()
	}
	first := qa.Statement{Text: "Blinken accused\x1b[2J Russia in Riga.", Citations: []int{1}}
	second := qa.Statement{Text: "Lavrov called for guarantees on the borders of his country, and for more.", Citations: []int{1, 2}}
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() { l.show(qa.Searching, nil, nil) }, "searching ..."},
		{func() { l.show(qa.Writing, nil, nil) }, "\r\x1b[Jwriting ..."},
		{func() { l.show(qa.Checking, []qa.Statement{first}, nil) }, "\r\x1b[JBlinken accused[2J Russia in Riga. [1]\nchecking ..."},
		{func() { l.show(qa.Checking, []qa.Statement{first, second}, nil) }, "\x1b[1A\r\x1b[Jborders of his country, and for more.\n[1][2]\nchecking ..."},
		{l.wipe, "\x1b[2A\r\x1b[J"},
		{l.wipe, ""},
	} {
		got := next(step.do)
		if step.want != got {
			t.Errorf("%q, want %q", got, step.want)
		}
		if strings.Contains(got, "\x1b[2J") {
			t.Errorf("a statement steers the terminal: %q", got)
		}
	}
}
