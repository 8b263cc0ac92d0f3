package embed

// simd is true: every arm64 processor has the instructions of kernel_arm64.s.
var simd = true
