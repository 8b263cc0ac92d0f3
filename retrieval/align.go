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
	// CountTokens returns how many tokens a text has where nothing is cut off.
	CountTokens(text string) int
}

// An Alignment says how well one sentence answers a question token by token.
type Alignment struct {
	MaxSim  float64 // mean over the question's tokens, in [-1, 1]
	Weakest float64 // the content token that the sentence matches least
	// Telling is MaxSim with a token counting the less the better all sentences of
	// the hits match it: it tells them apart, and can't be compared between questions.
	Telling float64
}

// Align compares a question with every sentence of the hits by late interaction;
// result[i][j] belongs to sentence j of hit i. A passage is encoded as a whole, so
// that a "he" of one sentence means the man named in the one before. It is nil if the
// library's encoder gives no token vectors. Vectors of passages are kept for the next
// question.
func (l *Library) Align(ctx context.Context, question string, hits []Hit) ([][]Alignment, error) {
	e, ok := l.embedder.(TokenEmbedder)
	if !ok || len(hits) == 0 {
		return nil, nil
	}
	texts := []string{question}
	for _, h := range hits {
		texts = append(texts, h.Text())
	}
	tokens, err := l.tokensOf(ctx, e, texts)
	if err != nil {
		return nil, err
	}
	asked := tokens[0]
	sentences := make([][]embed.Tokens, len(hits))
	for i, h := range hits {
		if sentences[i], err = l.sentenceTokens(ctx, e, h, tokens[1+i]); err != nil {
			return nil, err
		}
	}
	return alignAll(asked, sentences), nil
}

// sentenceTokens cuts the tokens of a passage into those of its sentences. Where the
// passage is longer than the encoder reads, or its tokens aren't those of its
// sentences, each is encoded by itself.
func (l *Library) sentenceTokens(ctx context.Context, e TokenEmbedder, h Hit, whole embed.Tokens) ([]embed.Tokens, error) {
	out := make([]embed.Tokens, len(h.Sentences))
	texts := make([]string, len(h.Sentences))
	at := 0
	for j, s := range h.Sentences {
		texts[j] = s.In(h.Article.Text)
		n := e.CountTokens(texts[j])
		if at+n <= whole.Len() {
			out[j] = whole.Part(at, at+n)
		}
		at += n
	}
	if at == whole.Len() {
		return out, nil
	}
	return l.tokensOf(ctx, e, texts)
}

// alignAll aligns a question with the sentences of passages.
func alignAll(asked embed.Tokens, sentences [][]embed.Tokens) [][]Alignment {
	out := make([][]Alignment, len(sentences))
	var all [][]float32
	usual := make([]float32, asked.Len()) // the mean of each token over the sentences
	for i, passage := range sentences {
		out[i] = make([]Alignment, len(passage))
		for j, s := range passage {
			nearest := embed.Nearest(asked, s)
			out[i][j] = align(asked, nearest)
			all = append(all, nearest)
			for k, c := range nearest {
				usual[k] += c
			}
		}
	}
	telling := make([]float32, len(usual))
	for k, sum := range usual {
		telling[k] = asked.Weight[k] * (1 - sum/float32(len(all)))
	}
	for i := range out {
		for j := range out[i] {
			out[i][j].Telling = embed.MaxSim(telling, all[0])
			all = all[1:]
		}
	}
	return out
}

func align(question embed.Tokens, nearest []float32) Alignment {
	a := Alignment{MaxSim: embed.MaxSim(question.Weight, nearest), Weakest: 1}
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
