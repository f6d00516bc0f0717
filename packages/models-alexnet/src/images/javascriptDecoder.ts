import { decode as decodeJpeg } from 'jpeg-js';
import { PNG } from 'pngjs';
import { type ImageDecoder, mostPixels, scaledSize } from './imageDecoder.js';

/**
 * Decoder by jpeg-js, pngjs and pica: no native code, the same pixels on every machine.
 *
 * Orientation tags are ignored and alpha is dropped.
 */
export async function javascriptDecoder(): Promise<ImageDecoder> {
  const { Pica } = await import('pica');
  const scaler = new Pica({ features: ['js'] });
  return async (bytes, shorterSide) => {
    const { width, height, data } = decode(bytes);
    const scaled = scaledSize({ width, height }, shorterSide);
    for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
    const pixels = await scaler.resizeBuffer({
      src: data,
      width,
      height,
      toWidth: scaled.width,
      toHeight: scaled.height,
      filter: 'hamming',
    });
    return { ...scaled, channels: 4, pixels };
  };
}

function decode(bytes: Uint8Array): {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
} {
  if (bytes[0] !== 0x89) {
    const limits = { maxResolutionInMP: mostPixels / 1e6, maxMemoryUsageInMB: 2048 };
    return decodeJpeg(bytes, { useTArray: true, ...limits });
  }
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Width and height stand at a fixed place; checked before pngjs makes room for them.
  if (file.length >= 24) scaledSize({ width: file.readUInt32BE(16), height: file.readUInt32BE(20) }, 1);
  return PNG.sync.read(file);
}
