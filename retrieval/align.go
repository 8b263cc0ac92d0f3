package retrieval

import (
	"container/list"
	"context"
	"sync"

	"crisisbot/retrieval/archive"
	"crisisbot/retrieval/embed"
)

// A TokenEmbedder is an Embedder that also gives a vector for every token. The
// Vector of a text's Tokens is the one that EmbedQuery returns for it.
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
// gives no token vectors. Vectors of sentences are kept for the next question.
func (l *Library) Align(ctx context.Context, question string, hits []Hit) ([][]Alignment, error) {
	e, ok := l.embedder.(TokenEmbedder)
	if !ok || len(hits) == 0 {
		return nil, nil
	}
	texts := []string{question}
	for _, h := range hits {
		for _, s := range h.Sentences {
			texts = append(texts, s.In(h.Article.Text))
		}
	}
	tokens, err := l.tokensOf(ctx, e, texts)
	if err != nil {
		return nil, err
	}
	asked, sentences := tokens[0], tokens[1:]
	out := make([][]Alignment, len(hits))
	for i, h := range hits {
		out[i] = make([]Alignment, len(h.Sentences))
		for j, s := range sentences[:len(h.Sentences)] {
			out[i][j] = align(asked, embed.Nearest(asked, s))
		}
		sentences = sentences[len(h.Sentences):]
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

// embedQuery returns the vector of a question. Align will ask for its tokens next.
func (l *Library) embedQuery(ctx context.Context, text string) ([]float32, error) {
	e, ok := l.embedder.(TokenEmbedder)
	if !ok {
		return l.embedder.EmbedQuery(ctx, text)
	}
	tokens, err := l.tokensOf(ctx, e, []string{text})
	if err != nil {
		return nil, err
	}
	if tokens[0].Len() == 0 {
		return nil, embed.ErrEmpty
	}
	return tokens[0].Vector(), nil
}

// tokensOf returns the tokens of texts, none for one that the encoder finds empty.
// Those that are not kept are encoded together, so that the work spreads over the
// cores.
func (l *Library) tokensOf(ctx context.Context, e TokenEmbedder, texts []string) ([]embed.Tokens, error) {
	out := make([]embed.Tokens, len(texts))
	var missing []string
	places := map[archive.Hash][]int{}
	var order []archive.Hash
	for i, text := range texts {
		h := archive.HashText(text)
		var ok bool
		if out[i], ok = l.tokens.get(h); ok {
			continue
		}
		if out[i], ok = l.shipped.Tokens(h); ok {
			l.tokens.put(h, out[i])
			continue
		}
		if places[h] == nil {
			missing, order = append(missing, text), append(order, h)
		}
		places[h] = append(places[h], i)
	}
	if len(missing) == 0 {
		return out, nil
	}
	found, err := eachNotEmpty(missing, func(texts []string) ([]embed.Tokens, error) { return e.EmbedTokens(ctx, texts) })
	if err != nil {
		return nil, err
	}
	for n, h := range order {
		l.tokens.put(h, found[n])
		for _, i := range places[h] {
			out[i] = found[n]
		}
	}
	return out, nil
}

// tokenCacheBytes bounds the token vectors kept: some 3,000 passages of 60 tokens.
const tokenCacheBytes = 64 << 20

// A tokenCache keeps the token vectors of the texts used last.
type tokenCache struct {
	mu    sync.Mutex
	byKey map[archive.Hash]*list.Element // of *keptTokens
	order list.List                      // used last first
	bytes int
}

type keptTokens struct {
	hash   archive.Hash
	tokens embed.Tokens
}

func (c *tokenCache) get(h archive.Hash) (embed.Tokens, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[h]
	if !ok {
		return embed.Tokens{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*keptTokens).tokens, true
}

func (c *tokenCache) put(h archive.Hash, tokens embed.Tokens) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey == nil {
		c.byKey = map[archive.Hash]*list.Element{}
	}
	if _, ok := c.byKey[h]; ok {
		return
	}
	c.byKey[h] = c.order.PushFront(&keptTokens{h, tokens})
	for c.bytes += tokens.Bytes(); c.bytes > tokenCacheBytes; {
		last := c.order.Remove(c.order.Back()).(*keptTokens)
		delete(c.byKey, last.hash)
		c.bytes -= last.tokens.Bytes()
	}
}
