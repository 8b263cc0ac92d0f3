package embed

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"sync"
)

//go:embed model/weights.bin
var weightsFile []byte

//go:embed model/vocab.txt
var vocabFile string

// Vocabulary returns the tokens of the encoder in the binary, one a line; "##" begins
// those that go on with a word.
func Vocabulary() string { return vocabFile }

// The files that model/remake makes; see model/ORIGIN.md.
const (
	weightsSum = "dda9c434c7f31b21d0285da65d80a6bd952279edc88998f28be99b88b1d3abf2"
	vocabSum   = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
)

// The weights file, all numbers little-endian:
//
//	magic    8 bytes "CRISENC1"
//	shape    uint32 x 6: vocabulary, positions, width, heads, depth, inner
//	words    int8    [vocabulary][width]
//	         float32 [vocabulary][width/block]     scales of words
//	places   float32 [positions][width]            position + segment 0
//	norm     float32 [width], [width]              weight, bias
//	then for every layer
//	qkv      matrix from width to 3*width          query, key, value
//	proj     matrix from width to width
//	norm
//	up       matrix from width to inner
//	down     matrix from inner to width
//	norm
//
// A matrix from in to out is
//
//	int8    [out/columns][in][columns]             panels
//	float32 [out/columns][in/block][columns]       their scales
//	float32 [out]                                  bias
//
// A weight is its int8 times its scale: each output has one scale for every
// block of inputs. The query part of qkv already holds the factor
// 1/sqrt(width/heads) of the attention.
const magic = "CRISENC1"

type shape struct{ vocabulary, positions, width, heads, depth, inner int }

func (s shape) head() int { return s.width / s.heads }

type weights struct {
	shape
	words     []byte
	wordScale []float32
	places    []float32
	norm      layerNorm
	layers    []layer
	free      sync.Pool // of *scratch
}

type layer struct {
	qkv, proj, up, down linear
	norm1, norm2        layerNorm
}

type linear struct {
	in, out     int
	panels      []byte
	scale, bias []float32
}

type layerNorm struct{ weight, bias []float32 }

// unpack gives every Local the same weights: only the first call works.
var unpack = sync.OnceValues(func() (*encoder, error) {
	return newEncoder(weightsFile, weightsSum, vocabFile, vocabSum)
})

// An encoder is what a Local computes with; it never changes.
type encoder struct {
	*weights
	tokenizer *Tokenizer
	function  []bool // by id: a function word or a mark
}

func newEncoder(file []byte, sum string, vocab, vocabSum string) (*encoder, error) {
	if err := verify("weights file", file, sum); err != nil {
		return nil, err
	}
	if err := verify("vocabulary", []byte(vocab), vocabSum); err != nil {
		return nil, err
	}
	w, err := parseWeights(file)
	if err != nil {
		return nil, fmt.Errorf("embed: weights file: %w", err)
	}
	t, err := NewTokenizer(vocab)
	if err != nil {
		return nil, err
	}
	if t.Size() != w.vocabulary {
		return nil, fmt.Errorf("embed: the vocabulary has %d tokens, the weights file %d", t.Size(), w.vocabulary)
	}
	return &encoder{w, t, functionTokens(t)}, nil
}

func verify(what string, file []byte, want string) error {
	if got := sha256.Sum256(file); hex.EncodeToString(got[:]) != want {
		return fmt.Errorf("embed: the encoder's %s is damaged (sha256 %x, want %s): build or download the program again", what, got, want)
	}
	return nil
}

// parseWeights reads a weights file. The result keeps pointing into it.
func parseWeights(file []byte) (*weights, error) {
	r := &reader{rest: file}
	if string(r.bytes(len(magic))) != magic {
		return nil, errors.New("not a weights file of this program")
	}
	var w weights
	for _, n := range []*int{&w.vocabulary, &w.positions, &w.width, &w.heads, &w.depth, &w.inner} {
		if b := r.bytes(4); b != nil {
			*n = int(binary.LittleEndian.Uint32(b))
		}
		if *n < 1 || *n > 1<<20 {
			return nil, errors.New("a size is missing or out of range")
		}
	}
	if w.width%block != 0 || w.inner%block != 0 || w.width%w.heads != 0 || w.head()%columns != 0 {
		return nil, fmt.Errorf("width %d, inner %d and %d heads do not fit blocks of %d and panels of %d", w.width, w.inner, w.heads, block, columns)
	}
	w.words = r.bytes(w.vocabulary * w.width)
	w.wordScale = r.floats(w.vocabulary * w.width / block)
	w.places = r.floats(w.positions * w.width)
	w.norm = r.norm(w.width)
	for range w.depth {
		if r.short {
			break
		}
		w.layers = append(w.layers, layer{
			qkv:   r.linear(w.width, 3*w.width),
			proj:  r.linear(w.width, w.width),
			norm1: r.norm(w.width),
			up:    r.linear(w.width, w.inner),
			down:  r.linear(w.inner, w.width),
			norm2: r.norm(w.width),
		})
	}
	if r.short {
		return nil, errors.New("the file ends early")
	}
	if len(r.rest) > 0 {
		return nil, fmt.Errorf("%d bytes too many", len(r.rest))
	}
	return &w, nil
}

// A reader cuts a file into its parts; once one is missing, short stays set.
type reader struct {
	rest  []byte
	short bool
}

func (r *reader) bytes(n int) []byte {
	if r.short || n > len(r.rest) {
		r.short = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) floats(n int) []float32 {
	b := r.bytes(4 * n)
	f := make([]float32, len(b)/4)
	for i := range f {
		f[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return f
}

func (r *reader) norm(n int) layerNorm { return layerNorm{r.floats(n), r.floats(n)} }

func (r *reader) linear(in, out int) linear {
	return linear{in, out, r.bytes(in * out), r.floats(in / block * out), r.floats(out)}
}
