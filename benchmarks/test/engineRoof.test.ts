import { expect, test } from '@jest/globals';
import { roofModule, roofShapes } from '../src/contenders/roofModule.js';

test.each(roofShapes)(
  'the loop of $accumulators sums multiplies and accumulates as it says',
  async (shape) => {
    const { bytes, macsPerLoop } = roofModule('base', shape);
    expect(macsPerLoop).toBe(8 * shape.accumulators * shape.copies);
    const { instance } = await WebAssembly.instantiate(bytes);
    const run = instance.exports['run'] as (loops: number, factor: number, one: number) => number;
    expect(run(7, 3, 1)).toBe(expected(7, 3, shape));
  },
);

test('the relaxed loop is refused only by engines without relaxed SIMD', () => {
  const major = Number(process.versions.node.split('.')[0]);
  expect(WebAssembly.validate(roofModule('relaxed', roofShapes[0]).bytes)).toBe(major >= 21);
});

/** The lowest lane of the exclusive or of all sums, computed step by step. */
function expected(
  loops: number,
  factor: number,
  { accumulators, copies }: (typeof roofShapes)[number],
): number {
  const splat = (byte: number): number => (byte * 0x01010101) | 0;
  const half = (value: number): number => (value << 16) >> 16;
  let result = 0;
  for (let sum = 0; sum < accumulators; sum += 1) {
    let lane = splat(sum + 1);
    const factorHalf = half(splat(factor));
    for (let step = 0; step < loops * copies; step += 1) {
      const dot = (half(lane) * factorHalf + (lane >> 16) * factorHalf) | 0;
      lane = (lane + dot) | 0;
    }
    result ^= lane;
  }
  return result;
}
