import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PNG } from 'pngjs';
import { type DecodeResult, openDecoder } from './decodeImage.js';
import { decoderNames, scaledSize } from './imageDecoder.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'decode-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function png(width: number, height: number): Buffer {
  const image = new PNG({ width, height });
  image.data.fill(90);
  return PNG.sync.write(image);
}

/** A small file that says it holds 65535 x 65535 pixels. */
function bomb(): Buffer {
  const file = png(2, 2);
  file.writeUInt32BE(65535, 16);
  file.writeUInt32BE(65535, 20);
  return file;
}

describe.each(decoderNames)('the decoder %s', (decoder) => {
  async function decode(bytes: Uint8Array): Promise<DecodeResult> {
    const file = join(folder, decoder);
    await writeFile(file, bytes);
    const open = await openDecoder({ decoder, resize: 40, size: 32 });
    return open({ entry: { name: 'x', file, start: 0, length: null }, draw: null });
  }

  test('enlarges what is too small', async () => {
    expect(await decode(png(3, 2))).toEqual({ pixels: new Uint8Array(3072).fill(90) });
  });

  test.each([
    ['a bomb', bomb()],
    ['a narrow strip', png(1, 20000)],
    ['a header alone', png(9, 9).subarray(0, 30)],
  ])('refuses %s', async (_, bytes) => {
    expect(await decode(bytes)).toEqual({ reason: expect.any(String) });
  });
});

describe('scaledSize', () => {
  test('keeps the aspect, and refuses what is no photograph', () => {
    expect(scaledSize({ width: 500, height: 375 }, 256)).toEqual({ width: 341, height: 256 });
    expect(scaledSize({ width: 100, height: 300 }, 64)).toEqual({ width: 64, height: 192 });
    for (const size of [
      { width: 0, height: 5 },
      { width: 20000, height: 20000 },
      { width: 1, height: 300 },
    ]) {
      expect(() => scaledSize(size, 256)).toThrow('expected at most');
    }
  });
});
