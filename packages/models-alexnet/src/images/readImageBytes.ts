import { open, readFile } from 'node:fs/promises';
import type { ImageEntry } from './imageSet.js';

/** Larger than any photograph; hostile archives ask for more. */
const largestImageBytes = 1 << 28;

/** Reads the file of an image, or its part of a shard. */
export async function readImageBytes({
  file,
  start,
  length,
}: Pick<ImageEntry, 'file' | 'start' | 'length'>): Promise<Uint8Array> {
  if (length === null) return readFile(file);
  if (length > largestImageBytes)
    throw new Error(`got ${length} bytes, expected at most ${largestImageBytes}`);
  const archive = await open(file, 'r');
  try {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await archive.read(bytes, 0, length, start);
    if (bytesRead < length) throw new Error(`got ${bytesRead} bytes, expected ${length}`);
    return bytes;
  } finally {
    await archive.close();
  }
}
