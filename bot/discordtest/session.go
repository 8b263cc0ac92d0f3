package discordtest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// event is one dispatch. bare is the body for sessions without MESSAGE_CONTENT
// where that differs; intent 0 reaches every session.
type event struct {
	name        string
	guild       string
	intent      int
	body, bare  object
	interaction *Interaction
}

// session is what a RESUME takes up again.
type session struct {
	id            string
	shard, shards int
	intents       int
	seq           int
	sent          []sentEvent
	link          *link
}

type sentEvent struct {
	seq         int
	frame       []byte
	interaction *Interaction
}

// keptEvents bounds what a RESUME can replay.
const keptEvents = 50000

func (l *link) identify(d json.RawMessage) {
	s := l.s
	var in struct {
		Token      string          `json:"token"`
		Intents    *int            `json:"intents"`
		Properties json.RawMessage `json:"properties"`
		Compress   bool            `json:"compress"`
		Shard      *[2]int         `json:"shard"`
	}
	if err := json.Unmarshal(d, &in); err != nil || in.Properties == nil || in.Intents == nil {
		s.breach("gateway: IDENTIFY without intents or properties: %v", err)
		l.shut(4002, "Decode error")
		return
	}
	if l.session != nil {
		s.breach("gateway: IDENTIFY on a connection that has a session")
		l.shut(4005, "Already authenticated")
		return
	}
	shard := [2]int{0, 1}
	if in.Shard != nil {
		shard = *in.Shard
	}
	if len(s.gate.refuse) > 0 {
		code := s.gate.refuse[0]
		s.gate.refuse = s.gate.refuse[1:]
		l.shut(code, "refused for the test")
		return
	}
	switch {
	case strings.TrimPrefix(in.Token, "Bot ") != s.o.Token:
		s.breach("gateway: IDENTIFY with a wrong token")
		l.shut(4004, "Authentication failed")
		return
	case shard[1] < 1 || shard[0] < 0 || shard[0] >= shard[1]:
		s.breach("gateway: IDENTIFY for shard %d of %d", shard[0], shard[1])
		l.shut(4010, "Invalid shard")
		return
	case shard[1] < s.o.MinShards:
		l.shut(4011, "Sharding required")
		return
	case *in.Intents < 0 || *in.Intents&^intentAll != 0:
		s.breach("gateway: IDENTIFY with invalid intents %d", *in.Intents)
		l.shut(4013, "Invalid intents")
		return
	case *in.Intents&intentPrivileged&s.o.DenyIntents != 0:
		l.shut(4014, "Disallowed intents")
		return
	}
	now := time.Now()
	if w := s.o.IdentifyWindow; w > 0 {
		recent := s.gate.lastIdent[:0]
		for _, t := range s.gate.lastIdent {
			if now.Sub(t) < w {
				recent = append(recent, t)
			}
		}
		s.gate.lastIdent = recent
		if len(recent) >= s.o.MaxConcurrency {
			s.breach("gateway: %d IDENTIFYs within %v, max_concurrency is %d", len(recent)+1, w, s.o.MaxConcurrency)
			l.op(9, false)
			return
		}
	}
	s.gate.lastIdent = append(s.gate.lastIdent, now)
	if s.gate.identified++; s.gate.identified > s.o.IdentifyLimit {
		s.breach("gateway: more than %d IDENTIFYs in a day, the token was reset", s.o.IdentifyLimit)
		l.shut(4004, "Authentication failed")
		return
	}
	ss := &session{id: fmt.Sprintf("%032x", s.gate.identified), shard: shard[0], shards: shard[1], intents: *in.Intents, link: l}
	s.gate.sessions[ss.id] = ss
	l.session, l.payloads = ss, in.Compress
	l.record.Identified, l.record.Shard = true, ss.shard
	guilds := []object{}
	var mine []*Guild
	for _, g := range s.guilds {
		if !g.gone && ss.owns(g.ID) {
			guilds = append(guilds, object{"id": g.ID, "unavailable": true})
			mine = append(mine, g)
		}
	}
	user := s.bot.json()
	user["verified"], user["mfa_enabled"], user["email"], user["flags"] = true, true, nil, 0
	s.dispatchTo(ss, event{name: "READY", body: object{"v": 10, "user": user, "guilds": guilds, "session_id": ss.id, "session_type": "normal",
		"resume_gateway_url": s.gatewayURL() + "resume/", "shard": shard, "application": object{"id": s.bot.ID, "flags": s.appFlags()},
		"private_channels": []any{}, "relationships": []any{}, "presences": []any{}, "user_settings": object{}}})
	for _, g := range mine {
		s.dispatchTo(ss, event{name: "GUILD_CREATE", guild: g.ID, intent: intentGuilds, body: g.full()})
	}
	s.changed.fire()
}

func (l *link) resume(d json.RawMessage) {
	s := l.s
	var in struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       int    `json:"seq"`
	}
	if err := json.Unmarshal(d, &in); err != nil {
		s.breach("gateway: RESUME: %v", err)
		l.shut(4002, "Decode error")
		return
	}
	if strings.TrimPrefix(in.Token, "Bot ") != s.o.Token {
		s.breach("gateway: RESUME with a wrong token")
		l.shut(4004, "Authentication failed")
		return
	}
	ss := s.gate.sessions[in.SessionID]
	if ss == nil || len(ss.sent) > 0 && in.Seq < ss.sent[0].seq-1 {
		l.op(9, false)
		return
	}
	if in.Seq > ss.seq {
		s.breach("gateway: RESUME at %d, but the last event was %d", in.Seq, ss.seq)
		l.session = ss
		l.shut(4007, "Invalid seq")
		return
	}
	if old := ss.link; old != nil {
		old.session = nil
		old.push(packet{close: 4000, text: "resumed elsewhere"})
	}
	ss.link, l.session = l, ss
	l.record.Resumed, l.record.Shard = true, ss.shard
	for _, e := range ss.sent {
		if e.seq > in.Seq {
			l.push(packet{frame: e.frame, interaction: e.interaction})
		}
	}
	s.dispatchTo(ss, event{name: "RESUMED", body: object{"_trace": []string{"fake"}}})
	s.changed.fire()
}

func (ss *session) owns(guild string) bool {
	if guild == "" {
		return ss.shard == 0
	}
	id, _ := strconv.ParseUint(guild, 10, 64) // our own snowflake
	return int((id>>22)%uint64(ss.shards)) == ss.shard
}

// dispatch sends an event to every session that may have it. A session whose
// connection is down gets it at its RESUME.
func (s *Server) dispatch(e event) {
	for _, ss := range s.gate.sessions {
		if ss.owns(e.guild) && (e.intent == 0 || ss.intents&e.intent != 0) {
			s.dispatchTo(ss, e)
			if s.gate.twice {
				s.dispatchTo(ss, e)
			}
		}
	}
}

func (s *Server) dispatchTo(ss *session, e event) {
	body := e.body
	if e.bare != nil && ss.intents&intentContent == 0 {
		body = e.bare
	}
	raw := encode(body)
	if s.gate.rewrite != nil {
		raw = s.gate.rewrite(e.name, raw)
	}
	s.dispatchRaw(ss, e.name, raw, e.interaction)
}

func (s *Server) dispatchRaw(ss *session, name string, body json.RawMessage, i *Interaction) {
	ss.seq++
	frame := fmt.Appendf(nil, `{"op":0,"s":%d,"t":%q,"d":%s}`, ss.seq, name, body)
	ss.sent = append(ss.sent, sentEvent{ss.seq, frame, i})
	if len(ss.sent) > keptEvents {
		ss.sent = ss.sent[1:]
	}
	if i != nil {
		i.dispatched++
	}
	if ss.link != nil {
		ss.link.push(packet{frame: frame, interaction: i})
	}
}

// appFlags tells the privileged intents in the application's flags, in the
// form for applications in fewer than 100 guilds.
func (s *Server) appFlags() int {
	flags := 1 << 23 // has slash commands
	for intent, flag := range map[int]int{intentPresences: 1 << 13, intentGuildMembers: 1 << 15, intentContent: 1 << 19} {
		if s.o.DenyIntents&intent == 0 {
			flags |= flag
		}
	}
	return flags
}
