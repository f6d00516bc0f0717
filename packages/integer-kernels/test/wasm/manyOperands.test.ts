import { expect, test } from '@jest/globals';
import { type ConcatOp, runOp, typescriptBackend, wasmBackend } from '../../src/index.js';

test('concat takes more operands than a function has parameters', async () => {
  const operands = 1024;
  const activation = (channels: number) =>
    ({ shape: [2, channels], type: 'int8', zeroPoint: 3, quantMin: -128, quantMax: 127 }) as const;
  const op: ConcatOp = {
    op: 'concat',
    axis: 1,
    inputs: Array.from({ length: operands }, () => activation(1)),
    output: activation(operands),
    rescales: Array.from({ length: operands }, (_, index) => ({ multiplier: 1 + (index % 3), shift: 1 })),
    rounding: 'halfUp',
  };
  const inputs = op.inputs.map((_, index) => Int8Array.of(index, -index));
  const expected = await runOp(typescriptBackend(), op, inputs);
  expect(await runOp(wasmBackend(), op, inputs)).toEqual(expected);
}, 20_000);
