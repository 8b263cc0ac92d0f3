package main

import (
	"bufio"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"crisisbot/bot/qa"
)

func environment(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestReadConfig(t *testing.T) {
	for _, tt := range []struct {
		name, dotenv string
		env          map[string]string
		want         func(*config) // set what differs from nothing at all
	}{
		{"nothing", "", nil, func(*config) {}},
		{"file", "CRISISBOT_DATA=/srv/a # here\nEMBEDDING_MODEL=m\nOPENAI_API_KEY='k-1'\n", nil, func(c *config) {
			c.Data, c.Chat.Key, c.Embedding.Key, c.Embedding.Model = "/srv/a", "k-1", "k-1", "m"
		}},
		{"environment first", "CRISISBOT_DATA=a\n", map[string]string{"CRISISBOT_DATA": "b", "NO_COLOR": "1"}, func(c *config) {
			c.Data, c.NoColour = "b", true
		}},
		{"key of the vendor goes to nobody else", "", map[string]string{"OPENAI_API_KEY": "k", "EMBEDDING_BASE_URL": "http://localhost:8080/v1/", "EMBEDDING_DIMENSIONS": "64"}, func(c *config) {
			c.Chat.Key, c.Embedding.BaseURL, c.Embedding.Dimensions = "k", "http://localhost:8080/v1", 64
		}},
		{"one address for both", "", map[string]string{"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://localhost:8080/v1", "EMBEDDING_BASE_URL": "http://localhost:8080/v1/"}, func(c *config) {
			c.Chat.Key, c.Embedding.Key = "k", "k"
			c.Chat.BaseURL, c.Embedding.BaseURL = "http://localhost:8080/v1", "http://localhost:8080/v1"
		}},
		{"key of its own", "", map[string]string{"OPENAI_API_KEY": "k", "EMBEDDING_API_KEY": "e"}, func(c *config) {
			c.Chat.Key, c.Embedding.Key = "k", "e"
		}},
		{"model without a key", "", map[string]string{"CHAT_MODEL": "m", "OPENAI_BASE_URL": "http://localhost:8080/v1", "CHAT_TEMPERATURE": "0.5",
			"CHAT_CONTEXT": "8192", "CHAT_SECONDS": "120", "CHAT_PRICE_IN": "2", "CHAT_PRICE_OUT": "10.5", "CHAT_TOKEN_FIELD": "max_tokens"}, func(c *config) {
			c.Chat = chatConfig{BaseURL: "http://localhost:8080/v1", Model: "m", TokenField: "max_tokens", Temperature: 0.5, Context: 8192, PriceIn: 2, PriceOut: 10.5, Within: 2 * time.Minute}
			c.Embedding.BaseURL = "http://localhost:8080/v1"
		}},
		{"discord", "", map[string]string{"DISCORD_TOKEN": "Bot a.b.c", "DISCORD_GUILD_ID": "81384788765712384", "DISCORD_API_BASE": "http://localhost:8080/", "DISCORD_SHARDS": "2",
			"DISCORD_OWNERS": "12, 34", "DISCORD_MESSAGE_CONTENT": "off", "LIMIT_USER": "3", "LIMIT_CHANNEL": "30", "LIMIT_ALL": "300", "KEEP_HOURS": "48",
			"FEEDS": "https://example.org/a.xml https://example.org/b.xml", "HTTP_ADDR": ":8080"}, func(c *config) {
			c.Discord = discordConfig{Token: "a.b.c", Guild: "81384788765712384", APIBase: "http://localhost:8080", Shards: 2,
				Owners: []string{"12", "34"}, NoMessageContent: true, PerUser: 3, PerChannel: 30, Global: 300, KeepHours: 48}
			c.Feeds, c.HTTPAddr = []string{"https://example.org/a.xml", "https://example.org/b.xml"}, ":8080"
		}},
		{"as many shards as Discord says", "DISCORD_SHARDS=auto\n", nil, func(*config) {}},
		{"caps", "", map[string]string{"CAP_DAY_TOKENS": "1000000", "CAP_USER_TOKENS": "50000", "CAP_DAY_MONEY": "2.5", "CAP_USER_MONEY": "0.1", "CHAT_PRICE_OUT": "10"}, func(c *config) {
			c.Caps, c.Chat.PriceOut = qa.Caps{DayTokens: 1_000_000, UserTokens: 50_000, DayMoney: 2.5, UserMoney: 0.1}, 10
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), ".env")
			if tt.dotenv != "" {
				writeFile(t, file, tt.dotenv)
			}
			want := config{Data: "data", Chat: chatConfig{BaseURL: vendorBaseURL}, Embedding: embeddingConfig{BaseURL: vendorBaseURL}}
			tt.want(&want)
			got, err := readConfig(environment(tt.env), file)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

// Everything that is wrong is told at once, by name; no value is repeated, since
// it may be a key in the wrong place.
func TestReadConfigTellsAllProblems(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".env")
	writeFile(t, file, "EMBEDDING_MODEL=m\nSECRET-1 is here\nCRISISBOT_DATA=a\n")
	_, err := readConfig(environment(map[string]string{
		"OPENAI_API_KEY":       "SECRET 2",
		"OPENAI_BASE_URL":      "https://user:SECRET@example.org/v1",
		"EMBEDDING_BASE_URL":   "SECRET",
		"EMBEDDING_API_KEY":    "SECRET-\u00e4",
		"EMBEDDING_DIMENSIONS": "SECRET",
		"CHAT_TOKEN_FIELD":     "SECRET",
		"CHAT_TEMPERATURE":     "-1",
		"CHAT_CONTEXT":         "SECRET",
		"CHAT_SECONDS":         "SECRET",
		"CHAT_PRICE_IN":        "NaN",
		"CHAT_PRICE_OUT":       "1e99",

		"CAP_DAY_TOKENS":          "1.5",
		"CAP_USER_TOKENS":         "SECRET",
		"CAP_DAY_MONEY":           "3",
		"CAP_USER_MONEY":          "-1",
		"DISCORD_TOKEN":           "SECRET SECRET",
		"DISCORD_GUILD_ID":        "SECRET",
		"DISCORD_API_BASE":        "SECRET",
		"DISCORD_SHARDS":          "0",
		"DISCORD_OWNERS":          "1,SECRET",
		"DISCORD_MESSAGE_CONTENT": "SECRET",
		"LIMIT_USER":              "SECRET",
		"LIMIT_CHANNEL":           "-1",
		"LIMIT_ALL":               "0.5",
		"KEEP_HOURS":              "1e9",
		"FEEDS":                   "https://user:SECRET@example.org/feed",
		"HTTP_ADDR":               "SECRET",
	}), file)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{".env line 2 ", "OPENAI_API_KEY ", "OPENAI_BASE_URL ", "EMBEDDING_BASE_URL ", "EMBEDDING_API_KEY ", "EMBEDDING_DIMENSIONS ",
		"CHAT_TOKEN_FIELD ", "CHAT_TEMPERATURE ", "CHAT_CONTEXT ", "CHAT_SECONDS ", "CHAT_PRICE_IN ", "CHAT_PRICE_OUT ",
		"CAP_DAY_TOKENS ", "CAP_USER_TOKENS ", "CAP_DAY_MONEY ", "CAP_USER_MONEY ", "DISCORD_TOKEN ", "DISCORD_GUILD_ID ", "DISCORD_API_BASE ", "DISCORD_SHARDS ",
		"DISCORD_OWNERS ", "DISCORD_MESSAGE_CONTENT ", "LIMIT_USER ", "LIMIT_CHANNEL ", "LIMIT_ALL ", "KEEP_HOURS ", "FEEDS ", "HTTP_ADDR "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "SECRET") {
		t.Errorf("a value is repeated in: %v", err)
	}
}

func TestModelWithoutEndpoint(t *testing.T) {
	if _, err := readConfig(environment(map[string]string{"CHAT_MODEL": "m"}), filepath.Join(t.TempDir(), ".env")); err == nil || !strings.Contains(err.Error(), "CHAT_MODEL needs OPENAI_API_KEY") {
		t.Errorf("got %v", err)
	}
}

func TestUnreadableDotenv(t *testing.T) {
	if _, err := readConfig(environment(nil), t.TempDir()); err == nil || !strings.Contains(err.Error(), "can't be read") {
		t.Errorf("a folder in place of the file gives %v", err)
	}
}

// .env.example and the variables that are read are the same, and the example can
// be used as it stands once its lines are uncommented.
func TestEnvExample(t *testing.T) {
	asked := map[string]bool{}
	if _, err := readConfig(func(name string) string { asked[name] = true; return "" }, filepath.Join(t.TempDir(), ".env")); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	setting := regexp.MustCompile(`^#?([A-Z][A-Z0-9_]*)=`)
	var listed []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if m := setting.FindStringSubmatch(s.Text()); m != nil {
			listed = append(listed, m[1])
		} else if l := s.Text(); l != "" && !strings.HasPrefix(l, "# ") {
			t.Errorf("line %q is neither a comment nor a setting", l)
		}
	}
	for name := range asked {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is read and not in .env.example", name)
		}
	}
	for _, name := range listed {
		if !asked[name] {
			t.Errorf("%s is in .env.example and not read", name)
		}
	}
}
