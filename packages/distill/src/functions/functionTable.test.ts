import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import * as tfl from '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import { quantizeActivations } from '../training/activationGrid.js';
import { applyFunction } from './applyFunction.js';
import { functionTable } from './functionTable.js';
import { describeFunction, type PointwiseFunction } from './pointwiseFunction.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('wasm');
});

const { layers } = tfl;
const activation = (name: string) => layers.activation({ activation: name as 'tanh' });

/** Every form, with what tfjs computes it by; hard-swish by its definition. */
const forms: readonly (readonly [PointwiseFunction, (x: tf.Tensor) => tf.Tensor])[] = [
  [{ kind: 'leakyRelu', slope: 0.3 }, (x) => layers.leakyReLU({ alpha: 0.3 }).apply(x) as tf.Tensor],
  [{ kind: 'leakyRelu', slope: 1.5 }, (x) => tf.leakyRelu(x, 1.5)],
  [{ kind: 'clippedRelu', maximum: 1 }, (x) => layers.reLU({ maxValue: 1 }).apply(x) as tf.Tensor],
  [
    { kind: 'thresholdedRelu', threshold: 0.7 },
    (x) => layers.thresholdedReLU({ theta: 0.7 }).apply(x) as tf.Tensor,
  ],
  [{ kind: 'elu', alpha: 1 }, (x) => layers.elu().apply(x) as tf.Tensor],
  [{ kind: 'hardSigmoid', slope: 0.2, offset: 0.5 }, (x) => activation('hardSigmoid').apply(x) as tf.Tensor],
  [{ kind: 'hardSwish' }, (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6))],
  [
    { kind: 'hardGate', slope: 0.2, offset: 0.5, maximum: 1 },
    (x) => tf.mul(x, activation('hardSigmoid').apply(x) as tf.Tensor),
  ],
  [{ kind: 'hardGate', slope: 1, offset: 3, maximum: 6 }, (x) => tf.mul(x, tf.relu6(tf.add(x, 3)))],
  [{ kind: 'swish' }, (x) => activation('swish').apply(x) as tf.Tensor],
  [{ kind: 'mish' }, (x) => activation('mish').apply(x) as tf.Tensor],
  [{ kind: 'gelu' }, (x) => activation('gelu').apply(x) as tf.Tensor],
  [{ kind: 'geluTanh' }, (x) => activation('gelu_new').apply(x) as tf.Tensor],
  [{ kind: 'selu' }, (x) => activation('selu').apply(x) as tf.Tensor],
  [{ kind: 'sigmoid' }, (x) => activation('sigmoid').apply(x) as tf.Tensor],
  [{ kind: 'tanh' }, (x) => activation('tanh').apply(x) as tf.Tensor],
  [{ kind: 'softplus' }, (x) => activation('softplus').apply(x) as tf.Tensor],
  [{ kind: 'softsign' }, (x) => activation('softsign').apply(x) as tf.Tensor],
];

const stored = Array.from({ length: 256 }, (_, i) => i - 128);

const piecewiseLinear = new Set([
  'leakyRelu',
  'clippedRelu',
  'thresholdedRelu',
  'hardSigmoid',
  'hardSwish',
  'hardGate',
  'softsign',
]);

/** Where the last bits of an exponential function in float32 decide to which side a half is rounded. */
function isUndecided({ kind }: PointwiseFunction, level: number): boolean {
  return !piecewiseLinear.has(kind) && Math.abs(level - Math.floor(level) - 0.5) < 1e-3;
}

describe.each(forms)('%j', (form, byTfjs) => {
  test('is what tfjs computes', () => {
    const x = tf.tensor1d(stored.map((code) => code / 16));
    const got = applyFunction(form, x).dataSync();
    byTfjs(x)
      .dataSync()
      .forEach((wanted, i) => {
        expect(Math.abs(got[i] - wanted)).toBeLessThan(4e-6 * Math.max(1, Math.abs(wanted)));
      });
    expect(describeFunction(form)).toContain(form.kind);
  });

  test('its table holds the simulated integers of every stored value', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 255 }),
        (inputStep, outputStep, bits, zero) => {
          const zeroPoint = zero % 2 ** bits;
          const steps = { input: Math.fround(inputStep / 30011), output: Math.fround(outputStep / 30011) };
          const output = { type: 'uint8', zeroPoint, quantMin: 0, quantMax: 2 ** bits - 1 } as const;
          const table = functionTable(
            form,
            { tensor: { type: 'int8', zeroPoint: 0, quantMin: -128, quantMax: 127 }, step: steps.input },
            { tensor: output, step: steps.output },
          );
          const level = tf.tidy(() => {
            const real = applyFunction(form, tf.mul(tf.tensor1d(stored), steps.input));
            return tf.div(real, steps.output).dataSync();
          });
          const range = { min: -zeroPoint, max: output.quantMax - zeroPoint };
          const simulated = tf.tidy(() =>
            // A step of one: the integers themselves.
            quantizeActivations(tf.tensor1d(level), tf.scalar(1), range).dataSync(),
          );
          const wrong = stored.filter(
            (code, i) => table[code & 255] - zeroPoint !== simulated[i] && !isUndecided(form, level[i]),
          );
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });
});
