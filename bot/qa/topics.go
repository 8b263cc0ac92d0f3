package qa

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// Topics knows what the articles of a library speak of: the names in them, and words
// that often stand together, by the number of articles that do. It is safe for
// concurrent use and follows the library: what is new is read when somebody asks.
type Topics struct {
	lib *retrieval.Library

	mu       sync.Mutex
	revision uint64
	reading  chan struct{} // closed when the reading under way has ended; nil without one
	list     []topic       // most articles first

	seen   map[*article.Article]bool // these are changed by the reading alone
	counts map[string]*topicCount
}

type topic struct {
	text     string // as printed most often
	folded   string
	terms    []string
	articles int
}

type topicCount struct {
	articles, times int
	phrase          bool // words that stand together, not a name
	forms           map[string]int
}

// NewTopics returns the topics of a library.
func NewTopics(lib *retrieval.Library) *Topics { return &Topics{lib: lib} }

const (
	// topicWait is how long Find waits for articles that are new; after that, what was
	// known before is searched.
	topicWait = 500 * time.Millisecond
	maxTopics = 5000
	// maxTopicCounts bounds the memory to some 50 MB: beyond, what one article alone
	// has is forgotten.
	maxTopicCounts = 150_000
	maxTopicWords  = 4
)

// Find returns at most n topics that begin with what was typed, or have words that
// do, or are spelled nearly so, in this order and then by the number of articles that
// speak of them. Nothing typed finds the topics of most articles.
func (t *Topics) Find(ctx context.Context, typed string, n int) []string {
	list := t.current(ctx)
	typed = strings.TrimSpace(analysis.Fold(typed))
	words := strings.Fields(typed)
	type match struct {
		*topic
		class int
	}
	var found []match
	for i := range list {
		if class, ok := list[i].match(typed, words); ok {
			found = append(found, match{&list[i], class})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Compare(a.class, b.class) })
	var out []string
	for _, m := range found {
		if len(out) == n || m.class == slip && found[0].class != slip { // a slip is looked for where nothing else is meant
			break
		}
		out = append(out, m.text)
	}
	return out
}

// match tells how well a topic meets what was typed; 0 is best.
func (t *topic) match(typed string, words []string) (class int, ok bool) {
	switch {
	case strings.HasPrefix(t.folded, typed):
		return 0, true
	case t.each(words, strings.HasPrefix):
		return 1, true
	case strings.Contains(t.folded, typed):
		return 2, true
	}
	for _, w := range words {
		if !slices.Contains(t.terms, analysis.Word(w)) && !t.each([]string{w}, nearlyBegins) {
			return 0, false
		}
	}
	return slip, true
}

// slip is the class of what only matches if something else was meant.
const slip = 3

// each reports whether every word of words meets one of the topic's.
func (t *topic) each(words []string, meets func(have, word string) bool) bool {
	have := strings.Fields(t.folded)
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(have, func(h string) bool { return meets(h, w) })
	})
}

// nearlyBegins reports whether a word begins with another but for a slip or two.
func nearlyBegins(have, word string) bool {
	most := 0
	switch n := len(word); {
	case n >= 8:
		most = 2
	case n >= 4:
		most = 1
	}
	for n := len(word) - most; n <= len(word)+most; n++ {
		if n > 0 && n <= len(have) && analysis.Distance(have[:n], word, most) <= most {
			return true
		}
	}
	return false
}

// current returns the topics of now, or after topicWait those of before.
func (t *Topics) current(ctx context.Context) []topic {
	t.mu.Lock()
	if t.reading == nil && (t.list == nil || t.revision != t.lib.Revision()) {
		t.reading = make(chan struct{})
		go t.read(t.reading)
	}
	list, reading := t.list, t.reading
	t.mu.Unlock()
	if reading == nil {
		return list
	}
	timer := time.NewTimer(topicWait)
	defer timer.Stop()
	select {
	case <-reading:
	case <-timer.C:
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list
}

// read counts the articles that were not read yet and makes the list anew.
func (t *Topics) read(done chan struct{}) {
	revision, list := t.lib.Revision(), []topic{}
	defer func() {
		_ = recover() // an article that can't be read leaves the topics as they were
		t.mu.Lock()
		defer t.mu.Unlock()
		if len(list) > 0 || t.list == nil {
			t.list = list
		}
		t.revision, t.reading = revision, nil
		close(done)
	}()
	all := t.lib.Articles()
	now := make(map[*article.Article]bool, len(all))
	for _, a := range all {
		now[a] = true
	}
	for a := range t.seen {
		if !now[a] { // removed or changed: what it had can't be taken back
			t.seen = nil
			break
		}
	}
	if t.seen == nil {
		t.seen, t.counts = map[*article.Article]bool{}, map[string]*topicCount{}
	}
	for _, a := range all {
		if !t.seen[a] {
			t.seen[a] = true
			t.count(a)
		}
	}
	list = t.ranked()
}

// count counts the names and phrases of an article, each once; a copy of another
// report counts for nothing.
func (t *Topics) count(a *article.Article) {
	if originID(a) != a.ID {
		return
	}
	once := map[string]bool{}
	tell := func(text string, terms []analysis.Term, phrase bool) {
		key := topicKey(terms)
		c := t.counts[key]
		if c == nil {
			c = &topicCount{forms: map[string]int{}}
			t.counts[key] = c
		}
		c.times++
		c.phrase = phrase
		if form := article.Plain(text[terms[0].Start:terms[len(terms)-1].End]); c.forms[form] > 0 || len(c.forms) < 8 {
			c.forms[form]++
		}
		if !once[key] {
			once[key] = true
			c.articles++
		}
	}
	var terms []analysis.Term
	for _, p := range t.lib.Passages(a.ID) {
		if p.Kind == article.Title || p.Kind == article.Heading {
			continue // every word may have a capital there
		}
		for _, s := range p.Sentences {
			text := s.In(a.Text)
			terms = analysis.Append(terms[:0], text)
			t.names(text, terms, tell)
			t.phrases(text, terms, tell)
		}
	}
	if len(t.counts) > maxTopicCounts {
		for key, c := range t.counts {
			if c.articles == 1 {
				delete(t.counts, key)
			}
		}
	}
}

func topicKey(terms []analysis.Term) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

// titles, stemmed, stand before a name and are no part of it.
var titles = wordSet(`presid minist secretari state chancellor ambassador spokesman spokeswoman spokesperson general colonel senat
governor king queen pope doctor dr mr mrs ms sir chief leader premier director`)

// names tells of runs of capitalised words, without the titles before them, and of
// their last word.
func (t *Topics) names(text string, terms []analysis.Term, tell func(string, []analysis.Term, bool)) {
	named := func(i int) bool {
		w := terms[i]
		return w.Capital && !w.Stop && !w.Number && !timeWords[w.Text] && w.End-w.Start > 1 && (i > 0 || t.lib.IsName(w.Text))
	}
	for i := 0; i < len(terms); i++ {
		if !named(i) {
			continue
		}
		last := i
		for last+1 < len(terms) && named(last+1) && adjoining(text, terms, last) {
			last++
		}
		from := max(i, last+1-maxTopicWords)
		for k := from; k <= last; k++ {
			if titles[terms[k].Text] {
				from = k + 1
			}
		}
		opens := i == 0 && last == 0 // any word may: as a name it counts elsewhere
		i = last
		if from > last || opens {
			continue
		}
		tell(text, terms[from:last+1], false)
		if from < last {
			tell(text, terms[last:last+1], false)
		}
	}
}

// phrases tells of two content words that stand together, the second a noun as far
// as its form tells.
func (t *Topics) phrases(text string, terms []analysis.Term, tell func(string, []analysis.Term, bool)) {
	content := func(w analysis.Term) bool {
		return !w.Stop && !w.Number && !timeWords[w.Text] && w.End-w.Start >= 4
	}
	for i := 0; i+1 < len(terms); i++ {
		a, b := terms[i], terms[i+1]
		if !content(a) || !content(b) || b.Capital || a.Capital && i == 0 && !t.lib.IsName(a.Text) || text[a.End:b.Start] != " " {
			continue
		}
		if second := text[b.Start:b.End]; verbal(second) || verbal(text[a.Start:a.End]) && !a.Capital {
			continue
		}
		tell(text, terms[i:i+2], true)
	}
}

// verbal reports whether a word has the form of a verb or an adverb.
func verbal(word string) bool {
	for _, end := range []string{"ed", "ing", "ly", "said", "says", "told", "have", "been", "were", "will", "would", "could", "also", "only", "even", "just", "made", "make", "took", "take"} {
		if strings.HasSuffix(word, end) {
			return true
		}
	}
	return false
}

// ranked lists what is worth to be named: a surname only where no whole name stands
// for it, words that stand together only where two articles have them.
func (t *Topics) ranked() []topic {
	drop := map[string]bool{}
	for key, c := range t.counts {
		if c.phrase {
			drop[key] = c.articles < 2 || c.times < 3
			continue
		}
		if i := strings.LastIndexByte(key, ' '); i >= 0 {
			if end := t.counts[key[i+1:]]; end != nil && 2*c.articles >= end.articles {
				drop[key[i+1:]] = true
			}
		}
	}
	list := make([]topic, 0, min(len(t.counts), maxTopics))
	for key, c := range t.counts {
		if drop[key] {
			continue
		}
		best := ""
		for form, n := range c.forms {
			if b := c.forms[best]; best == "" || n > b || n == b && form < best {
				best = form
			}
		}
		if len(best) > 2 && len(best) <= 90 {
			list = append(list, topic{best, analysis.Fold(best), strings.Fields(key), c.articles})
		}
	}
	slices.SortFunc(list, func(a, b topic) int {
		return cmp.Or(cmp.Compare(b.articles, a.articles), cmp.Compare(len(b.terms), len(a.terms)), cmp.Compare(a.text, b.text))
	})
	return slices.Clip(list[:min(len(list), maxTopics)])
}
