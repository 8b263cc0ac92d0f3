package bot

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/bwmarrin/discordgo"
)

// A gate is the only way out to Discord: every reply, edit, follow-up, post, modal,
// list of choices, thread name and command goes through it. What leaves it pings
// nobody, links nowhere but to the sources given as links, hides nothing, and is
// within Discord's limits, whatever the texts given to it hold. It is safe for
// concurrent use.
type gate struct {
	client   *client
	ids      sealer
	log      *slog.Logger
	withheld atomic.Int64 // messages that the audit stopped
}

// errAnswered is returned for a second first reply to an interaction.
var errAnswered = errors.New("interaction was answered already")

// An address is where the replies to one interaction go.
type address struct {
	id, app, token, channel string
	answered                atomic.Bool // a first reply was tried
	acknowledged            atomic.Bool // and Discord took it
	lane                    *lane       // of edits and follow-ups
}

const (
	flagEphemeral      = 64
	flagSuppressEmbeds = 4
)

// render makes the messages of m. It never returns none. The audit is the last
// look: a text that it refuses is withheld, and says so.
func (g *gate) render(m message, place string) []wireMessage {
	links := linksOf(m.body, m.tail)
	var out []wireMessage
	limit := maxMessages
	if m.single {
		limit = 1
	}
	for _, content := range pack(m.body, m.tail, maxContent, limit) {
		if err := audit(content, links); err != nil {
			g.withheld.Add(1)
			g.log.Error("text withheld by the gate", "why", err)
			content = "This part of the message was withheld: it could not be shown safely."
		}
		out = append(out, wireMessage{Content: content})
	}
	if len(out) == 0 {
		out = []wireMessage{{Content: "—"}}
	}
	for i := range out {
		out[i].Mentions.Parse = []string{}
		out[i].Components = []discordgo.MessageComponent{}
	}
	out[len(out)-1].Components = g.components(m.rows, place)
	return out
}

// callback sends the one first reply to an interaction. It is tried again as long as
// the context lets it: after 3 seconds it would come too late. That it was answered
// already, by a try whose answer got lost, is success.
func (g *gate) callback(ctx context.Context, to *address, kind discordgo.InteractionResponseType, data any) error {
	if !to.answered.CompareAndSwap(false, true) {
		return errAnswered
	}
	err := g.client.do(ctx, request{
		op: "first reply", method: "POST", repeat: true, exempt: true, tries: 5,
		url:  discordgo.EndpointInteractionResponse(url.PathEscape(to.id), url.PathEscape(to.token)),
		body: wireCallback{int(kind), data},
	}, nil)
	if isCode(err, codeAlreadyAnswered) {
		err = nil
	}
	to.acknowledged.Store(err == nil)
	return err
}

// deferReply acknowledges an interaction; Discord shows that the bot is thinking.
// private fixes that the answer is ephemeral.
func (g *gate) deferReply(ctx context.Context, to *address, private bool) error {
	var data any
	if private {
		data = wireFlags{flagEphemeral}
	}
	return g.callback(ctx, to, discordgo.InteractionResponseDeferredChannelMessageWithSource, data)
}

// deferUpdate acknowledges a press without showing anything.
func (g *gate) deferUpdate(ctx context.Context, to *address) error {
	return g.callback(ctx, to, discordgo.InteractionResponseDeferredMessageUpdate, nil)
}

// reply is the first reply in words. Of a message that must be divided, the rest
// follows.
func (g *gate) reply(ctx context.Context, to *address, m message) error {
	parts := g.render(m, to.channel)
	parts[0].Flags = flagsOf(m.private)
	if err := g.callback(ctx, to, discordgo.InteractionResponseChannelMessageWithSource, parts[0]); err != nil {
		return err
	}
	_, err := g.follow(ctx, to, m.private, parts[1:])
	return err
}

// replace is the first reply to a press that changes the message pressed.
func (g *gate) replace(ctx context.Context, to *address, m message) error {
	m.single = true
	return g.callback(ctx, to, discordgo.InteractionResponseUpdateMessage, g.render(m, to.channel)[0])
}

func (g *gate) modal(ctx context.Context, to *address, m modal) error {
	return g.callback(ctx, to, discordgo.InteractionResponseModal, g.modalWire(m, to.channel))
}

func (g *gate) choices(ctx context.Context, to *address, options []option) error {
	w := wireChoices{Choices: []wireChoice{}}
	for _, o := range options[:min(len(options), maxChoices)] {
		if o.value != "" && width(o.value) <= 100 {
			w.Choices = append(w.Choices, wireChoice{label(o.label, 100), o.value})
		}
	}
	return g.callback(ctx, to, discordgo.InteractionApplicationCommandAutocompleteResult, w)
}

type sentMessage struct {
	ID string `json:"id"`
}

// edit fills in what was deferred, or changes the first reply. It returns the ids
// of the messages that m became.
func (g *gate) edit(ctx context.Context, to *address, m message) ([]string, error) {
	parts := g.render(m, to.channel)
	var sent sentMessage
	err := g.client.do(ctx, request{
		op: "edit reply", method: "PATCH", repeat: true, exempt: true, lane: to.lane,
		url:  discordgo.EndpointInteractionResponseActions(url.PathEscape(to.app), url.PathEscape(to.token)),
		body: parts[0],
	}, &sent)
	if err != nil {
		return nil, err
	}
	rest, err := g.follow(ctx, to, m.private, parts[1:])
	return append([]string{sent.ID}, rest...), err
}

// follow adds messages after the first reply.
func (g *gate) follow(ctx context.Context, to *address, private bool, parts []wireMessage) ([]string, error) {
	var ids []string
	for _, part := range parts {
		part.Flags = flagsOf(private)
		var sent sentMessage
		err := g.client.do(ctx, request{
			op: "follow up", method: "POST", exempt: true, lane: to.lane,
			url:  discordgo.EndpointFollowupMessage(url.PathEscape(to.app), url.PathEscape(to.token)) + "?wait=true",
			body: part,
		}, &sent)
		if err != nil {
			return ids, err
		}
		ids = append(ids, sent.ID)
	}
	return ids, nil
}

func flagsOf(private bool) int {
	if private {
		return flagEphemeral | flagSuppressEmbeds
	}
	return flagSuppressEmbeds
}

// post says something in a channel that no interaction asked for. nonce names it:
// Discord takes a repeated one, within minutes, for the same message. It has at
// most 22 characters.
func (g *gate) post(ctx context.Context, channel, nonce string, m message) ([]string, error) {
	var ids []string
	for i, part := range g.render(m, channel) {
		part.Flags = flagSuppressEmbeds
		part.Nonce, part.Enforce = nonce+"."+strconv.Itoa(i), true
		if i == 0 && m.replyTo != "" {
			part.Reference = &wireReference{MessageID: m.replyTo}
		}
		var sent sentMessage
		send := func() error {
			return g.client.do(ctx, request{
				op: "post", method: "POST", repeat: true, lane: g.client.lane("post " + channel),
				url: discordgo.EndpointChannelMessages(url.PathEscape(channel)), body: part,
			}, &sent)
		}
		err := send()
		if isCode(err, codeNoHistory) && part.Reference != nil {
			part.Reference = nil // an answer that replies to nothing is better than none
			err = send()
		}
		if err != nil {
			return ids, err
		}
		ids = append(ids, sent.ID)
	}
	return ids, nil
}

// typing shows for ten seconds, or until the next post, that the bot is typing.
func (g *gate) typing(ctx context.Context, channel string) error {
	return g.client.do(ctx, request{
		op: "typing", method: "POST", tries: 1, lane: g.client.lane("typing " + channel),
		url: discordgo.EndpointChannelTyping(url.PathEscape(channel)),
	}, nil)
}

// thread opens a thread at a message, kept for a day without a word, and returns
// its id. One that is there already has the message's id.
func (g *gate) thread(ctx context.Context, channel, messageID, name string) (string, error) {
	var sent sentMessage
	err := g.client.do(ctx, request{
		op: "open thread", method: "POST", repeat: true, lane: g.client.lane("thread " + channel),
		url:  discordgo.EndpointChannelMessageThread(url.PathEscape(channel), url.PathEscape(messageID)),
		body: wireThread{label(name, 100), 1440},
	}, &sent)
	if isCode(err, codeThreadExists) {
		return messageID, nil
	}
	return sent.ID, err
}

// registered reports whether Discord still has commands of these names and types,
// and no others; also when it can't tell.
func (g *gate) registered(ctx context.Context, app, guild string, commands []command) bool {
	var have []struct {
		Type int    `json:"type"`
		Name string `json:"name"`
	}
	err := g.client.do(ctx, request{
		op: "look at the commands", method: "GET", repeat: true, url: commandsEndpoint(app, guild), lane: g.client.lane("commands"), tries: 2,
	}, &have)
	if err != nil {
		return true
	}
	for _, h := range have {
		if !slices.ContainsFunc(commands, func(c command) bool { return c.Type == max(1, h.Type) && c.Name == h.Name }) {
			return false
		}
	}
	return len(have) == len(commands)
}

func commandsEndpoint(app, guild string) string {
	if guild != "" {
		return discordgo.EndpointApplicationGuildCommands(url.PathEscape(app), url.PathEscape(guild))
	}
	return discordgo.EndpointApplicationGlobalCommands(url.PathEscape(app))
}

// register replaces the commands of the application, of one guild or, with guild
// "", everywhere.
func (g *gate) register(ctx context.Context, app, guild string, commands []command) error {
	return g.client.do(ctx, request{
		op: "register commands", method: "PUT", repeat: true, url: commandsEndpoint(app, guild), body: commands, lane: g.client.lane("commands"),
	}, nil)
}
