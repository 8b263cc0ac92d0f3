package discordtest_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"crisisbot/bot/discordtest"

	"github.com/bwmarrin/discordgo"
)

// off is the allowed_mentions that every write carries.
var off = &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}

const intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages | discordgo.IntentMessageContent

func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// newSession is a discordgo session whose REST calls reach the fake; handlers
// are added before it is opened.
func newSession(t testing.TB, s *discordtest.Server, handlers ...any) *discordgo.Session {
	t.Helper()
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	d.Client = &http.Client{Transport: s.Transport(), Timeout: 10 * time.Second}
	d.Identify.Intents = intents
	d.LogLevel = -1
	for _, h := range handlers {
		d.AddHandler(h)
	}
	return d
}

// open opens the session and ends it, without discordgo's second of courtesy,
// with the test.
func open(t testing.TB, s *discordtest.Server, d *discordgo.Session) {
	t.Helper()
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Lock()
		d.ShouldReconnectOnError = false
		d.Unlock()
		s.CloseGateway(4000)
	})
	if err := s.WaitConnected(within(t)); err != nil {
		t.Fatal(err)
	}
}

// register puts the commands that the tests use.
func register(t testing.TB, d *discordgo.Session, s *discordtest.Server) {
	t.Helper()
	_, err := d.ApplicationCommandBulkOverwrite(s.Bot().ID, "", []*discordgo.ApplicationCommand{
		{Name: "ask", Description: "Ask", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionString, Name: "question", Description: "What", Required: true},
			{Type: discordgo.ApplicationCommandOptionString, Name: "source", Description: "Where", Autocomplete: true},
			{Type: discordgo.ApplicationCommandOptionBoolean, Name: "private", Description: "Who"},
		}},
		{Name: "mydata", Description: "Mine", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "show", Description: "Show"},
			{Type: discordgo.ApplicationCommandOptionSubCommand, Name: "forget", Description: "Forget"},
		}},
		{Name: "Check this message", Type: discordgo.MessageApplicationCommand},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.WaitCommands(within(t), nil); err != nil {
		t.Fatal(err)
	}
}

func TestAskThroughDiscordgo(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	ann := s.User("ann")
	guild.Join(ann)

	d := newSession(t, s, func(d *discordgo.Session, i *discordgo.InteractionCreate) {
		if err := d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}); err != nil {
			t.Error(err)
		}
		text := "You asked: " + i.ApplicationCommandData().Options[0].StringValue()
		_, err := d.InteractionResponseEdit(i.Interaction, &discordgo.WebhookEdit{Content: &text, AllowedMentions: off,
			Components: &[]discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Sources", CustomID: "s:1"}}}}})
		if err != nil {
			t.Error(err)
		}
		if _, err := d.FollowupMessageCreate(i.Interaction, true, &discordgo.WebhookParams{Content: "only for you", Flags: discordgo.MessageFlagsEphemeral, AllowedMentions: off}); err != nil {
			t.Error(err)
		}
	})
	open(t, s, d)
	register(t, d, s)

	reply, err := ann.Ask(general, "/ask", discordtest.Opt("question", "Why?")).Wait(within(t), func(r discordtest.Reply) bool { return len(r.Messages) == 2 })
	if err != nil {
		t.Fatal(err)
	}
	if got := reply.First(); got.Content != "You asked: Why?" || len(got.Buttons()) != 1 || len(got.Earlier) != 1 || !got.Earlier[0].Loading() {
		t.Errorf("first message %+v", got)
	}
	if reply.Kind != discordtest.ReplyDeferred || !reply.Last().Ephemeral() {
		t.Errorf("reply %+v", reply)
	}
	bob := s.User("bob")
	guild.Join(bob)
	if a, b := len(ann.Sees(general)), len(bob.Sees(general)); a != 2 || b != 1 {
		t.Errorf("ann sees %d messages and bob %d, want 2 and 1", a, b)
	}
}

func TestMessagesThroughDiscordgo(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	ann := s.User("ann")
	guild.Join(ann)
	d := newSession(t, s, func(d *discordgo.Session, m *discordgo.MessageCreate) {
		if m.Author.ID == d.State.User.ID {
			return
		}
		_, err := d.ChannelMessageSendComplex(m.ChannelID, &discordgo.MessageSend{Content: "echo " + m.Content, Reference: m.Reference(), AllowedMentions: off})
		if err != nil {
			t.Error(err)
		}
	})
	open(t, s, d)

	for _, post := range []*discordtest.Post{ann.Say(general, "one"), ann.Say(ann.DM(), "two")} {
		got, err := post.WaitReply(within(t))
		if err != nil {
			t.Fatal(err)
		}
		if got.Content != "echo "+post.Content || got.ReplyTo != post.ID {
			t.Errorf("answer %+v", got)
		}
	}
	if got := len(general.History()); got != 2 {
		t.Errorf("%d messages in the channel, want 2", got)
	}
}

func TestDispatchRaw(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	got := make(chan string, 1)
	d := newSession(t, s, func(_ *discordgo.Session, e *discordgo.Event) {
		if e.Type == "NEW_THING" {
			got <- string(e.RawData)
		}
	})
	open(t, s, d)
	if n := s.Dispatch("NEW_THING", json.RawMessage(`{"odd":[1]}`)); n != 1 {
		t.Fatalf("%d sessions", n)
	}
	select {
	case raw := <-got:
		if raw != `{"odd":[1]}` {
			t.Error(raw)
		}
	case <-within(t).Done():
		t.Fatal("no event")
	}
}

// BenchmarkAsk is a question from the interaction to the final edit, 16 at a
// time, through discordgo: what the fake and the library cost together.
func BenchmarkAsk(b *testing.B) {
	s := discordtest.New(b, discordtest.Options{})
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	text := "done"
	d := newSession(b, s, func(d *discordgo.Session, i *discordgo.InteractionCreate) {
		if err := d.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}); err != nil {
			b.Error(err)
			return
		}
		edit := discordgo.WebhookEdit{Content: &text, AllowedMentions: off}
		if _, err := d.RequestWithBucketID("PATCH", discordgo.EndpointWebhookMessage(i.AppID, i.Token, "@original"), edit, i.Token); err != nil {
			b.Error(err)
		}
	})
	open(b, s, d)
	register(b, d, s)
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := guild.Owner().Ask(general, "/ask", discordtest.Opt("question", "Why?")).WaitReply(b.Context()); err != nil {
				b.Error(err)
			}
		}
	})
}

// TestRateLimitThroughDiscordgo limits a route on demand: the library waits as
// long as it was told and no rule is broken.
func TestRateLimitThroughDiscordgo(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	general := s.Guild("Newsroom").Channel("general")
	d := newSession(t, s)
	s.Inject(discordtest.Fault{Method: "POST", Path: "/messages", Times: 1, Status: http.StatusTooManyRequests, RetryAfter: 300 * time.Millisecond})
	s.Limit("POST", "/messages", 2, 300*time.Millisecond)
	start := time.Now()
	for range 3 {
		if _, err := d.ChannelMessageSendComplex(general.ID, &discordgo.MessageSend{Content: "x", AllowedMentions: off}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took < 500*time.Millisecond {
		t.Errorf("three messages under two limits of 300 ms took %v", took)
	}
	if n := s.Refused(); n != 1 {
		t.Errorf("%d refused requests, want 1", n)
	}
}
