package bot

import (
	"regexp"
	"strings"

	"crisisbot/retrieval/article"
)

var (
	// mention is what a client shows as somebody's name, a channel, an emoji or a time.
	mention    = regexp.MustCompile(`<(?:@[!&]?|#|a?:\w{1,64}:)[0-9]{1,20}>|<t:-?[0-9]+(?::[a-zA-Z])?>|<id:\w+>`)
	slashNamed = regexp.MustCompile(`<(/[^:<>]{1,100}):[0-9]{1,20}>`)
	lineMark   = regexp.MustCompile(`(?m)^[ \t]*(?:>>>|>|-#|#{1,3}|[-*])[ \t]+`)
	pageMark   = regexp.MustCompile("\\|\\||~~|`+")
	web        = regexp.MustCompile(`<?\bhttps?://[^\s<>]+>?`)
	escaped    = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
)

// spoken returns the words of a message without what a client makes of them: names
// and emoji, links and marks of Markdown. Its lines stay lines.
func spoken(content string) string {
	content = slashNamed.ReplaceAllString(mention.ReplaceAllString(content, " "), "$1")
	content = pageMark.ReplaceAllString(lineMark.ReplaceAllString(content, ""), "")
	var lines []string
	for l := range strings.Lines(content) {
		l = article.Plain(escaped.ReplaceAllString(l, "$1"))
		if l = oneLine(web.ReplaceAllString(l, " ")); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}
