package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"crisisbot/bot"
)

// diagnoseWithin bounds what is asked of Discord.
const diagnoseWithin = 20 * time.Second

// checkDiscord asks Discord about the bot; none is configured without a token.
func (p *program) checkDiscord(ctx context.Context) []check {
	d := p.config.Discord
	if d.Token == "" {
		return nil
	}
	if p.config.Offline {
		return []check{{"discord", true, "not asked: --offline; " + tokenShape(d.Token), ""}}
	}
	ctx, cancel := context.WithTimeout(ctx, diagnoseWithin)
	defer cancel()
	var checks []check
	for _, f := range bot.Diagnose(ctx, bot.Options{
		Token: d.Token, APIBase: d.APIBase, Guild: d.Guild, Shards: d.Shards, NoMessageContent: d.NoMessageContent,
	}) {
		k := check{"discord: " + clean(f.What), f.OK, f.Text, ""}
		if f.What == "token" && !f.OK {
			k.Advice = tokenShape(d.Token)
		}
		if f.What == "intents" && !f.OK {
			k.Advice = "developer portal, your application, Bot, Message Content Intent; or set DISCORD_MESSAGE_CONTENT=off"
		}
		checks = append(checks, k)
	}
	return checks
}

// tokenShape says whether a token has the form of a bot's, without telling any of
// it: three parts with dots between them, the first an id in base64.
func tokenShape(token string) string {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return fmt.Sprintf("DISCORD_TOKEN doesn't look like a bot's token, which has three parts with dots between them; this has %d: "+
			"take it from the page Bot of the portal, not the public key or the client secret", len(parts))
	}
	id, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	if err != nil || !isSnowflake(string(id)) {
		return "DISCORD_TOKEN has three parts, but the first is no application's id: was it copied whole?"
	}
	return "DISCORD_TOKEN has the form of a bot's token"
}
