package source

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"crisisbot/retrieval/article"
)

// A draft is an article on its way: what its source states, before it is
// cleaned, completed from its text, checked and named.
type draft struct {
	article.Article
	place   string
	nameDay string // day in the name of a file that holds this article alone
	web     bool   // made for the web, and so not before 1990
	notes   []error
}

// date takes a stated date of publication; one that cannot be read is noted.
func (d *draft) date(stated string) {
	if strings.TrimSpace(stated) == "" {
		return
	}
	day, err := parseDay(stated)
	if err != nil {
		d.notes = append(d.notes, err)
		return
	}
	d.Published = day
}

// finish yields the article of a draft after its notes, or why there is none.
func (r *Reader) finish(d *draft, out *output) {
	d.clean()
	if d.Text == "" {
		out.problem(refused(d.place, "no text"))
		return
	}
	d.complete()
	if d.Published != "" {
		if err := checkDay(d.Published, r.opt.Now()); err != nil {
			d.notes = append(d.notes, fmt.Errorf("%w; the article is taken without a date", err))
			d.Published, d.DateInferred, d.DateReason = "", false, ""
		}
	}
	for _, note := range d.notes {
		out.problem(noted(d.place, "%w", note))
	}
	if out.stopped {
		return
	}
	d.ID = r.opt.IDs.Assign(d.Article)
	out.article(d.Article, d.place)
}

// clean removes invisible characters everywhere, and what is no web address.
func (d *draft) clean() {
	d.Text = Clean(d.Text)
	if strings.TrimSpace(d.Text) == "" {
		d.Text = ""
	}
	d.File = strings.ToValidUTF8(d.File, "\ufffd")
	d.Title = oneLine(d.Title, 500)
	d.Publisher = oneLine(d.Publisher, 200)
	if u, err := url.Parse(d.Publisher); err == nil && webAddress(d.Publisher) {
		d.Publisher = strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
	authors := d.Authors[:0:0]
	for _, author := range d.Authors {
		if author = oneLine(author, 200); author != "" && len(authors) < 50 {
			authors = append(authors, author)
		}
	}
	d.Authors = authors
	d.checkURL()
}

func (d *draft) checkURL() {
	if d.URL = strings.TrimSpace(d.URL); d.URL == "" {
		return
	}
	d.URL = withoutTracking(d.URL)
	if !webAddress(d.URL) || Clean(d.URL) != d.URL || len(d.URL) > 2000 {
		d.notes = append(d.notes, errors.New("its url is no web address, and was left out"))
		d.URL = ""
	}
}

// complete fills in what the source does not state, from the text and then from
// the names that the article goes by.
func (d *draft) complete() {
	said := article.Read(d.Text)
	if d.Title == "" {
		d.Title = oneLine(said.Title, 500)
	}
	if len(d.Authors) == 0 {
		d.Authors = said.Authors
		if said.Agency != "" && !slices.Contains(d.Authors, said.Agency) {
			d.Authors = append(d.Authors, said.Agency)
		}
	}
	if d.URL == "" {
		d.URL = said.URL
		d.checkURL()
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		u = &url.URL{}
	}
	if d.Publisher == "" {
		d.Publisher = oneLine(said.Publisher, 200)
	}
	if d.Publisher == "" {
		d.Publisher = strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
	if d.Published == "" && (!d.web || said.Published >= "1990") {
		d.Published, d.DateInferred, d.DateReason = said.Published, said.DateInferred, said.DateReason
	}
	if d.Published != "" {
		return
	}
	if day := dayFromPath(u.Path); day != "" {
		d.Published, d.DateInferred, d.DateReason = day, true, "The day stands in the article's address."
	} else if d.nameDay != "" {
		d.Published, d.DateInferred, d.DateReason = d.nameDay, true, "The day stands in the name of the article's file."
	}
}

// oneLine returns s clean, with single spaces, cut between characters after at
// most limit bytes.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.Fields(Clean(s)), " ")
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "")
	}
	return s
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}
