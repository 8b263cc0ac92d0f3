module crisisbot

go 1.26.0

require (
	github.com/clipperhouse/uax29/v2 v2.7.0
	github.com/kljensen/snowball v0.10.0
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	github.com/sashabaranov/go-openai v1.43.0
	golang.org/x/text v0.43.0
)

require (
	github.com/bwmarrin/discordgo v0.29.0
	github.com/gorilla/websocket v1.5.3
	github.com/philippgille/chromem-go v0.7.0
	golang.org/x/sys v0.49.0
	golang.org/x/time v0.16.0
)

require golang.org/x/crypto v0.58.0 // indirect
