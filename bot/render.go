package bot

import (
	"slices"
	"strconv"
	"strings"

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
	if a.Abstained {
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
	return append(d, note(strings.Join(footnotes(t, a, articles), " · ")))
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
	if _, ok := safeLink(address); ok && link != unlinked {
		l.spans = append(l.spans, span{text: " · "}, span{text: t.say(key), link: address})
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
func passagesPage(t *texts, a qa.Answer, page int) (doc, int) {
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
		if c.Title != "" {
			d = append(d, line{spans: []span{{text: shorten(oneLine(c.Title), 150), style: italic}}})
		}
		d = append(d, line{kind: quoted, spans: markQuote(c.Passage, c.Quote)}, text(""))
	}
	if pages > 1 {
		d = append(d, note(t.say("page", "page", page+1, "pages", pages)))
	}
	return d, pages
}

// markQuote returns a passage with the quote in bold, both without line feeds.
func markQuote(passage, quote string) []span {
	passage, quote = oneLine(passage), oneLine(quote)
	before, after, found := strings.Cut(passage, quote)
	if !found || quote == "" {
		return []span{{text: quote, style: bold}}
	}
	const around = 500 // units of the surroundings on either side
	if width(before) > around {
		r := []rune(before)
		before = "…" + string(r[len(r)-around/2:])
	}
	return []span{{text: before}, {text: shorten(quote, 900), style: bold}, {text: shorten(after, around)}}
}
