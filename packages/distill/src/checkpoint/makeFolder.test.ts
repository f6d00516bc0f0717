import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeFolder } from './makeFolder.js';

let parent = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'bnfree-make-'));
});
afterEach(async () => {
  await rm(parent, { recursive: true });
});

const isFolder = async (path: string) => (await stat(path)).isDirectory();

describe('makeFolder', () => {
  test('makes all folders of a path, absolute or relative', async () => {
    await makeFolder(join(parent, 'a', 'b', 'c'));
    await makeFolder(relative('.', join(parent, 'a', 'd', 'e')));
    expect(await isFolder(join(parent, 'a', 'b', 'c'))).toBe(true);
    expect(await isFolder(join(parent, 'a', 'd', 'e'))).toBe(true);
  });

  test('leaves a folder alone that is there, also behind a link', async () => {
    await writeFile(join(parent, 'x'), 'kept');
    await symlink(parent, join(parent, 'link'));
    for (const path of [parent, join(parent, 'link'), '/', '.']) await makeFolder(path);
    expect((await readdir(parent)).sort()).toEqual(['link', 'x']);
  });

  test('makes one folder for several callers at once', async () => {
    const path = join(parent, 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
    expect(await isFolder(path)).toBe(true);
  });

  test('rejects where a file is in the way', async () => {
    await writeFile(join(parent, 'file'), 'x');
    await expect(makeFolder(join(parent, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(parent, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  (existsSync('/proc/self') ? test : test.skip)(
    'rejects under /proc, where a recursive mkdir hangs',
    async () => {
      await expect(makeFolder('/proc/bnfree/a')).rejects.toMatchObject({ code: 'ENOENT' });
    },
    5000,
  );
});
