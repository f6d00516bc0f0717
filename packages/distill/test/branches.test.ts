import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import { IntegerModel, decodeArtifact, verify } from '@bnfree/core';
import { typescriptBackend, wasmBackend } from '@bnfree/integer-kernels';
import { distillLayerwise, type DistillOptions } from '../src/index.js';
import { branchingTeacher } from './branchingTeacher.js';
import { shortRun, tinyImages } from './tinyTeacher.js';
import { expectToResume, isEnd } from './expectToResume.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

const options = {
  ...shortRun,
  bits: { weights: 8, activations: 8 },
} satisfies DistillOptions;

const distil = (extra: DistillOptions = {}) =>
  distillLayerwise(branchingTeacher(), tinyImages(80).images, { ...options, ...extra });

describe('a teacher with branches', () => {
  test('becomes a verified graph of sums and concatenations that every backend runs to the same bytes', async () => {
    const { model, artifact, report } = await distil();
    await model.dispose();
    expect(report.merges.map(({ name, op, inputs }) => [name, op, inputs.length])).toEqual([
      ['add1', 'add', 2],
      ['add2', 'add', 3],
      ['concat', 'concat', 2],
    ]);
    for (const { sqnrDb } of [...report.layers, ...report.merges]) expect(sqnrDb).toBeGreaterThan(20);
    expect(report.validation.teacherAgreement).toBeGreaterThanOrEqual(75);
    expect(verify(artifact)).toMatchObject({ passed: true, floatOpcodes: 0, floats: [] });
    const ops = decodeArtifact(artifact).nodes.map(({ op }) => op.op);
    expect(ops.filter((op) => op === 'add')).toHaveLength(3);
    const pixels = tinyImages(9, 11).images;
    const outputs = [];
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      const loaded = await IntegerModel.load(artifact, { backend });
      outputs.push((await loaded.run(pixels)).output);
      await loaded.dispose();
    }
    expect(outputs[1]).toEqual(outputs[0]);
  });

  test('resumes to the bytes of an undisturbed run, whatever unit it stopped behind', async () => {
    const made = async (extra: DistillOptions) => {
      const result = await distil({ bits: { weights: 4, activations: 4 }, ...extra });
      await result.model.dispose();
      return result;
    };
    const whole = made({});
    for (const stopAfter of ['add1', 'conv3', 'concat']) await expectToResume(made, isEnd(stopAfter), whole);
  });

  test('the tandem passes see all live values, and leave no tensor behind', async () => {
    const teacher = branchingTeacher();
    const before = tf.memory().numTensors;
    for (const tail of ['frozen', 'retrained'] as const) {
      const extra = { tail, retrainTail: { steps: 4, validateEvery: 2 }, baseline: false };
      const { model } = await distillLayerwise(teacher, tinyImages(80).images, { ...options, ...extra });
      await model.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
