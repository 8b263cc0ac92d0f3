package discordtest

import (
	"net/http"
	"slices"
)

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
