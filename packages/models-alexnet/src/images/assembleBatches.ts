import type { ImageBatch } from '@bnfree/distill';
import type { BatchPosition } from './batchPositions.js';
import type { DecodeImage } from './decodeImage.js';
import type { DamagedImage, ImageSet } from './imageSet.js';

export interface AssemblyOptions {
  readonly set: ImageSet;
  readonly size: number;
  readonly positions: (batch: number) => readonly BatchPosition[];
  readonly decode: DecodeImage;
  /** First batch, and the one behind the last. */
  readonly range: readonly [first: number, end: number];
  /** Batches in work or done beyond the one that was taken last. */
  readonly ahead: number;
  /** Hears of every image that a taken batch lacks. */
  readonly onDamaged: (index: number, image: DamagedImage) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Batches in their order, decoded ahead of their being taken; damaged images are left out of theirs. */
export async function* assembleBatches(options: AssemblyOptions): AsyncGenerator<ImageBatch, void> {
  const { range, ahead, signal } = options;
  const queue: Promise<Assembled>[] = [];
  let next = range[0];
  const fill = (length: number): void => {
    for (; queue.length < length && next < range[1]; next += 1) {
      const batch = assemble(options, next);
      // Seen when the batch is taken; until then nobody waits for it.
      batch.catch(() => undefined);
      queue.push(batch);
    }
  };
  fill(ahead);
  for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
    fill(ahead);
    const { batch, damaged } = await unlessAborted(head, signal);
    for (const [index, image] of damaged) options.onDamaged(index, image);
    yield batch;
    fill(ahead);
  }
}

interface Assembled {
  readonly batch: ImageBatch;
  readonly damaged: readonly (readonly [index: number, image: DamagedImage])[];
}

async function assemble(
  { set, size, positions, decode }: AssemblyOptions,
  number: number,
): Promise<Assembled> {
  const wanted = positions(number);
  const results = await Promise.all(
    wanted.map(({ index, draw }) => decode({ entry: set.entries[index], draw })),
  );
  const damaged: [number, DamagedImage][] = [];
  const images = new Uint8Array(wanted.length * size * size * 3);
  const labels = new Int32Array(wanted.length);
  let count = 0;
  results.forEach((result, at) => {
    const { index } = wanted[at];
    if ('reason' in result) {
      damaged.push([index, { name: set.entries[index].name, reason: result.reason }]);
      return;
    }
    images.set(result.pixels, count * size * size * 3);
    if (set.labels !== null) labels[count] = set.labels[index];
    count += 1;
  });
  return {
    batch: {
      count,
      images: images.subarray(0, count * size * size * 3),
      labels: set.labels === null ? null : labels.subarray(0, count),
    },
    damaged,
  };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort);
  });
  return Promise.race([work, aborted]).finally(() => {
    signal.removeEventListener('abort', abort);
  });
}
