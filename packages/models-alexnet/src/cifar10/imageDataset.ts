/** Labelled images as stored pixels, one after the other. */
export interface ImageDataset {
  readonly count: number;
  /** `[height, width, channels]` of one image. */
  readonly shape: readonly [number, number, number];
  /** `count * height * width * channels` bytes, red, green, blue interleaved. */
  readonly images: Uint8Array;
  /** One class index an image. */
  readonly labels: Uint8Array;
}

/** Bytes of one image. */
export function imageBytes({ shape }: ImageDataset): number {
  return shape[0] * shape[1] * shape[2];
}
