/** Products of int16 with int32 sums, or relaxed products of int8 with 7-bit values. */
export type RoofPath = 'base' | 'relaxed';

/** Sums and copies of the loop's body. Which shape is the fastest depends on how an engine gives registers out. */
export interface RoofShape {
  readonly accumulators: number;
  readonly copies: number;
}

export const roofShapes: readonly RoofShape[] = [
  { accumulators: 8, copies: 1 },
  { accumulators: 10, copies: 2 },
  { accumulators: 12, copies: 2 },
];

/** The number of the first local that is no parameter. */
const firstSum = 3;

/**
 * A module whose `run(loops, factor, 1)` multiplies and accumulates in registers: `sum = sum + dot(sum, factor)`.
 *
 * Every step needs the sum before it, so that no engine can leave any out. Factors are parameters, because engines make constants
 * anew in every step.
 */
export function roofModule(
  path: RoofPath,
  { accumulators, copies }: RoofShape,
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly macsPerLoop: number } {
  const [factor, ones] = [firstSum + accumulators, firstSum + accumulators + 1];
  const steps = Array.from({ length: copies * accumulators }, (_, step) => {
    const sum = firstSum + (step % accumulators);
    const product =
      path === 'base'
        ? [...get(sum), ...get(factor), ...simd(0xba)]
        : [...get(sum), ...get(factor), ...simd(0x112), ...get(ones), ...simd(0xba)];
    return [...get(sum), ...product, ...simd(0xae), 0x21, sum];
  }).flat();
  const code = [
    ...[...get(1), ...simd(0x0f), 0x21, factor],
    ...[...get(2), ...simd(0x10), 0x21, ones],
    ...Array.from({ length: accumulators }, (_, index) => setVector(firstSum + index, index + 1)).flat(),
    // loop: steps; br_if (loops = loops - 1)
    ...[0x03, 0x40, ...steps, ...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b],
    ...get(firstSum),
    ...Array.from({ length: accumulators - 1 }, (_, index) => [
      ...get(firstSum + 1 + index),
      ...simd(0x51),
    ]).flat(),
    // i32x4.extract_lane 0; end
    ...[...simd(0x1b), 0, 0x0b],
  ];
  const body = [1, ...leb(accumulators + 2), 0x7b, ...code];
  const bytes = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 1, 0x7f]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
  return { bytes, macsPerLoop: copies * accumulators * (path === 'base' ? 8 : 16) };
}

const get = (local: number): number[] => [0x20, local];
const simd = (code: number): number[] => [0xfd, ...leb(code)];
/** `local = i8x16.splat(value)`. */
const setVector = (local: number, value: number): number[] => [0x41, value, ...simd(0x0f), 0x21, local];
const section = (id: number, content: readonly number[]): number[] => [
  id,
  ...leb(content.length),
  ...content,
];

/** Unsigned LEB128. */
function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)];
}
