//go:build !amd64 && !arm64

package embed

var simd = false

func tileSIMD(dst *float32, dstStride int, x *float32, xStride int, w *float32, wStride, k int, bias *float32) {
	panic("embed: no vector kernel on this processor")
}

func widenSIMD(dst *float32, src *byte, scale *float32, n int) {
	panic("embed: no vector kernel on this processor")
}
