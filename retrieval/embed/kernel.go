package embed

// The whole forward pass rests on two kernels. Both work on panels: a panel
// holds some columns of a matrix side by side.
const (
	tileRows = 6  // rows that tile makes at once: 6 x 16 sums fill 12 of 16 registers of AVX2, 24 of 32 of NEON
	columns  = 16 // columns of a panel
	block    = 64 // inputs that share one scale
)

// tile multiplies tileRows rows of x by a panel w of k rows and adds bias:
//
//	dst[r*dstStride+c] = bias[c] + sum over i < k of x[r*xStride+i] * w[i*wStride+c]
//
// for r < tileRows and c < columns. Strides count floats. It panics when a
// slice is too short.
func tile(dst []float32, dstStride int, x []float32, xStride int, w []float32, wStride, k int, bias []float32) {
	_ = dst[(tileRows-1)*dstStride+columns-1]
	_ = bias[columns-1]
	if k > 0 {
		_ = x[(tileRows-1)*xStride+k-1]
		_ = w[(k-1)*wStride+columns-1]
	}
	if simd && k > 0 {
		tileSIMD(&dst[0], dstStride, &x[0], xStride, &w[0], wStride, k, &bias[0])
		return
	}
	tilePortable(dst, dstStride, x, xStride, w, wStride, k, bias)
}

// widen turns n rows of a quantised panel into floats:
//
//	dst[i*columns+c] = int8(src[i*columns+c]) * scale[c]
//
// for i < n and c < columns. It panics when a slice is too short.
func widen(dst []float32, src []byte, scale []float32, n int) {
	if n == 0 {
		return
	}
	_ = dst[n*columns-1]
	_ = src[n*columns-1]
	_ = scale[columns-1]
	if simd {
		widenSIMD(&dst[0], &src[0], &scale[0], n)
		return
	}
	widenPortable(dst, src, scale, n)
}

func tilePortable(dst []float32, dstStride int, x []float32, xStride int, w []float32, wStride, k int, bias []float32) {
	// Four columns of all rows at a time: few enough sums to stay in registers.
	for c := 0; c < columns; c += 4 {
		for r := 0; r < tileRows; r += 2 {
			x0 := x[r*xStride:][:k]
			x1 := x[(r+1)*xStride:][:k]
			a0, a1, a2, a3 := bias[c], bias[c+1], bias[c+2], bias[c+3]
			b0, b1, b2, b3 := a0, a1, a2, a3
			at := c
			for i, p := range x0 {
				q := x1[i]
				v := w[at : at+4 : at+4]
				a0 += p * v[0]
				a1 += p * v[1]
				a2 += p * v[2]
				a3 += p * v[3]
				b0 += q * v[0]
				b1 += q * v[1]
				b2 += q * v[2]
				b3 += q * v[3]
				at += wStride
			}
			d := dst[r*dstStride+c:]
			d[0], d[1], d[2], d[3] = a0, a1, a2, a3
			d = dst[(r+1)*dstStride+c:]
			d[0], d[1], d[2], d[3] = b0, b1, b2, b3
		}
	}
}

func widenPortable(dst []float32, src []byte, scale []float32, n int) {
	scale = scale[:columns]
	for i := range n {
		d := dst[i*columns:][:columns]
		s := src[i*columns:][:columns]
		for c, f := range scale {
			d[c] = float32(int8(s[c])) * f
		}
	}
}
