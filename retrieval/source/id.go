package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"crisisbot/retrieval/article"

	"github.com/gosimple/unidecode"
	"golang.org/x/net/publicsuffix"
)

// IDs gives articles their ids. The rule:
//
//   - an id that the source states (JSONL) is kept;
//   - an article that was seen before, by its canonical URL or else by its file
//     name and title, keeps the id it got then, even when its text has changed;
//   - any other gets publisher, date and the first three telling words of its
//     title, as in "moscow-times-2021-12-02-ukraine-crisis-builds"; where that
//     is another article's, eight hexadecimal digits of a hash follow.
//
// Add every archived article at the start, so that the rule holds across runs.
// IDs is safe for concurrent use.
type IDs struct {
	mu    sync.Mutex
	byKey map[string]string // identity -> id; "" where several articles share the identity
	taken map[string]bool
}

// NewIDs returns an IDs that has seen nothing.
func NewIDs() *IDs {
	return &IDs{byKey: map[string]string{}, taken: map[string]bool{}}
}

// Add remembers an article that has its id.
func (ids *IDs) Add(a article.Article) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.add(a)
}

func (ids *IDs) add(a article.Article) {
	ids.taken[a.ID] = true
	key := identity(a)
	if was, ok := ids.byKey[key]; ok && was != a.ID {
		ids.byKey[key] = ""
		return
	}
	ids.byKey[key] = a.ID
}

// Assign returns the id of an article, and remembers it. An ID that a already
// has is kept.
func (ids *IDs) Assign(a article.Article) string {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if a.ID == "" {
		key := identity(a)
		known, seen := ids.byKey[key]
		switch {
		case known != "":
			a.ID = known
		case seen:
			a.ID = readableID(a, key, 4)
		default:
			a.ID = readableID(a, key, 0)
			for n := 4; ids.taken[a.ID] && n <= sha256.Size; n += 4 {
				a.ID = readableID(a, key, n)
			}
		}
	}
	ids.add(a)
	return a.ID
}

// at returns the id of the one article with this address, "" if there is none.
func (ids *IDs) at(address string) string {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	return ids.byKey["url "+urlKey(address)]
}

// identity is what makes an article the same article when it comes again.
func identity(a article.Article) string {
	if key := urlKey(a.URL); key != "" {
		return "url " + key
	}
	if a.File != "" && a.Title != "" {
		return "file " + a.File + " " + strings.Join(strings.Fields(strings.ToLower(a.Title)), " ")
	}
	sum := sha256.Sum256([]byte(a.Text))
	return "text " + hex.EncodeToString(sum[:])
}

// urlKey returns what two addresses of one page have in common: the host
// without "www.", the path without a final slash, and the query in order,
// without parameters that only track the reader. It is "" for no web address.
func urlKey(raw string) string {
	u, err := url.Parse(withoutTracking(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	key := host + strings.TrimRight(u.EscapedPath(), "/")
	if q := u.Query().Encode(); q != "" {
		key += "?" + q
	}
	return key
}

// withoutTracking removes the parameters of an address that only track the
// reader, and the fragment.
func withoutTracking(address string) string {
	address, _, _ = strings.Cut(address, "#")
	path, query, found := strings.Cut(address, "?")
	if !found {
		return address
	}
	var kept []string
	for parameter := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(parameter, "="); parameter != "" && !tracking(name) {
			kept = append(kept, parameter)
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + strings.Join(kept, "&")
}

func tracking(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "ref_src", "cmpid", "at_medium", "at_campaign", "smid":
		return true
	}
	return strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "at_custom")
}

// readableID joins publisher, date and title; hashed bytes of the key follow
// if there are any, or if nothing else is left to name the article by.
func readableID(a article.Article, key string, hashed int) string {
	parts := make([]string, 0, 4)
	for _, part := range []string{
		words(outlet(a.Publisher), 4), a.Published, words(a.Title, 3),
	} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if hashed == 0 && words(a.Title, 3) == "" {
		hashed = 4
	}
	if hashed > 0 {
		sum := sha256.Sum256([]byte(key))
		parts = append(parts, hex.EncodeToString(sum[:hashed]))
	}
	return strings.Join(parts, "-")
}

// outlet returns a publisher's name; of a host name only the registered part,
// so that "news.example.co.uk" is "example".
func outlet(publisher string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(publisher)); err == nil && !strings.Contains(publisher, " ") {
		name, _, _ := strings.Cut(domain, ".")
		return name
	}
	return publisher
}

// words returns the first n telling words of a name or title in lower-case
// ASCII letters and digits, joined by hyphens; at most 40 bytes.
func words(s string, n int) string {
	if len(s) > 1000 {
		s = strings.ToValidUTF8(s[:1000], "")
	}
	var kept []string
	length := 0
	ascii := strings.ToLower(unidecode.Unidecode(soundless.Replace(s)))
	for word := range strings.FieldsFuncSeq(ascii, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if smallWords[word] {
			continue
		}
		word = word[:min(len(word), 20)]
		if length += len(word) + 1; len(kept) == n || length > 40 {
			break
		}
		kept = append(kept, word)
	}
	return strings.Join(kept, "-")
}

// soundless letters would be written as apostrophes, and apostrophes part a word.
var soundless = strings.NewReplacer("ь", "", "Ь", "", "ъ", "", "Ъ", "", "’", "", "'", "")

var smallWords = map[string]bool{
	"a": true, "an": true, "the": true, "of": true, "to": true, "in": true, "on": true, "at": true, "as": true,
	"by": true, "for": true, "and": true, "or": true, "with": true, "from": true, "is": true, "are": true, "s": true,
}

// checkID says why an id that a source states cannot be kept.
func checkID(id string) error {
	if len(id) > 200 {
		return fmt.Errorf("id is %d bytes long; at most 200 are allowed", len(id))
	}
	if Clean(id) != id || strings.ContainsAny(id, "\n\t") {
		return fmt.Errorf("id %q holds control or invisible characters", id)
	}
	return nil
}

// shorten replaces a long name by a hash of it.
func shorten(name string) string {
	if len(name) <= 200 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}
