package main

import "crisisbot/bot/qa"

const (
	keptTurns         = 10   // of a conversation
	keptConversations = 1000 // those that spoke last
)

// conversations remembers what was asked and answered under each name. The zero
// value is ready; it is not for concurrent use.
type conversations struct {
	turns map[string][]qa.Turn
	order []string // names, the one that spoke last at the end
}

// history returns the turns of a conversation, oldest first.
func (c *conversations) history(name string) []qa.Turn { return c.turns[name] }

// add puts a turn at the end of a conversation; the name "" is of none.
func (c *conversations) add(name string, t qa.Turn) {
	if name == "" {
		return
	}
	if c.turns == nil {
		c.turns = map[string][]qa.Turn{}
	}
	turns := append(c.turns[name], t)
	c.turns[name] = turns[max(0, len(turns)-keptTurns):]
	for i, n := range c.order {
		if n == name {
			c.order = append(c.order[:i], c.order[i+1:]...)
			break
		}
	}
	c.order = append(c.order, name)
	if len(c.order) > keptConversations {
		delete(c.turns, c.order[0])
		c.order = c.order[1:]
	}
}
