package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
)

// story is a page of some length about a place.
func story(place string) string {
	return fmt.Sprintf(`<html><head><title>News from %[1]s</title></head><body><article><h1>News from %[1]s</h1>
<p>The council of %[1]s met on Tuesday to talk about the harbour wall, which was damaged by the storms of the winter, and about who is to pay for it.</p>
<p>After three hours the members agreed to ask the province for a loan, said the mayor, who had proposed a new tax, but found no majority for it.</p>
<p>The wall protects four hundred houses. In the night of the storm, water stood in the streets of the old town, and the fire brigade pumped until noon.</p>
<p>Work is to begin in May, and will take until the autumn. Until then the fishing boats of %[1]s have to use the quay of the ferry, which costs them two hours a day.</p>
</article></body></html>`, place)
}

// site is a web server whose requests are counted.
type site struct {
	*httptest.Server
	mu       sync.Mutex
	requests []string
}

func newSite(t *testing.T, pages map[string]http.HandlerFunc) *site {
	s := &site{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, r.URL.Path)
		s.mu.Unlock()
		if page := pages[r.URL.Path]; page != nil {
			page(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if r == path {
			n++
		}
	}
	return n
}

func webReader() *Reader {
	return New(Options{AllowNetworks: loopback, PageDelay: time.Millisecond, Timeout: 5 * time.Second, Now: func() time.Time { return today }})
}

func serve(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, body)
	}
}

func TestReadURL(t *testing.T) {
	cyrillic, err := charmap.Windows1251.NewEncoder().String(strings.ReplaceAll(story("Київ"), "council", "рада"))
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, map[string]http.HandlerFunc{
		"/2022/02/03/story": serve("text/html; charset=utf-8", story("Odd Haven")),
		"/cyrillic":         serve("text/html; charset=windows-1251", cyrillic),
		"/moved": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/2022/02/03/story", http.StatusMovedPermanently)
		},
		"/canonical": serve("text/html", strings.Replace(story("Odd Haven"), "<head>", `<head><link rel="canonical" href="/2022/02/03/story?id=1&utm_source=x#top">`, 1)),
		"/impostor":  serve("text/html", strings.Replace(story("Odd Haven"), "<head>", `<head><link rel="canonical" href="https://www.reuters.com/world/x">`, 1)),
		"/plain":     serve("text/plain", "Harbour closed\n\nThe harbour was closed on Friday because of ice, and will stay closed."),
		"/lines":     serve("application/x-ndjson", `{"id":"1","text":"One."}`+"\n"+`{"id":"2","text":"Two."}`),
		"/picture":   serve("image/png", "\x89PNG\r\n\x1a\n\x00"),
		"/empty":     serve("text/html", "<html><body><nav><a href=x>Home</a></nav></body></html>"),
		"/gone":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
	})
	for _, test := range []struct{ path, url, title, published, problem string }{
		{path: "/2022/02/03/story", url: "/2022/02/03/story", title: "News from Odd Haven", published: "2022-02-03"},
		{path: "/moved", url: "/2022/02/03/story", title: "News from Odd Haven", published: "2022-02-03"},
		{path: "/canonical", url: "/2022/02/03/story?id=1", title: "News from Odd Haven", published: "2022-02-03"},
		{path: "/impostor", url: "/impostor", title: "News from Odd Haven"},
		{path: "/cyrillic", url: "/cyrillic", title: "News from Київ"},
		{path: "/plain", url: "/plain", title: "Harbour closed"},
		{path: "/picture", problem: "not a text but image/png"},
		{path: "/empty", problem: "no article was found"},
		{path: "/gone", problem: "the server answers 410 Gone"},
		{path: "/none", problem: "the server answers 404 Not Found"},
	} {
		t.Run(test.path, func(t *testing.T) {
			articles, problems := collect(t, webReader().Read(context.Background(), s.URL+test.path))
			if test.problem != "" {
				if len(articles) != 0 || len(problems) != 1 || !strings.HasSuffix(problems[0], test.problem) && !strings.Contains(problems[0], test.problem) {
					t.Errorf("%d articles, problems %q", len(articles), problems)
				}
				return
			}
			if len(articles) != 1 || len(problems) != 0 {
				t.Fatalf("%d articles, problems %q", len(articles), problems)
			}
			a := articles[0]
			if a.URL != s.URL+test.url || a.Title != test.title || a.Published != test.published || a.DateInferred != (test.published != "") || a.Publisher != "127.0.0.1" {
				t.Errorf("article %+v", a)
			}
		})
	}
	articles, problems := collect(t, webReader().Read(context.Background(), s.URL+"/lines"))
	if len(articles) != 2 || len(problems) != 0 {
		t.Errorf("lines: %d articles, problems %q", len(articles), problems)
	}
	// Allowed only where configured.
	if _, problems := collect(t, newReader().Read(context.Background(), s.URL+"/plain")); len(problems) != 1 || !strings.Contains(problems[0], "private or special network") {
		t.Errorf("problems %q", problems)
	}
}

func TestConditionalGet(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/page": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") == "Wed, 02 Feb 2022 10:00:00 GMT" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Last-Modified", "Wed, 02 Feb 2022 10:00:00 GMT")
			io.WriteString(w, r.Header.Get("User-Agent")+r.Header.Get("Referer"))
		},
		"/never": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
	})
	r := webReader()
	got, err := r.fetch.get(context.Background(), s.URL+"/page", validators{}, 100)
	if err != nil || got.unchanged || !strings.HasPrefix(string(got.body), "crisisbot/") {
		t.Fatalf("%+v, %v", got, err)
	}
	again, err := r.fetch.get(context.Background(), s.URL+"/page", got.version, 100)
	if err != nil || !again.unchanged || again.version != got.version {
		t.Errorf("again: %+v, %v", again, err)
	}
	if _, err := r.fetch.get(context.Background(), s.URL+"/never", validators{}, 100); err == nil {
		t.Error("304 was taken though nothing was known")
	}
}

func TestReadCancelled(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{"/hang": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var errs []error
	for _, err := range webReader().Read(ctx, s.URL+"/hang") {
		errs = append(errs, err)
	}
	if len(errs) != 1 || !errors.Is(errs[0], context.DeadlineExceeded) {
		t.Errorf("errors %v", errs)
	}
}

// A feed is read with its pages, where these may be read.
func TestReadFeedURL(t *testing.T) {
	feed := `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Example Feed</title>
<entry><title>News from Odd Haven</title><id>1</id><link href="/odd-haven"/><published>2022-02-05T23:00:00-05:00</published><author><name>Ann Lee</name></author><summary>Teaser.</summary></entry>
<entry><title>Forbidden</title><id>2</id><link href="/private/x"/><published>2022-02-05T23:00:00Z</published></entry>
<entry><title>Gone</title><id>3</id><link href="/gone"/><published>2022-02-05T23:00:00Z</published></entry>
<entry><title>Elsewhere</title><id>4</id><link href="http://169.254.169.254/latest"/><published>2022-02-05T23:00:00Z</published></entry>
<entry><title>Whole</title><id>5</id><link href="/whole"/><updated>2022-02-06T10:00:00Z</updated><content type="html">` + strings.Repeat("&lt;p&gt;A paragraph of the whole text of this entry. &lt;/p&gt;", 20) + `</content></entry>
</feed>`
	s := newSite(t, map[string]http.HandlerFunc{
		"/feed":       serve("application/atom+xml", feed),
		"/odd-haven":  serve("text/html", story("Odd Haven")),
		"/private/x":  serve("text/html", story("Private")),
		"/robots.txt": serve("text/plain", "User-agent: *\nDisallow: /\n\nUser-agent: crisisbot\nDisallow: /private/\n"),
	})
	articles, problems := collect(t, webReader().Read(context.Background(), s.URL+"/feed"))
	var ids []string
	for _, a := range articles {
		ids = append(ids, a.ID)
	}
	if want := []string{"example-feed-2022-02-05-news-odd-haven", "example-feed-2022-02-06-whole"}; !slices.Equal(ids, want) {
		t.Errorf("ids %q, want %q", ids, want)
	}
	if a := articles[0]; a.URL != s.URL+"/odd-haven" || !slices.Equal(a.Authors, []string{"Ann Lee"}) || a.DateInferred || !strings.Contains(a.Text, "harbour wall") {
		t.Errorf("article of a page: %+v", a)
	}
	if a := articles[1]; !a.DateInferred || s.count("/whole") != 0 || !strings.HasPrefix(a.Text, "# Whole\n\nA paragraph") {
		t.Errorf("article of a feed: %+v", a)
	}
	want := []string{"robots.txt does not allow", "404 Not Found", "private or special network"}
	if len(problems) != len(want) {
		t.Fatalf("problems %q", problems)
	}
	for i := range want {
		if !strings.Contains(problems[i], want[i]) {
			t.Errorf("problem %q, want %q", problems[i], want[i])
		}
	}
	if s.count("/private/x") != 0 || s.count("/robots.txt") != 1 {
		t.Errorf("requests %q", s.requests)
	}
}

func TestRobots(t *testing.T) {
	for _, test := range []struct {
		name, file string
		status     int
		allowed    bool
	}{
		{"none", "", 404, true},
		{"forbidden", "", 403, true},
		{"all", "User-agent: *\nAllow: /", 200, true},
		{"nothing", "User-agent: *\nDisallow: /", 200, false},
		{"others", "User-agent: otherbot\nDisallow: /", 200, true},
		{"path", "User-agent: *\nDisallow: /news/*/print", 200, true},
		{"this path", "User-agent: *\nDisallow: /news/", 200, false},
		{"broken", "\x00\x01<html>", 200, true},
		{"failing", "", 500, false},
		{"too many", "", 429, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, map[string]http.HandlerFunc{"/robots.txt": func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				io.WriteString(w, test.file)
			}})
			r := webReader()
			for range 2 {
				response, err := http.NewRequest(http.MethodGet, s.URL+"/news/story", nil)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.robots.allowed(context.Background(), response.URL); (err == nil) != test.allowed {
					t.Errorf("allowed: %v", err)
				}
			}
			if n := s.count("/robots.txt"); test.status < 500 && test.status != 429 && n != 1 {
				t.Errorf("robots.txt was read %d times", n)
			}
		})
	}
}

func TestPageDates(t *testing.T) {
	for _, test := range []struct{ head, want string }{
		{`<meta property="article:published_time" content="2022-02-01T23:30:00-05:00">`, "2022-02-01"},
		{`<meta name="pubdate" content="20220201"><meta name="date" content="2022-02-09">`, "2022-02-01"},
		{`<meta itemprop="datePublished" content="Tue, 01 Feb 2022 10:00:00 GMT">`, "2022-02-01"},
		{`<meta name="dc.date.issued" content="February 1, 2022">`, "2022-02-01"},
		{`<meta name="date" content="nonsense"><time pubdate datetime="2022-02-01">x</time>`, "2022-02-01"},
		{`<time datetime="2022-01-01">an older event</time>`, ""},
		{`<script type="application/ld+json">{"@type":["Thing","ReportageNewsArticle"],"headline":"H","datePublished":"2022-02-01"}</script><meta name="date" content="2022-02-09">`, "2022-02-01"},
		{`<script type="application/ld+json">{"@type":"WebPage","datePublished":"2022-02-09"}</script>`, ""},
		{`<script type="application/ld+json">{broken</script>`, ""},
		{`<meta name="date" content="2030-01-01">`, ""},
		{`<meta name="last-modified" content="2022-02-01">`, ""},
	} {
		page := strings.Replace(story("Odd Haven"), "<head>", "<head>"+test.head, 1)
		articles, problems := collect(t, newReader().ReadFrom(context.Background(), "page.html", strings.NewReader(page)))
		if len(articles) != 1 || articles[0].Published != test.want || articles[0].DateInferred {
			t.Errorf("%s: %+v, problems %q", test.head, articles, problems)
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte(story("Odd Haven")))
	f.Add([]byte(`<html><script type="application/ld+json">{"@type":"NewsArticle","headline":1,"author":[{"name":["x"]}],"publisher":"x"}</script><figure><figcaption>x<li>y<table><td><b><p>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		articles, problems := collect(t, newReader().ReadFrom(context.Background(), "x.html", strings.NewReader(string(content))))
		if len(articles) == 0 && len(problems) == 0 {
			t.Error("neither an article nor a reason")
		}
		for _, p := range problems {
			if strings.Contains(p, "taken apart") {
				t.Error(p)
			}
		}
	})
}

func FuzzFeed(f *testing.F) {
	f.Add([]byte(`<rss version="2.0"><channel><title>T</title><item><title>a</title><link>https://example.com/a</link><pubDate>Wed, 16 Feb 2022 23:30:00 -0500</pubDate><description>&lt;p&gt;x</description></item></channel></rss>`))
	f.Add([]byte(`<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><content type="xhtml"><div>x</div></content></entry></feed>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		_, problems := collect(t, newReader().ReadFrom(context.Background(), "x.xml", strings.NewReader(string(content))))
		for _, p := range problems {
			if strings.Contains(p, "taken apart") {
				t.Error(p)
			}
		}
	})
}
