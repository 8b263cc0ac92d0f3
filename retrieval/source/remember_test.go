package source

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"crisisbot/retrieval/article"
)

// What was taken of a feed is not read again, though the reading was cut short;
// what was refused is, and so is an item that says it was updated.
func TestFeedRemembered(t *testing.T) {
	item := func(name, updated string) string {
		return fmt.Sprintf("<entry><title>%[1]s</title><id>%[1]s</id><link href=\"/%[1]s\"/><updated>%[2]s</updated></entry>", name, updated)
	}
	updated := "2022-01-01T00:00:00Z"
	s := newSite(t, map[string]http.HandlerFunc{
		"/feed": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>`, item("one", updated), item("gone", updated), item("two", updated), "</feed>")
		},
		"/one": serve("text/html", story("One Haven")),
		"/two": serve("text/html", story("Two Haven")),
	})
	kept := &states{}
	read := func(most int) (got []string) {
		r := webReader()
		r.opt.Feeds = kept
		r.opt.IDs.Add(article.Article{ID: "first", URL: s.URL + "/one"})
		for a, err := range r.Read(t.Context(), s.URL+"/feed") {
			var p *Problem
			switch {
			case err == nil:
				got = append(got, "read "+a.Title)
			case errors.As(err, &p):
				got = append(got, p.Severity.String()+" "+p.Article+strings.TrimPrefix(p.Place, s.URL))
			default:
				t.Fatal(err)
			}
			if len(got) == most {
				break
			}
		}
		return got
	}
	for _, step := range []struct {
		what string
		most int
		want []string
	}{
		{"cut short before the first was stored", 1, []string{"read News from One Haven"}},
		{"cut short while the last is stored", 3, []string{"read News from One Haven", "refused /gone", "read News from Two Haven"}},
		{"again", 9, []string{"known first/one", "refused /gone", "read News from Two Haven"}},
		{"all known", 9, []string{"known first/one", "refused /gone", "known /two"}},
	} {
		if got := read(step.most); !slices.Equal(got, step.want) {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
	updated = "2022-01-02T00:00:00Z"
	if got := read(9); got[0] != "read News from One Haven" {
		t.Errorf("after an update: %q", got)
	}
	kept.fail = errors.New("archive closed")
	if got := read(9); got[0] != "noted /feed" {
		t.Errorf("without a memory: %q", got)
	}
}

// A host that doesn't answer is not asked for hundreds of pages.
func TestFeedOfDeadHost(t *testing.T) {
	var items strings.Builder
	for i := range 20 {
		fmt.Fprintf(&items, "<item><title>%d</title><link>/%d</link></item>", i, i)
	}
	asked := 0
	r := readerOn(func(r *http.Request) (int, map[string]string, string) {
		if r.URL.Path == "/feed" {
			return 200, nil, "<rss><channel>" + items.String() + "</channel></rss>"
		}
		if r.URL.Path != "/robots.txt" {
			asked++
			return 503, nil, ""
		}
		return 404, nil, ""
	})
	r.pacer.delay = 0
	articles, problems := collect(t, r.Read(t.Context(), wire))
	if len(articles) != 0 || len(problems) != 20 || asked != maxFailures || !strings.Contains(problems[19], "failed in a row") {
		t.Errorf("%d pages asked for, problems %q", asked, problems)
	}
}

// A process that is killed in the middle of a feed has what it took remembered.
func TestPollerRemembersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &states{}
		var seen []int
		poll(t, func(*http.Request) (int, map[string]string, string) {
			return 200, map[string]string{"ETag": `"v1"`}, feedOf("one", "two", "three")
		}, s, []string{wire}, time.Minute, func(article.Article) error {
			state, _ := s.FeedState(context.Background(), wire)
			seen = append(seen, len(state.Seen))
			if state.ETag != "" {
				t.Error("a feed that was not read to its end counts as known")
			}
			return nil
		})
		if !slices.Equal(seen, []int{0, 1, 2}) {
			t.Errorf("remembered before each: %v", seen)
		}
	})
}

// A visit that was set while the clock was wrong by years is not waited for.
func TestPollerClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &states{kept: map[string]FeedState{wire: {Next: time.Now().AddDate(20, 0, 0)}}}
		p := poll(t, func(*http.Request) (int, map[string]string, string) { return 200, nil, feedOf("one") }, s, []string{wire}, time.Hour, nil)
		if len(p.visits) < 5 || !slices.Equal(p.titles, []string{"one"}) {
			t.Errorf("visits after %v minutes, articles %q", minutes(p.visits), p.titles)
		}
	})
}

func TestTitles(t *testing.T) {
	for title, want := range map[string]string{
		"Ferry stops":                           "Ferry stops",
		"Ferry <b>stops</b> &amp; waits":        "Ferry stops & waits",
		"5 < 6 && 7 > 3":                        "5 < 6 && 7 > 3",
		"<![CDATA[x]]>":                         "",
		"AT&T says &#8220;no&#8221;<br/>to all": "AT&T says “no” to all",
	} {
		if got := withoutTags(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
	for _, test := range [][3]string{
		{"Ferry stops - Harbour Post", "Harbour Post", "Ferry stops"},
		{"Ferry stops | harbour post", "Harbour Post", "Ferry stops"},
		{"Harbour Post", "Harbour Post", "Harbour Post"},
		{"The trouble with Harbour Post", "Harbour Post", "The trouble with Harbour Post"},
		{"Ferry stops", "", "Ferry stops"},
		{"Тимчасово – Пошта", "Пошта", "Тимчасово"},
	} {
		if got := withoutSite(test[0], test[1]); got != test[2] {
			t.Errorf("%q of %q: %q, want %q", test[0], test[1], got, test[2])
		}
	}
}

// teasers is a feed of items without text, whose pages have to be read.
func teasers(host string, items ...string) string {
	var b strings.Builder
	b.WriteString("<rss><channel><title>Example Wire</title>")
	for _, item := range items {
		fmt.Fprintf(&b, "<item><title>%[2]s</title><guid>%[2]s</guid><link>http://%[1]s/%[2]s</link></item>", host, item)
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// A page that always fails keeps nobody from the others of its feed, and is given up
// in the end; then the feed is known whole.
func TestPollerBrokenPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := map[string]int{}
		p := poll(t, func(r *http.Request) (int, map[string]string, string) {
			requests[r.URL.Path]++
			switch r.URL.Path {
			case "/feed":
				return 200, map[string]string{"ETag": `"v1"`}, teasers("wire.test", "broken", "loop", "one", "two")
			case "/broken":
				return 503, nil, ""
			case "/loop":
				return 302, map[string]string{"Location": "/loop"}, ""
			case "/one", "/two":
				return 200, map[string]string{"Content-Type": "text/html"}, story(r.URL.Path[1:])
			}
			return 404, nil, ""
		}, &states{}, []string{wire}, 3*time.Hour, nil)
		if want := []string{"News from one", "News from two"}; !slices.Equal(p.titles, want) {
			t.Errorf("articles %q, want %q", p.titles, want)
		}
		if requests["/broken"] != maxTries || requests["/loop"] != 1+maxRedirects || requests["/one"] != 1 {
			t.Errorf("requests %v", requests)
		}
		if wait := p.visits[5] - p.visits[4]; wait > 12*time.Minute {
			t.Errorf("the feed is visited after %v", wait)
		}
		if p.asked[maxTries-1] != "" || p.asked[maxTries] != `"v1"` {
			t.Errorf("asked with %q", p.asked)
		}
		if last := p.problems[len(p.problems)-1]; !strings.Contains(last, "given up") {
			t.Errorf("problems %q", p.problems)
		}
	})
}

// A host that fails several times in a row is left alone, and the feed with it.
func TestPollerFailingPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages := 0
		p := poll(t, func(r *http.Request) (int, map[string]string, string) {
			switch r.URL.Path {
			case "/feed":
				return 200, nil, teasers("wire.test", "a", "b", "c", "d", "e")
			case "/robots.txt":
				return 404, nil, ""
			}
			pages++
			return 500, nil, ""
		}, &states{}, []string{wire}, 20*time.Minute, nil)
		if pages != maxFailures || len(p.visits) != 1 || !strings.Contains(p.problems[len(p.problems)-1], "in a row") {
			t.Errorf("%d pages asked for in visits after %v minutes, problems %q", pages, minutes(p.visits), p.problems)
		}
	})
}

// While nothing can be stored, pages are not fetched in vain.
func TestPollerFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages, full := 0, true
		p := poll(t, func(r *http.Request) (int, map[string]string, string) {
			switch r.URL.Path {
			case "/feed":
				return 200, nil, teasers("wire.test", "a", "b", "c")
			case "/robots.txt":
				return 404, nil, ""
			}
			pages++
			return 200, map[string]string{"Content-Type": "text/html"}, story(r.URL.Path[1:])
		}, &states{}, []string{wire}, 25*time.Minute, func(article.Article) error {
			if full && pages < 2 {
				return errors.New("the disk is full")
			}
			full = false
			return nil
		})
		if pages != 4 || len(p.titles) != 4 || len(p.problems) != 1 {
			t.Errorf("%d pages, articles %q, problems %q", pages, p.titles, p.problems)
		}
	})
}
