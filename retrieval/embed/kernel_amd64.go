package embed

import "golang.org/x/sys/cpu"

// simd says whether the processor and the operating system carry the
// instructions of kernel_amd64.s.
var simd = cpu.X86.HasAVX2 && cpu.X86.HasFMA

//go:noescape
func tileSIMD(dst *float32, dstStride int, x *float32, xStride int, w *float32, wStride, k int, bias *float32)

//go:noescape
func widenSIMD(dst *float32, src *byte, scale *float32, n int)
