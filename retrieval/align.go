package retrieval

import (
	"container/list"
	"context"
	"sync"

	"crisisbot/retrieval/embed"
)

// A TokenEmbedder is an Embedder that also gives a vector for every token.
type TokenEmbedder interface {
	EmbedTokens(ctx context.Context, texts []string) ([]embed.Tokens, error)
}

// An Alignment says how well one sentence answers a question token by token.
type Alignment struct {
	MaxSim  float64 // mean over the question's tokens, in [-1, 1]
	Weakest float64 // the content token that the sentence matches least
}

// Align compares a question with every sentence of the hits by late interaction;
// result[i][j] belongs to sentence j of hit i. It is nil if the library's encoder
// gives no token vectors. Vectors of passages are kept for the next question.
func (l *Library) Align(ctx context.Context, question string, hits []Hit) ([][]Alignment, error) {
	e, ok := l.embedder.(TokenEmbedder)
	if !ok || len(hits) == 0 {
		return nil, nil
	}
	if err := l.fillTokens(ctx, e, hits); err != nil {
		return nil, err
	}
	asked, err := e.EmbedTokens(ctx, []string{question})
	if err != nil {
		return nil, err
	}
	out := make([][]Alignment, len(hits))
	for i, h := range hits {
		sentences, ok := l.tokens.get(h.Passage)
		if !ok { // evicted meanwhile: more passages are asked about at once than fit
			if sentences, err = embedSentences(ctx, e, h.Passage); err != nil {
				return nil, err
			}
		}
		out[i] = make([]Alignment, len(sentences))
		for j, s := range sentences {
			near := embed.Nearest(asked[0], s)
			out[i][j] = align(asked[0], near)
		}
	}
	return out, nil
}

func align(question embed.Tokens, nearest []float32) Alignment {
	a := Alignment{MaxSim: embed.MaxSim(question, nearest), Weakest: 1}
	for i, c := range nearest {
		if question.Weight[i] == 1 {
			a.Weakest = min(a.Weakest, float64(c))
		}
	}
	return a
}

// fillTokens encodes the sentences of all hits that are not kept yet, together, so
// that the work spreads over the cores.
func (l *Library) fillTokens(ctx context.Context, e TokenEmbedder, hits []Hit) error {
	var missing []*Passage
	var texts []string
	for _, h := range hits {
		if _, ok := l.tokens.get(h.Passage); ok {
			continue
		}
		missing = append(missing, h.Passage)
		texts = append(texts, sentenceTexts(h.Passage)...)
	}
	if len(missing) == 0 {
		return nil
	}
	all, err := e.EmbedTokens(ctx, texts)
	if err != nil {
		return err
	}
	for _, p := range missing {
		n := len(p.Sentences)
		l.tokens.put(p, all[:n:n])
		all = all[n:]
	}
	return nil
}

func embedSentences(ctx context.Context, e TokenEmbedder, p *Passage) ([]embed.Tokens, error) {
	return e.EmbedTokens(ctx, sentenceTexts(p))
}

func sentenceTexts(p *Passage) []string {
	texts := make([]string, len(p.Sentences))
	for i, s := range p.Sentences {
		texts[i] = s.In(p.Article.Text)
	}
	return texts
}

// tokenCacheBytes bounds the token vectors kept: some 3,000 passages of 60 tokens.
const tokenCacheBytes = 64 << 20

// A tokenCache keeps the token vectors of the passages used last.
type tokenCache struct {
	mu    sync.Mutex
	byKey map[*Passage]*list.Element // of *keptTokens
	order list.List                  // used last first
	bytes int
}

type keptTokens struct {
	passage *Passage
	tokens  []embed.Tokens
	bytes   int
}

func (c *tokenCache) get(p *Passage) ([]embed.Tokens, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[p]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*keptTokens).tokens, true
}

func (c *tokenCache) put(p *Passage, tokens []embed.Tokens) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = map[*Passage]*list.Element{}
	}
	if _, ok := c.byKey[p]; ok {
		return
	}
	k := &keptTokens{passage: p, tokens: tokens}
	for _, t := range tokens {
		k.bytes += t.Bytes()
	}
	c.byKey[p] = c.order.PushFront(k)
	for c.bytes += k.bytes; c.bytes > tokenCacheBytes && c.order.Len() > 1; {
		last := c.order.Remove(c.order.Back()).(*keptTokens)
		delete(c.byKey, last.passage)
		c.bytes -= last.bytes
	}
}
