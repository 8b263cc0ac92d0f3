package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"

	"github.com/bwmarrin/discordgo"

	"crisisbot/bot/qa"
)

// A command is what Discord offers to its users. The JSON is Discord's.
type command struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description,omitempty"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Options      []commandOption   `json:"options,omitempty"`
	Permissions  string            `json:"default_member_permissions,omitempty"`
	Contexts     []int             `json:"contexts,omitempty"`
}

type commandOption struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations,omitempty"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations,omitempty"`
	Required     bool              `json:"required,omitempty"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	Choices      []commandChoice   `json:"choices,omitempty"`
	Options      []commandOption   `json:"options,omitempty"`
	MaxLength    int               `json:"max_length,omitempty"`
	ChannelTypes []int             `json:"channel_types,omitempty"`
}

type commandChoice struct {
	Name  string            `json:"name"`
	Names map[string]string `json:"name_localizations,omitempty"`
	Value string            `json:"value"`
}

// commandName is Discord's rule for slash commands and options.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

const maxQuestion = 1000 // characters of a question in a command

// commandSet names the commands that can work with what the bot was given.
func (l languages) commandSet(can abilities) []command {
	guild, everywhere := []int{0}, []int{0, 1}
	set := []command{
		l.slash("ask", everywhere,
			l.text("question").required().atMost(maxQuestion),
			l.text("since").atMost(40), l.text("until").atMost(40),
			l.text("source").completed(), l.text("article").completed(), l.flag("private")),
		l.slash("sources", everywhere, l.text("search").atMost(100)),
		l.slash("help", everywhere),
		l.slash("mydata", everywhere, l.sub("show"), l.sub("forget")),
		l.menu("askabout", everywhere),
	}
	if can.check {
		set = append(set, l.menu("checkthis", everywhere),
			l.slash("check", everywhere, l.text("claim").required().atMost(maxQuestion), l.text("since").atMost(40), l.text("until").atMost(40), l.flag("private")))
	}
	if can.summarise {
		set = append(set, l.slash("summary", everywhere,
			l.topic(can), l.text("article").completed(), l.text("since").atMost(40), l.text("until").atMost(40),
			l.choice("length", string(qa.Short), string(qa.Medium), string(qa.Long)), l.flag("private")))
	}
	if can.chronicle {
		set = append(set, l.slash("timeline", everywhere,
			l.topic(can), l.about(l.text("since").atMost(40), "option.since.event"), l.about(l.text("until").atMost(40), "option.until.event"),
			l.flag("private")))
	}
	admin := []commandOption{
		l.group("channels", l.sub("allow", l.channel()), l.sub("deny", l.channel()), l.sub("list")),
		l.sub("settings", l.channel(),
			l.choice("language", append([]string{"auto"}, l.codes()...)...),
			l.choice("answers", "public", "private"), l.choice("mentions", "on", "off")),
	}
	if can.ingest {
		admin = append(admin, l.sub("ingest", l.text("url").atMost(2000), l.file()))
	}
	if can.feeds {
		admin = append(admin, l.group("feeds",
			l.sub("add", l.about(l.text("url").required().atMost(maxFeedAddress), "option.url.feed")),
			l.sub("remove", l.text("feed").required().completed()).aboutOf(l, "command.feeds.remove"),
			l.sub("list").aboutOf(l, "command.feeds.list")))
	}
	if can.remove {
		admin = append(admin, l.sub("remove", l.text("article").required().completed()))
	}
	admin = append(admin, l.sub("stats"))
	c := l.slash("crisis-admin", guild, admin...)
	c.Permissions = "32" // Manage Server
	return append(set, c)
}

// abilities say which optional parts the bot was given.
type abilities struct{ check, summarise, chronicle, ingest, feeds, topics, remove bool }

// fingerprint changes when a command does.
func fingerprint(set []command) string {
	b, err := json.Marshal(set)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (l languages) slash(name string, contexts []int, options ...commandOption) command {
	return command{
		Type: int(discordgo.ChatApplicationCommand), Name: name, Names: l.others("command." + name),
		Description: l[fallback].say("command." + name + ".about"), Descriptions: l.others("command." + name + ".about"),
		Options: options, Contexts: contexts,
	}
}

func (l languages) menu(name string, contexts []int) command {
	return command{
		Type: int(discordgo.MessageApplicationCommand), Name: l[fallback].say("command." + name),
		Names: l.others("command." + name), Contexts: contexts,
	}
}

// localeCodes are Discord's codes of our languages, where they differ.
var localeCodes = map[string][]string{"en": {}, "es": {"es-ES", "es-419"}, "pt": {"pt-BR"}, "sv": {"sv-SE"}, "zh": {"zh-CN"}}

// others returns a text in every language but English, by Discord's codes.
func (l languages) others(key string) map[string]string {
	out := map[string]string{}
	for code, t := range l {
		entry, ok := t.entries[key]
		if !ok || code == fallback {
			continue
		}
		codes, special := localeCodes[code]
		if !special {
			codes = []string{code}
		}
		for _, c := range codes {
			out[c] = entry
		}
	}
	return out
}

func (l languages) option(kind discordgo.ApplicationCommandOptionType, prefix, name string) commandOption {
	key := prefix + "." + name
	return commandOption{
		Type: int(kind), Name: name, Names: l.others(key),
		Description: l[fallback].say(key + ".about"), Descriptions: l.others(key + ".about"),
	}
}

func (l languages) sub(name string, options ...commandOption) commandOption {
	o := l.option(discordgo.ApplicationCommandOptionSubCommand, "command", name)
	o.Options = options
	return o
}

func (l languages) group(name string, subs ...commandOption) commandOption {
	o := l.option(discordgo.ApplicationCommandOptionSubCommandGroup, "command", name)
	o.Options = subs
	return o
}

func (l languages) text(name string) commandOption {
	return l.option(discordgo.ApplicationCommandOptionString, "option", name)
}

func (l languages) topic(can abilities) commandOption {
	o := l.text("topic").atMost(maxQuestion)
	o.Autocomplete = can.topics
	return o
}

func (l languages) flag(name string) commandOption {
	return l.option(discordgo.ApplicationCommandOptionBoolean, "option", name)
}

func (l languages) file() commandOption {
	return l.option(discordgo.ApplicationCommandOptionAttachment, "option", "file")
}

func (l languages) channel() commandOption {
	o := l.option(discordgo.ApplicationCommandOptionChannel, "option", "channel")
	o.ChannelTypes = []int{int(discordgo.ChannelTypeGuildText), int(discordgo.ChannelTypeGuildNews), int(discordgo.ChannelTypeGuildForum)}
	return o
}

// about returns an option with another description.
func (l languages) about(o commandOption, key string) commandOption {
	o.Description, o.Descriptions = l[fallback].say(key), l.others(key)
	return o
}

// choice is a text option with fixed values; value "v" is called choice.v.
func (l languages) choice(name string, values ...string) commandOption {
	o := l.text(name)
	for _, v := range values {
		o.Choices = append(o.Choices, commandChoice{Name: l[fallback].say("choice." + v), Names: l.others("choice." + v), Value: v})
	}
	return o
}

// aboutOf gives a subcommand the description of another key, where its name says
// something else elsewhere.
func (o commandOption) aboutOf(l languages, key string) commandOption {
	return l.about(o, key+".about")
}

func (o commandOption) required() commandOption    { o.Required = true; return o }
func (o commandOption) completed() commandOption   { o.Autocomplete = true; return o.atMost(200) }
func (o commandOption) atMost(n int) commandOption { o.MaxLength = n; return o }
