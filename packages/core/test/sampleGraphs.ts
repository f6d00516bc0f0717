import type { IntegerGraph } from '../src/index.js';
import { byShift, chain, numberSource, randomWeights, spec } from './graphBuilder.js';

/** Convolution, pooling, flatten and two dense layers: packed weights, thresholds, multipliers, int32 logits. */
export function convNet(seed = 1): IntegerGraph {
  const random = numberSource(seed);
  const image = spec([1, 8, 8, 3], 'uint8');
  const conv1 = spec([1, 8, 8, 5], 'int8', { zeroPoint: -3, quantMin: -8, quantMax: 7 });
  const pool1 = { ...conv1, shape: [1, 4, 4, 5] };
  const conv2 = spec([1, 4, 4, 8], 'uint8', { quantMax: 15 });
  const flatten = { ...conv2, shape: [1, 128] };
  const dense1 = spec([1, 12]);
  return chain(
    image,
    [
      [
        'conv1',
        {
          op: 'conv2d',
          inputs: [image],
          output: conv1,
          weights: randomWeights([5, 3, 3, 3], random),
          bias: Int32Array.from({ length: 5 }, () => random(-5000, 5000)),
          strides: [1, 1],
          dilations: [1, 1],
          padding: { top: 1, bottom: 1, left: 1, right: 1, value: 0 },
          groups: 1,
          requantization: byShift(11),
        },
      ],
      [
        'pool1',
        {
          op: 'maxPool2d',
          inputs: [conv1],
          output: pool1,
          kernel: [3, 3],
          strides: [2, 2],
          padding: { top: 0, bottom: 1, left: 0, right: 1 },
        },
      ],
      [
        'conv2',
        {
          op: 'conv2d',
          inputs: [pool1],
          output: conv2,
          weights: randomWeights([8, 3, 3, 5], random, { bits: 4, code: 'odd', zeroPoint: 0 }),
          strides: [1, 1],
          dilations: [1, 1],
          padding: { top: 1, bottom: 1, left: 1, right: 1, value: -3 },
          groups: 1,
          requantization: {
            kind: 'threshold',
            count: 15,
            thresholds: Int32Array.from({ length: 15 }, (_, index) => 40 * index - 250),
          },
        },
      ],
      ['flatten', { op: 'reshape', inputs: [conv2], output: flatten }],
      [
        'dense1',
        {
          op: 'dense',
          inputs: [flatten],
          output: dense1,
          weights: randomWeights([12, 128], random, { bits: 2, code: 'twosComplement', zeroPoint: 0 }),
          bias: Int32Array.from({ length: 12 }, () => random(-50, 50)),
          requantization: {
            kind: 'multiplier',
            rounding: 'halfUp',
            multipliers: Int32Array.from({ length: 12 }, () => random(1 << 29, 1 << 30)),
            shifts: new Int32Array(12).fill(33),
          },
        },
      ],
      [
        'dense2',
        {
          op: 'dense',
          inputs: [dense1],
          output: spec([1, 4], 'int8', { type: 'int32', quantMin: -2147483648, quantMax: 2147483647 }),
          weights: randomWeights([4, 12], random, { bits: 1, code: 'sign', zeroPoint: 0 }),
          requantization: { kind: 'none' },
        },
      ],
    ],
    { classes: ['a', 'b', 'c', 'd'], name: 'convNet' },
  );
}
