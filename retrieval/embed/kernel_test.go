package embed

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func randomFloats(r *rand.Rand, n int) []float32 {
	f := make([]float32, n)
	for i := range f {
		f[i] = r.Float32()*2 - 1
	}
	return f
}

// sameTile checks the kernels against the definition of tile.
func sameTile(r *rand.Rand, k, dstExtra, xExtra, wExtra int) error {
	dstStride, xStride, wStride := columns+dstExtra, k+xExtra, columns+wExtra
	x := randomFloats(r, (tileRows-1)*xStride+k)
	w := randomFloats(r, max(0, k-1)*wStride+columns)
	bias := randomFloats(r, columns)
	before := randomFloats(r, (tileRows-1)*dstStride+columns)
	want := append([]float32(nil), before...)
	for row := range tileRows {
		for c := range columns {
			sum := float64(bias[c])
			for i := range k {
				sum += float64(x[row*xStride+i]) * float64(w[i*wStride+c])
			}
			want[row*dstStride+c] = float32(sum)
		}
	}
	for _, f := range []func([]float32, int, []float32, int, []float32, int, int, []float32){tile, tilePortable} {
		got := append([]float32(nil), before...)
		f(got, dstStride, x, xStride, w, wStride, k, bias)
		for i := range want {
			if d := math.Abs(float64(got[i] - want[i])); !(d <= 1e-5*(1+math.Sqrt(float64(k)))) {
				return fmt.Errorf("k=%d strides %d %d %d: number %d is %g, want %g", k, dstStride, xStride, wStride, i, got[i], want[i])
			}
		}
	}
	return nil
}

func sameWiden(r *rand.Rand, n int) error {
	src, scale := make([]byte, n*columns), randomFloats(r, columns)
	for i := range src {
		src[i] = byte(r.Int())
	}
	fast, slow := make([]float32, n*columns+1), make([]float32, n*columns+1)
	widen(fast, src, scale, n)
	widenPortable(slow, src, scale, n)
	for i := range slow {
		if fast[i] != slow[i] {
			return fmt.Errorf("n=%d: number %d is %g, want %g", n, i, fast[i], slow[i])
		}
	}
	return nil
}

func TestKernels(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for k := range 70 {
		if err := sameTile(r, k, k%3*5, k%5*7, k%4*3); err != nil {
			t.Error(err)
		}
		if err := sameWiden(r, k); err != nil {
			t.Error(err)
		}
	}
	for _, k := range []int{384, 1535, 1536} {
		if err := sameTile(r, k, 0, 0, 0); err != nil {
			t.Error(err)
		}
	}
}

func FuzzKernels(f *testing.F) {
	f.Add(uint64(1), uint16(384), uint8(0), uint8(0), uint8(0))
	f.Add(uint64(2), uint16(1), uint8(1), uint8(255), uint8(3))
	f.Fuzz(func(t *testing.T, seed uint64, k uint16, dstExtra, xExtra, wExtra uint8) {
		r := rand.New(rand.NewPCG(seed, 0))
		k %= 2048
		if err := sameTile(r, int(k), int(dstExtra), int(xExtra), int(wExtra)); err != nil {
			t.Error(err)
		}
		if err := sameWiden(r, int(k%256)); err != nil {
			t.Error(err)
		}
	})
}

// A slice that is too short panics before the kernel writes past its end.
func TestKernelBounds(t *testing.T) {
	long := make([]float32, 4096)
	for name, f := range map[string]func(){
		"dst":   func() { tile(long[:5*16+15], 16, long, 8, long, 16, 8, long) },
		"x":     func() { tile(long, 16, long[:5*8+7], 8, long, 16, 8, long) },
		"w":     func() { tile(long, 16, long, 8, long[:7*16+15], 16, 8, long) },
		"bias":  func() { tile(long, 16, long, 8, long, 16, 8, long[:15]) },
		"wide":  func() { widen(long[:31], make([]byte, 32), long, 2) },
		"bytes": func() { widen(long, make([]byte, 31), long, 2) },
		"scale": func() { widen(long, make([]byte, 32), long[:15], 2) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
