import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assertCheckpointName, checkpointFileName } from './checkpointFileName.js';

describe('checkpointFileName', () => {
  test('keeps ordinary layer names and escapes the rest', () => {
    expect(checkpointFileName('batch_normalization_1')).toBe('batch_normalization_1');
    expect(checkpointFileName('base/conv1')).toBe('base.2fconv1');
    expect(checkpointFileName('Conv.é')).toBe('.43onv.2e.c3.a9');
  });

  test('gives different names to different layers, also where files ignore case', () => {
    const layer = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', 'A', '/', '.', '2', 'f', '_'), maxLength: 6 }),
      fc.string({ unit: fc.constantFrom('a', 'A', '/'), minLength: 115, maxLength: 125 }),
    );
    fc.assert(
      fc.property(layer, layer, (a, b) => {
        const [nameA, nameB] = [checkpointFileName(a).toLowerCase(), checkpointFileName(b).toLowerCase()];
        expect(nameA === nameB).toBe(a === b);
        expect(nameA.length).toBeLessThanOrEqual(120);
        expect(() => {
          assertCheckpointName(`layer-${nameA}.safetensors`);
        }).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

describe('assertCheckpointName', () => {
  test.each(['', '.', '..', 'a/b', '../a', 'a\\b', 'a~1-2', 'a b', 'a\0', 'é', 'a'.repeat(201)])(
    'rejects %j',
    (name) => {
      expect(() => {
        assertCheckpointName(name);
      }).toThrow(`fix: checkpointFileName(${JSON.stringify(name)})`);
    },
  );
});
