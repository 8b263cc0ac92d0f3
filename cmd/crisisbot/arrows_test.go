package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A room of the house, and which rooms it may import. Rooms are import paths below
// the module; a missing one may import none of ours.
var arrows = map[string][]string{
	"cmd/crisisbot":                 {"*"},
	"bot":                           {"bot/qa", "bot/gateway", "retrieval"},
	"bot/gateway":                   {},
	"bot/discordtest":               {},
	"bot/discordtest/player":        {"bot/discordtest"},
	"bot/discordtest/play":          {"bot/discordtest", "bot/discordtest/player"},
	"bot/qa":                        {"retrieval", "prompts"},
	"bot/qa/qaeval":                 {"bot/qa", "retrieval"},
	"retrieval":                     {"retrieval/archive", "retrieval/source", "retrieval/embed", "retrieval/origin", "retrieval/shipped"},
	"retrieval/archive":             {},
	"retrieval/archive/archivetest": {"retrieval/archive"},
	"retrieval/source":              {},
	"retrieval/embed":               {},
	"retrieval/origin":              {},
	"retrieval/shipped":             {"retrieval/embed"},
	"retrieval/indextest":           {"retrieval"},
}

// leaves are the shapes that all rooms of retrieval, and those above, share.
var leaves = []string{"retrieval/article", "retrieval/analysis", "retrieval/dates"}

// homes say where a third-party module may be imported; one not listed here may
// be anywhere but in the rooms of standardOnly.
var homes = map[string][]string{
	"github.com/bwmarrin/discordgo":        {"bot", "bot/gateway", "bot/discordtest", "cmd/crisisbot"},
	"github.com/gorilla/websocket":         {"bot/gateway", "bot/discordtest"},
	"github.com/philippgille/chromem-go":   {"retrieval"},
	"github.com/sashabaranov/go-openai":    {"bot/qa", "retrieval/embed"},
	"database/sql":                         {"retrieval/archive", "retrieval/archive/archivetest"},
	"modernc.org/sqlite":                   {"retrieval/archive"},
	"zombiezen.com/go/sqlite":              {"retrieval/archive"},
	"github.com/alecthomas/kong":           {"cmd/crisisbot"},
	"github.com/joho/godotenv":             {"cmd/crisisbot"},
	"golang.org/x/term":                    {"cmd/crisisbot"},
	"github.com/clipperhouse/displaywidth": {"cmd/crisisbot"},
}

// standardOnly are rooms of the standard library alone.
var standardOnly = []string{"seeds", "prompts"}

const module = "crisisbot"

type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// listPackages returns all packages of the module and what they depend on, by
// import path.
func listPackages(t *testing.T) map[string]goPackage {
	t.Helper()
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("needs the go command")
	}
	cmd := exec.Command(goTool, "list", "-deps", "-json=ImportPath,Standard,Imports", "./...")
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	all := map[string]goPackage{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

// root is the folder of go.mod, from here.
const root = "../.."

func TestArrows(t *testing.T) {
	t.Parallel()
	all := listPackages(t)
	ours := 0
	for path, p := range all {
		from, ok := strings.CutPrefix(path, module+"/")
		if !ok {
			continue
		}
		ours++
		for _, wrong := range wrongImports(from, p.Imports, func(i string) bool { return all[i].Standard }) {
			t.Errorf("%s may not import %s", from, wrong)
		}
	}
	if ours < 5 {
		t.Errorf("only %d packages of ours were looked at", ours)
	}
}

// wrongImports returns the imports that the house forbids a room.
func wrongImports(from string, imports []string, standard func(string) bool) []string {
	var wrong []string
	for _, i := range imports {
		if to, ok := strings.CutPrefix(i, module+"/"); ok {
			if !mayImport(from, to) {
				wrong = append(wrong, to)
			}
			continue
		}
		if slices.Contains(standardOnly, from) && !standard(i) {
			wrong = append(wrong, i)
		}
		for lib, rooms := range homes {
			if (i == lib || strings.HasPrefix(i, lib+"/")) && !slices.Contains(rooms, from) {
				wrong = append(wrong, i)
			}
		}
	}
	return wrong
}

func mayImport(from, to string) bool {
	if slices.Contains(leaves, from) {
		return false
	}
	if strings.HasPrefix(to, from+"/internal/") {
		return true
	}
	allowed := arrows[from]
	if slices.Contains(allowed, "*") {
		return true
	}
	if slices.Contains(leaves, to) {
		return strings.HasPrefix(from, "retrieval") || strings.HasPrefix(from, "bot")
	}
	return slices.Contains(allowed, to)
}

func TestWrongImports(t *testing.T) {
	standard := func(i string) bool { return !strings.Contains(strings.Split(i, "/")[0], ".") }
	for _, tt := range []struct {
		from, imported string
		ok             bool
	}{
		{"cmd/crisisbot", "crisisbot/retrieval/embed", true},
		{"cmd/crisisbot", "database/sql", false},
		{"bot", "crisisbot/bot/qa", true},
		{"bot", "crisisbot/retrieval/archive", false},
		{"bot", "github.com/bwmarrin/discordgo", true},
		{"bot/qa", "github.com/bwmarrin/discordgo", false},
		{"bot/qa", "crisisbot/retrieval", true},
		{"bot/qa", "crisisbot/retrieval/dates", true},
		{"bot/qa", "crisisbot/bot", false},
		{"bot/qa", "crisisbot/retrieval/embed", false},
		{"bot/qa", "github.com/philippgille/chromem-go", false},
		{"bot/qa", "modernc.org/sqlite/lib", false},
		{"retrieval", "crisisbot/bot/qa", false},
		{"retrieval", "crisisbot/seeds", false},
		{"retrieval", "github.com/philippgille/chromem-go", true},
		{"retrieval", "github.com/sashabaranov/go-openai", false},
		{"retrieval/embed", "github.com/sashabaranov/go-openai", true},
		{"retrieval/embed", "crisisbot/retrieval/article", true},
		{"retrieval/embed", "crisisbot/retrieval/archive", false},
		{"retrieval/embed", "crisisbot/retrieval", false},
		{"retrieval/article", "crisisbot/retrieval/dates", false},
		{"seeds", "encoding/json", true},
		{"seeds", "golang.org/x/text/cases", false},
		{"seeds", "crisisbot/retrieval/article", false},
		{"unknown/room", "crisisbot/retrieval", false},
	} {
		wrong := wrongImports(tt.from, []string{tt.imported}, standard)
		if (len(wrong) == 0) != tt.ok {
			t.Errorf("%s imports %s: forbidden are %q", tt.from, tt.imported, wrong)
		}
	}
}

// machinePath matches a path that exists on one machine only.
var machinePath = regexp.MustCompile("(?m)(?:^|[\\s\"'`(=:,])(?:/(?:home|Users|root|work|workspace|mnt|private/var)/[\\w.-]|[A-Za-z]:\\\\Users\\\\)")

func TestNoMachinePaths(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("needs git")
	}
	cmd := exec.Command(git, "ls-files", "-z")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Skip("not a git checkout")
	}
	for _, name := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || bytes.IndexByte(b[:min(len(b), 8000)], 0) >= 0 { // removed, or binary
			continue
		}
		if m := machinePath.Find(b); m != nil {
			t.Errorf("%s names a path of one machine: %q", name, m)
		}
	}
}

func TestMachinePath(t *testing.T) {
	for text, want := range map[string]bool{
		"see /ho" + "me/jo/x":                true,
		`"/wo` + `rk/main"`:                  true,
		`C:\Us` + `ers\jo`:                   true,
		"https://example.org/ho" + "me/news": false,
		"at ho" + "me/abroad":                false,
		"/data and /crisisbot":               false,
	} {
		if got := machinePath.MatchString(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}
