import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import {
  Distiller,
  calibrateRange,
  fitToTap,
  freezeLayer,
  functionTeacher,
  initializeFromTeacher,
  openTeacher,
  pipe,
  planStudent,
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
