package qa

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"crisisbot/retrieval/article"
)

// A draft collects statements and the citations that they share.
type draft struct {
	statements []Statement
	citations  []Citation
	passages   []*article.Article // of the citations
}

// cite adds a quotation of a sentence, or finds it, and returns its number.
func (d *draft) cite(s *sentence, span article.Span) int {
	c := cite(s.Passage, span.Start, span.End)
	for i, have := range d.citations {
		if have.ArticleID == c.ArticleID && have.Start == c.Start && have.End == c.End {
			return i + 1
		}
	}
	c.Number = len(d.citations) + 1
	d.citations = append(d.citations, c)
	d.passages = append(d.passages, s.Article)
	return c.Number
}

// add writes a sentence as a statement: who speaks is kept with what is said, and
// a sentence that hangs on the one before it is shown with it.
func (d *draft) add(q *inquiry, s *sentence) {
	span := q.shorten(s)
	st := Statement{Text: s.part(span), Stance: Report}
	st.Citations = []int{d.cite(s, span)}
	also := func(o *sentence, span article.Span) {
		if n := d.cite(o, span); !slices.Contains(st.Citations, n) {
			st.Citations = append(st.Citations, n)
		}
	}
	at, from := attribute(s), s
	if at == (attribution{}) {
		if o := q.quoting(s); o != nil {
			at, from = attribute(o), o
		}
	}
	var named *sentence
	if at.pronoun {
		at.speaker, named = q.resolve(from)
	}
	switch {
	case at.speaker != "" && (at.pronoun || from != s):
		st.Text = at.speaker + ": " + st.Text
		if from != s {
			also(from, from.span)
		}
		if named != nil {
			also(named, named.span)
		}
	case opensWithPronoun(s.terms):
		if before := q.before(s, 1); len(before) == 1 {
			part := q.shorten(before[0])
			st.Text = before[0].part(part) + " " + st.Text
			also(before[0], part)
		}
	}
	if st.Speaker = at.speaker; st.Speaker != "" {
		st.Stance = Claim
		if at.denial {
			st.Stance = Denial
		}
	}
	d.statements = append(d.statements, st)
}

// part returns a part of the sentence for showing, with a mark where words before
// or after it are left out.
func (s *sentence) part(span article.Span) string {
	text := article.Plain(span.In(s.Article.Text))
	if span.Start > s.span.Start {
		text = "… " + text
	}
	if span.End < s.span.End {
		text += " …"
	}
	return text
}

// text writes the statements out, those of one article after another under its
// name and date.
func (d *draft) text() string {
	var b strings.Builder
	var last *article.Article
	for _, st := range d.statements {
		a := d.passages[st.Citations[0]-1]
		if a != last {
			if last != nil {
				b.WriteString("\n")
			}
			b.WriteString(sourceLabel(a) + ": ")
			last = a
		} else {
			b.WriteString(" ")
		}
		b.WriteString(st.Text)
		for _, n := range st.Citations {
			fmt.Fprintf(&b, " [%d]", n)
		}
	}
	return b.String()
}

// sourceLabel names an article by outlet and day: "The Moscow Times, 2 December
// 2021".
func sourceLabel(a *article.Article) string {
	outlet := a.Publisher
	if outlet == "" {
		outlet = "A report without a named outlet"
	}
	if a.Published == "" {
		return outlet + ", undated"
	}
	day := Day(a.Published)
	if a.DateInferred {
		day += " (date inferred)"
	}
	return outlet + ", " + day
}

// Day writes an ISO day in words: "2 December 2021".
func Day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 January 2006")
}

// origins counts the independent reports among citations.
func origins(citations []Citation) int {
	var seen []string
	for _, c := range citations {
		if !slices.Contains(seen, c.Origin) {
			seen = append(seen, c.Origin)
		}
	}
	return len(seen)
}
