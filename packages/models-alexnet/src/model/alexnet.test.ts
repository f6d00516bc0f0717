import '@tensorflow/tfjs-backend-wasm';
import { env, type io, setBackend, tensor, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { input, loadLayersModel, model as tfModel } from '@tensorflow/tfjs-layers';
import { BnfreeError } from '@bnfree/core';
import { isUnit, openTeacher, planStudent } from '@bnfree/distill';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadTeacher } from '../teacher/loadTeacher.js';
import { alexnet, type AlexnetOptions } from './alexnet.js';
import { alexnetShapes, type AlexnetVariant } from './alexnetShapes.js';
import { layerStack } from './layerStack.js';
import { pixelTransform, torchvisionPixels } from './pixelStatistics.js';

beforeAll(async () => {
  env().set('IS_TEST', true);
  await setBackend('wasm');
});

/** Parameters of convolutions and dense layers, biases as in the net without normalization. */
function plainParameters(options: AlexnetOptions): number {
  const model = alexnet({ ...options, batchNorm: false, weights: 'zeros' });
  const count = model.countParams();
  model.dispose();
  return count;
}

describe('alexnet', () => {
  test('has the parameters of torchvision and of the original, in one tower', () => {
    expect(plainParameters({ variant: 'torchvision' })).toBe(61_100_840);
    expect(plainParameters({ variant: 'original' })).toBe(62_378_344);
  });

  test('is the shape of the CIFAR-10 teacher', async () => {
    const [built, teacher] = [alexnet({ variant: 'cifar' }), await loadTeacher()];
    expect(built.countParams()).toBe(teacher.countParams());
    const shapes = (layers: typeof built.layers): unknown[] =>
      layers
        .filter(({ weights }) => weights.length > 0)
        .map(({ name, weights }) => [name, weights.map(({ shape }) => shape)]);
    expect(shapes(built.layers)).toEqual(shapes(teacher.layers));
    built.dispose();
    teacher.dispose();
  });

  test.each(Object.keys(alexnetShapes) as AlexnetVariant[])('%s runs, and can be planned', (variant) => {
    const inputSize = { torchvision: 63, original: 67, cifar: 8 }[variant];
    const model = alexnet({ variant, inputSize, classes: 3, weights: 'zeros' });
    const scores = model.predict(zeros([2, inputSize, inputSize, 3])) as Tensor;
    expect(scores.shape).toEqual([2, 3]);
    const units = planStudent(openTeacher(model)).nodes.filter(isUnit);
    expect(units.map(({ name }) => name)).toEqual([
      'conv1',
      'conv2',
      'conv3',
      'conv4',
      'conv5',
      'fc6',
      'fc7',
      'fc8',
    ]);
    scores.dispose();
    model.dispose();
  });

  test('takes statistics out of stored pixels, also once it is saved', async () => {
    const plain = alexnet({ variant: 'cifar', weights: 'zeros', dropout: 0 });
    expect(plain.getLayer('drop6').getConfig()).toMatchObject({ rate: 0 });
    const model = alexnet({ variant: 'cifar', inputSize: 8, pixels: torchvisionPixels });
    expect([plain, model].map((net) => pixelTransform(net).zeroPoint)).toEqual([128, 0]);
    let saved: io.ModelArtifacts = {};
    await model.save({
      save: (artifacts) => {
        saved = artifacts;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      },
    });
    const loaded = await loadLayersModel({
      load: () =>
        Promise.resolve({
          ...saved,
          modelTopology: JSON.parse(JSON.stringify(saved.modelTopology)) as object,
        }),
    });
    const values = Float32Array.from({ length: 192 }, (_, at) => (at * 41) % 256);
    const [own, again] = [model, loaded].map((net) =>
      (net.predict(tensor(values, [1, 8, 8, 3])) as Tensor).dataSync(),
    );
    expect(again).toEqual(own);
    for (const net of [plain, model, loaded]) net.dispose();
  });

  test('leaves 8 bits to the layer that does so, and zeros around what it gives', () => {
    const pixels = input({ shape: [15, 15, 3], name: 'input' });
    const stack = layerStack(pixels, { batchNorm: false, seed: 1 });
    stack.normalize(torchvisionPixels);
    stack.convolution(1, { channels: 4, kernel: 11, stride: 4, padding: 2 });
    stack.convolution(2, { channels: 4, kernel: 3, stride: 1, padding: 1 });
    stack.flatten();
    stack.logits(3, 2);
    const model = tfModel({ inputs: pixels, outputs: stack.output() });
    const { nodes } = planStudent(openTeacher(model), {
      ...{ weights: { bits: 4 }, activations: { bits: 4 }, firstAndLast: { weights: { bits: 8 } } },
      input: pixelTransform(model),
    });
    const bits = nodes.filter(isUnit).map((unit) => {
      return unit.kind === 'layer' ? [unit.name, unit.weights.bits, unit.activations?.bits ?? null] : [];
    });
    expect(bits.slice(0, 3)).toEqual([
      ['normalize', 8, 8],
      ['conv1', 8, 4],
      ['conv2', 4, 4],
    ]);
    expect(nodes[1].operation).toMatchObject({ padding: { top: 2, bottom: 2, left: 2, right: 2 } });
    model.dispose();
  });

  test('starts from the same weights for the same seed, from others for another', async () => {
    const first = async (seed: number): Promise<Float32Array> => {
      const model = alexnet({ variant: 'cifar', inputSize: 8, seed });
      const values = (await model.getLayer('conv3').getWeights()[0].data()).slice() as Float32Array;
      model.dispose();
      return values;
    };
    expect(await first(3)).toEqual(await first(3));
    expect(await first(3)).not.toEqual(await first(4));
  });

  test('reports all bad options at once', () => {
    const options = {
      variant: 'torchvison',
      inputSize: 20,
      batchNorm: 1,
      dropout: 1,
      pixels: { mean: [0, 0, 0], deviation: [1, 1, 0] },
      clases: 3,
    };
    let error: unknown;
    try {
      alexnet(options as unknown as AlexnetOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect((error as BnfreeError).issues.map(({ code, path }) => [code, path])).toEqual([
      ['INVALID_OPTION', 'options.variant'],
      ['INVALID_OPTION', 'options.inputSize'],
      ['INVALID_OPTION', 'options.batchNorm'],
      ['INVALID_OPTION', 'options.dropout'],
      ['INVALID_OPTION', 'options.pixels'],
      ['UNKNOWN_OPTION', 'options.clases'],
    ]);
  });
});
