import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alexnet } from '@bnfree/models-alexnet';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { FrugalAdam } from '../src/frugalAdam.js';
import { startBackend } from '../src/startBackend.js';
import { trainableModel } from '../src/trainableNet.js';
import { type StepSettings, trainBatches } from '../src/trainBatches.js';

let folder: string;
beforeAll(async () => {
  await startBackend('wasm');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-batches-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const images = Uint8Array.from({ length: 4 * 192 }, (_, at) => (at * 37) % 256);
const batch = { count: 4, images, labels: Int32Array.of(0, 1, 0, 1) };

/** A kernel before and after one step, and the loss that was told. */
async function oneStep(name: string, settings: Partial<StepSettings>) {
  // Without normalization no image depends on the others.
  const model = alexnet({
    variant: 'cifar',
    inputSize: 8,
    classes: 2,
    seed: 3,
    dropout: 0,
    batchNorm: false,
  });
  const kernel = () => model.getLayer('conv2').getWeights()[0].dataSync().slice() as Float32Array;
  const before = kernel();
  let loss = Number.NaN;
  await trainBatches(
    trainableModel(model),
    { shape: [8, 8, 3], stepsPerEpoch: 1, from: () => [batch] },
    {
      ...{ steps: 1, optimizer: 'momentum', rate: () => 0.1, weightDecay: 0, seed: 1, fingerprint: name },
      ...{
        input: { zeroPoint: 128, scale: 1 / 128 },
        checkpointEverySteps: 9,
        checkpoint: join(folder, name),
      },
      ...settings,
    },
    {
      signal: new AbortController().signal,
      onStep: (step) => {
        loss = step.loss;
      },
    },
  );
  const after = kernel();
  model.dispose();
  return { before, after, loss };
}

test('l2 adds the kernels to their gradients, and nothing to the loss that is told', async () => {
  const plain = await oneStep('plain', {});
  const decayed = await oneStep('decayed', { l2: 0.01 });
  expect(decayed.loss).toBe(plain.loss);
  // The first step of Nesterov's momentum moves by 1.9 gradients.
  decayed.after.forEach((value, at) => {
    expect(value).toBeCloseTo(plain.after[at] - 0.1 * 1.9 * 0.01 * plain.before[at], 5);
  });
  expect(Math.max(...plain.before)).toBeGreaterThan(0.1);
});

test('epsilon is that of Adam', async () => {
  const usual = await oneStep('usual', { optimizer: 'adam', rate: () => 1e-3 });
  const large = await oneStep('large', { optimizer: 'adam', rate: () => 1e-3, epsilon: 100 });
  const moved = ({ before, after }: typeof usual): number =>
    Math.max(...after.map((value, at) => Math.abs(value - before[at])));
  // A first step is the rate itself unless epsilon is larger than the gradients.
  expect(moved(usual)).toBeCloseTo(1e-3, 5);
  expect(moved(large)).toBeLessThan(1e-4);
});

test('micro-batches add up to the gradients of the batch', async () => {
  const whole = await oneStep('whole', {});
  for (const microBatch of [1, 2, 3]) {
    const { numTensors } = tf.memory();
    const parts = await oneStep(`parts${microBatch}`, { microBatch });
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(parts.loss).toBeCloseTo(whole.loss, 5);
    parts.after.forEach((value, at) => {
      expect(value).toBeCloseTo(whole.after[at], 4);
    });
  }
  expect(whole.after).not.toEqual(whole.before);
});

test('FrugalAdam moves as Adam of tfjs does, and keeps its state', async () => {
  const weights = () => [
    tf.variable(tf.reshape(tf.linspace(-1, 1, 12), [3, 4])),
    tf.variable(tf.tensor1d([0.5, -2])),
  ];
  const gradients = (step: number): number[] => [0.1 * step - 0.3, 1e-4 * step];
  const results = [new tf.AdamOptimizer(0.01, 0.9, 0.999, 1e-5), new FrugalAdam(0.01, 0.9, 0.999, 1e-5)].map(
    async (optimizer) => {
      const variables = weights();
      for (const step of [1, 2, 3]) {
        const grads = Object.fromEntries(
          variables.map(({ name, shape }, index) => [name, tf.fill(shape, gradients(step)[index])]),
        );
        const before = tf.memory().numTensors;
        optimizer.applyGradients(grads as never);
        // The moments come with the first step.
        expect(tf.memory().numTensors - before).toBe(step === 1 ? 4 : 0);
        tf.dispose(grads);
      }
      const state = await optimizer.getWeights();
      return [...variables, ...state.slice(1).map(({ tensor }) => tensor)].map((tensor) => [
        ...tensor.dataSync(),
      ]);
    },
  );
  const [usual, frugal] = await Promise.all(results);
  expect(frugal).toEqual(usual);
});
