package bot

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/bot/qa"
	"crisisbot/retrieval/article"
)

// A catalogue is what rendering must know of the articles behind an answer.
type catalogue struct {
	since, until string            // first and last day of publication, ISO
	quality      map[string]string // of articles that are not clean text, by id
}

// A fit is how much of each source is shown: units of a quote, with the address of
// the sentence, of the article or none, and whether the title is told.
type fit struct {
	quote int
	link  linking
	title bool
}

type linking uint8

const (
	toSentence linking = iota
	toArticle
	unlinked
)

// fits are tried in order until the sources fit; the whole quote and the link are
// a press away.
var fits = []fit{
	{400, toSentence, true}, {240, toSentence, true}, {160, toSentence, true}, {160, toSentence, false}, {110, toSentence, false},
	{160, toArticle, false}, {110, toArticle, false}, {70, toArticle, false}, {70, unlinked, false}, {30, unlinked, false}, {0, unlinked, false},
}

// generous is how much of each quote is shown at least for the sake of fewer
// messages.
const generous = 110

// tolerable is how much of each quote must be shown at least for the sake of sources
// that stay on one message.
const tolerable = 70

// answerMessage renders an answer as a reader wants it: what it says, the sides of
// a disagreement, each source once with its quotes, and how far the articles reach.
// It has no buttons yet.
func answerMessage(t *texts, a qa.Answer, articles catalogue) message {
	return withSources(t, message{body: answerBody(t, a)}, a, articles)
}

// withSources gives a message the fullest tail with which it takes the fewest
// messages. Where quotes would be cut to a few words for the sources to stay on one
// message, they take what the body leaves of all messages.
func withSources(t *texts, m message, a qa.Answer, articles catalogue) message {
	told := func(f fit) message {
		return message{body: m.body, tail: answerTail(t, a, articles, f)}
	}
	for n := 1; n <= maxMessages; n++ {
		takes := func(f fit) bool {
			m := told(f)
			return m.fits() && len(pack(m.body, m.tail, maxContent, maxMessages)) == n
		}
		if f, ok := fullest(takes); ok && f.quote >= generous {
			return told(f)
		}
	}
	whole, _ := fullest(func(f fit) bool { return told(f).fits() })
	if whole.quote >= tolerable {
		return told(whole)
	}
	spread := func(f fit) message {
		return message{body: slices.Concat(m.body, doc{text("")}, answerTail(t, a, articles, f))}
	}
	takes := func(f fit) bool {
		shared := append(doc{text(strings.Repeat("x", spare))}, spread(f).body...)
		return len(pack(shared, nil, maxContent, maxMessages+1)) <= maxMessages
	}
	if f, ok := fullest(takes); ok && f.quote > whole.quote {
		return spread(f)
	}
	return told(whole)
}

// fullest returns the first of fits that can be taken, with quotes as long as they then
// can be; the last one where none can.
func fullest(takes func(fit) bool) (fit, bool) {
	i := slices.IndexFunc(fits, takes)
	if i < 0 {
		return fits[len(fits)-1], false
	}
	f := fits[i]
	if f.quote == 0 {
		return f, true
	}
	f.quote += sort.Search(fits[0].quote-f.quote, func(more int) bool {
		longer := f
		longer.quote += more + 1
		return !takes(longer)
	})
	return f, true
}

// fits reports whether the tail is whole within one message.
func (m message) fits() bool { return len(fill(m.tail.logicalLines(), maxContent, 2)) <= 1 }

func answerBody(t *texts, a qa.Answer) doc {
	var d doc
	switch {
	case strings.TrimSpace(a.Text) == "" && len(a.Statements) == 0:
		d = says(t.say("answer.empty"))
	case a.Abstained:
		d = abstention(t, a)
	case a.Mode != qa.Model && len(a.Statements) > 0:
		d = reports(t, a)
	default:
		d = says(a.Text)
	}
	for _, dis := range a.Disagreements {
		d = append(d, text(""), line{keep: true, spans: []span{{text: t.say("disagree", "about", dis.About), style: bold}}})
		for i, side := range dis.Sides {
			d = append(d, line{kind: bullet, keep: i+1 < len(dis.Sides), spans: []span{
				{text: side.Value, style: bold},
				{text: " — " + strings.Join(outlets(t, a, side.Citations), "; ")},
			}})
		}
	}
	return d
}

// abstention says that the articles don't say, and why.
func abstention(t *texts, a qa.Answer) doc {
	said := t.retell(a.Text)
	d := says(said)
	why := t.say("reason." + string(a.Reason))
	if t.code != fallback && said == a.Text && why != "reason."+string(a.Reason) {
		d = append(d, note(why)) // no phrase for it: in English the text says why itself
	}
	return d
}

// reports writes statements that are the articles' own sentences, those of one
// article after another behind its outlet and day.
func reports(t *texts, a qa.Answer) doc {
	var d doc
	last := ""
	for _, s := range a.Statements {
		said := oneLine(s.Text)
		for _, n := range s.Citations {
			said += " " + marker(n)
		}
		c, cited := citation(a, s.Citations)
		if id := c.ArticleID; len(d) > 0 && id == last {
			d[len(d)-1].spans = append(d[len(d)-1].spans, span{text: " " + said})
			continue
		}
		last = c.ArticleID
		l := line{spans: []span{{text: said}}}
		if cited {
			l.spans = append(ofOutlet(t, c), span{text: ": " + said})
		}
		d = append(d, l)
	}
	return d
}

// ofOutlet names outlet and day of a citation.
func ofOutlet(t *texts, c qa.Citation) []span {
	return []span{{text: outlet(t, c), style: bold}, {text: ", " + published(t, c.Published, c.DateInferred)}}
}

// citation returns the first of the numbers that there is.
func citation(a qa.Answer, numbers []int) (qa.Citation, bool) {
	for _, n := range numbers {
		if n >= 1 && n <= len(a.Citations) {
			return a.Citations[n-1], true
		}
	}
	return qa.Citation{}, false
}

// outlets names who stands behind citations: outlet, date and number.
func outlets(t *texts, a qa.Answer, numbers []int) []string {
	var out []string
	for _, n := range numbers {
		if c, ok := citation(a, []int{n}); ok {
			out = append(out, outlet(t, c)+", "+published(t, c.Published, c.DateInferred)+" "+marker(n))
		}
	}
	return out
}

func nonEmpty(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

func answerTail(t *texts, a qa.Answer, articles catalogue, f fit) doc {
	var d doc
	list := a.Citations
	if a.Abstained && len(list) == 0 && len(a.Nearest) > 0 {
		list = a.Nearest
		d = append(d, text(t.say("nearest")))
	}
	d = append(d, sourceList(t, list, nil, articles, f, func(n int) string { return about(a, n) })...)
	if notes := footnotes(t, a, articles); len(notes) > 0 {
		d = append(d, note(strings.Join(notes, " · ")))
	}
	return d
}

// sourceList lists each article once, and below it its quotes under their numbers; or,
// without quotes, before it the numbers. cited picks the numbers; nil is all. of tells
// what a quote is to bear; nil where none is shown.
func sourceList(t *texts, list []qa.Citation, cited map[int]bool, articles catalogue, f fit, of func(n int) string) doc {
	var order []string
	numbers := map[string][]int{}
	for i, c := range list {
		if cited != nil && !cited[i+1] {
			continue
		}
		if numbers[c.ArticleID] == nil {
			order = append(order, c.ArticleID)
		}
		numbers[c.ArticleID] = append(numbers[c.ArticleID], i+1)
	}
	var d doc
	for _, id := range order {
		head := sourceLine(t, list[numbers[id][0]-1], articles, f)
		if f.quote == 0 {
			head.spans = append([]span{{text: markers(numbers[id]) + " "}}, head.spans...)
		}
		d = append(d, head)
		for _, n := range numbers[id] {
			if f.quote > 0 {
				d = append(d, quoteLine(t, list[n-1], n, f, of(n)))
			}
		}
	}
	return d
}

// sourceLine names an article: outlet, date, title, and its address where that is
// wanted.
func sourceLine(t *texts, c qa.Citation, articles catalogue, f fit) line {
	l := line{keep: f.quote > 0, spans: ofOutlet(t, c)}
	if quality := articles.quality[c.ArticleID]; quality != "" {
		l.spans = append(l.spans, span{text: ", "}, span{text: t.quality(quality), style: italic})
	}
	title := shorten(oneLine(cmp.Or(c.Title, c.File)), 80)
	_, linked := safeLink(c.URL)
	switch {
	case linked && f.link == toArticle && f.title && title != "":
		l.spans = append(l.spans, span{text: " · "}, span{text: title, link: c.URL})
	case linked && f.link == toArticle:
		l.spans = append(l.spans, span{text: " · "}, span{text: t.say("open.article"), link: c.URL})
	case title != "" && (f.title || c.Publisher == ""): // the title helps to find it
		l.spans = append(l.spans, span{text: " · " + title})
	}
	return l
}

// about returns what citation n bears: the statements that cite it, or the question.
func about(a qa.Answer, n int) string {
	var said []string
	for _, s := range a.Statements {
		if slices.Contains(s.Citations, n) {
			said = append(said, s.Text)
		}
	}
	if len(said) == 0 {
		return a.Question
	}
	return strings.Join(said, " ")
}

// quoteLine is a quotation behind its number, with the address of the sentence.
func quoteLine(t *texts, c qa.Citation, n int, f fit, about string) line {
	l := line{kind: quoted, spans: []span{{text: marker(n) + " " + inQuotes(t, excerpt(article.Plain(c.Quote), about, f.quote))}}}
	if address := sentenceLink(c.URL, c.Quote); f.link == toSentence {
		if _, ok := safeLink(address); ok {
			l.spans = append(l.spans, span{text: " · "}, span{text: t.say("open.sentence"), link: address})
		}
	}
	return l
}

// quality returns the words for the state of a text.
func (t *texts) quality(words string) string {
	if said, ok := t.entries["quality."+words]; ok {
		return said
	}
	return shorten(oneLine(words), 60)
}

// markers writes growing numbers, three or more in a row by their ends: "[1] [3]–[7]".
func markers(numbers []int) string {
	var out []string
	for i := 0; i < len(numbers); {
		last := i
		for last+1 < len(numbers) && numbers[last+1] == numbers[last]+1 {
			last++
		}
		if last-i >= 2 {
			out = append(out, marker(numbers[i])+"–"+marker(numbers[last]))
			i = last + 1
			continue
		}
		out = append(out, marker(numbers[i]))
		i++
	}
	return strings.Join(out, " ")
}

func marker(n int) string { return "[" + strconv.Itoa(n) + "]" }

func outlet(t *texts, c qa.Citation) string {
	if c.Publisher != "" {
		return shorten(oneLine(c.Publisher), 80)
	}
	return t.say("unknown.outlet")
}

func published(t *texts, day string, inferred bool) string {
	switch {
	case day == "":
		return t.say("undated")
	case inferred:
		return t.say("date.inferred", "date", t.date(day))
	}
	return t.date(day)
}

// inQuotes sets quotation marks around a quote that doesn't begin or end with its own.
func inQuotes(t *texts, quote string) string {
	const marks = "\"'“”„«»‘’"
	first, _ := utf8.DecodeRuneInString(quote)
	last, _ := utf8.DecodeLastRuneInString(quote)
	if strings.ContainsRune(marks, first) || strings.ContainsRune(marks, last) {
		return quote
	}
	return t.say("quote", "quote", quote)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// footnotes say how well an answer is founded, how far the articles reach, and who
// wrote it where that was no model.
func footnotes(t *texts, a qa.Answer, articles catalogue) []string {
	var out []string
	if n := len(a.Citations); n > 0 {
		out = append(out, t.say("citations", "n", n)+", "+t.say("origins", "n", a.Origins))
	}
	switch until := cmp.Or(a.AsOf, articles.until); {
	case until != "" && articles.since != "":
		out = append(out, t.say("covers", "since", t.date(articles.since), "until", t.date(until)))
	case until != "":
		out = append(out, t.say("covers.until", "until", t.date(until)))
	}
	if a.Language != "" && len(a.Citations) > 0 {
		out = append(out, t.say("quotes.language"))
	}
	switch {
	case a.Note != "":
		out = append(out, strings.TrimRight(t.retell(a.Note), "."))
	case a.Mode != qa.Model && !a.Abstained:
		out = append(out, t.say("extractive"))
	}
	return out
}

// passagesPerPage keeps two passages of the usual 600 bytes, and their titles,
// within one message.
const passagesPerPage = 2

// arounds are how much of the article is shown on either side of a quote, in bytes;
// the first with which a page is one message is taken.
var arounds = []int{350, 220, 120, 50, 0}

// passagesPage renders a page, from 0, of the passages behind an answer, the quotes
// marked in their surroundings, and returns the number of pages.
func passagesPage(t *texts, l Library, a qa.Answer, page int) (doc, int) {
	list := a.Citations
	if len(list) == 0 {
		list = a.Nearest
	}
	pages := (len(list) + passagesPerPage - 1) / passagesPerPage
	if pages == 0 {
		return says(t.say("passages.none")), 0
	}
	page = min(max(page, 0), pages-1)
	first := page * passagesPerPage
	var d doc
	for _, around := range arounds {
		d = nil
		for i, c := range list[first:min(first+passagesPerPage, len(list))] {
			d = append(d, passage(t, l, c, first+i+1, around)...)
		}
		if pages > 1 {
			d = append(d, note(t.say("page", "page", page+1, "pages", pages)))
		}
		if len(fill(d.logicalLines(), maxContent, 2)) == 1 {
			break
		}
	}
	return d, pages
}

// passage shows a quote in its surroundings.
func passage(t *texts, l Library, c qa.Citation, n, around int) doc {
	head := line{keep: true, spans: append([]span{{text: marker(n) + " "}}, ofOutlet(t, c)...)}
	if address := sentenceLink(c.URL, c.Quote); address != "" {
		if _, ok := safeLink(address); ok {
			head.spans = append(head.spans, span{text: " · "}, span{text: t.say("open.sentence"), link: address})
		}
	}
	d := doc{head}
	if title := cmp.Or(c.Title, c.File); title != "" {
		d = append(d, line{keep: true, spans: []span{{text: shorten(oneLine(title), 150), style: italic}}})
	}
	return append(d, line{kind: quoted, spans: markQuote(surroundings(l, c, around), c.Quote, around)}, text(""))
}

// surroundings returns the part of the article around a quote or, where the article
// is gone or was changed, the passage that was kept with it.
func surroundings(l Library, c qa.Citation, around int) string {
	a, ok := l.Article(c.ArticleID)
	if !ok || c.Start < 0 || c.End > len(a.Text) || c.Start > c.End || a.Text[c.Start:c.End] != c.Quote {
		return c.Passage
	}
	from, to := max(0, c.Start-around), min(len(a.Text), c.End+around)
	before, after := a.Text[from:c.Start], a.Text[c.End:to]
	if from > 0 {
		_, before, _ = strings.Cut(before, " ") // a whole word
		before = "…" + before
	}
	if i := strings.LastIndexByte(after, ' '); to < len(a.Text) && i >= 0 {
		after = after[:i] + "…"
	}
	return before + c.Quote + after
}

// markQuote returns a passage with the quote in bold, on one line.
func markQuote(passage, quote string, around int) []span {
	before, after, found := strings.Cut(passage, quote)
	if !found || quote == "" {
		return []span{{text: oneLine(quote), style: bold}}
	}
	gap := func(s string, space bool) string {
		if space && s != "" {
			return " "
		}
		return ""
	}
	lead, trail := oneLine(before), oneLine(after)
	return []span{
		{text: lead + gap(lead, strings.TrimRightFunc(before, unicode.IsSpace) != before)},
		{text: shorten(oneLine(quote), 600), style: bold},
		{text: gap(trail, strings.TrimLeftFunc(after, unicode.IsSpace) != after) + shorten(trail, max(2*around, 100))},
	}
}
