package player

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/discordtest"

	"github.com/bwmarrin/discordgo"
)

var update = flag.Bool("update", false, "write the golden files")

var off = &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}

// parrot is a small bot that uses everything that play can show.
func parrot(t *testing.T, s *discordtest.Server) {
	t.Helper()
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	d.Client = &http.Client{Transport: s.Transport()}
	d.LogLevel = -1
	d.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages | discordgo.IntentMessageContent
	d.AddHandler(func(d *discordgo.Session, m *discordgo.MessageCreate) {
		if m.Author.Bot {
			return
		}
		if _, err := d.ChannelMessageSendComplex(m.ChannelID, &discordgo.MessageSend{Content: "You said: " + m.Content, Reference: m.Reference(), AllowedMentions: off}); err != nil {
			t.Error(err)
		}
	})
	d.AddHandler(func(d *discordgo.Session, i *discordgo.InteractionCreate) {
		r := &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource, Data: &discordgo.InteractionResponseData{AllowedMentions: off}}
		switch in := i.Data.(type) {
		case discordgo.ApplicationCommandInteractionData:
			switch {
			case i.Type == discordgo.InteractionApplicationCommandAutocomplete:
				r.Type = discordgo.InteractionApplicationCommandAutocompleteResult
				r.Data = &discordgo.InteractionResponseData{Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "Reuters", Value: "r"}}}
			case in.TargetID != "":
				r.Data.Content = "Checked: " + in.Resolved.Messages[in.TargetID].Content
			default:
				r.Data.Content = "Answer: " + in.Options[0].StringValue()
				r.Data.Components = []discordgo.MessageComponent{
					discordgo.ActionsRow{Components: []discordgo.MessageComponent{
						discordgo.Button{Label: "Why", CustomID: "why"}, discordgo.Button{Label: "Quiet", CustomID: "quiet"},
						discordgo.Button{Label: "Site", Style: discordgo.LinkButton, URL: "https://example.org"}}},
					discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.SelectMenu{CustomID: "pick", Placeholder: "Pick",
						Options: []discordgo.SelectMenuOption{{Label: "One", Value: "1", Description: "the first"}}}}}}
			}
		case discordgo.MessageComponentInteractionData:
			switch in.CustomID {
			case "why":
				r.Type = discordgo.InteractionResponseModal
				r.Data = &discordgo.InteractionResponseData{CustomID: "form", Title: "Tell us", Components: []discordgo.MessageComponent{
					discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.TextInput{CustomID: "a", Label: "Reason", Style: discordgo.TextInputShort, Required: true}}}}}
			case "quiet":
				r = &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredMessageUpdate}
			default:
				r.Data.Content, r.Data.Flags = "Picked "+in.Values[0], discordgo.MessageFlagsEphemeral
			}
		case discordgo.ModalSubmitInteractionData:
			r.Data.Content = "Thanks for " + in.Components[0].(*discordgo.ActionsRow).Components[0].(*discordgo.TextInput).Value
		}
		if err := d.InteractionRespond(i.Interaction, r); err != nil {
			t.Error(err)
		}
	})
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Lock()
		d.ShouldReconnectOnError = false
		d.Unlock()
	})
	_, err = d.ApplicationCommandBulkOverwrite(s.Bot().ID, "", []*discordgo.ApplicationCommand{
		{Name: "ask", Description: "Ask", Options: []*discordgo.ApplicationCommandOption{
			{Type: discordgo.ApplicationCommandOptionString, Name: "question", Description: "What"},
			{Type: discordgo.ApplicationCommandOptionString, Name: "source", Description: "Where", Autocomplete: true}}},
		{Name: "Check this", Type: discordgo.MessageApplicationCommand}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlay(t *testing.T) {
	s := discordtest.New(t, discordtest.Options{})
	var out bytes.Buffer
	p := New(s, &out, 20*time.Millisecond, 5*time.Second)
	parrot(t, s)
	script, err := os.Open(filepath.Join("testdata", "script.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	if err := p.Play(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(out.String(), s.Bot().ID, "BOT")
	golden := filepath.Join("testdata", "transcript.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("transcript differs, see -update:\n%s", got)
	}
}
