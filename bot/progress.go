package bot

import (
	"slices"
	"sync"

	"crisisbot/bot/qa"
)

// A progress is how far an answer has come. The answering side tells, the other
// asks for news.
type progress struct {
	mu         sync.Mutex
	stage      qa.Stage
	statements []qa.Statement
	shown      bool // what is here was given out
}

func (p *progress) tell(stage qa.Stage, statements []qa.Statement, _ []qa.Citation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if stage != p.stage || len(statements) != len(p.statements) {
		p.stage, p.statements, p.shown = stage, slices.Clone(statements), false
	}
}

// news returns what can be said by now, nil if it was said already: the statements
// that passed their check, and what is being done.
func (p *progress) news(t *texts) doc {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		return nil
	}
	p.shown = true
	var d doc
	for _, s := range p.statements {
		d = append(d, text(s.Text))
	}
	switch {
	case p.stage == qa.Writing && len(p.statements) == 0:
		return append(d, note(t.say("working.writing")))
	case len(p.statements) > 0:
		return append(d, note(t.say("working.checking")))
	}
	return append(d, note(t.say("working")))
}
