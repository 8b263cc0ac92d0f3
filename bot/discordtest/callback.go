package discordtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

// legalReplies lists the first replies that each kind of interaction may get.
var legalReplies = map[int][]int{
	kindCommand:      {ReplyMessage, ReplyDeferred, ReplyModal},
	kindComponent:    {ReplyMessage, ReplyDeferred, ReplyDeferredQuiet, ReplyUpdate, ReplyModal},
	kindAutocomplete: {ReplyChoices},
	kindModal:        {ReplyMessage, ReplyDeferred, ReplyDeferredQuiet, ReplyUpdate},
}

func (i *Interaction) messageUpdated() bool {
	return i.acked == ReplyUpdate || i.acked == ReplyDeferredQuiet
}

func (c *call) callback() (int, any) {
	s := c.s
	i := s.interactions[c.id("interaction_id")]
	if i == nil || i.Token != c.id("interaction_token") {
		return c.wrong(http.StatusNotFound, 10062, "Unknown interaction")
	}
	if i.acked != 0 {
		return c.wrong(http.StatusBadRequest, 40060, "Interaction has already been acknowledged: %s", i.what)
	}
	if age := s.now().Sub(i.created); age > s.o.AckWithin {
		i.overdue = true
		if i.late() {
			return refuse(http.StatusNotFound, 10062, "Unknown interaction")
		}
		return c.wrong(http.StatusNotFound, 10062, "Unknown interaction: the first reply to %s came after %v", i.what, age.Round(time.Millisecond))
	}
	var in struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := c.decode(&in); err != nil {
		return c.invalid("%v", err)
	}
	legal := slices.Contains(legalReplies[i.kind], in.Type)
	if i.kind == kindModal && i.message == nil && (in.Type == ReplyUpdate || in.Type == ReplyDeferredQuiet) {
		legal = false
	}
	if !legal {
		return c.invalid("type %d is no reply to an interaction of type %d", in.Type, i.kind)
	}
	if string(in.Data) == "null" {
		in.Data = nil
	}
	status, out, ok := c.firstReply(i, in.Type, in.Data)
	if !ok {
		return status, out
	}
	i.acked, i.ackedAt = in.Type, s.now()
	i.changed.fire()
	s.changed.fire()
	if c.r.URL.Query().Get("with_response") != "true" {
		return http.StatusNoContent, nil
	}
	inner := object{"id": i.ID, "type": i.kind}
	resource := object{"type": in.Type}
	if m := i.reply(); m != nil {
		inner["response_message_id"], inner["response_message_ephemeral"], inner["response_message_loading"] = m.now.ID, m.now.Ephemeral(), m.now.Loading()
		resource["message"] = s.messageJSON(m)
	}
	return http.StatusOK, object{"interaction": inner, "resource": resource}
}

// reply is the message that @original names, nil when there is none.
func (i *Interaction) reply() *message {
	if i.messageUpdated() {
		return i.message
	}
	return i.original
}

// firstReply does what a callback of the type asks for.
func (c *call) firstReply(i *Interaction, kind int, body json.RawMessage) (status int, out any, ok bool) {
	s := c.s
	switch kind {
	case ReplyMessage:
		if body == nil {
			status, out = c.wrong(http.StatusBadRequest, 50006, "Cannot send an empty message")
			return
		}
		next, _, st, o, good := c.message(body, Message{Author: s.bot}, where{interaction: true})
		if !good {
			return st, o, false
		}
		i.show(next)
	case ReplyDeferred:
		return c.deferred(i, body)
	case ReplyDeferredQuiet:
		if len(body) > 0 && string(body) != "{}" {
			c.breach("a deferred update carries a body")
		}
	case ReplyUpdate:
		if i.message.now.Deleted {
			status, out = refuse(http.StatusNotFound, 10008, "Unknown Message")
			return
		}
		if body == nil {
			body = json.RawMessage("{}")
		}
		next, _, st, o, good := c.message(body, i.message.now, where{edit: true, interaction: true})
		if !good {
			return st, o, false
		}
		s.revise(i.message, next)
	case ReplyChoices:
		return c.suggest(i, body)
	case ReplyModal:
		var m Modal
		if body == nil || json.Unmarshal(body, &m) != nil {
			status, out = c.invalid("the modal can't be read")
			return
		}
		if why := checkModal(&m); why != nil {
			status, out = c.rejected(why)
			return
		}
		i.modal = &m
	}
	return 0, nil, true
}

func (c *call) deferred(i *Interaction, body json.RawMessage) (int, any, bool) {
	next := Message{Author: c.s.bot, Flags: flagLoading}
	if body != nil {
		var in map[string]json.RawMessage
		if err := json.Unmarshal(body, &in); err != nil {
			status, out := c.invalid("%v", err)
			return status, out, false
		}
		flags := 0
		if raw, ok := in["flags"]; ok && json.Unmarshal(raw, &flags) != nil {
			status, out := c.invalid("flags %s is no number", raw)
			return status, out, false
		}
		if flags&^flagEphemeral != 0 {
			c.breach("a defer may carry no flag but EPHEMERAL, not %d", flags)
		}
		delete(in, "flags")
		delete(in, "allowed_mentions")
		for k, v := range in {
			if v := string(v); v != "null" && v != "[]" && v != `""` && v != "false" {
				c.breach("a defer carries %s, which is lost", k)
			}
		}
		next.Flags |= flags & flagEphemeral
	}
	i.show(next)
	return 0, nil, true
}

// show posts the message that answers the interaction.
func (i *Interaction) show(next Message) {
	if next.Flags&flagEphemeral != 0 {
		next.OnlyFor = i.user
	}
	kind := 0
	switch {
	case i.kind == kindCommand && strings.HasPrefix(i.command, "/"):
		kind = 20
	case i.kind == kindCommand:
		kind = 23
	}
	i.original = i.s.post(&message{now: next, channel: i.channel, kind: kind, via: i, tokenBound: next.OnlyFor != nil})
}

func (c *call) suggest(i *Interaction, body json.RawMessage) (int, any, bool) {
	var in struct {
		Choices *[]struct {
			Name  string            `json:"name"`
			Names map[string]string `json:"name_localizations"`
			Value any               `json:"value"`
		} `json:"choices"`
	}
	if body != nil {
		if err := json.Unmarshal(body, &in); err != nil {
			status, out := c.invalid("%v", err)
			return status, out, false
		}
	}
	if in.Choices == nil {
		status, out := c.invalid("choices is missing; none is []")
		return status, out, false
	}
	if n := len(*in.Choices); n > 25 {
		status, out := c.invalid("%d choices, 25 are allowed", n)
		return status, out, false
	}
	i.choices = []Choice{}
	for _, o := range *in.Choices {
		why := within("choice name", o.Name, 100)
		for _, n := range o.Names {
			why = first(why, within("choice name", n, 100))
		}
		switch v := o.Value.(type) {
		case string:
			why = first(why, atMost("choice value", v, 100))
		case float64:
		default:
			why = first(why, breaking("choice value %v is neither text nor a number", v))
		}
		if why != nil {
			i.choices = nil
			status, out := c.rejected(why)
			return status, out, false
		}
		i.choices = append(i.choices, Choice{o.Name, o.Value})
	}
	return 0, nil, true
}
