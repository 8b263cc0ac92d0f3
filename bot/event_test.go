package bot

import (
	"encoding/json"
	"testing"
)

func FuzzReadEvents(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","token":"t","application_id":"2","type":2,"data":{"name":"ask","options":[{"name":"question","type":3,"value":"Why?"}]},"member":{"user":{"id":"4"},"permissions":"8"},"guild_id":"5"}`,
		`{"id":"1","token":"t","application_id":"2","type":5,"data":{"custom_id":"x","components":[{"type":18,"component":{"custom_id":"a","value":"b"}}]}}`,
		`{"id":"1","channel_id":"2","author":{"id":"3"},"content":"<@9> why","mentions":[null,{"id":"9"}],"referenced_message":null,"message_reference":{"message_id":5}}`,
		`{"id":1,"token":null,"data":{"options":[{"value":{}},null]},"member":{"permissions":[]}}`, `null`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if in := readInteraction(payload, ""); in != nil {
			if !plausibleID.MatchString(in.id) || !plausibleToken.MatchString(in.token) || in.lane == nil {
				t.Errorf("can't be answered: %+v", in)
			}
			if in.guild == "" && in.permissions != 0 {
				t.Errorf("rights outside of a guild: %d", in.permissions)
			}
		}
		if m := readMessage(payload); m != nil {
			_ = m.mentions("9")
			_, _ = m.repliesTo(), m.text()
		}
		newGuildBook().joined(payload, "9")
	})
}

// A field of a wrong type costs that field and no more.
func TestReadInteractionIsLenient(t *testing.T) {
	in := readInteraction(json.RawMessage(`{"id":"1","token":"t","application_id":"2","type":"x","guild_id":7,"locale":["uk"],
		"data":{"name":"crisis-admin","options":[{"name":"channels","type":2,"options":[{"name":"allow","type":1,"options":[{"name":"channel","type":7,"value":"44"},{"name":"n","type":4,"value":12},{"name":"b","type":5,"value":true},{"name":"o","value":{}}]}]}]},
		"member":{"user":{"id":"4","username":5},"permissions":"32"}}`), "")
	if in == nil || in.command != "crisis-admin channels allow" || in.options["channel"] != "44" || in.options["n"] != "12" || in.options["b"] != "true" || in.options["o"] != "" {
		t.Fatalf("read %+v", in)
	}
	if in.guild != "" || in.permissions != 0 || in.user != "4" || in.kind != 0 {
		t.Errorf("read %+v", in)
	}
	for _, unanswerable := range []string{`{}`, `{"id":"1"}`, `{"id":"../1","token":"t","application_id":"2"}`, `{"id":"1","token":"a b","application_id":"2"}`, `{"id":"1","token":"","application_id":"2"}`} {
		if in := readInteraction(json.RawMessage(unanswerable), ""); in != nil {
			t.Errorf("%s: read %+v", unanswerable, in)
		}
	}
}
