import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-wasm';
import { env, setBackend } from '@tensorflow/tfjs-core';
import { installTrainingKernels } from '@bnfree/tfjs-wasm-training';
import { loadCifar10 } from './cifar10/loadCifar10.js';
import { distillAlexnet } from './distillAlexnet.js';

let uninstall: () => void;

beforeAll(async () => {
  env().set('IS_TEST', true);
  await setBackend('wasm');
  uninstall = installTrainingKernels();
});
afterAll(() => {
  uninstall();
});

describe('distillAlexnet', () => {
  test('plans the eight layers of AlexNet, and heeds its signal', async () => {
    const controller = new AbortController();
    const layers: string[] = [];
    const run = distillAlexnet({
      data: await loadCifar10({ split: 'train', count: 80 }),
      batchSize: 16,
      fitImages: 16,
      baseline: false,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type !== 'run-start') return;
        layers.push(...event.layers);
        controller.abort(new Error('seen enough'));
      },
    });
    await expect(run).rejects.toThrow('seen enough');
    expect(layers).toEqual(['conv1', 'conv2', 'conv3', 'conv4', 'conv5', 'fc6', 'fc7', 'fc8']);
  });

  test('reports unknown options before it reads anything', async () => {
    const options = { bit: 4, data: await loadCifar10({ split: 'test', count: 10 }) };
    await expect(distillAlexnet(options as Parameters<typeof distillAlexnet>[0])).rejects.toThrow(
      /UNKNOWN_OPTION[\s\S]*did you mean bits\?/,
    );
  });
});
