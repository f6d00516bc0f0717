import { expect, test } from '@jest/globals';
import { type DenseOp, packWeights, runOp, typescriptBackend, wasmBackend } from '../../src/index.js';
import { sequence } from '../../src/conformance/sequence.js';

test.each([8191, 8192, 9216])(
  'a batch times weights of %d features equals the reference',
  async (features) => {
    const next = sequence(features);
    const draw = (length: number): number[] => Array.from({ length }, () => Math.floor(next() * 256) - 128);
    const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
    const op: DenseOp = {
      op: 'dense',
      inputs: [{ ...int8, shape: [13, features] }],
      output: { shape: [13, 11], type: 'int32', zeroPoint: 0, quantMin: -(2 ** 31), quantMax: 2 ** 31 - 1 },
      weights: packWeights(draw(11 * features), [11, features], {
        bits: 8,
        code: 'twosComplement',
        zeroPoint: 0,
      }),
      requantization: { kind: 'none' },
    };
    const input = Int8Array.from(draw(13 * features));
    const backend = wasmBackend({ kernels: ['dot'] });
    expect(await runOp(backend, op, [input])).toEqual(await runOp(typescriptBackend(), op, [input]));
    // From 8192 on the weights keep their bytes.
    const { constantBytes } = backend.layout(op);
    expect(constantBytes > 1.5 * 16 * features).toBe(features < 8192);
  },
);
