import { availableParallelism } from 'node:os';
import { throwIfIssues } from '@bnfree/core';
import type { ImageBatch } from '@bnfree/distill';
import { checkOptions, expectThat, integer, oneOf, optional } from '../options/checkOptions.js';
import { assembleBatches } from './assembleBatches.js';
import { batchPositions } from './batchPositions.js';
import { openDecodePool } from './decodePool.js';
import { type DecoderName, decoderNames } from './imageDecoder.js';
import type { DamagedImage, ImageSet } from './imageSet.js';

/** How images become batches; everything has a default. */
export interface ImageBatchesOptions {
  /** Height and width of the images; 224 by default. */
  readonly size?: number;
  /** Pixels of the shorter side before the crop; 256 / 224 of `size` by default. */
  readonly resize?: number;
  /** `center` by default. */
  readonly crop?: 'center' | 'random';
  /** Mirrors half of the images left to right; false by default. */
  readonly flip?: boolean;
  /** 64 by default. */
  readonly batchSize?: number;
  /** A new order in every epoch; false by default. */
  readonly shuffle?: boolean;
  /** Names order, crops and flips; 0 by default. */
  readonly seed?: number;
  /** Passes over the set; 1 by default. */
  readonly epochs?: number;
  /** Batch to begin with, from 0: that is all it takes to go on. */
  readonly firstBatch?: number;
  /** Batches decoded ahead, 2 by default; no more than these are in memory beside the one that was given out. */
  readonly ahead?: number;
  /** Threads that decode: all but one of the processor's by default; 0 decodes in the calling thread. */
  readonly workers?: number;
  /** `sharp` by default. */
  readonly decoder?: DecoderName;
  /** Hears of every damaged image once. */
  readonly onDamaged?: (image: DamagedImage) => void;
  readonly signal?: AbortSignal;
}

/** Batches of stored pixels as a stream: what `for await`, `openImages` and `distillLayerwise` take. */
export interface ImageBatches extends AsyncIterable<ImageBatch> {
  /** Batches in all, those before `firstBatch` counted. */
  readonly batchCount: number;
  /** Images that were found damaged so far, in the order of the batches. */
  readonly damaged: readonly DamagedImage[];
  /** As a dataset of tf.data has it. */
  iterator(): Promise<AsyncIterator<ImageBatch, void>>;
}

/**
 * Decodes a set of images into batches of bytes, ahead of their use.
 *
 * Each batch holds `count` images `[size, size, 3]`, RGB. Same set, options and decoder: same bytes, whatever `workers`, `ahead` and
 * `firstBatch` are. A damaged image is left out of its batch, which has fewer then, maybe none. Every pass has threads of its own,
 * which end with it. Node only.
 *
 * @throws BnfreeError INVALID_OPTION, UNKNOWN_OPTION at once; DECODER_MISSING, WORKER_CRASHED and the signal's reason while it runs
 */
export function imageBatches(set: ImageSet, options: ImageBatchesOptions = {}): ImageBatches {
  throwIfIssues(checkOptions(options, optionChecks(options)));
  const { size = 224, batchSize = 64, epochs = 1, seed = 0, firstBatch = 0, ahead = 2 } = options;
  const { resize = defaultResize(size), crop = 'center', flip = false, shuffle = false } = options;
  const { decoder = 'sharp', workers = Math.max(1, availableParallelism() - 1), onDamaged, signal } = options;
  const batchCount = Math.ceil((set.count * epochs) / batchSize);
  const damaged = new Map<number, DamagedImage>();
  async function* run(): AsyncGenerator<ImageBatch, void> {
    const pool = await openDecodePool({ decoder, resize, size }, workers);
    try {
      yield* assembleBatches({
        set,
        size,
        positions: batchPositions({ count: set.count, batchSize, epochs, seed, shuffle, crop, flip }),
        decode: pool.decode,
        range: [firstBatch, batchCount],
        ahead,
        signal,
        onDamaged(index, image) {
          if (damaged.has(index)) return;
          damaged.set(index, image);
          onDamaged?.(image);
        },
      });
    } finally {
      await pool.close();
    }
  }
  return {
    batchCount,
    get damaged() {
      return [...damaged.values()];
    },
    [Symbol.asyncIterator]: run,
    iterator: () => Promise.resolve(run()),
  };
}

/** 256 for 224: the middle that ImageNet is measured on. */
function defaultResize(size: number): number {
  return Math.round((size * 256) / 224);
}

const flag = optional(expectThat((value) => typeof value === 'boolean', 'true or false', 'write true'));

function optionChecks({ size = 224 }: ImageBatchesOptions): Parameters<typeof checkOptions>[1] {
  return {
    size: optional(integer(1, 2048)),
    resize: optional(integer(Number.isInteger(size) ? size : 1, 4096)),
    crop: optional(oneOf(['center', 'random'])),
    flip: flag,
    batchSize: optional(integer(1, 65536)),
    shuffle: flag,
    seed: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    epochs: optional(integer(1, 100_000)),
    firstBatch: optional(integer(0, Number.MAX_SAFE_INTEGER)),
    ahead: optional(integer(1, 1024)),
    workers: optional(integer(0, 256)),
    decoder: optional(oneOf(decoderNames)),
    onDamaged: optional(
      expectThat((value) => typeof value === 'function', 'a function', 'write onDamaged: (image) => {}'),
    ),
    signal: optional(
      expectThat(
        (value) => value instanceof AbortSignal,
        'an AbortSignal',
        'pass new AbortController().signal',
      ),
    ),
  };
}
