package qaeval

import (
	"cmp"
	"math"
	"slices"

	"crisisbot/bot/qa"
)

// Figures are what Score finds. A share of nothing is 0; the counts beside it say
// so. Shares are rounded to four decimals.
type Figures struct {
	Questions    int        `json:"questions"`
	Answerable   int        `json:"answerable"`
	Unanswerable int        `json:"unanswerable"`
	Retrieval    Retrieval  `json:"retrieval"`
	Answers      Answers    `json:"answers"`
	Abstention   Abstention `json:"abstention"`
	Quotations   Quotations `json:"quotations"`
	Types        []Type     `json:"types"` // in the order of their first question
}

// Retrieval is over the answerable questions with evidence; a turn that needs the
// one before it is left out, since it is searched as it stands.
type Retrieval struct {
	Questions int     `json:"questions"`
	Hit1      float64 `json:"hit@1"`
	Hit3      float64 `json:"hit@3"`
	Hit5      float64 `json:"hit@5"`
	Hit10     float64 `json:"hit@10"`
	MRR       float64 `json:"mrr@10"`
	NDCG      float64 `json:"ndcg@10,omitempty"` // over documents only
}

// Answers is over the answerable questions. First, Shown and Complete want
// evidence; Hit and SentenceHit want accepted answers.
type Answers struct {
	Answered float64 `json:"answered"`
	First    float64 `json:"first"`    // the first citation is evidence
	Shown    float64 `json:"shown"`    // some citation is
	Complete float64 `json:"complete"` // every point has a citation
	// Precision is the mean share of citations that are evidence, 0 without any;
	// Recall the mean share of points with a citation.
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	// Hit: the first statement shown holds an accepted answer. SentenceHit: it,
	// or for a refusal the nearest quotation, does.
	Hit         float64 `json:"hit,omitempty"`
	SentenceHit float64 `json:"sentence_hit,omitempty"`
	Characters  float64 `json:"characters,omitempty"` // mean length of that statement or quotation
}

// Abstention compares answerable and unanswerable questions, the last three figures
// by the confidence of the answers.
type Abstention struct {
	Refused       float64 `json:"refused"`                // of the unanswerable
	FalseRefusals float64 `json:"false_refusals"`         // of the answerable
	RightReason   float64 `json:"right_reason,omitempty"` // of those rightly refused whose reason is known
	AUROC         float64 `json:"auroc,omitempty"`
	RefusedAt5    float64 `json:"refused_at_5pct_false_refusals,omitempty"`
	RefusedAt10   float64 `json:"refused_at_10pct_false_refusals,omitempty"`
}

// Quotations counts what is shown as a quotation, and what of it is exact.
type Quotations struct {
	Shown int `json:"shown"`
	Exact int `json:"exact"`
}

// A Type counts the questions of one type. Right means: evidence shown for an
// answerable question; refused, or for a false premise corrected from evidence, for
// an unanswerable one.
type Type struct {
	Name       string `json:"name"`
	Questions  int    `json:"questions"`
	Answerable int    `json:"answerable"`
	Answered   int    `json:"answered"`
	First      int    `json:"first"`
	Shown      int    `json:"shown"`
	Complete   int    `json:"complete"`
	Refused    int    `json:"refused"`
	Right      int    `json:"right"`
}

// Score counts.
func Score(results []Result) Figures {
	var real, null []Result
	for _, r := range results {
		if r.Answerable {
			real = append(real, r)
		} else {
			null = append(null, r)
		}
	}
	f := Figures{
		Questions: len(results), Answerable: len(real), Unanswerable: len(null),
		Retrieval:  scoreRetrieval(real),
		Answers:    scoreAnswers(real),
		Abstention: scoreAbstention(real, null),
		Types:      scoreTypes(results),
	}
	for _, r := range results {
		f.Quotations.Shown += r.Quotes
		f.Quotations.Exact += r.Exact
	}
	return f
}

const depth = 10 // ranks that count

func scoreRetrieval(real []Result) Retrieval {
	var hit1, hit3, hit5, hit10, mrr, ndcg []float64
	byPassage := false
	for _, r := range real {
		if len(r.Documents) == 0 || r.Type == "followup" {
			continue
		}
		flags, gold := r.relevant()
		byPassage = byPassage || r.ByPassage
		first := slices.Index(flags, true)
		at := func(k int) float64 { return share(first >= 0 && first < k) }
		hit1, hit3, hit5, hit10 = append(hit1, at(1)), append(hit3, at(3)), append(hit5, at(5)), append(hit10, at(10))
		rr, dcg, ideal := 0.0, 0.0, 0.0
		if first >= 0 {
			rr = 1 / float64(first+1)
		}
		for i, ok := range flags {
			dcg += share(ok) / math.Log2(float64(i+2))
		}
		for i := range min(depth, gold) {
			ideal += 1 / math.Log2(float64(i+2))
		}
		mrr, ndcg = append(mrr, rr), append(ndcg, dcg/ideal)
	}
	out := Retrieval{len(hit1), mean(hit1), mean(hit3), mean(hit5), mean(hit10), mean(mrr), mean(ndcg)}
	if byPassage {
		out.NDCG = 0
	}
	return out
}

// relevant judges the first ranks, documents each once, and returns how many
// documents are relevant.
func (r *Result) relevant() (flags []bool, gold int) {
	var seen []string
	for _, p := range r.Retrieved {
		if len(flags) == depth {
			break
		}
		if r.ByPassage {
			flags = append(flags, r.evidence(p.ID, p.File, p.Text) >= 0)
			continue
		}
		if !slices.Contains(seen, p.ID) {
			seen = append(seen, p.ID)
			flags = append(flags, slices.Contains(r.Documents, p.ID) || slices.Contains(r.Documents, p.File))
		}
	}
	return flags, len(r.Documents)
}

// evidence returns the first point that a text of an article shows, or -1: it
// covers a quotation or lies inside one, after normalisation.
func (r *Result) evidence(id, file, text string) int {
	shown := Normalise(text)
	return slices.IndexFunc(r.Evidence, func(point []Quote) bool {
		return slices.ContainsFunc(point, func(q Quote) bool {
			return (q.Document == id || q.Document == file) && overlap(shown, Normalise(q.Text))
		})
	})
}

// points returns which points of evidence the citations show, and which citations
// show one.
func (r *Result) points() (points, citations []bool) {
	points, citations = make([]bool, len(r.Evidence)), make([]bool, len(r.Answer.Citations))
	for i, c := range r.Answer.Citations {
		shown := Normalise(c.Quote)
		for j, point := range r.Evidence {
			for _, q := range point {
				if (q.Document == c.ArticleID || q.Document == c.File) && overlap(shown, Normalise(q.Text)) {
					points[j], citations[i] = true, true
				}
			}
		}
	}
	return points, citations
}

func scoreAnswers(real []Result) Answers {
	var answered, first, shown, complete, precision, recall, hit, sentenceHit, characters []float64
	for _, r := range real {
		answered = append(answered, share(!r.Answer.Abstained))
		if len(r.Evidence) > 0 {
			points, citations := r.points()
			first = append(first, share(len(citations) > 0 && citations[0]))
			shown = append(shown, share(slices.Contains(points, true)))
			complete = append(complete, share(!slices.Contains(points, false)))
			precision = append(precision, shareOf(citations))
			recall = append(recall, shareOf(points))
		}
		if len(r.Answers) > 0 {
			text := r.Sentence()
			holds := slices.ContainsFunc(r.Answers, func(a string) bool { return Contains(text, a) })
			hit = append(hit, share(holds && !r.Answer.Abstained))
			sentenceHit = append(sentenceHit, share(holds))
			characters = append(characters, float64(len([]rune(text))))
		}
	}
	return Answers{
		mean(answered), mean(first), mean(shown), mean(complete), mean(precision), mean(recall),
		mean(hit), mean(sentenceHit), mean(characters),
	}
}

// Sentence returns the first statement shown, or of a refusal the nearest
// quotation.
func (r *Result) Sentence() string {
	switch a := &r.Answer; {
	case len(a.Statements) > 0:
		return a.Statements[0].Text
	case len(a.Nearest) > 0:
		return a.Nearest[0].Quote
	}
	return ""
}

func scoreAbstention(real, null []Result) Abstention {
	var out Abstention
	refused := func(rs []Result) []float64 {
		return collect(rs, func(r Result) float64 { return share(r.Answer.Abstained) })
	}
	out.Refused, out.FalseRefusals = mean(refused(null)), mean(refused(real))
	var reasons []float64
	for _, r := range null {
		if r.Answer.Abstained && r.Reason != "" {
			reasons = append(reasons, share(r.Answer.Reason == qa.Reason(r.Reason)))
		}
	}
	out.RightReason = mean(reasons)
	if len(real) == 0 || len(null) == 0 {
		return out
	}
	confidence := func(r Result) float64 { return r.Answer.Confidence }
	pos, neg := collect(real, confidence), collect(null, confidence)
	out.AUROC = round(AUROC(pos, neg))
	out.RefusedAt5, out.RefusedAt10 = refusedAt(pos, neg, 5), refusedAt(pos, neg, 10)
	return out
}

// refusedAt returns the share of neg below the threshold under which at most
// percent of pos lie.
func refusedAt(pos, neg []float64, percent int) float64 {
	sorted := slices.Sorted(slices.Values(pos))
	threshold := sorted[min(len(sorted)-1, len(sorted)*percent/100)]
	return mean(collect(neg, func(v float64) float64 { return share(v < threshold) }))
}

// AUROC is the probability that a value of pos is above one of neg, ties counting
// half (Hanley and McNeil 1982); NaN if either is empty.
func AUROC(pos, neg []float64) float64 {
	type value struct {
		v   float64
		pos bool
	}
	var all []value
	for _, v := range pos {
		all = append(all, value{v, true})
	}
	for _, v := range neg {
		all = append(all, value{v, false})
	}
	slices.SortFunc(all, func(a, b value) int { return cmp.Compare(a.v, b.v) })
	sum := 0.0 // of the ranks of pos
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].v == all[i].v {
			j++
		}
		for _, v := range all[i:j] {
			if v.pos {
				sum += float64(i+1+j) / 2
			}
		}
		i = j
	}
	n, m := float64(len(pos)), float64(len(neg))
	return (sum - n*(n+1)/2) / (n * m)
}

func scoreTypes(results []Result) []Type {
	var out []Type
	for _, r := range results {
		i := slices.IndexFunc(out, func(t Type) bool { return t.Name == r.Type })
		if i < 0 {
			i = len(out)
			out = append(out, Type{Name: r.Type})
		}
		t := &out[i]
		points, citations := r.points()
		shown := slices.Contains(points, true)
		t.Questions++
		t.Answerable += count(r.Answerable)
		t.Answered += count(!r.Answer.Abstained)
		t.Refused += count(r.Answer.Abstained)
		t.First += count(len(citations) > 0 && citations[0])
		t.Shown += count(shown)
		t.Complete += count(shown && !slices.Contains(points, false))
		t.Right += count(shown || !r.Answerable && r.Answer.Abstained)
	}
	return out
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func share(b bool) float64 { return float64(count(b)) }

func shareOf(flags []bool) float64 {
	if len(flags) == 0 {
		return 0
	}
	n := 0
	for _, b := range flags {
		n += count(b)
	}
	return float64(n) / float64(len(flags))
}

func collect[T any](in []T, f func(T) float64) []float64 {
	out := make([]float64, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// mean of nothing is 0.
func mean(xs []float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return round(sum / float64(len(xs)))
}

func round(x float64) float64 { return math.Round(x*1e4) / 1e4 }
