import { describe, expect, test } from '@jest/globals';
import {
  type ActivationSpec,
  type DenseOp,
  type WeightFormat,
  checkOp,
  denseLayout,
  runOp,
  typescriptBackend,
  wasmBackend,
} from '../../src/index.js';
import { detectCapabilities } from '../../src/wasm/capabilities.js';
import { baseForm, relaxedForm, type DotForm } from '../../src/wasm/gemv/dotForm.js';
import type { StoredBits } from '../../src/wasm/gemv/storedCodes.js';
import { tableShape } from '../../src/wasm/gemv/tableShape.js';
import { chooseKernel } from '../../src/wasm/kernels.js';
import { kernelTarget } from '../../src/wasm/kernelTarget.js';
import type { KernelTarget } from '../../src/wasm/wasmKernel.js';
import { candidateOf } from '../checkCandidate.js';
import { type Pattern, extremeValues, extremeWeights } from '../extremes/operands.js';

const int8 = { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 } as const;
const relu = { ...int8, quantMin: 0 } as const;
const uint8 = { type: 'uint8', zeroPoint: 128, quantMin: 0, quantMax: 255 } as const;
const ranges: readonly Omit<ActivationSpec, 'shape'>[] = [
  int8,
  relu,
  uint8,
  { ...int8, zeroPoint: -128 },
  { ...uint8, zeroPoint: 0, quantMax: 15 },
  { ...int8, quantMin: -1, quantMax: 0 },
];
const base = kernelTarget({}, { simd: true, relaxedSimd: false });
const relaxed: KernelTarget = { ...base, relaxedSimd: true };
const reference = typescriptBackend();

interface Shape {
  readonly batch?: number;
  readonly features: number;
  readonly units: number;
}

/** A dense layer whose output is the accumulator. */
function denseOp(
  { batch = 1, features, units }: Shape,
  input: Omit<ActivationSpec, 'shape'>,
  format: WeightFormat,
  pattern: Pattern = 'largest',
): DenseOp {
  return {
    op: 'dense',
    inputs: [{ ...input, shape: [batch, features] }],
    weights: extremeWeights(pattern, [units, features], format),
    output: {
      shape: [batch, units],
      type: 'int32',
      zeroPoint: 0,
      quantMin: -0x80000000,
      quantMax: 0x7fffffff,
    },
    requantization: { kind: 'none' },
  };
}

const twosComplement = (bits: number): WeightFormat => ({ bits, code: 'twosComplement', zeroPoint: 0 });
const formats: readonly WeightFormat[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(twosComplement),
  { bits: 1, code: 'sign', zeroPoint: 0 },
  { bits: 2, code: 'unsigned', zeroPoint: 3 },
  { bits: 4, code: 'odd', zeroPoint: -15 },
  { bits: 8, code: 'odd', zeroPoint: 255 },
];

describe('sums of extreme products are exact around every fold', () => {
  const { relaxedSimd } = detectCapabilities();
  // Folds of some widths and ranges lie at these numbers of features, and 64 or 128 of them are one chunk.
  const lengths = [15, 16, 17, 63, 65, 127, 128, 129, 640, 641, 1023, 2049, 4225];
  const pairs: readonly (readonly [Pattern, Pattern])[] = [
    ['largest', 'largest'],
    ['largest', 'smallest'],
    ['smallest', 'largest'],
    ['smallest', 'smallest'],
    ['alternating', 'alternating'],
  ];
  for (const name of ['gemvTables', 'gemvRelaxed', 'gemv']) {
    const run = name === 'gemvRelaxed' && !relaxedSimd ? test.skip : test;
    run(
      name,
      async () => {
        const backend = wasmBackend({ kernels: [name] });
        const target = { ...base, relaxedSimd };
        const candidate = candidateOf('dense', name);
        let turn = 0;
        let cases = 0;
        for (const format of formats) {
          for (const input of ranges) {
            for (const [weights, values] of pairs) {
              turn += 1;
              const features = lengths[turn % lengths.length];
              const op = denseOp({ features, units: 1 + (turn % 5) }, input, format, weights);
              if (candidate.supports?.(op, target) === false) continue;
              expect(checkOp(op)).toEqual([]);
              const data = [extremeValues(values, op.inputs[0])];
              expect(await runOp(backend, op, data)).toEqual(await runOp(reference, op, data));
              cases += 1;
            }
          }
        }
        expect(cases).toBeGreaterThan(100);
        await backend.dispose();
      },
      120_000,
    );
  }

  test('more features than halfwords of table entries hold', async () => {
    const op = denseOp({ features: 40_000, units: 17 }, uint8, twosComplement(2));
    const data = [extremeValues('largest', op.inputs[0])];
    expect(await runOp(wasmBackend({ kernels: ['gemvTables'] }), op, data)).toEqual(
      await runOp(reference, op, data),
    );
  });

  test('more features than int32 of products that are 256 times too large holds', async () => {
    const op = denseOp(
      { features: 40_000, units: 5 },
      { ...int8, quantMax: 0 },
      twosComplement(4),
      'largest',
    );
    const data = [extremeValues('smallest', op.inputs[0])];
    expect(await runOp(wasmBackend({ kernels: ['gemv'] }), op, data)).toEqual(
      await runOp(reference, op, data),
    );
  });
});

describe('as many products are added before a fold as surely fit', () => {
  const magnitudes = [1, 7, 15, 64, 127, 128];
  const expectTight = (form: DotForm, limit: number, products: number, stored: number): void => {
    for (const magnitude of magnitudes) {
      const chunks = form.chunksPerFold({ magnitude, stored: { magnitude: stored } });
      const chunk = products * magnitude * stored;
      expect(chunks).toBeGreaterThanOrEqual(1);
      expect(chunks * chunk).toBeLessThanOrEqual(limit);
      expect((chunks + 1) * chunk).toBeGreaterThan(limit);
    }
  };

  // A halfword lane takes two products of each of the 8 / bits vectors of a chunk.
  test.each<[StoredBits, number]>([
    [2, 1],
    [2, 3],
    [4, 7],
    [4, 15],
    [8, 16],
    [8, 64],
  ])('relaxed, %i bits, magnitude %i', (bits, stored) => {
    expectTight(relaxedForm(bits), 0x7fff, (2 * 8) / bits, stored);
  });

  test('relaxed, 8 bits, with activations of 7 bits', () => {
    expect(relaxedForm(8).chunksPerFold({ magnitude: 127, stored: { magnitude: 128 } })).toBe(1);
  });

  // An int32 lane takes two products of each of the four vectors.
  test.each([7, 15])('base, 4 bits, magnitude %i', (stored) => {
    expectTight(baseForm(4), 0x7fffffff / 256, 8, stored);
  });

  test('tables: sums of bytes fit bytes, sums of those fit halfwords', () => {
    for (const bits of [1, 2] as const) {
      for (let magnitude = 0; magnitude <= 255; magnitude += 1) {
        const { lowBits, bytesPerFold, foldsPerSegment, segments } = tableShape(bits, magnitude, 20_000);
        const largest = (4 / bits) * (2 ** bits - 1) * magnitude;
        const parts = lowBits === 0 ? [largest] : [2 ** lowBits - 1, largest >> lowBits];
        for (const part of parts) {
          expect(part * 2 * bytesPerFold).toBeLessThanOrEqual(255);
          expect(part * 2 * bytesPerFold * foldsPerSegment).toBeLessThanOrEqual(65535);
        }
        expect(bytesPerFold * foldsPerSegment * segments * (8 / bits)).toBeGreaterThanOrEqual(20_000);
      }
    }
  });
});

describe('the static table', () => {
  const chosen = (
    shape: Shape,
    input: typeof relu | typeof int8,
    bits: number,
    target: KernelTarget,
  ): string => chooseKernel(denseOp(shape, input, twosComplement(bits)), target).name;
  const large = { features: 256, units: 128 };

  test('takes packed weights up to three rows', () => {
    for (const batch of [1, 3]) expect(chosen({ ...large, batch }, relu, 4, base)).toBe('gemv');
    expect(chosen({ ...large, batch: 4 }, relu, 4, base)).not.toMatch(/^gemv/);
  });

  test('takes packed weights up to eight rows where the weights come from memory', () => {
    const weights = { features: 1024, units: 1024 };
    expect(chosen({ ...weights, batch: 8 }, relu, 8, base)).toBe('gemv');
    expect(chosen({ ...weights, batch: 9 }, relu, 8, base)).not.toMatch(/^gemv/);
  });

  test('keeps low bits packed for more rows where memory is small', () => {
    const small: KernelTarget = { ...base, memory: 'small' };
    expect(chosen({ ...large, batch: 8 }, relu, 4, small)).toBe('gemv');
    expect(chosen({ ...large, batch: 8 }, relu, 8, small)).not.toMatch(/^gemv/);
  });

  test('takes tables for one and two bits, relaxed dot products where they are exact', () => {
    expect(chosen(large, relu, 1, base)).toBe('gemvTables');
    expect(chosen(large, relu, 2, base)).toBe('gemvTables');
    expect(chosen(large, relu, 2, relaxed)).toBe('gemvRelaxed');
    expect(chosen(large, relu, 8, relaxed)).toBe('gemvRelaxed');
    expect(chosen(large, int8, 8, relaxed)).toBe('gemv');
    expect(chosen({ ...large, units: 10 }, relu, 1, base)).toBe('gemv');
  });

  test.each([1, 2, 4, 8])('constants of %i bits are about as large as the packed weights', (bits) => {
    const shape = { features: 9216, units: 64 };
    const op = denseOp(shape, relu, twosComplement(bits));
    const layouts = { inputs: [denseLayout(op.inputs[0])], output: denseLayout(op.output) };
    for (const target of [base, relaxed]) {
      const { constantBytes } = chooseKernel(op, target).plan(op, layouts, target);
      expect(constantBytes).toBeGreaterThanOrEqual(op.weights.data.length);
      expect(constantBytes).toBeLessThan(op.weights.data.length * 1.06);
    }
  });
});
