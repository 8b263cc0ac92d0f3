package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 20, ""},
		{"  one \n two\tthree ", 20, "one two three"},
		{"aaaaaaaaaa bbbbbbbbb cc", 20, "aaaaaaaaaa bbbbbbbbb|cc"},
		{"https://example.org/a/long/address x", 20, "https://example.org/a/long/address|x"},
		{"Київ відповів на пропозицію", 20, "Київ відповів на|пропозицію"},
		{"漢字漢字漢 字漢字漢字 x", 20, "漢字漢字漢|字漢字漢字 x"},
		{"\x1b[36m[1]\x1b[0m bbbbbbbbbb ccccc d", 20, "\x1b[36m[1]\x1b[0m bbbbbbbbbb ccccc|d"},
		{"no room at all", 1, "no room at all"},
	} {
		if got := strings.Join(wrap(tt.text, tt.width), "|"); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}

// No text can steer the terminal or turn its direction; letters stay as they are.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[2Jb\x07\x08 \u009b31mc": "a[2Jb 31mc",
		"\u202egnp.exe\u2066 x\ufeff":  "gnp.exe x",
		"two\u00a0\u2003words\r\n":     "two words",
		"caf\xe9":                      "caf\ufffd",
		"می\u200cخواهم क्\u200dष Ґ":    "می\u200cخواهم क्\u200dष Ґ",
		"": "",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPage(t *testing.T) {
	var out bytes.Buffer
	write := func(pg *page) {
		pg.para("  ", pg.numbers("said so [12]"))
		pg.quote(3, "one two three four five six")
		pg.line(pg.mark("here"))
	}
	pg := &page{w: &out, width: 30}
	if err := pg.print(write); err != nil {
		t.Fatal(err)
	}
	if want := "  said so [12]\n  [3] │ one two three four\n      │ five six\n>>>here<<<\n"; out.String() != want {
		t.Errorf("plain: %q, want %q", out.String(), want)
	}
	out.Reset()
	pg.colour = true
	if err := pg.print(write); err != nil {
		t.Fatal(err)
	}
	if want := "  said so \x1b[36m[12]\x1b[0m\n  \x1b[36m[3]\x1b[0m \x1b[2m│ \x1b[0mone two three four\n      \x1b[2m│ \x1b[0mfive six\n\x1b[1;33mhere\x1b[0m\n"; out.String() != want {
		t.Errorf("coloured: %q, want %q", out.String(), want)
	}
}
