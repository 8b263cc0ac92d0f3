package discordtest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// channel finds the route's channel and checks that the bot sees it and holds
// all the permissions. ok is false when the request was refused.
func (c *call) channel(need int64) (ch *Channel, status int, out any, ok bool) {
	ch = c.s.channels[c.id("channel_id")]
	if ch == nil || ch.guild != nil && ch.guild.gone {
		status, out = refuse(http.StatusNotFound, 10003, "Unknown Channel")
		return
	}
	if !c.s.canView(c.s.bot, ch) {
		status, out = refuse(http.StatusForbidden, 50001, "Missing Access")
		return
	}
	if ch.thread() && need&permSend != 0 {
		need = need&^permSend | permThreadSend
	}
	if c.s.permissions(c.s.bot, ch)&need != need {
		status, out = refuse(http.StatusForbidden, 50013, "Missing Permissions")
		return
	}
	return ch, 0, nil, true
}

// there finds the route's message in ch. Only an id that was never in the
// channel, or an ephemeral message, is a violation.
func (c *call) there(ch *Channel) (m *message, status int, out any) {
	id := c.id("message_id")
	if m = ch.message(id); m != nil && !m.tokenBound {
		return m, 0, nil
	}
	switch {
	case m != nil:
		status, out = c.wrong(http.StatusNotFound, 10008, "Unknown Message: an ephemeral message is reached through its interaction's token")
	case ch.was(id):
		status, out = refuse(http.StatusNotFound, 10008, "Unknown Message")
	default:
		status, out = c.wrong(http.StatusNotFound, 10008, "Unknown Message: no message %s was ever in the channel", id)
	}
	return nil, status, out
}

func (c *call) getChannel() (int, any) {
	ch, status, out, ok := c.channel(0)
	if !ok {
		return status, out
	}
	return http.StatusOK, ch.json()
}

func (c *call) getMessages() (int, any) {
	ch, status, out, ok := c.channel(0)
	if !ok {
		return status, out
	}
	list := []object{}
	if c.s.permissions(c.s.bot, ch)&permHistory == 0 {
		return http.StatusOK, list // as Discord does
	}
	q := c.r.URL.Query()
	if q.Has("around") {
		return c.invalid("the fake does not serve around")
	}
	limit := 50
	if l := q.Get("limit"); l != "" {
		n, err := strconv.Atoi(l)
		if err != nil || n < 1 || n > 100 {
			return c.invalid("limit %s; want 1 to 100", l)
		}
		limit = n
	}
	var found []*message
	for _, m := range ch.messages {
		id := m.now.ID
		after, before := q.Get("after"), q.Get("before")
		if m.tokenBound || m.now.Deleted || after != "" && !younger(id, after) || before != "" && !younger(before, id) {
			continue
		}
		found = append(found, m)
	}
	if len(found) > limit {
		if q.Get("after") != "" {
			found = found[:limit]
		} else {
			found = found[len(found)-limit:]
		}
	}
	for i := len(found) - 1; i >= 0; i-- { // newest first
		list = append(list, c.s.messageJSON(found[i]))
	}
	return http.StatusOK, list
}

// younger reports whether snowflake a is greater than b.
func younger(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

func (c *call) postMessage() (int, any) {
	ch, status, out, ok := c.channel(permSend)
	if !ok {
		return status, out
	}
	s := c.s
	if ch.kind == channelDM && ch.recipient.NoDMs {
		return refuse(http.StatusForbidden, 50007, "Cannot send messages to this user")
	}
	if ch.locked && s.permissions(s.bot, ch)&permManageThreads == 0 {
		return refuse(http.StatusBadRequest, 50083, "Thread is archived")
	}
	next, p, status, out, ok := c.message(c.body, Message{Author: s.bot}, where{})
	if !ok {
		return status, out
	}
	if len(c.files) > 0 && s.permissions(s.bot, ch)&permAttach == 0 {
		return refuse(http.StatusForbidden, 50013, "Missing Permissions")
	}
	if s.permissions(s.bot, ch)&permEmbed == 0 {
		next.Embeds = nil // as Discord does, without a word
		if why := checkMessage(next, false); why != nil {
			return refuse(http.StatusForbidden, 50013, "Missing Permissions")
		}
	}
	nonce, err := p.nonce()
	if err != nil {
		return c.invalid("%v", err)
	}
	if p.Enforce && nonce == "" {
		c.breach("enforce_nonce without a nonce")
	}
	if p.Enforce {
		for _, m := range slices.Backward(ch.messages) {
			if m.nonce == nonce && m.now.Author == s.bot && s.now().Sub(m.created) < 5*time.Minute {
				return http.StatusOK, s.messageJSON(m)
			}
		}
	}
	next.Flags &^= flagEphemeral
	m := &message{now: next, channel: ch, nonce: nonce}
	if r := p.Reference; r != nil {
		if s.permissions(s.bot, ch)&permHistory == 0 {
			return refuse(http.StatusForbidden, 160002, "Cannot reply without permission to read message history")
		}
		switch {
		case ch.message(r.MessageID) != nil:
			m.now.ReplyTo, m.kind = r.MessageID, 19
		case r.Must != nil && !*r.Must:
		case ch.was(r.MessageID):
			return refuse(http.StatusBadRequest, 50035, "Invalid Form Body: message_reference: Unknown message")
		default:
			return c.invalid("message_reference: no message %s was ever in the channel", r.MessageID)
		}
	}
	ch.archived = false
	s.post(m)
	o := s.messageJSON(m)
	if nonce != "" {
		o["nonce"] = p.Nonce
	}
	return http.StatusOK, o
}

func (c *call) getMessage() (int, any) {
	ch, status, out, ok := c.channel(permHistory)
	if !ok {
		return status, out
	}
	m, status, out := c.there(ch)
	if m == nil {
		return status, out
	}
	return http.StatusOK, c.s.messageJSON(m)
}

func (c *call) patchMessage() (int, any) {
	ch, status, out, ok := c.channel(0)
	if !ok {
		return status, out
	}
	m, status, out := c.there(ch)
	if m == nil {
		return status, out
	}
	if m.now.Author != c.s.bot {
		return c.wrong(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
	}
	if ch.locked || ch.archived {
		return refuse(http.StatusBadRequest, 50083, "Thread is archived")
	}
	next, _, status, out, ok := c.message(c.body, m.now, where{edit: true})
	if !ok {
		return status, out
	}
	c.s.revise(m, next)
	return http.StatusOK, c.s.messageJSON(m)
}

func (c *call) deleteMessage() (int, any) {
	ch, status, out, ok := c.channel(0)
	if !ok {
		return status, out
	}
	m, status, out := c.there(ch)
	if m == nil {
		return status, out
	}
	if m.now.Author != c.s.bot && c.s.permissions(c.s.bot, ch)&permManageMessages == 0 {
		return refuse(http.StatusForbidden, 50013, "Missing Permissions")
	}
	c.s.remove(m)
	return http.StatusNoContent, nil
}

func (c *call) postTyping() (int, any) {
	ch, status, out, ok := c.channel(permSend)
	if !ok {
		return status, out
	}
	ch.typed++
	ch.changed.fire()
	return http.StatusNoContent, nil
}
