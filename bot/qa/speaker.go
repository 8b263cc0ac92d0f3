package qa

import (
	"slices"
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// sayingVerbs, in their comparable form, put words into somebody's mouth.
var sayingVerbs = formSet(`say said tell told state announce claim accuse warn deny reject declare argue insist add added adding explain write wrote
suggest call urge ask demand promise vow pledge predict confirm describe express reaffirm stress emphasize admit acknowledge
condemn criticize blame allege remark reply respond answer quote threaten propose agree dismiss refute repeat believe speak`)

// denyingVerbs deny what follows them.
var denyingVerbs = formSet("deny denied reject dismiss refute brush")

var (
	personPronouns = wordSet("he she they")
	personObjects  = wordSet("him her them")
)

// openers are pronouns that leave a sentence hanging when it stands alone.
var openers = wordSet("he she they it this that these those his her their its such both")

// leadIns may stand before an opener.
var leadIns = wordSet("but and however also then so yet still meanwhile instead")

// formSet returns the comparable forms of words.
func formSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[analysis.Word(w)] = true
	}
	return set
}

// plainVerbs say no more than that somebody spoke; where a sentence has one, its
// subject is the speaker.
var plainVerbs = formSet("say said tell told add added state announce remark reply")

// An attribution is whose words a sentence reports.
type attribution struct {
	speaker string // as printed; "" if nobody is named
	pronoun bool   // the speaker is a "he", "she" or "they"
	denial  bool
}

// attribute reads who says what a sentence tells: the source after "according to",
// or the subject of its verb of saying.
func attribute(s *sentence) attribution {
	c := newClause(s.text(), s.terms)
	for i := 0; i+2 < len(c.terms); i++ {
		if c.terms[i].Text == "accord" && c.terms[i+1].Text == "to" && !c.quoted[i] {
			if personObjects[c.terms[i+2].Text] {
				return attribution{pronoun: true}
			}
			if who := c.source(i + 2); who.some() {
				return attribution{speaker: c.show(who)}
			}
		}
	}
	v := c.saying()
	if v < 0 {
		return attribution{}
	}
	at := attribution{denial: denyingVerbs[c.terms[v].Text]}
	who, pronoun := c.subject(v)
	at.speaker, at.pronoun = c.show(who), pronoun
	return at
}

// speaking returns the term that is the pronoun of a sentence whose speaker is one, -1
// if there is none.
func (s *sentence) speaking() int {
	for i, t := range s.terms {
		if personObjects[t.Text] && i > 1 && (s.terms[i-1].Text == "to" && s.terms[i-2].Text == "accord" || i+2 < len(s.terms) && s.terms[i+1].Text == "as") {
			return i
		}
	}
	v := newClause(s.text(), s.terms).saying()
	for d := 1; v >= 0 && d <= len(s.terms); d++ {
		if i := v - d; i >= 0 && personPronouns[s.terms[i].Text] {
			return i
		}
		if i := v + d; i < len(s.terms) && d == 1 && personPronouns[s.terms[i].Text] {
			return i
		}
	}
	return -1
}

// opensWithPronoun reports whether a sentence needs the one before it.
func opensWithPronoun(terms []analysis.Term) bool {
	for i, t := range terms {
		if openers[t.Text] { // "It is agreed that" points to nothing
			return t.Text != "it" || i+1 < len(terms) && !openings[terms[i+1].Text] && terms[i+1].Text != "been"
		}
		if i > 0 || !leadIns[t.Text] {
			return false
		}
	}
	return false
}

// plainSentence returns sentence n of a passage without its measures.
func plainSentence(p *retrieval.Passage, n int) *sentence {
	span := p.Sentences[n]
	return &sentence{Passage: p, n: n, span: span, terms: analysis.Terms(span.In(p.Article.Text))}
}

// before returns up to n sentences of running text before s in its article,
// nearest first.
func (q *inquiry) before(s *sentence, n int) []*sentence {
	var out []*sentence
	passages := q.lib.Passages(s.Article.ID)
	take := func(p *retrieval.Passage, count int) {
		for i := count - 1; i >= 0 && len(out) < n; i-- {
			out = append(out, plainSentence(p, i))
		}
	}
	take(s.Passage, s.n)
	if s.Kind != article.Paragraph && s.Kind != article.Bullet {
		return out
	}
	for o := min(s.Ordinal, len(passages)) - 1; o >= 0 && len(out) < n; o-- {
		if p := passages[o]; p.Article != s.Article { // replaced meanwhile
			return out
		} else if p.Kind == article.Paragraph || p.Kind == article.Bullet {
			take(p, len(p.Sentences))
		}
	}
	return out
}

// quoting returns the sentence that tells who speaks the quotation in which all of s
// stands: one that follows where the quotation goes on, else one before, of the
// same passage; nil if there is none.
func (q *inquiry) quoting(s *sentence) *sentence {
	start := s.Span.Start
	for _, quote := range quotations(s.Passage.Text()) {
		if quote.Start > s.span.Start-start || s.span.End-start > quote.End {
			continue
		}
		order := make([]int, 0, len(s.Sentences))
		if quote.End > s.span.End-start {
			for i := s.n + 1; i < len(s.Sentences) && s.Sentences[i].Start-start < quote.End; i++ {
				order = append(order, i)
			}
		}
		for i := s.n - 1; i >= 0; i-- {
			order = append(order, i)
		}
		for _, i := range order {
			o := plainSentence(s.Passage, i)
			if attribute(o) != (attribution{}) {
				return o
			}
		}
	}
	return nil
}

// speakerReach is how many sentences back a "he" is looked for: reports of news
// agencies name a speaker at least every fourth.
const speakerReach = 4

// resolve names the speaker of a sentence that only has a pronoun, and returns the
// sentence that names him: the last one before to whom words are attributed, a
// country or a capital being no "he".
func (q *inquiry) resolve(s *sentence) (speaker string, named *sentence) {
	for _, b := range q.before(s, speakerReach) {
		if at := attribute(b); isPerson(at.speaker) {
			return at.speaker, b
		}
	}
	return "", nil
}

// isPerson reports whether a speaker may be meant by "he" or "she": named, and no
// country, capital or body.
func isPerson(name string) bool {
	terms := contentTerms(name)
	if len(terms) == 0 || !slices.ContainsFunc(terms, func(t analysis.Term) bool { return t.Capital }) {
		return false
	}
	last := terms[len(terms)-1]
	return !bodies[last.Text] && (len(terms) > 1 || len(analysis.Metonyms(last.Text)) == 0)
}
