import { BnfreeError } from '@bnfree/core';
import type { Sharp } from 'sharp';
import { type ImageDecoder, mostPixels, scaledSize } from './imageDecoder.js';

/**
 * Decoder by sharp (libvips): triangle filter over all source pixels, as torchvision's with antialiasing.
 *
 * Orientation tags are ignored and alpha is dropped, as torchvision does; gray and CMYK become RGB.
 *
 * @throws BnfreeError DECODER_MISSING
 */
export async function sharpDecoder(): Promise<ImageDecoder> {
  const { default: sharp } = await import('sharp').catch((cause: unknown) => {
    const message = `sharp cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`;
    const fix = "npm install sharp@0.35.5, or write decoder: 'javascript'";
    throw new BnfreeError([{ code: 'DECODER_MISSING', path: 'options.decoder', message, fix }], { cause });
  });
  return async (bytes, shorterSide) => {
    const image = sharp(bytes, { failOn: 'truncated', limitInputPixels: mostPixels });
    const metadata = await image.metadata();
    const scaled = scaledSize(metadata, shorterSide);
    // Before it is scaled: sharp weighs pixels by their alpha.
    const opaque = metadata.hasAlpha ? await withoutAlpha(image) : image;
    const { data, info } = await opaque
      .resize({ ...scaled, fit: 'fill', kernel: 'linear' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return { width, height, channels, pixels: data };
  };

  async function withoutAlpha(image: Sharp): Promise<Sharp> {
    const decoded = image.toColourspace('srgb').removeAlpha().raw();
    const { data, info } = await decoded.toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    return sharp(data, { raw: { width, height, channels } });
  }
}
