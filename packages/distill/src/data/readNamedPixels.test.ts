import { describe, expect, test } from '@jest/globals';
import { readNamedPixels } from './readNamedPixels.js';

const shapes = { left: [2], right: [1, 1, 1] };
const issuesOf = async (source: unknown) => {
  const read = await readNamedPixels(source, shapes, 'data.images');
  return Array.isArray(read) ? read.map(({ code, path }) => `${code} ${path}`) : [];
};

describe('readNamedPixels', () => {
  test('puts the inputs of each image one after another', async () => {
    const source = { right: Uint8Array.of(7, 8, 9), left: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect(await readNamedPixels(source, shapes, 'data')).toEqual({
      count: 3,
      images: Uint8Array.of(1, 2, 7, 3, 4, 8, 5, 6, 9),
    });
  });

  test('names what is wrong with each input', async () => {
    expect(await issuesOf(Uint8Array.of(1, 2, 3))).toEqual(['DATA_KIND data.images']);
    expect(await issuesOf({ left: [1, 2], rigth: [1] })).toEqual([
      'UNKNOWN_OPTION data.images.rigth',
      'DATA_KIND data.images.right',
    ]);
    expect(await issuesOf({ left: [1, 2], right: [1, 2] })).toEqual(['DATA_SHAPE data.images.right']);
  });
});
