import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { folderCheckpoints } from './folderCheckpoints.js';

let parent = '';
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'bnfree-folder-'));
});
afterEach(async () => {
  await rm(parent, { recursive: true });
});

const notWritable = (message: string) =>
  expect.objectContaining({
    code: 'CHECKPOINT_NOT_WRITABLE',
    issues: [
      expect.objectContaining({
        message: expect.stringContaining(message),
        fix: expect.stringContaining("checkpoint: './"),
      }),
    ],
  });

/** Runs as a user without rights where the tests run as root, who may write everywhere. */
async function withoutRoot(action: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) {
    await action();
    return;
  }
  await chmod(parent, 0o755);
  process.seteuid?.(65534);
  try {
    await action();
  } finally {
    process.seteuid?.(0);
  }
}

describe('folderCheckpoints', () => {
  test('makes the folder when it is written to, not when it is read', async () => {
    const folder = join(parent, 'a', 'b');
    const store = folderCheckpoints(folder);
    expect(store.location).toBe(folder);
    expect(await store.read('x')).toBeUndefined();
    expect(await readdir(parent)).toEqual([]);
    await store.write('x', new Uint8Array([5]));
    expect(await readdir(folder)).toEqual(['x']);
    expect([...(await readFile(join(folder, 'x')))]).toEqual([5]);
  });

  test('leaves nothing behind when it has shown that the folder is writable', async () => {
    await folderCheckpoints(join(parent, 'run')).assertWritable();
    expect(await readdir(join(parent, 'run'))).toEqual([]);
  });

  test('says so when the path is a file or leads through one', async () => {
    await writeFile(join(parent, 'file'), 'x');
    for (const path of ['file', 'file/run']) {
      await expect(folderCheckpoints(join(parent, path)).assertWritable()).rejects.toEqual(
        notWritable('a file'),
      );
    }
    expect(await readFile(join(parent, 'file'), 'utf8')).toBe('x');
  });

  (existsSync('/proc/self') ? test : test.skip)(
    'says so at once where the system makes no folders',
    async () => {
      await expect(folderCheckpoints('/proc/bnfree').assertWritable()).rejects.toEqual(
        notWritable('cannot write there'),
      );
    },
    5000,
  );

  test('says so when the folder is read-only, and writes once that is mended', async () => {
    const folder = join(parent, 'run');
    await mkdir(folder);
    await chmod(folder, 0o555);
    const store = folderCheckpoints(folder);
    await withoutRoot(async () => {
      await expect(store.assertWritable()).rejects.toEqual(notWritable('may not write'));
      await expect(store.write('x', new Uint8Array(1))).rejects.toEqual(notWritable('may not write'));
    });
    await chmod(folder, 0o755);
    await store.assertWritable();
  });

  test('says so when a checkpoint cannot be read', async () => {
    await mkdir(join(parent, 'x'));
    await expect(folderCheckpoints(parent).read('x')).rejects.toEqual(
      expect.objectContaining({ code: 'CHECKPOINT_NOT_READABLE' }),
    );
  });

  test('removes the unfinished file when a write fails', async () => {
    await mkdir(join(parent, 'x'));
    await expect(folderCheckpoints(parent).write('x', new Uint8Array(1))).rejects.toEqual(
      notWritable('cannot write'),
    );
    expect(await readdir(parent)).toEqual(['x']);
  });

  test('ignores what a killed run left unfinished, and deletes it', async () => {
    const leftBy = `${process.pid + 1}`;
    await writeFile(join(parent, 'layer'), 'whole');
    await writeFile(join(parent, `layer~${leftBy}-0`), 'who');
    await writeFile(join(parent, `other~${leftBy}-1`), 'par');
    await writeFile(join(parent, 'notes~'), 'not ours');
    const store = folderCheckpoints(parent);
    expect(new TextDecoder().decode(await store.read('layer'))).toBe('whole');
    expect(await store.read('other')).toBeUndefined();
    await store.write('next', new Uint8Array(1));
    expect((await readdir(parent)).sort()).toEqual(['layer', 'next', 'notes~']);
  });

  test('shows a reader the old bytes or the new while it writes', async () => {
    const store = folderCheckpoints(parent);
    await store.write('x', new Uint8Array(4_000_000));
    const writer = { isWriting: true };
    const writing = (async () => {
      for (let value = 1; value <= 5; value++) await store.write('x', new Uint8Array(4_000_000).fill(value));
      writer.isWriting = false;
    })();
    const seen: (readonly [number | undefined, number])[] = [];
    while (writer.isWriting) {
      const bytes = await store.read('x');
      seen.push([bytes?.length, new Set(bytes).size]);
    }
    await writing;
    expect(seen.length).toBeGreaterThan(0);
    for (const state of seen) expect(state).toEqual([4_000_000, 1]);
  });

  test.each([2, 5, 20])('leaves a whole file when killed %i turns into a write', async (turns) => {
    const folder = join(parent, 'run');
    await writeAndKill(folder, turns);
    const bytes = await folderCheckpoints(folder).read('x');
    expect(bytes?.length).toBe(30_000_000);
    expect(new Set(bytes).size).toBe(1);
    await folderCheckpoints(folder).assertWritable();
    expect(await readdir(folder)).toEqual(['x']);
  });
});

/** Runs a process that writes `x`, begins to write it again, and kills itself so many event loop turns later. */
async function writeAndKill(folder: string, turns: number): Promise<void> {
  const script = `${folder}-writer.mts`;
  await writeFile(
    script,
    `
    import { folderCheckpoints } from ${JSON.stringify(join(__dirname, 'folderCheckpoints.ts'))};
    const store = folderCheckpoints(${JSON.stringify(folder)});
    await store.write('x', new Uint8Array(30_000_000).fill(1));
    const second = store.write('x', new Uint8Array(30_000_000).fill(2));
    for (let turn = 0; turn < ${turns}; turn++) await new Promise(setImmediate);
    process.kill(process.pid, 'SIGKILL');
    await second;`,
  );
  const flags = ['--import', 'tsx', '--conditions=@bnfree/source', script];
  const writer = spawn(process.execPath, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [, signal] = (await once(writer, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}
