//go:build amd64 || arm64

package embed

//go:noescape
func tileSIMD(dst *float32, dstStride int, x *float32, xStride int, w *float32, wStride, k int, bias *float32)

//go:noescape
func widenSIMD(dst *float32, src *byte, scale *float32, n int)
