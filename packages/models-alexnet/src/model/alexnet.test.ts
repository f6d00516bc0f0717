import '@tensorflow/tfjs-backend-wasm';
import { env, setBackend, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { BnfreeError } from '@bnfree/core';
import { isUnit, openTeacher, planStudent } from '@bnfree/distill';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadTeacher } from '../teacher/loadTeacher.js';
import { alexnet, type AlexnetOptions } from './alexnet.js';
import { alexnetShapes, type AlexnetVariant } from './alexnetShapes.js';

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
    const options = { variant: 'torchvison', inputSize: 20, batchNorm: 1, clases: 3 };
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
      ['UNKNOWN_OPTION', 'options.clases'],
    ]);
  });
});
