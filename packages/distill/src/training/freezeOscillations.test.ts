import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import fc from 'fast-check';
import type { QuantizableLayer } from '../layers/stages.js';
import { freezeOscillations } from './freezeOscillations.js';
import type { RuledLayer } from './ruledLayer.js';
import type { RuleState } from './trainingRule.js';
import { nearestWeight, weightGrid, type WeightGrid } from './weightGrid.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const { fround } = Math;
const codes = [
  [3, 'twosComplement'],
  [2, 'twosComplement'],
  [2, 'odd'],
  [1, 'sign'],
] as const;

const ruledLayer = (bits: number, code: (typeof codes)[number][1], count: number): RuledLayer => ({
  layer: {
    plan: { name: 'fc', operation: { kind: 'dense' }, weights: { bits, code } },
    parameters: { kernelShape: [count, 1] },
  } as unknown as QuantizableLayer,
  input: { shape: [1, count], type: 'uint8', zeroPoint: 0, quantMin: 0, quantMax: 15 },
  weightStep: (tensors) => tensors['step'],
});

interface Memory {
  integer: number;
  direction: number;
  flips: number;
  mean: number;
  isFrozen: boolean;
}

/** One weight by the paper's algorithm, in float32. */
function follow(history: number[], grid: WeightGrid, threshold: (step: number) => number, momentum: number) {
  const m: Memory = { integer: 0, direction: 0, flips: 0, mean: 0, isFrozen: false };
  m.integer = m.mean = nearestWeight(history[0], grid);
  const running = (mean: number, value: number) =>
    fround(fround(mean * fround(1 - momentum)) + fround(value * fround(momentum)));
  history.slice(1).forEach((weight, step) => {
    const integer = nearestWeight(weight, grid);
    const direction = Math.sign(integer - m.integer);
    m.flips = running(m.flips, direction * m.direction < 0 ? 1 : 0);
    if (!m.isFrozen) {
      m.mean = running(m.mean, integer);
      if (m.flips > fround(threshold(step))) {
        m.isFrozen = true;
        m.mean = nearestWeight(m.mean, grid);
      }
    }
    if (direction !== 0) m.direction = direction;
    m.integer = integer;
  });
  return m;
}

describe('freezeOscillations', () => {
  test.each(codes)('%i bits, %s: follows every weight as the algorithm says', (bits, code) => {
    const grid = weightGrid(bits, code);
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 3, maxLength: 3 }), {
          minLength: 2,
          maxLength: 24,
        }),
        (rows) => {
          const options = { threshold: 0.1, startThreshold: 0.4, momentum: 0.25 };
          const ruled = ruledLayer(bits, code, 3);
          const rule = freezeOscillations([ruled], options);
          const steps = rows.length - 1;
          const tensorsOf = (row: readonly number[]) => ({
            'fc/kernel': tf.tensor2d(
              row.map((value) => value / 32),
              [3, 1],
            ),
            step: tf.scalar(0.5),
          });
          tf.tidy(() => {
            let state: RuleState = rule.begin?.(tensorsOf(rows[0])) ?? {};
            rows.slice(1).forEach((row, step) => {
              state = { ...state, ...rule.observe?.(tensorsOf(row), state, (step + 1) / steps) };
            });
            const kernel = rule.view?.(tensorsOf(rows[steps]), state, 1)['fc/kernel'].dataSync();
            const thresholdAt = (step: number) =>
              0.1 + (0.3 * (1 + Math.cos((Math.PI * (step + 1)) / steps))) / 2;
            for (let i = 0; i < 3; i += 1) {
              const history = rows.map((row) => row[i] / 16);
              const expected = follow(history, grid, thresholdAt, 0.25);
              const got = ['flips', 'mean', 'frozen'].map((name) => state[`fc/${name}`].dataSync()[i]);
              expect(got).toEqual([expected.flips, expected.mean, expected.isFrozen ? 1 : 0]);
              expect(kernel?.[i]).toBe(expected.isFrozen ? expected.mean * 0.5 : rows[steps][i] / 32);
            }
          });
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  test('a weight that jumps to and fro is frozen to what it mostly was, one that wanders is not', () => {
    const ruled = ruledLayer(4, 'twosComplement', 2);
    const rule = freezeOscillations([ruled], { threshold: 0.3, startThreshold: 0.3, momentum: 0.1 });
    const tensorsOf = (step: number) => ({
      'fc/kernel': tf.tensor2d([step % 4 === 3 ? 2.6 : 2.4, step / 4], [2, 1]),
      step: tf.scalar(1),
    });
    tf.tidy(() => {
      let state: RuleState = rule.begin?.(tensorsOf(0)) ?? {};
      for (let step = 1; step <= 24; step += 1) {
        state = { ...state, ...rule.observe?.(tensorsOf(step), state, step / 24) };
      }
      expect([...state['fc/frozen'].dataSync()]).toEqual([1, 0]);
      expect(state['fc/mean'].dataSync()[0]).toBe(2);
    });
  });

  test('a frozen weight has no gradient of its own, and moves with its step', () => {
    const rule = freezeOscillations([ruledLayer(3, 'twosComplement', 2)], {
      threshold: 0.1,
      startThreshold: 0.1,
      momentum: 0.1,
    });
    const state = {
      'fc/frozen': tf.tensor2d([1, 0], [2, 1]),
      'fc/mean': tf.tensor2d([-2, 1], [2, 1]),
    };
    const [toKernel, toStep] = tf.grads((kernel: tf.Tensor, step: tf.Tensor) =>
      tf.sum(rule.view?.({ 'fc/kernel': kernel, step }, state, 0)['fc/kernel'] as tf.Tensor),
    )([tf.tensor2d([0.7, 0.9], [2, 1]), tf.scalar(0.5)]);
    expect([...toKernel.dataSync()]).toEqual([0, 1]);
    expect([...toStep.dataSync()]).toEqual([-2]);
  });
});
