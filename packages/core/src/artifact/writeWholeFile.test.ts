import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeWholeFile } from './writeWholeFile.js';

describe('writeWholeFile', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'bnfree-'))));
  afterEach(() => rm(folder, { recursive: true }));

  test('replaces a file by text or bytes and leaves no temporary one', async () => {
    const path = join(folder, 'report.json');
    await writeFile(path, 'a longer text that was there before');
    await writeWholeFile(path, 'gr\u00f6\u00dfer');
    expect(await readFile(path, 'utf8')).toBe('gr\u00f6\u00dfer');
    await writeWholeFile(path, Uint8Array.of(1, 2, 255));
    expect([...(await readFile(path))]).toEqual([1, 2, 255]);
    expect(await readdir(folder)).toEqual(['report.json']);
  });
});
