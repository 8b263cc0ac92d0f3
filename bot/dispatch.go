package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// ackWithin bounds the first reply: Discord takes it for 3 seconds.
const ackWithin = 2800 * time.Millisecond

// onEvent takes every event of the gateway, in order. It does not wait.
func (b *Bot) onEvent(event string, payload json.RawMessage) {
	switch event {
	case "READY":
		b.ready(payload)
	case "GUILD_CREATE", "GUILD_UPDATE":
		b.guilds.joined(payload, deref(b.self.Load()))
	case "GUILD_DELETE":
		if guild := b.guilds.left(payload); guild != "" {
			b.begin(event, func() { b.forgetGuild(guild) })
		}
	case "THREAD_CREATE", "THREAD_UPDATE", "THREAD_DELETE":
		b.guilds.threadEvent(payload, deref(b.self.Load()), event == "THREAD_DELETE")
	case "INTERACTION_CREATE":
		in := readInteraction(payload, deref(b.app.Load()))
		if in == nil {
			b.counters.unreadable.Add(1)
			return
		}
		b.guilds.noted(in.guild)
		if th, known := b.guilds.thread(in.channel); known && in.parent == "" {
			in.parent = th.parent
		}
		if b.seen.first("interaction/" + in.id) {
			b.begin(event, func() { b.interact(in) })
		}
	case "MESSAGE_CREATE":
		if m := readMessage(payload); m != nil && b.asked(m) && b.seen.first("message/"+m.ID) {
			b.begin(event, func() { b.hear(m) })
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (b *Bot) ready(payload []byte) {
	var r struct {
		User        *rawUser `json:"user"`
		Application *struct {
			ID string `json:"id"`
		} `json:"application"`
	}
	_ = json.Unmarshal(payload, &r)
	b.guilds.ready(payload)
	if r.User != nil {
		known(&b.self, r.User.ID)
	}
	if r.Application != nil {
		known(&b.app, r.Application.ID)
	} else if b.app.Load() == nil {
		known(&b.app, deref(b.self.Load())) // a bot has the id of its application
	}
	if app := deref(b.app.Load()); app != "" && b.told.CompareAndSwap(false, true) {
		b.begin("registering commands", func() { b.register(app) })
	}
}

func (b *Bot) forgetGuild(guild string) {
	if f, ok := b.o.Answerer.(Forgetter); ok {
		f.ForgetScope(b.guildScope(guild))
	}
	if err := b.settings.forget(b.work, guild); err != nil {
		b.o.Log.Error("can't forget the settings of a guild", "error", err)
	}
	if _, err := b.ledger.forgetGuild(b.work, guild); err != nil {
		b.o.Log.Error("can't forget the answers of a guild", "error", err)
	}
}

// register tells Discord our commands if they are not the ones told last.
func (b *Bot) register(app string) {
	ctx, cancel := context.WithTimeout(b.work, time.Minute)
	defer cancel()
	set := b.lang.commandSet(b.can)
	key, now := commandsKey(app, b.o.Guild), fingerprint(set)
	b.unregister(ctx, app, key)
	was, err := b.o.Store.Get(ctx, key)
	if err == nil && string(was) == `"`+now+`"` && b.gate.registered(ctx, app, b.o.Guild, set) {
		return
	}
	if err := b.gate.register(ctx, app, b.o.Guild, set); err != nil {
		if isCode(err, codeMissingAccess) && b.o.Guild != "" {
			b.o.Log.Error("can't register the commands: the bot is not in the server of DISCORD_GUILD_ID; correct the id, or invite the bot", "invite", InviteURL(app), "error", err)
			return
		}
		b.o.Log.Error("can't register the commands", "error", err)
		return
	}
	if err := b.o.Store.Put(ctx, key, []byte(`"`+now+`"`), time.Time{}); err != nil {
		b.o.Log.Warn("can't remember the commands", "error", err)
	}
	b.o.Log.Info("commands registered", "count", len(set), "guild", b.o.Guild)
}

func commandsKey(app, guild string) string { return "commands/" + app + "/" + guild }

// unregister takes back commands that were told for another guild, or for all, which
// would else show beside those of key.
func (b *Bot) unregister(ctx context.Context, app, key string) {
	keys, err := b.o.Store.Keys(ctx, commandsKey(app, ""))
	if err != nil {
		b.o.Log.Warn("can't look for commands of an earlier start", "error", err)
	}
	for _, k := range keys {
		if k == key {
			continue
		}
		guild := strings.TrimPrefix(k, commandsKey(app, ""))
		if err := b.gate.register(ctx, app, guild, []command{}); err != nil {
			b.o.Log.Warn("can't take back the commands of an earlier start", "guild", guild, "error", err)
		}
		if err := b.o.Store.Delete(ctx, k); err != nil { // tried once: the bot may have left that guild
			b.o.Log.Warn("can't forget the commands of an earlier start", "error", err)
		}
	}
}

// A call is an interaction while it is handled.
type call struct {
	*interaction
	t        *texts          // words for the user
	settings channelSettings // of the channel
	ack      context.Context // for the first reply
}

// interact answers one interaction, whatever it is, once.
func (b *Bot) interact(in *interaction) {
	b.counters.interactions.Add(1)
	ack, cancel := context.WithTimeout(b.send, ackWithin)
	defer cancel()
	c := &call{interaction: in, t: b.lang.pick(in.locales...), ack: ack}
	defer func() {
		if v := recover(); v != nil {
			b.apologize(c, b.fault("interaction", b.errPanic(v)))
		}
	}()
	guild, err := b.settings.of(ack, in.guild)
	if err != nil {
		b.apologize(c, b.fault("settings", err))
		return
	}
	if c.settings = guild.channel(in.channel, in.parent); c.settings.Language != "" {
		c.t = b.lang.pick(append([]string{c.settings.Language}, in.locales...)...)
	}
	switch in.kind {
	case discordgo.InteractionApplicationCommand:
		err = b.onCommand(c, guild)
	case discordgo.InteractionApplicationCommandAutocomplete:
		err = b.gate.choices(ack, &in.address, b.complete(c))
	case discordgo.InteractionMessageComponent:
		err = b.onPress(c)
	case discordgo.InteractionModalSubmit:
		err = b.onModal(c, guild)
	default:
		err = b.tell(c, "unreadable")
	}
	switch {
	case err == nil, errors.Is(err, errAnswered):
	case isCode(err, codeUnknownInteraction):
		b.counters.late.Add(1)
		b.o.Log.Warn("an interaction could not be answered in time", "command", in.command)
	case isCode(err, codeUnknownMessage) && in.acknowledged.Load():
		b.o.Log.Info("a reply was deleted before the answer came", "command", in.command)
	default:
		b.apologize(c, b.fault("interaction", err))
	}
}

// tell answers with one of our texts, to the user alone.
func (b *Bot) tell(c *call, key string, pairs ...any) error {
	return b.tellDoc(c, says(c.t.say(key, pairs...)))
}

func (b *Bot) tellDoc(c *call, d doc) error {
	return b.gate.reply(c.ack, &c.address, message{body: d, private: true})
}

// apologize tells the user that something broke, before or after the first reply.
func (b *Bot) apologize(c *call, id string) {
	m := message{body: says(c.t.say("failed", "id", id)), private: true}
	ctx, cancel := context.WithTimeout(b.send, tellWithin)
	defer cancel()
	var err error
	switch {
	case c.kind == discordgo.InteractionApplicationCommandAutocomplete:
		err = b.gate.choices(ctx, &c.address, nil)
	case c.answered.Load() && !c.acknowledged.Load():
		return // Discord took no first reply, so there is nothing to change
	case c.answered.Load():
		_, err = b.gate.edit(ctx, &c.address, m)
	default:
		err = b.gate.reply(ctx, &c.address, m)
	}
	if err != nil && !errors.Is(err, errAnswered) {
		b.o.Log.Warn("can't tell the user of a fault", "id", id, "error", err)
	}
}

// fault logs what broke and returns the number under which it is found.
func (b *Bot) fault(what string, err error) string {
	b.counters.faults.Add(1)
	id := newID()[:6]
	b.o.Log.Error(what, "id", id, "error", err)
	return id
}

// errPanic makes an error of what recover returned, with the place where it happened.
func (b *Bot) errPanic(v any) error {
	b.counters.panics.Add(1)
	return fmt.Errorf("panic: %v\n%s", v, debug.Stack())
}

// onCommand answers slash and message commands.
func (b *Bot) onCommand(c *call, guild guildSettings) error {
	handle, right := b.handler(c)
	if handle == nil {
		return b.tell(c, "unknown.command")
	}
	as := b.rank(c.interaction)
	switch {
	case as == unknown:
		return b.tell(c, "denied.user")
	case right == mayManage && c.guild == "":
		return b.tell(c, "guild.only")
	case !allowed(right, as, c.guild, b.home()):
		b.counters.denied.Add(1)
		if right == mayCurate && c.guild != b.home() {
			return b.tell(c, "denied.library")
		}
		return b.tell(c, "denied")
	}
	return handle(guild)
}

// handler returns what a command does and the right that it takes; nil for a command
// that is not ours.
func (b *Bot) handler(c *call) (func(guildSettings) error, right) {
	switch c.command {
	case "ask":
		return func(g guildSettings) error { return b.askCommand(c, g) }, mayAsk
	case b.lang[fallback].say("command.askabout"):
		return func(guildSettings) error { return b.askAbout(c) }, mayAsk
	case "check":
		if b.can.check {
			return func(g guildSettings) error { return b.checkCommand(c, g) }, mayAsk
		}
	case b.lang[fallback].say("command.checkthis"):
		if b.can.check {
			return func(g guildSettings) error { return b.checkMessage(c, g) }, mayAsk
		}
	case "summary":
		if b.can.summarise {
			return func(g guildSettings) error { return b.summaryCommand(c, g) }, mayAsk
		}
	case "timeline":
		if b.can.chronicle {
			return func(g guildSettings) error { return b.timelineCommand(c, g) }, mayAsk
		}
	case "sources":
		return func(guildSettings) error { return b.sources(c) }, mayAsk
	case "help":
		return func(guildSettings) error { return b.help(c) }, mayAsk
	case "mydata show":
		return func(guildSettings) error { return b.showData(c) }, mayAsk
	case "mydata forget":
		return func(guildSettings) error { return b.forgetData(c) }, mayAsk
	case "crisis-admin channels allow":
		return func(guildSettings) error { return b.allowChannel(c, true) }, mayManage
	case "crisis-admin channels deny":
		return func(guildSettings) error { return b.allowChannel(c, false) }, mayManage
	case "crisis-admin channels list":
		return func(g guildSettings) error { return b.listChannels(c, g) }, mayManage
	case "crisis-admin settings":
		return func(guildSettings) error { return b.changeSettings(c) }, mayManage
	case "crisis-admin stats":
		return func(guildSettings) error { return b.showStats(c) }, mayCurate
	case "crisis-admin ingest":
		if b.can.ingest {
			return func(guildSettings) error { return b.ingest(c) }, mayCurate
		}
	case "crisis-admin feeds add":
		if b.can.feeds {
			return func(guildSettings) error { return b.addFeed(c) }, mayCurate
		}
	case "crisis-admin feeds remove":
		if b.can.feeds {
			return func(guildSettings) error { return b.removeFeed(c) }, mayCurate
		}
	case "crisis-admin feeds list":
		if b.can.feeds {
			return func(guildSettings) error { return b.listFeeds(c) }, mayCurate
		}
	case "crisis-admin remove":
		if b.can.remove {
			return func(guildSettings) error { return b.confirmRemoval(c) }, mayCurate
		}
	}
	return nil, mayAsk
}
