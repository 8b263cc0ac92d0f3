package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A feed of one's own network is read where the configuration allows it, and
// refused with the reason where not; the same feed again changes nothing.
func TestIngestFeed(t *testing.T) {
	const item = `<item><title>Ferry stops</title><link>%[1]s/ferry</link><guid>1</guid><pubDate>Thu, 02 Dec 2021 10:00:00 GMT</pubDate></item>`
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed.xml":
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>`+item+`</channel></rss>`, server.URL)
		case "/ferry":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html><head><title>Ferry stops</title></head><body><article><h1>Ferry stops</h1>"+
				strings.Repeat("<p>The northern ferry stopped on Thursday because of rust in its hull, the harbour master said.</p>", 5)+"</article></body></html>")
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	data := t.TempDir()
	ingest := func(env map[string]string) (int, string) {
		var out, errs bytes.Buffer
		env["EMBEDDING_MODEL"] = "none"
		status := run(t.Context(), []string{"ingest", "--data", data, "--json", server.URL + "/feed.xml"}, func(k string) string { return env[k] }, strings.NewReader(""), &out, &errs)
		return status, out.String() + errs.String()
	}
	if status, out := ingest(map[string]string{}); status != failed || !strings.Contains(out, "FETCH_ALLOW") {
		t.Errorf("status %d: %s", status, out)
	}
	allowed := map[string]string{"FETCH_ALLOW": "127.0.0.0/8, news.intern"}
	for _, want := range []string{"added", "unchanged"} {
		if status, out := ingest(allowed); status != 0 || !strings.Contains(out, `"status":"`+want+`"`) {
			t.Errorf("status %d, want %q: %s", status, want, out)
		}
	}
}
