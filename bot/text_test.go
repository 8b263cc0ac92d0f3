package bot

import (
	"strings"
	"testing"
	"unicode"
)

func TestCleanKeepsLanguages(t *testing.T) {
	for _, text := range []string{
		"Україна, Їжак, Ґанок, п’ять — «слово» і на́голос",
		"العربية: قال الرئيس إنّ الوضعَ هادئٌ ١٢٣",
		"فارسی: می\u200cخواهم خبرهای تازه را بخوانم",
		"עברית עם נִקּוּד", "हिन्दी क्\u200dष", "日本語 한국어", "Tiếng Việt", "👩\u200d👩\u200d👧 ❤️ 🇺🇦", "10\u00a0000",
		"line one\nline two",
	} {
		if got := clean(text); got != text {
			t.Errorf("clean(%q) = %q", text, got)
		}
	}
}

func TestCleanEveryHiddenCodePoint(t *testing.T) {
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
			continue
		}
		n++
		got := clean("a" + string(r) + "b")
		switch {
		case got == "ab":
		case unicode.IsSpace(r) && (got == "a\nb" || got == "a b"):
		default:
			t.Errorf("%U: clean gave %q", r, got)
		}
	}
	t.Logf("n = %d code points", n)
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"bidi override", "user\u202egnp.exe", "usergnp.exe"},
		{"isolates", "a\u2066b\u2069c", "abc"},
		{"tag characters", "hi\U000e0068\U000e0069", "hi"},
		{"zero width inside a word", "ev\u200beryone\u200d!", "everyone!"},
		{"byte order mark", "\ufefftext", "text"},
		{"invalid UTF-8", "a\xff\xfeb\xc3", "ab"},
		{"Windows line ends", "a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"marks piled up", "e" + strings.Repeat("\u0301", 100_000) + "x", "e\u0301\u0301\u0301\u0301x"},
		{"Hangul filler", "a\u3164b", "ab"},
		{"null", "a\x00b", "ab"},
	} {
		if got := clean(c.in); got != c.want {
			t.Errorf("%s: clean(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Nothing to do [1], \"quoted\" (so).", "Nothing to do [1], \"quoted\" (so)."},
		{"a *bold* _move_ ~~x~~ `code` ||spoiler||", "a \\*bold\\* \\_move\\_ \\~\\~x\\~\\~ \\`code\\` \\|\\|spoiler\\|\\|"},
		{"[click](https://evil.example/x)", "[click]\\([link])"},
		{"@everyone and @here and @Reuters", "@\u200beveryone and @\u200bhere and @Reuters"},
		{"<@123> <#1> </ask:1> <t:1> <id:guide> <:a:1>", "\\<\u200b@123> \\<\u200b#1> \\<\u200b/ask:1> \\<\u200bt:1> \\<\u200bid:guide> \\<\u200b:a:1>"},
		{"fewer than <5 %, x < y", "fewer than \\<5 %, x \\< y"},
		{"see https://evil.example/a?b=c, then go", "see [link], then go"},
		{"join discord.gg/abc now", "join [link] now"},
		{"write to a.b@c.example.org.", "write to [e-mail]."},
		{"Gazeta.ru said on 3.5 of the U.S. side", "Gazeta\\.ru said on 3.5 of the U.S. side"},
		{"# heading", "\\# heading"}, {"> quote", "\\> quote"}, {"-# small", "\\-# small"},
		{"12. item", "12\\. item"}, {"* item", "\\* item"}, {"2021. A year", "2021\\. A year"},
		{"back\\slash", "back\\\\slash"},
	} {
		if got := escape(c.in, true, false); got != c.want {
			t.Errorf("escape(%q)\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"short", 5, "short"},
		{"one two three", 9, "one two…"},
		{"unbreakable", 5, "unbr…"},
		{"😀😀😀", 4, "😀…"},
	} {
		got := shorten(c.in, c.limit)
		if got != c.want || width(got) > c.limit {
			t.Errorf("shorten(%q, %d) = %q (%d units), want %q", c.in, c.limit, got, width(got), c.want)
		}
	}
}
