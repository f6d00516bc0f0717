/** Value types that kernels use. There is no float among them. */
export type ValueType = 'i32' | 'i64' | 'v128';

/** Type codes of the binary format. */
export const valueTypeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };

/** One instruction: opcode bytes, operand types, result type, immediates. */
export interface Instruction {
  readonly code: readonly number[];
  readonly takes: readonly ValueType[];
  /** Absent where the instruction leaves nothing on the stack. */
  readonly gives?: ValueType;
  /** Memory instructions: bytes that are accessed. An offset is then an immediate. */
  readonly bytes?: 1 | 2 | 4 | 8 | 16;
  /** Instructions on one lane: how many lanes there are. The lane is then the last immediate. */
  readonly lanes?: 2 | 4 | 8 | 16;
}

/**
 * Every instruction that this emitter can write, by its name in the text format.
 *
 * Control flow, locals, calls and constants are written by the function builder. No float instruction stands here, so
 * that no kernel can contain one.
 */
export const instructions = {
  'i32.load': { code: [0x28], takes: ['i32'], gives: 'i32', bytes: 4 },
  'i32.load8_s': { code: [0x2c], takes: ['i32'], gives: 'i32', bytes: 1 },
  'i32.load8_u': { code: [0x2d], takes: ['i32'], gives: 'i32', bytes: 1 },
  'i32.load16_s': { code: [0x2e], takes: ['i32'], gives: 'i32', bytes: 2 },
  'i32.load16_u': { code: [0x2f], takes: ['i32'], gives: 'i32', bytes: 2 },
  'i64.load': { code: [0x29], takes: ['i32'], gives: 'i64', bytes: 8 },
  'i64.load32_s': { code: [0x34], takes: ['i32'], gives: 'i64', bytes: 4 },
  'i32.store': { code: [0x36], takes: ['i32', 'i32'], bytes: 4 },
  'i32.store8': { code: [0x3a], takes: ['i32', 'i32'], bytes: 1 },
  'i32.store16': { code: [0x3b], takes: ['i32', 'i32'], bytes: 2 },
  'i64.store': { code: [0x37], takes: ['i32', 'i64'], bytes: 8 },

  'i32.eqz': { code: [0x45], takes: ['i32'], gives: 'i32' },
  'i32.eq': { code: [0x46], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.ne': { code: [0x47], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.lt_s': { code: [0x48], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.lt_u': { code: [0x49], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.gt_s': { code: [0x4a], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.gt_u': { code: [0x4b], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.le_s': { code: [0x4c], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.ge_s': { code: [0x4e], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.ge_u': { code: [0x4f], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.add': { code: [0x6a], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.sub': { code: [0x6b], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.mul': { code: [0x6c], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.div_s': { code: [0x6d], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.div_u': { code: [0x6e], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.rem_u': { code: [0x70], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.and': { code: [0x71], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.or': { code: [0x72], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.xor': { code: [0x73], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.shl': { code: [0x74], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.shr_s': { code: [0x75], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.shr_u': { code: [0x76], takes: ['i32', 'i32'], gives: 'i32' },
  'i32.wrap_i64': { code: [0xa7], takes: ['i64'], gives: 'i32' },

  'i64.eqz': { code: [0x50], takes: ['i64'], gives: 'i32' },
  'i64.eq': { code: [0x51], takes: ['i64', 'i64'], gives: 'i32' },
  'i64.lt_s': { code: [0x53], takes: ['i64', 'i64'], gives: 'i32' },
  'i64.gt_s': { code: [0x55], takes: ['i64', 'i64'], gives: 'i32' },
  'i64.add': { code: [0x7c], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.sub': { code: [0x7d], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.mul': { code: [0x7e], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.and': { code: [0x83], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.or': { code: [0x84], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.xor': { code: [0x85], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.popcnt': { code: [0x7b], takes: ['i64'], gives: 'i64' },
  'i64.shl': { code: [0x86], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.shr_s': { code: [0x87], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.shr_u': { code: [0x88], takes: ['i64', 'i64'], gives: 'i64' },
  'i64.extend_i32_s': { code: [0xac], takes: ['i32'], gives: 'i64' },
  'i64.extend_i32_u': { code: [0xad], takes: ['i32'], gives: 'i64' },

  'v128.load': { code: [0xfd, 0], takes: ['i32'], gives: 'v128', bytes: 16 },
  'v128.load8x8_s': { code: [0xfd, 1], takes: ['i32'], gives: 'v128', bytes: 8 },
  'v128.load8x8_u': { code: [0xfd, 2], takes: ['i32'], gives: 'v128', bytes: 8 },
  'v128.load16x4_s': { code: [0xfd, 3], takes: ['i32'], gives: 'v128', bytes: 8 },
  'v128.load8_splat': { code: [0xfd, 7], takes: ['i32'], gives: 'v128', bytes: 1 },
  'v128.load16_splat': { code: [0xfd, 8], takes: ['i32'], gives: 'v128', bytes: 2 },
  'v128.load32_splat': { code: [0xfd, 9], takes: ['i32'], gives: 'v128', bytes: 4 },
  'v128.load64_splat': { code: [0xfd, 10], takes: ['i32'], gives: 'v128', bytes: 8 },
  'v128.load32_zero': { code: [0xfd, 92], takes: ['i32'], gives: 'v128', bytes: 4 },
  'v128.load64_zero': { code: [0xfd, 93], takes: ['i32'], gives: 'v128', bytes: 8 },
  'v128.load8_lane': { code: [0xfd, 84], takes: ['i32', 'v128'], gives: 'v128', bytes: 1, lanes: 16 },
  'v128.load16_lane': { code: [0xfd, 85], takes: ['i32', 'v128'], gives: 'v128', bytes: 2, lanes: 8 },
  'v128.load32_lane': { code: [0xfd, 86], takes: ['i32', 'v128'], gives: 'v128', bytes: 4, lanes: 4 },
  'v128.load64_lane': { code: [0xfd, 87], takes: ['i32', 'v128'], gives: 'v128', bytes: 8, lanes: 2 },
  'v128.store': { code: [0xfd, 11], takes: ['i32', 'v128'], bytes: 16 },
  'v128.store8_lane': { code: [0xfd, 88], takes: ['i32', 'v128'], bytes: 1, lanes: 16 },
  'v128.store16_lane': { code: [0xfd, 89], takes: ['i32', 'v128'], bytes: 2, lanes: 8 },
  'v128.store32_lane': { code: [0xfd, 90], takes: ['i32', 'v128'], bytes: 4, lanes: 4 },
  'v128.store64_lane': { code: [0xfd, 91], takes: ['i32', 'v128'], bytes: 8, lanes: 2 },
  'v128.and': { code: [0xfd, 78], takes: ['v128', 'v128'], gives: 'v128' },
  'v128.andnot': { code: [0xfd, 79], takes: ['v128', 'v128'], gives: 'v128' },
  'v128.or': { code: [0xfd, 80], takes: ['v128', 'v128'], gives: 'v128' },
  'v128.xor': { code: [0xfd, 81], takes: ['v128', 'v128'], gives: 'v128' },
  'v128.bitselect': { code: [0xfd, 82], takes: ['v128', 'v128', 'v128'], gives: 'v128' },
  'v128.any_true': { code: [0xfd, 83], takes: ['v128'], gives: 'i32' },

  'i8x16.splat': { code: [0xfd, 15], takes: ['i32'], gives: 'v128' },
  'i16x8.splat': { code: [0xfd, 16], takes: ['i32'], gives: 'v128' },
  'i32x4.splat': { code: [0xfd, 17], takes: ['i32'], gives: 'v128' },
  'i64x2.splat': { code: [0xfd, 18], takes: ['i64'], gives: 'v128' },
  'i32x4.extract_lane': { code: [0xfd, 27], takes: ['v128'], gives: 'i32', lanes: 4 },
  'i32x4.replace_lane': { code: [0xfd, 28], takes: ['v128', 'i32'], gives: 'v128', lanes: 4 },
  'i64x2.extract_lane': { code: [0xfd, 29], takes: ['v128'], gives: 'i64', lanes: 2 },

  'i8x16.narrow_i16x8_s': { code: [0xfd, 101], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.narrow_i16x8_u': { code: [0xfd, 102], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.swizzle': { code: [0xfd, 14], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.popcnt': { code: [0xfd, 98], takes: ['v128'], gives: 'v128' },
  'i8x16.bitmask': { code: [0xfd, 100], takes: ['v128'], gives: 'i32' },
  'i8x16.shl': { code: [0xfd, 107], takes: ['v128', 'i32'], gives: 'v128' },
  'i8x16.shr_u': { code: [0xfd, 109], takes: ['v128', 'i32'], gives: 'v128' },
  'i8x16.add': { code: [0xfd, 110], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.sub': { code: [0xfd, 113], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.min_s': { code: [0xfd, 118], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.min_u': { code: [0xfd, 119], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.max_s': { code: [0xfd, 120], takes: ['v128', 'v128'], gives: 'v128' },
  'i8x16.max_u': { code: [0xfd, 121], takes: ['v128', 'v128'], gives: 'v128' },

  'i16x8.narrow_i32x4_s': { code: [0xfd, 133], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.extadd_pairwise_i8x16_s': { code: [0xfd, 124], takes: ['v128'], gives: 'v128' },
  'i16x8.extadd_pairwise_i8x16_u': { code: [0xfd, 125], takes: ['v128'], gives: 'v128' },
  'i16x8.extend_low_i8x16_s': { code: [0xfd, 135], takes: ['v128'], gives: 'v128' },
  'i16x8.extend_high_i8x16_s': { code: [0xfd, 136], takes: ['v128'], gives: 'v128' },
  'i16x8.extend_low_i8x16_u': { code: [0xfd, 137], takes: ['v128'], gives: 'v128' },
  'i16x8.extend_high_i8x16_u': { code: [0xfd, 138], takes: ['v128'], gives: 'v128' },
  'i16x8.shl': { code: [0xfd, 139], takes: ['v128', 'i32'], gives: 'v128' },
  'i16x8.shr_s': { code: [0xfd, 140], takes: ['v128', 'i32'], gives: 'v128' },
  'i16x8.shr_u': { code: [0xfd, 141], takes: ['v128', 'i32'], gives: 'v128' },
  'i16x8.add': { code: [0xfd, 142], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.add_sat_s': { code: [0xfd, 143], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.sub': { code: [0xfd, 145], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.q15mulr_sat_s': { code: [0xfd, 130], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.mul': { code: [0xfd, 149], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.min_s': { code: [0xfd, 150], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.max_s': { code: [0xfd, 152], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.extmul_low_i8x16_s': { code: [0xfd, 156], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.extmul_high_i8x16_s': { code: [0xfd, 157], takes: ['v128', 'v128'], gives: 'v128' },

  'i32x4.extend_low_i16x8_s': { code: [0xfd, 167], takes: ['v128'], gives: 'v128' },
  'i32x4.extend_high_i16x8_s': { code: [0xfd, 168], takes: ['v128'], gives: 'v128' },
  'i32x4.extadd_pairwise_i16x8_s': { code: [0xfd, 126], takes: ['v128'], gives: 'v128' },
  'i32x4.extadd_pairwise_i16x8_u': { code: [0xfd, 127], takes: ['v128'], gives: 'v128' },
  'i32x4.extend_low_i16x8_u': { code: [0xfd, 169], takes: ['v128'], gives: 'v128' },
  'i32x4.extend_high_i16x8_u': { code: [0xfd, 170], takes: ['v128'], gives: 'v128' },
  'i32x4.shl': { code: [0xfd, 171], takes: ['v128', 'i32'], gives: 'v128' },
  'i32x4.shr_s': { code: [0xfd, 172], takes: ['v128', 'i32'], gives: 'v128' },
  'i32x4.shr_u': { code: [0xfd, 173], takes: ['v128', 'i32'], gives: 'v128' },
  'i32x4.add': { code: [0xfd, 174], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.sub': { code: [0xfd, 177], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.mul': { code: [0xfd, 181], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.min_s': { code: [0xfd, 182], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.max_s': { code: [0xfd, 184], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.dot_i16x8_s': { code: [0xfd, 186], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.extmul_low_i16x8_s': { code: [0xfd, 188], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.extmul_high_i16x8_s': { code: [0xfd, 189], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.eq': { code: [0xfd, 55], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.gt_s': { code: [0xfd, 59], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.ge_s': { code: [0xfd, 63], takes: ['v128', 'v128'], gives: 'v128' },

  'i64x2.shl': { code: [0xfd, 203], takes: ['v128', 'i32'], gives: 'v128' },
  'i64x2.shr_s': { code: [0xfd, 204], takes: ['v128', 'i32'], gives: 'v128' },
  'i64x2.shr_u': { code: [0xfd, 205], takes: ['v128', 'i32'], gives: 'v128' },
  'i64x2.add': { code: [0xfd, 206], takes: ['v128', 'v128'], gives: 'v128' },
  'i64x2.gt_s': { code: [0xfd, 217], takes: ['v128', 'v128'], gives: 'v128' },
  'i64x2.extmul_low_i32x4_s': { code: [0xfd, 220], takes: ['v128', 'v128'], gives: 'v128' },
  'i64x2.extmul_high_i32x4_s': { code: [0xfd, 221], takes: ['v128', 'v128'], gives: 'v128' },

  // Relaxed SIMD: only in modules of plans that say so, where operand ranges make the result one and the same everywhere.
  'i8x16.relaxed_swizzle': { code: [0xfd, 0x100], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.relaxed_q15mulr_s': { code: [0xfd, 0x111], takes: ['v128', 'v128'], gives: 'v128' },
  'i16x8.relaxed_dot_i8x16_i7x16_s': { code: [0xfd, 0x112], takes: ['v128', 'v128'], gives: 'v128' },
  'i32x4.relaxed_dot_i8x16_i7x16_add_s': {
    code: [0xfd, 0x113],
    takes: ['v128', 'v128', 'v128'],
    gives: 'v128',
  },
} as const satisfies Readonly<Record<string, Instruction>>;

/** Name of an instruction in the table. */
export type InstructionName = keyof typeof instructions;
