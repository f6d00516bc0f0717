import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { opCase } from '../../test/arbitraries/op.js';
import type { Issue } from '../errors.js';
import { packWeights } from '../packing/packWeights.js';
import { checkOp } from './checkOp.js';
import type { Conv2dOp } from './conv2d.js';
import { definitionOf, opNames } from './opDefinitions.js';

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    NaN,
    Infinity,
    -1,
    0.5,
    -0,
    2 ** 31,
    2 ** 53,
    '',
    'int8',
    true,
    10n,
    Symbol('hostile'),
    () => 1,
    [],
    [NaN],
    [0, -1],
    [2 ** 31, 2 ** 31],
    {},
    new Uint8Array(3),
    new Int32Array(3),
    new Int32Array(0),
  ),
  fc.anything(),
);

/** Every path of a plain value. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, item]) => pathsOf(item).map((path) => [key, ...path]))];
}

/** A copy with another value at a path. */
function replaceAt(value: unknown, path: readonly string[], replacement: unknown): unknown {
  if (path.length === 0) return replacement;
  const [key, ...rest] = path;
  const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const record = copy as Record<string, unknown>;
  record[key] = replaceAt(record[key], rest, replacement);
  return copy;
}

const conv2d: Conv2dOp = {
  op: 'conv2d',
  inputs: [{ shape: [1, 4, 4, 2], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 }],
  output: { shape: [1, 2, 2, 3], type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 },
  weights: packWeights(new Int8Array(54), [3, 3, 3, 2], { bits: 8, code: 'twosComplement', zeroPoint: 0 }),
  strides: [1, 1],
  dilations: [1, 1],
  padding: { top: 0, bottom: 0, left: 0, right: 0, value: 0 },
  groups: 1,
  requantization: { kind: 'shift', rounding: 'halfUp', shifts: Int32Array.of(4) },
};

const codesAt = (issues: readonly Issue[]): string[] => issues.map(({ code, path }) => `${code} ${path}`);

describe('checkOp', () => {
  test.each(opNames)('never throws, whatever stands in the place of any field of %s', (name) => {
    fc.assert(
      fc.property(opCase(name, 'small'), fc.nat(), hostile, ({ op }, choice, value) => {
        const paths = pathsOf(op);
        for (const issue of checkOp(replaceAt(op, paths[choice % paths.length], value))) {
          expect(issue.code).toMatch(/^[A-Z][A-Z0-9_]+$/);
          expect(issue.message).toMatch(/^got .+, expected .+/);
          expect(issue.fix).not.toBe('');
        }
      }),
      { numRuns: 200 },
    );
  });

  test('finds every problem of an op at once', () => {
    const broken = { ...conv2d, strides: [0, 1], groups: NaN, kernel: 3, inputs: [] };
    expect(codesAt(checkOp(broken))).toEqual([
      'INVALID_VALUE inputs',
      'INVALID_VALUE strides',
      'INVALID_VALUE groups',
      'UNKNOWN_FIELD kernel',
    ]);
    const mismatched = {
      ...conv2d,
      bias: Int32Array.of(1),
      output: { ...conv2d.output, shape: [1, 3, 2, 3] },
      requantization: { ...conv2d.requantization, shifts: Int32Array.of(1, 40) },
    };
    expect(codesAt(checkOp(mismatched))).toEqual([
      'SHAPE_MISMATCH output.shape',
      'WRONG_LENGTH bias',
      'WRONG_LENGTH requantization.shifts',
    ]);
  });

  test('suggests the name that was meant', () => {
    expect(checkOp({ op: 'con2d' })[0]).toMatchObject({ code: 'UNKNOWN_OP', fix: "did you mean 'conv2d'?" });
    expect(checkOp({ ...conv2d, stride: 1 })[0].fix).toBe('did you mean strides?');
  });

  test('names the channel whose accumulator can overflow', () => {
    const weights = packWeights(new Int8Array(54).fill(127, 18, 36), [3, 3, 3, 2], conv2d.weights);
    // 18 products of 127 and 128 bring the second channel to its limit.
    const limit = 0x7fffffff - 18 * 127 * 128;
    const at = (bias: number): Issue[] => checkOp({ ...conv2d, weights, bias: Int32Array.of(0, bias, 0) });
    expect(at(limit)).toEqual([]);
    expect(at(limit + 1)).toMatchObject([
      { code: 'ACCUMULATOR_OVERFLOW', message: expect.stringContaining('output channel 1') as unknown },
    ]);
  });

  test('refuses tensors whose bytes do not fit int32', () => {
    const input = { ...conv2d.inputs[0], shape: [1, 46341, 46341, 1] };
    expect(codesAt(checkOp({ ...conv2d, inputs: [input] }))).toEqual(['TENSOR_TOO_LARGE inputs[0].shape']);
  });

  test('refuses pooling windows that lie in the padding', () => {
    const pool = {
      op: 'maxPool2d',
      inputs: conv2d.inputs,
      output: { ...conv2d.inputs[0], shape: [1, 5, 4, 2] },
      kernel: [2, 1],
      strides: [1, 1],
      padding: { top: 1, bottom: 1, left: 0, right: 0 },
    };
    expect(checkOp(pool)).toEqual([]);
    const padded = { ...pool, padding: { ...pool.padding, top: 2 } };
    expect(codesAt(checkOp(padded))).toEqual(['INVALID_VALUE padding.top']);
  });

  test('needs int32 outputs where nothing is requantized', () => {
    const op = { ...conv2d, requantization: { kind: 'none' } };
    expect(codesAt(checkOp(op))).toEqual(['TYPE_MISMATCH output.type']);
  });

  test('takes unsorted thresholds and too many of them for what they are', () => {
    const requantization = { kind: 'threshold', count: 3, thresholds: Int32Array.of(1, 0, 2) };
    const op = { ...conv2d, requantization, output: { ...conv2d.output, quantMin: 0, quantMax: 2 } };
    expect(codesAt(checkOp(op))).toEqual([
      'INVALID_VALUE requantization.thresholds[1]',
      'INVALID_VALUE requantization.count',
    ]);
  });
});

test.each(opNames)('%s describes itself in one line and takes any batch size', (name) => {
  fc.assert(
    fc.property(opCase(name, 'small'), ({ op }) => {
      const definition = definitionOf(op);
      expect(definition.name).toBe(name);
      expect(definition.describe(op)).toMatch(/^[^\n]{4,}$/);
      if (op.inputs[0].shape.length === 1) return;
      const batched = definition.withBatch(op, 5);
      expect(checkOp(batched)).toEqual([]);
      expect([batched.output.shape[0], batched.inputs[0].shape[0]]).toEqual([5, 5]);
    }),
  );
});
