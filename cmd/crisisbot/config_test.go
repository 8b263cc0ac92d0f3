package main

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func environment(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestReadConfig(t *testing.T) {
	for _, tt := range []struct {
		name, dotenv string
		env          map[string]string
		want         config
	}{
		{"nothing", "", nil,
			config{Data: "data", Embedding: embeddingConfig{BaseURL: vendorBaseURL}}},
		{"file", "CRISISBOT_DATA=/srv/a # here\nEMBEDDING_MODEL=m\nOPENAI_API_KEY='k-1'\n", nil,
			config{Data: "/srv/a", Embedding: embeddingConfig{BaseURL: vendorBaseURL, Model: "m", Key: "k-1"}}},
		{"environment first", "CRISISBOT_DATA=a\n", map[string]string{"CRISISBOT_DATA": "b", "NO_COLOR": "1"},
			config{Data: "b", NoColour: true, Embedding: embeddingConfig{BaseURL: vendorBaseURL}}},
		{"key of the vendor goes to nobody else", "", map[string]string{"OPENAI_API_KEY": "k", "EMBEDDING_BASE_URL": "http://localhost:8080/v1/", "EMBEDDING_DIMENSIONS": "64"},
			config{Data: "data", Embedding: embeddingConfig{BaseURL: "http://localhost:8080/v1", Dimensions: 64}}},
		{"one address for both", "", map[string]string{"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://localhost:8080/v1", "EMBEDDING_BASE_URL": "http://localhost:8080/v1/"},
			config{Data: "data", Embedding: embeddingConfig{BaseURL: "http://localhost:8080/v1", Key: "k"}}},
		{"key of its own", "", map[string]string{"OPENAI_API_KEY": "k", "EMBEDDING_API_KEY": "e"},
			config{Data: "data", Embedding: embeddingConfig{BaseURL: vendorBaseURL, Key: "e"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), ".env")
			if tt.dotenv != "" {
				writeFile(t, file, tt.dotenv)
			}
			got, err := readConfig(environment(tt.env), file)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
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
	}), file)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{".env line 2 ", "OPENAI_API_KEY ", "OPENAI_BASE_URL ", "EMBEDDING_BASE_URL ", "EMBEDDING_API_KEY ", "EMBEDDING_DIMENSIONS "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "SECRET") {
		t.Errorf("a value is repeated in: %v", err)
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
