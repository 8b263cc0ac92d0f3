package embed

import (
	"context"
	"errors"
	"fmt"
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
// of texts. It spreads them over the threads and looks at ctx between two
// texts. An error comes without vectors; it names the index of the first
// empty text and wraps ErrEmpty, or is ctx's.
func (l *Local) EmbedPassages(ctx context.Context, texts []string) ([][]float32, error) {
	room := 0 // a token takes some four bytes of English
	for _, text := range texts {
		room += min(len(text)/4+8, maxTokens)
	}
	ids := make([]int32, 0, room) // of all texts, one after the other
	spans := make([]span, len(texts))
	for i, text := range texts {
		start := len(ids)
		ids = l.encoder.tokenizer.Append(ids, text, maxTokens)
		if len(ids)-start <= marks {
			return nil, fmt.Errorf("embed: text %d: %w", i, ErrEmpty)
		}
		spans[i] = span{i, start, len(ids)}
	}
	// Longest first, so that no thread is left alone with a long text.
	slices.SortStableFunc(spans, func(a, b span) int { return (b.end - b.start) - (a.end - a.start) })

	out := make([][]float32, len(texts))
	var next atomic.Int64
	work := func() {
		s := l.encoder.scratch()
		defer l.encoder.free.Put(s)
		for ctx.Err() == nil {
			n := int(next.Add(1)) - 1
			if n >= len(spans) {
				return
			}
			t := spans[n]
			v := make([]float32, l.Dim())
			l.encoder.forward(v, ids[t.start:t.end], s)
			out[t.text] = v
		}
	}
	if threads := min(l.threads, len(texts)); threads <= 1 {
		work()
	} else {
		var wg sync.WaitGroup
		for range threads {
			wg.Go(work)
		}
		wg.Wait()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

// A span is where the ids of a text lie among those of all texts.
type span struct{ text, start, end int }
