package embed

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// randomFile is a weights file of the given shape with random weights, large
// enough for sharp attention and gelu's bend.
func randomFile(s shape, r *rand.Rand) []byte {
	var b bytes.Buffer
	ints := func(n int) {
		for range n {
			b.WriteByte(byte(r.Int()))
		}
	}
	floats := func(n int, low, high float32) {
		for range n {
			binary.Write(&b, binary.LittleEndian, low+(high-low)*r.Float32())
		}
	}
	norm := func() { floats(s.width, .5, 2); floats(s.width, -1, 1) }
	matrix := func(in, out int) {
		ints(in * out)
		floats(in/block*out, 0, .004)
		floats(out, -1, 1)
	}
	b.WriteString(magic)
	for _, n := range []int{s.vocabulary, s.positions, s.width, s.heads, s.depth, s.inner} {
		binary.Write(&b, binary.LittleEndian, uint32(n))
	}
	ints(s.vocabulary * s.width)
	floats(s.vocabulary*s.width/block, 0, .01)
	floats(s.positions*s.width, -1, 1)
	norm()
	for range s.depth {
		matrix(s.width, 3*s.width)
		matrix(s.width, s.width)
		norm()
		matrix(s.width, s.inner)
		matrix(s.inner, s.width)
		norm()
	}
	return b.Bytes()
}

// reference is the forward pass as the formulas say it, in float64.
func reference(w *weights, ids []int32) []float64 {
	x := make([][]float64, len(ids))
	normed := func(row []float64, m layerNorm) []float64 {
		var mean, variance float64
		for _, v := range row {
			mean += v / float64(len(row))
		}
		for _, v := range row {
			variance += (v - mean) * (v - mean) / float64(len(row))
		}
		out := make([]float64, len(row))
		for i, v := range row {
			out[i] = (v-mean)/math.Sqrt(variance+1e-12)*float64(m.weight[i]) + float64(m.bias[i])
		}
		return out
	}
	times := func(row []float64, l linear) []float64 {
		out := make([]float64, l.out)
		for o := range out {
			p, c := o/columns, o%columns
			out[o] = float64(l.bias[o])
			for i, v := range row {
				weight := float64(int8(l.panels[(p*l.in+i)*columns+c]))
				out[o] += v * weight * float64(l.scale[(p*(l.in/block)+i/block)*columns+c])
			}
		}
		return out
	}
	plus := func(a, b []float64) []float64 {
		out := make([]float64, len(a))
		for i := range a {
			out[i] = a[i] + b[i]
		}
		return out
	}
	for t, id := range ids {
		x[t] = make([]float64, w.width)
		for i := range x[t] {
			scale := w.wordScale[int(id)*w.width/block+i/block]
			x[t][i] = float64(int8(w.words[int(id)*w.width+i]))*float64(scale) + float64(w.places[t*w.width+i])
		}
		x[t] = normed(x[t], w.norm)
	}
	for _, l := range w.layers {
		qkv := make([][]float64, len(ids))
		for t := range x {
			qkv[t] = times(x[t], l.qkv)
		}
		for t := range x {
			mix := make([]float64, w.width)
			for h := range w.heads {
				weight, sum := make([]float64, len(ids)), 0.0
				for u := range ids {
					var dot float64
					for i := h * w.head(); i < (h+1)*w.head(); i++ {
						dot += qkv[t][i] * qkv[u][w.width+i]
					}
					weight[u] = math.Exp(dot)
					sum += weight[u]
				}
				for u := range ids {
					for i := h * w.head(); i < (h+1)*w.head(); i++ {
						mix[i] += weight[u] / sum * qkv[u][2*w.width+i]
					}
				}
			}
			x[t] = normed(plus(x[t], times(mix, l.proj)), l.norm1)
		}
		for t := range x {
			inner := times(x[t], l.up)
			for i, v := range inner {
				inner[i] = v * 0.5 * (1 + math.Erf(v/math.Sqrt2))
			}
			x[t] = normed(plus(x[t], times(inner, l.down)), l.norm2)
		}
	}
	out, square := make([]float64, w.width), 0.0
	for i := range out {
		for t := range x {
			out[i] += x[t][i]
		}
		square += out[i] * out[i]
	}
	for i := range out {
		out[i] /= math.Sqrt(square)
	}
	return out
}

func TestForward(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range []shape{
		{vocabulary: 7, positions: 40, width: 64, heads: 2, depth: 2, inner: 128},
		{vocabulary: 3, positions: 19, width: 192, heads: 12, depth: 1, inner: 64},
		{vocabulary: 5, positions: 1, width: 64, heads: 1, depth: 3, inner: 192},
	} {
		w, err := parseWeights(randomFile(s, r))
		if err != nil {
			t.Fatal(err)
		}
		scratch := w.scratch()
		for n := s.positions; n > 0; n -= 1 + n/5 { // falling, so that stale rows follow
			var texts []input
			for left := n; left > 0; left -= len(texts[len(texts)-1].ids) {
				ids := make([]int32, 1+r.IntN(left))
				for i := range ids {
					ids[i] = int32(r.IntN(s.vocabulary))
				}
				texts = append(texts, input{ids: ids})
			}
			w.states(texts, scratch)
			x := scratch.x
			for _, in := range texts {
				got := make([]float32, s.width)
				mean(got, x[:len(in.ids)*s.width])
				x = x[len(in.ids)*s.width:]
				for i, want := range reference(w, in.ids) {
					if d := math.Abs(float64(got[i]) - want); !(d < 2e-5) {
						t.Fatalf("%+v, %d of %d tokens: number %d is %g, want %g", s, len(in.ids), n, i, got[i], want)
					}
				}
			}
		}
	}
}

func TestForwardAllocatesNothing(t *testing.T) {
	e, err := unpack()
	if err != nil {
		t.Fatal(err)
	}
	s, dst := e.scratch(), make([]float32, e.width)
	texts := []input{{ids: e.tokenizer.Encode(strings.Repeat("word ", 40), maxTokens)}}
	if n := testing.AllocsPerRun(3, func() { e.states(texts, s); mean(dst, s.x[:len(texts[0].ids)*e.width]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSoftmax(t *testing.T) {
	for _, n := range []int{1, 2, 17, 256} {
		for _, spread := range []float64{0, 1, 10, 100} {
			row, want, sum := make([]float32, n), make([]float64, n), 0.0
			for i := range row {
				row[i] = float32(spread * math.Sin(float64(i)*1.7))
				want[i] = math.Exp(float64(row[i]))
				sum += want[i]
			}
			softmax(row)
			for i := range row {
				if d := math.Abs(float64(row[i]) - want[i]/sum); !(d < 1e-5) {
					t.Fatalf("%d numbers up to %g: number %d is %g, want %g", n, spread, i, row[i], want[i]/sum)
				}
			}
		}
	}
}

func TestGelu(t *testing.T) {
	for x := -12.0; x < 12; x += .00317 {
		row := []float32{float32(x)}
		gelu(row)
		v := float64(float32(x))
		want := v * 0.5 * (1 + math.Erf(v/math.Sqrt2))
		if d := math.Abs(float64(row[0]) - want); !(d < 5e-6) {
			t.Fatalf("gelu(%g) = %g, want %g", x, row[0], want)
		}
	}
}

func TestParseWeights(t *testing.T) {
	s := shape{vocabulary: 3, positions: 2, width: 64, heads: 2, depth: 1, inner: 64}
	good := randomFile(s, rand.New(rand.NewPCG(3, 4)))
	set := func(field int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[len(magic)+4*field:], v)
		return b
	}
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "not a weights file", nil},
		{"another file", "not a weights file", []byte("PK\x03\x04 something else")},
		{"no shape", "a size is missing", good[:len(magic)+2]},
		{"zero width", "out of range", set(2, 0)},
		{"huge vocabulary", "out of range", set(0, 1<<31)},
		{"large vocabulary", "ends early", set(0, 1<<20)},
		{"width of no block", "do not fit", set(2, 65)},
		{"three heads", "do not fit", set(3, 3)},
		{"heads too small", "do not fit", set(3, 8)},
		{"inner of no block", "do not fit", set(5, 100)},
		{"many layers", "ends early", set(4, 1<<20)},
		{"cut", "ends early", good[:len(good)-1]},
		{"too long", "1 bytes too many", append(bytes.Clone(good), 0)},
	} {
		if _, err := parseWeights(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := parseWeights(good); err != nil {
		t.Error(err)
	}
}

// No file makes the parser or the forward pass crash.
func FuzzParseWeights(f *testing.F) {
	s := shape{vocabulary: 2, positions: 2, width: 64, heads: 2, depth: 1, inner: 64}
	good := randomFile(s, rand.New(rand.NewPCG(5, 6)))
	f.Add(good)
	f.Add(good[:40])
	f.Fuzz(func(t *testing.T, file []byte) {
		w, err := parseWeights(file)
		if err != nil {
			return
		}
		w.states([]input{{ids: make([]int32, min(w.positions, 3))}}, w.scratch())
	})
}
