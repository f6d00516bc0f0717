import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { installTrainingKernels } from '../src/index.js';
import { convolutionCases } from './convolutionCases.js';
import type { ConvolutionCase } from './convolutionCases.js';
import { convolutionGradients } from './convolutionGradients.js';
import { largestDifference, noise, relativeDifference, runOn, tolerance } from './onBackends.js';

let undo: () => void;
beforeAll(() => {
  undo = installTrainingKernels();
});
afterAll(() => {
  undo();
});

const base: ConvolutionCase = {
  batch: 2,
  height: 8,
  width: 7,
  inChannels: 3,
  outChannels: 2,
  filterHeight: 3,
  filterWidth: 3,
  strides: [1, 1],
  pad: 'same',
  seed: 1,
};

const onAllSides: ConvolutionCase['pad'] = [[0, 0], [1, 1], [1, 1], [0, 0]]; // prettier-ignore

const named: [string, Partial<ConvolutionCase>][] = [
  ['3 x 3, same padding', {}],
  ['1 x 1', { filterHeight: 1, filterWidth: 1 }],
  ['1 x 1 with stride 2 and same padding', { filterHeight: 1, filterWidth: 1, strides: [2, 2] }],
  ['2 x 1 with stride 3 x 2 and same padding', { filterHeight: 2, filterWidth: 1, strides: [3, 2] }],
  ['a filter as large as the image', { filterHeight: 8, filterWidth: 7, pad: 'valid' }],
  ['a filter larger than the image', { filterHeight: 9, filterWidth: 9, pad: 2 }],
  ['rows that no window reaches', { strides: [3, 3], pad: 'valid' }],
  ['a padding wider than the filter', { filterHeight: 2, filterWidth: 2, pad: 3, strides: [2, 2] }],
  [
    'windows that all lie in the padding',
    { height: 1, width: 1, filterHeight: 2, filterWidth: 2, pad: 3, strides: [4, 4] },
  ],
  ['asymmetric padding', { pad: [[0, 0], [2, 0], [0, 3], [0, 0]], strides: [2, 1] }], // prettier-ignore
  ['one image, one channel', { batch: 1, inChannels: 1, outChannels: 1 }],
];

describe.each([
  ['conv2d', false],
  ['depthwiseConv2d', true],
])('%s and its gradients equal those of the cpu backend', (_name, isDepthwise) => {
  test.each(named)('for %s', async (_title, difference) => {
    const c = { ...base, ...difference };
    expect(await relativeDifference(() => convolutionGradients(c, isDepthwise))).toBeLessThan(tolerance);
  });

  test('with one number as padding for a filter and strides that are not square', async () => {
    const oblong = { ...base, filterHeight: 2, filterWidth: 1, strides: [2, 1] as [number, number] };
    const compute = (pad: ConvolutionCase['pad']) => () =>
      convolutionGradients({ ...oblong, pad }, isDepthwise);
    // The cpu backend computes a wrong width from the number, but not from the pairs.
    const [expected, got] = [await runOn('cpu', compute(onAllSides)), await runOn('wasm', compute(1))];
    expect(largestDifference(expected, got)).toBeLessThan(tolerance);
  });

  test('for random shapes, strides and paddings', async () => {
    await fc.assert(
      fc.asyncProperty(convolutionCases(isDepthwise ? 3 : 4), async (c) => {
        expect(await relativeDifference(() => convolutionGradients(c, isDepthwise))).toBeLessThan(tolerance);
      }),
      { numRuns: 250 },
    );
  });
});

test('tf.conv2dTranspose and its gradients equal those of the cpu backend', async () => {
  const compute = (): tf.Tensor[] => {
    const spread = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
      tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 8, 7, 3], 2, 'same');
    const [x, filter] = [noise([2, 4, 4, 2], 1), noise([3, 3, 3, 2], 2)];
    return [spread(x, filter), ...tf.grads(spread)([x, filter], noise([2, 8, 7, 3], 3))];
  };
  expect(await relativeDifference(compute)).toBeLessThan(tolerance);
});

test('the fused convolutions equal those of the cpu backend where the stride exceeds the filter', async () => {
  const compute = (): tf.Tensor[] => {
    const x = noise([1, 9, 9, 2], 1) as tf.Tensor4D;
    const fused = {
      x,
      strides: [3, 3] as [number, number],
      pad: 'same' as const,
      activation: 'relu' as const,
    };
    return [
      tf.fused.conv2d({ ...fused, filter: noise([2, 2, 2, 3], 2) as tf.Tensor4D, bias: noise([3], 3) }),
      tf.fused.depthwiseConv2d({
        ...fused,
        filter: noise([2, 2, 2, 1], 4) as tf.Tensor4D,
        bias: noise([2], 5),
      }),
    ];
  };
  expect(await relativeDifference(compute)).toBeLessThan(tolerance);
});
