package qa

import (
	"strings"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// sayingVerbs, in their comparable form, put words into somebody's mouth.
var sayingVerbs = formSet(`say said tell told state announce claim accuse warn deny reject declare argue insist add added added
suggest call urge ask demand promise vow pledge predict confirm describe express reaffirm stress emphasize admit acknowledge
condemn criticize blame allege remark reply respond answer quote threaten propose agree dismiss refute repeat believe speak`)

// denyingVerbs deny what follows them.
var denyingVerbs = formSet("deny denied reject dismiss refute")

var personPronouns = wordSet("he she they")

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
var plainVerbs = formSet("say said tell told add state announce remark reply")

// sayingAt returns the term that is the sentence's verb of saying, a plain one
// before others, -1 if there is none.
func sayingAt(terms []analysis.Term) int {
	first := -1
	for i, t := range terms {
		if t.Capital || !sayingVerbs[t.Text] {
			continue
		}
		if plainVerbs[t.Text] {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// An attribution is whose words a sentence reports.
type attribution struct {
	speaker string // as printed; "" if nobody is named
	pronoun bool   // the speaker is a "he", "she" or "they"
	denial  bool
}

// attribute reads who says what a sentence tells.
func (q *inquiry) attribute(s *sentence) attribution {
	text, terms := s.text(), s.terms
	for i := 0; i+1 < len(terms); i++ {
		if terms[i].Text == "accord" && terms[i+1].Text == "to" {
			if name, _ := q.nameFrom(text, terms, i+2, 3); name != "" {
				return attribution{speaker: name}
			}
		}
	}
	v := sayingAt(terms)
	if v < 0 {
		return attribution{}
	}
	at := attribution{denial: denyingVerbs[terms[v].Text]}
	for i := v - 1; i >= max(0, v-3); i-- {
		if personPronouns[terms[i].Text] {
			at.pronoun = true
			return at
		}
	}
	if at.speaker = q.nameBefore(text, terms, v); at.speaker == "" {
		at.speaker, _ = q.nameFrom(text, terms, v+1, 4)
	}
	return at
}

// subjectReach is how many words a subject may stand before its verb: "…Sergei
// Lavrov on Thursday called for".
const subjectReach = 12

// nameBefore returns the name nearest before term v, outside quotation marks.
func (q *inquiry) nameBefore(text string, terms []analysis.Term, v int) string {
	for i := v - 1; i >= max(0, v-subjectReach); i-- {
		if strings.ContainsAny(text[terms[i].End:terms[i+1].Start], "\"”“") {
			return ""
		}
		if !q.nameTerm(terms, i) || timeWords[terms[i].Text] {
			continue
		}
		first := i
		for first > 0 && q.joined(text, terms, first-1) {
			first--
		}
		for first < i && (terms[first].Stop || !terms[first].Capital) {
			first++
		}
		return printed(text, terms, first, i)
	}
	return ""
}

// nameFrom returns the name that begins within reach terms from i on, and the
// index behind it.
func (q *inquiry) nameFrom(text string, terms []analysis.Term, i, reach int) (string, int) {
	for from := i; from < min(len(terms), i+reach); from++ {
		if !q.nameTerm(terms, from) || timeWords[terms[from].Text] {
			continue
		}
		last := from
		for last+1 < len(terms) && q.joined(text, terms, last) {
			last++
		}
		for last > from && (terms[last].Stop || !terms[last].Capital) {
			last--
		}
		return printed(text, terms, from, last), last + 1
	}
	return "", i
}

// nameTerm reports whether term i is a word of a name: it has a capital and is no
// ordinary word that opens the sentence.
func (q *inquiry) nameTerm(terms []analysis.Term, i int) bool {
	t := terms[i]
	return t.Capital && !t.Stop && (i > 0 || q.lib.IsName(t.Text))
}

// joined reports whether terms i and i+1 belong to one name: "Russia's Deputy
// Foreign Minister", "Secretary of State".
func (q *inquiry) joined(text string, terms []analysis.Term, i int) bool {
	if i+1 >= len(terms) {
		return false
	}
	gap := strings.Trim(text[terms[i].End:terms[i+1].Start], " \u00a0")
	if gap != "" && gap != "'s" && gap != "’s" && gap != "-" && gap != "." {
		return false
	}
	part := func(j int) bool {
		return q.nameTerm(terms, j) && !timeWords[terms[j].Text] || terms[j].Text == "of" && j > 0 && j+1 < len(terms) && terms[j-1].Capital && terms[j+1].Capital
	}
	return part(i) && part(i+1)
}

// printed returns the bytes from term first to term last, for showing.
func printed(text string, terms []analysis.Term, first, last int) string {
	return article.Plain(text[terms[first].Start:terms[last].End])
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

// before returns up to n sentences of running text before s in its article,
// nearest first.
func (q *inquiry) before(s *sentence, n int) []*sentence {
	var out []*sentence
	passages := q.lib.Passages(s.Article.ID)
	take := func(p *retrieval.Passage, count int) {
		for i := count - 1; i >= 0 && len(out) < n; i-- {
			span := p.Sentences[i]
			out = append(out, &sentence{Passage: p, n: i, span: span, terms: analysis.Terms(span.In(p.Article.Text))})
		}
	}
	take(s.Passage, s.n)
	for o := s.Ordinal - 1; o >= 0 && len(out) < n; o-- {
		if p := passages[o]; p.Kind == article.Paragraph || p.Kind == article.Bullet {
			take(p, len(p.Sentences))
		}
	}
	return out
}

// speakerReach is how many sentences back a "he" is looked for: reports of news
// agencies name a speaker at least every fourth.
const speakerReach = 4

// resolve names the speaker of a sentence that only has a pronoun, and returns the
// sentence that names him: the last one before to whom words are attributed, a
// country or a capital being no "he".
func (q *inquiry) resolve(s *sentence) (speaker string, named *sentence) {
	for _, b := range q.before(s, speakerReach) {
		if at := q.attribute(b); at.speaker != "" && !isPlace(at.speaker) {
			return at.speaker, b
		}
	}
	return "", nil
}

func isPlace(name string) bool {
	terms := contentTerms(name)
	return len(terms) == 1 && len(analysis.Metonyms(terms[0].Text)) > 0
}
