import type { Picture } from './cropPixels.js';

/** Decodes a file and scales it until its shorter side has `shorterSide` pixels. */
export type ImageDecoder = (bytes: Uint8Array, shorterSide: number) => Promise<Picture>;

/** The decoders: `sharp` is native, `javascript` runs everywhere and is slower. Their pixels differ a little. */
export const decoderNames = ['sharp', 'javascript'] as const;

/** Which decoder. */
export type DecoderName = (typeof decoderNames)[number];

/** More pixels than any photograph of ImageNet. */
export const mostPixels = 2 ** 27;

/** More than the scaled image of any aspect that is a photograph's. */
const mostScaledPixels = 2 ** 24;

/** Width and height of a scaled image; throws for one that is no photograph: empty, too large, too long. */
export function scaledSize(
  { width, height }: { readonly width: number; readonly height: number },
  shorterSide: number,
): { readonly width: number; readonly height: number } {
  const shorter = Math.min(width, height);
  const scale = (side: number): number => Math.max(shorterSide, Math.round((side * shorterSide) / shorter));
  const scaled = { width: scale(width), height: scale(height) };
  const isUsable = shorter > 0 && width * height <= mostPixels;
  if (isUsable && scaled.width * scaled.height <= mostScaledPixels) return scaled;
  throw new Error(`got ${width}x${height} pixels, expected at most ${mostPixels} and no such narrow strip`);
}
