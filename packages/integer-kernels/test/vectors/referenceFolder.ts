import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, test } from '@jest/globals';

const vectorsRoot = resolve(import.meta.dirname, '../../../../../shared/vectors');

/**
 * Declares tests over a folder of reference vectors, which lie beside the repository.
 *
 * They are not part of the project: without the folder the tests are skipped, but under `CI=true` they fail.
 */
export function describeVectors(name: string, declare: (folder: string) => void): void {
  const folder = resolve(vectorsRoot, name);
  describe(`${name} vectors`, () => {
    if (existsSync(folder)) {
      declare(folder);
    } else if (process.env['CI'] === 'true') {
      test('are present', () => {
        throw new Error(`The folder ../shared/vectors/${name} is missing; CI needs it.`);
      });
    } else {
      test.skip(`need the folder ../shared/vectors/${name}`, () => undefined);
    }
  });
}
