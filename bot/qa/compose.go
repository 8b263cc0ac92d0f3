package qa

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	if slices.ContainsFunc(d.statements, func(st Statement) bool {
		c := d.citations[st.Citations[0]-1]
		return c.ArticleID == s.Article.ID && c.Start < span.End && span.Start < c.End
	}) {
		return // another question of the message was answered by it
	}
	st := Statement{Text: s.part(span), Stance: Report}
	st.Citations = []int{d.cite(s, span)}
	also := func(o *sentence, span article.Span) {
		if n := d.cite(o, span); !slices.Contains(st.Citations, n) {
			st.Citations = append(st.Citations, n)
		}
	}
	name, at, told := q.speakerOf(s)
	switch {
	case name != "" && at.pronoun && len(told) == 1:
		st.Text = s.naming(span, name)
	case name != "" && len(told) > 0:
		st.Text = capitalised(name) + " said: " + closedQuote(st.Text)
	case name == "" && opensWithPronoun(s.terms):
		if before := q.before(s, 1); len(before) == 1 {
			part := q.shorten(before[0])
			st.Text = before[0].part(part) + " " + st.Text
			also(before[0], part)
		}
	}
	for _, o := range told {
		if name != "" {
			also(o, o.span)
		}
	}
	if !strings.Contains(st.Text, "…") {
		st.Text = closedQuote(st.Text)
	}
	if st.Speaker = name; st.Speaker != "" {
		st.Stance = Claim
		if at.denial {
			st.Stance = Denial
		}
	}
	d.statements = append(d.statements, st)
}

// naming is part with a name in the place of the "he" or "him" that speaks.
func (s *sentence) naming(span article.Span, name string) string {
	i := s.speaking()
	if i < 0 || s.span.Start+s.terms[i].Start < span.Start || s.span.Start+s.terms[i].End > span.End {
		return capitalised(name) + ": " + s.part(span)
	}
	t, text := s.terms[i], s.Article.Text
	before := text[span.Start : s.span.Start+t.Start]
	if strings.TrimSpace(before) == "" {
		name = capitalised(name)
	}
	out := article.Plain(before + name + text[s.span.Start+t.End:span.End])
	if span.Start > s.span.Start {
		out = "… " + out
	}
	if span.End < s.span.End {
		out += " …"
	}
	return out
}

// capitalised begins a text with an upper-case letter.
func capitalised(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}

// closedQuote closes the quotation marks that a text leaves open, and opens those
// that it only closes.
func closedQuote(text string) string {
	for _, marks := range [][2]string{{"“", "”"}, {`"`, `"`}} {
		opened, closed := strings.Count(text, marks[0]), strings.Count(text, marks[1])
		switch {
		case marks[0] == marks[1] && opened%2 == 1:
			if strings.HasPrefix(text, marks[0]) {
				return text + marks[1]
			}
			return marks[0] + text
		case marks[0] == marks[1]:
		case opened > closed:
			return text + marks[1]
		case closed > opened:
			return marks[0] + text
		}
	}
	return text
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
