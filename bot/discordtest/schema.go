package discordtest

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	textmessage "golang.org/x/text/message"
)

// schemaQueue checks request bodies against Discord's OpenAPI file in the
// background, so that the check delays no answer. The file is of OpenAPI 3.1,
// whose schemas are JSON Schema; each is compiled once.
type schemaQueue struct {
	path    string
	violate func(string, ...any)
	mu      sync.Mutex
	cond    *sync.Cond
	todo    []schemaJob
	busy    bool
	closed  bool
}

type schemaJob struct {
	method, route string
	body          []byte
}

func newSchemaQueue(path string, violate func(string, ...any)) *schemaQueue {
	q := &schemaQueue{path: findSchema(path), violate: violate}
	q.cond = sync.NewCond(&q.mu)
	q.closed = q.path == ""
	return q
}

// findSchema is the file that Options.Schema means, "" for none.
func findSchema(path string) string {
	if path == "-" {
		return ""
	}
	if path != "" {
		return path
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(filepath.Dir(dir), "shared", "discord", "openapi.json")
			if _, err := os.Stat(path); err == nil {
				return path
			}
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

func (q *schemaQueue) add(method, route string, body []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.todo = append(q.todo, schemaJob{method, route, body})
		q.cond.Broadcast()
	}
}

// drain waits until every body added so far is checked.
func (q *schemaQueue) drain() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed && (q.busy || len(q.todo) > 0) {
		q.cond.Wait()
	}
}

func (q *schemaQueue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.cond.Broadcast()
}

func (q *schemaQueue) run() {
	for {
		q.mu.Lock()
		q.busy = false
		q.cond.Broadcast()
		for len(q.todo) == 0 && !q.closed {
			q.cond.Wait()
		}
		if q.closed {
			q.mu.Unlock()
			return
		}
		job := q.todo[0]
		q.todo, q.busy = q.todo[1:], true
		q.mu.Unlock()

		check, err := schemaFor(q.path, job.method, job.route)
		if err == nil {
			err = checkBody(check, job)
		}
		if err != nil {
			q.violate("%s %s: schema: %v", job.method, job.route, err)
		}
	}
}

// apiFile is an OpenAPI file with the schemas compiled so far, by the JSON
// pointers to them. One is kept a process and path.
type apiFile struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	doc      map[string]any
	err      error
	compiled map[string]*jsonschema.Schema
}

var apiFiles sync.Map // path to *apiFile

const apiURL = "https://discord.com/openapi.json"

// schemaFor compiles the schema of a route's JSON body, nil where the file
// describes none.
func schemaFor(path, method, route string) (*jsonschema.Schema, error) {
	v, _ := apiFiles.LoadOrStore(path, &apiFile{})
	f := v.(*apiFile)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.compiler == nil {
		f.load(path)
	}
	if f.err != nil {
		return nil, f.err
	}
	steps := []string{"paths", route, strings.ToLower(method), "requestBody", "content", "application/json", "schema"}
	var at any = f.doc
	pointer := "#"
	for _, step := range steps {
		in, _ := at.(map[string]any)
		if at = in[step]; at == nil {
			return nil, nil
		}
		pointer += "/" + url.PathEscape(strings.ReplaceAll(strings.ReplaceAll(step, "~", "~0"), "/", "~1"))
	}
	if s, ok := f.compiled[pointer]; ok {
		return s, nil
	}
	s, err := f.compiler.Compile(apiURL + pointer)
	if err != nil {
		return nil, err
	}
	f.compiled[pointer] = s
	return s, nil
}

func (f *apiFile) load(path string) {
	f.compiler, f.compiled = jsonschema.NewCompiler(), map[string]*jsonschema.Schema{}
	f.compiler.DefaultDraft(jsonschema.Draft2020)
	file, err := os.Open(path)
	if err != nil {
		f.err = err
		return
	}
	defer file.Close()
	v, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		f.err = fmt.Errorf("%s: %w", path, err)
		return
	}
	f.doc, _ = v.(map[string]any)
	f.err = f.compiler.AddResource(apiURL, v)
}

func checkBody(s *jsonschema.Schema, job schemaJob) error {
	if s == nil {
		return nil
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(job.body))
	if err != nil {
		return err
	}
	if strings.HasSuffix(job.route, "/commands") {
		dropPermissions(body)
	}
	err = s.Validate(body)
	var ve *jsonschema.ValidationError
	if errors.As(err, &ve) {
		return errors.New(deepest(ve))
	}
	return err
}

// deepest is the cause that lies deepest in the body: of the alternatives of a
// union it belongs to the one that fits best.
func deepest(e *jsonschema.ValidationError) string {
	best := e
	var visit func(*jsonschema.ValidationError)
	visit = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 && (len(e.InstanceLocation) > len(best.InstanceLocation) || len(best.Causes) > 0) {
			best = e
		}
		for _, c := range e.Causes {
			visit(c)
		}
	}
	visit(e)
	return fmt.Sprintf("%s: %s", strings.Join(best.InstanceLocation, "."), best.ErrorKind.LocalizedString(textmessage.NewPrinter(language.English)))
}

// dropPermissions takes default_member_permissions out of commands: the file
// wants a number where Discord wants text, which checkCommand sees to.
func dropPermissions(v any) {
	switch v := v.(type) {
	case []any:
		for _, in := range v {
			dropPermissions(in)
		}
	case map[string]any:
		delete(v, "default_member_permissions")
	}
}
