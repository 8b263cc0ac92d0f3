package bot

import (
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestMarkdown(t *testing.T) {
	d := doc{
		{spans: []span{{text: "Answer with "}, {text: "weight", style: bold}, {text: " [1]."}}},
		{kind: quoted, spans: []span{{text: "# first\n<@1> second"}}},
		{spans: []span{{text: "The Outlet", link: "https://news.example/a_b(c)#:~:text=so%20it"}, {text: " in "}, {channel: "42"}}},
		{spans: []span{{text: "bad", link: "javascript:alert(1)"}, {channel: "4<@2>"}}},
		{kind: small, spans: []span{{text: "quiet", style: italic}}},
	}
	want := strings.Join([]string{
		"Answer with **weight** [1].",
		"> \\# first",
		"> \\<\u200b@1> second",
		"[The Outlet](<https://news.example/a_b%28c%29#:~:text=so%20it>) in <#42>",
		"bad",
		"-# *quiet*",
	}, "\n")
	got := pack(d, nil, maxContent, maxMessages)
	if len(got) != 1 || got[0] != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if err := audit(got[0], linksOf(d)); err != nil {
		t.Errorf("audit: %v", err)
	}
}

func TestPack(t *testing.T) {
	sentence := "A sentence of words that says a little. "
	for _, c := range []struct {
		name       string
		body, tail int // sentences, lines of 40 units
		chunks     int
		cut        bool
	}{
		{"all in one", 10, 5, 1, false},
		{"tail moves on", 48, 5, 2, false},
		{"two and the tail", 95, 20, 3, false},
		{"too long", 400, 20, 3, true},
		{"too long without tail", 400, 0, 3, true},
		{"tail alone", 0, 5, 1, false},
		{"tail too long", 1, 80, 2, true},
	} {
		body := says(strings.Repeat(sentence, c.body))
		var tail doc
		for range c.tail {
			tail = append(tail, text("[1] Outlet, 2 December 2021, and words."))
		}
		got := pack(body, tail, maxContent, maxMessages)
		if len(got) != c.chunks {
			t.Errorf("%s: %d chunks, want %d", c.name, len(got), c.chunks)
		}
		if cut := strings.Contains(strings.Join(got, ""), ellipsis); cut != c.cut {
			t.Errorf("%s: cut %v, want %v", c.name, cut, c.cut)
		}
		if c.tail > 0 && !strings.Contains(got[len(got)-1], "[1] Outlet") {
			t.Errorf("%s: the tail is not on the last message", c.name)
		}
		for _, s := range got {
			if err := audit(s, nil); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
}

func TestSentenceLink(t *testing.T) {
	for _, c := range []struct{ url, quote, want string }{
		{"https://a.example/x", "It moved, on Wednesday - so.", "https://a.example/x#:~:text=It%20moved%2C%20on%20Wednesday%20%2D%20so."},
		{"https://a.example/x#top", "So.", "https://a.example/x#top:~:text=So."},
		{"https://a.example/x#", "So.", "https://a.example/x#:~:text=So."},
		{"https://a.example/x#!/story:~:text=old", "So.", "https://a.example/x#!/story:~:text=So."},
		{"https://a.example/x?a=1&b=2", "R&D, Smith-Jones: 50% = half", "https://a.example/x?a=1&b=2#:~:text=R%26D%2C%20Smith%2DJones%3A%2050%25%20%3D%20half"},
		{"https://a.example/x", "«Так» – сказав він", "https://a.example/x#:~:text=%C2%AB%D0%A2%D0%B0%D0%BA%C2%BB%20%E2%80%93%20%D1%81%D0%BA%D0%B0%D0%B7%D0%B0%D0%B2%20%D0%B2%D1%96%D0%BD"},
		{"https://a.example/x", "a [link](https://b.example/y) and *more* words\u00a0\n(so)", "https://a.example/x#:~:text=a%20link%20and%20more%20words%20%28so%29"},
		{"https://a.example/x", "one two three four five six seven eight nine ten eleven twelve thirteen",
			"https://a.example/x#:~:text=one%20two%20three%20four%20five,nine%20ten%20eleven%20twelve%20thirteen"},
		{"https://a.example/x", "", "https://a.example/x"},
		{"https://a.example/" + strings.Repeat("x", 590), "quote", "https://a.example/" + strings.Repeat("x", 590)},
	} {
		if got := sentenceLink(c.url, c.quote); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestAuditRefuses(t *testing.T) {
	for _, bad := range []string{
		"", strings.Repeat("x", 2001), "hi @everyone", "hi @here", "<@1>", "\\<@1>", "<#x>", "<https://evil.example>",
		"https://evil.example", "[x](https\\://evil.example)", "`code`", "||spoiler||", "~~x~~", "# heading", ">>> x",
		"a\u202eb", "a\U000e0041b", "a\x00b", "\xff",
	} {
		if audit(bad, map[string]bool{"https://own.example": true}) == nil {
			t.Errorf("audit passes %q", bad)
		}
	}
	for _, good := range []string{"[own](<https://own.example>)", "<https://own.example>", "<#12>", "a \\<b", "Ґ [1]"} {
		if err := audit(good, map[string]bool{"https://own.example": true}); err != nil {
			t.Errorf("audit(%q): %v", good, err)
		}
	}
}

func FuzzDoc(f *testing.F) {
	f.Add("plain", "https://news.example/a", 1, 2000)
	f.Add("@everyone <@1> https://evil.example [a](http://b) ||x|| `c` \\", "http://x/<@1>", 3, 60)
	f.Add("hthttp://tp://x \u200b\u202e\U000e0041 # a\n> b\n-# c", "https://user@host/", 2, 120)
	f.Add(strings.Repeat("😀*_", 900), "https://h/"+strings.Repeat("(", 100), 4, 2000)
	f.Fuzz(func(t *testing.T, s, link string, k, limit int) {
		tm := time.AfterFunc(2*time.Second, func() { println(strconv.Quote(s), strconv.Quote(link), k, limit); panic("hang") })
		defer tm.Stop()
		limit = 40 + abs(limit)%(maxContent-39)
		body := doc{
			{kind: kind(abs(k) % 5), spans: []span{{text: s, style: style(abs(k/5) % 4)}, {text: s}, {text: s, link: link}}},
			{kind: quoted, spans: []span{{text: s + s}, {channel: s}}},
		}
		tail := doc{{kind: small, spans: []span{{text: s}, {link: link}}}}
		chunks := pack(body, tail, limit, maxMessages)
		chunks = append(chunks, pack(body, nil, limit, 1)...)
		chunks = append(chunks, pack(body, tail, limit, 1)...)
		if len(chunks) > maxMessages+2 {
			t.Fatalf("%d chunks", len(chunks))
		}
		for _, c := range chunks {
			if width(c) > limit {
				t.Fatalf("%d units, limit %d: %q", width(c), limit, c)
			}
			if err := audit(c, linksOf(body, tail)); err != nil {
				t.Fatalf("%v in %q", err, c)
			}
		}
	})
}

func abs(n int) int { return max(n, -(n + 1)) }
