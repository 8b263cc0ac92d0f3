package source

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"
)

// grown runs f and returns the most that the heap grew meanwhile, in bytes,
// garbage that was not yet collected included.
func grown(f func()) int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	heap := func() int64 {
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64())
	}
	runtime.GC()
	before := heap()
	most := before
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				most = max(most, heap())
			case <-done:
				return
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return max(most, heap()) - before
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// pages are web pages that grow when they are read.
var pages = map[string]func() string{
	"deep nesting":       func() string { return strings.Repeat("<div>", 500_000) },
	"unclosed emphasis":  func() string { return "<p>" + emphasis(500) + strings.Repeat("<p>x", 700_000) },
	"emphasis and links": func() string { return "<p>" + emphasis(300) + strings.Repeat("<p><a href=x>y</p>", 35_000) },
	"many elements":      func() string { return "<article>" + strings.Repeat("<p>word, word", 300_000) },
	"just enough elements": func() string {
		return "<article>" + strings.Repeat("<p>word, word and more words for the paragraph.</p>", 39_000)
	},
	"lists in lists":      func() string { return strings.Repeat("<ul><li>", 19_000) + "x" },
	"tables in tables":    func() string { return strings.Repeat("<table><tr><td>", 13_000) + "x" },
	"misplaced in tables": func() string { return "<table>" + strings.Repeat("<p>foster</p><tr>", 19_000) },
	"attributes":          func() string { return "<p " + strings.Repeat("a=b ", 700_000) + ">x" },
	"classes":             func() string { return strings.Repeat("<div class='article body content'>text, text ", 39_000) },
	"long attribute":      func() string { return "<p class='" + strings.Repeat("x", 3_000_000) + "'>x" },
	"entities":            func() string { return "<p>" + strings.Repeat("&NotEqualTilde;", 200_000) },
	"spans":               func() string { return "<p>" + strings.Repeat("<span>text, ", 39_000) },
	"line breaks":         func() string { return "<div>text" + strings.Repeat("<br>", 39_000) },
	"one long line":       func() string { return "<article><p>" + strings.Repeat("word, ", 500_000) },
	"nested JSON":         func() string { return `<script type="application/ld+json">` + strings.Repeat("[", 250_000) },
	"wide JSON": func() string {
		return `<script type="application/ld+json">[` + strings.Repeat(`{"@type":"x"},`, 15_000) + `1]</script>x`
	},
	"comments":       func() string { return strings.Repeat("<!---->", 440_000) + "x" },
	"unclosed title": func() string { return "<title>" + strings.Repeat("x ", 1_500_000) },
	"feed of items": func() string {
		return "<rss><channel>" + strings.Repeat("<item><title>x</title></item>", 24_000) + "</channel></rss>"
	},
	"feed in depth": func() string { return "<rss><channel>" + strings.Repeat("<a>", 99_000) },
	"feed of entities": func() string {
		return `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss><channel><item><title>` + strings.Repeat("&b;", 1_000_000) + `</title></item></channel></rss>`
	},
	"feed with bombs": func() string {
		return "<rss><channel>" + strings.Repeat("<item><link>http://x.test/</link><description><![CDATA["+strings.Repeat("<ul><li>x", 200)+"]]></description></item>", 500) + "</channel></rss>"
	},
}

func emphasis(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<font size=%d><b id=b%d>", i, i)
	}
	return b.String()
}

// Whatever a server sends, reading it ends soon and takes little memory.
func TestBombs(t *testing.T) {
	const (
		timeout = 500 * time.Millisecond
		most    = 64 << 20 // bytes of heap
	)
	write := func(w http.ResponseWriter, b []byte) bool {
		_, err := w.Write(b)
		w.(http.Flusher).Flush()
		return err == nil
	}
	zeros := make([]byte, 1<<20)
	mux := http.NewServeMux()
	handle := func(path string, f func(w http.ResponseWriter)) {
		mux.HandleFunc("/"+path, func(w http.ResponseWriter, _ *http.Request) { f(w) })
	}
	bomb := func(w io.Writer, size int) {
		z := gzip.NewWriter(w)
		for range size >> 20 {
			if _, err := z.Write(zeros); err != nil {
				return
			}
		}
		z.Close()
	}
	handle("gzip", func(w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "text/html")
		bomb(w, 1<<30)
	})
	handle("gzip-in-gzip", func(w http.ResponseWriter) {
		var inner bytes.Buffer
		bomb(&inner, 64<<20)
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(inner.Bytes())
		z.Close()
	})
	handle("gzip-twice", func(w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip, gzip")
		w.Write([]byte("x"))
	})
	handle("gzip-not", func(w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write([]byte("plain"))
	})
	handle("endless", func(w http.ResponseWriter) {
		for write(w, bytes.Repeat([]byte("word "), 100_000)) {
		}
	})
	handle("endless-zeros", func(w http.ResponseWriter) {
		for write(w, zeros) {
		}
	})
	handle("slow", func(w http.ResponseWriter) {
		for write(w, []byte("x")) {
			time.Sleep(timeout / 4)
		}
	})
	handle("hang", func(w http.ResponseWriter) { time.Sleep(2 * timeout) })
	handle("hang-in-body", func(w http.ResponseWriter) {
		write(w, []byte("<p>x"))
		time.Sleep(2 * timeout)
	})
	handle("huge-header", func(w http.ResponseWriter) { w.Header().Set("X", strings.Repeat("x", 8<<20)) })
	handle("many-headers", func(w http.ResponseWriter) {
		for i := range 100_000 {
			w.Header().Set("X-"+strconv.Itoa(i), "x")
		}
	})
	handle("early-hints", func(w http.ResponseWriter) {
		w.Header().Set("Link", strings.Repeat("x", 1000))
		for range 10_000 {
			w.WriteHeader(http.StatusEarlyHints)
		}
	})
	handle("redirects", func(w http.ResponseWriter) {
		w.Header().Set("Location", "/redirects")
		w.WriteHeader(http.StatusFound)
	})
	handle("short", func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000000")
		w.Write([]byte("x"))
	})
	handle("feed-of-hangs", func(w http.ResponseWriter) {
		io.WriteString(w, "<rss><channel><item><link>http://127.0.0.1:1/</link></item><item><link>/hang</link></item></channel></rss>")
	})
	for name, page := range pages {
		handle("page/"+strings.ReplaceAll(name, " ", "-"), func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			io.WriteString(w, page())
		})
	}
	server := httptest.NewServer(mux)
	defer server.Close()
	defer server.CloseClientConnections()

	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	go func() { // header lines without end, and then slowly
		for {
			conn, err := raw.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
				for i := 0; ; i++ {
					if _, err := fmt.Fprintf(conn, "X-%d: y\r\n", i); err != nil {
						return
					}
					if i > 1000 {
						time.Sleep(timeout / 10)
					}
				}
			}()
		}
	}()

	paths := []string{"gzip", "gzip-in-gzip", "gzip-twice", "gzip-not", "endless", "endless-zeros", "slow", "hang", "hang-in-body", "huge-header", "many-headers", "early-hints", "redirects", "short", "feed-of-hangs"}
	for name := range pages {
		paths = append(paths, "page/"+strings.ReplaceAll(name, " ", "-"))
	}
	addresses := []string{"http://" + raw.Addr().String() + "/"}
	for _, path := range paths {
		addresses = append(addresses, server.URL+"/"+path)
	}
	var longest time.Duration
	var largest int64
	for _, address := range addresses {
		r := New(Options{Timeout: timeout, PageDelay: time.Millisecond, AllowNetworks: loopback})
		start := time.Now()
		growth := grown(func() {
			for a, err := range r.Read(context.Background(), address) {
				if err == nil && len(a.Text) > maxPage {
					t.Errorf("%s: text of %d bytes", address, len(a.Text))
				}
			}
		})
		took := time.Since(start)
		t.Logf("%-40s %8v %4d MiB", strings.TrimPrefix(address, server.URL), took.Round(time.Millisecond), growth>>20)
		longest, largest = max(longest, took), max(largest, growth)
		if took > 10*time.Second || growth > most {
			t.Errorf("%s took %v and %d MiB", address, took, growth>>20)
		}
	}
	t.Logf("n = %d: at most %v and %d MiB", len(addresses), longest, largest>>20)
}
