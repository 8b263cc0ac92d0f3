package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

const (
	articlesPerPage = 10
	maxSearch       = 28 // bytes: it travels in custom ids
)

// sources is /sources: a page of the articles, to the user alone.
func (b *Bot) sources(c *call) error {
	search := strings.TrimSpace(clean(c.options["search"]))
	for len(search) > maxSearch {
		_, n := utf8.DecodeLastRuneInString(search)
		search = search[:len(search)-n]
	}
	return b.gate.reply(c.ack, &c.address, b.sourcesPage(c, search, 0))
}

// turnSources turns a page of the list, opens the article that was chosen or turns
// its pages.
func (b *Bot) turnSources(c *call, p press) error {
	at, search, _ := strings.Cut(p.arg, "|")
	listText, rest, _ := strings.Cut(at, ".")
	id, pageText, _ := strings.Cut(rest, ".")
	list, err := strconv.Atoi(listText)
	page := 0
	switch {
	case err != nil:
	case p.action == actSources:
		return b.gate.replace(c.ack, &c.address, b.sourcesPage(c, search, list))
	case p.action == actRead:
		page, err = strconv.Atoi(pageText)
	case len(c.values) > 0:
		id = c.values[0]
	}
	if err != nil {
		return b.tell(c, "forged")
	}
	found := b.shelf.get().find("")
	i := slices.IndexFunc(found, func(a *article.Article) bool { return articleKey(a.ID) == id })
	if i < 0 {
		return b.tell(c, "article.gone")
	}
	return b.gate.replace(c.ack, &c.address, b.articlePage(c, found[i], search, list, page))
}

// articleChoice is what stands for an article in a choice of Discord's, and
// chosenArticle the id that it means; what was typed stays.
func articleChoice(id string) string {
	if width(id) <= 100 {
		return id
	}
	return "#" + articleKey(id)
}

func (b *Bot) chosenArticle(c *call) string {
	value := c.options["article"]
	if key, ok := strings.CutPrefix(value, "#"); ok {
		for _, a := range b.shelf.get().articles {
			if articleKey(a.ID) == key {
				return a.ID
			}
		}
	}
	return value
}

// articleKey stands for an article where its id may be too long.
func articleKey(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:5])
}

func (b *Bot) listPress(c *call, act action, at, search string) press {
	return press{act, c.user, b.o.Now().Add(time.Hour), at + "|" + search}
}

func (b *Bot) sourcesPage(c *call, search string, page int) message {
	content := b.shelf.get()
	found := content.find(search)
	switch {
	case len(content.articles) == 0:
		return message{body: says(c.t.say("sources.empty")), private: true}
	case len(found) == 0:
		return message{body: says(c.t.say("sources.none", "search", search)), private: true}
	}
	pages := (len(found) + articlesPerPage - 1) / articlesPerPage
	page = min(max(page, 0), pages-1)
	m := message{private: true, body: doc{{spans: []span{{text: c.t.say("sources.title", "n", len(found)), style: bold}}}}}
	menu := component{label: c.t.say("sources.open"), action: b.listPress(c, actArticle, strconv.Itoa(page), search)}
	first := page * articlesPerPage
	for _, a := range found[first:min(first+articlesPerPage, len(found))] {
		title := shorten(oneLine(a.Title), 100)
		about := strings.Join(nonEmpty(shorten(oneLine(a.Publisher), 40), published(c.t, a.Published, a.DateInferred)), ", ")
		m.body = append(m.body, line{kind: bullet, spans: []span{{text: title}, {text: " — " + about}}})
		menu.options = append(menu.options, option{label: title, value: articleKey(a.ID), detail: about})
	}
	m.rows = [][]component{{menu}}
	if pages > 1 {
		m.body = append(m.body, note(c.t.say("page", "page", page+1, "pages", pages)))
		turn := func(key string, to int) component {
			return component{label: c.t.say("button." + key), action: b.listPress(c, actSources, strconv.Itoa(to), search), off: to < 0 || to >= pages}
		}
		m.rows = append(m.rows, []component{turn("previous", page-1), turn("next", page+1)})
	}
	return m
}

// articlePage shows what is known of an article, and a page of what it says.
func (b *Bot) articlePage(c *call, a *article.Article, search string, list, page int) message {
	t := c.t
	d := doc{{kind: heading, spans: []span{{text: oneLine(shorten(a.Title, 200))}}}}
	about := line{spans: []span{{text: strings.Join(nonEmpty(a.Publisher, published(t, a.Published, a.DateInferred)), ", ")}}}
	if _, ok := safeLink(a.URL); ok {
		about.spans = append(about.spans, span{text: " · "}, span{text: t.say("open.article"), link: a.URL})
	}
	d = append(d, about)
	if page == 0 {
		d = append(d, b.articleNotes(t, a)...)
	}
	pages := paged(readable(a), articlePageSize)
	page = min(max(page, 0), max(len(pages)-1, 0))
	if len(pages) > 0 {
		d = append(d, text(""))
		d = append(d, pages[page]...)
	}
	buttons := []component{{label: t.say("button.back"), action: b.listPress(c, actSources, strconv.Itoa(list), search)}}
	if len(pages) > 1 {
		d = append(d, note(t.say("page", "page", page+1, "pages", len(pages))))
		turn := func(key string, to int) component {
			at := strconv.Itoa(list) + "." + articleKey(a.ID) + "." + strconv.Itoa(to)
			return component{label: t.say("button." + key), action: b.listPress(c, actRead, at, search), off: to < 0 || to >= len(pages)}
		}
		buttons = append([]component{turn("previous", page-1), turn("next", page+1)}, buttons...)
	}
	return message{body: d, private: true, rows: [][]component{buttons}}
}

// articlePageSize leaves room for the title and what is known, in UTF-16 units.
const articlePageSize = 1200

func (b *Bot) articleNotes(t *texts, a *article.Article) doc {
	var d doc
	if len(a.Authors) > 0 {
		d = append(d, note(t.say("article.by", "authors", shorten(strings.Join(a.Authors, ", "), 200))))
	}
	if a.DateInferred && a.DateReason != "" {
		d = append(d, note(t.say("article.inferred", "why", shorten(oneLine(a.DateReason), 200))))
	}
	if a.Quality != "" {
		d = append(d, note(t.say("article.quality", "quality", t.quality(a.Quality))))
	}
	if a.Origin != "" && a.Origin != a.ID {
		origin := a.Origin
		if o, ok := b.o.Library.Article(a.Origin); ok {
			origin = strings.Join(nonEmpty(o.Publisher, shorten(oneLine(o.Title), 120)), ": ")
		}
		d = append(d, note(t.say("article.copy", "origin", origin)))
		if n := len(b.o.Library.Altered(a.ID)); n > 0 {
			d = append(d, note(t.say("article.altered", "count", n)))
		}
	}
	return d
}

// readable returns what an article says, without title, bylines and furniture.
func readable(a *article.Article) doc {
	var d doc
	for _, block := range article.Read(a.Text).Blocks {
		l := line{spans: []span{{text: article.Plain(block.In(a.Text))}}}
		switch block.Kind {
		case article.Paragraph:
		case article.Heading:
			l.spans[0].style, l.keep = bold, true
		case article.Bullet:
			l.kind = bullet
		case article.Caption:
			l.spans[0].style = italic
		default:
			continue
		}
		d = append(d, l, text(""))
	}
	return d.logicalLines()
}
