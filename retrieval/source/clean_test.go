package source

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestCleanKeepsOrdinaryText(t *testing.T) {
	for _, text := range []string{
		"",
		"Russia’s troops — “120,000”, says Kyiv…\n\n\t• a point\u00a0here",
		"Кремль заперечує: «ніяких військ». З'їзд, об’єднання, ґанок, їжак, Київ.",
		"قال الرئيسُ إنَّ المُحادثاتِ «بنّاءة». ٣٠٠ جندي؟",
		"او می\u200cگوید نیروها «نمی\u200cروند»؛ کتاب\u200cها و خانه\u200cهای ما.",
		"शक्\u200dति क्\u200cष ශ්\u200dරී ನ್\u200c",
		"שָׁלוֹם עֲלֵיכֶם",
		"Tiếng Việt: Việt Nam phản đối",
		"👩\u200d🚀 👨\u200d👩\u200d👧\u200d👦 ❤️ ❤️\u200d🔥 🏳️\u200d🌈 👋🏽 🇺🇦 1️⃣ ☎️ ↔️",
		"日本国の外務省、葛\U000e0100城市",
		"replacement \ufffd stays",
	} {
		if got := Clean(text); got != text {
			t.Errorf("Clean(%+q) = %+q, want it unchanged", text, got)
		}
	}
}

func TestCleanRemoves(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"bidi override", "pay \u202egro.live\u202c now\u2066\u2069", "pay gro.live now"},
		{"marks", "a\u200eb\u200fc\u061cd", "abcd"},
		{"zero width", "Uk\u200braine\u2060 \ufeffsays", "Ukraine says"},
		{"joiners in Latin", "Uk\u200craine\u200d", "Ukraine"},
		{"joiner doubled in Persian", "می\u200c\u200cگوید", "می\u200cگوید"},
		{"joiner at line end", "می\u200c\nگوید", "می\nگوید"},
		{"tags", "a\U000e0041\U000e0042\U000e007fb", "ab"},
		{"selectors that carry bytes", "a\ufe00\ufe01\U000e0100\U000e01efb ❤\ufe0f\ufe0f", "ab ❤\ufe0f"},
		{"controls", "a\x00\x1b[31mb\x7f\u0090", "a[31mb"},
		{"line ends", "a\r\nb\rc\u2028d\u2029e\u0085f\vg\fh", "a\nb\nc\nd\ne\nf\ng\nh"},
		{"soft hyphen", "Uk\u00adraine", "Ukraine"},
		{"invalid", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"byte order mark", "\ufeffa", "a"},
		{"fillers", "a\u3164\uffa0\u115f\u1160b\u034f", "ab"},
		{"noncharacters", "a\ufdd0\U0001ffffb", "ab"},
		{"zalgo", "a" + strings.Repeat("\u0301", 100_000) + "b", "a" + strings.Repeat("\u0301", maxMarks) + "b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Clean(test.text); got != test.want {
				t.Errorf("Clean(%+q) = %+q, want %+q", test.text, got, test.want)
			}
		})
	}
}

// Every code point, alone between Latin letters: no control and no format
// character is left but those with a glyph of their own.
func TestCleanEveryCodePoint(t *testing.T) {
	glyphs := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		got := Clean("a" + string(r) + "b")
		if !utf8.ValidString(got) {
			t.Fatalf("%U: invalid UTF-8 %+q", r, got)
		}
		for _, left := range got {
			if !unicode.In(left, unicode.Cc, unicode.Cf) || left == '\n' || left == '\t' {
				continue
			}
			if !strings.ContainsRune("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd", left) {
				t.Errorf("%U leaves %U", r, left)
			}
			glyphs++
		}
		if unicode.IsGraphic(r) && !unicode.In(r, unicode.Mn) && !invisible(r) && got != "a"+string(r)+"b" {
			t.Errorf("%U is graphic, but gives %+q", r, got)
		}
	}
	if glyphs != 13 {
		t.Errorf("%d format characters with a glyph are left, want 13", glyphs)
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\u202e\u200d❤\ufe0f\xff\r\n")
	f.Add("می\u200cگوید")
	f.Fuzz(func(t *testing.T, text string) {
		got := Clean(text)
		if !utf8.ValidString(got) {
			t.Fatalf("invalid UTF-8 %+q", got)
		}
		if again := Clean(got); again != got {
			t.Fatalf("not idempotent: %+q, %+q", got, again)
		}
		if strings.ContainsAny(got, "\r\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060") {
			t.Fatalf("left in %+q", got)
		}
	})
}
