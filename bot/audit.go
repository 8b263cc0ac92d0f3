package bot

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of Discord, in UTF-16 units where it says characters.
const (
	maxContent  = 2000
	maxMessages = 3 // of one answer: our own bound
)

var (
	ownLink    = regexp.MustCompile(`^<https?://[^<>\s\\` + "`" + `|()\[\]@]+>`)
	ownMention = regexp.MustCompile(`^<#[0-9]{1,20}>`)
)

// audit reads finished Markdown as a client does and reports the first thing in it
// that may ping, link elsewhere, hide or upset the layout. links are the addresses
// and the code that may stand in it. It knows nothing of how the text was made.
func audit(content string, links map[string]bool) error {
	if content == "" || width(content) > maxContent {
		return fmt.Errorf("%d units", width(content))
	}
	if !utf8.ValidString(content) {
		return fmt.Errorf("not UTF-8")
	}
	for i := 0; i < len(content); {
		rest := content[i:]
		r, n := utf8.DecodeRuneInString(rest)
		switch {
		case r == '\\' && len(rest) > 1:
			_, m := utf8.DecodeRuneInString(rest[1:])
			n += m
			if strings.HasPrefix(rest[1:], "<@") || strings.HasPrefix(rest[1:], "<#") {
				return fmt.Errorf("a mention behind a backslash")
			}
		case r == '<':
			own := ownLink.FindString(rest)
			if own != "" && links[own[1:len(own)-1]] {
				n = len(own)
			} else if own = ownMention.FindString(rest); own != "" {
				n = len(own)
			} else {
				return fmt.Errorf("an angle bracket that is not ours")
			}
		case r == '`' && codeAt(rest) != "" && links[codeAt(rest)]:
			n = len(codeAt(rest))
		case r == '`', strings.HasPrefix(rest, "||"), strings.HasPrefix(rest, "~~"):
			return fmt.Errorf("code, spoiler or strike-through")
		case strings.HasPrefix(rest, "](") && !strings.HasPrefix(rest, "](<"):
			return fmt.Errorf("a masked link")
		case strings.HasPrefix(rest, "://"):
			return fmt.Errorf("an address outside of brackets")
		case strings.HasPrefix(rest, "@everyone"), strings.HasPrefix(rest, "@here"):
			return fmt.Errorf("a mention of all")
		case r != '\n' && r != '\u200b' && r != '\u200c' && r != '\u200d' && (hidden(r) || unicode.Is(unicode.Cc, r)):
			return fmt.Errorf("hidden character %U", r)
		}
		i += n
	}
	for l := range strings.SplitSeq(content, "\n") {
		if strings.HasPrefix(l, "# ") || strings.HasPrefix(l, "## ") || strings.HasPrefix(l, ">>>") {
			return fmt.Errorf("a heading or open quote")
		}
	}
	return nil
}

// codeAt returns the code that a text begins with, "" if there is none.
func codeAt(text string) string {
	if end := strings.IndexByte(text[1:], '`'); end > 0 {
		return text[:end+2]
	}
	return ""
}

// linksOf returns the addresses and the code of a doc as they stand in its Markdown.
func linksOf(docs ...doc) map[string]bool {
	links := map[string]bool{}
	for _, d := range docs {
		for _, l := range d {
			for _, s := range l.spans {
				if address, ok := safeLink(s.link); ok && s.link != "" {
					links[address] = true
				}
				if s.style == code {
					links[s.inCode()] = true
				}
			}
		}
	}
	return links
}
