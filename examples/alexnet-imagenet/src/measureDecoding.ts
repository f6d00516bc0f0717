import { type DecoderName, imageBatches, type ImageSet } from '@bnfree/models-alexnet/images';
import type { CommandContext } from './commandContext.js';
import { openImageSource } from './openImageSource.js';

export interface BenchFlags {
  readonly images: readonly string[];
  readonly size: number;
  readonly workers: readonly number[];
  readonly decoder: readonly DecoderName[];
  readonly seconds: number;
}

/** How fast images are read, decoded, scaled and cropped. */
export interface DecodingRow {
  readonly decoder: DecoderName;
  readonly workers: number;
  readonly images: number;
  readonly imagesPerSecond: number;
  /** Images in a second of processor time: per core, whatever else the machine does. */
  readonly imagesPerCoreSecond: number;
}

/** Measures each decoder with each number of threads, for about the given time. */
export async function measureDecoding(
  flags: BenchFlags,
  { signal, progress }: CommandContext,
): Promise<DecodingRow[]> {
  const set = await openImageSource('--images', flags.images, { labels: false });
  const rows: DecodingRow[] = [];
  for (const decoder of flags.decoder) {
    for (const workers of flags.workers) {
      const row = await measure(set, decoder, workers, flags, signal);
      progress.write(
        `${decoder}, ${workers} threads: ${row.imagesPerCoreSecond.toFixed(0)} images/s a core\n`,
      );
      rows.push(row);
    }
  }
  return rows;
}

async function measure(
  set: ImageSet,
  decoder: DecoderName,
  workers: number,
  { size, seconds }: BenchFlags,
  signal: AbortSignal,
): Promise<DecodingRow> {
  const batches = imageBatches(set, {
    ...{ size, decoder, workers, signal, batchSize: 16, epochs: 100_000 },
    ...{ crop: 'random', flip: true, shuffle: true },
  });
  let [startMs, images] = [0, 0];
  let start = process.cpuUsage();
  for await (const { count } of batches) {
    if (startMs === 0) {
      // The first batch pays for starting the threads.
      startMs = performance.now();
      start = process.cpuUsage();
      continue;
    }
    images += count;
    if (performance.now() - startMs >= 1000 * seconds) break;
  }
  const passed = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(start);
  return {
    decoder,
    workers,
    images,
    imagesPerSecond: images / passed,
    imagesPerCoreSecond: images / ((user + system) / 1e6),
  };
}
