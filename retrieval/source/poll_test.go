package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"crisisbot/retrieval/article"
)

// states is a FeedStates in memory.
type states struct {
	mu   sync.Mutex
	kept map[string]FeedState
	fail error
}

func (s *states) FeedState(_ context.Context, feed string) (FeedState, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[feed], s.fail
}

func (s *states) SetFeedState(_ context.Context, feed string, state FeedState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = map[string]FeedState{}
	}
	s.kept[feed] = state
	return s.fail
}

// web answers requests in place of a network.
type web func(*http.Request) (status int, header map[string]string, body string)

func (w web) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header, body := w(r)
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	for name, value := range header {
		response.Header.Set(name, value)
	}
	return response, nil
}

func readerOn(w web) *Reader {
	r := New(Options{})
	r.fetch.client.Transport = w
	return r
}

// feedOf is a feed whose items have texts of their own.
func feedOf(items ...string) string {
	var b strings.Builder
	b.WriteString("<rss><channel><title>Example Wire</title>")
	for _, item := range items {
		fmt.Fprintf(&b, "<item><title>%s</title><guid>%s</guid><link>http://wire.test/%s</link><pubDate>Sat, 01 Jan 2000 00:00:00 GMT</pubDate><description>%s</description></item>",
			item, item, item, strings.Repeat("The text of the item named "+item+". ", 30))
	}
	b.WriteString("</channel></rss>")
	return b.String()
}

// polled is what a Poller does in a test.
type polled struct {
	visits   []time.Duration // since the start
	asked    []string        // If-None-Match of each visit
	titles   []string
	problems []string
}

// poll runs a Poller on feeds for a while, without randomness.
func poll(t *testing.T, w web, s FeedStates, feeds []string, run time.Duration, take func(article.Article) error) *polled {
	t.Helper()
	p := &polled{}
	start := time.Now()
	var mu sync.Mutex
	r := readerOn(func(r *http.Request) (int, map[string]string, string) {
		mu.Lock()
		defer mu.Unlock()
		if slices.Contains(feeds, r.URL.String()) {
			p.visits = append(p.visits, time.Since(start).Round(time.Second))
			p.asked = append(p.asked, r.Header.Get("If-None-Match"))
		}
		return w(r)
	})
	poller := NewPoller(r, feeds, s, PollOptions{Every: 10 * time.Minute, Random: func() float64 { return 0.5 }})
	ctx, cancel := context.WithTimeout(context.Background(), run)
	defer cancel()
	err := poller.Run(ctx, func(_ context.Context, a article.Article) error {
		p.titles = append(p.titles, a.Title)
		if take != nil {
			return take(a)
		}
		return nil
	}, func(problem *Problem) {
		mu.Lock()
		defer mu.Unlock()
		p.problems = append(p.problems, problem.Error())
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run = %v", err)
	}
	return p
}

func minutes(visits []time.Duration) (m []float64) {
	for _, v := range visits {
		m = append(m, v.Minutes())
	}
	return m
}

const wire = "http://wire.test/feed"

func TestPollerSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := &states{}
		p := poll(t, func(*http.Request) (int, map[string]string, string) {
			n++
			switch n {
			case 1:
				return 200, map[string]string{"ETag": `"v1"`}, feedOf("one", "two")
			case 2:
				return 304, nil, ""
			}
			return 200, map[string]string{"ETag": `"v2"`}, feedOf("three", "one", "two")
		}, s, []string{wire, wire}, 35*time.Minute, nil)
		if want := []float64{0.5, 10.5, 20.5, 30.5}; !slices.Equal(minutes(p.visits), want) {
			t.Errorf("visits after %v minutes, want %v", minutes(p.visits), want)
		}
		if want := []string{"one", "two", "three"}; !slices.Equal(p.titles, want) {
			t.Errorf("articles %q, want %q", p.titles, want)
		}
		if want := []string{"", `"v1"`, `"v1"`, `"v2"`}; !slices.Equal(p.asked, want) {
			t.Errorf("asked with %q, want %q", p.asked, want)
		}
		if len(p.problems) != 0 {
			t.Errorf("problems %q", p.problems)
		}

		// A restart goes on where the last run ended.
		p = poll(t, func(*http.Request) (int, map[string]string, string) {
			return 200, nil, feedOf("four", "three", "one", "two")
		}, s, []string{wire}, 10*time.Minute, nil)
		if want := []float64{5.5}; !slices.Equal(minutes(p.visits), want) || !slices.Equal(p.titles, []string{"four"}) {
			t.Errorf("after a restart: visits after %v minutes, articles %q", minutes(p.visits), p.titles)
		}
	})
}

func TestPollerBackoff(t *testing.T) {
	type answer struct {
		status int
		after  string
	}
	for _, test := range []struct {
		name    string
		answers []answer
		want    []float64 // minutes between visits; failures wait a tenth longer
	}{
		{"server errors", []answer{{500, ""}, {502, ""}, {503, ""}, {200, ""}, {500, ""}}, []float64{22, 44, 88, 10, 22}},
		{"refused", []answer{{0, ""}, {0, ""}, {200, ""}}, []float64{22, 44, 10}},
		{"seconds", []answer{{429, "7200"}, {200, ""}}, []float64{132, 10}},
		{"short", []answer{{429, "1"}, {200, ""}}, []float64{22, 10}},
		{"date", []answer{{503, "Sat, 01 Jan 2000 05:00:00 GMT"}, {200, ""}}, []float64{329.45, 10}},
		{"past", []answer{{503, "Sat, 01 Jan 1999 05:00:00 GMT"}, {200, ""}}, []float64{22, 10}},
		{"garbage", []answer{{429, "soon"}, {200, ""}}, []float64{22, 10}},
		{"for ever", []answer{{429, "999999999"}, {200, ""}}, []float64{24 * 66, 10}},
		{"gone", []answer{{410, ""}, {410, ""}, {200, ""}}, []float64{22, 44, 10}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				p := poll(t, func(*http.Request) (int, map[string]string, string) {
					a := test.answers[min(n, len(test.answers)-1)]
					n++
					return a.status, map[string]string{"Retry-After": a.after}, feedOf("one")
				}, &states{}, []string{wire}, 48*time.Hour, nil)
				if len(p.visits) < len(test.want)+1 {
					t.Fatalf("visits after %v minutes", minutes(p.visits))
				}
				for i, want := range test.want {
					if got := (p.visits[i+1] - p.visits[i]).Minutes(); got < want-0.1 || got > want+0.1 {
						t.Errorf("wait %d: %.2f minutes, want %.2f", i, got, want)
					}
				}
			})
		})
	}
}

// When one feed of a host fails, the others of it wait too; other hosts' don't.
func TestPollerHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		visits := map[string]int{}
		p := poll(t, func(r *http.Request) (int, map[string]string, string) {
			visits[r.URL.String()]++
			if r.URL.Path == "/a" {
				return 503, map[string]string{"Retry-After": "36000"}, ""
			}
			return 200, nil, feedOf("item-of-" + r.URL.Host)
		}, &states{}, []string{"http://wire.test/a", "http://wire.test/b", "http://other.test/c"}, 5*time.Hour, nil)
		if visits["http://wire.test/a"] != 1 || visits["http://wire.test/b"] > 1 || visits["http://other.test/c"] < 29 {
			t.Errorf("visits %v", visits)
		}
		if len(p.problems) != 1 || !strings.Contains(p.problems[0], "503") {
			t.Errorf("problems %q", p.problems)
		}
	})
}

// Feeds are read several at a time, but never two of a host.
func TestPollerParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		active, most, all := map[string]int{}, 0, 0
		var feeds []string
		for i := range 12 {
			feeds = append(feeds, fmt.Sprintf("http://host%d.test/%d", i%6, i))
		}
		r := readerOn(func(r *http.Request) (int, map[string]string, string) {
			mu.Lock()
			active[r.URL.Host]++
			if active[r.URL.Host] > 1 {
				t.Errorf("two visits to %s at a time", r.URL.Host)
			}
			total := 0
			for _, n := range active {
				total += n
			}
			most, all = max(most, total), all+1
			mu.Unlock()
			time.Sleep(5 * time.Second)
			mu.Lock()
			active[r.URL.Host]--
			mu.Unlock()
			return 200, nil, feedOf("one")
		})
		poller := NewPoller(r, feeds, &states{}, PollOptions{Every: time.Hour, Parallel: 3})
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Minute)
		defer cancel()
		_ = poller.Run(ctx, func(context.Context, article.Article) error { return nil }, func(p *Problem) { t.Error(p) })
		if most > 3 || all != 12 {
			t.Errorf("%d visits, up to %d at a time", all, most)
		}
	})
}

// What could not be stored, or whose page failed for the moment, comes again at
// the next visit; what is refused for good does not.
func TestPollerRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := map[string]int{}
		p := poll(t, func(r *http.Request) (int, map[string]string, string) {
			requests[r.URL.Path]++
			switch r.URL.Path {
			case "/feed":
				return 200, map[string]string{"ETag": `"v1"`}, teasers("pages.test", "gone", "page")
			case "/page":
				if requests["/page"] < 3 {
					return 503, nil, ""
				}
				return 200, map[string]string{"Content-Type": "text/html"}, story("Odd Haven")
			}
			return 404, nil, ""
		}, &states{}, []string{wire}, 51*time.Minute, func(article.Article) error {
			if requests["/page"] < 4 {
				return errors.New("disk full")
			}
			return nil
		})
		if requests["/page"] != 4 || requests["/gone"] != 1 || len(p.titles) != 2 {
			t.Errorf("requests %v, articles %q", requests, p.titles)
		}
		if want := []string{"", "", "", "", `"v1"`, `"v1"`}; !slices.Equal(p.asked, want) {
			t.Errorf("asked with %q, want %q", p.asked, want)
		}
		var why []string
		for _, problem := range p.problems {
			why = append(why, problem[strings.LastIndex(problem, ": ")+2:])
		}
		if want := []string{"the server answers 404 Not Found", "the server answers 503 Service Unavailable", "the server answers 503 Service Unavailable", "disk full"}; !slices.Equal(why, want) {
			t.Errorf("problems %q, want %q", why, want)
		}
	})
}

func TestPollerJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var visits []time.Time
		r := readerOn(func(*http.Request) (int, map[string]string, string) {
			visits = append(visits, time.Now())
			return 200, nil, feedOf("one")
		})
		random := 0.0
		poller := NewPoller(r, []string{wire}, &states{}, PollOptions{Every: 10 * time.Minute, Random: func() float64 {
			random += 0.37
			return random - float64(int(random))
		}})
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Hour)
		defer cancel()
		_ = poller.Run(ctx, func(context.Context, article.Article) error { return nil }, func(*Problem) {})
		least, most := time.Hour, time.Duration(0)
		for i := 1; i < len(visits); i++ {
			wait := visits[i].Sub(visits[i-1])
			least, most = min(least, wait), max(most, wait)
		}
		if least < 8*time.Minute || least > 9*time.Minute || most < 11*time.Minute || most > 12*time.Minute {
			t.Errorf("waits from %v to %v", least, most)
		}
	})
}

func TestPollerReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := poll(t, func(r *http.Request) (int, map[string]string, string) {
			return 200, nil, "no feed"
		}, &states{fail: errors.New("archive closed")}, []string{wire, "http://10.0.0.1/feed", "ftp://wire.test/"}, 5*time.Minute, nil)
		got := strings.Join(p.problems, "\n")
		for _, want := range []string{"no feed that can be read", "private or special network", `scheme "ftp"`, "what was known of the feed is lost: archive closed", "could not be kept: archive closed"} {
			if !strings.Contains(got, want) {
				t.Errorf("problems:\n%s\nwant %q", got, want)
			}
		}
		if len(p.problems) != 5 {
			t.Errorf("problems:\n%s", got)
		}
	})
}

// The whole way over loopback.
func TestPollerOverNetwork(t *testing.T) {
	s := newSite(t, map[string]http.HandlerFunc{
		"/feed": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("ETag", `"1"`)
			io.WriteString(w, `<rss><channel><title>Wire</title><item><title>x</title><link>/story</link></item></channel></rss>`)
		},
		"/story": serve("text/html", story("Odd Haven")),
	})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	kept := &states{}
	var titles []string
	poller := NewPoller(webReader(), []string{s.URL + "/feed"}, kept, PollOptions{Every: 20 * time.Millisecond})
	go func() {
		for s.count("/feed") < 4 && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	err := poller.Run(ctx, func(_ context.Context, a article.Article) error {
		titles = append(titles, a.Title)
		return nil
	}, func(p *Problem) { t.Error(p) })
	if !errors.Is(err, context.Canceled) || !slices.Equal(titles, []string{"News from Odd Haven"}) || s.count("/story") != 1 {
		t.Errorf("Run = %v, articles %q, requests %q", err, titles, s.requests)
	}
	if state := kept.kept[s.URL+"/feed"]; state.ETag != `"1"` || len(state.Seen) != 1 || state.Next.IsZero() {
		t.Errorf("state %+v", state)
	}
}

// Each visit is told: what it brought, what was refused, and why a feed could not be
// read. A feed that is followed later is visited at once, and no more once its context
// has ended.
func TestPollerVisits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		r := readerOn(func(*http.Request) (int, map[string]string, string) {
			if broken.Load() {
				return 404, nil, ""
			}
			return 200, nil, feedOf("one", "two")
		})
		var mu sync.Mutex
		var visits []Visit
		poller := NewPoller(r, nil, &states{}, PollOptions{Every: 10 * time.Minute, Random: func() float64 { return 0.5 }, Visited: func(v Visit) {
			mu.Lock()
			defer mu.Unlock()
			visits = append(visits, v)
		}})
		begin := time.Now()
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			poller.Follow(ctx, wire, func(_ context.Context, a article.Article) error {
				if strings.Contains(a.Text, "two") {
					return errors.New("disk full")
				}
				return nil
			}, func(*Problem) {})
		}()
		time.Sleep(time.Minute)
		broken.Store(true)
		time.Sleep(10 * time.Minute)
		cancel()
		<-ended
		time.Sleep(time.Hour)
		if len(visits) != 2 {
			t.Fatalf("visits %+v", visits)
		}
		one, two := visits[0], visits[1]
		if one.Feed != wire || !one.At.Equal(begin) || one.Articles != 1 || one.Refused != 1 || one.Err != nil || !one.Next.Equal(two.At) {
			t.Errorf("first visit %+v, begun at %v", one, begin)
		}
		if two.Articles != 0 || two.Err == nil || !strings.Contains(two.Err.Error(), "404") || two.Next.Sub(two.At) < 20*time.Minute {
			t.Errorf("second visit %+v", two)
		}
	})
}
