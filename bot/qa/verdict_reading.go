package qa

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"crisisbot/retrieval/analysis"
)

var (
	webAddress = regexp.MustCompile(`https?://\S+`)
	retweet    = regexp.MustCompile(`^\s*RT\s+@\w+:?`)
	handle     = regexp.MustCompile(`@(\w+)`)
	hashtag    = regexp.MustCompile(`#(\w)`)
	shouting   = regexp.MustCompile(`([!?.])[!?.]+`)
	tailTags   = regexp.MustCompile(`(\s+#\w+)+\s*$`)
)

// alarms open a post before it says anything; folded.
var alarms = wordSet("breaking just in urgent alert exclusive update news flash developing confirmed watch now official")

// fillers open a sentence as it is spoken.
var fillers = wordSet("so apparently like lol lmao omg wow wtf well ok okay hey guys folks btw fyi um uh yo damn seriously literally basically turns out reportedly supposedly")

// plainPost is a post without what posts have beside their words: addresses, handles,
// the marks of tags, pictures, alarms ("BREAKING:") and fillers ("so apparently").
func plainPost(text string) string {
	text = mentions.ReplaceAllString(text, " ")
	text = retweet.ReplaceAllString(webAddress.ReplaceAllString(text, " "), " ")
	text = tailTags.ReplaceAllString(text, "")
	text = hashtag.ReplaceAllString(handle.ReplaceAllString(text, "$1"), "$1")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.So, r), unicode.Is(unicode.Sk, r) && r > unicode.MaxLatin1, unicode.Is(unicode.Cf, r), r == 0xfe0f, r == 0x20e3:
			return ' '
		}
		return r
	}, text)
	text = shouting.ReplaceAllString(text, "$1")
	text = strings.TrimSpace(text)
	for {
		rest := withoutOpening(text)
		if rest == text {
			return text
		}
		text = rest
	}
}

// withoutOpening drops an alarm or filler that a text begins with.
func withoutOpening(text string) string {
	terms := analysis.Terms(text)
	n := 0
	for n < len(terms) && n < 3 && alarms[analysis.Fold(text[terms[n].Start:terms[n].End])] {
		n++
	}
	if n > 0 && n < len(terms) {
		gap, word := text[terms[n-1].End:terms[n].Start], text[terms[0].Start:terms[n-1].End]
		if strings.ContainsAny(gap, ":-–—|!") || word == strings.ToUpper(word) && strings.TrimSpace(gap) == "" {
			return text[terms[n].Start:]
		}
	}
	if len(terms) > 1 && fillers[analysis.Fold(text[terms[0].Start:terms[0].End])] {
		return text[terms[1].Start:]
	}
	return text
}

// asPrinted writes a statement as the articles would print it: names with a capital
// and as the articles spell them, and what is shouted in small letters.
func (q *inquiry) asPrinted(text string) string {
	terms := analysis.Terms(text)
	var upper, lower int
	for _, r := range text {
		if unicode.IsUpper(r) {
			upper++
		} else if unicode.IsLower(r) {
			lower++
		}
	}
	small := !slices.ContainsFunc(terms, func(t analysis.Term) bool { return t.Capital && !t.Stop && t.Start > 0 })
	var b strings.Builder
	at := 0
	for i, t := range terms {
		word := text[t.Start:t.End]
		shouted := word == strings.ToUpper(word) && strings.ToLower(word) != word && utf8.RuneCountInString(word) >= leastShouted
		switch {
		case t.Number || t.Stop && !shouted || strings.ContainsAny(word, ". "):
			continue
		case shouted && (q.lib.IsName(t.Text) || timeWords[t.Text]):
			word = title(word)
		case shouted && (upper > lower || t.Stop || q.lib.Known(t.Text) || ordinary(t.Text) || strings.HasSuffix(word, "S")):
			word = strings.ToLower(word)
		case !t.Capital && (small && calendarWords[t.Text] && t.Text != "may" || q.lib.IsName(t.Text) && !ordinary(t.Text) && !persons[t.Text] && !bodies[t.Text]):
			word = title(word)
		default:
			near, ok := q.respelt(terms, i)
			if !ok {
				continue
			}
			word = near
		}
		b.WriteString(text[at:t.Start])
		b.WriteString(word)
		at = t.End
	}
	return b.String() + text[at:]
}

// leastShouted is how many letters a word has at least that is shouted rather than an
// abbreviation.
const leastShouted = 4

// calendarWords are those timeWords that are printed with a capital.
var calendarWords = formSet("january february march april june july august september october november december monday tuesday wednesday thursday friday saturday sunday")

// ordinary reports whether a term is a word of the tables of meanings, and so no name.
func ordinary(term string) bool {
	return len(analysis.Synonyms(term)) > 0 || len(analysis.Opposites(term)) > 0
}

// respelt returns the name of the articles that a name which none of them holds is a
// misspelling of.
func (q *inquiry) respelt(terms []analysis.Term, i int) (string, bool) {
	t := terms[i]
	if !t.Capital || utf8.RuneCountInString(t.Text) < leastRespelt || q.lib.Known(t.Text) || ordinary(t.Text) || len(analysis.Metonyms(t.Text)) > 0 {
		return "", false
	}
	for _, near := range q.lib.Terms(t.Text) {
		if near.Text != t.Text && q.lib.IsName(near.Text) && analysis.Word(title(near.Text)) == near.Text {
			return title(near.Text), true
		}
	}
	return "", false
}

// leastRespelt is how many letters a name has at least that may be misspelt: shorter
// ones are too near to each other.
const leastRespelt = 6

func title(word string) string {
	r, n := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r)) + strings.ToLower(word[n:])
}

// withSubject puts the person named before a statement into the place of the "he" or
// "she" that it opens with.
func (q *inquiry) withSubject(text, person string) string {
	terms := analysis.Terms(text)
	at := opener(terms)
	if at < 0 || person == "" || !personPronouns[terms[at].Text] {
		return text
	}
	return text[:terms[at].Start] + person + text[terms[at].End:]
}

// subjectIn returns the first name of a text that no preposition governs, "" if it
// has none.
func (q *inquiry) subjectIn(text string) string {
	terms := analysis.Terms(text)
	for _, n := range q.namesOf(text, terms, nil) {
		if !hangs(text, terms, n) && !owns(text, terms, n) {
			return n.text
		}
	}
	return ""
}
