import { expect, test } from '@jest/globals';
import { checkGraph, encodeArtifact, withSelfTest } from '@bnfree/core';
import { checkModel } from '../src/models/checkModel.js';
import { digestModel } from '../src/models/digestModel.js';
import { modelList } from '../src/models/modelList.js';

test('models are valid, have names of their own, and outputs that depend on the image', async () => {
  const models = modelList(4);
  expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
  for (const { graph } of models) expect(checkGraph(graph)).toEqual([]);
  for (const { name, graph } of models.filter(({ name }) => !name.startsWith('random'))) {
    const [first, second] = await Promise.all([1, 2].map((seed) => withSelfTest(graph, { seed })));
    expect({ name, outputs: first.selfTest?.outputs }).not.toEqual({
      name,
      outputs: second.selfTest?.outputs,
    });
  }
});

test('checkModel tells other outputs, other threads and what cannot be loaded', async () => {
  const [{ graph, images }] = modelList(0);
  const bytes = encodeArtifact(await withSelfTest(graph));
  const { sha256 } = await digestModel(bytes, images, 'reference');
  expect(await checkModel(bytes, { images, sha256 }, 'wasm')).toBeUndefined();
  expect(await checkModel(bytes, { images, sha256: 'abc' }, 'wasm')).toBe(
    `got outputs ${sha256}, expected abc`,
  );
  expect(await checkModel(bytes, { images, sha256 }, 'wasm, 1 thread', 2)).toBe('got 1 threads, expected 2');
  expect(await checkModel(new Uint8Array(9), { images, sha256 }, 'wasm')).toMatch(/ARTIFACT/);
});
