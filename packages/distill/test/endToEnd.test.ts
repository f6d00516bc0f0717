import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { IntegerModel, decodeArtifact, sha256Hex, verify } from '@bnfree/core';
import { typescriptBackend, wasmBackend } from '@bnfree/integer-kernels';
import type { CheckpointStore } from '../src/checkpoint/checkpointStore.js';
import {
  Distiller,
  accumulatorFits,
  calibrateRange,
  compensateEndToEnd,
  correctBias,
  distillLayerwise,
  fitToTap,
  freezeLayer,
  initializeFromTeacher,
  integerOnly,
  matchesFakeQuantize,
  memoryCheckpoints,
  pipe,
  planStudent,
  type DistillEvent,
  type DistillOptions,
  type RequantizationScheme,
} from '../src/index.js';
import { tinyImages, tinyInput, tinyTeacher } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

const options = {
  bits: { weights: 4, activations: 4 },
  input: tinyInput,
  fit: { steps: 12, validateEvery: 4 },
  tune: { steps: 8, validateEvery: 4 },
  fitImages: 64,
  batchSize: 16,
  seed: 7,
} satisfies DistillOptions;

const digestOf = async (extra: DistillOptions = {}): Promise<string> => {
  const { model, artifact } = await distillLayerwise(tinyTeacher(), tinyImages(80).images, {
    ...options,
    ...extra,
  });
  await model.dispose();
  return sha256Hex(artifact);
};

describe('distillLayerwise', () => {
  test('makes a verified integer model that every backend runs to the same bytes', async () => {
    const { model, artifact, report } = await distillLayerwise(tinyTeacher(), tinyImages(80).images, options);
    await model.dispose();
    expect(report.layers.map(({ name }) => name)).toEqual(['conv1', 'bn2', 'conv2', 'fc']);
    const proof = verify(artifact);
    expect(proof).toMatchObject({ passed: true, floatOpcodes: 0, floats: [] });
    const pixels = tinyImages(9, 11).images;
    const outputs = [];
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      const loaded = await IntegerModel.load(artifact, { backend });
      expect(await loaded.selfTest()).toMatchObject({ passed: true });
      outputs.push((await loaded.run(pixels)).output);
      await loaded.dispose();
    }
    expect(outputs[1]).toEqual(outputs[0]);
    expect(decodeArtifact(artifact).nodes.map(({ op }) => op.op)).not.toContain('batchNormalization');
  });

  test('follows the teacher: at 8 bits the student puts the same class first', async () => {
    const { model, report } = await distillLayerwise(tinyTeacher(), tinyImages(80).images, {
      ...options,
      bits: { weights: 8, activations: 8 },
    });
    await model.dispose();
    for (const { sqnrDb } of report.layers) expect(sqnrDb).toBeGreaterThan(25);
    expect(report.validation.teacherAgreement).toBeGreaterThanOrEqual(75);
  });

  test('fits below 8 bits better than the same pipeline without fitting', async () => {
    const { model, report } = await distillLayerwise(tinyTeacher(), tinyImages(500).images, {
      ...options,
      bits: { weights: 2, activations: 3 },
      fit: { steps: 60, validateEvery: 20 },
      tune: { steps: 0 },
      fitImages: 320,
      batchSize: 32,
    });
    await model.dispose();
    const conv2 = report.layers.find(({ name }) => name === 'conv2');
    expect(conv2?.sqnrDb).toBeGreaterThan((conv2?.baselineSqnrDb ?? Infinity) + 0.5);
    expect(conv2?.fit?.lossAfter).toBeLessThan((conv2?.fit?.lossBefore ?? 0) * 0.8);
  });

  test.each<[RequantizationScheme, 'none' | 'frozen' | 'retrained']>([
    ['divide', 'none'],
    ['shiftPerLayer', 'none'],
    ['shiftPerChannel', 'frozen'],
    ['perChannel', 'retrained'],
    ['thresholds', 'frozen'],
  ])('makes a %s student, the teacher tail %s', async (requantization, tail) => {
    const { model, graph } = await distillLayerwise(tinyTeacher(), tinyImages(80).images, {
      ...options,
      requantization,
      tail,
      retrainTail: { steps: 4 },
      tune: { steps: 4 },
    });
    await model.dispose();
    const conv = graph.nodes.find(({ name }) => name === 'conv2')?.op;
    const expected = {
      divide: 'divide',
      shiftPerLayer: 'shift',
      shiftPerChannel: 'shift',
      perLayer: 'multiplier',
      perChannel: 'multiplier',
      thresholds: 'threshold',
    };
    expect(conv).toMatchObject({ requantization: { kind: expected[requantization] } });
    if (['divide', 'thresholds'].includes(requantization)) expect(conv).not.toHaveProperty('bias');
  });

  test('leaves no tensor behind', async () => {
    const teacher = tinyTeacher();
    const before = tf.memory().numTensors;
    const { model } = await distillLayerwise(teacher, tinyImages(80).images, {
      ...options,
      tail: 'retrained',
      retrainTail: { steps: 3 },
    });
    await model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is exactly the Distiller that its documentation shows', async () => {
    const distiller = new Distiller({
      plan: (teacher) =>
        planStudent(teacher, {
          weights: { bits: 4 },
          activations: { bits: 4 },
          firstAndLast: { weights: { bits: 8 } },
          input: tinyInput,
        }),
      layer: pipe(
        initializeFromTeacher(),
        calibrateRange(),
        fitToTap(options.fit),
        correctBias(),
        freezeLayer(),
      ),
      model: pipe(compensateEndToEnd(options.tune)),
      checks: [integerOnly(), accumulatorFits(), matchesFakeQuantize()],
      fitImages: 64,
      batchSize: 16,
    });
    const { model, artifact } = await distiller.run({
      teacher: tinyTeacher(),
      data: tinyImages(80).images,
      seed: 7,
    });
    await model.dispose();
    expect(sha256Hex(artifact)).toBe(await digestOf());
  });
});

describe('a run', () => {
  test('gives the same bytes for the same seed, and others for another', async () => {
    const first = await digestOf();
    expect(await digestOf()).toBe(first);
    expect(await digestOf({ seed: 8 })).not.toBe(first);
  });

  test('that is aborted keeps its checkpoint and resumes to the same bytes', async () => {
    const expected = await digestOf({ tail: 'retrained', retrainTail: { steps: 3 } });
    const checkpoint = memoryCheckpoints();
    for (const stopAt of ['fitToTap', 'retrainTail', 'compensateEndToEnd']) {
      const abort = new AbortController();
      const onEvent = (event: DistillEvent): void => {
        if (event.type === 'step' && event.pass === stopAt && event.step === 2 && event.layer !== 'conv1')
          abort.abort();
      };
      const aborted = digestOf({
        tail: 'retrained',
        retrainTail: { steps: 3 },
        checkpoint,
        onEvent,
        signal: abort.signal,
      });
      await expect(aborted).rejects.toMatchObject({ name: 'AbortError' });
    }
    expect(await digestOf({ tail: 'retrained', retrainTail: { steps: 3 }, checkpoint })).toBe(expected);
    // everything stands in the checkpoint now: not one step is left to do
    const steps: string[] = [];
    const onEvent = (event: DistillEvent): void => {
      if (event.type === 'step') steps.push(event.pass);
    };
    expect(await digestOf({ tail: 'retrained', retrainTail: { steps: 3 }, checkpoint, onEvent })).toBe(
      expected,
    );
    expect(steps).toEqual([]);
  });

  test('that is killed at any write resumes to the same bytes', async () => {
    const small: DistillOptions = {
      fit: { steps: 4, validateEvery: 2 },
      tune: { steps: 4 },
      checkpointEverySteps: 2,
      baseline: false,
    };
    const expected = await digestOf(small);
    const checkpoint = memoryCheckpoints();
    let kills = 0;
    for (;;) {
      const result = await digestOf({ ...small, checkpoint: dyingAfter(checkpoint, 3) }).catch(
        (error: unknown) => {
          if ((error as Error).message !== 'killed') throw error;
          return undefined;
        },
      );
      if (result !== undefined) {
        expect(result).toBe(expected);
        break;
      }
      kills += 1;
    }
    expect(kills).toBeGreaterThan(2);
  });

  test('refuses the checkpoint of another run and says what differs', async () => {
    const checkpoint = memoryCheckpoints();
    await digestOf({ checkpoint, tune: { steps: 0 }, fit: { steps: 1 } });
    await expect(digestOf({ checkpoint, tune: { steps: 0 }, fit: { steps: 2 } })).rejects.toMatchObject({
      code: 'CHECKPOINT_OF_ANOTHER_RUN',
      issues: [expect.objectContaining({ path: expect.stringContaining('recipe') as unknown })],
    });
  });
});

/** A store whose process dies after so many writes. */
function dyingAfter(store: CheckpointStore, writes: number): CheckpointStore {
  let left = writes;
  return {
    ...store,
    async write(name, bytes) {
      if (left === 0) throw new Error('killed');
      left -= 1;
      await store.write(name, bytes);
    },
  };
}
