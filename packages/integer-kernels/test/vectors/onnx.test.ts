import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { backends } from './backends.js';
import { expectVector } from './expectVector.js';
import { toVectorCases } from './onnxCase.js';
import { excludedOnnxFolders, usedOnnxFolders } from './onnxFolders.js';
import { readOnnxNode } from './onnxNode.js';
import { describeVectors } from './referenceFolder.js';

describeVectors('onnx', (folder) => {
  test('are used or left out for a reason, every one', () => {
    const present = readdirSync(folder).filter((name) => name.startsWith('test_'));
    expect([...usedOnnxFolders, ...Object.keys(excludedOnnxFolders)].sort()).toEqual(present.sort());
  });

  for (const createBackend of backends) {
    const backend = createBackend();
    afterAll(() => backend.dispose());

    test.each(usedOnnxFolders)(`${backend.name} computes %s byte for byte`, async (name) => {
      const cases = toVectorCases(name, readOnnxNode(join(folder, name)));
      expect(cases.length).toBeGreaterThan(0);
      for (const vector of cases) await expectVector(backend, vector);
    });
  }
});
