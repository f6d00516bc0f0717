import { describe, expect, test } from '@jest/globals';
import { type DenseOp, packWeights, runOp, type TensorValues, typescriptBackend } from '../../src/index.js';
import { dense } from '../../src/wasm/dense.js';
import { kernelTarget } from '../../src/wasm/kernelTarget.js';
import { denseLayouts } from '../../src/wasm/layoutVariants.js';
import { planConvolution } from '../../src/wasm/matrix/convolutionPlan.js';
import type { ProductCode } from '../../src/wasm/matrix/product.js';
import { runPlan } from './runPlan.js';

const [ROWS, UNITS] = [5, 20];
const target = kernelTarget({}, { simd: true, relaxedSimd: false });
const paired = dense.find(({ name }) => name === 'paired');

interface Layer {
  readonly depth: number;
  readonly bits: number;
  readonly weight: (unit: number, k: number) => number;
  readonly largestValue: number;
}

/** A layer of unsigned values whose output is its sums. */
function layer({ depth, bits, weight, largestValue }: Layer): DenseOp {
  const weights = Array.from({ length: UNITS * depth }, (_, index) =>
    weight(Math.floor(index / depth), index % depth),
  );
  const format = { bits, code: bits === 1 ? 'sign' : 'twosComplement', zeroPoint: 0 } as const;
  return {
    op: 'dense',
    inputs: [{ type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: largestValue, shape: [ROWS, depth] }],
    weights: packWeights(weights, [UNITS, depth], format),
    bias: Int32Array.from({ length: UNITS }, (_, unit) => (unit % 2 === 0 ? 1 : -1) * 2 ** 28),
    requantization: { kind: 'none' },
    output: {
      type: 'int32',
      zeroPoint: 0,
      quantMin: -0x80000000,
      quantMax: 0x7fffffff,
      shape: [ROWS, UNITS],
    },
  };
}

/** Values that make the sums of one sign as large as they can be, and mixtures. */
function worstValues({ inputs: [{ shape, quantMax }] }: DenseOp, spec: Layer): TensorValues {
  const [rows, depth] = shape;
  return Uint8Array.from({ length: rows * depth }, (_, index) => {
    const [row, k] = [Math.floor(index / depth), index % depth];
    if (row === 0) return quantMax;
    const isPositive = spec.weight(row, k) > 0;
    return isPositive === (row % 2 === 0) ? quantMax : 0;
  });
}

/** What `paired` gives with a product that differs from the chosen one, and what is right. */
async function compare(spec: Layer, change: (product: ProductCode) => ProductCode = (product) => product) {
  const op = layer(spec);
  const values = worstValues(op, spec);
  const convolution = {
    ...op,
    name: op.op,
    input: op.inputs[0],
    bias: op.bias,
    kernel: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: { top: 0, left: 0, value: 0 },
    groups: 1,
  } as const;
  const { key, kernel } = paired?.plan(op, denseLayouts(op), target) ?? { key: '', kernel: '' };
  const product = (
    JSON.parse(key.slice('matrix '.length)) as { multiply: { panels: { product: ProductCode } } }
  ).multiply.panels.product;
  const plan = planConvolution(convolution, denseLayouts(op), change(product));
  const expected = await runOp(typescriptBackend(), op, [values], { layouts: 'dense' });
  return { kernel, product, output: await runPlan(plan, op, [values]), expected };
}

const oneMoreStep = (product: ProductCode): ProductCode => ({
  ...product,
  foldSteps: (product.foldSteps ?? 0) + 1,
});

const layers: [string, Layer, number][] = [
  ['all weights 7', { depth: 76, bits: 4, weight: () => 7, largestValue: 15 }, 18],
  ['all weights -8', { depth: 32, bits: 4, weight: () => -8, largestValue: 15 }, 7],
  [
    'both ends',
    { depth: 40, bits: 4, weight: (unit, k) => ((unit + k) % 3 === 0 ? -8 : 7), largestValue: 15 },
    9,
  ],
  ['eight bits, two bits', { depth: 32, bits: 2, weight: (unit) => (unit % 2) * -2, largestValue: 255 }, 7],
];

describe('two channels a lane', () => {
  test.each(layers)('%s: exact with as many steps as fit, not with one more', async (_, spec, steps) => {
    const right = await compare(spec);
    expect(right.product.foldSteps).toBe(steps);
    expect(right.output).toEqual(right.expected);
    const wrong = await compare(spec, oneMoreStep);
    expect(wrong.output).not.toEqual(wrong.expected);
  });

  test.each([
    ['as large as 18 bits hold', 1024, false],
    ['one product larger', 1025, true],
    ['of two folds and more', 3000, true],
  ])('high sums %s', async (_, depth, isHighFolded) => {
    const spec: Layer = { depth, bits: 1, weight: () => 1, largestValue: 255 };
    const right = await compare(spec);
    expect(right.product.pairing).toEqual({ shift: 14, isHighFolded });
    expect(right.output).toEqual(right.expected);
    if (!isHighFolded) return;
    const wrong = await compare(spec, (product) => ({
      ...product,
      pairing: { shift: 14, isHighFolded: false },
    }));
    expect(wrong.output).not.toEqual(wrong.expected);
  });
});
