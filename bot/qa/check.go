package qa

import (
	"fmt"
	"slices"
	"strings"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// A Draft is a statement as a writer proposes it, before it may be shown.
type Draft struct {
	Text      string `json:"text"`
	Citations []int  `json:"citations"` // numbers of the manifest
	Quote     string `json:"quote"`     // verbatim from the first passage cited
	Speaker   string `json:"speaker"`   // "" if told by the outlet
	Stance    Stance `json:"stance"`
	Date      string `json:"date"`    // of the event
	English   string `json:"english"` // the statement in English, if Text is in another language
}

// A Fault says which rule a draft breaks.
type Fault string

const (
	FaultForm      Fault = "form"      // empty, too long, or not plain text
	FaultCitation  Fault = "citation"  // cites no passage of the manifest
	FaultQuote     Fault = "quote"     // the quote is not in the passage
	FaultQuotation Fault = "quotation" // words in quotation marks that nobody said
	FaultNumber    Fault = "number"
	FaultDate      Fault = "date"
	FaultName      Fault = "name"
	FaultSpeaker   Fault = "speaker"  // attribution lost, or to somebody else
	FaultNegation  Fault = "negation" // a "not" or a denial lost or added
	FaultContent   Fault = "content"  // says more than the passages do
	FaultLeak      Fault = "leak"     // repeats the instructions
	FaultLanguage  Fault = "language" // its English says something else
	FaultRepeat    Fault = "repeat"   // says the same as an earlier statement
)

// A Drop is a draft that failed its check.
type Drop struct {
	Draft Draft  `json:"draft"`
	Fault Fault  `json:"fault"`
	Why   string `json:"why"` // a clause, such as `the number 125000 is not in the cited passages`
}

// A checkedStatement is a draft that passed. Its Citations are still empty:
// number gives them once all are known.
type checkedStatement struct {
	Statement
	cited []Citation // verbatim, their Number still 0; the first bears the statement best
	from  []int      // the passages that it cites, by their numbers in the manifest
}

const (
	checkMostText      = 600 // bytes; 40 words of Latin script are about 260, of Cyrillic 520
	checkMostQuote     = 1200
	checkMostCitations = 8
)

// A checker holds drafts against the passages of one manifest. It changes
// nothing that it is given. A checker serves one answer and one goroutine.
type checker struct {
	manifest     Manifest
	sources      []*checkSource // what has been read of each passage, nil until cited
	orders       []bool         // which passages speak to a machine
	instructions map[uint64]bool
	tainted      map[string]bool // words of instructions that stand in an article or in the question
	asked        map[string]bool // words of the question, where that holds no instructions
	foreign      bool            // the answer is not in English
}

// newChecker returns a checker for an answer to question in language (a name
// such as "English"; "" is that).
func newChecker(m Manifest, question, language string) *checker {
	c := &checker{
		manifest: m, sources: make([]*checkSource, len(m)), orders: make([]bool, len(m)),
		instructions: map[uint64]bool{}, tainted: map[string]bool{}, asked: map[string]bool{},
		foreign: language != "" && language != "English",
	}
	if checkOrders(question) {
		c.taint(question)
	} else {
		for _, t := range analysis.Terms(question) {
			c.asked[t.Text] = true
		}
	}
	for i, p := range m {
		if checkOrders(p.Article.Title) {
			c.taint(p.Article.Title)
		}
		if c.orders[i] = checkOrdersIn(p); c.orders[i] {
			c.taint(p.Text())
		}
	}
	return c
}

// keepSecret adds rules of a prompt, which no statement may repeat.
func (c *checker) keepSecret(rules string) {
	checkEachRun(rules, func(h uint64) bool { c.instructions[h] = true; return false })
}

// taint notes the words of a text that has instructions in it.
func (c *checker) taint(text string) {
	for _, u := range newCheckLine(text, "").units {
		c.tainted[u.text] = true
	}
	for w := range strings.FieldsFuncSeq(text, checkNoWord) { // of an address, its parts
		c.tainted[analysis.Word(w)] = true
	}
}

// check returns the draft with located citations, or why it must not be shown.
// It never returns both.
func (c *checker) check(d Draft) (checkedStatement, *Drop) {
	drop := func(f Fault, format string, args ...any) (checkedStatement, *Drop) {
		return checkedStatement{}, &Drop{Draft: d, Fault: f, Why: fmt.Sprintf(format, args...)}
	}
	text := strings.TrimSpace(d.Text)
	if why := checkPlain(text); why != "" {
		return drop(FaultForm, "%s", why)
	}
	if len(d.English) > checkMostText || len(d.Quote) > checkMostQuote {
		return drop(FaultForm, "the statement is too long")
	}
	if d.Speaker != "" && checkPlain(d.Speaker) != "" {
		d.Speaker = "" // the statement must say who speaks anyway
	}
	if len(d.Citations) == 0 {
		if kept, ok := c.byQuote(d); ok {
			return kept, nil
		}
		if kept, ok := c.byWords(d); ok {
			return kept, nil
		}
		return drop(FaultCitation, "it cites no passage")
	}
	if len(d.Citations) > checkMostCitations {
		return drop(FaultCitation, "it cites more than %d passages", checkMostCitations)
	}
	var cited []*checkSource
	for i, n := range d.Citations {
		s := c.source(n)
		if s == nil {
			return drop(FaultCitation, "there is no passage %d", n)
		}
		if !slices.Contains(d.Citations[:i], n) {
			cited = append(cited, s)
		}
	}
	english := text
	if e := strings.TrimSpace(d.English); c.foreign && e != "" && e != text {
		english = e
		if why := checkPlain(english); why != "" {
			return drop(FaultForm, "%s", why)
		}
		if why := checkTranslation(text, english); why != "" {
			return drop(FaultLanguage, "%s", why)
		}
		for _, q := range checkQuotations(text) {
			if words := text[q.Start:q.End]; !slices.ContainsFunc(cited, func(s *checkSource) bool { _, ok := s.locate(words); return ok }) {
				return drop(FaultQuotation, "the words %q are not, letter by letter, in the cited passages", words)
			}
		}
	}
	if checkLeaks(text, c.instructions) || checkLeaks(english, c.instructions) {
		return drop(FaultLeak, "it repeats the instructions")
	}

	quoted, at := (*checkSource)(nil), article.Span{}
	if q := strings.TrimSpace(d.Quote); q != "" {
		for _, s := range cited {
			if span, ok := s.locate(q); ok {
				quoted, at = s, span
				break
			}
		}
		if quoted == nil {
			if kept, ok := c.byQuote(d); ok {
				return kept, nil
			}
			return drop(FaultQuote, "the quote is not, letter by letter, in the passage cited%s", c.elsewhere(q))
		}
		if checkOrders(quoted.passage.Article.Text[at.Start:at.End]) {
			return drop(FaultContent, "the quote is addressed to a machine, not to readers")
		}
	}

	e := newCheckEvidence(english, cited)
	if c.foreign {
		if w := e.strangeLetters(text); w != "" {
			return drop(FaultLanguage, "the word %q is neither in the English of the statement nor in the cited passages", w)
		}
	}
	for _, u := range e.any().units {
		if c.tainted[u.text] && !e.has(func(v checkUnit) bool { return v.text == u.text }) {
			return drop(FaultContent, "the word %q comes from an instruction and not from the news", u.shown)
		}
	}
	for _, rule := range []func() (Fault, string){
		e.numbers, e.quotations, e.names, e.dates, e.content, e.order,
		func() (Fault, string) { return e.speakers(d) }, e.polarity,
		func() (Fault, string) { return e.strange(c.asked, quoted, at) },
	} {
		if fault, why := rule(); fault != "" {
			return drop(fault, "%s", why)
		}
	}
	out := checkedStatement{Statement: Statement{Text: text, Date: e.eventDate(d.Date)}}
	out.Speaker, out.Stance = e.attribution(d)
	out.cited, out.from = e.citations(quoted, at), d.Citations
	return out, nil
}

// byQuote is check of a draft that cites the wrong passage, or none, but quotes
// another word for word: it then is a statement on that one alone.
func (c *checker) byQuote(d Draft) (checkedStatement, bool) {
	if len(strings.Fields(d.Quote)) < checkOwnWords {
		return checkedStatement{}, false
	}
	for n := range c.manifest {
		if _, ok := c.source(n + 1).locate(d.Quote); ok && !slices.Contains(d.Citations, n+1) {
			d.Citations = []int{n + 1}
			kept, drop := c.check(d)
			return kept, drop == nil
		}
	}
	return checkedStatement{}, false
}

// byWords is check of a draft that cites nothing: it then is a statement on the
// passage that has most of its words.
func (c *checker) byWords(d Draft) (checkedStatement, bool) {
	best, most := 0, 0
	l := newCheckLine(d.Text, "")
	for n := range c.manifest {
		for _, line := range c.source(n + 1).lines {
			if common, _ := l.overlap(line); common > most {
				best, most = n+1, common
			}
		}
	}
	if best == 0 {
		return checkedStatement{}, false
	}
	d.Citations = []int{best}
	kept, drop := c.check(d)
	return kept, drop == nil
}

// elsewhere names the passage that does hold the quote, for the repair.
func (c *checker) elsewhere(quote string) string {
	for n := range c.manifest {
		if _, ok := c.source(n + 1).locate(quote); ok {
			return fmt.Sprintf("; it is in passage %d", n+1)
		}
	}
	return ""
}

// source reads passage n, nil if there is none.
func (c *checker) source(n int) *checkSource {
	p := c.manifest.Passage(n)
	if p == nil {
		return nil
	}
	if c.sources[n-1] == nil {
		c.sources[n-1] = newCheckSource(p, !c.orders[n-1])
	}
	return c.sources[n-1]
}

// checkNumber gives every citation its number, in the order in which statements
// first use it, and the statements those numbers. The same bytes of the same
// article are one citation.
func checkNumber(kept []checkedStatement) ([]Statement, []Citation) {
	type place struct {
		article    string
		start, end int
	}
	statements, citations := make([]Statement, 0, len(kept)), []Citation{}
	numbers := map[place]int{}
	for _, k := range kept {
		s := k.Statement
		s.Citations = make([]int, 0, len(k.cited))
		for _, cite := range k.cited {
			at := place{cite.ArticleID, cite.Start, cite.End}
			n := numbers[at]
			if n == 0 {
				n = len(citations) + 1
				numbers[at] = n
				cite.Number = n
				citations = append(citations, cite)
			}
			if !slices.Contains(s.Citations, n) {
				s.Citations = append(s.Citations, n)
			}
		}
		statements = append(statements, s)
	}
	return statements, citations
}
