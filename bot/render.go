package bot

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"crisisbot/bot/qa"
)

// A period is the first and last day of publication of the articles, ISO days.
type period struct{ since, until string }

// A fit is how much of each source is shown: units of its quote, and its address
// with the sentence marked, bare, or not at all.
type fit struct {
	quote int
	link  linking
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
	{400, toSentence}, {240, toSentence}, {160, toSentence},
	{160, toArticle}, {100, toArticle}, {60, toArticle}, {30, unlinked}, {0, unlinked},
}

const generous = 160 // a fit with this much of a quote may serve to save a message

// answerMessage renders an answer as a reader wants it: what it says, the sides of
// a disagreement, each source with its quote, and how far the articles reach. It
// has no buttons yet.
func answerMessage(t *texts, a qa.Answer, articles period) message {
	m := message{body: answerBody(t, a)}
	for _, f := range fits {
		m.tail = answerTail(t, a, articles, f)
		if f.quote >= generous && f.link == toSentence && len(pack(m.body, m.tail, maxContent, maxMessages)) == 1 {
			return m
		}
	}
	for _, f := range fits {
		m.tail = answerTail(t, a, articles, f)
		if len(fill(m.tail.logicalLines(), maxContent, 2)) == 1 {
			break
		}
	}
	return m
}

func answerBody(t *texts, a qa.Answer) doc {
	said := a.Text
	if strings.TrimSpace(said) == "" {
		said = t.say("answer.empty")
	}
	d := doc{text(said)}
	if a.Abstained && !saysItself(t, a) {
		if why := t.say("reason." + string(a.Reason)); a.Reason != "" && why != "reason."+string(a.Reason) {
			d = append(d, note(why))
		}
	}
	for _, dis := range a.Disagreements {
		d = append(d, text(""), line{spans: []span{{text: t.say("disagree", "about", dis.About), style: bold}}})
		for _, side := range dis.Sides {
			d = append(d, line{kind: bullet, spans: []span{
				{text: side.Value, style: bold},
				{text: " — " + strings.Join(outlets(t, a, side.Citations), "; ")},
			}})
		}
	}
	return d
}

// saysItself reports whether the text of an abstention, which is in English, already
// tells the reader why and which period the articles cover.
func saysItself(t *texts, a qa.Answer) bool { return a.Abstained && a.Text != "" && t.code == fallback }

// outlets names who stands behind citations: outlet, date and number.
func outlets(t *texts, a qa.Answer, numbers []int) []string {
	var out []string
	for _, n := range numbers {
		if n >= 1 && n <= len(a.Citations) {
			c := a.Citations[n-1]
			out = append(out, strings.Join(nonEmpty(outlet(t, c), t.date(c.Published)), ", ")+" "+marker(n))
		}
	}
	return out
}

func nonEmpty(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

func answerTail(t *texts, a qa.Answer, articles period, f fit) doc {
	var d doc
	list := a.Citations
	if a.Abstained && len(list) == 0 && len(a.Nearest) > 0 {
		list = a.Nearest
		d = append(d, text(t.say("nearest")))
	}
	for i, c := range list {
		d = append(d, sourceLine(t, c, i+1, f.link))
		if f.quote > 0 {
			d = append(d, line{kind: quoted, spans: []span{{text: inQuotes(t, shorten(oneLine(c.Quote), f.quote))}}})
		}
	}
	if notes := footnotes(t, a, articles); len(notes) > 0 {
		d = append(d, note(strings.Join(notes, " · ")))
	}
	return d
}

// sourceLine names the article of a citation: number, outlet, date and link.
func sourceLine(t *texts, c qa.Citation, n int, link linking) line {
	l := line{spans: []span{{text: marker(n) + " "}, {text: outlet(t, c), style: bold}}}
	if when := published(t, c.Published, c.DateInferred); when != "" {
		l.spans = append(l.spans, span{text: ", " + when})
	}
	address, key := sentenceLink(c.URL, c.Quote), "open.sentence"
	if link == toArticle {
		address, key = c.URL, "open.article"
	}
	_, ok := safeLink(address)
	switch {
	case link == unlinked:
	case ok:
		l.spans = append(l.spans, span{text: " · "}, span{text: t.say(key), link: address})
	case c.Publisher != "" && c.Title != "": // the title helps to find it
		l.spans = append(l.spans, span{text: " · " + shorten(oneLine(c.Title), 80)})
	}
	return l
}

func marker(n int) string { return "[" + strconv.Itoa(n) + "]" }

func outlet(t *texts, c qa.Citation) string {
	for _, name := range []string{c.Publisher, c.Title, c.File} {
		if name != "" {
			return shorten(oneLine(name), 80)
		}
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

func inQuotes(t *texts, quote string) string { return t.say("quote", "quote", quote) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// footnotes say how well an answer is founded and who wrote it.
func footnotes(t *texts, a qa.Answer, articles period) []string {
	var out []string
	if n := len(a.Citations); n > 0 {
		out = append(out, t.say("citations", "n", n)+", "+t.say("origins", "n", a.Origins))
	}
	until := a.AsOf
	if until == "" {
		until = articles.until
	}
	switch {
	case saysItself(t, a):
	case until != "" && articles.since != "":
		out = append(out, t.say("covers", "since", t.date(articles.since), "until", t.date(until)))
	case until != "":
		out = append(out, t.say("covers.until", "until", t.date(until)))
	}
	if a.Mode != qa.Model && !a.Abstained {
		out = append(out, t.say("extractive"))
	}
	return out
}

// passagesPerPage keeps two passages of the usual 600 bytes, and their titles,
// within one message.
const passagesPerPage = 2

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
	var d doc
	first := page * passagesPerPage
	for i, c := range list[first:min(first+passagesPerPage, len(list))] {
		d = append(d, sourceLine(t, c, first+i+1, toSentence))
		if _, linked := safeLink(c.URL); linked && c.Title != "" {
			d = append(d, line{spans: []span{{text: shorten(oneLine(c.Title), 150), style: italic}}})
		}
		d = append(d, line{kind: quoted, spans: markQuote(surroundings(l, c), c.Quote)}, text(""))
	}
	if pages > 1 {
		d = append(d, note(t.say("page", "page", page+1, "pages", pages)))
	}
	return d, pages
}

// around is how much of the article is shown on either side of a quote, in bytes.
const around = 350

// surroundings returns the part of the article around a quote or, where the article
// is gone or was changed, the passage that was kept with it.
func surroundings(l Library, c qa.Citation) string {
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
func markQuote(passage, quote string) []span {
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
		{text: gap(trail, strings.TrimLeftFunc(after, unicode.IsSpace) != after) + shorten(trail, 2*around)},
	}
}
