package qa

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/gob"
	"slices"

	"crisisbot/retrieval"
	"crisisbot/retrieval/analysis"
	"crisisbot/retrieval/article"
	"crisisbot/retrieval/dates"
)

// keptName is where the archive has what the articles say of each other, and keptForm
// changes with the stored form.
const (
	keptName = "disagreements"
	keptForm = 2
)

// The stored form: sentences by passage and place, answers by place among the said.
type (
	storedSaid struct {
		Ordinal, N, Index              int
		Who, Side                      string
		Denial, Points, Replies, Harsh bool
		Against                        []string
		Vector                         []int8
		Day                            int
	}
	storedCount struct {
		Ordinal, N                int
		Value, Text, Class, Owner string
		Start, End                int
	}
	storedDated struct {
		Ordinal, N  int
		When        dates.Mention
		Start, End  int
		Kind, Phase string
		Plan        bool
		Names       []taking
		Words       map[string]bool
	}
	storedAnswer struct {
		Said    int
		Article string
		Claim   int
	}
	storedReading struct {
		ID      string
		Hash    [sha256.Size]byte
		Said    []storedSaid
		Counts  []storedCount
		Dated   []storedDated
		Answers []storedAnswer
	}
	storedDisputes struct {
		Form     int
		Analysis [sha256.Size]byte
		Votes    map[string]map[string]int
		Readings []storedReading
	}
)

func (k *disputeKeeper) encode() ([]byte, error) {
	place := map[*saidSentence]storedAnswer{}
	for id, r := range k.readings {
		for i, s := range r.said {
			place[s] = storedAnswer{Article: id, Claim: i}
		}
	}
	out := storedDisputes{Form: keptForm, Analysis: analysis.Fingerprint(), Votes: k.votes}
	for id, r := range k.readings {
		st := storedReading{ID: id, Hash: r.hash}
		for i, s := range r.said {
			st.Said = append(st.Said, storedSaid{s.Ordinal, s.n, s.index, s.who, s.side, s.denial, s.points, s.replies, s.harsh, s.against, s.vector, s.day})
			for _, x := range k.answers[s] {
				at := place[x]
				at.Said = i
				st.Answers = append(st.Answers, at)
			}
		}
		for _, n := range r.counts {
			st.Counts = append(st.Counts, storedCount{n.Ordinal, n.n, n.value, n.text, n.class, n.owner, n.span.Start, n.span.End})
		}
		for _, d := range r.dated {
			st.Dated = append(st.Dated, storedDated{d.Ordinal, d.n, d.when, d.span.Start, d.span.End, d.kind, d.phase, d.plan, d.names, d.words})
		}
		out.Readings = append(out.Readings, st)
	}
	slices.SortFunc(out.Readings, func(a, b storedReading) int { return cmp.Compare(a.ID, b.ID) })
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// load takes what the archive kept of the articles that are still as they were.
func (k *disputeKeeper) load(a *Answerer, articles []*article.Article) {
	k.readings, k.votes = map[string]*reading{}, map[string]map[string]int{}
	k.answers, k.hostile = map[*saidSentence][]*saidSentence{}, claimIndex{}
	var in storedDisputes
	body := a.lib.Derived(keptName)
	if body == nil || gob.NewDecoder(bytes.NewReader(body)).Decode(&in) != nil || in.Form != keptForm || in.Analysis != analysis.Fingerprint() {
		return
	}
	now := map[string]*article.Article{}
	for _, o := range articles {
		now[o.ID] = o
	}
	for _, st := range in.Readings {
		o := now[st.ID]
		if o == nil || readFrom(o) != st.Hash {
			k.unsaved = true
			continue
		}
		if r := restored(st, o, a.lib.Passages(o.ID)); r != nil {
			k.readings[st.ID] = r
			for _, s := range r.said {
				k.hostile.add(s)
			}
		}
	}
	for _, st := range in.Readings {
		r := k.readings[st.ID]
		for _, at := range st.Answers {
			if x := k.readings[at.Article]; r != nil && x != nil && at.Claim < len(x.said) && at.Said < len(r.said) {
				k.answers[r.said[at.Said]] = append(k.answers[r.said[at.Said]], x.said[at.Claim])
			}
		}
	}
	if in.Votes != nil {
		k.votes = in.Votes
	}
}

// restored is a stored reading of an article, nil if its passages are cut otherwise
// now.
func restored(st storedReading, o *article.Article, passages []*retrieval.Passage) *reading {
	r := &reading{article: o, hash: st.Hash}
	known := map[[2]int]*sentence{} // two figures of a sentence share it
	at := func(ordinal, n int) *sentence {
		if s := known[[2]int{ordinal, n}]; s != nil {
			return s
		}
		if ordinal < 0 || ordinal >= len(passages) || passages[ordinal].Ordinal != ordinal || n < 0 || n >= len(passages[ordinal].Sentences) {
			return nil
		}
		s := plainSentence(passages[ordinal], n)
		known[[2]int{ordinal, n}] = s
		return s
	}
	for _, s := range st.Said {
		x := at(s.Ordinal, s.N)
		if x == nil {
			return nil
		}
		r.said = append(r.said, &saidSentence{
			sentence: x, index: s.Index, who: s.Who, side: s.Side, denial: s.Denial, points: s.Points, replies: s.Replies, harsh: s.Harsh,
			against: s.Against, vector: s.Vector, day: s.Day, words: contentOf(x),
		})
	}
	for _, n := range st.Counts {
		x := at(n.Ordinal, n.N)
		if x == nil {
			return nil
		}
		r.counts = append(r.counts, quantity{sentence: x, value: n.Value, text: n.Text, class: n.Class, owner: n.Owner, span: article.Span{Start: n.Start, End: n.End}})
	}
	for _, d := range st.Dated {
		x := at(d.Ordinal, d.N)
		if x == nil {
			return nil
		}
		r.dated = append(r.dated, datedDeed{
			sentence: x, when: d.When, span: article.Span{Start: d.Start, End: d.End}, kind: d.Kind, phase: d.Phase, plan: d.Plan, names: d.Names, words: d.Words,
		})
	}
	return r
}

func contentOf(s *sentence) map[string]bool {
	set := map[string]bool{}
	for _, t := range s.terms {
		if !t.Stop {
			set[t.Text] = true
		}
	}
	return set
}
