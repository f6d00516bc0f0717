import { describe, expect, test } from '@jest/globals';
import { memoryCheckpoints } from './memoryCheckpoints.js';
import { checkFingerprint } from './runFingerprint.js';

const run = { teacher: 'ab12', data: 'cd34', seed: '7' };

describe('checkFingerprint', () => {
  test('marks an empty store, and knows the run again whatever the order of the keys', async () => {
    const store = memoryCheckpoints();
    expect(await checkFingerprint(store, run)).toBe('new');
    expect(await checkFingerprint(store, { seed: '7', data: 'cd34', teacher: 'ab12' })).toBe('same');
    expect(new TextDecoder().decode(await store.read('run.json'))).toBe(
      '{"fingerprint":{"data":"cd34","seed":"7","teacher":"ab12"},"format":"bnfree-run-1"}\n',
    );
  });

  test('lists every key that differs, is new or is missing', async () => {
    const store = memoryCheckpoints();
    await checkFingerprint(store, run);
    const written = await store.read('run.json');
    const issue = (key: string, message: string) =>
      expect.objectContaining({
        path: `checkpoint "memory" ${key}`,
        message: expect.stringContaining(message),
        fix: expect.stringContaining("checkpoint: './another-folder'"),
      });
    await expect(
      checkFingerprint(store, { teacher: 'ab12', data: 'ffff', constructor: 'x' }),
    ).rejects.toEqual(
      expect.objectContaining({
        code: 'CHECKPOINT_OF_ANOTHER_RUN',
        issues: [
          issue('constructor', 'got x, expected nothing'),
          issue('data', 'got ffff, expected cd34'),
          issue('seed', 'got nothing, expected 7'),
        ],
      }),
    );
    expect(await store.read('run.json')).toEqual(written);
  });

  test.each([
    '',
    '{',
    '[]',
    'null',
    '{"format":"bnfree-run-1"}',
    '{"format":"x","fingerprint":{}}',
    '\u00ff',
  ])('reports a damaged run.json: %j', async (text) => {
    const store = memoryCheckpoints();
    await store.write(
      'run.json',
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
    );
    await expect(checkFingerprint(store, run)).rejects.toEqual(
      expect.objectContaining({ code: 'CHECKPOINT_DAMAGED' }),
    );
  });
});
