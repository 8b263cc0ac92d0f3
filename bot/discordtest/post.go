package discordtest

import (
	"context"
	"fmt"
	"slices"
)

// Post is a message that a user posted.
type Post struct {
	Message

	s *Server
	m *message
}

// Say posts a message, with files, in a channel, a thread or the DM with the
// bot. It panics where the user may not post: that is a mistake of the test.
func (u *User) Say(c *Channel, text string, files ...*Attachment) *Post {
	return u.say(c, "", text, files)
}

// Reply answers a message, with the notification that clients send by default.
func (u *User) Reply(m Message, text string, files ...*Attachment) *Post {
	c := u.s.ChannelByID(m.ChannelID)
	if c == nil {
		panic("discordtest: a reply in a channel that is gone")
	}
	return u.say(c, m.ID, text, files)
}

func (u *User) say(c *Channel, replyTo, text string, files []*Attachment) *Post {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	need := int64(permSend)
	if c.thread() {
		need = permThreadSend
	}
	if !s.canView(u, c) || s.permissions(u, c)&need == 0 {
		panic(fmt.Sprintf("discordtest: %s may not post in %s", u.Name, c.Name))
	}
	m := &message{now: Message{Author: u, Content: text, Attachments: files}, channel: c}
	if replyTo != "" {
		m.now.ReplyTo, m.kind = replyTo, 19
		if r := c.message(replyTo); r != nil {
			m.mentions = append(m.mentions, r.now.Author)
		}
	}
	if c.thread() && !slices.Contains(c.joined, u) {
		c.joined = append(c.joined, u)
	}
	c.archived = false
	s.post(m)
	return &Post{Message: m.snapshot(), s: s, m: m}
}

// Edit changes the text of a message of the user's own.
func (p *Post) Edit(text string) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	next := p.m.now
	next.Content = text
	p.s.revise(p.m, next)
}

// Delete removes the message.
func (p *Post) Delete() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.remove(p.m)
}

// Delete removes a message, as a moderator or its author does.
func (s *Server) Delete(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[m.ChannelID]; c != nil {
		if t := c.message(m.ID); t != nil {
			s.remove(t)
		}
	}
}

// answers lists the bot's messages that answer the post: those that reply to
// it, those later in its channel that reply to nothing, and those in a thread
// opened from it. Deleted ones are left out.
func (p *Post) answers() []Message {
	var out []Message
	for _, m := range slices.Backward(p.m.channel.messages) {
		if m == p.m {
			break
		}
		if m.via == nil && m.now.Author == p.s.bot && !m.now.Deleted && (m.now.ReplyTo == p.ID || m.now.ReplyTo == "") {
			out = append(out, m.snapshot())
		}
	}
	slices.Reverse(out)
	if t := p.m.thread; t != nil {
		for _, m := range t.messages {
			if m.now.Author == p.s.bot && !m.now.Deleted {
				out = append(out, m.snapshot())
			}
		}
	}
	return out
}

// Answers lists what the bot has answered so far: its messages that reply to
// the post, those later in the channel that reply to nothing, and those in a
// thread opened from the post; without deleted ones.
func (p *Post) Answers() []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.answers()
}

// Wait waits until done is true of the bot's answers, see [Post.Answers]. done
// must not call the server.
func (p *Post) Wait(ctx context.Context, done func([]Message) bool) ([]Message, error) {
	var last []Message
	err := p.s.await(ctx, &p.m.channel.changed, "an answer to "+p.Author.Name, func() (bool, error) {
		last = p.answers()
		return done(last), nil
	})
	return last, err
}

// WaitReply waits for the bot's first answer.
func (p *Post) WaitReply(ctx context.Context) (Message, error) {
	list, err := p.Wait(ctx, func(list []Message) bool { return len(list) > 0 })
	if err != nil {
		return Message{}, err
	}
	return list[0], nil
}
