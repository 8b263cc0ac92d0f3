package embed

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// The binary form of Tokens, all numbers little-endian:
//
//	byte     version, 1
//	uvarint  dim
//	uvarint  n, the number of tokens
//	float32  [dim]         mean
//	byte     [(n+7)/8]     bit i%8 of byte i/8: token i weighs 1, not functionWeight
//	int8     [n][dim]      codes
//	uint32   CRC-32C of all before
const tokensVersion = 1

var errTokens = errors.New("token vectors are damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// AppendBinary appends a form of t of some dim bytes a token that UnmarshalBinary
// reads. The error is always nil.
func (t Tokens) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b = append(b, tokensVersion)
	b = binary.AppendUvarint(b, uint64(t.dim))
	b = binary.AppendUvarint(b, uint64(t.Len()))
	for _, v := range t.mean {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	full := make([]byte, (t.Len()+7)/8)
	for i, w := range t.Weight {
		if w == 1 {
			full[i/8] |= 1 << (i % 8)
		}
	}
	b = append(b, full...)
	for _, c := range t.codes {
		b = append(b, byte(c))
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli)), nil
}

// UnmarshalBinary sets t to what AppendBinary wrote, and keeps nothing of b. An
// error says that b is of another version or not as it was written.
func (t *Tokens) UnmarshalBinary(b []byte) error {
	if len(b) < 5 {
		return errTokens
	}
	if b[0] != tokensVersion {
		return fmt.Errorf("token vectors of version %d, this program knows %d", b[0], tokensVersion)
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return errTokens
	}
	body = body[1:]
	dim, size := binary.Uvarint(body)
	if size <= 0 || dim > math.MaxUint16 {
		return errTokens
	}
	body = body[size:]
	n, size := binary.Uvarint(body)
	if size <= 0 || n > maxTokens {
		return errTokens
	}
	body = body[size:]
	if uint64(len(body)) != 4*dim+(n+7)/8+n*dim || dim == 0 && n > 0 {
		return errTokens
	}
	out := Tokens{dim: int(dim), codes: make([]int8, n*dim), scale: make([]float32, n), mean: make([]float32, dim), Weight: make([]float32, n)}
	for i := range out.mean {
		out.mean[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[4*i:]))
	}
	full, codes := body[4*dim:][:(n+7)/8], body[4*dim+(n+7)/8:]
	for i := range out.scale {
		out.Weight[i] = functionWeight
		if full[i/8]&(1<<(i%8)) != 0 {
			out.Weight[i] = 1
		}
		var squares int32
		for j := range out.dim {
			c := int8(codes[i*out.dim+j])
			out.codes[i*out.dim+j] = c
			squares += int32(c) * int32(c)
		}
		if squares == 0 {
			return errTokens
		}
		out.scale[i] = float32(1 / math.Sqrt(float64(squares)))
	}
	*t = out
	return nil
}
