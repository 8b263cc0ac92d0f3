package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// embeddingServer answers like an embeddings API: the vector of a text counts
// its letters. It wants the key "sesame".
func embeddingServer(t *testing.T, calls *atomic.Int32) string {
	t.Helper()
	type item struct {
		Object    string    `json:"object"`
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var req struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer sesame" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":{"message":"unknown key","type":"invalid_request_error"}}`))
			return
		}
		data := make([]item, len(req.Input))
		for i, text := range req.Input {
			v := make([]float32, 26)
			for _, c := range strings.ToLower(text) {
				if 'a' <= c && c <= 'z' {
					v[c-'a']++
				}
			}
			data[i] = item{"embedding", i, v}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "model": "letters", "data": data, "usage": map[string]int{}})
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

// search runs one search in this process.
func search(t *testing.T, env map[string]string, flags ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	args := append([]string{"search", "--json", "--limit", "1", "troops at the border"}, flags...)
	status = run(t.Context(), args, environment(env), strings.NewReader(""), &out, &errs)
	return status, out.String(), errs.String()
}

func TestRemoteEncoder(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	env := map[string]string{
		"EMBEDDING_MODEL": "letters", "EMBEDDING_BASE_URL": embeddingServer(t, &calls),
		"OPENAI_API_KEY": "vendor-key", "EMBEDDING_API_KEY": "sesame", "CRISISBOT_DATA": t.TempDir(),
	}
	status, out, errs := search(t, env)
	if status != done || strings.Contains(out, `"semantic":0}`) || calls.Load() == 0 {
		t.Errorf("status %d after %d calls: %s%s", status, calls.Load(), out, errs)
	}

	calls.Store(0)
	if status, out, errs = search(t, env, "--offline"); status != done || calls.Load() != 0 {
		t.Errorf("offline: status %d after %d calls: %s%s", status, calls.Load(), out, errs)
	}

	env["EMBEDDING_API_KEY"] = "simsim"
	status, out, errs = search(t, env)
	if status != failed || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "EMBEDDING_") {
		t.Errorf("wrong key: status %d: %s%s", status, out, errs)
	}
	if strings.Contains(errs, "simsim") || strings.Contains(errs, "vendor-key") {
		t.Errorf("a key is printed: %s", errs)
	}

	// The vendor's key is not sent to another endpoint.
	env["EMBEDDING_API_KEY"], env["OPENAI_API_KEY"] = "", "sesame"
	if status, _, errs = search(t, env); status != failed {
		t.Errorf("the vendor's key was sent: status %d: %s", status, errs)
	}
}
