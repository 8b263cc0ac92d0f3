package bot

import (
	"net/url"
	"regexp"
	"strings"

	"crisisbot/retrieval/article"
)

var snowflake = regexp.MustCompile(`^[0-9]{1,20}$`)

// maxLink is the longest address shown, in bytes; text fragments are left off
// before an address grows beyond it.
const maxLink = 600

// safeLink returns an address in the form in which it can stand between angle
// brackets, and whether it may be shown at all: absolute, http or https, with a
// host, without a user.
func safeLink(address string) (string, bool) {
	if len(address) > maxLink || clean(address) != address {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", false
	}
	fragment := u.EscapedFragment()
	u.Fragment, u.RawFragment = "", ""
	out := u.String()
	if fragment != "" {
		out += "#" + fragment
	}
	var b strings.Builder
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case c <= ' ', c >= 0x7f, strings.IndexByte("<>()[]\\`|\"^{}@", c) >= 0:
			b.WriteString("%" + strings.ToUpper(hexByte(c)))
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), b.Len() <= maxLink
}

func hexByte(c byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[c>>4], digits[c&15]})
}

// sentenceLink returns the address of an article with a text fragment that makes a
// browser scroll to the quote and mark it (WICG, URL Fragment Text Directives). A
// long quote is named by its first and last words.
func sentenceLink(address, quote string) string {
	base, _, _ := strings.Cut(address, ":~:")
	base = strings.TrimSuffix(base, "#")
	words := strings.Fields(article.Plain(quote)) // as the page shows it
	if len(words) == 0 {
		return base
	}
	mark := "#:~:text="
	if strings.Contains(base, "#") { // a fragment of the page's own
		mark = ":~:text="
	}
	directive := fragment(words)
	if len(words) > 12 {
		directive = fragment(words[:5]) + "," + fragment(words[len(words)-5:])
	}
	if full := base + mark + directive; len(full) <= maxLink {
		return full
	}
	return base
}

func fragment(words []string) string {
	// PathEscape leaves a few signs that mean something in a text directive.
	return strings.NewReplacer("-", "%2D", ",", "%2C", "&", "%26", "+", "%2B", "=", "%3D", "$", "%24", ":", "%3A", "@", "%40", "~", "%7E", "_", "%5F").
		Replace(url.PathEscape(strings.Join(words, " ")))
}
