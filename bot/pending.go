package bot

import "sync"

// maxRemovable bounds an article id, in bytes.
const maxRemovable = 500

// pending keeps what waits to be confirmed by a button, whose custom id has no room
// for it. A ticket is good once.
type pending struct {
	mu      sync.Mutex
	tickets map[string]string
	order   []string
}

const maxPending = 1000

func newPending() *pending { return &pending{tickets: map[string]string{}} }

func (p *pending) put(value string) (ticket string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ticket = newID()
	p.tickets[ticket] = value
	p.order = append(p.order, ticket)
	if len(p.order) > maxPending {
		delete(p.tickets, p.order[0])
		p.order = p.order[1:]
	}
	return ticket
}

func (p *pending) take(ticket string) (value string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	value, ok = p.tickets[ticket]
	delete(p.tickets, ticket)
	return value, ok
}
