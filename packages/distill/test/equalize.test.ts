import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { distillLayerwise, equalizeTeacher, openTeacher, planStudent, type Teacher } from '../src/index.js';
import { branchingTeacher } from './branchingTeacher.js';
import { fillWeights, tinyClasses, tinyImages, tinyInput, tinyShape } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

/** Channels whose gains differ by a factor of a thousand, undone by the layer behind: one step for all of them is a bad fit. */
function unevenTeacher(): tfl.LayersModel {
  const { layers } = tfl;
  const conv = (name: string, settings: object = {}) =>
    layers.conv2d({ name, filters: 8, kernelSize: 3, padding: 'same', useBias: false, ...settings });
  const model = tfl.sequential({
    name: 'uneven',
    layers: [
      conv('c1', { inputShape: [...tinyShape] }),
      layers.batchNormalization({ name: 'norm1' }),
      layers.reLU({ name: 'r1' }),
      layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
      conv('c2', { useBias: true }),
      layers.reLU({ name: 'r2' }),
      layers.dropout({ name: 'drop', rate: 0.5 }),
      layers.flatten({ name: 'flat' }),
      layers.dense({ name: 'fc', units: tinyClasses }),
    ],
  });
  fillWeights(model, 3);
  const gains = Float32Array.from({ length: 8 }, (_, channel) => 10 ** ((channel - 4) / 2));
  const [gamma, beta, mean, variance] = model.getLayer('norm1').getWeights();
  model.getLayer('norm1').setWeights([tf.mul(gamma, gains), tf.mul(beta, gains), mean, variance]);
  const [kernel, bias] = model.getLayer('c2').getWeights();
  model.getLayer('c2').setWeights([tf.div(kernel, tf.reshape(gains, [8, 1])), bias]);
  return model;
}

const valuesOf = (teacher: Teacher, names: readonly string[], seed = 5) => {
  const x = tf.randomUniform([4, ...tinyShape], -2, 2, 'float32', seed);
  return teacher.evaluate(new Map([[teacher.inputs[0], x]]), names);
};
const difference = (a: tf.Tensor | undefined, b: tf.Tensor | undefined) =>
  tf.max(tf.abs(tf.sub(a as tf.Tensor, b as tf.Tensor))).dataSync()[0] /
  tf.max(tf.abs(b as tf.Tensor)).dataSync()[0];

describe('equalizeTeacher', () => {
  test.each([
    ['a chain', unevenTeacher],
    ['branches, which it leaves alone where values have several takers', branchingTeacher],
  ])('computes the same outputs, whatever is fed: %s', (_, build) => {
    const teacher = openTeacher(build());
    const equalized = equalizeTeacher(teacher);
    const [output] = teacher.outputs;
    const names = teacher.nodes.map(({ name }) => name).slice(1);
    const before = valuesOf(teacher, names);
    const after = valuesOf(equalized, names);
    expect(difference(after.get(output), before.get(output))).toBeLessThan(1e-5);
    if (build !== unevenTeacher) return;
    for (const name of names) {
      const feeds = new Map([[name, after.get(name) as tf.Tensor]]);
      expect([
        name,
        difference(equalized.evaluate(feeds, [output]).get(output), after.get(output)) < 1e-5,
      ]).toEqual([name, true]);
    }
    expect(equalized.digest).not.toBe(teacher.digest);
    expect(difference(before.get('pool'), after.get('pool'))).toBeGreaterThan(0.1);
  });

  test('its layers computed from its parameters give its taps', async () => {
    const teacher = equalizeTeacher(openTeacher(unevenTeacher()));
    const { model, report } = await distillLayerwise(teacher, tinyImages(80).images, {
      input: tinyInput,
      fit: { steps: 0 },
      fitImages: 64,
      batchSize: 16,
      baseline: false,
    });
    await model.dispose();
    // A mistake in a scale would show as noise as large as the signal.
    for (const { name, sqnrDb } of report.layers) expect([name, sqnrDb > 25 || sqnrDb]).toEqual([name, true]);
  });

  test('makes a student without fitting better, where gains differ', async () => {
    const bits = { weights: 4, activations: 6 };
    const opened = openTeacher(unevenTeacher());
    const plan = planStudent(opened, { weights: { bits: 4 }, activations: { bits: 6 } });
    const run = async (teacher: Teacher) => {
      const { model, report } = await distillLayerwise(teacher, tinyImages(80).images, {
        bits,
        input: tinyInput,
        fit: { steps: 0 },
        fitImages: 64,
        batchSize: 16,
        baseline: false,
      });
      await model.dispose();
      return report.layers.at(-1)?.sqnrDb ?? 0;
    };
    const [plain, equalized] = [await run(opened), await run(equalizeTeacher(opened, { plan }))];
    expect(equalized).toBeGreaterThan(plain + 3);
  });
});
