package embed

import (
	"reflect"
	"strings"
	"testing"
)

func someTokens(t testing.TB) []Tokens {
	t.Helper()
	l, err := NewLocal(LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := l.EmbedTokens(t.Context(), []string{"The talks, it seems, will go on in January.", "Who?", strings.Repeat("word ", 400)})
	if err != nil {
		t.Fatal(err)
	}
	return append(all, Tokens{dim: 0, codes: []int8{}, scale: []float32{}, mean: []float32{}, Weight: []float32{}})
}

func TestTokensBinary(t *testing.T) {
	for _, want := range someTokens(t) {
		b, err := want.AppendBinary([]byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		b = b[len("before"):]
		if len(b) > want.Bytes()+16 {
			t.Errorf("%d bytes for tokens that take %d", len(b), want.Bytes())
		}
		var got Tokens
		if err := got.UnmarshalBinary(b); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%d tokens are others after %d bytes: %v", want.Len(), len(b), err)
		}
		step := max(1, len(b)/200)
		for i := 0; i < len(b); i += step {
			damaged := append([]byte(nil), b...)
			damaged[i] ^= 0x10
			if err := got.UnmarshalBinary(damaged); err == nil {
				t.Errorf("byte %d of %d may change unnoticed", i, len(b))
			}
			if err := got.UnmarshalBinary(b[:i]); err == nil {
				t.Errorf("%d of %d bytes pass for all", i, len(b))
			}
		}
		b[0] = 9
		if err := got.UnmarshalBinary(b); err == nil || !strings.Contains(err.Error(), "version 9") {
			t.Errorf("another version: %v", err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Error("a failure changes what was there")
		}
	}
}

func FuzzTokensUnmarshal(f *testing.F) {
	for _, t := range someTokens(f) {
		b, _ := t.AppendBinary(nil)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var got Tokens
		if got.UnmarshalBinary(b) != nil {
			return
		}
		again, _ := got.AppendBinary(nil)
		var back Tokens
		if err := back.UnmarshalBinary(again); err != nil || back.Len() != got.Len() {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
		if got.Len() > 0 {
			MaxSim(got.Weight, Nearest(got, got))
		}
	})
}
