import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import {
  typescriptBackend,
  wasmBackend,
  type KernelBackend,
  type Op,
  narrowAccumulator,
} from '@bnfree/integer-kernels';
import { byShift, chain, numberSource, randomWeights, spec } from '../../test/graphBuilder.js';
import { randomGraph } from '../../test/randomGraph.js';
import { convNet } from '../../test/sampleGraphs.js';
import {
  encodeArtifact,
  IntegerModel,
  sha256Hex,
  verify,
  withSelfTest,
  type IntegerGraph,
  type ModelInput,
} from '../index.js';

const imageSize = 192;

function images(count: number, seed = 1): Uint8Array {
  const random = numberSource(seed);
  return Uint8Array.from({ length: count * imageSize }, () => random(0, 255));
}

function codeOf(code: string): unknown {
  return expect.objectContaining({ name: 'BnfreeError', code });
}

/** A backend whose kernels finish later, as one with a worker behind it. */
function slowBackend(): KernelBackend {
  const reference = typescriptBackend();
  return {
    ...reference,
    name: 'slow',
    async prepare(op, views) {
      const call = await reference.prepare(op, views);
      return {
        kernel: call.kernel,
        async run() {
          await new Promise((resolve) => setImmediate(resolve));
          await call.run();
        },
      };
    },
  };
}

describe('IntegerModel', () => {
  test('both backends compute the same bytes, for any batch size and any number of images', async () => {
    const reference = await IntegerModel.fromGraph(convNet(), { backend: typescriptBackend() });
    const input = images(7);
    const expected = await reference.run(input);
    expect(expected.output).toBeInstanceOf(Int32Array);
    expect(expected.output.length).toBe(28);
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      for (const batchSize of [1, 3, 8]) {
        const model = await IntegerModel.fromGraph(convNet(), { backend, batchSize });
        const { output } = await model.run(input);
        expect(sha256Hex(output)).toBe(sha256Hex(expected.output));
        expect(model.runSync(input).output).toEqual(expected.output);
      }
    }
  });

  test('each image has its own result, wherever it stands in the batch', async () => {
    const model = await IntegerModel.fromGraph(convNet(), { batchSize: 4 });
    const input = images(6);
    const { output } = await model.run(input);
    for (let image = 0; image < 6; image++) {
      const single = await model.run(input.subarray(image * imageSize, (image + 1) * imageSize));
      expect(single.output).toEqual(output.slice(image * 4, image * 4 + 4));
    }
  });

  test('ranks classes by value, the lower index first among equals', async () => {
    const model = await IntegerModel.fromGraph(convNet());
    const result = await model.run(images(3));
    result.ranking.forEach((ranking, image) => {
      const logits = [...result.output.subarray(image * 4, image * 4 + 4)];
      const expected = logits
        .map((value, index) => ({ value, index }))
        .sort((a, b) => b.value - a.value || a.index - b.index);
      expect([...ranking]).toEqual(expected.map(({ index }) => index));
    });
    expect(result.classes).toEqual(['a', 'b', 'c', 'd']);
    expect(result.scale).toEqual({ multiplier: 3, shift: 10 });
    expect(result.count).toBe(3);
    expect(result.outputs['logits']).toBe(result.output);
  });

  test('loads from a path, a file URL, bytes, an ArrayBuffer, a Blob and a data URL', async () => {
    const bytes = encodeArtifact(convNet());
    const folder = await mkdtemp(join(tmpdir(), 'bnfree-'));
    const path = join(folder, 'model.bnfree');
    await writeFile(path, bytes);
    const dataUrl = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
    const buffer = bytes.slice().buffer;
    const sources = [
      path,
      pathToFileURL(path),
      pathToFileURL(path).href,
      bytes,
      Buffer.from(bytes),
      buffer,
      new Blob([buffer]),
      dataUrl,
    ];
    for (const source of sources) {
      const model = await IntegerModel.load(source);
      expect(model.graph).toEqual(convNet());
      await model.dispose();
    }
    await rm(folder, { recursive: true });
  });

  test('a source that cannot be read is a coded error', async () => {
    await expect(IntegerModel.load('/nowhere/model.bnfree')).rejects.toEqual(codeOf('SOURCE_UNREADABLE'));
    await expect(IntegerModel.load(7 as unknown as string)).rejects.toEqual(codeOf('SOURCE_TYPE'));
    await expect(IntegerModel.load(new Uint8Array(99))).rejects.toEqual(codeOf('ARTIFACT_NOT_SAFETENSORS'));
  });

  test('drops alpha from the pixels of an image, and refuses other sizes', async () => {
    const model = await IntegerModel.fromGraph(convNet());
    const rgb = images(1);
    const data = new Uint8ClampedArray(256).fill(255);
    for (let pixel = 0; pixel < 64; pixel++) data.set(rgb.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    const fromImage = await model.run({ data, width: 8, height: 8 });
    expect(fromImage.output).toEqual((await model.run(rgb)).output);
    await expect(model.run({ data, width: 16, height: 4 })).rejects.toEqual(codeOf('INPUT_IMAGE'));
  });

  test.each<[string, unknown, string]>([
    ['too few values', new Uint8Array(191), 'INPUT_LENGTH'],
    ['no value', new Uint8Array(0), 'INPUT_LENGTH'],
    ['another array type', new Int8Array(192), 'INPUT_TYPE'],
    ['floats', new Float32Array(192), 'INPUT_TYPE'],
    ['an unknown name', { picture: new Uint8Array(192) }, 'INPUT_UNKNOWN'],
    ['nothing', undefined, 'INPUT_MISSING'],
    ['a list', { image: [1, 2, 3] }, 'INPUT_TYPE'],
  ])('refuses %s', async (_what, input, code) => {
    const model = await IntegerModel.fromGraph(convNet());
    await expect(model.run(input as ModelInput)).rejects.toEqual(codeOf(code));
    expect(() => model.runSync(input as ModelInput)).toThrow(codeOf(code));
  });

  test('refuses values outside the range that the bounds were proved for', async () => {
    const graph = convNet();
    const tensor = spec([1, 8, 8, 3], 'uint8', { quantMax: 100 });
    const [first, ...rest] = graph.nodes;
    const narrow: IntegerGraph = {
      ...graph,
      inputs: [{ ...graph.inputs[0], tensor }],
      nodes: [{ ...first, op: { ...first.op, inputs: [tensor] } } as typeof first, ...rest],
    };
    const model = await IntegerModel.fromGraph(narrow);
    const input = new Uint8Array(192).fill(100);
    expect((await model.run(input)).count).toBe(1);
    input[17] = 101;
    await expect(model.run(input)).rejects.toThrow(/got 101 at index 17, expected 0 .. 100/);
  });

  test('takes several inputs by name and gives several outputs', async () => {
    const a = spec([1, 6]);
    const graph: IntegerGraph = {
      name: 'sum',
      inputs: ['x', 'y'].map((name) => ({ name, tensor: a, scale: { multiplier: 1, shift: 0 } })),
      nodes: [
        {
          name: 'sum',
          inputs: ['x', 'y'],
          op: {
            op: 'add',
            inputs: [a, a],
            output: a,
            leftShift: 0,
            rescales: [
              { multiplier: 1, shift: 0 },
              { multiplier: 1, shift: 0 },
            ],
            outputRescale: { multiplier: 1, shift: 0 },
            rounding: 'halfUp',
          },
        },
      ],
      outputs: ['sum', 'x'].map((name) => ({ name, value: name, scale: { multiplier: 1, shift: 0 } })),
      classes: [],
      metadata: {},
    };
    const model = await IntegerModel.fromGraph(graph, { batchSize: 2 });
    const x = Int8Array.of(1, 2, 3, 4, 5, 127, -1, -2, -3, -4, -5, -128, 7, 7, 7, 7, 7, 7);
    const y = new Int8Array(18).fill(1);
    const { outputs, output } = await model.run({ x, y });
    expect(output).toEqual(Int8Array.of(2, 3, 4, 5, 6, 127, 0, -1, -2, -3, -4, -127, 8, 8, 8, 8, 8, 8));
    expect(outputs['x']).toEqual(x);
    await expect(model.run({ x })).rejects.toEqual(codeOf('INPUT_MISSING'));
    await expect(model.run({ x, y: y.subarray(6) })).rejects.toEqual(codeOf('INPUT_LENGTH'));
    await expect(model.run(x)).rejects.toEqual(codeOf('INPUT_MISSING'));
  });

  test('overlapping runs wait for one another, and see the input as it was at the call', async () => {
    const model = await IntegerModel.fromGraph(convNet(), { backend: slowBackend(), batchSize: 2 });
    const expected = await Promise.all([1, 2, 3].map((seed) => model.run(images(3, seed))));
    const shared = new Uint8Array(3 * imageSize);
    const runs = [1, 2, 3].map((seed) => {
      shared.set(images(3, seed));
      return model.run(shared);
    });
    shared.fill(0);
    const results = await Promise.all(runs);
    expect(results.map(({ output }) => output)).toEqual(expected.map(({ output }) => output));
    const reference = await IntegerModel.fromGraph(convNet());
    expect(expected[2].output).toEqual((await reference.run(images(3, 3))).output);
  });

  test('a result is not touched by later runs', async () => {
    const model = await IntegerModel.fromGraph(convNet());
    const first = await model.run(images(1, 1));
    const before = first.output.slice();
    await model.run(images(1, 2));
    expect(first.output).toEqual(before);
  });

  test('runSync is refused while a run is under way, and where the backend has to wait', async () => {
    const model = await IntegerModel.fromGraph(convNet());
    const pending = model.run(images(1));
    expect(() => model.runSync(images(1))).toThrow(codeOf('MODEL_BUSY'));
    await pending;
    expect(model.runSync(images(1)).count).toBe(1);
    const slow = await IntegerModel.fromGraph(convNet(), { backend: slowBackend() });
    expect(() => slow.runSync(images(1))).toThrow(codeOf('SYNC_UNAVAILABLE'));
  });

  test('names every op that a backend lacks', async () => {
    const backend: KernelBackend = { ...typescriptBackend(), ops: new Set(['dense', 'reshape']) };
    await expect(IntegerModel.fromGraph(convNet(), { backend })).rejects.toMatchObject({
      code: 'BACKEND_OP_MISSING',
      issues: [{ path: 'conv1' }, { path: 'pool1' }, { path: 'conv2' }],
    });
  });

  test('refuses unknown options and impossible batch sizes', async () => {
    const options = { batchsize: 4 } as object;
    await expect(IntegerModel.fromGraph(convNet(), options)).rejects.toThrow(/did you mean batchSize/);
    for (const batchSize of [0, -1, 1.5, NaN, 1e9]) {
      await expect(IntegerModel.fromGraph(convNet(), { batchSize })).rejects.toEqual(codeOf('INVALID_VALUE'));
    }
  });

  test('options of the default backend are passed on, and conflict with a backend that is given', async () => {
    const model = await IntegerModel.fromGraph(convNet(), {
      threads: 3,
      memory: 'small',
      relaxedSimd: false,
    });
    expect(model.describe().backend.capabilities).toMatchObject({ threads: 3, relaxedSimd: false });
    await model.dispose();
    const options = { backend: typescriptBackend(), threads: 2, memory: 'small' } as const;
    await expect(IntegerModel.fromGraph(convNet(), options)).rejects.toMatchObject({
      code: 'CONFLICTING_OPTIONS',
      issues: [{ path: 'options.threads' }, { path: 'options.memory' }],
    });
    await expect(IntegerModel.fromGraph(convNet(), { threads: 0 })).rejects.toEqual(codeOf('INVALID_OPTION'));
  });

  test('a model that is large enough runs on threads, and a backend that is given outlives it', async () => {
    const random = numberSource(3);
    const image = spec([1, 24, 24, 16]);
    const conv: Op = {
      op: 'conv2d',
      inputs: [image],
      output: image,
      weights: randomWeights([16, 3, 3, 16], random),
      strides: [1, 1],
      dilations: [1, 1],
      padding: { top: 1, bottom: 1, left: 1, right: 1, value: 0 },
      groups: 1,
      requantization: byShift(9),
    };
    const names = ['a', 'b', 'c'];
    const graph = chain(
      image,
      names.map((name) => [name, conv]),
    );
    const input = Int8Array.from({ length: 24 * 24 * 16 }, () => random(-128, 127));
    const reference = await IntegerModel.fromGraph(graph, { backend: typescriptBackend() });
    const { output: expected } = await reference.run(input);
    const backend = wasmBackend({ threads: 2 });
    const models = [
      await IntegerModel.fromGraph(graph, { backend }),
      await IntegerModel.fromGraph(graph, { backend, batchSize: 2 }),
    ];
    for (const model of models) {
      expect((await model.run(input)).output).toEqual(expected);
      expect(model.runSync(input).output).toEqual(expected);
      expect((await model.profile(input)).layers.length).toBe(3);
    }
    await models[0].dispose();
    expect((await models[1].run(input)).output).toEqual(expected);
    await models[1].dispose();
    await backend.dispose();
  });

  test('describes layers, bounds and memory', async () => {
    const bytes = encodeArtifact(convNet());
    const model = await IntegerModel.load(bytes, { batchSize: 2 });
    const { layers, memory, backend, batchSize } = model.describe();
    expect(layers.map(({ name }) => name)).toEqual(convNet().nodes.map(({ name }) => name));
    expect(layers[0]).toMatchObject({ op: 'conv2d', bits: 8, shape: [2, 8, 8, 5], macs: 2 * 64 * 5 * 27 });
    expect(layers[0].accumulatorBound).toBeGreaterThan(0);
    expect(layers[0].accumulatorBound).toBeLessThan(2 ** (31 - layers[0].headroomBits));
    expect(layers[0].accumulatorBound).toBeGreaterThanOrEqual(2 ** (30 - layers[0].headroomBits));
    expect(layers[0].narrowAccumulator).toEqual(narrowAccumulator(convNet().nodes[0].op));
    expect(layers.map((layer) => layer.narrowAccumulator === null)).toEqual([
      ...[false, true, false, true, false, false],
    ]);
    expect(layers[3].kernel).toBe('alias');
    expect(memory.peakBytes - memory.steadyBytes).toBe(bytes.length);
    expect(memory.steadyBytes).toBeGreaterThanOrEqual(memory.arenaBytes);
    expect({ name: backend.name, batchSize }).toEqual({ name: 'wasm', batchSize: 2 });
  });

  test("memory: 'small' lets go of the ops once they are prepared", async () => {
    const bytes = encodeArtifact(await withSelfTest(convNet(), { seed: 5 }));
    const model = await IntegerModel.load(bytes, { memory: 'small', batchSize: 2 });
    const backend = wasmBackend({ memory: 'small' });
    const given = await IntegerModel.load(bytes, { backend, batchSize: 2 });
    const fast = await IntegerModel.load(bytes, { batchSize: 2 });
    const { output } = await fast.run(images(3));
    for (const small of [model, given]) {
      expect((await small.run(images(3))).output).toEqual(output);
      expect(small.runSync(images(3)).output).toEqual(output);
      expect(await small.selfTest()).toMatchObject({ passed: true });
      expect((await small.profile(images(1))).layers).toHaveLength(6);
      const { layers, memory, inputs, classes } = small.describe();
      const facts = layers.map(({ kernel: _1, bytes: _2, ...rest }) => rest);
      expect(facts).toEqual(fast.describe().layers.map(({ kernel: _1, bytes: _2, ...rest }) => rest));
      expect([inputs, classes]).toEqual([fast.graph.inputs, fast.graph.classes]);
      const vector = [...(fast.graph.selfTest?.inputs ?? []), ...(fast.graph.selfTest?.outputs ?? [])];
      const vectorBytes = vector.reduce((sum, { length }) => sum + length, 0);
      expect(memory.steadyBytes).toBe(memory.arenaBytes + vectorBytes);
      expect(memory.peakBytes).toBeGreaterThan(memory.steadyBytes + bytes.length);
      for (const read of [() => small.graph.nodes, () => small.plan.steps, () => verify(small)]) {
        expect(read).toThrow(codeOf('CONSTANTS_RELEASED'));
      }
      await small.dispose();
    }
    await Promise.all([fast.dispose(), backend.dispose()]);
  });

  test("nothing holds the weights of a model with memory: 'small' any more", async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const load = async (memory: 'fast' | 'small') => {
      const graph = convNet();
      const model = await IntegerModel.fromGraph(graph, { memory });
      const weights = graph.nodes.flatMap(({ op }) => ('weights' in op ? [new WeakRef(op.weights)] : []));
      return { model, weights };
    };
    const loaded = { fast: await load('fast'), small: await load('small') };
    // A weak reference holds on for the turn that made it.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    const alive = ({ weights }: Awaited<ReturnType<typeof load>>): number =>
      weights.filter((weak) => weak.deref() !== undefined).length;
    expect([alive(loaded.fast), alive(loaded.small)]).toEqual([loaded.fast.weights.length, 0]);
    for (const { model } of Object.values(loaded)) {
      expect((await model.run(images(1))).count).toBe(1);
      await model.dispose();
    }
  });

  test('profiles every layer', async () => {
    const model = await IntegerModel.fromGraph(convNet(), { batchSize: 2 });
    const profile = await model.profile(images(3));
    expect(profile.count).toBe(3);
    expect(profile.layers.map(({ name }) => name)).toEqual(convNet().nodes.map(({ name }) => name));
    const sum = profile.layers.reduce((all, { durationMs }) => all + durationMs, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThanOrEqual(profile.totalMs);
  });

  test('the self-test passes on both backends, and tells where a bit is wrong', async () => {
    const graph = await withSelfTest(randomGraph(3), { seed: 5 });
    for (const backend of [typescriptBackend(), wasmBackend()]) {
      const model = await IntegerModel.fromGraph(graph, { backend, batchSize: 3 });
      expect(await model.selfTest()).toMatchObject({ passed: true, mismatches: [] });
    }
    const outputs = (graph.selfTest?.outputs ?? []).map((bytes) => bytes.slice());
    const first = outputs[0];
    first[first.length - 1] ^= 1;
    const broken = { ...graph, selfTest: { inputs: graph.selfTest?.inputs ?? [], outputs } };
    const report = await (await IntegerModel.fromGraph(broken)).selfTest();
    expect(report.passed).toBe(false);
    expect(report.mismatches).toMatchObject([
      { output: graph.outputs[0].name, byteIndex: first.length - 1, expected: first[first.length - 1] },
    ]);
    const plain = await IntegerModel.fromGraph(convNet());
    await expect(plain.selfTest()).rejects.toEqual(codeOf('SELF_TEST_MISSING'));
  });

  test('cannot be used after dispose, which waits for runs under way', async () => {
    const model = await IntegerModel.fromGraph(convNet(), { backend: slowBackend() });
    let isDone = false;
    const pending = model.run(images(2)).then(() => {
      isDone = true;
    });
    await model.dispose();
    expect(isDone).toBe(true);
    await pending;
    await model.dispose();
    await expect(model.run(images(1))).rejects.toEqual(codeOf('MODEL_DISPOSED'));
    expect(() => model.runSync(images(1))).toThrow(codeOf('MODEL_DISPOSED'));
    expect(() => model.describe()).toThrow(codeOf('MODEL_DISPOSED'));
    await expect(model.selfTest()).rejects.toEqual(codeOf('MODEL_DISPOSED'));
    await expect(model.profile(images(1))).rejects.toEqual(codeOf('MODEL_DISPOSED'));
  });
});
