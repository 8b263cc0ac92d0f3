// Package shipped holds the vectors of the starter articles, so that the first
// answer waits for no encoder: one vector a passage and one for each of its tokens,
// keyed by model and by the SHA-256 sum of the text. It is data; go
// generate makes it anew when articles or encoder change, and a test says when.
package shipped

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"sync"

	"crisisbot/retrieval/embed"
)

//go:generate go test -run ^TestShipped$ -remake

//go:embed vectors.bin
var file []byte

// A Hash is the SHA-256 sum of a text.
type Hash = [sha256.Size]byte

// Vectors are those of one model by the text that was encoded. They are never
// changed.
type Vectors struct {
	Model    string
	Dim      int
	Passages map[Hash][]float32 // of unit length
	tokens   map[Hash][]byte    // as embed.Tokens writes itself
}

// For returns the vectors shipped for a model, nil if there are none. The error
// says that they are damaged.
func For(model string, dim int) (*Vectors, error) {
	v, err := shipped()
	if err != nil || v.Model != model || v.Dim != dim {
		return nil, err
	}
	return v, nil
}

var shipped = sync.OnceValues(func() (*Vectors, error) { return decode(file) })

// Tokens returns the token vectors of a passage. It may be called on nil.
func (v *Vectors) Tokens(h Hash) (t embed.Tokens, ok bool) {
	if v == nil || v.tokens[h] == nil {
		return t, false
	}
	err := t.UnmarshalBinary(v.tokens[h])
	return t, err == nil
}

// The file, all numbers little-endian:
//
//	magic    8 bytes "CRISHIP1"
//	uvarint  length of the model's id, which follows
//	uvarint  dim
//	uvarint  number of passages; for each its hash and float32 [dim]
//	uvarint  number of passages; for each its hash, uvarint the length of its
//	         tokens, and these as embed.Tokens writes itself
//	uint32   CRC-32C of all before
const magic = "CRISHIP1"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errDamaged = errors.New("the vectors of the starter articles are damaged: get the binary anew")

// decode reads the file. The tokens stay in b.
func decode(b []byte) (*Vectors, error) {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok || len(rest) < 4 {
		return nil, errDamaged
	}
	rest = rest[:len(rest)-4]
	if crc32.Checksum(b[:len(b)-4], castagnoli) != binary.LittleEndian.Uint32(b[len(b)-4:]) {
		return nil, errDamaged
	}
	r := reader{rest: rest}
	v := &Vectors{Model: string(r.next(r.number())), Dim: r.number(), Passages: map[Hash][]float32{}, tokens: map[Hash][]byte{}}
	for range r.number() {
		h, values := r.hash(), r.next(4*v.Dim)
		if r.failed {
			break
		}
		vector := make([]float32, v.Dim)
		for i := range vector {
			vector[i] = math.Float32frombits(binary.LittleEndian.Uint32(values[4*i:]))
		}
		v.Passages[h] = vector
	}
	for range r.number() {
		h, tokens := r.hash(), r.next(r.number())
		if r.failed {
			break
		}
		v.tokens[h] = tokens
	}
	if r.failed || len(r.rest) > 0 {
		return nil, errDamaged
	}
	return v, nil
}

// A reader takes a file apart. Once it has failed, all it returns is zero.
type reader struct {
	rest   []byte
	failed bool
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.rest)
	if r.failed || size <= 0 || n > math.MaxInt32 {
		r.failed = true
		return 0
	}
	r.rest = r.rest[size:]
	return int(n)
}

func (r *reader) next(n int) []byte {
	if r.failed || n > len(r.rest) {
		r.failed = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) hash() (h Hash) {
	copy(h[:], r.next(len(h)))
	return h
}
