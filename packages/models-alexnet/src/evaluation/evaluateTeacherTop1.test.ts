import { beforeAll, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-wasm';
import { env, memory, setBackend } from '@tensorflow/tfjs-core';
import { loadCifar10 } from '../cifar10/loadCifar10.js';
import { loadTeacher } from '../teacher/loadTeacher.js';
import { evaluateTeacherTop1 } from './evaluateTeacherTop1.js';

beforeAll(async () => {
  env().set('IS_TEST', true);
  await setBackend('wasm');
});

describe('evaluateTeacherTop1', () => {
  test('counts the same right answers as the full run does on its first 300 images', async () => {
    const [teacher, dataset] = [await loadTeacher(), await loadCifar10({ split: 'test', count: 300 })];
    const tensors = memory().numTensors;
    const { correct, count, percent } = await evaluateTeacherTop1(teacher, dataset, { batchSize: 128 });
    expect({ correct, count, percent }).toEqual({ correct: 266, count: 300, percent: (100 * 266) / 300 });
    expect(memory().numTensors).toBe(tensors);
    teacher.dispose();
  });
});
