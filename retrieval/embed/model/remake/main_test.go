package main

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestQuantise(t *testing.T) {
	f := make([]float32, 2*128) // two rows of two blocks
	for i := range f {
		f[i] = float32(math.Sin(float64(i)*1.7)) * float32(1+i/block)
	}
	clear(f[block : 2*block])
	q, scales := quantise(f, 128)
	if len(q) != len(f) || len(scales) != 4 || scales[1] != 0 {
		t.Fatalf("%d weights, scales %v", len(q), scales)
	}
	for i, v := range f {
		scale := scales[i/block]
		if d := math.Abs(float64(float32(int8(q[i]))*scale - v)); d > float64(scale)*.501 {
			t.Errorf("weight %d: %g became %d x %g", i, v, int8(q[i]), scale)
		}
	}
	for i := range scales {
		if b := q[i*block:][:block]; i != 1 && !slices.Contains(b, 127) && !slices.Contains(b, 0x81) {
			t.Errorf("block %d does not use the whole range", i)
		}
	}
}

func TestSafetensors(t *testing.T) {
	file := func(header string, body ...float32) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
		b = append(b, header...)
		for _, f := range body {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
		}
		return b
	}
	const header = `{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[3,2],"data_offsets":[4,28]},"n":{"dtype":"I64","shape":[3],"data_offsets":[4,28]}}`
	s, err := readSafetensors(file(header, 9, 1, 2, 3, 4, 5, 6))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.get("a", 2, 2); err != nil || !slices.Equal(got, []float32{1, 2, 3, 4}) {
		t.Errorf("first rows %v, %v", got, err)
	}
	for _, c := range []struct {
		name       string
		rows, wide int
	}{{"b", 3, 2}, {"n", 3, 1}, {"a", 4, 2}, {"a", 3, 3}} {
		if _, err := s.get(c.name, c.rows, c.wide); err == nil || !strings.Contains(err.Error(), c.name) {
			t.Errorf("%v: %v", c, err)
		}
	}
	short, err := readSafetensors(file(header, 9, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := short.get("a", 3, 2); err == nil {
		t.Error("a tensor beyond the end was read")
	}
	for _, bad := range [][]byte{nil, file("{")[:9], file("{"), file(`{"a":1}`)} {
		if _, err := readSafetensors(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}
