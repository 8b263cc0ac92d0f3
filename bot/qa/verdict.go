package qa

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
)

// A CheckRequest is something that somebody says is so, with the bounds of where to
// look.
type CheckRequest struct {
	ID      string
	Text    string
	Since   string // day of publication; "" is open
	Until   string
	Source  string // publisher
	Article string // id, file, or a reader's words for it

	Asker
}

// A Ruling is what the articles make of a claim.
type Ruling string

const (
	Supported     Ruling = "supported"
	Contradicted  Ruling = "contradicted"
	NotInArticles Ruling = "not_in_articles" // true or false in the world: the articles don't decide it
)

// A Verdict is what the articles say of a claim. Citation n is Citations[n-1]; its
// JSON form is a contract (README, "The command line").
type Verdict struct {
	ID        string     `json:"id"`
	Claim     string     `json:"claim"`
	Verdict   Ruling     `json:"verdict"`
	Why       string     `json:"why"` // one line for a reader
	Citations []Citation `json:"citations"`
	Parts     []Part     `json:"parts"`   // of a message with several statements, in order; empty for one
	Nearest   []Citation `json:"nearest"` // what comes closest, when it is not in the articles
	AsOf      string     `json:"as_of"`   // last day that the articles cover
	TookMS    int64      `json:"took_ms"`
	Support   float64    `json:"support"` // share of the claim that the best sentences bear, in [0, 1]
	Mode      Mode       `json:"mode"`
	Note      string     `json:"note,omitempty"` // why no model judged it, where one should have
	Trace     *Trace     `json:"-"`              // the model's part, for the record; nil if none was asked
}

// A Part is one statement of a longer message.
type Part struct {
	Claim     string `json:"claim"`
	Kind      string `json:"kind"` // claim, opinion, question or request
	Verdict   Ruling `json:"verdict,omitempty"`
	Why       string `json:"why"`
	Citations []int  `json:"citations"`
}

// Check compares a claim with the articles. A message of several statements is
// split, and is contradicted if one of them is, supported if all are. An
// *InputError says that the text holds nothing that could be checked.
func (a *Answerer) Check(ctx context.Context, c CheckRequest) (Verdict, error) {
	start := time.Now()
	if err := CheckText("claim", c.Text); err != nil {
		return Verdict{}, err
	}
	f, err := a.bounds(c.Since, c.Until, c.Source, c.Article)
	if err != nil {
		return Verdict{}, err
	}
	key := c.asking(ClaimKind, c.Text, f, nil)
	v, err := remember(ctx, a.cache, key, c.Asker, Verdict.again, func(ctx context.Context, by Asker) (Verdict, bool, error) {
		c.Asker = by
		v, err := a.verdict(ctx, c, f)
		return v, v.Mode == Model && v.Note == "", err
	})
	if err != nil {
		return Verdict{}, err
	}
	v.ID, v.Claim = c.ID, c.Text
	v.TookMS = time.Since(start).Milliseconds()
	return v, nil
}

func (a *Answerer) verdict(ctx context.Context, c CheckRequest, f retrieval.Filter) (Verdict, error) {
	c.Progress.tell(Searching, nil, nil)
	text, language, translated := a.english(ctx, c.Asker, c.Text)
	parts, err := claimsOf(text)
	if err != nil && text != c.Text { // the model made something else of it
		text, language = c.Text, ""
		parts, err = claimsOf(text)
	}
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Citations: []Citation{}, Nearest: []Citation{}, Parts: []Part{}, AsOf: a.lib.Covered().Until, Mode: Extractive, Trace: translated}
	if foreign(text) {
		v.Note = matchedAlone
	}
	judging, cancel := context.WithTimeout(ctx, a.modelTime) // for all parts together
	defer cancel()
	var d draft
	reader, checkable, before := &inquiry{lib: a.lib}, 0, ""
	for i := range parts {
		p := &parts[i]
		text := reader.withSubject(p.Claim, before)
		if subject := reader.subjectIn(text); subject != "" {
			before = subject
		}
		p.Citations = []int{}
		if p.Kind != kindClaim {
			p.Why = notChecked[p.Kind]
			continue
		}
		r, err := a.rule(ctx, text, f)
		if err != nil {
			return Verdict{}, err
		}
		r, trace, err := a.ruleModelled(judging, c, p.Claim, language, r)
		if stopped(ctx) {
			return Verdict{}, ctx.Err()
		}
		v.judged(trace, err)
		checkable++
		p.Verdict, p.Why = r.verdict, r.why
		for _, s := range r.cited {
			p.Citations = append(p.Citations, d.cite(s, s.span))
		}
		for _, s := range r.near {
			near := cite(s.Passage, s.span.Start, s.span.End)
			near.Number = len(v.Nearest) + 1
			v.Nearest = append(v.Nearest, near)
		}
		if checkable == 1 || r.support < v.Support {
			v.Support = r.support
		}
	}
	v.Citations = append(v.Citations, d.citations...)
	v.Verdict, v.Why = overall(parts, checkable)
	if len(parts) > 1 {
		v.Parts = parts
	}
	return v, nil
}

// overall joins the verdicts of the parts of a message.
func overall(parts []Part, checkable int) (Ruling, string) {
	if checkable == 0 {
		return NotInArticles, parts[0].Why
	}
	count := map[Ruling]int{}
	var first = map[Ruling]string{}
	for _, p := range parts {
		if p.Kind == kindClaim {
			count[p.Verdict]++
			if first[p.Verdict] == "" {
				first[p.Verdict] = p.Why
			}
		}
	}
	verdict := NotInArticles
	switch {
	case count[Contradicted] > 0:
		verdict = Contradicted
	case count[Supported] == checkable:
		verdict = Supported
	}
	why := first[verdict]
	if checkable > 1 {
		why = fmt.Sprintf("Of %d statements, %d are supported, %d contradicted and %d not in the articles. %s",
			checkable, count[Supported], count[Contradicted], count[NotInArticles], why)
	}
	return verdict, why
}

// A ruling is the verdict on one statement.
type ruling struct {
	verdict Ruling
	why     string
	cited   []*sentence
	near    []*sentence
	support float64

	as     *assertion
	ranked []*sentence // the best first
}

const vetoLead = 0.3

// evidenceLooked is how many sentences, best first, are compared part by part.
const evidenceLooked = 12

// rule compares one statement with the sentences that are nearest to it.
func (a *Answerer) rule(ctx context.Context, text string, f retrieval.Filter) (ruling, error) {
	as, ranked, err := a.evidenceFor(ctx, text, f)
	if err != nil {
		return ruling{}, err
	}
	r := ruling{verdict: NotInArticles, support: as.supportOf(ranked), as: as, ranked: ranked}
	if len(ranked) == 0 {
		r.why = "No passage of the articles is about this."
		return r, nil
	}
	var best, clash *comparison
	nearest := 0.0
	for _, s := range ranked[:min(evidenceLooked, len(ranked))] {
		c := as.compare(s)
		nearest = max(nearest, c.x[fCover])
		switch {
		case c.supports(as) && (best == nil || c.rank() > best.rank()):
			best = c
		case c.clashes() && (clash == nil || c.rank() > clash.rank()):
			clash = c
		}
	}
	if best != nil && best.x[fCover] < nearest-vetoLead {
		best = nil
	}
	switch {
	case best != nil && (clash == nil || best.outweighs(clash, len(as.figures) > 0)):
		r.verdict, r.cited = Supported, as.witnesses(best, ranked)
		r.why = as.whySupported(best)
		if clash != nil && best.given && clash.only("number") && originOf(clash.sentence) != originOf(best.sentence) {
			r.why += fmt.Sprintf(" %s gives another number: %s.", sourceLabel(clash.Article), clash.conflicts[0].their)
			r.cited = append(r.cited, clash.sentence)
		}
	case clash != nil:
		r.verdict, r.cited = Contradicted, []*sentence{clash.sentence}
		r.why = clash.conflicts[0].why()
	default:
		r.near = append(r.near, ranked[:min(nearestShown, len(ranked))]...)
		r.why = as.whyNot(ranked[0])
	}
	return r, nil
}

// bounds reads the bounds that were set outside the text; the article may be named
// in a reader's words.
func (a *Answerer) bounds(since, until, source, name string) (retrieval.Filter, error) {
	f, err := Bounds(a.lib, Question{Since: since, Until: until, Source: source})
	if err != nil || name == "" {
		return f, err
	}
	f.Article, err = a.FindArticle(name)
	return f, err
}

// witnesses are the sentences cited for a supported claim: the best one, what it
// leans on, and one of another origin that says the same.
func (as *assertion) witnesses(best *comparison, ranked []*sentence) []*sentence {
	out := append([]*sentence{best.sentence}, best.leans...)
	for _, s := range ranked[:min(evidenceLooked, len(ranked))] {
		if len(out) > maxStatements {
			break
		}
		if slices.ContainsFunc(out, func(o *sentence) bool { return originOf(o) == originOf(s) }) {
			continue
		}
		if as.compare(s).supports(as) {
			out = append(out, s)
		}
	}
	return out
}

func (as *assertion) whySupported(c *comparison) string {
	label := sourceLabel(c.Article)
	if who := c.by.who(); who != "" && !as.speaks(who) {
		return fmt.Sprintf("%s reports it as the words of %s.", label, withArticle(c.by.named()))
	}
	return label + " says so."
}

// withArticle puts "the" before a country or body that English names with it.
func withArticle(who string) string {
	terms := analysis.Terms(who)
	if len(terms) == 0 || determiners[terms[0].Text] {
		return who
	}
	last := terms[len(terms)-1]
	if bodies[last.Text] || persons[last.Text] && !last.Capital || articled[last.Text] {
		return "the " + who
	}
	return who
}

// articled names take "the".
var articled = formSet("us pentagon kremlin west whitehouse eu")

func (as *assertion) whyNot(near *sentence) string {
	if d := as.after(); d != "" {
		return fmt.Sprintf("The articles end on %s, before the time of this claim.", Day(d))
	}
	if unknown := as.unknownNames(); len(unknown) > 0 {
		return "The articles do not mention " + strings.Join(unknown, " or ") + "."
	}
	if why := as.withholds(); why != "" {
		return why
	}
	if near.x[fMaxSim] >= sameMatter || near.x[fCover] >= sameMatter {
		return "The articles touch this, but no sentence says it."
	}
	return "No sentence of the articles is about this."
}

// shown is a name or value as printed, cleaned for a reader.
func shown(s string) string { return article.Plain(s) }
