package discordtest

import (
	"encoding/json"
	"testing"
)

// FuzzBodies feeds any body to all that reads one: nothing may panic, and what
// passes must be within the limits that a client could draw.
func FuzzBodies(f *testing.F) {
	for _, seed := range []string{
		`{"content":"x","allowed_mentions":{"parse":[]}}`,
		`{"flags":32768,"components":[{"type":17,"components":[{"type":9,"components":[{"type":10,"content":"a"}],"accessory":{"type":11}}]}]}`,
		`{"content":"x","components":[{"type":1,"components":[{"type":3,"custom_id":"a","options":[{"label":"a","value":"b"}]}]}]}`,
		`{"embeds":[{"fields":[{"name":"a","value":"b"}],"footer":{"text":"x"}}],"attachments":[{"id":0}],"nonce":1e400}`,
		`{"name":"x","description":"x","options":[{"type":2,"name":"g","description":"g","options":[{"type":1,"name":"s","description":"s"}]}]}`,
		`{"title":"T","custom_id":"m","components":[{"type":18,"label":"L","component":{"type":4,"style":1,"custom_id":"a"}},{"type":1}]}`,
		`null`, `[]`, `{"components":[null]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		if p, err := parsePayload(raw, nil); err == nil {
			_, _ = p.nonce()
			_, _ = p.pings(), p.flagFaults(where{edit: true})
			m, why := p.apply(&Server{}, Message{}, where{})
			if why == nil && (units(m.Content) > 2000 || len(m.Embeds) > 10 || m.Text() == "" && len(m.Components) == 0 && len(m.Embeds) == 0 && p.has["poll"] == nil && len(p.Stickers) == 0) {
				t.Errorf("passed: %s", raw)
			}
		}
		if k, why := readCommand(raw); why == nil && (len(k.def.Options) > 25 || units(k.def.Name) > 32) {
			t.Errorf("passed: %s", raw)
		}
		var m Modal
		if json.Unmarshal(raw, &m) == nil {
			if why := checkModal(&m); why == nil && (units(m.Title) > 45 || len(m.Components) > 5) {
				t.Errorf("passed: %s", raw)
			}
		}
	})
}
