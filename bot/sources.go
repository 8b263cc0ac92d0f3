package bot

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"crisisbot/retrieval/article"
)

const (
	articlesPerPage = 10
	maxSearch       = 40 // bytes: it travels in custom ids
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

// turnSources turns a page or opens the article that was chosen.
func (b *Bot) turnSources(c *call, p press) error {
	pageText, search, _ := strings.Cut(p.arg, "|")
	page, err := strconv.Atoi(pageText)
	if err != nil {
		return b.tell(c, "forged")
	}
	if p.action == actSources {
		return b.gate.replace(c.ack, &c.address, b.sourcesPage(c, search, page))
	}
	if len(c.values) == 0 {
		return b.tell(c, "forged")
	}
	found := b.shelf.get().find(search)
	n, err := strconv.Atoi(c.values[0])
	if err != nil || n < 0 || n >= len(found) {
		return b.tell(c, "article.gone")
	}
	return b.gate.replace(c.ack, &c.address, b.articlePage(c, found[n], search, page))
}

func (b *Bot) listPress(c *call, act action, page int, search string) press {
	return press{act, c.user, b.o.Now().Add(time.Hour), strconv.Itoa(page) + "|" + search}
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
	menu := component{label: c.t.say("sources.open"), action: b.listPress(c, actArticle, page, search)}
	first := page * articlesPerPage
	for i, a := range found[first:min(first+articlesPerPage, len(found))] {
		title := shorten(oneLine(a.Title), 100)
		about := strings.Join(nonEmpty(shorten(oneLine(a.Publisher), 40), published(c.t, a.Published, a.DateInferred)), ", ")
		m.body = append(m.body, line{kind: bullet, spans: []span{{text: title}, {text: " — " + about}}})
		menu.options = append(menu.options, option{label: title, value: strconv.Itoa(first + i), detail: about})
	}
	m.rows = [][]component{{menu}}
	if pages > 1 {
		m.body = append(m.body, note(c.t.say("page", "page", page+1, "pages", pages)))
		turn := func(key string, to int) component {
			return component{label: c.t.say("button." + key), action: b.listPress(c, actSources, to, search), off: to < 0 || to >= pages}
		}
		m.rows = append(m.rows, []component{turn("previous", page-1), turn("next", page+1)})
	}
	return m
}

// articlePage shows what is known of an article, and how it begins.
func (b *Bot) articlePage(c *call, a *article.Article, search string, page int) message {
	t := c.t
	d := doc{{kind: heading, spans: []span{{text: oneLine(shorten(a.Title, 200))}}}}
	about := line{spans: []span{{text: strings.Join(nonEmpty(a.Publisher, published(t, a.Published, a.DateInferred)), ", ")}}}
	if _, ok := safeLink(a.URL); ok {
		about.spans = append(about.spans, span{text: " · "}, span{text: t.say("open.article"), link: a.URL})
	}
	d = append(d, about)
	if len(a.Authors) > 0 {
		d = append(d, note(t.say("article.by", "authors", shorten(strings.Join(a.Authors, ", "), 200))))
	}
	if a.DateInferred && a.DateReason != "" {
		d = append(d, note(t.say("article.inferred", "why", shorten(oneLine(a.DateReason), 200))))
	}
	if a.Quality != "" {
		d = append(d, note(t.say("article.quality", "quality", shorten(oneLine(a.Quality), 100))))
	}
	if a.Origin != "" && a.Origin != a.ID {
		origin := a.Origin
		if o, ok := b.o.Library.Article(a.Origin); ok {
			origin = strings.Join(nonEmpty(o.Publisher, shorten(oneLine(o.Title), 120)), ": ")
		}
		d = append(d, note(t.say("article.copy", "origin", origin)))
	}
	d = append(d, line{kind: quoted, spans: []span{{text: shorten(strings.TrimSpace(a.Text), 900)}}})
	back := component{label: t.say("button.back"), action: b.listPress(c, actSources, page, search)}
	return message{body: d, private: true, rows: [][]component{{back}}}
}
