import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BnfreeError } from '@bnfree/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import '@tensorflow/tfjs-backend-wasm';
import { env, setBackend, type Tensor, zeros } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { packageRoot } from '../packageRoot.js';
import { loadTeacher } from './loadTeacher.js';

const original = fileURLToPath(new URL('teacher/', packageRoot));
let folder: string;

beforeAll(async () => {
  env().set('IS_TEST', true);
  await setBackend('wasm');
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teacher-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function failure(promise: Promise<unknown>): Promise<BnfreeError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof BnfreeError)) throw new Error(`expected a BnfreeError, got ${String(error)}`);
  return error;
}

async function copyTeacher(
  change: (model: Buffer, weights: Buffer) => readonly [Buffer | string, Buffer],
): Promise<void> {
  const [model, weights] = change(
    await readFile(join(original, 'model.json')),
    await readFile(join(original, 'weights.bin')),
  );
  await writeFile(join(folder, 'model.json'), model);
  await writeFile(join(folder, 'weights.bin'), weights);
}

function summary(model: LayersModel): {
  name: string;
  parameters: number;
  inputs: unknown;
  outputs: unknown;
} {
  return {
    name: model.name,
    parameters: model.countParams(),
    inputs: model.inputs[0].shape,
    outputs: model.outputs[0].shape,
  };
}

const expected = {
  name: 'alexnet_bn_cifar10',
  parameters: 1_456_874,
  inputs: [null, 32, 32, 3],
  outputs: [null, 10],
};

describe('loadTeacher', () => {
  test("loads the package's own teacher", async () => {
    const model = await loadTeacher();
    expect(summary(model)).toEqual(expected);
    const scores = model.predict(zeros([1, 32, 32, 3])) as Tensor;
    expect(scores.shape).toEqual([1, 10]);
    model.dispose();
  });

  test('loads from a path and from a file URL, with or without a slash at the end', async () => {
    await copyTeacher((model, weights) => [model, weights]);
    for (const baseUrl of [folder, `${folder}/`, pathToFileURL(folder)]) {
      const model = await loadTeacher({ baseUrl });
      expect(summary(model)).toEqual(expected);
      model.dispose();
    }
  });

  test('refuses changed files by their digests, both at once', async () => {
    await copyTeacher((model, weights) => {
      weights[7] ^= 1;
      return [`${model.toString()} `, weights];
    });
    const { issues } = await failure(loadTeacher({ baseUrl: folder }));
    expect(issues.map(({ code, path }) => [code, path])).toEqual([
      ['TEACHER_DAMAGED', join(folder, 'model.json')],
      ['TEACHER_DAMAGED', join(folder, 'weights.bin')],
    ]);
  });

  test('takes other weights where digests is null', async () => {
    await copyTeacher((model, weights) => {
      weights[7] ^= 1;
      return [model, weights];
    });
    const model = await loadTeacher({ baseUrl: folder, digests: null });
    expect(summary(model)).toEqual(expected);
    model.dispose();
  });

  test('names every weight tensor that holds a NaN or an infinity', async () => {
    await copyTeacher((model, weights) => {
      weights.writeFloatLE(Number.NaN, 4 * 5);
      weights.writeFloatLE(Infinity, weights.length - 4);
      return [model, weights];
    });
    const { code, issues } = await failure(loadTeacher({ baseUrl: folder, digests: null }));
    expect(code).toBe('NON_FINITE_WEIGHTS');
    expect(issues.map(({ path }) => path)).toEqual([
      expect.stringContaining('"conv1/kernel"[5]'),
      expect.stringContaining('"bn7/moving_variance"[511]'),
    ]);
  });

  test.each([
    [
      'truncated weights',
      (model: Buffer, weights: Buffer) => [model, weights.subarray(0, 4000)] as const,
      '5827496',
    ],
    ['a model that is no JSON', (_: Buffer, weights: Buffer) => ['<html>', weights] as const, 'no JSON'],
    [
      'JSON that is no model',
      (_: Buffer, weights: Buffer) => ['null', weights] as const,
      'no tfjs layers-model',
    ],
    [
      'a layer that tfjs does not know',
      (model: Buffer, weights: Buffer) => [model.toString().replace('"ReLU"', '"ReLV"'), weights] as const,
      'ReLV',
    ],
  ])('refuses %s', async (_, change, part) => {
    await copyTeacher(change);
    const error = await failure(loadTeacher({ baseUrl: folder, digests: null }));
    expect(error.code).toBe('TEACHER_DAMAGED');
    expect(error.message).toContain(part);
  });

  test('reports both missing files and how to serve them', async () => {
    const { code, issues } = await failure(loadTeacher({ baseUrl: folder }));
    expect(code).toBe('TEACHER_MISSING');
    expect(issues.map(({ path }) => path)).toEqual([join(folder, 'model.json'), join(folder, 'weights.bin')]);
    expect(issues[0].fix).toContain('baseUrl');
  });

  test('reports unknown options', async () => {
    const error = await failure(loadTeacher({ baseURL: '/x' } as Parameters<typeof loadTeacher>[0]));
    expect(error.issues[0]).toMatchObject({ code: 'UNKNOWN_OPTION', fix: 'did you mean baseUrl?' });
  });
});

describe('loadTeacher over HTTP', () => {
  let server: Server;
  let baseUrl: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      readFile(join(original, request.url ?? '')).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  test('loads from a base URL', async () => {
    const model = await loadTeacher({ baseUrl });
    expect(summary(model)).toEqual(expected);
    model.dispose();
  });

  test('reports the HTTP status', async () => {
    const error = await failure(loadTeacher({ baseUrl: `${baseUrl}/nothing` }));
    expect(error.code).toBe('TEACHER_MISSING');
    expect(error.message).toContain('HTTP status 404');
  });
});
