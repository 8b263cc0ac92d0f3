package discordtest_test

import (
	"context"
	"fmt"
	"net/http"

	"crisisbot/bot/discordtest"

	"github.com/bwmarrin/discordgo"
)

// A bot on discordgo answers a slash command; the test reads what ann sees.
func Example() {
	s, err := discordtest.Start(discordtest.Options{})
	if err != nil {
		panic(err)
	}
	defer s.Close()
	guild := s.Guild("Newsroom")
	general := guild.Channel("general")
	ann := s.User("ann")
	guild.Join(ann)

	bot, _ := discordgo.New("Bot " + s.Token())
	bot.Client = &http.Client{Transport: s.Transport()}
	bot.LogLevel = -1
	bot.AddHandler(func(bot *discordgo.Session, i *discordgo.InteractionCreate) {
		_ = bot.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
			Type: discordgo.InteractionResponseChannelMessageWithSource,
			Data: &discordgo.InteractionResponseData{Content: "@everyone, pong"},
		})
	})
	if err := bot.Open(); err != nil {
		panic(err)
	}
	bot.ShouldReconnectOnError = false
	if _, err := bot.ApplicationCommandCreate(s.Bot().ID, "", &discordgo.ApplicationCommand{Name: "ping", Description: "Ping"}); err != nil {
		panic(err)
	}

	reply, err := ann.Ask(general, "/ping").WaitReply(context.Background())
	fmt.Println(reply.Text(), err)
	for _, v := range s.Violations() {
		fmt.Println(v)
	}
	// Output:
	// @everyone, pong <nil>
	// POST /interactions/{interaction_id}/{interaction_token}/callback: would ping: no allowed_mentions
}
