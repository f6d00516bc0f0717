import { readdirSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { backends } from './backends.js';
import { readCmsisCase } from './cmsisCase.js';
import { expectVector } from './expectVector.js';
import { describeVectors } from './referenceFolder.js';

describeVectors('cmsis-nn', (folder) => {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  test('hold all 53 cases', () => {
    expect(names).toHaveLength(53);
  });

  for (const createBackend of backends) {
    const backend = createBackend();
    afterAll(() => backend.dispose());

    test.each(names)(`${backend.name} computes %s byte for byte`, async (name) => {
      await expectVector(backend, readCmsisCase(folder, name));
    });
  }
});
