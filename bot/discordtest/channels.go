package discordtest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
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

func (c *call) patchChannel() (int, any) {
	ch, status, out, ok := c.channel(0)
	if !ok {
		return status, out
	}
	var in struct {
		Name     *string `json:"name"`
		Archived *bool   `json:"archived"`
		Locked   *bool   `json:"locked"`
		Archive  *int    `json:"auto_archive_duration"`
	}
	if err := c.decode(&in); err != nil {
		return c.invalid("%v", err)
	}
	if !ch.thread() || ch.owner != c.s.bot && c.s.permissions(c.s.bot, ch)&permManageThreads == 0 {
		return refuse(http.StatusForbidden, 50013, "Missing Permissions")
	}
	if in.Name != nil {
		if why := within("name", *in.Name, 100); why != nil {
			return c.rejected(why)
		}
		ch.Name = *in.Name
	}
	if in.Archive != nil {
		if !slices.Contains(archiveTimes, *in.Archive) {
			return c.invalid("auto_archive_duration %d; want one of %v", *in.Archive, archiveTimes)
		}
		ch.archive = *in.Archive
	}
	if in.Archived != nil {
		ch.archived = *in.Archived
	}
	if in.Locked != nil {
		ch.locked = *in.Locked
	}
	c.s.dispatch(event{name: "THREAD_UPDATE", guild: ch.guildID(), intent: intentGuilds, body: ch.json()})
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

func (c *call) postDM() (int, any) {
	var in struct {
		Recipient string `json:"recipient_id"`
	}
	if err := c.decode(&in); err != nil {
		return c.invalid("%v", err)
	}
	u := c.s.users[in.Recipient]
	if u == nil || u.Bot {
		return c.wrong(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	}
	return http.StatusOK, c.s.dm(u).json()
}

var archiveTimes = []int{60, 1440, 4320, 10080}

type threadBody struct {
	Name    string `json:"name"`
	Archive *int   `json:"auto_archive_duration"`
	Type    *int   `json:"type"`
}

func (c *call) newThread(ch *Channel, kind int, id string, in threadBody) (*Channel, *refusal) {
	if why := within("name", in.Name, 100); why != nil {
		return nil, why
	}
	archive := 1440
	if in.Archive != nil && *in.Archive != 0 {
		archive = *in.Archive
	}
	if !slices.Contains(archiveTimes, archive) {
		return nil, breaking("auto_archive_duration %d; want one of %v", archive, archiveTimes)
	}
	t := &Channel{ID: id, Name: in.Name, s: c.s, guild: ch.guild, kind: kind, parent: ch, owner: c.s.bot, joined: []*User{c.s.bot}, archive: archive, changed: newSignal()}
	c.s.addChannel(t)
	body := t.json()
	body["newly_created"] = true
	c.s.dispatch(event{name: "THREAD_CREATE", guild: ch.guildID(), intent: intentGuilds, body: body})
	ch.changed.fire()
	return t, nil
}

func (c *call) postThreadFromMessage() (int, any) {
	ch, status, out, ok := c.channel(permPublicThreads)
	if !ok {
		return status, out
	}
	if ch.kind != channelText {
		return c.wrong(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	m, status, out := c.there(ch)
	if m == nil {
		return status, out
	}
	if m.thread != nil {
		return c.wrong(http.StatusBadRequest, 160004, "A thread has already been created for this message")
	}
	var in threadBody
	if err := c.decode(&in); err != nil {
		return c.invalid("%v", err)
	}
	t, why := c.newThread(ch, channelPublicThread, m.now.ID, in)
	if why != nil {
		return c.rejected(why)
	}
	m.thread, t.starter = t, m
	return http.StatusCreated, t.json()
}

func (c *call) postThread() (int, any) {
	var in threadBody
	if err := c.decode(&in); err != nil {
		return c.invalid("%v", err)
	}
	kind, need := channelPrivateThread, int64(permPrivateThreads)
	if in.Type != nil {
		kind = *in.Type
	}
	switch kind {
	case channelPublicThread:
		need = permPublicThreads
	case channelPrivateThread:
	default:
		return c.invalid("type %d is no kind of thread for this channel", kind)
	}
	ch, status, out, ok := c.channel(need)
	if !ok {
		return status, out
	}
	if ch.kind != channelText {
		return c.wrong(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	t, why := c.newThread(ch, kind, c.s.id(), in)
	if why != nil {
		return c.rejected(why)
	}
	return http.StatusCreated, t.json()
}

func (c *call) threadMember(u *User, join bool) (int, any) {
	ch, status, out, ok := c.channel(0)
	if !ok {
		return status, out
	}
	if !ch.thread() {
		return c.wrong(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	if u == nil || ch.guild.member(u.ID) == nil {
		return refuse(http.StatusNotFound, 10007, "Unknown Member")
	}
	ch.joined = slices.DeleteFunc(ch.joined, func(o *User) bool { return o == u })
	if join {
		ch.joined = append(ch.joined, u)
	}
	return http.StatusNoContent, nil
}

func (c *call) joinThread() (int, any)      { return c.threadMember(c.s.bot, true) }
func (c *call) leaveThread() (int, any)     { return c.threadMember(c.s.bot, false) }
func (c *call) addThreadMember() (int, any) { return c.threadMember(c.s.users[c.id("user_id")], true) }

func (c *call) getThreadMembers() (int, any) {
	ch, status, out, ok := c.channel(0)
	if !ok {
		return status, out
	}
	list := []object{}
	for _, u := range ch.joined {
		list = append(list, object{"id": ch.ID, "user_id": u.ID, "join_timestamp": stamp(c.s.now()), "flags": 0})
	}
	return http.StatusOK, list
}

func (c *call) getGateway() (int, any) {
	return http.StatusOK, object{"url": strings.TrimSuffix(c.s.gatewayURL(), "/")}
}

func (c *call) getGatewayBot() (int, any) {
	s := c.s
	return http.StatusOK, object{"url": strings.TrimSuffix(s.gatewayURL(), "/"), "shards": s.o.MinShards,
		"session_start_limit": object{"total": s.o.IdentifyLimit, "remaining": max(0, s.o.IdentifyLimit-s.gate.identified), "reset_after": 86400000, "max_concurrency": s.o.MaxConcurrency}}
}

func (c *call) getApplication() (int, any) {
	s := c.s
	return http.StatusOK, object{"id": s.bot.ID, "name": s.bot.Name, "icon": nil, "description": "", "summary": "", "bot_public": true,
		"bot_require_code_grant": false, "verify_key": strings.Repeat("0", 64), "flags": s.appFlags(), "approximate_guild_count": len(s.guilds),
		"owner": object{"id": "1", "username": "owner", "discriminator": "0", "avatar": nil}, "team": nil, "bot": s.bot.json(),
		"integration_types_config": object{"0": object{}}}
}

func (c *call) getSelf() (int, any) {
	o := c.s.bot.json()
	o["verified"], o["mfa_enabled"], o["locale"], o["flags"] = true, true, "en-US", 0
	return http.StatusOK, o
}

func (c *call) getMyGuilds() (int, any) {
	list := []object{}
	for _, g := range c.s.guilds {
		if !g.gone {
			list = append(list, object{"id": g.ID, "name": g.Name, "icon": nil, "owner": false, "features": []any{},
				"permissions": strconv.FormatInt(g.roles[0].permissions|g.roles[1].permissions, 10)})
		}
	}
	return http.StatusOK, list
}

func (c *call) getUser() (int, any) {
	u := c.s.users[c.id("user_id")]
	if u == nil {
		return refuse(http.StatusNotFound, 10013, "Unknown User")
	}
	return http.StatusOK, u.json()
}

// inGuild finds the route's guild; nil when the request was refused.
func (c *call) inGuild() (g *Guild, status int, out any) {
	if g = c.s.guild(c.id("guild_id")); g == nil {
		status, out = refuse(http.StatusNotFound, 10004, "Unknown Guild")
	}
	return
}

func (c *call) leaveGuild() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	g.leave()
	return http.StatusNoContent, nil
}

func (c *call) getGuild() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	return http.StatusOK, g.json()
}

func (c *call) listChannels(threads bool) (list []object, status int, out any) {
	g, status, out := c.inGuild()
	if g == nil {
		return nil, status, out
	}
	list = []object{}
	for _, ch := range g.channels {
		if ch.thread() == threads && (!threads || !ch.archived && c.s.canView(c.s.bot, ch)) {
			list = append(list, ch.json())
		}
	}
	return list, 0, nil
}

func (c *call) getChannels() (int, any) {
	list, status, out := c.listChannels(false)
	if list == nil {
		return status, out
	}
	return http.StatusOK, list
}

func (c *call) getActiveThreads() (int, any) {
	list, status, out := c.listChannels(true)
	if list == nil {
		return status, out
	}
	return http.StatusOK, object{"threads": list, "members": []any{}}
}

func (c *call) getRoles() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	list := []object{}
	for _, r := range g.roles {
		list = append(list, r.json())
	}
	return http.StatusOK, list
}

func (c *call) getMember() (int, any) {
	g, status, out := c.inGuild()
	if g == nil {
		return status, out
	}
	m := g.member(c.id("user_id"))
	if m == nil {
		return refuse(http.StatusNotFound, 10007, "Unknown Member")
	}
	return http.StatusOK, m.json()
}
