import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { joinRules, type TrainingRule } from './trainingRule.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

let views: string[] = [];
beforeEach(() => {
  views = [];
});

/** Shows `x` plus an amount, and remembers the `x` that it sees, where it has a memory. */
const plus = (name: string, amount: number, hasMemory: boolean): TrainingRule => ({
  view(tensors) {
    views.push(name);
    return { x: tf.add(tensors['x'], amount) };
  },
  ...(hasMemory
    ? {
        begin: (tensors) => ({ [name]: tf.add(tensors['x'], 0) }),
        observe: (tensors, state) => ({ [name]: tf.add(state[name], tensors['x']) }),
      }
    : {}),
});

const valuesOf = (tensors: Readonly<Record<string, tf.Tensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync()[0]]));

describe('joinRules', () => {
  test('each rule sees the parameters as those before it show them, each view made once', () => {
    const rule = joinRules([
      plus('a', 1, false),
      plus('b', 10, true),
      plus('c', 100, true),
      plus('d', 1000, false),
    ]);
    const x = tf.scalar(5);
    const state = rule.begin?.({ x }) ?? {};
    expect(valuesOf(state)).toEqual({ b: 6, c: 16 });
    views = [];
    expect(valuesOf(rule.observe?.({ x: tf.scalar(7) }, state, 0.5) ?? {})).toEqual({ b: 6 + 8, c: 16 + 18 });
    expect(views).toEqual(['a', 'b']);
    views = [];
    expect(valuesOf(rule.view?.({ x }, state, 0.5) ?? {})).toEqual({ x: 1116 });
    expect(views).toEqual(['a', 'b', 'c', 'd']);
  });

  test('without a memory nothing is looked at', () => {
    const rule = joinRules([plus('a', 1, false), plus('b', 10, false)]);
    expect(rule.observe?.({ x: tf.scalar(5) }, {}, 0)).toEqual({});
    expect(views).toEqual([]);
  });

  test('projections follow each other', () => {
    const times = (factor: number): TrainingRule => ({ project: ({ x }) => ({ x: tf.mul(x, factor) }) });
    const rule = joinRules([times(2), times(3)]);
    expect(valuesOf(rule.project?.({ x: tf.scalar(5) }) ?? {})).toEqual({ x: 30 });
  });
});
