import { afterEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { installTrainingKernels } from './installTrainingKernels.js';
import { trainingKernels } from './trainingKernels.js';

const stock = registered();

function registered(): (tf.KernelConfig | undefined)[] {
  return trainingKernels.map(({ kernelName }) => tf.getKernel(kernelName, 'wasm'));
}

function replace(kernelName: string): () => void {
  const previous = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...previous });
  return () => {
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel(previous);
  };
}

describe('installTrainingKernels', () => {
  afterEach(() => {
    expect(registered()).toEqual(stock);
  });

  test('marks exactly the kernels that the stock backend lacks as missing', () => {
    const missing = trainingKernels.filter((_, index) => stock[index] === undefined);
    expect(trainingKernels.filter(({ reason }) => reason === 'missing')).toEqual(missing);
    expect(missing.length).toBeGreaterThan(0);
  });

  test('replaces every kernel, keeps setupFunc, and its undo brings back the same objects', () => {
    const undo = installTrainingKernels();
    registered().forEach((config, index) => {
      expect(config).toBeDefined();
      expect(config?.kernelFunc).not.toBe(stock[index]?.kernelFunc);
      expect(config?.setupFunc).toBe(stock[index]?.setupFunc);
    });
    undo();
    registered().forEach((config, index) => {
      expect(config).toBe(stock[index]);
    });
  });

  test.each([[[0, 1]], [[1, 0]]])(
    'holds the kernels until both of two callers undo, in the order %j',
    (order) => {
      const undos = [installTrainingKernels(), installTrainingKernels()];
      const installed = registered();
      undos[order[0] ?? 0]?.();
      undos[order[0] ?? 0]?.();
      expect(registered()).toEqual(installed);
      undos[order[1] ?? 0]?.();
      expect(registered()).toEqual(stock);
    },
  );

  test('works before and after the backend starts', async () => {
    const undoEarly = installTrainingKernels();
    await tf.setBackend('wasm');
    const product = (): number[] =>
      Array.from(tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]), true).dataSync());
    expect(new Set(product())).toEqual(new Set([64]));
    undoEarly();
    const undoLate = installTrainingKernels();
    expect(new Set(product())).toEqual(new Set([64]));
    undoLate();
    expect(new Set(product())).toEqual(new Set([64]));
  });

  test('changes nothing and names the kernel when another one was registered later', () => {
    const undo = installTrainingKernels();
    const restore = replace('MaxPoolGrad');
    const overridden = registered();
    expect(undo).toThrow(/KERNEL_OVERRIDDEN at wasm.MaxPoolGrad/);
    expect(installTrainingKernels).toThrow(/KERNEL_OVERRIDDEN at wasm.MaxPoolGrad/);
    expect(registered()).toEqual(overridden);
    restore();
    undo();
  });

  test('asks for the backend where it is not imported', () => {
    const kernels = tf.getKernelsForBackend('wasm');
    kernels.forEach(({ kernelName }) => {
      tf.unregisterKernel(kernelName, 'wasm');
    });
    try {
      expect(installTrainingKernels).toThrow(/WASM_BACKEND_MISSING/);
    } finally {
      kernels.forEach((config) => {
        tf.registerKernel(config);
      });
    }
  });
});
