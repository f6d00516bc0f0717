import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { PlannedLayer } from '../plan/studentPlan.js';
import { intervalLoss, onLattice } from './fitTarget.js';
import { mixInputs } from './mixInputs.js';

beforeAll(async () => {
  tf.env().set('IS_TEST', true);
  await tf.setBackend('cpu');
});

const layer = (activation: PlannedLayer['activation'], bits: number) =>
  ({ activation, activations: { bits } }) as PlannedLayer;
const step = () => tf.scalar(0.5);

describe('onLattice', () => {
  test('clips and rounds as the student will, halves upwards', () => {
    const tap = tf.tensor1d([-3, 0.2, 0.25, 0.74, 1.4, 9]);
    expect([...onLattice(layer('relu', 2), tap, step()).dataSync()]).toEqual([0, 0, 0.5, 0.5, 1.5, 1.5]);
    expect([...onLattice(layer('linear', 2), tap, step()).dataSync()]).toEqual([-1, 0, 0.5, 0.5, 0.5, 0.5]);
  });
});

describe('intervalLoss', () => {
  const lossOf = (sum: number, tap: number) =>
    intervalLoss(layer('relu', 2), tf.tensor1d([sum]), tf.tensor1d([tap]), step()).dataSync()[0];

  test('is nothing where the student would round as it rounds the tap', () => {
    for (const sum of [0.26, 0.5, 0.74]) expect(lossOf(sum, 0.6)).toBe(0);
  });

  test('is the square of the distance from the interval elsewhere', () => {
    expect(lossOf(1, 0.6)).toBeCloseTo(0.0625, 6);
    expect(lossOf(0, 0.6)).toBeCloseTo(0.0625, 6);
  });

  test('has no end below the least and above the largest integer', () => {
    expect(lossOf(-100, 0)).toBe(0);
    expect(lossOf(100, 1.6)).toBe(0);
    expect(lossOf(1.25, 5)).toBe(0);
    expect(lossOf(1, 5)).toBeCloseTo(0.0625, 6);
  });
});

describe('mixInputs', () => {
  const place = { seed: 3, purpose: 'conv1/fit', step: 5 };
  const mixed = (probability: number, at = place) =>
    mixInputs(tf.zeros([10, 101]), tf.ones([10, 101]), probability, at).dataSync();

  test('takes about the share that was asked for from the teacher, the same again for the same step', () => {
    const share = Array.from(mixed(0.5)).filter((value) => value === 1).length / 1010;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
    expect(mixed(0.5)).toEqual(mixed(0.5));
    expect(mixed(0.5)).not.toEqual(mixed(0.5, { ...place, step: 6 }));
  });

  test('takes all or nothing at the ends', () => {
    expect(new Set(mixed(0))).toEqual(new Set([0]));
    expect(new Set(mixed(1))).toEqual(new Set([1]));
  });
});
