package retrieval

import "context"

// Vectors returns the vectors of texts, of unit length and in their order, nil if the
// library's encoder gives no token vectors. They are kept as those of Align are.
func (l *Library) Vectors(ctx context.Context, texts []string) ([][]float32, error) {
	e, ok := l.embedder.(TokenEmbedder)
	if !ok || len(texts) == 0 {
		return nil, nil
	}
	tokens, err := l.tokensOf(ctx, e, texts)
	if err != nil {
		return nil, err
	}
	out := make([][]float32, len(tokens))
	for i, t := range tokens {
		out[i] = t.Vector()
	}
	return out, nil
}
