import { BnfreeError } from '@bnfree/core';
import { assertCheckpointName } from './checkpointFileName.js';
import type { CheckpointStore } from './checkpointStore.js';
import { makeFolder } from './makeFolder.js';

/** Written files are called so until they are whole; `~` cannot occur in a checkpoint's name. */
const temporaryName = /~(\d+)-\d+$/;
let temporaryCount = 0;

/**
 * Checkpoints as files of a folder, for Node.
 *
 * The folder is made when it is first written to. A file is written under another name, flushed and then renamed, so
 * a run that is killed at any moment leaves whole files; what it left unfinished is deleted by the next run.
 * One run at a time may write to a folder.
 *
 * @throws BnfreeError CHECKPOINT_NOT_WRITABLE, CHECKPOINT_NOT_READABLE, CHECKPOINT_NAME (all as rejections)
 */
export function folderCheckpoints(folder: string): CheckpointStore {
  let preparing: Promise<void> | undefined;
  const prepare = () => (preparing ??= prepareFolder(folder));
  const fileOf = (name: string) => {
    assertCheckpointName(name);
    const path = process.getBuiltinModule('node:path');
    return path.join(folder, name);
  };
  const writeWhole = async (file: string, bytes: Uint8Array) => {
    try {
      await prepare();
      await writeThenRename(file, bytes);
    } catch (cause) {
      preparing = undefined;
      throw notWritable(folder, cause);
    }
  };
  return {
    location: folder,
    async assertWritable() {
      const file = fileOf('writable');
      await writeWhole(file, new Uint8Array(1));
      await removeFile(folder, file);
    },
    async read(name) {
      const file = fileOf(name);
      const { readFile } = process.getBuiltinModule('node:fs/promises');
      try {
        return new Uint8Array(await readFile(file));
      } catch (cause) {
        if (errorCode(cause) === 'ENOENT') return undefined;
        throw notReadable(file, cause);
      }
    },
    async write(name, bytes) {
      await writeWhole(fileOf(name), bytes);
    },
    async remove(name) {
      await removeFile(folder, fileOf(name));
    },
  };
}

/** Makes the folder and deletes what killed runs left unfinished. */
async function prepareFolder(folder: string): Promise<void> {
  const { readdir, rm } = process.getBuiltinModule('node:fs/promises');
  const path = process.getBuiltinModule('node:path');
  await makeFolder(folder);
  const leftovers = (await readdir(folder)).filter((name) => {
    const writer = temporaryName.exec(name)?.[1];
    // Our own process may be writing through another store on the same folder.
    return writer !== undefined && Number(writer) !== process.pid;
  });
  await Promise.all(leftovers.map((name) => rm(path.join(folder, name), { force: true })));
}

async function writeThenRename(file: string, bytes: Uint8Array): Promise<void> {
  const { open, rename, rm } = process.getBuiltinModule('node:fs/promises');
  const temporary = `${file}~${process.pid}-${temporaryCount++}`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      // Without it a power cut could leave the new name on empty blocks.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function removeFile(folder: string, file: string): Promise<void> {
  const { rm } = process.getBuiltinModule('node:fs/promises');
  try {
    await rm(file, { force: true });
  } catch (cause) {
    throw notWritable(folder, cause);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'a file of this name is in the way',
  ENOTDIR: 'a file stands where a folder is needed',
};

function notWritable(folder: string, cause: unknown): BnfreeError {
  return new BnfreeError(
    [
      {
        code: 'CHECKPOINT_NOT_WRITABLE',
        path: `checkpoint ${JSON.stringify(folder)}`,
        message: `cannot write there: ${reasonOf(cause)}`,
        fix: "checkpoint: './another-folder', one that can be written to",
      },
    ],
    { cause },
  );
}

function notReadable(file: string, cause: unknown): BnfreeError {
  return new BnfreeError(
    [
      {
        code: 'CHECKPOINT_NOT_READABLE',
        path: `checkpoint ${JSON.stringify(file)}`,
        message: `cannot read it: ${reasonOf(cause)}`,
        fix: "checkpoint: './another-folder', or make the file readable",
      },
    ],
    { cause },
  );
}

function reasonOf(cause: unknown): string {
  return reasons[errorCode(cause)] ?? (cause as Error).message;
}

/** Node's code, such as ENOENT; asked without `instanceof`, which fails on errors of another realm. */
function errorCode(cause: unknown): string {
  return (cause as { code?: string }).code ?? '';
}
