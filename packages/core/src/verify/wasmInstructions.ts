/** What follows an opcode in the byte stream. */
export type Immediate =
  | 'none'
  | 'index'
  | 'twoIndices'
  | 'blockType'
  | 'branchTable'
  | 'memory'
  | 'memoryLane'
  | 'lane'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'bytes16'
  | 'valueTypes'
  | 'zeroByte'
  | 'heapType';

/** Name and immediate of one instruction. */
export interface WasmInstruction {
  readonly name: string;
  readonly immediate: Immediate;
}

/**
 * The instruction set, written from the WebAssembly specification (core 2.0, relaxed SIMD, threads, tail calls) and not from
 * the emitter: `first opcode: names`, a blank entry (`-`) is an opcode that does not exist.
 */
const plainRows: readonly (readonly [number, string])[] = [
  [0x00, 'unreachable nop block:blockType loop:blockType if:blockType else'],
  [0x0b, 'end br:index br_if:index br_table:branchTable return call:index call_indirect:twoIndices'],
  [0x12, 'return_call:index return_call_indirect:twoIndices'],
  [0x1a, 'drop select select_t:valueTypes'],
  [0x20, 'local.get:index local.set:index local.tee:index global.get:index global.set:index'],
  [0x25, 'table.get:index table.set:index -'],
  [
    0x28,
    'i32.load:memory i64.load:memory f32.load:memory f64.load:memory i32.load8_s:memory i32.load8_u:memory ' +
      'i32.load16_s:memory i32.load16_u:memory i64.load8_s:memory i64.load8_u:memory i64.load16_s:memory ' +
      'i64.load16_u:memory i64.load32_s:memory i64.load32_u:memory i32.store:memory i64.store:memory f32.store:memory ' +
      'f64.store:memory i32.store8:memory i32.store16:memory i64.store8:memory i64.store16:memory i64.store32:memory ' +
      'memory.size:zeroByte memory.grow:zeroByte i32.const:i32 i64.const:i64 f32.const:f32 f64.const:f64',
  ],
  [
    0x45,
    'i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u ' +
      'i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u ' +
      'f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt f64.gt f64.le f64.ge',
  ],
  [
    0x67,
    'i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and i32.or i32.xor ' +
      'i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u ' +
      'i64.rem_s i64.rem_u i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr ' +
      'f32.abs f32.neg f32.ceil f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign ' +
      'f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign',
  ],
  [
    0xa7,
    'i32.wrap_i64 i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u ' +
      'i64.trunc_f32_s i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s ' +
      'f32.convert_i64_u f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32 ' +
      'i32.reinterpret_f32 i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 ' +
      'i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s i64.extend32_s',
  ],
  [0xd0, 'ref.null:heapType ref.is_null ref.func:index'],
];

/** Behind the prefix 0xfc. */
const miscRows: readonly (readonly [number, string])[] = [
  [
    0,
    'i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u ' +
      'i64.trunc_sat_f32_s i64.trunc_sat_f32_u i64.trunc_sat_f64_s i64.trunc_sat_f64_u',
  ],
  [8, 'memory.init:twoIndices data.drop:index memory.copy:twoIndices memory.fill:index'],
  [
    12,
    'table.init:twoIndices elem.drop:index table.copy:twoIndices table.grow:index table.size:index table.fill:index',
  ],
];

/** Behind the prefix 0xfd. */
const vectorRows: readonly (readonly [number, string])[] = [
  [
    0x00,
    'v128.load:memory v128.load8x8_s:memory v128.load8x8_u:memory v128.load16x4_s:memory v128.load16x4_u:memory ' +
      'v128.load32x2_s:memory v128.load32x2_u:memory v128.load8_splat:memory v128.load16_splat:memory v128.load32_splat:memory ' +
      'v128.load64_splat:memory v128.store:memory v128.const:bytes16 i8x16.shuffle:bytes16 i8x16.swizzle ' +
      'i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat',
  ],
  [
    0x15,
    'i8x16.extract_lane_s:lane i8x16.extract_lane_u:lane i8x16.replace_lane:lane i16x8.extract_lane_s:lane ' +
      'i16x8.extract_lane_u:lane i16x8.replace_lane:lane i32x4.extract_lane:lane i32x4.replace_lane:lane i64x2.extract_lane:lane ' +
      'i64x2.replace_lane:lane f32x4.extract_lane:lane f32x4.replace_lane:lane f64x2.extract_lane:lane f64x2.replace_lane:lane',
  ],
  [
    0x23,
    'i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u ' +
      'i16x8.eq i16x8.ne i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u ' +
      'i32x4.eq i32x4.ne i32x4.lt_s i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u ' +
      'f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge',
  ],
  [
    0x4d,
    'v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect v128.any_true ' +
      'v128.load8_lane:memoryLane v128.load16_lane:memoryLane v128.load32_lane:memoryLane v128.load64_lane:memoryLane ' +
      'v128.store8_lane:memoryLane v128.store16_lane:memoryLane v128.store32_lane:memoryLane v128.store64_lane:memoryLane ' +
      'v128.load32_zero:memory v128.load64_zero:memory f32x4.demote_f64x2_zero f64x2.promote_low_f32x4',
  ],
  [
    0x60,
    'i8x16.abs i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u ' +
      'f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest i8x16.shl i8x16.shr_s i8x16.shr_u i8x16.add i8x16.add_sat_s ' +
      'i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u f64x2.ceil f64x2.floor i8x16.min_s i8x16.min_u i8x16.max_s ' +
      'i8x16.max_u f64x2.trunc i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u ' +
      'i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u',
  ],
  [
    0x80,
    'i16x8.abs i16x8.neg i16x8.q15mulr_sat_s i16x8.all_true i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u ' +
      'i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u i16x8.shl ' +
      'i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u ' +
      'f64x2.nearest i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s i16x8.max_u - i16x8.avgr_u i16x8.extmul_low_i8x16_s ' +
      'i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u',
  ],
  [
    0xa0,
    'i32x4.abs i32x4.neg - i32x4.all_true i32x4.bitmask - - i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s ' +
      'i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s i32x4.shr_u i32x4.add - - i32x4.sub - - - ' +
      'i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s - i32x4.extmul_low_i16x8_s ' +
      'i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u',
  ],
  [
    0xc0,
    'i64x2.abs i64x2.neg - i64x2.all_true i64x2.bitmask - - i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s ' +
      'i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s i64x2.shr_u i64x2.add - - i64x2.sub - - - ' +
      'i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s i64x2.extmul_low_i32x4_s ' +
      'i64x2.extmul_high_i32x4_s i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u',
  ],
  [
    0xe0,
    'f32x4.abs f32x4.neg - f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax ' +
      'f64x2.abs f64x2.neg - f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax ' +
      'i32x4.trunc_sat_f32x4_s i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u ' +
      'i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u',
  ],
  [
    0x100,
    'i8x16.relaxed_swizzle i32x4.relaxed_trunc_f32x4_s i32x4.relaxed_trunc_f32x4_u i32x4.relaxed_trunc_f64x2_s_zero ' +
      'i32x4.relaxed_trunc_f64x2_u_zero f32x4.relaxed_madd f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd ' +
      'i8x16.relaxed_laneselect i16x8.relaxed_laneselect i32x4.relaxed_laneselect i64x2.relaxed_laneselect ' +
      'f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max i16x8.relaxed_q15mulr_s ' +
      'i16x8.relaxed_dot_i8x16_i7x16_s i32x4.relaxed_dot_i8x16_i7x16_add_s',
  ],
];

/** Behind the prefix 0xfe. */
const atomicRows: readonly (readonly [number, string])[] = [
  [
    0x00,
    'memory.atomic.notify:memory memory.atomic.wait32:memory memory.atomic.wait64:memory atomic.fence:zeroByte',
  ],
  [
    0x10,
    'i32.atomic.load:memory i64.atomic.load:memory i32.atomic.load8_u:memory i32.atomic.load16_u:memory ' +
      'i64.atomic.load8_u:memory i64.atomic.load16_u:memory i64.atomic.load32_u:memory i32.atomic.store:memory ' +
      'i64.atomic.store:memory i32.atomic.store8:memory i32.atomic.store16:memory i64.atomic.store8:memory ' +
      'i64.atomic.store16:memory i64.atomic.store32:memory',
  ],
  ...['add', 'sub', 'and', 'or', 'xor', 'xchg', 'cmpxchg'].map(
    (action, index) => [0x1e + 7 * index, atomicNames(action)] as const,
  ),
];

function atomicNames(action: string): string {
  return [
    `i32.atomic.rmw.${action}`,
    `i64.atomic.rmw.${action}`,
    `i32.atomic.rmw8.${action}_u`,
    `i32.atomic.rmw16.${action}_u`,
    `i64.atomic.rmw8.${action}_u`,
    `i64.atomic.rmw16.${action}_u`,
    `i64.atomic.rmw32.${action}_u`,
  ]
    .map((name) => `${name}:memory`)
    .join(' ');
}

function table(rows: readonly (readonly [number, string])[]): ReadonlyMap<number, WasmInstruction> {
  return new Map(
    rows.flatMap(([first, names]) =>
      names.split(' ').flatMap((entry, index): [number, WasmInstruction][] => {
        const [name = '', immediate = 'none'] = entry.split(':');
        return name === '-' ? [] : [[first + index, { name, immediate: immediate as Immediate }]];
      }),
    ),
  );
}

export const plainInstructions = table(plainRows);

/** Instructions behind a prefix byte, by the number that follows it. */
export const prefixedInstructions: ReadonlyMap<number, ReadonlyMap<number, WasmInstruction>> = new Map([
  [0xfc, table(miscRows)],
  [0xfd, table(vectorRows)],
  [0xfe, table(atomicRows)],
]);

/** Whether an instruction reads, writes or makes a floating-point number: its name says so. */
export function isFloatInstruction(name: string): boolean {
  return /(^|_)f(32|64)(x[24])?($|[._])/.test(name);
}
