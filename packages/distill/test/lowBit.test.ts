import { beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { IntegerModel, encodeArtifact, sha256Hex, verify, type IntegerGraph } from '@bnfree/core';
import { typescriptBackend, unpackWeights, wasmBackend, type Op } from '@bnfree/integer-kernels';
import {
  Distiller,
  memoryCheckpoints,
  openTeacher,
  paperRecipe,
  planStudent,
  teacherLayers,
  thresholdRecipe,
} from '../src/index.js';
import { lowBitTeacher } from './lowBitTeacher.js';
import { tinyImages, tinyInput, tinyTeacher } from './tinyTeacher.js';
import { useWasm } from './wasmForTests.js';

beforeAll(async () => {
  await useWasm();
});

const exact = async (teacher: tfl.LayersModel) => {
  const distiller = new Distiller({ ...thresholdRecipe({ input: tinyInput }), batchSize: 16, fitImages: 64 });
  const result = await distiller.run({ teacher, data: tinyImages(80).images });
  await result.model.dispose();
  return result;
};

describe('teacherLayers', () => {
  test('train by straight-through gradients, are saved and loaded again', async () => {
    const model = lowBitTeacher();
    const { images, labels } = tinyImages(64);
    const x = tf.div(tf.sub(tf.tensor4d(Float32Array.from(images), [64, 6, 6, 2]), 128), 64);
    const y = tf.oneHot(tf.tensor1d(labels, 'int32'), 4);
    model.compile({ optimizer: 'adam', loss: tfl.metrics.categoricalCrossentropy });
    const kernelBefore = model.getLayer('conv2').getWeights()[0].dataSync().slice();
    await model.fit(x, y, { epochs: 2, batchSize: 32, shuffle: false });
    expect(model.getLayer('conv2').getWeights()[0].dataSync()).not.toEqual(kernelBefore);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      }),
    );
    const loaded = await tfl.loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
    const [before, after] = [model, loaded].map((each) => (each.predict(x) as tf.Tensor).dataSync());
    expect(after).toEqual(before);
    expect(loaded.getLayer('quant1').getConfig()).toMatchObject({ bits: 2 });
  });

  test('have a hard swish, which becomes a table', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.dense({ name: 'fc1', units: 3, inputShape: [4] }),
        teacherLayers(tfl).hardSwish({ name: 'swish' }),
        tfl.layers.dense({ name: 'fc2', units: 2 }),
      ],
    });
    const [, swish] = planStudent(openTeacher(model)).nodes;
    expect(swish).toMatchObject({
      name: 'swish',
      operation: { kind: 'lookup', form: { kind: 'hardSwish' } },
    });
    const x = tf.tensor2d([[-4, 1, 2, 3]]);
    const teacher = openTeacher(model);
    const feeds = new Map([[teacher.inputs[0], x]]);
    const value = teacher.evaluate(feeds, ['fc2']).get('fc2') as tf.Tensor;
    expect(value.dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
  });

  test('hold weights of the bits that they say, and refuse bits that there are not', () => {
    for (const weightBits of [1, 2, 3, 8]) {
      const teacher = openTeacher(lowBitTeacher({ weightBits }));
      const values = new Set(teacher.parameters('conv2').kernel?.values);
      expect(values.size).toBeLessThanOrEqual(2 ** weightBits);
      expect(values.size).toBeGreaterThan(1);
    }
    expect(() => teacherLayers(tfl).quantizedActivation({ bits: 9 })).toThrow(RangeError);
  });
});

describe('a low-bit teacher', () => {
  test('computes under openTeacher what its model predicts, bit for bit', () => {
    const model = lowBitTeacher();
    const x = tf.randomUniform([4, 6, 6, 2], -2, 2, 'float32', 5);
    const teacher = openTeacher(model);
    const [output] = teacher.outputs;
    const value = teacher.evaluate(new Map([[teacher.inputs[0], x]]), [output]).get(output) as tf.Tensor;
    expect(value.dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
  });

  test('gives its bits, codes and steps to the plan, unless told otherwise', () => {
    const teacher = openTeacher(lowBitTeacher({ weightBits: 1, bits: 3 }));
    const told = (options: object) =>
      planStudent(teacher, options).nodes.flatMap((node) =>
        node.kind === 'layer'
          ? [`${node.name} ${node.weights.bits} ${node.weights.code} ${JSON.stringify(node.activations)}`]
          : [],
      );
    const seventh = '{"bits":3,"step":{"numerator":1,"denominator":7}}';
    expect(told({})).toEqual([
      `conv1 8 odd ${seventh}`,
      `conv2 1 sign ${seventh}`,
      `norm3 8 twosComplement ${seventh}`,
      'fc 8 odd null',
    ]);
    expect(told({ weights: { bits: 4 }, activations: { bits: 2 } })[1]).toBe(
      'conv2 4 twosComplement {"bits":2}',
    );
  });
});

describe('thresholdRecipe', () => {
  test.each([
    { weightBits: 1, bits: 2 },
    { weightBits: 2, bits: 2 },
    { weightBits: 4, bits: 4 },
    { weightBits: 3, bits: 1 },
  ])('gives the teacher itself in integers: %j', async (form) => {
    const { artifact, report } = await exact(lowBitTeacher(form));
    // Not one value of any layer differs on the held-out images: what is left are the last bits of 1/3 in float32.
    const layers = report.layers.slice(0, -1).map(({ name, sqnrDb }) => [name, sqnrDb > 140 || sqnrDb]);
    expect(layers).toEqual(['conv1', 'conv2', 'norm3'].map((name) => [name, true]));
    expect(report.validation.teacherAgreement).toBe(100);
    expect(verify(artifact)).toMatchObject({ passed: true });
    const outputs = [];
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      const loaded = await IntegerModel.load(artifact, { backend });
      outputs.push((await loaded.run(tinyImages(9, 11).images)).output);
      await loaded.dispose();
    }
    expect(outputs[1]).toEqual(outputs[0]);
  });

  test('every threshold is where the normalization in fractions says, also where sums never come', async () => {
    const model = lowBitTeacher({ hasDeadChannel: true });
    const { graph } = await exact(model);
    const sums = (name: string, unit: (op: Weighted) => Fraction, bias: string | null, norm: string) => {
      const op = weighted(graph, name);
      const [gamma, beta, mean, variance] = model
        .getLayer(norm)
        .getWeights()
        .map((each) => each.dataSync());
      const shift = bias === null ? undefined : model.getLayer(bias).getWeights()[1].dataSync();
      for (let channel = 0; channel < gamma.length; channel += 1) {
        const isDead = variance[channel] < 1e-10;
        const factor = isDead ? ZERO : times(of(gamma[channel]), of(1 / Math.sqrt(variance[channel] + 1e-3)));
        const sign = factor.n < 0n ? -1n : 1n;
        const level = (sum: bigint): number => {
          const real = plus(times(unit(op), { n: sign * sum, d: 1n }), of(shift?.[channel] ?? 0));
          const centered = isDead ? ZERO : plus(real, of(-mean[channel]));
          const value = plus(times(centered, factor), of(beta[channel]));
          // floor(3 * value + 1/2), cut to 0 .. 3
          const doubled = { n: 6n * value.n + value.d, d: 2n * value.d };
          const whole = doubled.n < 0n ? -1n : doubled.n / doubled.d;
          return Number(whole < 0n ? 0n : whole > 3n ? 3n : whole);
        };
        const own = op.requantization.thresholds.subarray(channel * 3, channel * 3 + 3);
        const counted = (sum: bigint): number => own.filter((threshold) => BigInt(threshold) <= sum).length;
        const probes = [...own].flatMap((threshold) => [-1n, 0n, 1n].map((step) => BigInt(threshold) + step));
        for (const sum of [...probes, -1000n, 0n, 1000n]) {
          if (sum < -(2n ** 31n) || sum >= 2n ** 31n - 1n) continue;
          expect([name, channel, sum, counted(sum)]).toEqual([name, channel, sum, level(sum)]);
        }
      }
    };
    sums('conv1', () => ({ n: 1n, d: 255n * 64n }), 'conv1', 'norm1');
    sums('conv2', () => ({ n: 1n, d: 9n }), null, 'norm2');
    sums('norm3', () => ({ n: 1n, d: 3n }), null, 'norm3');
    // Channel 1 has a gain below zero: its weights are the teacher's, negated.
    const rows = unpackWeights(weighted(graph, 'conv2').weights);
    const kernel = openTeacher(model).parameters('conv2').kernel?.values ?? new Float32Array();
    expect(Math.sign(rows[rows.length / 8])).toBe(-Math.sign(kernel[1]));
  });

  test('resumes to the same bytes: thresholds stand in the checkpoint', async () => {
    const wanted = sha256Hex((await exact(lowBitTeacher())).artifact);
    const checkpoint = memoryCheckpoints();
    for (const _ of [1, 2]) {
      const { model, graph } = await new Distiller({
        ...thresholdRecipe({ input: tinyInput }),
        batchSize: 16,
        fitImages: 64,
      }).run({ teacher: lowBitTeacher(), data: tinyImages(80).images, checkpoint });
      await model.dispose();
      expect(sha256Hex(encodeArtifact(graph))).toBe(wanted);
    }
  });

  test('a float teacher is refused, and activations of too many bits', async () => {
    await expect(exact(tinyTeacher())).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    const bits = { activations: { bits: 4 } };
    const float = new Distiller({
      ...thresholdRecipe({ input: tinyInput, layers: () => bits }),
      fitImages: 64,
    });
    await expect(float.run({ teacher: tinyTeacher(), data: tinyImages(80).images })).rejects.toMatchObject({
      code: 'NOT_LOW_BIT',
    });
  });
});

describe('paperRecipe', () => {
  const run = async (tail: 'retrained' | 'frozen' | 'none') => {
    const distiller = new Distiller(
      paperRecipe({
        input: tinyInput,
        tail,
        divisor: { images: 32, candidates: 8 },
        fit: { steps: 30, validateEvery: 5 },
        retrainTail: { steps: 4, validateEvery: 2 },
        tune: { steps: 6, validateEvery: 3 },
        batchSize: 16,
        fitImages: 64,
        baseline: false,
      }),
    );
    const result = await distiller.run({ teacher: lowBitTeacher(), data: tinyImages(80).images, seed: 7 });
    await result.model.dispose();
    return result;
  };

  test.each(['retrained', 'frozen', 'none'] as const)(
    'divides by one integer a layer and adds nothing, at the bits of its teacher; tail %s',
    async (tail) => {
      const { graph, report } = await run(tail);
      const ops = graph.nodes.flatMap(({ op }) => ('weights' in op ? [op] : []));
      expect(ops.map((op) => [op.requantization.kind, op.weights.bits, op.bias !== undefined])).toEqual([
        ['divide', 8, false],
        ['divide', 2, false],
        ['divide', 8, false],
        ['none', 8, true],
      ]);
      for (const op of ops) {
        if (op.requantization.kind === 'divide') expect(op.requantization.divisors).toHaveLength(1);
      }
      expect(report.layers.map(({ activationStep }) => activationStep)).toEqual([
        ...Array.from({ length: 3 }, () => Math.fround(1 / 3)),
        null,
      ]);
    },
  );
});

type Weighted = Extract<Op, { weights: unknown }> & { requantization: { thresholds: Int32Array } };
interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}
const ZERO: Fraction = { n: 0n, d: 1n };
const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });

/** The fraction that a double is: its digits in base two. */
function of(value: number): Fraction {
  let [n, d] = [value, 1n];
  while (!Number.isInteger(n)) [n, d] = [n * 2, d * 2n];
  return { n: BigInt(n), d };
}

function weighted(graph: IntegerGraph, name: string): Weighted {
  return graph.nodes.find((node) => node.name === name)?.op as Weighted;
}
