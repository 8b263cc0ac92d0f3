package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

// guildSettings are what the managers of a guild chose.
type guildSettings struct {
	Channels []string                   `json:"channels,omitempty"` // in which the bot answers; none chosen is all
	Off      []string                   `json:"off,omitempty"`      // in which it doesn't, though all others are on
	Each     map[string]channelSettings `json:"each,omitempty"`
}

// channelSettings are those of one channel and its threads. "" is the default.
type channelSettings struct {
	Language string `json:"language,omitempty"` // code; "" is each member's own
	Answers  string `json:"answers,omitempty"`  // "private", or "" for public
	Mentions string `json:"mentions,omitempty"` // "off", or "" for on
}

// allows reports whether the bot answers in a channel, or in a thread of parent.
func (g guildSettings) allows(channel, parent string) bool {
	if slices.Contains(g.Off, channel) || parent != "" && slices.Contains(g.Off, parent) {
		return false
	}
	return len(g.Channels) == 0 || slices.Contains(g.Channels, channel) || parent != "" && slices.Contains(g.Channels, parent)
}

// channel returns the settings of a channel, or of the parent of a thread.
func (g guildSettings) channel(channel, parent string) channelSettings {
	if s, ok := g.Each[channel]; ok || parent == "" {
		return s
	}
	return g.Each[parent]
}

// settingsBook keeps the settings of guilds. A changed copy is put back whole.
type settingsBook struct {
	store Store
	mu    sync.Mutex
}

func guildKey(guild string) string { return "guild/" + guild }

func (b *settingsBook) of(ctx context.Context, guild string) (guildSettings, error) {
	var g guildSettings
	if guild == "" {
		return g, nil
	}
	raw, err := b.store.Get(ctx, guildKey(guild))
	if err != nil || raw == nil {
		return g, err
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return guildSettings{}, fmt.Errorf("settings of a guild: %w", err)
	}
	return g, nil
}

// change applies f to the settings of a guild.
func (b *settingsBook) change(ctx context.Context, guild string, f func(*guildSettings)) (guildSettings, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	g, err := b.of(ctx, guild)
	if err != nil {
		return g, err
	}
	f(&g)
	raw, err := json.Marshal(g)
	if err != nil {
		return g, err
	}
	return g, b.store.Put(ctx, guildKey(guild), raw, time.Time{})
}

func (b *settingsBook) forget(ctx context.Context, guild string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.store.Delete(ctx, guildKey(guild))
}
