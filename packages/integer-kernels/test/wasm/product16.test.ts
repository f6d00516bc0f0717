import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ActivationSpec,
  type RequantizeOp,
  runOp,
  typescriptBackend,
  wasmBackend,
} from '../../src/index.js';
import { sampling } from '../sampling.js';
import { planValueRequantization } from '../../src/wasm/requantization/planRequantization.js';

const int8: ActivationSpec = { shape: [256], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 };
const uint8: ActivationSpec = { shape: [256], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 255 };
const everyInt8 = Int8Array.from({ length: 256 }, (_, index) => index - 128);
const everyUint8 = Uint8Array.from({ length: 256 }, (_, index) => index);

const tensor = fc.oneof(
  fc.integer({ min: -128, max: 127 }).map((zeroPoint) => ({ ...int8, zeroPoint })),
  fc.integer({ min: 0, max: 255 }).map((zeroPoint) => ({ ...uint8, zeroPoint })),
);
const factor = fc.oneof(
  fc.record({
    multiplier: fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 }),
    shift: fc.integer({ min: 24, max: 40 }),
  }),
  fc.record({ multiplier: fc.integer({ min: 0, max: 300 }), shift: fc.nat(12) }),
);

test('a product of 16 bits is taken for bytes only where all 256 results are exact', async () => {
  const reference = typescriptBackend();
  const backend = wasmBackend();
  const seen = { product16: 0, other: 0 };
  await fc.assert(
    fc.asyncProperty(tensor, tensor, factor, async (input, output, { multiplier, shift }) => {
      const op: RequantizeOp = {
        op: 'requantize',
        inputs: [input],
        output,
        requantization: {
          kind: 'multiplier',
          rounding: 'halfUp',
          multipliers: Int32Array.of(multiplier),
          shifts: Int32Array.of(shift),
        },
      };
      const { kind } = planValueRequantization(op.requantization, input, output).code;
      seen[kind === 'product16' ? kind : 'other'] += 1;
      const values = [input.type === 'int8' ? everyInt8 : everyUint8];
      expect(await runOp(backend, op, values)).toEqual(await runOp(reference, op, values));
    }),
    { numRuns: 300 * sampling.scale, seed: sampling.seed },
  );
  expect(Math.min(seen.product16, seen.other)).toBeGreaterThan(3);
});
