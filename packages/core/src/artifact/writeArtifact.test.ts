import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { convNet } from '../../test/sampleGraphs.js';
import { encodeArtifact, writeArtifact } from '../index.js';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bnfree-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('writeArtifact', () => {
  test('writes a graph or bytes to a path or URL, and says what it wrote', async () => {
    const bytes = encodeArtifact(convNet());
    const path = join(folder, 'a.bnfree');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await writeArtifact(path, convNet())).toEqual({ byteLength: bytes.length, sha256 });
    expect(new Uint8Array(await readFile(path))).toEqual(bytes);
    await writeArtifact(pathToFileURL(join(folder, 'b.bnfree')), bytes);
    expect((await readdir(folder)).sort()).toEqual(['a.bnfree', 'b.bnfree']);
  });

  test('leaves an existing file alone where it fails, and no temporary file', async () => {
    const path = join(folder, 'model.bnfree');
    await writeFile(path, 'before');
    await expect(writeArtifact(path, { ...convNet(), outputs: [] })).rejects.toThrow(/GRAPH_EMPTY/);
    expect(await readFile(path, 'utf8')).toBe('before');
    const taken = join(folder, 'taken');
    await mkdir(join(taken, 'full'), { recursive: true });
    await expect(writeArtifact(taken, convNet())).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
    expect((await readdir(folder)).sort()).toEqual(['model.bnfree', 'taken']);
  });

  test('a folder that does not exist is FILE_UNWRITABLE', async () => {
    await expect(writeArtifact(join(folder, 'no', 'model.bnfree'), convNet())).rejects.toMatchObject({
      name: 'BnfreeError',
      code: 'FILE_UNWRITABLE',
    });
  });
});
