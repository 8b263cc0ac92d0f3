package qa

import (
	"slices"
	"strings"
	"unicode"

	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// The kinds of statement in a message.
const (
	kindClaim    = "claim"
	kindOpinion  = "opinion"
	kindQuestion = "question"
	kindRequest  = "request"
)

// notChecked says why a statement of a kind has no verdict.
var notChecked = map[string]string{
	kindOpinion:  "This is an opinion, which reports can't decide.",
	kindQuestion: "This is a question, not a claim: ask it with ask.",
	kindRequest:  "This is a request, not a claim.",
}

// claimsOf splits a message into its statements and says of each what it is. The
// error says what to do when none of them could be checked.
func claimsOf(text string) ([]Part, error) {
	text = askedBack.ReplaceAllString(plainPost(text), "$1 $2.")
	var parts []Part
	said := map[string]bool{}
	for _, s := range article.Sentences(text) {
		for _, clause := range coordinated(withoutPreface(s.In(text))) {
			if key := strings.Join(strings.FieldsFunc(analysis.Fold(clause), checkNoWord), " "); !said[key] { // what is said again is the same statement
				said[key] = true
				parts = append(parts, Part{Claim: clause, Kind: kindOf(clause)})
			}
		}
	}
	has := func(kind string) bool {
		return slices.ContainsFunc(parts, func(p Part) bool { return p.Kind == kind })
	}
	if len(parts) == 0 || !has(kindClaim) && !has(kindOpinion) {
		if has(kindQuestion) {
			return nil, inputErrorf("this is a question, and only a statement can be checked: ask it with ask, or write what you want checked as a statement")
		}
		return nil, inputErrorf("this asks for something, and only a statement can be checked: write what is said to be so, such as \"A met B on 2 December\"")
	}
	return parts, nil
}

// withoutPreface drops what only leads up to a statement, up to a colon: "Heard this
// on the radio today: …". It names nobody and counts nothing.
func withoutPreface(s string) string {
	before, after, ok := strings.Cut(s, ": ")
	if !ok || len(contentTerms(after)) < clauseContent {
		return s
	}
	for i, t := range analysis.Terms(before) {
		if t.Number || t.Capital && i > 0 && !t.Stop || len(analysis.Metonyms(t.Text)) > 0 {
			return s
		}
	}
	if terms := analysis.Terms(before); len(terms) < 2 {
		return s // "Peskov: …"
	}
	return after
}

// A clause of a message stands alone when it has this many content words.
const clauseContent = 4

// joints part two statements of one sentence.
var joints = []string{"; ", ", while ", ", but ", ", and that ", ", whereas "}

// coordinated splits a sentence where a joint parts two statements long enough to
// stand alone. The second keeps its own subject: what begins with a verb stays.
func coordinated(s string) []string {
	for _, j := range joints {
		before, after, ok := strings.Cut(s, j)
		if !ok || len(contentTerms(before)) < clauseContent || len(contentTerms(after)) < clauseContent {
			continue
		}
		if first := analysis.Terms(after); len(first) == 0 || !first[0].Capital && !subjectOpeners[first[0].Text] {
			continue
		}
		return append(coordinated(before), coordinated(after)...)
	}
	return []string{s}
}

// subjectOpeners begin a noun phrase without needing what was said before.
var subjectOpeners = wordSet("the a an no some")

// requests open a message that wants something done.
var requests = wordSet(`tell show give write list explain summarise summarize describe translate ignore forget help find search check verify
please print repeat pretend act compare make create say stop continue`)

// opinionRuns are folded runs of words by which a speaker gives a view.
var opinionRuns = [][]string{
	{"i", "think"}, {"i", "believe"}, {"i", "feel"}, {"i", "guess"}, {"i", "hope"}, {"in", "my", "opinion"}, {"in", "my", "view"}, {"imo"}, {"imho"},
	{"we", "should"}, {"we", "must"}, {"should", "have"}, {"ought", "to"}, {"shame", "on"}, {"deserves"}, {"deserve"},
}

// judgements are words of praise and blame; stemmed.
var judgements = formSet(`good bad evil terrible awful horrible wonderful great best worst stupid idiotic coward cowardly brave heroic disgusting
disgraceful shameful pathetic ridiculous brilliant beautiful ugly wrong right fair unfair hypocrite hypocritical liar weak dangerous better worse
incompetent corrupt immoral moral foolish silly`)

// copulas join a judgement to what is judged.
var copulas = wordSet("is are was were am be being been isnt arent wasnt werent seems looks")

// kindOf tells what a statement is. Whose words are reported is a claim, however
// much of an opinion they are.
func kindOf(s string) string {
	terms := analysis.Terms(s)
	folded := make([]string, len(terms))
	for i, t := range terms {
		folded[i] = analysis.Fold(s[t.Start:t.End])
	}
	if strings.HasSuffix(strings.TrimRightFunc(s, unicode.IsSpace), "?") {
		return kindQuestion
	}
	if len(folded) == 0 {
		return kindRequest
	}
	if first := terms[0]; interrogativeOpening(folded) {
		return kindQuestion
	} else if requests[folded[0]] && !(len(terms) > 1 && first.Capital && copulas[folded[1]]) {
		return kindRequest
	}
	if folded[0] == "personally" {
		return kindOpinion
	}
	for _, run := range opinionRuns {
		if findRun(folded, run) >= 0 {
			return kindOpinion
		}
	}
	if newClause(s, terms).saying() > 0 {
		return kindClaim
	}
	for i, t := range terms {
		if !judgements[t.Text] || t.Capital && i > 0 {
			continue
		}
		for _, f := range folded[max(0, i-3):i] {
			if copulas[f] && !slices.ContainsFunc(terms, func(o analysis.Term) bool { return o.Number }) {
				return kindOpinion
			}
		}
	}
	return kindClaim
}

// interrogativeOpening reports whether words begin as a question does.
func interrogativeOpening(folded []string) bool {
	switch folded[0] {
	case "who", "whom", "whose", "what", "which", "why", "how":
		return true
	case "when", "where":
		return len(folded) > 1 && openings[folded[1]]
	}
	return openings[folded[0]] && folded[0] != "will" && len(folded) > 1
}
