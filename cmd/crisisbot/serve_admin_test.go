package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crisisbot/bot/discordtest"
)

// newsSite serves a feed of two items, and a page.
func newsSite(t *testing.T) (site *httptest.Server, broken *atomic.Bool) {
	t.Helper()
	broken = &atomic.Bool{}
	page := func(title, text string) string {
		return "<html><head><title>" + title + "</title></head><body><article><h1>" + title + "</h1>" + strings.Repeat("<p>"+text+"</p>", 5) + "</article></body></html>"
	}
	site = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/feed.xml":
			if broken.Load() {
				http.Error(w, "broken", http.StatusNotFound)
				return
			}
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>
				<item><title>Ferry stops</title><link>http://%[1]s/ferry</link><guid>1</guid><pubDate>Thu, 02 Dec 2021 10:00:00 GMT</pubDate></item>
				<item><title>Gone</title><link>http://%[1]s/gone</link><guid>2</guid><pubDate>Thu, 02 Dec 2021 10:00:00 GMT</pubDate></item></channel></rss>`, r.Host)
		case "/ferry":
			fmt.Fprint(w, page("Ferry stops", "The northern ferry stopped on Thursday because of rust in its hull, the harbour master said."))
		case "/lighthouse":
			fmt.Fprint(w, page("Lighthouse dark", "The lighthouse of Odd Haven went dark on 4 December 2021 after a storm, the port authority said."))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	return site, broken
}

// A manager keeps the library by commands, with the real binary: feeds over a restart,
// articles by file and address, removal, statistics; a member may do none of it.
func TestServeAdmin(t *testing.T) {
	t.Parallel()
	n, data := newNewsroom(t, discordtest.Options{}), filepath.Join(t.TempDir(), "data")
	site, _ := newsSite(t)
	settings := []string{"FETCH_ALLOW=127.0.0.0/8", "FEEDS=" + site.URL + "/fixed.xml"}
	p := startServe(t, n.Server, data, settings...)
	mia := n.User("mia")
	n.guild.Join(mia, n.guild.Role("managers", 1<<5))
	n.ready(t)
	do := func(want, command string, options ...discordtest.Option) discordtest.Reply {
		t.Helper()
		r := reply(t, mia.Ask(n.general, "/crisis-admin "+command, options...), want)
		if !r.Last().Ephemeral() {
			t.Errorf("%s is shown to all", command)
		}
		return r
	}
	option := discordtest.Opt

	do("write it in full", "feeds add", option("url", "feed.xml"))
	do("write it in full", "feeds add", option("url", "file:///etc/passwd"))
	do("404", "feeds add", option("url", site.URL+"/none.xml"))
	do("no feed that can be read", "feeds add", option("url", site.URL+"/ferry"))
	do("It has 2 items", "feeds add", option("url", site.URL+"/feed.xml"))
	do("followed already", "feeds add", option("url", site.URL+"/feed.xml"))
	waitFor(t, "the feed to be read", func() bool {
		r := reply(t, mia.Ask(n.general, "/crisis-admin feeds list"), "Feeds (2)")
		return strings.Contains(r.Text(), "1 new article, 1 item refused; next ")
	})
	do("set by the operator", "feeds list")
	do("only be removed there", "feeds remove", option("feed", site.URL+"/fixed.xml"))
	reply(t, n.ann.Ask(n.general, "/ask", option("question", "Why did the northern ferry stop?")), "rust in its hull")

	p.terminate()
	if status := p.ends(); status != done {
		t.Errorf("exit status %d", status)
	}
	n.NewProcess()
	p = startServe(t, n.Server, data, settings...)
	n.ready(t)
	do("1 new article, 1 item refused", "feeds list")
	suggested, err := mia.Complete(n.general, "/crisis-admin feeds remove", "feed", "feed").WaitReply(t.Context())
	if err != nil || len(suggested.Choices) != 1 {
		t.Fatalf("suggestions %+v, %v", suggested.Choices, err)
	}
	do("its articles stay", "feeds remove", option("feed", suggested.Choices[0].Value))
	if r := do("Feeds (1)", "feeds list"); strings.Contains(r.Text(), "feed.xml") {
		t.Errorf("a removed feed is listed: %s", r.Text())
	}

	for name, body := range map[string]string{
		"pier.txt":   "Pier of Odd Haven closed\n\ndate 2021-12-20\n\nThe pier of Odd Haven was closed on Monday, the port authority said. Ships wait outside.\n",
		"crane.md":   "---\ntitle: Crane falls\ndate: 2021-12-21\n---\n\n# Crane falls\n\nA crane fell into the northern dock on Tuesday, the harbour master said. Nobody was hurt.\n",
		"tide.html":  "<html><head><title>High tide</title></head><body><article><h1>High tide</h1>" + strings.Repeat("<p>A high tide reached the market of Odd Haven on 6 December 2021, witnesses said.</p>", 5) + "</article></body></html>",
		"two.jsonl":  `{"id":"j1","title":"Nets lost","source":"Harbour Post","published_at":"2021-12-08","text":"Fishermen of Odd Haven lost their nets on Wednesday, the union said. The sea was rough."}` + "\n" + `{"id":"j2","text":""}` + "\n",
		"noise.jpeg": "\xff\xd8\xff\xe0 no article at all \x00\x01",
	} {
		want := "**added**"
		if name == "noise.jpeg" {
			want = "**refused**"
		}
		r := do(want, "ingest", option("file", n.Attach(name, "application/octet-stream", []byte(body))))
		if name == "two.jsonl" && (!strings.Contains(r.Text(), "**refused**") || !strings.Contains(r.Text(), "2 articles read")) {
			t.Errorf("%s: %s", name, r.Text())
		}
	}
	do("too large: at most 8 MiB", "ingest", option("file", n.Attach("big.txt", "text/plain", bytes.Repeat([]byte("A word. "), 8<<17+1))))
	do("**added** — Lighthouse dark", "ingest", option("url", site.URL+"/lighthouse"))
	do("**unchanged**", "ingest", option("url", site.URL+"/lighthouse"))
	do("**refused**", "ingest", option("url", site.URL+"/none"))
	reply(t, n.ann.Ask(n.general, "/ask", option("question", "When did the lighthouse of Odd Haven go dark?")), "4 December 2021 after a storm")
	reply(t, n.ann.Ask(n.general, "/ask", option("question", "What fell into the northern dock?")), "A crane fell into the northern dock")

	topics, err := n.ann.Complete(n.general, "/timeline", "topic", "odd").WaitReply(t.Context())
	if err != nil || len(topics.Choices) == 0 || topics.Choices[0].Name != "Odd Haven" {
		t.Errorf("topics %+v, %v", topics.Choices, err)
	}

	suggested, err = mia.Complete(n.general, "/crisis-admin remove", "article", "lighthouse").WaitReply(t.Context())
	if err != nil || len(suggested.Choices) != 1 {
		t.Fatalf("suggestions %+v, %v", suggested.Choices, err)
	}
	confirm := do("Remove this article for good?", "remove", option("article", suggested.Choices[0].Value))
	reply(t, mia.Click(confirm.Last(), "Remove this article"), "Removed: Lighthouse dark")
	do("no longer here", "remove", option("article", suggested.Choices[0].Value))
	do("articles", "stats")

	for _, command := range []string{"feeds list", "stats", "channels list"} {
		reply(t, n.ann.Ask(n.general, "/crisis-admin "+command), "Manage Server")
	}
	olga := n.User("olga") // runs the application, and is nobody in the server
	n.guild.Join(olga)
	n.Own(olga)
	n.NewProcess()
	p.terminate()
	p.ends()
	startServe(t, n.Server, data, settings...)
	n.ready(t)
	reply(t, olga.Ask(n.general, "/crisis-admin stats"), "articles")
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 100 {
		if is() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("waited in vain for ", what)
}
