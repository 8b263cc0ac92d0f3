#include "textflag.h"

// Registers of tileSIMD
//	R0, R1       dst and the bytes between its rows
//	R2 ... R7    the rows of x
//	R8, R9       w and the bytes between its rows
//	V8 ... V31   the sums: row r has V(8+4r) to V(11+4r)

// func tileSIMD(dst *float32, dstStride int, x *float32, xStride int, w *float32, wStride, k int, bias *float32)
TEXT ·tileSIMD(SB), NOSPLIT, $0-64
	MOVD dst+0(FP), R0
	MOVD dstStride+8(FP), R1
	MOVD x+16(FP), R2
	MOVD xStride+24(FP), R11
	MOVD w+32(FP), R8
	MOVD wStride+40(FP), R9
	MOVD k+48(FP), R10
	MOVD bias+56(FP), R12
	LSL  $2, R1
	LSL  $2, R9
	ADD  R11<<2, R2, R3
	ADD  R11<<2, R3, R4
	ADD  R11<<2, R4, R5
	ADD  R11<<2, R5, R6
	ADD  R11<<2, R6, R7

	VLD1 (R12), [V8.S4, V9.S4, V10.S4, V11.S4]
	VLD1 (R12), [V12.S4, V13.S4, V14.S4, V15.S4]
	VLD1 (R12), [V16.S4, V17.S4, V18.S4, V19.S4]
	VLD1 (R12), [V20.S4, V21.S4, V22.S4, V23.S4]
	VLD1 (R12), [V24.S4, V25.S4, V26.S4, V27.S4]
	VLD1 (R12), [V28.S4, V29.S4, V30.S4, V31.S4]

next:
	VLD1    (R8), [V0.S4, V1.S4, V2.S4, V3.S4]
	ADD     R9, R8
	VLD1R.P 4(R2), [V4.S4]
	VLD1R.P 4(R3), [V5.S4]
	VFMLA   V0.S4, V4.S4, V8.S4
	VFMLA   V1.S4, V4.S4, V9.S4
	VFMLA   V2.S4, V4.S4, V10.S4
	VFMLA   V3.S4, V4.S4, V11.S4
	VLD1R.P 4(R4), [V6.S4]
	VFMLA   V0.S4, V5.S4, V12.S4
	VFMLA   V1.S4, V5.S4, V13.S4
	VFMLA   V2.S4, V5.S4, V14.S4
	VFMLA   V3.S4, V5.S4, V15.S4
	VLD1R.P 4(R5), [V7.S4]
	VFMLA   V0.S4, V6.S4, V16.S4
	VFMLA   V1.S4, V6.S4, V17.S4
	VFMLA   V2.S4, V6.S4, V18.S4
	VFMLA   V3.S4, V6.S4, V19.S4
	VLD1R.P 4(R6), [V4.S4]
	VFMLA   V0.S4, V7.S4, V20.S4
	VFMLA   V1.S4, V7.S4, V21.S4
	VFMLA   V2.S4, V7.S4, V22.S4
	VFMLA   V3.S4, V7.S4, V23.S4
	VLD1R.P 4(R7), [V5.S4]
	VFMLA   V0.S4, V4.S4, V24.S4
	VFMLA   V1.S4, V4.S4, V25.S4
	VFMLA   V2.S4, V4.S4, V26.S4
	VFMLA   V3.S4, V4.S4, V27.S4
	SUB     $1, R10
	VFMLA   V0.S4, V5.S4, V28.S4
	VFMLA   V1.S4, V5.S4, V29.S4
	VFMLA   V2.S4, V5.S4, V30.S4
	VFMLA   V3.S4, V5.S4, V31.S4
	CBNZ    R10, next

	VST1 [V8.S4, V9.S4, V10.S4, V11.S4], (R0)
	ADD  R1, R0
	VST1 [V12.S4, V13.S4, V14.S4, V15.S4], (R0)
	ADD  R1, R0
	VST1 [V16.S4, V17.S4, V18.S4, V19.S4], (R0)
	ADD  R1, R0
	VST1 [V20.S4, V21.S4, V22.S4, V23.S4], (R0)
	ADD  R1, R0
	VST1 [V24.S4, V25.S4, V26.S4, V27.S4], (R0)
	ADD  R1, R0
	VST1 [V28.S4, V29.S4, V30.S4, V31.S4], (R0)
	RET

// The assembler has no names for these instructions.
#define SXTL_8H(n, d)    WORD $(0x0f08a400 | (n)<<5 | (d))            // 8 int8, lower half, to int16
#define SXTL2_8H(n, d)   WORD $(0x4f08a400 | (n)<<5 | (d))            // 8 int8, upper half, to int16
#define SXTL_4S(n, d)    WORD $(0x0f10a400 | (n)<<5 | (d))            // 4 int16, lower half, to int32
#define SXTL2_4S(n, d)   WORD $(0x4f10a400 | (n)<<5 | (d))            // 4 int16, upper half, to int32
#define SCVTF_4S(n, d)   WORD $(0x4e21d800 | (n)<<5 | (d))            // 4 int32 to float32
#define FMUL_4S(m, n, d) WORD $(0x6e20dc00 | (m)<<16 | (n)<<5 | (d))  // d = n * m

// func widenSIMD(dst *float32, src *byte, scale *float32, n int)
TEXT ·widenSIMD(SB), NOSPLIT, $0-32
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD scale+16(FP), R2
	MOVD n+24(FP), R3
	VLD1 (R2), [V4.S4, V5.S4, V6.S4, V7.S4]

row:
	VLD1.P 16(R1), [V0.B16]
	SXTL_8H(0, 1)
	SXTL2_8H(0, 2)
	SXTL_4S(1, 16)
	SXTL2_4S(1, 17)
	SXTL_4S(2, 18)
	SXTL2_4S(2, 19)
	SCVTF_4S(16, 16)
	SCVTF_4S(17, 17)
	SCVTF_4S(18, 18)
	SCVTF_4S(19, 19)
	FMUL_4S(4, 16, 16)
	FMUL_4S(5, 17, 17)
	FMUL_4S(6, 18, 18)
	FMUL_4S(7, 19, 19)
	VST1.P [V16.S4, V17.S4, V18.S4, V19.S4], 64(R0)
	SUB    $1, R3
	CBNZ   R3, row
	RET
