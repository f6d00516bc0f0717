import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-wasm';
import { env, memory, setBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { input, type LayersModel, model as tfModel } from '@tensorflow/tfjs-layers';
import { BnfreeError } from '@bnfree/core';
import { distillLayerwise, randomStream } from '@bnfree/distill';
import { installTrainingKernels } from '@bnfree/tfjs-wasm-training';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { encodeSafetensors } from '../../test/encodeSafetensors.js';
import { torchvisionStateDict } from '../../test/torchvisionStateDict.js';
import { alexnet } from '../model/alexnet.js';
import { layerStack } from '../model/layerStack.js';
import { pixelTransform, torchvisionPixels } from '../model/pixelStatistics.js';
import { packageRoot } from '../packageRoot.js';
import { loadTeacher } from '../teacher/loadTeacher.js';
import { loadWeights } from './loadWeights.js';
import type { FloatTensor } from './namedWeights.js';

let folder: string;
beforeAll(async () => {
  env().set('IS_TEST', true);
  installTrainingKernels();
  await setBackend('wasm');
  folder = await mkdtemp(join(tmpdir(), 'weights-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function random(name: string, shape: readonly number[], span: number): FloatTensor {
  const stream = randomStream(1, name);
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Float32Array.from({ length }, () => (stream.nextInt(-1000, 1000) / 1000) * span) };
}

/** For images of 16 x 16: 2 x 2 x 96 before fc6. */
function stateDict(): Record<string, FloatTensor> {
  return torchvisionStateDict({
    imageSize: 16,
    classes: 10,
    tensor: (name, shape, inputs) => random(name, shape, inputs === null ? 0.1 : Math.sqrt(6 / inputs)),
  });
}

interface Planes {
  readonly channels: number;
  readonly size: number;
  /** `[channels, size, size]`. */
  readonly values: Float64Array;
}

/** 3 x 3 with zeros around, then ReLU, as PyTorch defines them. */
function convolve({ channels, size, values }: Planes, weight: FloatTensor, bias: FloatTensor): Planes {
  const [outputs] = weight.shape;
  const result = new Float64Array(outputs * size * size);
  for (let o = 0; o < outputs; o += 1)
    for (let y = 0; y < size; y += 1)
      for (let x = 0; x < size; x += 1) {
        let sum = bias.values[o];
        for (let c = 0; c < channels; c += 1)
          for (let v = 0; v < 3; v += 1)
            for (let h = 0; h < 3; h += 1) {
              const [row, column] = [y + v - 1, x + h - 1];
              if (row < 0 || column < 0 || row >= size || column >= size) continue;
              sum +=
                values[(c * size + row) * size + column] *
                weight.values[((o * channels + c) * 3 + v) * 3 + h];
            }
        result[(o * size + y) * size + x] = Math.max(0, sum);
      }
  return { channels: outputs, size, values: result };
}

function pool({ channels, size, values }: Planes): Planes {
  const half = size / 2;
  const result = new Float64Array(channels * half * half);
  for (let c = 0; c < channels; c += 1)
    for (let y = 0; y < half; y += 1)
      for (let x = 0; x < half; x += 1) {
        const at = (c * size + 2 * y) * size + 2 * x;
        result[(c * half + y) * half + x] = Math.max(
          values[at],
          values[at + 1],
          values[at + size],
          values[at + size + 1],
        );
      }
  return { channels, size: half, values: result };
}

function multiply(input: Float64Array, weight: FloatTensor, bias: FloatTensor): Float64Array {
  return Float64Array.from(bias.values, (start, o) =>
    input.reduce((sum, value, i) => sum + value * weight.values[o * input.length + i], start),
  );
}

/** PyTorch's AlexNet, channels first. */
function forward(state: Readonly<Record<string, FloatTensor>>, image: Float64Array): Float64Array {
  let planes: Planes = { channels: 3, size: 16, values: image };
  for (const [place, pools] of [
    [0, true],
    [3, true],
    [6, false],
    [8, false],
    [10, true],
  ] as const) {
    planes = convolve(planes, state[`features.${place}.weight`], state[`features.${place}.bias`]);
    if (pools) planes = pool(planes);
  }
  let { values } = planes;
  for (const place of [1, 4, 6]) {
    values = multiply(values, state[`classifier.${place}.weight`], state[`classifier.${place}.bias`]);
    if (place < 6) values = values.map((value) => Math.max(0, value));
  }
  return values;
}

/** Stored pixels, bright or dark, so that the zeros around them are far from their mean. */
function photograph(size: number, seed: number): Uint8Array {
  const stream = randomStream(seed, 'photograph');
  return Uint8Array.from({ length: size * size * 3 }, () => 190 * (seed % 2) + stream.nextInt(0, 65));
}

/** `(pixel / 255 - mean) / deviation`, channels first, as torchvision's transforms give it. */
function normalized(pixels: Uint8Array): Float64Array {
  const { mean, deviation } = torchvisionPixels;
  const count = pixels.length / 3;
  return Float64Array.from(pixels, (_, at) => {
    const [color, place] = [Math.floor(at / count), at % count];
    return (pixels[3 * place + color] / 255 - mean[color]) / deviation[color];
  });
}

function plainNet(): LayersModel {
  return alexnet({ variant: 'cifar', inputSize: 16, batchNorm: false, weights: 'zeros' });
}

async function failure(promise: Promise<unknown>): Promise<string[]> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof BnfreeError)) throw new Error(`expected a BnfreeError, got ${String(error)}`);
  return error.issues.map(
    ({ code, path, message }) => `${code} ${path.replace(`${folder}/`, '')}: ${message}`,
  );
}

describe('loadWeights', () => {
  test("takes torchvision's state dict: the logits are those of PyTorch's layout", async () => {
    const state = stateDict();
    const path = join(folder, 'alexnet.safetensors');
    await writeFile(path, encodeSafetensors(state));
    const model = plainNet();
    const { numTensors } = memory();
    await loadWeights(model, path);
    expect(memory().numTensors).toBe(numTensors);
    const image = Float64Array.from(random('image', [3, 16, 16], 1).values);
    const pixels = Float32Array.from(image, (_, at) => image[(at % 3) * 256 + Math.floor(at / 3)]);
    const output = model.predict(tensor(pixels, [1, 16, 16, 3])) as Tensor;
    const logits = await output.data();
    const expected = forward(state, image);
    const size = Math.max(...expected.map(Math.abs));
    expect(size).toBeGreaterThan(0.1);
    expected.forEach((value, at) => {
      expect(Math.abs(logits[at] - value) / size).toBeLessThan(1e-5);
    });
    output.dispose();
    model.dispose();
  });

  test("gives torchvision's logits for stored pixels", async () => {
    const state = stateDict();
    const options = { variant: 'cifar', inputSize: 16, batchNorm: false, weights: 'zeros' } as const;
    const model = alexnet({ ...options, pixels: torchvisionPixels });
    await loadWeights(model, encodeSafetensors(state));
    const pixels = photograph(16, 1);
    const expected = forward(state, normalized(pixels));
    const size = Math.max(...expected.map(Math.abs));
    const output = model.predict(tensor(Float32Array.from(pixels), [1, 16, 16, 3])) as Tensor;
    const logits = await output.data();
    expected.forEach((value, at) => {
      expect(Math.abs(logits[at] - value) / size).toBeLessThan(1e-5);
    });
    output.dispose();
    model.dispose();
  });

  test('has an integer student that takes the stored pixels, borders and all', async () => {
    const size = 8;
    const image = input({ shape: [size, size, 3], name: 'input' });
    const stack = layerStack(image, { batchNorm: false, seed: 1 });
    stack.normalize(torchvisionPixels);
    stack.convolution(1, { channels: 6, kernel: 3, stride: 1, padding: 1 });
    stack.flatten();
    stack.logits(2, 5);
    const model = tfModel({ inputs: image, outputs: stack.output() });
    const [kernel, dense] = [
      await model.layers[2].getWeights()[0].data(),
      await model.getLayer('fc2').getWeights()[0].data(),
    ];
    const weight: FloatTensor = {
      shape: [6, 3, 3, 3],
      values: Float32Array.from(
        { length: 162 },
        (_, at) => kernel[((at % 9) * 3 + (Math.floor(at / 9) % 3)) * 6 + Math.floor(at / 27)],
      ),
    };
    const bias: FloatTensor = { shape: [6], values: new Float32Array(6) };
    const photographs = [0, 1, 2, 3].map((seed) => photograph(size, seed));
    const expected = photographs.flatMap((pixels) => {
      const { values } = convolve({ channels: 3, size, values: normalized(pixels) }, weight, bias);
      return Array.from({ length: 5 }, (_, unit) =>
        values.reduce((sum, value, at) => {
          const pixel = at % (size * size);
          return sum + value * dense[(pixel * 6 + Math.floor(at / (size * size))) * 5 + unit];
        }, 0),
      );
    });
    const all = Uint8Array.from(photographs.flatMap((pixels) => [...pixels]));
    const { model: student } = await distillLayerwise(model, all, {
      ...{ input: pixelTransform(model), fit: { steps: 0 }, batchSize: 4, baseline: false },
    });
    const { output, scale } = await student.run(all);
    let [signal, noise] = [0, 0];
    expected.forEach((value, at) => {
      signal += value ** 2;
      noise += (value - (output[at] * scale.multiplier) / 2 ** scale.shift) ** 2;
    });
    expect(10 * Math.log10(signal / noise)).toBeGreaterThan(30);
    await student.dispose();
    model.dispose();
  });

  test("asks for torchvision's sixteen tensors by their names and shapes", async () => {
    const model = alexnet({ variant: 'torchvision', batchNorm: false, weights: 'zeros' });
    const one = { 'features.1.weight': random('x', [1], 1) };
    const found = await failure(loadWeights(model, encodeSafetensors(one)));
    const convolutions = [
      [0, 64, 3, 11],
      [3, 192, 64, 5],
      [6, 384, 192, 3],
      [8, 256, 384, 3],
      [10, 256, 256, 3],
    ];
    const dense = [
      [1, 4096, 9216],
      [4, 4096, 4096],
      [6, 1000, 4096],
    ];
    const missing = (name: string, shape: number[]): string =>
      `WEIGHT_MISSING weights "${name}": got none, expected [${shape.join(', ')}]`;
    expect(found).toEqual([
      ...convolutions.flatMap(([place, out, input, k]) => [
        missing(`features.${place}.weight`, [out, input, k, k]),
        missing(`features.${place}.bias`, [out]),
      ]),
      ...dense.flatMap(([place, out, input]) => [
        missing(`classifier.${place}.weight`, [out, input]),
        missing(`classifier.${place}.bias`, [out]),
      ]),
      'WEIGHT_UNEXPECTED weights "features.1.weight": got [1], expected no such tensor',
    ]);
    model.dispose();
  });

  test('takes a model.json by the names of the layers', async () => {
    const [model, teacher] = [alexnet({ variant: 'cifar' }), await loadTeacher()];
    await loadWeights(model, new URL('teacher/model.json', packageRoot));
    for (const [index, weight] of teacher.weights.entries()) {
      const own = model.weights[index];
      expect(own.originalName).toBe(weight.originalName);
      expect(await own.read().data()).toEqual(await weight.read().data());
    }
    model.dispose();
    teacher.dispose();
  });

  test('changes nothing unless all fits, and says all that does not', async () => {
    const { 'features.3.bias': _, ...state } = stateDict();
    state['features.6.bias'] = random('b', [127], 1);
    state['classifier.6.bias'].values[4] = Infinity;
    state['classifier.7.bias'] = random('c', [2], 1);
    const model = plainNet();
    expect(await failure(loadWeights(model, encodeSafetensors(state)))).toEqual([
      'WEIGHT_MISSING weights "features.3.bias": got none, expected [96]',
      'WEIGHT_UNEXPECTED weights "classifier.7.bias": got [2], expected no such tensor',
      'WEIGHT_SHAPE weights "features.6.bias": got [127], expected [128]',
      'NON_FINITE_WEIGHTS weights "classifier.6.bias"[4]: got Infinity, expected a finite number',
    ]);
    for (const weight of model.weights)
      expect((await weight.read().data()).every((value) => value === 0)).toBe(true);
    model.dispose();
  });

  test('passes counters over, and refuses what is no file of floats', async () => {
    const model = plainNet();
    const counter = { dtype: 'I64', shape: [], data_offsets: [0, 0] };
    await loadWeights(model, encodeSafetensors(stateDict(), { 'bn.num_batches_tracked': counter }));
    const whole = encodeSafetensors({ a: random('a', [4], 1) });
    const half = { dtype: 'F16', shape: [2], data_offsets: [0, 4] };
    const far = { dtype: 'F32', shape: [2], data_offsets: [8, 400] };
    expect(await failure(loadWeights(model, encodeSafetensors({}, { half, far, odd: 3 })))).toEqual([
      'WEIGHTS_DAMAGED weights "half": got "F16", expected F32',
      'WEIGHTS_DAMAGED weights "far": got bytes 8 to 400 of 0, expected 8 for [2]',
      'WEIGHTS_DAMAGED weights "odd": got no shape and offsets',
    ]);
    for (const bytes of [
      new Uint8Array(),
      whole.subarray(0, 20),
      new Uint8Array(16).fill(255),
      Buffer.from('<!doctype html>'),
    ]) {
      expect((await failure(loadWeights(model, bytes)))[0]).toMatch(
        /^WEIGHTS_DAMAGED weights: got \d+ bytes/,
      );
    }
    expect((await failure(loadWeights(model, whole.subarray(0, -1))))[0]).toMatch(
      /^WEIGHTS_DAMAGED weights "a": got bytes/,
    );
    model.dispose();
  });

  test('says what a model.json lacks', async () => {
    const original = fileURLToPath(new URL('teacher/model.json', packageRoot));
    const path = join(folder, 'model.json');
    await writeFile(path, await readFile(original));
    const model = alexnet({ variant: 'cifar', weights: 'zeros' });
    expect((await failure(loadWeights(model, path)))[0]).toMatch(
      /^SOURCE_UNREADABLE weights.bin: cannot be read/,
    );
    await writeFile(join(folder, 'weights.bin'), new Uint8Array(12));
    expect((await failure(loadWeights(model, path)))[0]).toMatch(
      /^WEIGHTS_DAMAGED model.json: got 12 bytes of weights/,
    );
    await writeFile(path, '{"modelTopology": {}}');
    expect((await failure(loadWeights(model, path)))[0]).toMatch(
      /no model.json of tfjs: it has no weightsManifest/,
    );
    expect((await failure(loadWeights(model, join(folder, 'none.json'))))[0]).toMatch(
      /^SOURCE_UNREADABLE none.json/,
    );
    model.dispose();
  });
});
