package bot

import "testing"

// A server that changes its language is answered in the new one.
func TestGuildChangesItsLanguage(t *testing.T) {
	b := &Bot{guilds: newGuildBook()}
	b.onEvent("GUILD_CREATE", []byte(`{"id":"1","preferred_locale":"en-US","threads":[{"id":"5","parent_id":"2"}]}`))
	b.onEvent("GUILD_UPDATE", []byte(`{"id":"1","preferred_locale":"uk"}`))
	if got := b.guilds.locale("1"); got != "uk" {
		t.Errorf("locale %q", got)
	}
	if _, known := b.guilds.thread("5"); !known {
		t.Error("the thread is forgotten")
	}
}
