package discordtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

// desk is a fake with a guild, a channel, a member and a raw gateway client.
type desk struct {
	*discordtest.Server
	t       *testing.T
	guild   *discordtest.Guild
	general *discordtest.Channel
	ann     *discordtest.User
	gateway *client
}

func newDesk(t *testing.T, o discordtest.Options) *desk {
	t.Helper()
	d := &desk{Server: discordtest.New(t, o), t: t}
	d.guild = d.Guild("Newsroom")
	d.general = d.guild.Channel("general")
	d.ann = d.User("ann")
	d.guild.Join(d.ann)
	d.gateway = dial(t, gatewayURL(d.Server))
	d.gateway.send(2, identity(d.Server, nil))
	d.gateway.event("READY")
	return d
}

type answer struct {
	status int
	header http.Header
	body   fields
	list   []fields
}

// call sends a REST request as the bot; body is JSON text, "" for none.
func (d *desk) call(method, path, body string) answer {
	d.t.Helper()
	return d.request(method, path, "application/json", strings.NewReader(body))
}

func (d *desk) request(method, path, kind string, body io.Reader) answer {
	d.t.Helper()
	r, err := http.NewRequestWithContext(within(d.t), method, d.URL()+"/api/v10"+path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	r.Header.Set("Authorization", "Bot "+d.Token())
	r.Header.Set("Content-Type", kind)
	return d.do(r)
}

func (d *desk) do(r *http.Request) answer {
	d.t.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header}
	if json.Unmarshal(raw, &a.body) != nil {
		_ = json.Unmarshal(raw, &a.list)
	}
	return a
}

func (a answer) code() int {
	n, _ := a.body["code"].(float64)
	return int(n)
}

func (d *desk) want(a answer, status, code int, violation string) {
	d.t.Helper()
	if a.status != status || a.code() != code {
		d.t.Errorf("answered %d with code %d, want %d with %d: %v", a.status, a.code(), status, code, a.body)
	}
	wantViolation(d.t, d.Server, violation)
}

// silent is a message body that cannot ping, with more fields.
func silent(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"allowed_mentions":{"parse":[]}` + more + `}`
}

func (d *desk) messages() string { return "/channels/" + d.general.ID + "/messages" }

func text(n int) string { return `"` + strings.Repeat("x", n) + `"` }

func times(n int, one string) string {
	return "[" + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + "]"
}

// numbered repeats one with %d replaced by 0, 1, ...
func numbered(n int, one string) string {
	var b []string
	for i := range n {
		b = append(b, strings.ReplaceAll(one, "%d", fmt.Sprint(i)))
	}
	return "[" + strings.Join(b, ",") + "]"
}

func rows(components string) string {
	return `"content":"x","components":[{"type":1,"components":` + components + `}]`
}

const v2 = `"flags":32768,"components":`

func TestMessageRules(t *testing.T) {
	d := newDesk(t, discordtest.Options{RoutePerSecond: -1, GlobalPerSecond: -1})
	tests := []struct{ name, fields, violation string }{
		{"content", `"content":"` + strings.Repeat("x", 2000) + `"`, ""},
		{"content too long", `"content":` + text(2001), "content has 2001"},
		{"content counted in UTF-16", `"content":"` + strings.Repeat("😀", 1001) + `"`, "content has 2002"},
		{"empty", `"content":" "`, "Cannot send an empty message"},
		{"only components", `"components":[{"type":1,"components":[{"type":2,"style":1,"label":"a","custom_id":"a"}]}]`, "Cannot send an empty message"},
		{"wrong type", `"content":5`, "cannot unmarshal"},
		{"embeds", `"embeds":[{"title":"a"}]`, ""},
		{"11 embeds", `"embeds":` + times(11, `{"title":"a"}`), "11 embeds"},
		{"embed title", `"embeds":[{"title":` + text(257) + `}]`, "embed title has 257"},
		{"embed description", `"embeds":[{"description":` + text(4097) + `}]`, "embed description has 4097"},
		{"embed fields", `"embeds":[{"fields":` + times(26, `{"name":"a","value":"b"}`) + `}]`, "26 fields"},
		{"embed field name", `"embeds":[{"fields":[{"name":` + text(257) + `,"value":"b"}]}]`, "field name has 257"},
		{"embed field value", `"embeds":[{"fields":[{"name":"a","value":` + text(1025) + `}]}]`, "field value has 1025"},
		{"embed field empty", `"embeds":[{"fields":[{"name":"a","value":""}]}]`, "field value is empty"},
		{"embed footer", `"embeds":[{"footer":{"text":` + text(2049) + `}}]`, "footer has 2049"},
		{"embed author", `"embeds":[{"author":{"name":` + text(257) + `}}]`, "author has 257"},
		{"embed sum", `"embeds":[{"description":` + text(4000) + `},{"description":` + text(2001) + `}]`, "6001 characters together"},
		{"embed url", `"embeds":[{"title":"a","url":"javascript:x"}]`, "no http"},
		{"embed empty", `"embeds":[{}]`, "an embed is empty"},

		{"buttons", rows(numbered(5, `{"type":2,"style":1,"label":"a","custom_id":"a%d"}`)), ""},
		{"6 rows", `"content":"x","components":` + numbered(6, `{"type":1,"components":[{"type":2,"style":1,"label":"a","custom_id":"a%d"}]}`), "6 component rows"},
		{"6 buttons", rows(numbered(6, `{"type":2,"style":1,"label":"a","custom_id":"a%d"}`)), "6 buttons"},
		{"empty row", rows(`[]`), "row is empty"},
		{"bare button", `"content":"x","components":[{"type":2,"style":1,"label":"a","custom_id":"a"}]`, "needs the flag IS_COMPONENTS_V2"},
		{"text input in a row", rows(`[{"type":4,"custom_id":"a","style":1}]`), "no part of an action row"},
		{"label", rows(`[{"type":2,"style":1,"label":` + text(81) + `,"custom_id":"a"}]`), "label has 81"},
		{"no label", rows(`[{"type":2,"style":1,"custom_id":"a"}]`), "neither label nor emoji"},
		{"custom_id missing", rows(`[{"type":2,"style":1,"label":"a"}]`), "custom_id is empty"},
		{"custom_id long", rows(`[{"type":2,"style":1,"label":"a","custom_id":` + text(101) + `}]`), "custom_id has 101"},
		{"custom_id twice", rows(times(2, `{"type":2,"style":1,"label":"a","custom_id":"a"}`)), "used twice"},
		{"style", rows(`[{"type":2,"style":9,"label":"a","custom_id":"a"}]`), "style 9"},
		{"link with custom_id", rows(`[{"type":2,"style":5,"label":"a","custom_id":"a","url":"https://a.example"}]`), "link button has a custom_id"},
		{"link without url", rows(`[{"type":2,"style":5,"label":"a"}]`), "url is empty"},
		{"link to elsewhere", rows(`[{"type":2,"style":5,"label":"a","url":"file:///x"}]`), "no http"},
		{"button with both", rows(`[{"type":2,"style":1,"label":"a","custom_id":"a","url":"https://a.example"}]`), "a custom_id and a url"},
		{"premium", rows(`[{"type":2,"style":6}]`), "sku_id"},
		{"component id twice", rows(`[{"type":2,"style":1,"label":"a","custom_id":"a","id":7},{"type":2,"style":1,"label":"a","custom_id":"b","id":7}]`), "id 7 is used twice"},

		{"select", rows(`[{"type":3,"custom_id":"a","options":` + numbered(25, `{"label":"a","value":"%d"}`) + `}]`), ""},
		{"select shares", rows(`[{"type":3,"custom_id":"a","options":[{"label":"a","value":"a"}]},{"type":2,"style":1,"label":"a","custom_id":"b"}]`), "shares its action row"},
		{"26 options", rows(`[{"type":3,"custom_id":"a","options":` + numbered(26, `{"label":"a","value":"%d"}`) + `}]`), "26 options"},
		{"no options", rows(`[{"type":3,"custom_id":"a","options":[]}]`), "0 options"},
		{"option label", rows(`[{"type":3,"custom_id":"a","options":[{"label":` + text(101) + `,"value":"a"}]}]`), "label has 101"},
		{"option value", rows(`[{"type":3,"custom_id":"a","options":[{"label":"a","value":` + text(101) + `}]}]`), "value has 101"},
		{"option description", rows(`[{"type":3,"custom_id":"a","options":[{"label":"a","value":"a","description":` + text(101) + `}]}]`), "description has 101"},
		{"option twice", rows(`[{"type":3,"custom_id":"a","options":` + times(2, `{"label":"a","value":"a"}`) + `}]`), "used twice"},
		{"placeholder", rows(`[{"type":3,"custom_id":"a","placeholder":` + text(151) + `,"options":[{"label":"a","value":"a"}]}]`), "placeholder has 151"},
		{"max_values", rows(`[{"type":3,"custom_id":"a","max_values":2,"options":[{"label":"a","value":"a"}]}]`), "2 of 1 options"},
		{"min above max", rows(`[{"type":5,"custom_id":"a","min_values":3,"max_values":2}]`), "takes 3 to 2"},
		{"two defaults", rows(`[{"type":3,"custom_id":"a","options":` + numbered(2, `{"label":"a","value":"%d","default":true}`) + `}]`), "2 default"},
		{"user select with options", rows(`[{"type":5,"custom_id":"a","options":[{"label":"a","value":"a"}]}]`), "lists options"},

		{"V2", v2 + `[{"type":17,"components":[{"type":10,"content":"a"},{"type":14},{"type":9,"components":[{"type":10,"content":"a"}],"accessory":{"type":2,"style":1,"label":"a","custom_id":"a"}}]}]`, ""},
		{"V2 without the flag", `"content":"x","components":[{"type":10,"content":"a"}]`, "needs the flag"},
		{"V2 with content", `"content":"x",` + v2 + `[{"type":10,"content":"a"}]`, "content or embeds"},
		{"V2 with embeds", `"embeds":[{"title":"a"}],` + v2 + `[{"type":10,"content":"a"}]`, "content or embeds"},
		{"V2 without components", v2 + `[]`, "empty message"},
		{"41 components", v2 + times(41, `{"type":10,"content":"a"}`), "41 components"},
		{"V2 text", v2 + `[{"type":10,"content":` + text(2000) + `},{"type":10,"content":` + text(2001) + `}]`, "4001 characters together"},
		{"V2 empty text", v2 + `[{"type":10,"content":""}]`, "text display is empty"},
		{"section of 4", v2 + `[{"type":9,"components":` + times(4, `{"type":10,"content":"a"}`) + `,"accessory":{"type":2,"style":1,"label":"a","custom_id":"a"}}]`, "4 texts"},
		{"section without accessory", v2 + `[{"type":9,"components":[{"type":10,"content":"a"}]}]`, "no accessory"},
		{"container in container", v2 + `[{"type":17,"components":[{"type":17,"components":[{"type":10,"content":"a"}]}]}]`, "inside another"},
		{"gallery", v2 + `[{"type":12,"items":[]}]`, "0 items"},
		{"file", v2 + `[{"type":13,"file":{"url":"https://a.example"}}]`, "attachment://"},
		{"separator", v2 + `[{"type":14,"spacing":3}]`, "spacing 3"},
		{"unknown component", v2 + `[{"type":77}]`, "type 77"},

		{"nonce too long", `"content":"x","nonce":` + text(26), "nonce has 26"},
		{"nonce of another type", `"content":"x","nonce":[]`, "nonce is neither"},
		{"reply to nothing", `"content":"x","message_reference":{"message_id":"5"}`, "no message 5"},
		{"attachment that is none", `"content":"x","attachments":[{"id":"0"}]`, "no file has the id 0"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			d := *d
			d.t = t
			a := d.call("POST", d.messages(), silent(tc.fields))
			switch {
			case tc.violation == "":
				d.want(a, http.StatusOK, 0, "")
			case strings.Contains(tc.violation, "empty message"):
				d.want(a, http.StatusBadRequest, 50006, "Cannot send an empty message")
			default:
				d.want(a, http.StatusBadRequest, 50035, tc.violation)
			}
		})
	}
}

// TestAcceptedButRecorded holds what Discord lets pass and what is a mistake
// all the same.
func TestAcceptedButRecorded(t *testing.T) {
	d := newDesk(t, discordtest.Options{RoutePerSecond: -1, GlobalPerSecond: -1})
	tests := []struct{ name, body, violation string }{
		{"no allowed_mentions", `{"content":"x"}`, "would ping: no allowed_mentions"},
		{"null parse", `{"content":"x","allowed_mentions":{"parse":null}}`, "without parse: []"},
		{"parse everyone", `{"content":"x","allowed_mentions":{"parse":["everyone"]}}`, "parses [everyone]"},
		{"users", `{"content":"x","allowed_mentions":{"parse":[],"users":["1"]}}`, "lists users or roles"},
		{"replied user", `{"content":"x","allowed_mentions":{"parse":[],"replied_user":true}}`, "replied_user is true"},
		{"ephemeral in a channel", silent(`"content":"x","flags":64`), "flags 64 can't be set here"},
		{"enforced nothing", silent(`"content":"x","enforce_nonce":true`), "enforce_nonce without a nonce"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			d := *d
			d.t = t
			d.want(d.call("POST", d.messages(), tc.body), http.StatusOK, 0, tc.violation)
		})
	}
	for _, m := range d.general.History() {
		if m.Ephemeral() {
			t.Error("a channel message is ephemeral")
		}
	}
}

func TestSchema(t *testing.T) {
	if _, err := os.Stat(filepath.Join("..", "..", "..", "shared", "discord", "openapi.json")); err != nil {
		t.Skip("Discord's OpenAPI file is not there")
	}
	d := newDesk(t, discordtest.Options{})
	d.want(d.call("POST", d.messages(), silent(`"content":"x","tts":"yes"`)), http.StatusOK, 0, "schema: tts: ")
	d.want(d.call("POST", d.messages(), silent(`"embeds":[{"title":"x","color":16777216}]`)), http.StatusOK, 0, "schema: embeds.0.color: ")
	d.want(d.call("POST", d.messages(), silent(`"embeds":[{"title":"x","color":1}]`)), http.StatusOK, 0, "")
	a := d.call("PUT", "/applications/"+d.Bot().ID+"/commands", `[{"name":"x","description":"x","default_member_permissions":"8"}]`)
	d.want(a, http.StatusOK, 0, "")
}

func TestEdits(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	post := func(fields string) string {
		a := d.call("POST", d.messages(), silent(fields))
		d.want(a, http.StatusOK, 0, "")
		return d.messages() + "/" + a.body["id"].(string)
	}
	plain := post(`"content":"one","embeds":[{"title":"t"}]`)
	d.want(d.call("PATCH", plain, `{"content":"two"}`), http.StatusOK, 0, "would ping")
	d.want(d.call("PATCH", plain, silent(`"content":`+text(2001))), http.StatusBadRequest, 50035, "content has 2001")
	d.want(d.call("PATCH", plain, silent(`"content":"","embeds":[]`)), http.StatusBadRequest, 50006, "empty message")
	d.want(d.call("PATCH", plain, silent(`"flags":4096`)), http.StatusOK, 0, "flags 4096")
	rich := post(v2 + `[{"type":10,"content":"a"}]`)
	d.want(d.call("PATCH", rich, silent(`"flags":0,"content":"x","components":[]`)), http.StatusBadRequest, 50035, "can't be taken back")
	d.want(d.call("PATCH", rich, silent(`"components":[{"type":10,"content":"b"}]`)), http.StatusOK, 0, "")

	m := d.general.History()[0]
	var states []string
	for _, e := range append(m.Earlier, m) {
		states = append(states, e.Content)
	}
	if got := strings.Join(states, " "); got != "one two two" {
		t.Errorf("states %q", got)
	}
	theirs := d.ann.Say(d.general, "mine")
	d.want(d.call("PATCH", d.messages()+"/"+theirs.ID, silent(`"content":"x"`)), http.StatusForbidden, 50005, "another user")
	d.want(d.call("PATCH", d.messages()+"/5", silent(`"content":"x"`)), http.StatusNotFound, 10008, "no message 5")
	d.want(d.call("DELETE", plain, ""), http.StatusNoContent, 0, "")
	d.want(d.call("PATCH", plain, silent(`"content":"x"`)), http.StatusNotFound, 10008, "")
	d.want(d.call("DELETE", d.messages()+"/"+theirs.ID, ""), http.StatusForbidden, 50013, "")
}

func TestNonce(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	body := silent(`"content":"x","nonce":"n1","enforce_nonce":true`)
	a, b := d.call("POST", d.messages(), body), d.call("POST", d.messages(), body)
	if a.body["id"] != b.body["id"] || a.body["nonce"] != "n1" || len(d.general.History()) != 1 {
		t.Errorf("two messages for one enforced nonce: %v, %v", a.body, b.body)
	}
	loose := silent(`"content":"x","nonce":"n1"`)
	d.call("POST", d.messages(), loose)
	if n := len(d.general.History()); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
}

func TestFiles(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	form := "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n" +
		silent(`"attachments":[{"id":"0","filename":"a.txt"}]`) +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nbody\r\n--b--\r\n"
	a := d.request("POST", d.messages(), "multipart/form-data; boundary=b", strings.NewReader(form))
	d.want(a, http.StatusOK, 0, "")
	files := d.general.History()[0].Attachments
	if len(files) != 1 || string(files[0].Body) != "body" {
		t.Fatalf("attachments %+v", files)
	}
	url := a.body["attachments"].([]any)[0].(map[string]any)["url"].(string)
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); !bytes.Equal(b, []byte("body")) || res.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("served %q as %s", b, res.Header.Get("Content-Type"))
	}
}

func TestRequestsRefused(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	d.want(d.call("GET", "/nowhere", ""), http.StatusNotFound, 0, "no such route")
	d.want(d.call("POST", d.messages(), "{"), http.StatusBadRequest, 50109, "no JSON")
	d.want(d.request("POST", d.messages(), "text/plain", strings.NewReader("{}")), http.StatusBadRequest, 50109, "text/plain")
	d.want(d.call("GET", "/applications/5/commands", ""), http.StatusForbidden, 20012, "not authorized")
	d.want(d.call("GET", d.messages()+"?limit=101", ""), http.StatusBadRequest, 50035, "limit 101")
	d.want(d.call("POST", "/users/@me/channels", `{"recipient_id":"5"}`), http.StatusBadRequest, 50033, "Invalid Recipient")
	d.want(d.call("GET", "/channels/5", ""), http.StatusNotFound, 10003, "")

	r, _ := http.NewRequestWithContext(within(t), "GET", d.URL()+"/api/v10/users/@me", nil)
	r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	d.want(d.do(r), http.StatusUnauthorized, 0, "401: Unauthorized")
	r, _ = http.NewRequestWithContext(within(t), "GET", d.URL()+"/api/users/@me", nil)
	d.want(d.do(r), http.StatusBadRequest, 50041, "no API version")
	if n := d.Refused(); n != 2 { // the application's 403 and the 401
		t.Errorf("%d refused requests, want 2", n)
	}
}

func TestPermissions(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	const view, send, history, threads = 1 << 10, 1 << 11, 1 << 16, 1 << 35
	first := d.ann.Say(d.general, "first")
	tests := []struct {
		name         string
		deny         int64
		method, path string
		body         string
		status, code int
	}{
		{"see", view, "GET", "/channels/" + d.general.ID, "", 403, 50001},
		{"send", send, "POST", d.messages(), silent(`"content":"x"`), 403, 50013},
		{"typing", send, "POST", "/channels/" + d.general.ID + "/typing", "", 403, 50013},
		{"history", history, "GET", d.messages() + "/" + first.ID, "", 403, 50013},
		{"list without history", history, "GET", d.messages(), "", 200, 0},
		{"reply without history", history, "POST", d.messages(), silent(`"content":"x","message_reference":{"message_id":"` + first.ID + `"}`), 403, 160002},
		{"thread", threads, "POST", d.messages() + "/" + first.ID + "/threads", `{"name":"t"}`, 403, 50013},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			d := *d
			d.t = t
			d.general.Allow(d.Bot(), 0, tc.deny)
			defer d.general.Allow(d.Bot(), 0, 0)
			d.want(d.call(tc.method, tc.path, tc.body), tc.status, tc.code, "")
		})
	}
	shy := d.User("shy")
	shy.NoDMs = true
	dm := shy.DM()
	d.want(d.call("POST", "/channels/"+dm.ID+"/messages", silent(`"content":"x"`)), 403, 50007, "")
}

func TestThreads(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	bob := d.User("bob")
	d.guild.Join(bob)
	ask := d.ann.Say(d.general, "start")
	threads := d.messages() + "/" + ask.ID + "/threads"
	d.want(d.call("POST", threads, `{"name":""}`), 400, 50035, "name is empty")
	d.want(d.call("POST", threads, `{"name":"t","auto_archive_duration":7}`), 400, 50035, "auto_archive_duration 7")
	d.want(d.call("POST", threads, `{"name":"t"}`), 201, 0, "")
	d.want(d.call("POST", threads, `{"name":"t"}`), 400, 160004, "already been created")
	d.gateway.event("THREAD_CREATE")
	thread := d.general.Threads()[0]
	if thread.ID != ask.ID || d.ChannelByID(ask.ID) != thread {
		t.Errorf("thread %+v", thread)
	}
	d.want(d.call("POST", "/channels/"+thread.ID+"/messages", silent(`"content":"hello"`)), 200, 0, "")
	if got := ask.Answers(); len(got) != 1 || got[0].Content != "hello" {
		t.Errorf("answers %+v", got)
	}
	d.want(d.call("POST", "/channels/"+thread.ID+"/threads", `{"name":"t","type":11}`), 400, 50024, "channel type")
	d.want(d.call("POST", "/channels/"+d.general.ID+"/threads", `{"name":"t","type":5}`), 400, 50035, "type 5")
	a := d.call("POST", "/channels/"+d.general.ID+"/threads", `{"name":"private"}`)
	d.want(a, 201, 0, "")
	private := d.ChannelByID(a.body["id"].(string))
	d.want(d.call("PUT", "/channels/"+private.ID+"/thread-members/"+d.ann.ID, ""), 204, 0, "")
	d.want(d.call("POST", "/channels/"+private.ID+"/messages", silent(`"content":"psst"`)), 200, 0, "")
	if x, y := len(d.ann.Sees(private)), len(bob.Sees(private)); x != 1 || y != 0 || !private.IsPrivateThread() {
		t.Errorf("ann sees %d and bob %d, want 1 and 0", x, y)
	}
	d.want(d.call("PATCH", "/channels/"+thread.ID, `{"locked":true}`), 200, 0, "")
	d.want(d.call("POST", "/channels/"+thread.ID+"/messages", silent(`"content":"late"`)), 400, 50083, "")
	thread.Drop()
	d.gateway.event("THREAD_DELETE")
	d.want(d.call("GET", "/channels/"+thread.ID, ""), 404, 10003, "")
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	const window = 1500 * time.Millisecond // long beside what a busy machine delays
	d := newDesk(t, discordtest.Options{RoutePerSecond: -1})
	d.Limit("POST", "/messages", 2, window)
	start := time.Now()
	body := silent(`"content":"x"`)
	for _, left := range []string{"1", "0"} {
		if a := d.call("POST", d.messages(), body); a.status != 200 || a.header.Get("X-RateLimit-Remaining") != left || a.header.Get("X-RateLimit-Bucket") == "" {
			t.Errorf("%d, headers %v", a.status, a.header)
		}
	}
	a := d.call("POST", d.messages(), body)
	d.want(a, 429, 0, "")
	if after, _ := a.body["retry_after"].(float64); after <= 0 || after > window.Seconds() || a.body["global"] != false || a.header.Get("Retry-After") != strconv.Itoa(int(math.Ceil(after))) || a.header.Get("X-RateLimit-Scope") != "user" {
		t.Errorf("429 with %v and %v", a.body, a.header)
	}
	other := d.guild.Channel("other")
	d.want(d.call("POST", "/channels/"+other.ID+"/messages", body), 200, 0, "") // its own bucket
	time.Sleep(300 * time.Millisecond)
	d.want(d.call("POST", d.messages(), body), 429, 0, "before the told Retry-After")
	time.Sleep(time.Until(start.Add(window + 200*time.Millisecond)))
	d.want(d.call("POST", d.messages(), body), 200, 0, "")
	if n := d.Refused(); n != 2 {
		t.Errorf("%d refused, want 2", n)
	}
}

func TestGlobalLimit(t *testing.T) {
	d := newDesk(t, discordtest.Options{GlobalPerSecond: 2})
	for range 2 {
		d.call("GET", "/users/@me", "")
	}
	a := d.call("GET", d.messages(), "")
	d.want(a, 429, 0, "")
	if a.body["global"] != true || a.header.Get("X-RateLimit-Global") != "true" || a.header.Get("X-RateLimit-Scope") != "global" {
		t.Errorf("429 with %v and %v", a.body, a.header)
	}
	d.want(d.call("POST", "/interactions/1/x/callback", `{"type":5}`), 404, 10062, "Unknown interaction") // exempt
}

func TestBan(t *testing.T) {
	d := newDesk(t, discordtest.Options{RefusedLimit: 3})
	d.Inject(discordtest.Fault{Status: 429, Times: 3})
	for n := range 3 {
		want := ""
		if n == 2 {
			want = "the address is banned"
		}
		d.want(d.call("GET", "/users/@me", ""), 429, 0, want)
	}
	d.want(d.call("GET", "/users/@me", ""), 403, 0, "after the ban")
}

func TestFaults(t *testing.T) {
	d := newDesk(t, discordtest.Options{})
	d.Inject(discordtest.Fault{Method: "POST", Path: "/messages", Times: 1, Status: 502, AfterWork: true})
	d.want(d.call("POST", d.messages(), silent(`"content":"x"`)), 502, 0, "")
	if n := len(d.general.History()); n != 1 {
		t.Errorf("%d messages after a 502 that came after the work, want 1", n)
	}
	d.Inject(discordtest.Fault{Path: "/users/@me", Times: 1, Status: 429, RetryAfter: 2 * time.Second, Global: true})
	if a := d.call("GET", "/users/@me", ""); a.status != 429 || a.header.Get("Retry-After") != "2" || a.body["global"] != true {
		t.Errorf("%d %v %v", a.status, a.header, a.body)
	}
	for _, f := range []discordtest.Fault{{Reset: true, Times: 1}, {Hang: time.Millisecond, Times: 1}} {
		d.Inject(f)
		r, _ := http.NewRequestWithContext(within(t), "POST", d.URL()+"/api/v10"+d.messages(), strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		if res, err := http.DefaultClient.Do(r); err == nil {
			_ = res.Body.Close()
			t.Errorf("fault %+v gave an answer", f)
		}
	}
	d.Inject(discordtest.Fault{})
	d.want(d.call("GET", "/users/@me", ""), 500, 0, "")
	d.Heal()
	d.want(d.call("GET", "/gateway/bot", ""), 200, 0, "")
}
