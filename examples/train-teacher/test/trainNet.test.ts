import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { readFileSync } from 'node:fs';
import { alexnet, type ImageDataset } from '@bnfree/models-alexnet';
import { measureTop1 } from '../src/measureTop1.js';
import { saveTeacher } from '../src/saveTeacher.js';
import { startBackend } from '../src/startBackend.js';
import { teacherRecipes, type TeacherRecipe } from '../src/teacherRecipes.js';
import { trainableModel } from '../src/trainableNet.js';
import { trainNet } from '../src/trainNet.js';

let folder: string;
beforeAll(async () => {
  await startBackend('wasm');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-teacher-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** AlexNet on 8 x 8 images of two classes, dark and bright, so that dropout and all kinds of layers take part. */
const build = (seed: number) => alexnet({ variant: 'cifar', inputSize: 8, classes: 2, seed });
const recipe: TeacherRecipe = {
  ...teacherRecipes['alexnet-bn-cifar10'],
  build,
  augmentation: { flip: true, shift: 1 },
};

function images(count: number): ImageDataset {
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 2);
  const pixels = Uint8Array.from({ length: count * 192 }, (_, index) => {
    const label = labels[Math.floor(index / 192)];
    return 90 + 60 * label + ((index * 37) % 23);
  });
  return { count, shape: [8, 8, 3], images: pixels, labels };
}

const settings = {
  ...recipe,
  steps: 9,
  batchSize: 8,
  optimizer: 'momentum',
  peakRate: 0.05,
  seed: 5,
  checkpointEverySteps: 2,
} as const;

async function digestOf(name: string, stopAfter: readonly number[]): Promise<string> {
  let model = build(5);
  const checkpoint = join(folder, name);
  for (const stop of [...stopAfter, Infinity]) {
    const controller = new AbortController();
    const run = trainNet(
      trainableModel(model),
      images(24),
      { ...settings, checkpoint },
      {
        signal: controller.signal,
        onStep: ({ step }) => {
          if (step === stop) controller.abort(new Error('enough'));
        },
      },
    );
    if (stop === Infinity) await run;
    else {
      await expect(run).rejects.toThrow('enough');
      model.dispose();
      model = build(5);
    }
  }
  const { weights } = await saveTeacher(model, join(folder, name));
  model.dispose();
  return weights.sha256;
}

describe('trainNet', () => {
  test('gives the same weights at once and with interruptions', async () => {
    const whole = await digestOf('whole', []);
    expect(await digestOf('again', [])).toBe(whole);
    expect(await digestOf('interrupted', [3, 5])).toBe(whole);
  });

  test('learns, leaves no tensors behind and saves what it learned', async () => {
    const model = build(1);
    const data = images(32);
    const losses: number[] = [];
    const { numTensors } = tf.memory();
    await trainNet(
      trainableModel(model),
      data,
      { ...settings, steps: 32, checkpoint: join(folder, 'c') },
      {
        signal: new AbortController().signal,
        onStep: ({ loss }) => {
          losses.push(loss);
        },
      },
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(losses).toHaveLength(32);
    expect(losses[31]).toBeLessThan(losses[0]);
    const { top1 } = await measureTop1(trainableModel(model), data, recipe.input);
    expect(top1).toBe(100);
    const saved = await saveTeacher(model, folder);
    const digests = { model: saved.model.sha256, weights: saved.weights.sha256 };
    expect(JSON.parse(readFileSync(join(folder, 'digests.json'), 'utf8'))).toEqual(digests);
    const json = JSON.parse(readFileSync(saved.model.path, 'utf8')) as tf.io.ModelJSON;
    const loaded = await loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: Uint8Array.from(readFileSync(saved.weights.path)).buffer,
      }),
    );
    expect((await measureTop1(trainableModel(loaded), data, recipe.input)).right).toEqual(
      (await measureTop1(trainableModel(model), data, recipe.input)).right,
    );
    loaded.dispose();
    model.dispose();
  });

  test("refuses another run's checkpoint", async () => {
    await digestOf('one', []);
    const model = build(5);
    const other = { ...settings, seed: 6, checkpoint: join(folder, 'one') };
    const run = trainNet(trainableModel(model), images(24), other, {
      signal: new AbortController().signal,
      onStep: () => undefined,
    });
    await expect(run).rejects.toMatchObject({ code: 'CHECKPOINT_OF_ANOTHER_RUN' });
    model.dispose();
  });
});
