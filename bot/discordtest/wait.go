package discordtest

import (
	"context"
	"encoding/json"
	"time"
)

// Reply is what the user of an interaction got so far.
type Reply struct {
	Kind     int           // of the first reply, such as ReplyMessage; 0 is none yet
	After    time.Duration // from the interaction to the first reply
	Messages []Message     // the reply, or the changed message of a component, then the follow-ups; without deleted ones
	Modal    *Modal
	Choices  []Choice // of an autocomplete
}

// First is the first message, or the zero Message.
func (r Reply) First() Message {
	if len(r.Messages) == 0 {
		return Message{}
	}
	return r.Messages[0]
}

// Last is the last message, or the zero Message.
func (r Reply) Last() Message {
	if len(r.Messages) == 0 {
		return Message{}
	}
	return r.Messages[len(r.Messages)-1]
}

// Text is the text of all messages, in order.
func (r Reply) Text() string {
	out := ""
	for n, m := range r.Messages {
		if n > 0 {
			out += "\n"
		}
		out += m.Text()
	}
	return out
}

// Visible reports whether the user sees something: a message that is not "is
// thinking", a modal or the list of suggestions.
func (r Reply) Visible() bool {
	if r.Modal != nil || r.Kind == ReplyChoices {
		return true
	}
	for _, m := range r.Messages {
		if !m.Loading() {
			return true
		}
	}
	return false
}

func (i *Interaction) state() Reply {
	r := Reply{Kind: i.acked, Modal: i.modal, Choices: i.choices}
	if i.acked == 0 {
		return r
	}
	r.After = i.ackedAt.Sub(i.created)
	var list []*message
	switch {
	case i.acked == ReplyUpdate, i.acked == ReplyDeferredQuiet && i.touched:
		list = append(list, i.message)
	case i.original != nil:
		list = append(list, i.original)
	}
	for _, m := range append(list, i.followUps...) {
		if !m.now.Deleted {
			r.Messages = append(r.Messages, m.snapshot())
		}
	}
	return r
}

// Now is what the user got so far, without waiting.
func (i *Interaction) Now() Reply {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.state()
}

// Created is when the user acted, by the server's clock.
func (i *Interaction) Created() time.Time { return i.created }

// Body is the interaction as it is sent to the bot, nil when it never was.
func (i *Interaction) Body() json.RawMessage {
	if i.body == nil {
		return nil
	}
	return encode(i.body)
}

// Channel is where the interaction happened.
func (i *Interaction) Channel() *Channel { return i.channel }

// Wait waits until done is true of what the user got. It returns what was there
// at the end also with an error: of the context, or because the interaction
// could not be sent at all. done must not call the server.
func (i *Interaction) Wait(ctx context.Context, done func(Reply) bool) (Reply, error) {
	var last Reply
	if i.err != nil {
		return last, i.err
	}
	err := i.s.await(ctx, &i.changed, "the reply to "+i.what, func() (bool, error) {
		last = i.state()
		return done(last), nil
	})
	return last, err
}

// WaitReply waits for something visible, see [Reply.Visible].
func (i *Interaction) WaitReply(ctx context.Context) (Reply, error) {
	return i.Wait(ctx, Reply.Visible)
}

// WaitAck waits for the first reply, which may be invisible.
func (i *Interaction) WaitAck(ctx context.Context) (Reply, error) {
	return i.Wait(ctx, func(r Reply) bool { return r.Kind != 0 })
}

// Wait waits until done is true of the channel's history, see
// [Channel.History], and returns that. done must not call the server.
func (c *Channel) Wait(ctx context.Context, done func([]Message) bool) ([]Message, error) {
	var last []Message
	err := c.s.await(ctx, &c.changed, "messages in "+c.Name, func() (bool, error) {
		last = c.history(func(*message) bool { return true })
		return done(last), nil
	})
	return last, err
}
