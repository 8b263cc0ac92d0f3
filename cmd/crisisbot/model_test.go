package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// chatServer answers every chat request, if it has the key "sesame", with one
// statement that cites passage 1, streamed as the API does.
func chatServer(t *testing.T, statement string) string {
	t.Helper()
	reply, err := json.Marshal(map[string]any{
		"answerable": true, "premise": "holds",
		"statements": []any{map[string]any{"text": statement, "citations": []int{1}, "quote": "", "speaker": "", "stance": "report", "date": "", "english": ""}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sesame" {
			http.Error(w, `{"error":{"message":"unknown key","type":"invalid_request_error"}}`, http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		delta, _ := json.Marshal(map[string]any{"id": "1", "model": "stub-1", "choices": []any{map[string]any{"index": 0, "delta": map[string]string{"content": string(reply)}}}})
		fmt.Fprintf(w, "data: %s\n\n", delta)
		fmt.Fprint(w, `data: {"id":"1","model":"stub-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\n")
		fmt.Fprint(w, `data: {"id":"1","model":"stub-1","choices":[],"usage":{"prompt_tokens":900,"completion_tokens":50,"total_tokens":950}}`+"\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL + "/v1"
}

func TestModel(t *testing.T) {
	t.Parallel()
	const question = "Where did Blinken accuse Russia?"
	statement := "At a NATO meeting in Riga on Wednesday, Blinken had accused Russia of trying to destabilise Ukraine from within."
	url, data := chatServer(t, statement), t.TempDir()
	for _, tt := range []struct {
		name           string
		key            string
		args           []string
		stdin          string
		status         int
		stdout, stderr string
	}{
		{"written by the model", "sesame", []string{"ask", "--json", question}, "", done, `"mode":"model"`, ""},
		{"what it cost", "sesame", []string{"ask", "--verbose", question}, "", done, statement[:40], "stub-1: 900 tokens in, 50 out, cost 0.002300, 1 request, 0 statements dropped"},
		{"in a batch", "sesame", []string{"ask", "--batch"}, `{"id":1,"question":"` + question + `"}`, done, `"mode":"model"`, ""},
		{"in a chat", "sesame", []string{"chat"}, question, done, "[1] The Moscow Times, 2 December 2021", ""},
		{"offline", "sesame", []string{"ask", "--json", "--offline", question}, "", done, `"mode":"extractive"`, ""},
		{"a wrong key still gives an answer", "simsim", []string{"ask", "--json", question}, "", done, `"mode":"extractive"`, ""},
		{"and says so", "simsim", []string{"ask", question}, "", done, "The language model does not answer", ""},
		{"doctor", "sesame", []string{"doctor"}, "", done, "stub-1, first words after", ""},
		{"doctor with a wrong key", "simsim", []string{"doctor"}, "", failed, "BROKEN  language model", "1 of 5 checks"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := environment(map[string]string{
				"EMBEDDING_MODEL": noEncoder, "CHAT_MODEL": "stub", "OPENAI_BASE_URL": url, "OPENAI_API_KEY": tt.key, "CRISISBOT_DATA": data,
				"CHAT_PRICE_IN": "2", "CHAT_PRICE_OUT": "10",
			})
			var out, errs bytes.Buffer
			status := run(t.Context(), tt.args, env, strings.NewReader(tt.stdin), &out, &errs)
			if status != tt.status || !strings.Contains(out.String(), tt.stdout) || !strings.Contains(errs.String(), tt.stderr) {
				t.Errorf("status %d\n%s%s\nwant status %d, %q, %q", status, &out, &errs, tt.status, tt.stdout, tt.stderr)
			}
			if strings.Contains(out.String()+errs.String(), tt.key) {
				t.Errorf("the key is printed: %s%s", &out, &errs)
			}
		})
	}
}
