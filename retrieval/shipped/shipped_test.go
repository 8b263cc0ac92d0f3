package shipped

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"hash/crc32"
	"math"
	"os"
	"slices"
	"testing"

	"crisisbot/retrieval/article"
	"crisisbot/retrieval/embed"
	"crisisbot/seeds"
)

var remake = flag.Bool("remake", false, "make the shipped vectors anew")

// starterTexts returns the passages of the starter articles, each text once.
func starterTexts(t *testing.T) (passages []string) {
	t.Helper()
	all, err := seeds.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, p := range article.Passages(article.Read(s.Text)) {
			passages = append(passages, p.In(s.Text))
		}
	}
	slices.Sort(passages)
	return slices.Compact(passages)
}

func encoder(t *testing.T) *embed.Local {
	t.Helper()
	e, err := embed.NewLocal(embed.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// makeFile encodes everything and returns the file.
func makeFile(t *testing.T, passages []string) []byte {
	t.Helper()
	e := encoder(t)
	vectors, err := e.EmbedPassages(t.Context(), passages)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := e.EmbedTokens(t.Context(), passages)
	if err != nil {
		t.Fatal(err)
	}
	b := []byte(magic)
	b = binary.AppendUvarint(b, uint64(len(e.Model())))
	b = append(b, e.Model()...)
	b = binary.AppendUvarint(b, uint64(e.Dim()))
	b = binary.AppendUvarint(b, uint64(len(passages)))
	for i, p := range passages {
		h := sha256.Sum256([]byte(p))
		b = append(b, h[:]...)
		for _, x := range vectors[i] {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(passages)))
	for i, s := range passages {
		h := sha256.Sum256([]byte(s))
		b = append(b, h[:]...)
		form, err := tokens[i].AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		b = binary.AppendUvarint(b, uint64(len(form)))
		b = append(b, form...)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// A stale file is made anew by go generate ./retrieval/shipped.
func TestShipped(t *testing.T) {
	passages := starterTexts(t)
	if *remake {
		if err := os.WriteFile("vectors.bin", makeFile(t, passages), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	const stale = "the shipped vectors are stale: run go generate ./retrieval/shipped"
	e := encoder(t)
	v, err := For(e.Model(), e.Dim())
	if err != nil {
		t.Fatal(err)
	}
	if v == nil {
		t.Fatal(stale + " (they are of another model)")
	}
	if len(file) > 4<<20 {
		t.Errorf("%d bytes are shipped, 4 MiB allowed", len(file))
	}
	if len(v.Passages) != len(passages) || len(v.tokens) != len(passages) {
		t.Errorf("%s (vectors of %d passages, tokens of %d, there are %d)", stale, len(v.Passages), len(v.tokens), len(passages))
	}
	for _, p := range passages {
		if v.Passages[sha256.Sum256([]byte(p))] == nil {
			t.Fatalf("%s (there is none of %q)", stale, p)
		}
	}
	for _, s := range passages {
		if _, ok := v.Tokens(sha256.Sum256([]byte(s))); !ok {
			t.Fatalf("%s (there are no tokens of %q)", stale, s)
		}
	}
	// The vectors of some texts, since all would take seconds. Machines round
	// differently, so they need not be equal to the bit.
	const sample = 5
	for i := range sample {
		p := passages[i*len(passages)/sample]
		want, err := e.EmbedQuery(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if c := dot(want, v.Passages[sha256.Sum256([]byte(p))]); math.Abs(c-1) > 1e-3 {
			t.Errorf("%s (cosine %.4f for %q)", stale, c, p)
		}
		tokens, err := e.EmbedTokens(t.Context(), []string{p})
		if err != nil {
			t.Fatal(err)
		}
		got, _ := v.Tokens(sha256.Sum256([]byte(p)))
		if c := embed.MaxSim(tokens[0].Weight, embed.Nearest(tokens[0], got)); c < .99 || got.Len() != tokens[0].Len() || dot(got.Vector(), tokens[0].Vector()) < .999 {
			t.Errorf("%s (tokens alike by %.4f for %q)", stale, c, p)
		}
	}
}

func dot(a, b []float32) (sum float64) {
	for i, x := range a {
		sum += float64(x) * float64(b[i])
	}
	return sum
}

func TestOtherModel(t *testing.T) {
	v, err := For("another model", 384)
	if v != nil || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if _, ok := v.Tokens(Hash{}); ok {
		t.Error("tokens from nothing")
	}
}

func TestDamage(t *testing.T) {
	for i := 0; i < len(file); i += len(file) / 50 {
		b := slices.Clone(file)
		b[i] ^= 1
		if _, err := decode(b); err == nil {
			t.Errorf("byte %d may change unnoticed", i)
		}
		if _, err := decode(file[:i]); err == nil {
			t.Errorf("%d of %d bytes pass for all", i, len(file))
		}
	}
}

// FuzzDecode puts the right sum below any bytes, so that the structure is tested.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x01m\x01\x00\x00"))
	f.Add(slices.Concat([]byte("\x01m\x01\x01"), make([]byte, 36), []byte{1}, make([]byte, 32), []byte{0}))
	f.Fuzz(func(t *testing.T, b []byte) {
		b = append([]byte(magic), b...)
		b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
		v, err := decode(b)
		if err != nil {
			return
		}
		for h := range v.tokens {
			v.Tokens(h)
		}
	})
}
