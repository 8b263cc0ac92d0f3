package bot

import (
	"encoding/json"
	"sync"
	"time"
)

// A guildBook knows the guilds and threads that Discord told of. It is bounded:
// beyond that, threads are forgotten, and then need a mention.
type guildBook struct {
	mu      sync.Mutex
	told    bool              // Discord listed the guilds
	locales map[string]string // preferred locale by guild
	threads map[string]thread
}

type thread struct {
	guild, parent string
	ours          bool // the bot opened it
}

const maxThreads = 50_000

func newGuildBook() *guildBook {
	return &guildBook{locales: map[string]string{}, threads: map[string]thread{}}
}

// only returns the guild if there is just one, else "".
func (g *guildBook) only() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.locales) != 1 {
		return ""
	}
	for id := range g.locales {
		return id
	}
	return ""
}

func (g *guildBook) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.locales)
}

func (g *guildBook) locale(guild string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.locales[guild]
}

func (g *guildBook) thread(id string) (thread, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, ok := g.threads[id]
	return t, ok
}

func (g *guildBook) addThread(id string, t thread) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.threads) >= maxThreads {
		for other := range g.threads { // any one
			delete(g.threads, other)
			break
		}
	}
	g.threads[id] = t
}

// ready takes the list of guilds from READY; their locales follow.
func (g *guildBook) ready(payload []byte) {
	var r struct {
		Guilds []*struct {
			ID string `json:"id"`
		} `json:"guilds"`
	}
	_ = json.Unmarshal(payload, &r)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.told = g.told || r.Guilds != nil
	for _, guild := range r.Guilds {
		if guild != nil && plausibleID.MatchString(guild.ID) && g.locales[guild.ID] == "" {
			g.locales[guild.ID] = ""
		}
	}
}

// joined reads GUILD_CREATE, and GUILD_UPDATE, which tells no threads.
func (g *guildBook) joined(payload []byte, self string) {
	var r struct {
		ID      string       `json:"id"`
		Locale  string       `json:"preferred_locale"`
		Threads []rawChannel `json:"threads"`
	}
	_ = json.Unmarshal(payload, &r)
	if !plausibleID.MatchString(r.ID) {
		return
	}
	g.mu.Lock()
	g.told = true
	g.locales[r.ID] = r.Locale
	g.mu.Unlock()
	for _, t := range r.Threads {
		g.addThread(t.ID, thread{r.ID, t.ParentID, t.OwnerID == self && self != ""})
	}
}

// noted takes a guild from an interaction, as long as nothing else told of guilds.
func (g *guildBook) noted(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.told && plausibleID.MatchString(id) && len(g.locales) < maxThreads {
		g.locales[id] = ""
	}
}

// left reads GUILD_DELETE and returns the guild that the bot left, "" if it is just
// out of service.
func (g *guildBook) left(payload []byte) string {
	var r struct {
		ID          string `json:"id"`
		Unavailable bool   `json:"unavailable"`
	}
	_ = json.Unmarshal(payload, &r)
	if r.Unavailable || !plausibleID.MatchString(r.ID) {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.locales, r.ID)
	for id, t := range g.threads {
		if t.guild == r.ID {
			delete(g.threads, id)
		}
	}
	return r.ID
}

// threadEvent reads THREAD_CREATE, THREAD_UPDATE and THREAD_DELETE.
func (g *guildBook) threadEvent(payload []byte, self string, deleted bool) {
	var t rawChannel
	_ = json.Unmarshal(payload, &t)
	if !plausibleID.MatchString(t.ID) {
		return
	}
	if deleted {
		g.mu.Lock()
		delete(g.threads, t.ID)
		g.mu.Unlock()
		return
	}
	g.addThread(t.ID, thread{t.GuildID, t.ParentID, t.OwnerID == self && self != ""})
}

// A seenSet knows what was handled in the last quarter of an hour, as long as an
// interaction lives: Discord may send an event again.
type seenSet struct {
	now  func() time.Time
	mu   sync.Mutex
	turn time.Time
	new  map[string]bool
	old  map[string]bool
}

const (
	seenFor = 15 * time.Minute
	maxSeen = 200_000
)

func newSeenSet(now func() time.Time) *seenSet {
	return &seenSet{now: now, turn: now(), new: map[string]bool{}, old: map[string]bool{}}
}

// first reports whether an id comes for the first time.
func (s *seenSet) first(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); now.Sub(s.turn) > seenFor || len(s.new) > maxSeen {
		s.old, s.new, s.turn = s.new, map[string]bool{}, now
	}
	if s.new[id] || s.old[id] {
		return false
	}
	s.new[id] = true
	return true
}
