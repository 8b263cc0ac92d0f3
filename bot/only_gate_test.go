package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Nothing but the gate can send: the session is in the hands of rest.go alone, and
// what rest.go offers is called by gate.go, and by plan.go to read.
func TestOnlyTheGateSends(t *testing.T) {
	found := map[string]int{}
	for name, file := range sources(t, ".") {
		ast.Inspect(file, func(n ast.Node) bool {
			for what, allowed := range sends(n) {
				found[what]++
				if !slices.Contains(allowed, name) {
					t.Errorf("%s uses %s, which only %v may", name, what, allowed)
				}
			}
			return true
		})
	}
	for _, what := range []string{"discordgo.New", ".session", ".do(", "RequestWithLockedBucket", "net/http client"} {
		if found[what] == 0 {
			t.Errorf("the test sees no %s at all: it no longer tests anything", what)
		}
	}
	// The control: files that break the rules are seen.
	for _, bad := range []string{
		`func f(s *discordgo.Session) {}`, `func f() { discordgo.New("t") }`, `func f(b *Bot) { b.gate.client.session.ChannelMessageSend("1", "x") }`,
		`func f(b *Bot) { b.gate.client.do(nil, request{}, nil) }`, `func f() { http.Post("u", "t", nil) }`,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "bad.go", "package bot\n"+bad, 0)
		if err != nil {
			t.Fatal(err)
		}
		caught := false
		ast.Inspect(file, func(n ast.Node) bool {
			for _, allowed := range sends(n) {
				caught = caught || !slices.Contains(allowed, "bad.go")
			}
			return true
		})
		if !caught {
			t.Errorf("not seen: %s", bad)
		}
	}
}

// sends returns what a node uses to send, and the files that may.
func sends(n ast.Node) map[string][]string {
	out := map[string][]string{}
	switch x := n.(type) {
	case *ast.CallExpr:
		if s, ok := x.Fun.(*ast.SelectorExpr); ok {
			if s.Sel.Name == "do" {
				out[".do("] = []string{"gate.go", "plan.go", "doctor.go", "application.go"}
			}
		}
	case *ast.SelectorExpr:
		pkg, _ := x.X.(*ast.Ident)
		switch {
		case x.Sel.Name == "session":
			out[".session"] = []string{"rest.go"}
		case strings.HasPrefix(x.Sel.Name, "Request") && strings.Contains(x.Sel.Name, "Bucket"):
			out["RequestWithLockedBucket"] = []string{"rest.go"}
		case pkg != nil && pkg.Name == "discordgo" && (x.Sel.Name == "New" || x.Sel.Name == "Session"):
			out["discordgo."+x.Sel.Name] = []string{"rest.go"}
		case pkg != nil && pkg.Name == "http" && slices.Contains([]string{"Client", "Post", "PostForm", "Get", "NewRequest", "NewRequestWithContext", "DefaultClient"}, x.Sel.Name):
			out["net/http client"] = []string{"rest.go", "fetch.go"} // fetch.go gets attachments
		}
	}
	return out
}

// Reading is all that plan.go and fetch.go do with what they may call.
func TestOthersOnlyRead(t *testing.T) {
	for _, name := range []string{"plan.go", "doctor.go", "fetch.go", "application.go"} {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, verb := range []string{"POST", "PUT", "PATCH", "DELETE", "MethodPost", "MethodPut", "MethodPatch", "MethodDelete"} {
			if strings.Contains(string(src), verb) {
				t.Errorf("%s has %s", name, verb)
			}
		}
	}
}

// sources parses the files of a folder that are no tests.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	out := map[string]*ast.File{}
	names, err := fs.Glob(os.DirFS(dir), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = file
	}
	if len(out) == 0 {
		t.Fatal("no sources")
	}
	return out
}
