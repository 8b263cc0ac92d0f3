package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// schemaQueue checks request bodies against Discord's OpenAPI file in the
// background, so that the check delays no answer.
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
	if q.path == "" {
		q.closed = true
		return q
	}
	go q.run()
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

		doc, err := loadSchema(q.path)
		if err == nil {
			err = checkBody(doc, job)
		}
		if err != nil {
			q.violate("%s %s: schema: %v", job.method, job.route, err)
		}
	}
}

var schemas sync.Map // path to func() (*openapi3.T, error)

// loadSchema reads the file once a process.
func loadSchema(path string) (*openapi3.T, error) {
	once, _ := schemas.LoadOrStore(path, sync.OnceValues(func() (*openapi3.T, error) {
		doc, err := openapi3.NewLoader().LoadFromFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return doc, nil
	}))
	return once.(func() (*openapi3.T, error))()
}

func checkBody(doc *openapi3.T, job schemaJob) error {
	route := job.route
	item := doc.Paths.Value(route)
	if item == nil {
		return nil // a route that the file does not know, or that this package names otherwise
	}
	op := item.GetOperation(job.method)
	if op == nil || op.RequestBody == nil || op.RequestBody.Value == nil {
		return nil
	}
	media := op.RequestBody.Value.Content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil
	}
	var body any
	if err := json.Unmarshal(job.body, &body); err != nil {
		return err
	}
	if strings.HasSuffix(route, "/commands") {
		permissionsAsText(body)
	}
	err := media.Schema.Value.VisitJSON(body, openapi3.EnableJSONSchema2020(), openapi3.VisitAsRequest())
	var se *openapi3.SchemaError
	if errors.As(err, &se) {
		return fmt.Errorf("%s: %s", strings.Join(se.JSONPointer(), "."), se.Reason)
	}
	return err
}

// permissionsAsText takes default_member_permissions out of commands: the file
// wants a number where Discord wants text, which checkCommand sees to.
func permissionsAsText(v any) {
	switch v := v.(type) {
	case []any:
		for _, in := range v {
			permissionsAsText(in)
		}
	case map[string]any:
		delete(v, "default_member_permissions")
	}
}
