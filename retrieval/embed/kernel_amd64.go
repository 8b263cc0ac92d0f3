package embed

import "golang.org/x/sys/cpu"

// simd says whether the processor and the operating system carry the
// instructions of kernel_amd64.s.
var simd = cpu.X86.HasAVX2 && cpu.X86.HasFMA
