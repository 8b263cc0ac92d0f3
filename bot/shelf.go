package bot

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"crisisbot/retrieval/article"
)

// A shelf is a copy of the list of articles, kept for seconds: listing and sorting
// thousands of them for each keystroke of an autocompletion would be too slow.
type shelf struct {
	library Library
	mu      sync.Mutex
	at      time.Time
	content *shelfContent
}

type shelfContent struct {
	articles   []*article.Article // newest first
	folded     []string           // title, publisher and id of each, for finding
	publishers []string
	catalogue  catalogue
}

const shelfLife = 5 * time.Second

func (s *shelf) get() *shelfContent {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.content == nil || time.Since(s.at) > shelfLife {
		s.content, s.at = readShelf(s.library), time.Now()
	}
	return s.content
}

// changed makes the next get read the library again.
func (s *shelf) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.content = nil
}

func readShelf(l Library) *shelfContent {
	c := &shelfContent{publishers: l.Publishers(), catalogue: catalogue{quality: map[string]string{}}}
	for _, a := range slices.Backward(l.Articles()) {
		c.articles = append(c.articles, a)
		c.folded = append(c.folded, fold(a.Title+" "+a.Publisher+" "+a.ID))
		if a.Quality != "" {
			c.catalogue.quality[a.ID] = a.Quality
		}
		if a.Published == "" {
			continue
		}
		if c.catalogue.since == "" || a.Published < c.catalogue.since {
			c.catalogue.since = a.Published
		}
		c.catalogue.until = max(c.catalogue.until, a.Published)
	}
	return c
}

// find returns the articles that have every word of search in their title,
// publisher or id, newest first.
func (c *shelfContent) find(search string) []*article.Article {
	words := strings.Fields(fold(search))
	var out []*article.Article
	for i, a := range c.articles {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(c.folded[i], w) }) {
			out = append(out, a)
		}
	}
	return out
}

// fold drops case and accents, so that "Kyiv" finds "KÝIV".
func fold(s string) string {
	folded, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		folded = s
	}
	return strings.ToLower(folded)
}
