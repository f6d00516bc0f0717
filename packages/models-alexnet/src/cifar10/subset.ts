import { throwIfIssues } from '@bnfree/core';
import { integer } from '../options/checkOptions.js';
import { type ImageDataset, imageBytes } from './imageDataset.js';

/**
 * Draws `count` different images, in random order, the same ones for the same seed.
 *
 * `seed` is a whole number of 0 .. 2^32 - 1. Throws INVALID_OPTION.
 */
export function subset(dataset: ImageDataset, count: number, seed: number): ImageDataset {
  throwIfIssues([...integer(1, dataset.count)(count, 'count'), ...integer(0, 0xffffffff)(seed, 'seed')]);
  const size = imageBytes(dataset);
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  sampleIndices(dataset.count, count, seed).forEach((from, to) => {
    images.set(dataset.images.subarray(from * size, (from + 1) * size), to * size);
    labels[to] = dataset.labels[from];
  });
  return { ...dataset, count, images, labels };
}

/** First `count` entries of a seeded Fisher-Yates shuffle of `0 .. total - 1`. */
function sampleIndices(total: number, count: number, seed: number): Uint32Array {
  const indices = Uint32Array.from({ length: total }, (_, i) => i);
  const next = splitMix32(seed);
  for (let i = 0; i < count; i += 1) {
    const j = i + (next() % (total - i));
    const taken = indices[j];
    indices[j] = indices[i];
    indices[i] = taken;
  }
  return indices.subarray(0, count);
}

/** Stream of 32-bit numbers; the bias of `% total` is below 2^-15 for any data set that fits in memory. */
function splitMix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}
