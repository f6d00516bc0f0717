import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BnfreeError } from '@bnfree/core';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openCheckpoint, removeCheckpoint } from './checkpointSettings.js';
import { openOutputFolder } from './outputFolder.js';
import { readFlags } from './readFlags.js';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'demo-'));
  folder = join(root, 'checkpoint');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function failure(promise: Promise<unknown>): Promise<BnfreeError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof BnfreeError)) throw new Error(`expected a BnfreeError, got ${String(error)}`);
  return error;
}

describe('openCheckpoint', () => {
  test('goes on with the same flags', async () => {
    expect(await openCheckpoint(folder, readFlags(['--seed', '3']))).toBe(false);
    await writeFile(join(folder, 'layer-conv1'), 'done');
    expect(await openCheckpoint(folder, readFlags(['--seed', '3', '--resume']))).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['demo.json', 'layer-conv1']);
  });

  test('starts anew where there is nothing to go on from', async () => {
    expect(await openCheckpoint(folder, readFlags(['--resume']))).toBe(false);
  });

  test('empties what an earlier run left where it is not to go on', async () => {
    await openCheckpoint(folder, readFlags([]));
    await writeFile(join(folder, 'layer-conv1'), 'done');
    expect(await openCheckpoint(folder, readFlags(['--seed', '3']))).toBe(false);
    expect(await readdir(folder)).toEqual(['demo.json']);
  });

  test("leaves a folder alone that is not the demo's", async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'precious'), '');
    await openCheckpoint(folder, readFlags([]));
    expect((await readdir(folder)).sort()).toEqual(['demo.json', 'precious']);
  });

  test('names every flag that differs and what it was', async () => {
    await openCheckpoint(folder, readFlags(['--bits', '2,2', '--out', 'a']));
    const { code, issues } = await failure(openCheckpoint(folder, readFlags(['--seed', '1', '--resume'])));
    expect(code).toBe('CHECKPOINT_OF_ANOTHER_RUN');
    expect(issues.map(({ path, fix }) => [path, fix])).toEqual([
      ['--bits', '--bits 2,2, or leave --resume out to start anew'],
      ['--seed', '--seed 7, or leave --resume out to start anew'],
    ]);
  });

  test.each(['', '{', 'null', '7'])('refuses a damaged description: %j', async (text) => {
    await mkdir(folder);
    await writeFile(join(folder, 'demo.json'), text);
    expect((await failure(openCheckpoint(folder, readFlags(['--resume'])))).code).toBe('CHECKPOINT_DAMAGED');
  });

  test('is removed at the end, also where it is not there', async () => {
    await openCheckpoint(folder, readFlags([]));
    await removeCheckpoint(folder);
    await removeCheckpoint(folder);
    expect(await readdir(root)).toEqual([]);
  });
});

describe('openOutputFolder', () => {
  test('makes the folder and leaves nothing else in it', async () => {
    const path = join(root, 'a', 'b');
    expect(await openOutputFolder(path)).toEqual({
      artifact: join(path, 'model.bnfree'),
      report: join(path, 'report.json'),
      page: join(path, 'report.html'),
      checkpoint: join(path, 'checkpoint'),
    });
    expect(await readdir(path)).toEqual([]);
  });

  test('refuses a folder that cannot be written, with a fix', async () => {
    await writeFile(join(root, 'file'), '');
    for (const path of [join(root, 'file'), join(root, 'file', 'below'), '/proc/demo']) {
      const { code, issues } = await failure(openOutputFolder(path));
      expect([code, issues[0].path]).toEqual(['OUTPUT_NOT_WRITABLE', path]);
      expect(issues[0].fix).toContain('--out');
    }
  });
});
