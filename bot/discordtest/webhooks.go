package discordtest

import (
	"net/http"
	"time"
)

// bound finds the live interaction of a webhook route. ok is false when the
// request was refused with status and out.
func (c *call) bound() (i *Interaction, status int, out any, ok bool) {
	i = c.s.tokens[c.id("webhook_token")]
	switch {
	case i == nil || c.id("webhook_id") != c.s.bot.ID:
		status, out = c.wrong(http.StatusNotFound, 10015, "Unknown Webhook")
	case c.s.now().Sub(i.created) > c.s.o.TokenLife:
		status, out = c.wrong(http.StatusUnauthorized, 50027, "Invalid Webhook Token: %s is %v old", i.what, c.s.now().Sub(i.created).Round(time.Second))
	case i.acked == 0:
		status, out = c.wrong(http.StatusNotFound, 10015, "Unknown Webhook: %s has no first reply yet", i.what)
	case i.acked == ReplyChoices || i.acked == ReplyModal:
		status, out = c.wrong(http.StatusNotFound, 10015, "Unknown Webhook: %s was answered with choices or a modal", i.what)
	default:
		ok = true
	}
	return
}

// target finds the message of a webhook route.
func (c *call) target(i *Interaction) (m *message, status int, out any) {
	id := c.id("message_id")
	if id == "@original" {
		m = i.reply()
	} else {
		for _, f := range append([]*message{i.reply()}, i.followUps...) {
			if f != nil && f.now.ID == id {
				m = f
			}
		}
	}
	if m == nil {
		status, out = c.wrong(http.StatusNotFound, 10008, "Unknown Message")
	} else if m.now.Deleted {
		m = nil
		status, out = refuse(http.StatusNotFound, 10008, "Unknown Message")
	}
	return
}

func (c *call) followUp() (int, any) {
	i, status, out, ok := c.bound()
	if !ok {
		return status, out
	}
	s := c.s
	if o := i.original; o != nil && o.now.Loading() && !o.now.Deleted {
		// The first follow-up to a defer takes the place of "is thinking".
		next, p, status, out, ok := c.message(c.body, o.now, where{interaction: true})
		if !ok {
			return status, out
		}
		if wants := p.Flags != nil && *p.Flags&flagEphemeral != 0; wants && !o.now.Ephemeral() {
			c.breach("ephemeral is fixed by the defer, this reply is public")
			next.Flags &^= flagEphemeral
		}
		s.revise(o, next)
		return http.StatusOK, s.messageJSON(o)
	}
	next, _, status, out, ok := c.message(c.body, Message{Author: s.bot}, where{interaction: true})
	if !ok {
		return status, out
	}
	if next.Flags&flagEphemeral != 0 {
		next.OnlyFor = i.user
	}
	m := &message{now: next, channel: i.channel, via: i, tokenBound: next.OnlyFor != nil}
	if r := i.reply(); r != nil {
		m.now.ReplyTo = r.now.ID
	}
	i.followUps = append(i.followUps, m)
	s.post(m)
	return http.StatusOK, s.messageJSON(m)
}

func (c *call) getReply() (int, any) {
	i, status, out, ok := c.bound()
	if !ok {
		return status, out
	}
	m, status, out := c.target(i)
	if m == nil {
		return status, out
	}
	return http.StatusOK, c.s.messageJSON(m)
}

func (c *call) editReply() (int, any) {
	i, status, out, ok := c.bound()
	if !ok {
		return status, out
	}
	m, status, out := c.target(i)
	if m == nil {
		return status, out
	}
	next, _, status, out, ok := c.message(c.body, m.now, where{edit: true, interaction: true})
	if !ok {
		return status, out
	}
	if m == i.message {
		i.touched = true
	}
	c.s.revise(m, next)
	i.changed.fire()
	return http.StatusOK, c.s.messageJSON(m)
}

func (c *call) deleteReply() (int, any) {
	i, status, out, ok := c.bound()
	if !ok {
		return status, out
	}
	m, status, out := c.target(i)
	if m == nil {
		return status, out
	}
	c.s.remove(m)
	i.changed.fire()
	return http.StatusNoContent, nil
}
