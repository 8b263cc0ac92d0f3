package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/joho/godotenv"
)

// config is what the environment says. Keys stay inside it and the endpoints that
// they are for; nothing prints it.
type config struct {
	Data      string // folder of the archive
	Offline   bool   // by --offline only
	NoColour  bool
	Chat      chatConfig
	Embedding embeddingConfig
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
	if len(problems) > 0 {
		return c, &configError{problems}
	}
	return c, nil
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
