// Package embed turns texts into vectors for search by meaning: Local with the
// encoder inside the binary, Remote with any OpenAI-compatible endpoint.
//
// Local is a BERT encoder in plain Go. A Tokenizer cuts a text into ids (tokenizer.go),
// weights.go reads the int8 weights of the embedded file, forward.go computes the
// hidden states, and most of the time goes into the two matrix kernels of kernel.go,
// in assembly for AVX2 and NEON and in portable Go.
package embed

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// maxTokens is the longest text that the encoder reads, [CLS] and [SEP]
// included: the max_seq_length that the model was published with.
const maxTokens = 256

const marks = 2 // [CLS] and [SEP]

// ErrEmpty is wrapped by the error for a text without a single token, such as
// "" or white space: it has no meaning to encode.
var ErrEmpty = errors.New("text is empty")

// LocalOptions tune a Local. The zero value means the defaults.
type LocalOptions struct {
	Threads int // texts of one call encoded at the same time; 0 means runtime.GOMAXPROCS(0)
}

// Local is the encoder inside the binary: all-MiniLM-L6-v2 with its weights
// in int8. It needs no network, no key and no file. Any number of goroutines
// may use it.
//
// A text is cut after 256 tokens, of which 254 are its own (some 190 English
// words): what follows has no influence on the vector.
type Local struct {
	encoder *encoder
	threads int
}

// NewLocal unpacks the encoder, once for the whole process. It fails when the
// weights in the binary are damaged.
func NewLocal(o LocalOptions) (*Local, error) {
	if o.Threads < 0 {
		return nil, fmt.Errorf("embed: %d threads: use 0 for all processors, or a positive number", o.Threads)
	}
	if o.Threads == 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	e, err := unpack()
	if err != nil {
		return nil, err
	}
	return &Local{e, o.Threads}, nil
}

// Model is the id to store with the vectors: vectors of another id must never
// be compared with these.
func (l *Local) Model() string { return "all-MiniLM-L6-v2-int8" }

// Dim is the length of a vector, 384.
func (l *Local) Dim() int { return l.encoder.width }

// EmbedQuery returns the vector of a question, of unit length. This model has
// no prefix for questions: they share one space with the passages, and the
// dot product of two vectors is their cosine. An error wraps ErrEmpty, or is
// ctx's.
func (l *Local) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	v, err := l.EmbedPassages(ctx, []string{text})
	if err != nil {
		return nil, err
	}
	return v[0], nil
}

// EmbedPassages returns the vectors of texts, of unit length and in the order
// of texts. It spreads them over the threads and looks at ctx every few texts,
// some 20 ms. An error comes without vectors; it names the index of the first
// empty text and wraps ErrEmpty, or is ctx's.
func (l *Local) EmbedPassages(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	err := l.each(ctx, texts, func(i int, _ []int32, states []float32) {
		out[i] = make([]float32, l.Dim())
		mean(out[i], states)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// CountTokens returns how many tokens a text has, where nothing is cut off.
func (l *Local) CountTokens(text string) int {
	return len(l.encoder.tokenizer.Append(nil, text, math.MaxInt32)) - marks
}

// packTokens is how many tokens of short texts share one pass, so that unpacking
// the weights and filling the last tile cost less. On BenchmarkSentences 128 save
// a sixth of the processor's time; 256 would save 3 % more.
const packTokens = 128

// each calls use with the ids and the last hidden states, [len(ids)][width], of
// every text, spread over the threads. The states are use's until it returns.
func (l *Local) each(ctx context.Context, texts []string, use func(i int, ids []int32, states []float32)) error {
	room := 0 // a token takes some four bytes of English
	for _, text := range texts {
		room += min(len(text)/4+8, maxTokens)
	}
	buffer := make([]int32, 0, room)
	inputs := make([]input, len(texts))
	for i, text := range texts {
		start := len(buffer)
		buffer = l.encoder.tokenizer.Append(buffer, text, maxTokens)
		ids := buffer[start:]
		if len(ids) <= marks {
			return fmt.Errorf("embed: text %d: %w", i, ErrEmpty)
		}
		inputs[i] = input{i, ids}
	}
	packs := pack(inputs, min(packTokens, (len(buffer)+l.threads-1)/l.threads))
	var next atomic.Int64
	work := func() {
		s := l.encoder.scratch()
		defer l.encoder.free.Put(s)
		for ctx.Err() == nil {
			n := int(next.Add(1)) - 1
			if n >= len(packs) {
				return
			}
			l.encoder.states(packs[n], s)
			x := s.x
			for _, in := range packs[n] {
				size := len(in.ids) * l.Dim()
				use(in.text, in.ids, x[:size])
				x = x[size:]
			}
		}
	}
	if threads := min(l.threads, len(packs)); threads <= 1 {
		work()
	} else {
		var wg sync.WaitGroup
		for range threads {
			wg.Go(work)
		}
		wg.Wait()
	}
	return ctx.Err()
}

// An input is the ids of one text of a call.
type input struct {
	text int
	ids  []int32
}

// pack sorts the inputs, longest first, so that no thread is left alone with a
// long text, and cuts them into runs of at most limit ids, or of one input.
func pack(inputs []input, limit int) [][]input {
	slices.SortStableFunc(inputs, func(a, b input) int { return len(b.ids) - len(a.ids) })
	var packs [][]input
	start, size := 0, 0
	for i, in := range inputs {
		if i > start && size+len(in.ids) > limit {
			packs = append(packs, inputs[start:i])
			start, size = i, 0
		}
		size += len(in.ids)
	}
	if start < len(inputs) {
		packs = append(packs, inputs[start:])
	}
	return packs
}
