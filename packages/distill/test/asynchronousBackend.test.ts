import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { encodeArtifact, sha256Hex } from '@bnfree/core';
import {
  Distiller,
  distillLayerwise,
  functionTeacher,
  openTeacher,
  readTeacher,
  thresholdRecipe,
} from '../src/index.js';
import { lowBitTeacher } from './lowBitTeacher.js';
import { tinyImages, tinyInput, tinyShape, tinyTeacher } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

const numbers = { fitImages: 64, batchSize: 16 } as const;

let float: LayersModel;
let lowBit: LayersModel;

const distil = async () => {
  const options = { ...numbers, input: tinyInput, fit: { steps: 3 }, tune: { steps: 3 } };
  const { artifact, model } = await distillLayerwise(float, { images: tinyImages(80).images }, options);
  await model.dispose();
  return sha256Hex(artifact);
};

const keep = async () => {
  const distiller = new Distiller({ ...thresholdRecipe({ input: tinyInput }), ...numbers });
  const { graph, model } = await distiller.run({ teacher: lowBit, data: tinyImages(80).images });
  await model.dispose();
  return sha256Hex(encodeArtifact(graph));
};

// A GPU gives its values to those alone who wait for them.
describe('on a backend that cannot be read at once', () => {
  let digests: readonly string[];
  beforeAll(async () => {
    await useWasm();
    [float, lowBit] = [tinyTeacher(), lowBitTeacher()];
    digests = [await distil(), await keep()];
    float.dispose();
    lowBit.dispose();
  });
  beforeEach(() => {
    // The values of new tensors were not fetched by an earlier run.
    [float, lowBit] = [tinyTeacher(), lowBitTeacher()];
    jest.spyOn(tf.Tensor.prototype, 'dataSync').mockImplementation(() => {
      throw new Error('readSync is not supported');
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    float.dispose();
    lowBit.dispose();
  });

  test('runs give the same bytes', async () => {
    expect([await distil(), await keep()]).toEqual(digests);
  });

  test('opening a teacher says what to do, and does it once that is done', async () => {
    expect(() => openTeacher(lowBit)).toThrow(expect.objectContaining({ code: 'TEACHER_NOT_READABLE' }));
    await readTeacher(lowBit);
    expect(openTeacher(lowBit).nodes.length).toBeGreaterThan(5);
  });

  test('a run holds weights no longer than it needs them, but those that were read before', async () => {
    await keep();
    expect(() => openTeacher(lowBit)).toThrow(/readTeacher/);
    await readTeacher(lowBit);
    await keep();
    expect(openTeacher(lowBit).nodes.length).toBeGreaterThan(5);
  });

  test('a function has to be probed elsewhere', () => {
    expect(() =>
      functionTeacher({ name: 'double', inputShape: tinyShape, run: (x) => ({ twice: tf.mul(x, 2) }) }),
    ).toThrow(/setBackend\('cpu'\)/);
  });
});
