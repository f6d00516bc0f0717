import { unknownKeys } from '@bnfree/integer-kernels';
import type { Issue } from '@bnfree/core';
import { isObject, isTensor } from './imageSource.js';
import { kindOf, readPixels, type Pixels } from './readPixels.js';

/**
 * Reads the stored pixels of several inputs and puts those of each image one after another, in the order of `shapes`.
 *
 * @param shapes of one image, by the name of the input
 * @returns pixels, or issues DATA_KIND, DATA_SHAPE, DATA_RANGE, UNKNOWN_OPTION
 */
export async function readNamedPixels(
  source: unknown,
  shapes: Readonly<Record<string, readonly number[]>>,
  path: string,
): Promise<Pixels | Issue[]> {
  const names = Object.keys(shapes);
  if (!isObject(source) || isTensor(source) || ArrayBuffer.isView(source) || Array.isArray(source)) {
    return [
      {
        code: 'DATA_KIND',
        path,
        message: `got ${kindOf(source)}, expected the pixels of ${names.length} inputs by name`,
        fix: `{ images: { ${names.join(', ')} }, labels }`,
      },
    ];
  }
  const parts: Pixels[] = [];
  const issues = [...unknownKeys(source, names, path, 'UNKNOWN_OPTION')];
  for (const name of names) {
    const read = await readPixels(source[name], shapes[name], `${path}.${name}`);
    if (Array.isArray(read)) issues.push(...read);
    else parts.push(read);
  }
  const count = parts.at(0)?.count ?? 0;
  const uneven = parts.findIndex((part) => part.count !== count);
  if (issues.length === 0 && uneven >= 0) {
    issues.push({
      code: 'DATA_SHAPE',
      path: `${path}.${names[uneven]}`,
      message: `got ${parts[uneven].count} images, expected ${count} as in "${names[0]}"`,
      fix: 'give every input the same number of images, in the same order',
    });
  }
  return issues.length > 0 ? issues : interleave(parts, count);
}

function interleave(parts: readonly Pixels[], count: number): Pixels {
  const total = parts.reduce((sum, { images }) => sum + images.length / count, 0);
  const images = new Uint8Array(count * total);
  let from = 0;
  for (const part of parts) {
    const size = part.images.length / count;
    for (let image = 0; image < count; image += 1) {
      images.set(part.images.subarray(image * size, (image + 1) * size), image * total + from);
    }
    from += size;
  }
  return { count, images };
}
