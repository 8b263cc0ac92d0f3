package retrieval_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"crisisbot/retrieval"
	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/embed"
)

// watched is the encoder in the binary, with an eye on what it is given.
type watched struct {
	*embed.Local
	mu    sync.Mutex
	texts []string
}

func newWatched(t testing.TB) *watched {
	return &watched{Local: must(embed.NewLocal(embed.LocalOptions{}))(t)}
}

func (w *watched) note(texts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts = append(w.texts, texts...)
}

// take returns the texts given since it was called last.
func (w *watched) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	texts := w.texts
	w.texts = nil
	return texts
}

func (w *watched) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	w.note(text)
	return w.Local.EmbedQuery(ctx, text)
}

func (w *watched) EmbedPassages(ctx context.Context, texts []string) ([][]float32, error) {
	w.note(texts...)
	return w.Local.EmbedPassages(ctx, texts)
}

func (w *watched) EmbedTokens(ctx context.Context, texts []string) ([]embed.Tokens, error) {
	w.note(texts...)
	return w.Local.EmbedTokens(ctx, texts)
}

// ask searches and aligns as an answer does.
func ask(t *testing.T, l *retrieval.Library, question string) ([]retrieval.Hit, [][]retrieval.Alignment) {
	t.Helper()
	q := must(l.Query(question, retrieval.Filter{}, ""))(t)
	q.Text = question
	hits := must(l.Search(t.Context(), q))(t)
	return hits, must(l.Align(t.Context(), question, hits))(t)
}

// The first question on the starter articles waits for the encoding of nothing but
// itself, and that once.
func TestFirstQuestion(t *testing.T) {
	e := newWatched(t)
	l := open(t, openArchive(t, t.TempDir(), archive.Options{}), e, starters(t)...)
	if got := l.Encoding(); got.Done != got.Total || got.Total == 0 {
		t.Errorf("vectors: %+v", got)
	}
	const question = "Who offered to meet the Russian leader?"
	hits, _ := ask(t, l, question)
	if len(hits) == 0 || hits[0].Semantic == 0 {
		t.Error("nothing is found by meaning")
	}
	wantDiff(t, "encoded", e.take(), []string{question})
	ask(t, l, question)
	wantDiff(t, "encoded for the same question again", e.take(), []string(nil))
}

// Sentences that a new revision leaves as they are keep their vectors.
func TestRevisionKeepsTokens(t *testing.T) {
	e := newWatched(t)
	l := retrieval.New(e)
	a := news("a", "wheat")
	must(l.Add(t.Context(), a))(t)
	check(t, l.Encode(t.Context(), nil))
	ask(t, l, "Why does wheat matter?")
	e.take()
	const sentence = "A wheat field burned near the old mill."
	a.Text = strings.Replace(a.Text, "\n\n", "\n\n"+sentence+"\n\n", 1)
	must(l.Add(t.Context(), a))(t)
	check(t, l.Encode(t.Context(), nil))
	hits, alignments := ask(t, l, "Why does wheat matter?")
	for i, h := range hits {
		if len(alignments[i]) != len(h.Sentences) {
			t.Errorf("%s: %d alignments of %d sentences", h.Key(), len(alignments[i]), len(h.Sentences))
		}
	}
	texts := e.take()
	slices.Sort(texts)
	wantDiff(t, "encoded", slices.Compact(texts), []string{sentence})
}
