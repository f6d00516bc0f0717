import { type CropDraw, cropPixels } from './cropPixels.js';
import type { DecoderName, ImageDecoder } from './imageDecoder.js';
import type { ImageEntry } from './imageSet.js';
import { javascriptDecoder } from './javascriptDecoder.js';
import { readImageBytes } from './readImageBytes.js';
import { sharpDecoder } from './sharpDecoder.js';

/** How every image of a pass is decoded. */
export interface DecodeSettings {
  readonly decoder: DecoderName;
  /** Pixels of the shorter side before the crop. */
  readonly resize: number;
  /** Height and width of the crop. */
  readonly size: number;
}

/** One image to decode. */
export interface DecodeTask {
  readonly entry: ImageEntry;
  readonly draw: CropDraw | null;
}

/** Its pixels `[size, size, 3]`, or why there are none. */
export type DecodeResult = { readonly pixels: Uint8Array } | { readonly reason: string };

/** Decodes an image; a damaged one is a result, not an error. */
export type DecodeImage = (task: DecodeTask) => Promise<DecodeResult>;

/** Opens the decoder; throws what it throws. */
export async function openDecoder({ decoder, resize, size }: DecodeSettings): Promise<DecodeImage> {
  const decode: ImageDecoder = await (decoder === 'sharp' ? sharpDecoder() : javascriptDecoder());
  return async ({ entry, draw }) => {
    try {
      return { pixels: cropPixels(await decode(await readImageBytes(entry), resize), size, draw) };
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
      return { reason };
    }
  };
}
