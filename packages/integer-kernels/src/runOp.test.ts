import { expect, test } from '@jest/globals';
import type { KernelBackend } from './backend.js';
import type { DenseOp } from './ops/dense.js';
import { packWeights } from './packing/packWeights.js';
import { type RunOpOptions, runOp } from './runOp.js';
import { typescriptBackend } from './typescript/backend.js';

const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const op: DenseOp = {
  op: 'dense',
  inputs: [{ ...int8, quantMin: 0, shape: [2, 3] }],
  weights: packWeights([1, 2, 3, -1, 0, 1], [2, 3], { bits: 4, code: 'twosComplement', zeroPoint: 0 }),
  bias: Int32Array.of(10, 0),
  output: { ...int8, shape: [2, 2] },
  requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(1) },
};
const inputs = [Int8Array.of(1, 2, 3, 10, 20, 30)];

test('runs an op on plain arrays', async () => {
  expect(await runOp(typescriptBackend(), op, inputs)).toEqual(Int8Array.of(12, 1, 75, 10));
});

test('reports every issue of the op before it runs', async () => {
  const broken = { ...op, bias: Int32Array.of(1), output: { ...op.output, shape: [2, 3] } };
  await expect(runOp(typescriptBackend(), broken, inputs)).rejects.toMatchObject({
    name: 'BnfreeError',
    issues: [{ code: 'SHAPE_MISMATCH' }, { code: 'WRONG_LENGTH' }],
  });
});

test.each([
  ['no input', [], 'inputs'],
  ['an input of another type', [Uint8Array.of(1, 2, 3, 4, 5, 6)], 'inputs[0]'],
  ['an input that is no array', [null as unknown as Int8Array], 'inputs[0]'],
  ['an input of another length', [Int8Array.of(1)], 'inputs[0]'],
  ['a value outside the range', [Int8Array.of(1, 2, -3, 4, 5, 6)], 'inputs[0][2]'],
])('refuses %s', async (_, wrong, path) => {
  await expect(runOp(typescriptBackend(), op, wrong)).rejects.toMatchObject({
    issues: [{ code: 'INPUT_MISMATCH', path }],
  });
});

test('refuses an option that it does not know', async () => {
  const options = { layout: 'dense' } as RunOpOptions;
  await expect(runOp(typescriptBackend(), op, inputs, options)).rejects.toMatchObject({
    issues: [{ code: 'UNKNOWN_OPTION', fix: 'did you mean layouts?' }],
  });
});

test('says which backend lacks the op', async () => {
  const without: KernelBackend = { ...typescriptBackend(), name: 'empty', ops: new Set() };
  await expect(runOp(without, op, inputs)).rejects.toMatchObject({ code: 'OP_NOT_SUPPORTED' });
});
