import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ActivationSpec,
  type AddOp,
  type Rescale,
  runOp,
  typescriptBackend,
  wasmBackend,
} from '../../src/index.js';
import { wholeFactors } from '../../src/wasm/wholeFactors.js';
import { sampling } from '../sampling.js';

const everyPair = Int8Array.from({ length: 65536 }, (_, index) => (index >> 8) - 128);
const everyOther = Int8Array.from({ length: 65536 }, (_, index) => (index & 255) - 128);
const shape = [1, 65536];

const tensor = fc
  .record({ zeroPoint: fc.integer({ min: -128, max: 127 }), isSigned: fc.boolean() })
  .map(({ zeroPoint, isSigned }): ActivationSpec => {
    const spec = isSigned
      ? ({ type: 'int8', zeroPoint, quantMin: -128, quantMax: 127 } as const)
      : ({ type: 'uint8', zeroPoint: zeroPoint + 128, quantMin: 0, quantMax: 255 } as const);
    return { ...spec, shape };
  });

/** A factor with a multiplier of 31 bits, as TFLite has it. */
function rescaleOf(factor: number): Rescale {
  const exponent = Math.ceil(Math.log2(factor));
  return {
    multiplier: Math.min(2 ** 31 - 1, Math.round((factor / 2 ** exponent) * 2 ** 31)),
    shift: 31 - exponent,
  };
}

/** Operands and result with scales of their own, in TFLite's form or near it. */
const additions = fc
  .record({
    inputs: fc.tuple(tensor, tensor),
    output: tensor,
    scales: fc.array(fc.integer({ min: 1000, max: 9999 }), { minLength: 3, maxLength: 3 }),
    leftShift: fc.constantFrom(0, 3, 8, 20),
    rounding: fc.constantFrom('gemmlowp', 'halfUp', 'halfToEven'),
  })
  .map(({ inputs, output, scales: [a, b, sum], leftShift, rounding }): AddOp => {
    const twice = 2 * Math.max(a, b);
    return {
      op: 'add',
      inputs,
      output,
      leftShift,
      rescales: [rescaleOf(a / twice), rescaleOf(b / twice)],
      outputRescale: rescaleOf(twice / sum / 2 ** leftShift),
      rounding,
    };
  });

test('an addition is rounded once only where all 65536 pairs of bytes give the same', async () => {
  const reference = typescriptBackend();
  const backend = wasmBackend();
  const seen = { whole: 0, other: 0 };
  await fc.assert(
    fc.asyncProperty(additions, async (op) => {
      seen[wholeFactors(op) === undefined ? 'other' : 'whole'] += 1;
      const values = [everyPair, everyOther].map((pairs, index) =>
        op.inputs[index].type === 'int8' ? pairs : new Uint8Array(pairs.buffer),
      );
      expect(await runOp(backend, op, values)).toEqual(await runOp(reference, op, values));
    }),
    { numRuns: 60 * sampling.scale, seed: sampling.seed },
  );
  // Where operands are rounded to few bits first, no factors exist.
  expect(Math.min(seen.whole, seen.other)).toBeGreaterThan(5);
});

test('int32 operands, and factors out of all proportion, have none', () => {
  const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127, shape } as const;
  const half = { multiplier: 1, shift: 1 };
  const op: AddOp = {
    op: 'add',
    inputs: [int8, int8],
    output: int8,
    leftShift: 0,
    rescales: [half, half],
    outputRescale: { multiplier: 1, shift: 0 },
    rounding: 'halfUp',
  };
  const int32 = { ...int8, type: 'int32' } as const;
  expect(wholeFactors({ ...op, inputs: [int8, int32] })).toBeUndefined();
  expect(wholeFactors({ ...op, outputRescale: { multiplier: 1, shift: 40 } })).toBeUndefined();
  expect(wholeFactors({ ...op, outputRescale: { multiplier: 0, shift: 0 } })).toBeUndefined();
});
