package discordtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

// newAskDesk is a desk with commands registered.
func newAskDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, discordtest.Options{RoutePerSecond: -1, GlobalPerSecond: -1})
	a := d.call("PUT", d.commands(""), `[
		{"name":"ask","description":"Ask","options":[
			{"type":3,"name":"question","description":"What","required":true,"max_length":50},
			{"type":3,"name":"source","description":"Where","autocomplete":true},
			{"type":3,"name":"length","description":"How long","choices":[{"name":"Short","value":"short"}]},
			{"type":4,"name":"count","description":"How many","min_value":1,"max_value":5},
			{"type":5,"name":"private","description":"Who"},
			{"type":6,"name":"who","description":"Who"},
			{"type":7,"name":"where","description":"Where","channel_types":[0]},
			{"type":8,"name":"role","description":"Role"},
			{"type":11,"name":"file","description":"File"}]},
		{"name":"mydata","description":"Mine","options":[{"type":1,"name":"show","description":"Show"}]},
		{"name":"Check this message","type":3},
		{"name":"Who is this","type":2}]`)
	d.want(a, http.StatusOK, 0, "")
	return d
}

func (d *desk) commands(guild string) string {
	if guild != "" {
		guild = "/guilds/" + guild
	}
	return "/applications/" + d.Bot().ID + guild + "/commands"
}

func (d *desk) ask() *discordtest.Interaction {
	return d.ann.Ask(d.general, "/ask", discordtest.Opt("question", "Why?"))
}

func (d *desk) callback(i *discordtest.Interaction, body string) answer {
	d.t.Helper()
	return d.call("POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", body)
}

func (d *desk) hook(i *discordtest.Interaction, rest string) string {
	return "/webhooks/" + d.Bot().ID + "/" + i.Token + rest
}

func (d *desk) original(i *discordtest.Interaction) string { return d.hook(i, "/messages/@original") }

// reply wraps message fields in a callback of type 4.
func reply(fields string) string { return `{"type":4,"data":` + silent(fields) + `}` }

const button = `"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Go","custom_id":"go"}]}]`

// pressed is the press of a button on a public reply of the bot.
func (d *desk) pressed() *discordtest.Interaction {
	d.t.Helper()
	i := d.ask()
	d.want(d.callback(i, reply(button)), 204, 0, "")
	return d.ann.Click(i.Now().First(), "Go")
}

func TestCallbackOnce(t *testing.T) {
	d := newAskDesk(t)
	i := d.ask()
	d.want(d.callback(i, `{"type":5}`), 204, 0, "")
	d.want(d.callback(i, `{"type":5}`), 400, 40060, "already been acknowledged")
	d.want(d.call("POST", "/interactions/"+i.ID+"/wrong/callback", `{"type":5}`), 404, 10062, "Unknown interaction")
}

func TestCallbackInTime(t *testing.T) {
	d := newAskDesk(t)
	i := d.ask()
	d.gateway.event("INTERACTION_CREATE")
	d.Advance(2900 * time.Millisecond)
	wantViolation(t, d.Server, "")
	d.Advance(200 * time.Millisecond)
	d.want(d.callback(i, `{"type":5}`), 404, 10062, "the first reply to")
	d.Advance(time.Hour)
	if got := d.TakeViolations(); len(got) != 0 {
		t.Errorf("a late reply is also reported as missing: %q", got)
	}
}

// TestLateDelivery drops the gateway while the time for a reply runs out: the
// bot gets the interaction too late, which is no fault of its own.
func TestLateDelivery(t *testing.T) {
	d := newAskDesk(t)
	s := d.Server
	s.ResetGateway()
	i := d.ask()
	d.Advance(4 * time.Second)
	d.want(d.callback(i, `{"type":5}`), 404, 10062, "")
}

// TestGoneBeforeTheReply ends the connection on which an interaction was
// delivered: whether the bot has read it nobody knows.
func TestGoneBeforeTheReply(t *testing.T) {
	d := newAskDesk(t)
	d.ask()
	d.gateway.event("INTERACTION_CREATE")
	_ = d.gateway.ws.Close()
	if err := d.WaitDisconnected(within(t)); err != nil {
		t.Fatal(err)
	}
	d.Advance(4 * time.Second)
	wantViolation(t, d.Server, "")
}

func TestUnansweredIsRecorded(t *testing.T) {
	d := newAskDesk(t)
	d.ask()
	d.gateway.event("INTERACTION_CREATE")
	d.Advance(4 * time.Second)
	wantViolation(t, d.Server, `"/ask" of ann got no reply`)
}

func TestTokenLife(t *testing.T) {
	d := newAskDesk(t)
	i := d.ask()
	d.want(d.call("PATCH", d.original(i), silent(`"content":"x"`)), 404, 10015, "no first reply yet")
	d.want(d.callback(i, `{"type":5}`), 204, 0, "")
	d.Advance(14 * time.Minute)
	d.want(d.call("PATCH", d.original(i), silent(`"content":"x"`)), 200, 0, "")
	d.Advance(2 * time.Minute)
	d.want(d.call("PATCH", d.original(i), silent(`"content":"y"`)), 401, 50027, "Invalid Webhook Token")
	d.want(d.call("POST", d.hook(i, ""), silent(`"content":"y"`)), 401, 50027, "Invalid Webhook Token")
	d.want(d.call("GET", d.hook(&discordtest.Interaction{Token: "none"}, "/messages/@original"), ""), 404, 10015, "Unknown Webhook")
}

func TestLegalReplies(t *testing.T) {
	d := newAskDesk(t)
	modal := `{"type":9,"data":{"title":"T","custom_id":"m","components":[{"type":18,"label":"L","component":{"type":4,"style":1,"custom_id":"a"}}]}}`
	bodies := map[int]string{1: `{"type":1}`, 4: reply(`"content":"x"`), 5: `{"type":5}`, 6: `{"type":6}`, 7: `{"type":7,"data":` + silent(`"content":"x"`) + `}`,
		8: `{"type":8,"data":{"choices":[]}}`, 9: modal}
	kinds := map[string]struct {
		make  func() *discordtest.Interaction
		legal map[int]bool
	}{
		"command":      {d.ask, map[int]bool{4: true, 5: true, 9: true}},
		"component":    {d.pressed, map[int]bool{4: true, 5: true, 6: true, 7: true, 9: true}},
		"autocomplete": {func() *discordtest.Interaction { return d.ann.Complete(d.general, "/ask", "source", "r") }, map[int]bool{8: true}},
		"modal of a command": {func() *discordtest.Interaction {
			i := d.ask()
			d.callback(i, modal)
			return i.Submit(map[string]string{"a": "v"})
		}, map[int]bool{4: true, 5: true}},
		"modal of a component": {func() *discordtest.Interaction {
			i := d.pressed()
			d.callback(i, modal)
			return i.Submit(map[string]string{"a": "v"})
		}, map[int]bool{4: true, 5: true, 6: true, 7: true}},
	}
	for name, kind := range kinds {
		for n, body := range bodies {
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				d := *d
				d.t = t
				i := kind.make()
				if kind.legal[n] {
					d.want(d.callback(i, body), 204, 0, "")
					if got := i.Now().Kind; got != n {
						t.Errorf("kind %d", got)
					}
				} else {
					d.want(d.callback(i, body), 400, 50035, fmt.Sprintf("type %d is no reply", n))
				}
			})
		}
	}
}

func TestDefer(t *testing.T) {
	d := newAskDesk(t)
	d.want(d.callback(d.ask(), `{"type":5,"data":{"flags":68}}`), 204, 0, "no flag but EPHEMERAL")
	d.want(d.callback(d.ask(), `{"type":5,"data":{"content":"lost"}}`), 204, 0, "carries content")
	d.want(d.callback(d.ask(), `{"type":5,"data":{"flags":"x"}}`), 400, 50035, "is no number")
	d.want(d.callback(d.pressed(), `{"type":6,"data":{"content":"lost"}}`), 204, 0, "carries a body")

	public, private := d.ask(), d.ask()
	d.want(d.callback(public, `{"type":5}`), 204, 0, "")
	d.want(d.callback(private, `{"type":5,"data":{"flags":64}}`), 204, 0, "")
	if r := private.Now(); !r.First().Ephemeral() || !r.First().Loading() || r.Visible() {
		t.Errorf("deferred %+v", r)
	}
	d.want(d.call("PATCH", d.original(public), silent(`"content":"x","flags":64`)), 200, 0, "flags 64 can't be set here")
}

func TestEphemeralIsFixed(t *testing.T) {
	d := newAskDesk(t)
	i := d.ask()
	d.want(d.callback(i, `{"type":5}`), 204, 0, "")
	// The first follow-up takes the place of "is thinking", public as it was.
	d.want(d.call("POST", d.hook(i, ""), silent(`"content":"secret","flags":64`)), 200, 0, "ephemeral is fixed by the defer")
	r := i.Now()
	if len(r.Messages) != 1 || r.First().Ephemeral() || r.First().Content != "secret" {
		t.Errorf("reply %+v", r)
	}
	d.want(d.call("POST", d.hook(i, ""), silent(`"content":"aside","flags":64`)), 200, 0, "")
	if r := i.Now(); len(r.Messages) != 2 || !r.Last().Ephemeral() {
		t.Errorf("reply %+v", r)
	}
	bob := d.User("bob")
	d.guild.Join(bob)
	if a, b := len(d.ann.Sees(d.general)), len(bob.Sees(d.general)); a != 2 || b != 1 {
		t.Errorf("ann sees %d and bob %d, want 2 and 1", a, b)
	}
	aside := i.Now().Last()
	d.want(d.call("GET", d.messages()+"/"+aside.ID, ""), 404, 10008, "reached through its interaction's token")
	if got := d.call("GET", d.messages(), ""); len(got.list) != 1 {
		t.Errorf("the channel lists %d messages to the bot, want 1", len(got.list))
	}
	if i := bob.Click(aside, "x"); i.Now().Kind != 0 {
		t.Error("bob used a message that he does not see")
	} else if _, err := i.WaitReply(within(t)); err == nil || !strings.Contains(err.Error(), "does not see") {
		t.Error(err)
	}
}

func TestReplyMessages(t *testing.T) {
	d := newAskDesk(t)
	i := d.ask()
	d.want(d.callback(i, `{"type":4}`), 400, 50006, "empty message")
	d.want(d.callback(i, `{"type":4,"data":{"content":"x"}}`), 204, 0, "would ping")
	d.want(d.call("PATCH", d.original(i), `{"content":"y"}`), 200, 0, "would ping")
	d.want(d.call("POST", d.hook(i, ""), `{"content":"y"}`), 200, 0, "would ping")
	d.want(d.call("GET", d.original(i), ""), 200, 0, "")
	follow := i.Now().Last()
	d.want(d.call("PATCH", d.hook(i, "/messages/"+follow.ID), silent(`"content":"z"`)), 200, 0, "")
	d.want(d.call("DELETE", d.hook(i, "/messages/"+follow.ID), ""), 204, 0, "")
	d.want(d.call("PATCH", d.hook(i, "/messages/"+follow.ID), silent(`"content":"z"`)), 404, 10008, "")
	d.want(d.call("PATCH", d.hook(i, "/messages/5"), silent(`"content":"z"`)), 404, 10008, "Unknown Message")
	d.want(d.call("DELETE", d.original(i), ""), 204, 0, "")
	if r := i.Now(); len(r.Messages) != 0 || r.Kind != discordtest.ReplyMessage {
		t.Errorf("reply %+v", r)
	}
	a := d.call("POST", "/interactions/"+d.ask().ID+"/x/callback?with_response=true", `{"type":5}`)
	d.want(a, 404, 10062, "Unknown interaction")
	next := d.ask()
	a = d.call("POST", "/interactions/"+next.ID+"/"+next.Token+"/callback?with_response=true", reply(`"content":"x"`))
	d.want(a, 200, 0, "")
	if m := a.body["resource"].(map[string]any)["message"].(map[string]any); m["content"] != "x" {
		t.Errorf("response %v", a.body)
	}
}

func TestComponents(t *testing.T) {
	d := newAskDesk(t)
	press := d.pressed()
	d.want(d.callback(press, `{"type":7,"data":`+silent(`"content":"changed","components":[]`)+`}`), 204, 0, "")
	r := press.Now()
	if r.First().Content != "changed" || len(r.First().Earlier) != 1 {
		t.Errorf("reply %+v", r)
	}
	if _, err := d.ann.Click(r.First(), "Go").WaitReply(within(t)); err == nil {
		t.Error("a button that is gone was pressed")
	}
	forged := d.ann.Forge(r.First(), "forged")
	f := d.gateway.next("the forged press", func(f frame) bool { return strings.Contains(string(f.D), `"forged"`) })
	if f.T != "INTERACTION_CREATE" {
		t.Errorf("event %s", f.T)
	}
	d.want(d.callback(forged, `{"type":6}`), 204, 0, "")
	if forged.Now().Visible() {
		t.Error("a deferred update is visible")
	}
	d.want(d.call("PATCH", d.original(forged), silent(`"content":"later"`)), 200, 0, "")
	if got := forged.Now().First().Content; got != "later" {
		t.Errorf("content %q", got)
	}

	i := d.ask()
	d.want(d.callback(i, reply(`"content":"x","components":[
		{"type":1,"components":[{"type":3,"custom_id":"pick","placeholder":"Pick","options":[{"label":"One","value":"1"},{"label":"Two","value":"2"}]}]},
		{"type":1,"components":[{"type":5,"custom_id":"who"}]},
		{"type":1,"components":[{"type":2,"style":1,"label":"Off","custom_id":"off","disabled":true}]}]`)), 204, 0, "")
	m := i.Now().First()
	choose := d.ann.Choose(m, "Pick", "Two")
	d.gateway.next("the choice", func(f frame) bool { return strings.Contains(string(f.D), `"values":["2"]`) })
	d.callback(choose, `{"type":6}`)
	d.callback(d.ann.Choose(m, "who", d.ann.ID), `{"type":6}`)
	d.gateway.next("the user", func(f frame) bool { return strings.Contains(string(f.D), `"resolved":{"members":`) })
	for _, refused := range []*discordtest.Interaction{d.ann.Choose(m, "Pick", "Three"), d.ann.Choose(m, "Pick"), d.ann.Choose(m, "None", "1"), d.ann.Click(m, "Off")} {
		if _, err := refused.WaitReply(within(t)); err == nil {
			t.Error("the client sent what it should have refused")
		}
	}
	wantViolation(t, d.Server, "")
}

func TestAutocomplete(t *testing.T) {
	d := newAskDesk(t)
	typed := func() *discordtest.Interaction { return d.ann.Complete(d.general, "/ask", "source", "re") }
	choices := func(list string) string { return `{"type":8,"data":{"choices":` + list + `}}` }
	tests := []struct{ body, violation string }{
		{`{"type":8,"data":{}}`, "choices is missing"},
		{`{"type":8}`, "choices is missing"},
		{choices(times(26, `{"name":"a","value":"a"}`)), "26 choices"},
		{choices(`[{"name":"","value":"a"}]`), "choice name is empty"},
		{choices(`[{"name":` + text(101) + `,"value":"a"}]`), "choice name has 101"},
		{choices(`[{"name":"a","value":` + text(101) + `}]`), "choice value has 101"},
		{choices(`[{"name":"a","value":true}]`), "neither text nor a number"},
	}
	for _, tc := range tests {
		d.want(d.callback(typed(), tc.body), 400, 50035, tc.violation)
	}
	i := typed()
	d.want(d.callback(i, choices(`[{"name":"Reuters","value":"r"}]`)), 204, 0, "")
	r, err := i.WaitReply(within(t))
	if err != nil || len(r.Choices) != 1 || r.Choices[0].Value != "r" {
		t.Errorf("choices %+v, %v", r.Choices, err)
	}
	empty := typed()
	d.want(d.callback(empty, choices(`[]`)), 204, 0, "")
	if r, err := empty.WaitReply(within(t)); err != nil || len(r.Choices) != 0 {
		t.Errorf("choices %+v, %v", r.Choices, err)
	}
	d.want(d.call("POST", d.hook(empty, ""), silent(`"content":"x"`)), 404, 10015, "answered with choices")
}

func TestModals(t *testing.T) {
	d := newAskDesk(t)
	input := `{"type":1,"components":[{"type":4,"style":1,"custom_id":"a","label":"L"}]}`
	modal := func(title, id, components string) string {
		return `{"type":9,"data":{"title":"` + title + `","custom_id":"` + id + `","components":` + components + `}}`
	}
	tests := []struct{ body, violation string }{
		{`{"type":9}`, "can't be read"},
		{modal("", "m", "["+input+"]"), "title is empty"},
		{modal(strings.Repeat("x", 46), "m", "["+input+"]"), "title has 46"},
		{modal("T", "", "["+input+"]"), "custom_id is empty"},
		{modal("T", "m", "[]"), "0 components"},
		{modal("T", "m", numbered(6, strings.Replace(input, `"a"`, `"a%d"`, 1))), "6 components"},
		{modal("T", "m", times(2, input)), "used twice"},
		{modal("T", "m", `[{"type":2,"style":1,"label":"x","custom_id":"x"}]`), "no part of a modal"},
		{modal("T", "m", `[{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"x"}]}]`), "one text input"},
		{modal("T", "m", strings.Replace("["+input+"]", `"L"`, `""`, 1)), "label is empty"},
		{modal("T", "m", strings.Replace("["+input+"]", `"L"`, text(46), 1)), "label has 46"},
		{modal("T", "m", strings.Replace("["+input+"]", `"style":1`, `"style":3`, 1)), "style 3"},
		{modal("T", "m", strings.Replace("["+input+"]", `"style":1`, `"style":1,"max_length":4001`, 1)), "to 4001 characters"},
		{modal("T", "m", strings.Replace("["+input+"]", `"style":1`, `"style":1,"placeholder":`+text(101), 1)), "placeholder has 101"},
		{modal("T", "m", strings.Replace("["+input+"]", `"style":1`, `"style":1,"max_length":1,"value":"xx"`, 1)), "filled with 2"},
		{modal("T", "m", `[{"type":18,"label":"L"}]`), "no component"},
		{modal("T", "m", `[{"type":18,"label":"L","component":{"type":2}}]`), "component of type 2"},
		{modal("T", "m", `[{"type":18,"label":"L","component":{"type":4,"style":1,"custom_id":"a","label":"own"}}]`), "label of its own"},
	}
	for _, tc := range tests {
		d.want(d.callback(d.ask(), tc.body), 400, 50035, tc.violation)
	}
	i := d.ask()
	d.want(d.callback(i, modal("T", "m", `[{"type":1,"components":[{"type":4,"style":1,"custom_id":"a","label":"L","max_length":3}]}]`)), 204, 0, "")
	if r, err := i.WaitReply(within(t)); err != nil || r.Modal == nil || r.Modal.Title != "T" {
		t.Errorf("modal %+v, %v", r.Modal, err)
	}
	for _, bad := range []map[string]string{{"a": "long"}, {"a": ""}, {"b": "x", "a": "x"}} {
		if _, err := i.Submit(bad).WaitReply(within(t)); err == nil {
			t.Errorf("submitted %v", bad)
		}
	}
	i.Submit(map[string]string{"a": "abc"})
	f := d.gateway.next("the modal", func(f frame) bool { return strings.Contains(string(f.D), `"value":"abc"`) })
	if !strings.Contains(string(f.D), `"type":5`) {
		t.Errorf("event %s", f.D)
	}
}

func TestSlashClient(t *testing.T) {
	d := newAskDesk(t)
	q := discordtest.Opt("question", "Why?")
	file := d.Attach("a b.txt", "text/plain", []byte("x"))
	role := d.guild.Role("editors", 0)
	good := d.ann.Ask(d.general, "/ask", q, discordtest.Opt("length", "short"), discordtest.Opt("count", 3), discordtest.Opt("private", true),
		discordtest.Opt("who", d.ann), discordtest.Opt("where", d.general), discordtest.Opt("role", role), discordtest.Opt("file", file))
	if _, err := good.Wait(within(t), func(discordtest.Reply) bool { return true }); err != nil {
		t.Error(err)
	}
	f := d.gateway.event("INTERACTION_CREATE")
	for _, part := range []string{`"users":{`, `"members":{`, `"channels":{`, `"roles":{`, `"attachments":{`, `"permissions":`, `"guild_id":`} {
		if !strings.Contains(string(f.D), part) {
			t.Errorf("the event lacks %s", part)
		}
	}
	dm := d.ann.DM()
	d.ann.Ask(dm, "/mydata show")
	if f := d.gateway.event("INTERACTION_CREATE"); strings.Contains(string(f.D), `"member"`) || !strings.Contains(string(f.D), `"user":{`) || !strings.Contains(string(f.D), `"name":"show"`) {
		t.Errorf("event %s", f.D)
	}
	stranger := d.User("stranger")
	refused := map[string]*discordtest.Interaction{
		"unknown command":    d.ann.Ask(d.general, "/none"),
		"no command":         d.ann.Ask(d.general, "/"),
		"required":           d.ann.Ask(d.general, "/ask"),
		"unknown option":     d.ann.Ask(d.general, "/ask", q, discordtest.Opt("none", 1)),
		"too long":           d.ann.Ask(d.general, "/ask", discordtest.Opt("question", strings.Repeat("x", 51))),
		"no choice":          d.ann.Ask(d.general, "/ask", q, discordtest.Opt("length", "tall")),
		"bounds":             d.ann.Ask(d.general, "/ask", q, discordtest.Opt("count", 9)),
		"type":               d.ann.Ask(d.general, "/ask", q, discordtest.Opt("private", "yes")),
		"channel type":       d.ann.Ask(d.general, "/ask", q, discordtest.Opt("where", dm)),
		"subcommand missing": d.ann.Ask(d.general, "/mydata"),
		"unknown subcommand": d.ann.Ask(d.general, "/mydata none"),
		"no autocomplete":    d.ann.Complete(d.general, "/ask", "length", "s"),
		"not a member":       stranger.Ask(d.general, "/mydata show"),
	}
	for name, i := range refused {
		if _, err := i.WaitReply(within(t)); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
}

func TestContextMenus(t *testing.T) {
	d := newAskDesk(t)
	post := d.ann.Say(d.general, "check me")
	d.ann.MessageCommand("Check this message", post.Message)
	if f := d.gateway.event("INTERACTION_CREATE"); !strings.Contains(string(f.D), `"target_id":"`+post.ID+`"`) || !strings.Contains(string(f.D), "check me") {
		t.Errorf("event %s", f.D)
	}
	d.ann.UserCommand(d.general, "Who is this", d.ann)
	if f := d.gateway.event("INTERACTION_CREATE"); !strings.Contains(string(f.D), `"target_id":"`+d.ann.ID+`"`) {
		t.Errorf("event %s", f.D)
	}
	if _, err := d.ann.MessageCommand("None", post.Message).WaitReply(within(t)); err == nil {
		t.Error("an unknown message command was sent")
	}
}

func TestNoSession(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	guild := s.Guild("Newsroom")
	ask := guild.Owner().Forge(guild.Owner().Say(guild.Channel("general"), "x").Message, "x")
	if _, err := ask.WaitReply(within(t)); err == nil || !strings.Contains(err.Error(), "no gateway session") {
		t.Error(err)
	}
}

func TestWaitsEnd(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{Patience: 20 * time.Millisecond})
	guild := s.Guild("Newsroom")
	post := guild.Owner().Say(guild.Channel("general"), "anyone?")
	if _, err := post.WaitReply(context.Background()); err == nil {
		t.Error("an answer out of nowhere")
	}
	if err := s.WaitConnected(context.Background()); err == nil {
		t.Error("connected out of nowhere")
	}
	s.Close()
	if _, err := post.WaitReply(within(t)); err == nil {
		t.Error("an answer after Close")
	}
}

func TestRedeliverAndPosts(t *testing.T) {
	d := newAskDesk(t)
	i := d.ask()
	first := d.gateway.event("INTERACTION_CREATE")
	i.Redeliver()
	if again := d.gateway.event("INTERACTION_CREATE"); string(again.D) != string(first.D) {
		t.Error("redelivered another event")
	}
	post := d.ann.Say(d.general, "one")
	post.Edit("two")
	if f := d.gateway.event("MESSAGE_UPDATE"); !strings.Contains(string(f.D), `"two"`) {
		t.Errorf("event %s", f.D)
	}
	d.ann.Reply(post.Message, "three")
	if f := d.gateway.event("MESSAGE_CREATE"); !strings.Contains(string(f.D), `"referenced_message":{`) {
		t.Errorf("event %s", f.D)
	}
	post.Delete()
	d.gateway.event("MESSAGE_DELETE")
	h := d.general.History()
	if len(h) != 2 || !h[0].Deleted || len(d.ann.Sees(d.general)) != 1 {
		t.Errorf("history %+v", h)
	}
}

func TestTypedCommands(t *testing.T) {
	d := newAskDesk(t)
	d.Attach("list.txt", "text/plain", []byte("x"))
	tests := []struct{ line, want string }{
		{"/ask question: Why: who says? private: true count: 2", `"options":[{"name":"question","type":3,"value":"Why: who says?"},{"name":"private","type":5,"value":true},{"name":"count","type":4,"value":2}]`},
		{"/ask question: a length: short", `"value":"short"`},
		{"/ask question: a who: ann where: #general file: list.txt", `"resolved":{`},
		{"/mydata show", `"options":[{"name":"show","options":[],"type":1}]`},
	}
	for _, tc := range tests {
		i := d.ann.Type(d.general, tc.line)
		if got := string(i.Body()); !strings.Contains(got, tc.want) {
			t.Errorf("%s sent %s", tc.line, got)
		}
	}
	if got := string(d.ann.TypePart(d.general, "/ask question: a source: re").Body()); !strings.Contains(got, `{"focused":true,"name":"source","type":3,"value":"re"}`) {
		t.Errorf("typing sent %s", got)
	}
	for _, line := range []string{"/", "/none", "/ask what", "/ask question: a count: many", "/ask question: a who: nobody", "/mydata none"} {
		if _, err := d.ann.Type(d.general, line).WaitReply(within(t)); err == nil {
			t.Errorf("%s was sent", line)
		}
	}
	if _, err := d.ann.TypePart(d.general, "/ask").WaitReply(within(t)); err == nil {
		t.Error("suggestions without an option")
	}
}
