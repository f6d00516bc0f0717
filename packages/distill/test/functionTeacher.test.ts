import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import {
  Distiller,
  calibrateRange,
  fitToTap,
  freezeLayer,
  functionTeacher,
  initializeFromTeacher,
  matchesFakeQuantize,
  openTeacher,
  pipe,
  planStudent,
  type StudentPlan,
} from '../src/index.js';
import { tinyImages, tinyInput, tinyShape, tinyTeacher } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

/** A tiny teacher of which nothing but answers is known, and a plan made by hand for it. */
function opaque() {
  const inner = openTeacher(tinyTeacher());
  const [input] = inner.inputs;
  const plan = planStudent(inner, { input: tinyInput });
  const taps = plan.nodes.flatMap((node) => (node.kind === 'structure' ? [] : [node.tap]));
  const run = (x: tf.Tensor) => Object.fromEntries(inner.evaluate(new Map([[input, x]]), taps));
  const nodes = plan.nodes.map((node) =>
    node.kind === 'structure' ? node : { ...node, teacherNodes: [node.tap] },
  );
  return { run, plan: { ...plan, nodes, inputs: [{ ...plan.inputs[0], name: 'pixels' }] }, taps };
}

const distiller = (plan: ReturnType<typeof opaque>['plan'], steps: number) =>
  new Distiller({
    plan: () => ({
      ...plan,
      nodes: plan.nodes.map((node) =>
        'input' in node && node.input === 'conv1_input' ? { ...node, input: 'pixels' } : node,
      ),
    }),
    layer: pipe(
      initializeFromTeacher(),
      calibrateRange(),
      fitToTap({ steps, learningRate: 0.1 }),
      freezeLayer(),
    ),
    batchSize: 16,
    fitImages: 64,
    baseline: false,
  });

describe('a function as teacher', () => {
  test('teaches by its answers alone: layers start at random and come near to the taps', async () => {
    const { run, plan } = opaque();
    const teacher = functionTeacher({ name: 'oracle', inputShape: tinyShape, input: 'pixels', run });
    const data = tinyImages(80).images;
    const sqnr = async (steps: number) => {
      const { model, report } = await distiller(plan, steps).run({ teacher, data, seed: 3 });
      await model.dispose();
      return report.layers[0].sqnrDb;
    };
    expect((await sqnr(200)) - (await sqnr(0))).toBeGreaterThan(6);
  });

  test('may be a grouped convolution, which no tfjs layer is', async () => {
    const kernels = [3, 4].map((seed) => tf.randomNormal([3, 3, 1, 2], 0, 1, 'float32', seed));
    const run = (x: tf.Tensor) => {
      const parts = tf
        .split(x, 2, 3)
        .map((part, i) => tf.conv2d(part as tf.Tensor4D, kernels[i] as tf.Tensor4D, 1, 'same'));
      const grouped = tf.relu(tf.concat(parts, 3));
      return { grouped, mean: tf.mean(grouped, [1, 2]) };
    };
    const teacher = functionTeacher({
      name: 'groups',
      inputShape: tinyShape,
      run,
      parameters: {
        grouped: {
          kernel: { shape: [3, 3, 1, 4], values: Float32Array.from(tf.concat(kernels, 3).dataSync()) },
        },
      },
    });
    const padding = { top: 1, bottom: 1, left: 1, right: 1 };
    const plan: StudentPlan = {
      name: 'groups',
      inputs: [{ kind: 'input', name: 'input', shape: tinyShape, ...tinyInput }],
      nodes: [
        {
          kind: 'layer',
          stage: 'planned',
          name: 'grouped',
          input: 'input',
          operation: {
            kind: 'conv2d',
            kernel: [3, 3],
            strides: [1, 1],
            dilations: [1, 1],
            padding,
            groups: 2,
          },
          tap: 'grouped',
          teacherNodes: ['grouped'],
          activation: 'relu',
          inputShape: tinyShape,
          outputShape: [6, 6, 4],
          weights: { bits: 8, code: 'twosComplement' },
          activations: { bits: 8 },
          requantization: 'perChannel',
        },
      ],
      outputs: ['grouped'],
      classes: [],
    };
    const { model, report } = await new Distiller({
      plan: () => plan,
      layer: pipe(initializeFromTeacher(), calibrateRange(), fitToTap({ steps: 4 }), freezeLayer()),
      checks: [matchesFakeQuantize()],
      batchSize: 16,
      fitImages: 64,
      baseline: false,
    }).run({ teacher, data: tinyImages(80).images });
    await model.dispose();
    expect(report.layers[0].sqnrDb).toBeGreaterThan(28);
    tf.dispose(kernels);
  });

  test('the digest tells functions apart, and no tensor is left behind', () => {
    const { run } = opaque();
    const before = tf.memory().numTensors;
    const open = (f: typeof run) => functionTeacher({ name: 'oracle', inputShape: tinyShape, run: f });
    const halved = (x: tf.Tensor) => run(tf.div(x, 2));
    expect(open(run).digest).toBe(open(run).digest);
    expect(open(run).digest).not.toBe(open(halved).digest);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('answers without a tensor are refused', () => {
    const open = (run: (x: tf.Tensor) => Record<string, tf.Tensor>) => () =>
      functionTeacher({ name: 'oracle', inputShape: [4], run });
    expect(open(() => ({}))).toThrow(expect.objectContaining({ code: 'NOT_A_TEACHER' }));
    expect(open(() => ({ a: 3 as never }))).toThrow(expect.objectContaining({ code: 'NOT_A_TEACHER' }));
  });
});
