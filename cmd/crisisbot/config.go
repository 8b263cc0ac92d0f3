package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/joho/godotenv"

	"crisisbot/bot/qa"
)

// config is what the environment says. Keys stay inside it and the endpoints that
// they are for; nothing prints it.
type config struct {
	Data      string // folder of the archive
	Offline   bool   // by --offline only
	NoColour  bool
	Chat      chatConfig
	Caps      qa.Caps
	Embedding embeddingConfig
	Discord   discordConfig
	Feeds     []string
	Fetch     fetchConfig
	HTTPAddr  string // of health and metrics; "" is none
}

// fetchConfig names what articles may be fetched from besides the public internet.
type fetchConfig struct {
	Networks []netip.Prefix
	Hosts    []string
}

// chatConfig says which language model writes the answers; Model "" is none.
type chatConfig struct {
	BaseURL           string
	Model             string
	Key               string
	TokenField        string
	Temperature       float64
	Context           int // tokens; 0: unknown
	PriceIn, PriceOut float64
	Within            time.Duration // for an answer; 0: the default
}

// embeddingConfig says where vectors come from. Model "" is the encoder in the
// binary, noEncoder none at all, anything else a model of the endpoint.
type embeddingConfig struct {
	BaseURL    string
	Model      string
	Key        string
	Dimensions int // 0: the model's own
}

const (
	dotenv        = ".env" // in the current folder
	noEncoder     = "none"
	vendorBaseURL = "https://api.openai.com/v1"
)

// discordConfig says as whom the bot connects and what it may take on. Zero limits
// are the defaults of package bot.
type discordConfig struct {
	Token            string
	Guild            string
	APIBase          string
	Shards           int // 0: as many as Discord recommends
	Owners           []string
	NoMessageContent bool

	PerUser, PerChannel, Global int // questions a minute
	KeepHours                   int
}

// remote reports whether the vectors come from an endpoint.
func (e embeddingConfig) remote() bool { return e.Model != "" && e.Model != noEncoder }

// A configError lists everything that is wrong with the environment, by the names
// of the variables and never by their values.
type configError struct{ problems []string }

func (e *configError) Error() string {
	return "configuration: " + strings.Join(e.problems, "; ")
}

// readConfig reads the environment and the file at path, which may be missing
// and gives way to the environment. The error is a *configError; what could be
// read is returned beside it.
func readConfig(getenv func(string) string, path string) (config, error) {
	var problems []string
	bad := func(name, problem string) { problems = append(problems, name+" "+problem) }
	file, err := readDotenv(path)
	if err != nil {
		problems = append(problems, err.Error())
	}
	get := func(name string) string { return strings.TrimSpace(cmp.Or(getenv(name), file[name])) }
	address := func(name string) string {
		v := get(name)
		if v == "" {
			return ""
		}
		if u, err := url.Parse(v); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			bad(name, "must be an address such as "+vendorBaseURL)
		} else if u.User != nil {
			bad(name, "must hold no user name or password: a key has a variable of its own")
		}
		return strings.TrimRight(v, "/")
	}
	key := func(name string) string {
		v := get(name)
		if strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' }) {
			bad(name, "must be one word of ASCII characters: was it copied whole?")
		}
		return v
	}

	number := func(name string, most float64) float64 {
		v := get(name)
		if v == "" {
			return 0
		}
		n, err := strconv.ParseFloat(v, 64)
		if err != nil || !(0 <= n && n <= most) {
			bad(name, fmt.Sprintf("must be a number from 0 to %.0f", most))
			return 0
		}
		return n
	}

	c := config{
		Data:     cmp.Or(get("CRISISBOT_DATA"), "data"),
		NoColour: get("NO_COLOR") != "",
	}
	vendorKey, vendor := key("OPENAI_API_KEY"), address("OPENAI_BASE_URL")
	c.Chat = chatConfig{
		Model: get("CHAT_MODEL"), Key: vendorKey, BaseURL: cmp.Or(vendor, vendorBaseURL),
		TokenField: get("CHAT_TOKEN_FIELD"), Temperature: number("CHAT_TEMPERATURE", 2), Context: int(number("CHAT_CONTEXT", 1e8)),
		PriceIn: number("CHAT_PRICE_IN", 1e6), PriceOut: number("CHAT_PRICE_OUT", 1e6),
		Within: time.Duration(number("CHAT_SECONDS", 600) * float64(time.Second)),
	}
	if f := c.Chat.TokenField; f != "" && f != "max_tokens" && f != "max_completion_tokens" {
		bad("CHAT_TOKEN_FIELD", "must be max_tokens or max_completion_tokens, or empty to find out")
	}
	if c.Chat.Model != "" && vendorKey == "" && vendor == "" {
		bad("CHAT_MODEL", "needs OPENAI_API_KEY, or OPENAI_BASE_URL of a server that wants no key")
	}
	vendor = c.Chat.BaseURL
	e := &c.Embedding
	e.Model = get("EMBEDDING_MODEL")
	e.BaseURL = cmp.Or(address("EMBEDDING_BASE_URL"), vendor)
	e.Key = key("EMBEDDING_API_KEY")
	if e.Key == "" && e.BaseURL == vendor { // a key goes to nobody but whom it is for
		e.Key = vendorKey
	}
	if e.Dimensions = int(number("EMBEDDING_DIMENSIONS", 1e5)); get("EMBEDDING_DIMENSIONS") != "" && e.Dimensions == 0 {
		bad("EMBEDDING_DIMENSIONS", "must be above 0, or empty for the model's own")
	}
	whole := func(name string, most float64) int {
		n := number(name, most)
		if n != math.Trunc(n) {
			bad(name, "must be a whole number")
		}
		return int(n)
	}
	list := func(name string) []string {
		words := strings.FieldsFunc(get(name), func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		return append([]string(nil), words...)
	}
	c.Caps = qa.Caps{
		DayTokens: whole("CAP_DAY_TOKENS", 1e15), UserTokens: whole("CAP_USER_TOKENS", 1e15),
		DayMoney: number("CAP_DAY_MONEY", 1e12), UserMoney: number("CAP_USER_MONEY", 1e12),
	}
	if priced := c.Chat.PriceIn > 0 || c.Chat.PriceOut > 0; !priced && c.Caps.DayMoney > 0 {
		bad("CAP_DAY_MONEY", "needs CHAT_PRICE_IN and CHAT_PRICE_OUT")
	} else if !priced && c.Caps.UserMoney > 0 {
		bad("CAP_USER_MONEY", "needs CHAT_PRICE_IN and CHAT_PRICE_OUT")
	}
	d := &c.Discord
	d.Token = strings.TrimPrefix(get("DISCORD_TOKEN"), "Bot ")
	if strings.ContainsFunc(d.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		bad("DISCORD_TOKEN", "must be one word of ASCII characters: was it copied whole?")
	}
	d.APIBase = address("DISCORD_API_BASE")
	if d.Guild = get("DISCORD_GUILD_ID"); d.Guild != "" && !isSnowflake(d.Guild) {
		bad("DISCORD_GUILD_ID", "must be the id of a server, digits only: copy it with Discord's developer mode on")
	}
	if v := get("DISCORD_SHARDS"); v != "" && v != "auto" {
		if d.Shards = whole("DISCORD_SHARDS", 1024); d.Shards == 0 {
			bad("DISCORD_SHARDS", `must be at least 1, or "auto"`)
		}
	}
	if d.Owners = list("DISCORD_OWNERS"); !allOf(d.Owners, isSnowflake) {
		bad("DISCORD_OWNERS", "must be ids of users, digits only, with commas between them")
	}
	switch get("DISCORD_MESSAGE_CONTENT") {
	case "", "on":
	case "off":
		d.NoMessageContent = true
	default:
		bad("DISCORD_MESSAGE_CONTENT", `must be "on" or "off"`)
	}
	d.PerUser, d.PerChannel, d.Global = whole("LIMIT_USER", 1e6), whole("LIMIT_CHANNEL", 1e6), whole("LIMIT_ALL", 1e6)
	d.KeepHours = whole("KEEP_HOURS", 8760)
	if c.Feeds = list("FEEDS"); !allOf(c.Feeds, webAddress) {
		bad("FEEDS", "must be http or https addresses with spaces or commas between them")
	}
	for _, v := range list("FETCH_ALLOW") {
		if n, err := netip.ParsePrefix(v); err == nil {
			c.Fetch.Networks = append(c.Fetch.Networks, n)
		} else if a, err := netip.ParseAddr(v); err == nil {
			c.Fetch.Networks = append(c.Fetch.Networks, netip.PrefixFrom(a, a.BitLen()))
		} else if strings.ContainsAny(v, "/:") {
			bad("FETCH_ALLOW", "must be names of hosts and networks such as news.intern or 10.0.0.0/8, with spaces or commas between them")
		} else {
			c.Fetch.Hosts = append(c.Fetch.Hosts, v)
		}
	}
	if c.HTTPAddr = get("HTTP_ADDR"); c.HTTPAddr != "" {
		if _, port, err := net.SplitHostPort(c.HTTPAddr); err != nil || port == "" {
			bad("HTTP_ADDR", "must be host and port, such as 127.0.0.1:8080")
		}
	}
	if len(problems) > 0 {
		return c, &configError{problems}
	}
	return c, nil
}

// secrets lists what must never be printed.
func (c *config) secrets() []string {
	var s []string
	for _, v := range []string{c.Discord.Token, c.Chat.Key, c.Embedding.Key} {
		if v != "" {
			s = append(s, v)
		}
	}
	return s
}

func allOf(values []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !ok(v) })
}

// isSnowflake reports whether s has the form of an id of Discord's.
func isSnowflake(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// readDotenv reads a file of NAME=value lines; none is no error. An error names
// the line, never what stands there.
func readDotenv(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s can't be read: %w", path, errors.Unwrap(err))
	}
	values, err := godotenv.UnmarshalBytes(b)
	if err == nil {
		return values, nil
	}
	lines := strings.SplitAfter(string(b), "\n")
	good := 0 // lines that can be read by themselves
	for n := range lines {
		if _, err := godotenv.Unmarshal(strings.Join(lines[:n], "")); err == nil {
			good = n
		}
	}
	return nil, fmt.Errorf("%s line %d is not of the form NAME=value (see .env.example)", path, good+1)
}
