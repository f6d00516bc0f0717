import type { FileHandle } from 'node:fs/promises';
import { extract, type Header } from 'tar-stream';

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  /** First byte of the content. */
  readonly start: number;
  readonly length: number;
}

const blockBytes = 512;

/** More blocks before one file than any long name takes. */
const longestHeaderBytes = 1 << 20;

/**
 * Lists the files of a tar archive, reading its headers alone.
 *
 * Folders, links and devices are passed over: nothing is ever unpacked. Ends with an Error at a header that cannot be read, at a
 * file that goes beyond the archive's end, and where the archive has no end.
 */
export async function* readTarEntries(archive: FileHandle): AsyncGenerator<TarEntry, void> {
  const { size } = await archive.stat();
  let position = 0;
  for (;;) {
    const next = await nextHeader(archive, position, size);
    if (next === null) return;
    const { header, start } = next;
    const isFile = header.type === 'file' || header.type === 'contiguous-file';
    // Only these have content, whatever their header says.
    const length = isFile ? header.size : 0;
    if (!Number.isSafeInteger(length) || length < 0 || start + length > size) {
      throw new Error(`${header.name} has ${length} bytes from ${start} on, beyond the end at ${size}`);
    }
    if (isFile) yield { name: header.name, start, length };
    position = start + Math.ceil(length / blockBytes) * blockBytes;
  }
}

/** The header of a file, however many blocks its name takes; null at the end of the archive. */
async function nextHeader(
  archive: FileHandle,
  position: number,
  size: number,
): Promise<{ readonly header: Header; readonly start: number } | null> {
  // A reader for each header, so that no content has to go through it.
  const reader = extract({ highWaterMark: 1 });
  const found: Header[] = [];
  const failures: Error[] = [];
  reader.on('entry', (header) => found.push(header)).on('error', (error) => failures.push(error));
  try {
    for (let at = position; at - position < longestHeaderBytes; at += blockBytes) {
      const block = new Uint8Array(blockBytes);
      const { bytesRead } = await archive.read(block, 0, blockBytes, at);
      if (bytesRead < blockBytes) throw new Error(`it ends at byte ${size} without the mark of its end`);
      if (at === position && block.every((byte) => byte === 0)) return null;
      await taken(reader, block);
      if (failures.length > 0) throw new Error(`byte ${at}: ${failures[0].message}`, { cause: failures[0] });
      if (found.length > 0) return { header: found[0], start: at + blockBytes };
    }
    throw new Error(`byte ${position}: more than ${longestHeaderBytes} bytes of headers before a file`);
  } finally {
    reader.destroy();
  }
}

/** Resolves when a block is worked through or refused. */
async function taken(reader: ReturnType<typeof extract>, block: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      reader.off('drain', done).off('close', done);
      resolve();
    };
    reader.on('drain', done).on('close', done);
    reader.write(block);
  });
}
